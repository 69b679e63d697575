"""The log: a closed set of fields, nothing that could hold content, and never a failure of its own."""

from __future__ import annotations

import ast
import json
import logging
import os
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from gateway import log
from gateway.model import Detector

SECRET = "72,670 children"


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    """The hooks and handlers that `configure` sets are undone."""
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    handlers, level, raising = logging.root.handlers[:], logging.root.level, logging.raiseExceptions
    yield
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    logging.raiseExceptions = raising
    logging.captureWarnings(False)
    structlog.reset_defaults()


@pytest.fixture
def lines(capfd: pytest.CaptureFixture[str]) -> Callable[[], list[dict[str, Any]]]:
    """A JSON log; calling it gives the lines so far."""
    log.configure("json", "info")
    return lambda: [json.loads(line) for line in capfd.readouterr().err.splitlines()]


def failing() -> None:
    """Raise an exception whose message and cause quote content."""
    try:
        raise KeyError(SECRET)
    except KeyError as error:
        raise ValueError(f"cannot read {SECRET}") from error


def test_one_line_an_event(lines: Callable[[], list[dict[str, Any]]]) -> None:
    """An event is one JSON object with its time, level, source and fields."""
    log.get("worker").info("mail", ref="ABCD1234", disposition="hold", recipients=7, seconds=0.25)
    (line,) = lines()
    assert datetime.fromisoformat(line.pop("timestamp")).tzinfo is not None
    assert {
        "level": "info",
        "event": "mail",
        "source": "worker",
        "ref": "ABCD1234",
        "disposition": "hold",
        "recipients": 7,
        "seconds": 0.25,
    } == line


@pytest.mark.parametrize("name", ["subject", "text", "filename", "sender", "recipient", "exception", "body"])
def test_fields_outside_the_set_are_dropped(name: str, lines: Callable[[], list[dict[str, Any]]]) -> None:
    """A field that nobody agreed to does not get through, whoever adds it."""
    log.get("worker").info("mail", **{name: SECRET})
    (line,) = lines()
    assert {"timestamp", "level", "event", "source"} == set(line)


def test_values_of_other_types_show_their_type_only(lines: Callable[[], list[dict[str, Any]]]) -> None:
    """An object's repr may hold content; times and enums have plain forms."""
    log.get("worker").info(
        "mail",
        problem=SECRET.encode(),
        error=ValueError(SECRET),
        kind=Detector.BANNER,
        seconds=timedelta(milliseconds=5),
        state={"subject": SECRET},
        rules=frozenset({"b", "a"}),
        age_seconds=datetime(2018, 3, 28, 8, 30, tzinfo=UTC),
    )
    (line,) = lines()
    assert SECRET not in json.dumps(line)
    assert ("<bytes>", "<ValueError>", "banner", 0.005) == (
        line["problem"],
        line["error"],
        line["kind"],
        line["seconds"],
    )
    assert (["a", "b"], "<dict>") == (line["rules"], line["state"])


def test_an_exception_is_its_class_and_places(lines: Callable[[], list[dict[str, Any]]]) -> None:
    """An exception's message may quote content: class, places and functions suffice to find a bug."""
    try:
        failing()
    except ValueError:
        log.get("worker").error("bug", exc_info=True)
    (line,) = lines()
    assert "ValueError" == line["error"]
    assert "failing" in line["trace"]
    assert "tests/test_log.py" in line["trace"]
    assert "from KeyError" in line["trace"]
    assert SECRET not in json.dumps(line)


def test_a_trace_of_a_circle_ends() -> None:
    """An exception that is its own cause is shown once."""
    error = ValueError(SECRET)
    error.__cause__ = KeyError()
    error.__cause__.__cause__ = error
    assert "ValueError | from KeyError" == log.trace(error)


@given(st.text())
def test_nothing_breaks_a_line(text: str) -> None:
    """Whatever a field holds, the line stays one line of printable ASCII in both forms."""
    event = log._allowed(None, "info", {"event": "x", "ref": text, "timestamp": "t", "level": "info"})
    for line in (log._json(None, "", event), log._console(None, "", event)):
        written = line.encode("ascii", "backslashreplace").decode()
        assert written.isprintable()


