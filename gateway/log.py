"""One structured line on standard error for each event: named fields from a closed set, nothing of a mail.

A field whose name is not in `FIELDS` does not get through, control characters are escaped, an exception is
shown as its class and the places it passed: its message may quote content.  A standard error that is closed
or full loses lines, never mail.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
import traceback
from collections.abc import Mapping, MutableMapping
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Any, cast

import structlog
from structlog.typing import FilteringBoundLogger

# fmt: off
FIELDS = frozenset((
    "event", "level", "timestamp", "source", "role", "pid", "worker", "count", "state", "signal", "ref",
    "disposition", "recipients", "held", "relayed", "findings", "detectors", "rules", "publications",
    "parts", "reasons", "kind", "problem", "error", "trace", "place", "code", "enhanced", "reply_class",
    "attempt", "seconds", "scan_seconds", "relay_seconds", "bytes", "listener", "next_hop", "client",
    "protocol", "tls", "cipher", "epoch", "age_seconds", "version", "path", "setting", "retry_seconds",
))
# fmt: on
"""The closed set.  `path` is one of this installation (configuration, store), never a file name of a mail."""

_MAX_TEXT = 300
_MAX_TRACE = 4000
_MAX_ITEMS = 50
_STDERR = 2
_SILENT = ("mail.log", "mail.debug", "aiosmtpd")
"""aiosmtpd logs commands and content here."""

_lost = 0


def lost() -> int:
    """How many lines standard error did not take in this process."""
    return _lost


def get(name: str) -> FilteringBoundLogger:
    """A logger whose lines say `source=name`; it may be made before `configure`."""
    return cast(FilteringBoundLogger, structlog.get_logger(source=name))


def configure(format: str, level: str) -> None:
    """Set the form (`console` or `json`) and the least level (`debug` to `error`) of this process's lines."""
    least = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _exception,
            _allowed,
            _json if format == "json" else _console,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=_Lines,
        cache_logger_on_first_use=False,
    )
    _quiet_libraries(least)
    sys.excepthook = _crashed
    threading.excepthook = lambda args: _died(args.exc_value)
    sys.unraisablehook = lambda args: _died(args.exc_value)


def trace(error: BaseException) -> str:
    """Class and places of an exception and of what led to it, innermost last; never its message."""
    chain: list[str] = []
    seen: set[int] = set()
    step: BaseException | None = error
    while step is not None and id(step) not in seen:
        seen.add(id(step))
        chain.append(" ".join((type(step).__name__, *_places(step))))
        step = step.__cause__ or (None if step.__suppress_context__ else step.__context__)
    return " | from ".join(chain)


def _places(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__, limit=-20)
    return [f"{'/'.join(Path(frame.filename).parts[-2:])}:{frame.lineno}:{frame.name}" for frame in frames]


class _Lines:
    """Writes each finished line to standard error in one piece."""

    def __init__(self, *_args: object) -> None:
        pass

    def msg(self, line: str) -> None:
        """Write; what standard error does not take is counted and forgotten."""
        global _lost  # noqa: PLW0603 - one count for the process
        data = line.encode("ascii", "backslashreplace") + b"\n"
        try:
            while data:
                data = data[os.write(_STDERR, data) :]
        except OSError:
            _lost += 1

    debug = info = warning = error = critical = exception = log = msg


def _exception(_logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["trace"] = trace(error)
    return event


def _allowed(_logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    kept = {key: _plain(value) for key, value in event.items() if key in FIELDS and key != "trace"}
    if "trace" in event:
        kept["trace"] = _escaped(str(event["trace"]), _MAX_TRACE)
    return {"timestamp": kept.pop("timestamp", ""), "level": kept.pop("level", ""), **kept}


def _plain(value: object) -> object:
    """A value of a few harmless types; anything else shows only its type."""
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, list | tuple | set | frozenset):
        items = [_plain(item) for item in value]
        return (sorted(items, key=str) if isinstance(value, set | frozenset) else items)[:_MAX_ITEMS]
    if value is None or isinstance(value, bool | int | float):
        return value
    return _text(value)


def _text(value: object) -> object:
    match value:
        case str():
            return _escaped(value)
        case timedelta():
            return round(value.total_seconds(), 6)
        case datetime():
            return value.isoformat()
    return f"<{type(value).__name__}>"


def _escaped(text: str, most: int = _MAX_TEXT) -> str:
    short = text if len(text) <= most else text[:most] + "..."
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in short)


def _json(_logger: object, _name: str, event: Mapping[str, Any]) -> str:
    return json.dumps(event, ensure_ascii=True)


def _console(_logger: object, _name: str, event: Mapping[str, Any]) -> str:
    fields = dict(event)
    head = f"{fields.pop('timestamp')} {fields.pop('level'):<8} {fields.pop('event', '')}"
    return " ".join((head, *(f"{key}={_word(value)}" for key, value in fields.items())))


def _word(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if text and not any(char in ' "=' for char in text) else json.dumps(text)


class _Library(logging.Handler):
    """A library's log record as one of our lines: who and where; its message may quote content."""

    def emit(self, record: logging.LogRecord) -> None:
        place = f"{'/'.join(Path(record.pathname).parts[-2:])}:{record.lineno}"
        logger = get(record.name)
        logger.log(
            max(record.levelno, logging.DEBUG), "library", place=place, exc_info=record.exc_info or None
        )


def _quiet_libraries(least: int) -> None:
    # Warnings too: openpyxl, for one, warns with the value of the cell that it cannot read as a date.
    logging.captureWarnings(True)
    logging.root.handlers[:] = [_Library()]
    logging.root.setLevel(max(least, logging.WARNING))
    logging.raiseExceptions = False
    for name in _SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _crashed(kind: type[BaseException], error: BaseException, tb: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    _died(error)


def _died(error: BaseException | None) -> None:
    if error is not None:
        get("process").critical("crashed", exc_info=error)
