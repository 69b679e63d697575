"""Commands called in this process, as `embargo-gateway` calls them."""

from __future__ import annotations

import json
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