@pytest.mark.parametrize("name", ["mail.log", "aiosmtpd"])
def test_aiosmtpd_is_silent(name: str, lines: Callable[[], list[dict[str, Any]]]) -> None:
    """aiosmtpd logs commands and content: nothing of it gets out, at any level."""
    for level in (logging.DEBUG, logging.ERROR, logging.CRITICAL):
        logging.getLogger(name).log(level, "DATA: %s", SECRET)
    assert [] == lines()


def test_libraries_are_heard_without_their_words(lines: Callable[[], list[dict[str, Any]]]) -> None:
    """A library's error is a line that says who and where; a warning too, for openpyxl quotes cells."""
    try:
        failing()
    except ValueError:
        logging.getLogger("asyncio").exception("Task %s failed", SECRET)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn(f"Cell A1 holds {SECRET}", stacklevel=1)
    first, second = lines()
    assert ("library", "asyncio", "ValueError") == (first["event"], first["source"], first["error"])
    assert ("library", "py.warnings") == (second["event"], second["source"])
    assert SECRET not in json.dumps([first, second])


def test_levels(lines: Callable[[], list[dict[str, Any]]]) -> None:
    """What is below the configured level is not written."""
    log.get("worker").debug("noise")
    log.get("worker").info("mail")
    assert ["mail"] == [line["event"] for line in lines()]


def test_console_form(capfd: pytest.CaptureFixture[str]) -> None:
    """The console form is for people: time, level, event, then `name=value`."""
    log.configure("console", "info")
    log.get("worker").warning("late", problem="no answer", ref="ABCD1234")
    line = capfd.readouterr().err
    assert line.rstrip().endswith('late source=worker problem="no answer" ref=ABCD1234')


def run(program: str) -> subprocess.CompletedProcess[str]:
    """A Python process of its own, for what happens at the end of one."""
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30)


def test_a_crash_shows_no_value() -> None:
    """An exception that nobody caught, in the main thread or another, is logged without its message."""
    done = run(
        "import threading\nfrom gateway import log\nlog.configure('json', 'info')\n"
        f"def work(): raise ValueError({SECRET!r})\n"
        "thread = threading.Thread(target=work); thread.start(); thread.join()\nwork()\n"
    )
    events = [json.loads(line) for line in done.stderr.splitlines()]
    assert 1 == done.returncode
    assert [("crashed", "ValueError")] * 2 == [(event["event"], event["error"]) for event in events]
    assert SECRET not in done.stderr


def test_a_closed_standard_error_costs_lines_only() -> None:
    """When nobody can take the log, mail goes on; the lost lines are counted."""
    done = run(
        "import os\nfrom gateway import log\nlog.configure('json', 'info')\nos.close(2)\n"
        "log.get('x').info('mail')\nlog.get('x').info('mail')\nprint(log.lost())\n"
    )
    assert (0, "2\n") == (done.returncode, done.stdout)


def test_a_broken_pipe_costs_lines_only() -> None:
    """The reader of our log going away is no reason to stop."""
    reader, writer = os.pipe()
    os.close(reader)
    program = (
        "from gateway import log; log.configure('json', 'info'); log.get('x').info('mail'); print(log.lost())"
    )
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=writer, timeout=30)
    os.close(writer)
    assert (0, b"1\n") == (done.returncode, done.stdout)


def log_calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call of a log method in the package, with its place."""
    root = Path(log.__file__).parent
    for path in sorted(root.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = ast.unparse(node.func.value)
                if owner in ("_log", "logger") and node.func.attr in (
                    "debug",
                    "info",
                    "warning",
                    "error",
                    "critical",
                ):
                    yield f"{path.relative_to(root)}:{node.lineno}", node


def test_every_field_that_is_logged_gets_through() -> None:
    """A field outside the set is dropped in silence, so no call of ours may use one."""
    known = log.FIELDS | {"exc_info"}
    calls = list(log_calls())
    assert len(calls) > 10
    assert [] == [
        (place, word.arg) for place, call in calls for word in call.keywords if word.arg not in known
    ]


def test_events_are_constants() -> None:
    """The event of a line is a fixed phrase, never a text with something put in."""
    assert [] == [place for place, call in log_calls() if not isinstance(call.args[0], ast.Constant)]
