"""SMTP dialogues as text, held with the running gateway over a socket.

`C:` sends a line, `C+` a line that waits for the next in one segment, `R:` raw bytes with escapes, `R*:` a character
so many times as one line; `S:` is what the reply must begin with (one line; a 250 of many lines may be named by its
last alone), or `EOF`.  `#` is a comment: the first says what the dialogue promises.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import Gateway
from tests.sink import Sink
from tests.talking import Talk

DIALOGS = sorted((Path(__file__).parent / "dialogs").glob("*.txt"))


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """One gateway for all dialogues, with a next hop that refuses whom the dialogues say."""
    sink = Sink()
    sink.faults = {"rcpt@nobody@full": "550 5.1.1 no such person", "rcpt@later@full": "450 4.2.1 later"}
    running = Gateway(tmp_path_factory.mktemp("dialogs"), sink.port).start()
    yield running
    assert running.stop() == 0
    sink.close()


def steps(text: str) -> Iterator[tuple[str, str]]:
    """Mark and argument of each line."""
    for line in text.splitlines():
        mark, _, argument = line.partition(" ")
        if mark != "#":
            yield mark, argument


def hold(talk: Talk, text: str) -> None:
    """Hold one dialogue; fails where a reply is not as told."""
    waiting = b""
    replies: list[str] = []
    for mark, argument in steps(text):
        if mark == "S:":
            replies = replies or talk.reply().split("\n")
            said = replies.pop(0)
            if not argument.startswith("250-") and said.startswith("250-"):
                said, replies = replies[-1], []
            assert said == "" if argument == "EOF" else said.startswith(argument), text
            continue
        waiting += _bytes(mark, argument)
        if mark != "C+":
            talk.send(waiting)
            waiting = b""


def _bytes(mark: str, argument: str) -> bytes:
    if mark == "R:":
        return argument.encode().decode("unicode_escape").encode("latin-1")
    if mark == "R*:":
        char, count = argument.split()
        return char.encode() * int(count) + b"\r\n"
    return argument.encode() + b"\r\n"


@pytest.mark.parametrize("path", DIALOGS, ids=lambda path: path.stem)
def test_dialog(gateway: Gateway, path: Path) -> None:
    """Each dialogue goes as it is written."""
    talk = Talk(gateway.port, greet=False)
    hold(talk, path.read_text())
    talk.close()


@pytest.mark.parametrize(
    "path", [p for p in DIALOGS if "R:" not in p.read_text()], ids=lambda path: path.stem
)
def test_dialog_byte_by_byte(gateway: Gateway, path: Path) -> None:
    """However the network cuts it, a dialogue goes the same way."""
    talk = Talk(gateway.port, greet=False)
    whole = talk.send

    def slowly(data: bytes | str) -> None:
        assert isinstance(data, bytes)
        for start in range(0, len(data), 1):
            talk.socket.sendall(data[start : start + 1])

    talk.send = slowly  # type: ignore[method-assign]
    hold(talk, path.read_text())
    talk.send = whole  # type: ignore[method-assign]
    talk.close()
