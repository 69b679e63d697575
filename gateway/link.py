"""The line between a worker and the office: JSON lines on a Unix socket.

The worker asks before it decides a mail (`begin`), says how it ended (`end`), whether the client heard (`heard`,
`lost`), and that there is something to do (`wake`).  A worker without an office goes on: the memory of resends is lost,
nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.replies import Reply
from gateway.store.incidents import Fingerprint

_PATIENCE = 2.0
"""Seconds that a mail waits for an office that is starting again."""
_LIMIT = 1_048_576


@dataclass(frozen=True, slots=True)
class Begun:
    """The office's word on a mail: a reply already given, or go on, knowing this much.

    `released` are addresses to whom this very content was released, and for which publications; `failures` is how often
    the scanner died.
    """

    reply: Reply | None = None
    released: Mapping[str, frozenset[str | None]] = field(default_factory=dict)
    failures: int = 0


class OfficeLink:
    """The worker's end."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._writer: asyncio.StreamWriter | None = None
        self._asked: dict[int, asyncio.Future[Begun]] = {}
        self._next = 0
        self._unclaimed: dict[int, bool] = {}
        self._connected = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._accepts = False

    def start(self) -> None:
        """Connect, and again whenever the office comes back."""
        self._task = asyncio.create_task(self._keep())

    async def close(self) -> None:
        """End the line in good order."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._writer is not None:
            self._writer.close()

    def ticket(self) -> int:
        """A number for one delivery of one mail."""
        self._next += 1
        self._unclaimed[self._next] = False
        return self._next

    async def begin(self, ticket: int, fingerprint: Fingerprint) -> Begun:
        """Claim a mail; waits while its first delivery, whose client is gone, is at work.  Without an office: go on."""
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._connected.wait()
        except TimeoutError:
            self._unclaimed.pop(ticket, None)
            return Begun()
        asked: asyncio.Future[Begun] = asyncio.get_running_loop().create_future()
        self._asked[ticket] = asked
        self._say(op="begin", id=ticket, mail=fingerprint.mail.hex(), content=fingerprint.content.hex())
        if self._unclaimed.pop(ticket, False):
            self._say(op="lost", id=ticket)
        return await asked

    def end(self, ticket: int, reply: Reply | None, *, durable: bool = False) -> None:
        """The work on a mail has ended with this reply; None: nothing was relayed or recorded."""
        answer = None if reply is None else (reply.code, reply.enhanced, reply.text)
        self._say(op="end", id=ticket, answer=answer, durable=durable)

    def heard(self, ticket: int) -> None:
        """The client has heard the reply."""
        self._say(op="heard", id=ticket)

    def lost(self, ticket: int) -> None:
        """The client went away before it was known to have heard; said after the claim, whichever came first."""
        if ticket in self._unclaimed:
            self._unclaimed[ticket] = True
        else:
            self._say(op="lost", id=ticket)

    def failed(self, fingerprint: Fingerprint) -> None:
        """The scanner died over this content."""
        self._say(op="failed", content=fingerprint.content.hex())

    def accepting(self) -> None:
        """This worker takes mail now, and says so again to every new office."""
        self._accepts = True
        self._say(op="accepting")

    def wake(self) -> None:
        """There is an alert owed or a release to carry out."""
        self._say(op="wake")

    def _say(self, **message: Any) -> None:
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(json.dumps(message).encode() + b"\n")

    async def _keep(self) -> None:
        while True:
            with contextlib.suppress(OSError, ValueError):
                reader, self._writer = await asyncio.open_unix_connection(self._path, limit=_LIMIT)
                self._connected.set()
                if self._accepts:
                    self._say(op="accepting")
                await self._listen(reader)
            self._lost()
            await asyncio.sleep(0.05)

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        while line := await reader.readline():
            message = json.loads(line)
            asked = self._asked.pop(message["id"], None)
            if asked is not None and not asked.done():
                asked.set_result(_begun(message))

    def _lost(self) -> None:
        self._connected.clear()
        if self._writer is not None:
            self._writer.close()
        self._writer = None
        asked, self._asked = self._asked, {}
        for future in asked.values():
            if not future.done():
                future.set_result(Begun())


def _begun(message: dict[str, Any]) -> Begun:
    answer = message.get("answer")
    reply = Reply(*answer) if answer else None
    released = {address: frozenset(closed) for address, closed in message.get("released", {}).items()}
    return Begun(reply, released, message.get("failures", 0))


Answering = Callable[[dict[str, Any]], None]
Receive = Callable[[object, dict[str, Any], Answering], Awaitable[None]]
"""What the office does with a message: (the worker's connection, the message, a function that answers)."""


async def serve(listener: Any, receive: Receive, gone: Callable[[object], Awaitable[None]]) -> asyncio.Server:
    """The office's end: hand every message of every worker to `receive`, and say when a worker is `gone`."""

    async def attend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        worker = object()

        def answer(message: dict[str, Any]) -> None:
            if not writer.is_closing():
                writer.write(json.dumps(message).encode() + b"\n")

        try:
            while line := await reader.readline():
                await receive(worker, json.loads(line), answer)
        except (OSError, ValueError, asyncio.CancelledError):
            # Cancelled when the office ends: asyncio's streams would log that as an error.
            pass
        finally:
            await gone(worker)
            writer.close()

    return await asyncio.start_unix_server(attend, sock=listener, limit=_LIMIT)
