"""The public command with faults planted from outside: a function of the gateway kills, raises or waits.

`GATEWAY_FAULTS` is a JSON list of {"where", "when", "do", "flag"}: the dotted name of a function as the caller finds
it, `before` or `after` it, `kill`, `die`, `raise`, one of `HARMS` or `sleep:SECONDS`, and a file that must exist for it
to act.  A kill takes the file away first, so that it happens once; `die` happens each time.
"""

from __future__ import annotations

import asyncio
import ctypes
import functools
import importlib
import inspect
import json
import os
import signal
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SECRET = "a canary of 4.7 per cent"


def _spin() -> None:
    while True:
        pass


def _write() -> None:
    with tempfile.TemporaryFile() as file:
        for _ in range(10_000):
            file.write(bytes(1 << 20))


def _fork() -> None:
    for _ in range(20):
        if os.fork() == 0:
            time.sleep(600)
    _spin()


HARMS: dict[str, Callable[[], object]] = {
    "spin": _spin,
    "crash": lambda: ctypes.string_at(0),
    "hog": lambda: bytearray(64 << 30),
    "write": _write,
    "fork": _fork,
}
"""What a document may make its reader do: an endless loop, a segmentation fault, too much memory, 10 GB of files, and
processes that keep what it has open."""


def plant(where: str, when: str, do: str, flag: str) -> None:
    """Put one fault in place."""
    owner, name = _owner(where)
    real = getattr(owner, name)

    def act() -> None:
        if not Path(flag).exists():
            return
        if do == "kill":
            Path(flag).unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        if do == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if do == "raise":
            raise ValueError(SECRET)
        if do in HARMS:
            HARMS[do]()
        time.sleep(float(do.partition(":")[2]))

    setattr(owner, name, _wrapped(real, when, act))


def _wrapped(real: Callable[..., Any], when: str, act: Callable[[], None]) -> Callable[..., Any]:
    if inspect.iscoroutinefunction(real):

        @functools.wraps(real)
        async def around(*args: Any, **kwargs: Any) -> Any:
            if when == "before":
                # In a thread, so that a fault that waits holds up this mail and not the whole process.
                await asyncio.to_thread(act)
            result = await real(*args, **kwargs)
            if when == "after":
                act()
            return result

        return around

    @functools.wraps(real)
    def plain(*args: Any, **kwargs: Any) -> Any:
        if when == "before":
            act()
        result = real(*args, **kwargs)
        if when == "after":
            act()
        return result

    return plain


def _owner(where: str) -> tuple[Any, str]:
    """The module or class that holds the function, and the function's name."""
    path, _, name = where.rpartition(".")
    try:
        return importlib.import_module(path), name
    except ModuleNotFoundError:
        outer, _, inner = path.rpartition(".")
        return getattr(importlib.import_module(outer), inner), name


def main() -> None:
    """The public command, its faults in place once metrics know that they are in several processes."""
    from gateway.cli import run

    real = run._supervise

    def supervise(*args: Any) -> int:
        for fault in json.loads(os.environ["GATEWAY_FAULTS"]):
            plant(**fault)
        return real(*args)

    run._supervise = supervise  # type: ignore[assignment]
    from gateway.cli import main as public

    public()


if __name__ == "__main__":
    main()
