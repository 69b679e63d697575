"""Looking for a public page: what somebody changes while it answers is not undone by the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.clock import Clock
from gateway.config import parse
from gateway.life import Life
from gateway.model import LiveBy, Publication, State
from gateway.store import publications
from gateway.store.database import Database
from gateway.store.installation import open_store
from gateway.trust import Reading

TIME = datetime(2018, 3, 28, 8, 30, tzinfo=UTC)
LATER = TIME + timedelta(days=1)


def postponed(database: Database) -> object:
    """A lead postpones."""
    return publications.postpone(database, "p", LATER, "lead", TIME)


def paused(database: Database) -> object:
    """A lead pauses."""
    return publications.pause(database, "p", "figures wrong", "lead", TIME)


@pytest.mark.parametrize(
    ("meanwhile", "state"),
    [(None, State.LIVE), (postponed, State.EMBARGOED), (paused, State.PAUSED)],
    ids=["nothing", "postponed", "paused"],
)
def test_changed_while_the_page_answers(
    tmp_path: Path, meanwhile: Callable[[Database], object] | None, state: State
) -> None:
    """A page that answers 200 ends the embargo, but not of what was postponed or paused before its answer came."""
    database, keys = open_store(f"sqlite:///{tmp_path}/store.db", tmp_path / "keys")
    clock = Clock("ignored", read=lambda: Reading(TIME, timedelta(hours=1), synchronised=True))

    async def page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if meanwhile is not None:
            await asyncio.to_thread(meanwhile, database)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    async def looked() -> None:
        server = await asyncio.start_server(page, "127.0.0.1")
        port = server.sockets[0].getsockname()[1]
        entry = Publication(
            "p", "Figures", TIME, "lead@stats.example", live_by=LiveBy.URL, url=f"http://127.0.0.1:{port}/p"
        )
        publications.add(database, keys, entry, (), "test", TIME - timedelta(days=1))
        await Life(database, parse(""), clock).run_once(TIME)
        server.close()

    asyncio.run(looked())

    assert state is publications.get(database, "p").state
    database.close()
