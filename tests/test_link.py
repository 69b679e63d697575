"""The line to the office: questions and answers over a real socket, and a worker that goes on without an office."""

from __future__ import annotations

import asyncio
import socket
import time
from pathlib import Path
from typing import Any

from gateway import link
from gateway.link import Begun, OfficeLink
from gateway.replies import Reply
from gateway.store.incidents import Fingerprint
from tests.pace import slowness

PRINT = Fingerprint(mail=b"m" * 32, content=b"c" * 32)


def listener(path: Path) -> socket.socket:
    """A listening Unix socket."""
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    bound.bind(str(path))
    bound.listen()
    return bound


def test_question_and_answer(tmp_path: Path) -> None:
    """What the office answers reaches the worker as it was meant; what is lost early is said after the claim."""
    said: list[dict[str, Any]] = []

    async def receive(_worker: object, message: dict[str, Any], answer: link.Answering) -> None:
        said.append(message)
        if message["op"] == "begin":
            known = {"released": {"a@x.example": ["p", None]}, "failures": 2}
            told = known if message["id"] == 1 else {"answer": (250, "2.0.0", "Ok")}
            answer({"id": message["id"]} | told)

    async def gone(_worker: object) -> None:
        said.append({"op": "gone"})

    async def held() -> tuple[Begun, Begun]:
        server = await link.serve(listener(tmp_path / "s"), receive, gone)
        line = OfficeLink(str(tmp_path / "s"))
        line.start()
        first, second = line.ticket(), line.ticket()
        line.lost(second)
        answers = await line.begin(first, PRINT), await line.begin(second, PRINT)
        line.end(first, Reply(250, "2.0.0", "Ok"))
        line.heard(first)
        await asyncio.sleep(0.1)
        await line.close()
        await asyncio.sleep(0.1)
        server.close()
        return answers

    first, second = asyncio.run(held())
    assert Begun(None, {"a@x.example": frozenset({"p", None})}, 2) == first
    assert Reply(250, "2.0.0", "Ok") == second.reply
    assert ["begin", "begin", "lost", "end", "heard", "gone"] == [message["op"] for message in said]


def test_without_an_office_mail_goes_on(tmp_path: Path) -> None:
    """A mail waits a little for an office that starts again, then goes on knowing nothing."""

    async def alone() -> Begun:
        line = OfficeLink(str(tmp_path / "nobody"))
        line.start()
        begun = await line.begin(line.ticket(), PRINT)
        line.end(1, None)
        await line.close()
        return begun

    began = time.monotonic()
    assert Begun() == asyncio.run(alone())
    assert time.monotonic() - began < 4 * slowness()
