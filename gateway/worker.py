"""One worker process: SMTP with clients, on uvloop; it decides mails with its own snapshot of the register."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway import log, metrics
from gateway.clock import Clock
from gateway.config import Settings
from gateway.link import OfficeLink
from gateway.pipeline import Pipeline
from gateway.replies import GatewayError, StoreUnavailable
from gateway.rules import RuleSet
from gateway.scanner import Scanners
from gateway.smtp.hall import Hall
from gateway.smtp.next_hop import NextHop
from gateway.smtp.server import Server
from gateway.snapshot import Snapshot
from gateway.store import offers
from gateway.store.database import STORE_FAILED, Database
from gateway.store.keys import Keys, load_public

_log = log.get(__name__)
_BACKLOG = 4096
_HEARTBEAT = 1.0
OFFICE_SESSIONS = 8
"""Sessions with the next hop for releases and letters: one slow release must not keep alerts from leaving."""
_DRAIN = 60.0
"""Seconds that mails at work have to end after SIGTERM."""
_LEAVE = 10.0
_QUIET = 2.0
"""Seconds that clients inside have to end their dialogues after SIGUSR1; silence after which one is dismissed."""


@dataclass(frozen=True, slots=True)
class Post:
    """What a process is started with: settings, rules, the paths of the sockets that lead to the others, the clock."""

    settings: Settings
    rules: RuleSet
    hostname: str
    office: str
    scanners: str
    clock: Clock


async def work(post: Post, listeners: Sequence[socket.socket], heartbeat: int) -> int:
    """Serve until SIGTERM, then let the mails at work end; `heartbeat` is a descriptor that hears us live.

    SIGUSR1 says that a successor accepts: clients inside are served to the end of their dialogues.  Returns the exit
    status.
    """
    settings = post.settings
    database = Database(settings.store.url)
    keys = load_public(settings.store.key_folder)
    snapshot = Snapshot(database, keys, settings.register_.max_age, post.clock)
    next_hop = _next_hop(post, database)
    link = OfficeLink(post.office)
    hall = _hall(post, keys, database, snapshot, link, next_hop)
    await asyncio.to_thread(snapshot.refresh)
    await _learn_offers(next_hop, database, settings.next_hop.address)
    link.start()
    keeping = asyncio.create_task(snapshot.keep())
    loop = asyncio.get_running_loop()
    servers = [
        await loop.create_server(lambda: Server(hall), sock=each, backlog=_BACKLOG) for each in listeners
    ]
    leaving, stopping = _ends(database)
    link.accepting()
    beating = asyncio.create_task(_beat(heartbeat))
    await leaving.wait()
    for server in servers:
        server.close()
    await _emptied(hall, stopping)
    await _drained(hall)
    keeping.cancel()
    beating.cancel()
    await next_hop.close()
    await link.close()
    return ended(database)


def _ends(database: Database) -> tuple[asyncio.Event, asyncio.Event]:
    """Two events: no new clients, and nor those inside any longer; a store that failed sets both."""
    loop = asyncio.get_running_loop()
    leaving, stopping = asyncio.Event(), asyncio.Event()

    def stop() -> None:
        stopping.set()
        leaving.set()

    loop.add_signal_handler(signal.SIGTERM, stop)
    loop.add_signal_handler(signal.SIGUSR1, leaving.set)
    database.on_failure = lambda: loop.call_soon_threadsafe(stop)
    if database.failed:
        stop()
    return leaving, stopping


def ended(database: Database) -> int:
    """The exit status of a process that has done with its store."""
    database.close()
    if database.failed:
        _log.error(
            "store failed", problem="a sync failed: the service ends, and looks at the store when it starts"
        )
    return STORE_FAILED if database.failed else 0


def _hall(
    post: Post, keys: Keys, database: Database, snapshot: Snapshot, link: OfficeLink, next_hop: NextHop
) -> Hall:
    settings = post.settings
    scan = settings.scan
    scanners = Scanners(post.scanners, scan.document_deadline, scan.deadline, ocr=scan.ocr)
    pipeline = Pipeline(settings, post.rules, keys, database, snapshot, link, scanners, post.hostname)
    return Hall(settings.smtp, post.hostname, pipeline, next_hop, link, server_tls(settings))


def server_tls(settings: Settings) -> ssl.SSLContext | None:
    """The context for STARTTLS with clients, or None; raises OSError or ssl.SSLError where files cannot be used."""
    certificate, key = settings.smtp.tls_certificate, settings.smtp.tls_key
    if certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    return context


def _next_hop(post: Post, database: Database) -> NextHop:
    """The worker's share of the sessions that the next hop allows one client, less the office's."""
    settings = post.settings
    share = max(1, (settings.next_hop.max_connections - OFFICE_SESSIONS) // settings.workers.count)
    next_hop = NextHop(settings.next_hop, post.hostname, share)
    loop = asyncio.get_running_loop()

    def remember(found: Mapping[str, str]) -> None:
        loop.run_in_executor(None, _remember, database, settings.next_hop.address, found)

    next_hop.on_offers = remember
    return next_hop


def _remember(database: Database, address: str, found: Mapping[str, str]) -> None:
    try:
        offers.remember(database, address, found)
    except StoreUnavailable:
        _log.warning("offers not kept", problem="store")


async def _learn_offers(next_hop: NextHop, database: Database, address: str) -> None:
    """What the next hop can do: met now if it answers, else as it was last met."""
    next_hop.offers = await asyncio.to_thread(offers.last_met, database, address)
    try:
        async with asyncio.timeout(2):
            connection = await next_hop.lend()
            await next_hop.give_back(connection, clean=True)
    except (GatewayError, TimeoutError):
        _log.warning("next hop not met", next_hop=address)


async def _beat(heartbeat: int) -> None:
    while True:
        os.write(heartbeat, b".")
        await asyncio.sleep(_HEARTBEAT)


async def _emptied(hall: Hall, stopping: asyncio.Event) -> None:
    """Let clients go on until they leave: a dialogue that has begun is not cut off for a reload."""
    loop = asyncio.get_running_loop()
    end = loop.time() + _LEAVE
    while hall.inside and not stopping.is_set() and loop.time() < end:
        hall.dismiss_quiet(loop.time() - _QUIET)
        await asyncio.sleep(0.05)


async def _drained(hall: Hall) -> None:
    """Wait for the mails at work and for connections in the middle of one."""
    loop = asyncio.get_running_loop()
    end = loop.time() + _DRAIN
    while (left := hall.close()) and loop.time() < end:  # noqa: ASYNC110  Connections end in many ways.
        await asyncio.sleep(0.05)
    if left:
        metrics.ERRORS.labels("worker").inc()
        _log.error("mails cut off at shutdown", count=left)
