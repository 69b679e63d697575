"""The mail server behind the gateway: it takes everything, keeps it in a folder and in memory."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP


@dataclass(frozen=True, slots=True)
class Arrived:
    """One mail that reached the far side."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes


class Sink:
    """An SMTP server on a free port of 127.0.0.1, in a thread of its own, until `close()`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self._arrived: list[Arrived] = []
        self._changed = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="sink", daemon=True)
        self._thread.start()
        self._server = self._call(self._listen())
        self.port: int = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Stop listening and end the thread."""
        self._call(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def all(self) -> tuple[Arrived, ...]:
        """Everything that has arrived so far."""
        with self._changed:
            return tuple(self._arrived)

    def wait(self, wanted: Callable[[Arrived], bool], seconds: float) -> Arrived | None:
        """The first mail that `wanted` takes, or None when it has not come in time."""

        def found() -> Arrived | None:
            return next(filter(wanted, self._arrived), None)

        with self._changed:
            return self._changed.wait_for(found, seconds)

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:
        """Take a mail (called by aiosmtpd)."""
        arrived = Arrived(envelope.mail_from or "", tuple(envelope.rcpt_tos), envelope.original_content)
        with self._changed:
            self._arrived.append(arrived)
            name = f"{len(self._arrived):04}.eml"
            self._changed.notify_all()
        head = f"X-Arrived-For: {', '.join(arrived.recipients)}\r\n".encode("ascii", "replace")
        (self._folder / name).write_bytes(head + arrived.content)
        return "250 2.0.0 Ok, arrived"

    def _call(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    async def _listen(self) -> asyncio.Server:
        return await self._loop.create_server(
            lambda: SMTP(self, hostname="sink.example", loop=self._loop, enable_SMTPUTF8=True), "127.0.0.1", 0
        )

    async def _end(self) -> None:
        self._server.close()
        own = asyncio.current_task()
        tasks = [task for task in asyncio.all_tasks() if task is not own]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
