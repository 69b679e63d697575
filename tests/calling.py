"""Commands called in this process, as `embargo-gateway` calls them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gateway.cli import application
from gateway.cli.common import run_app


@dataclass(frozen=True)
class Answer:
    """What a command printed and its exit status."""

    code: int
    out: str
    err: str

    @property
    def records(self) -> list[Any]:
        """The JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


Call = Callable[..., Answer]


def caller(capsys: pytest.CaptureFixture[str]) -> Call:
    """What runs a command and says what it printed."""

    def run(*arguments: str | Path) -> Answer:
        given = [str(argument) for argument in arguments]
        code = run_app(application(given), given)
        printed = capsys.readouterr()
        return Answer(code, printed.out, printed.err)

    return run


def started(*arguments: str | Path) -> Answer:
    """What a command prints in a process of its own: one that forks must not inherit the threads of other tests."""
    command = [sys.executable, "-m", "gateway", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    return Answer(done.returncode, done.stdout, done.stderr)
