"""The next hop: where it is, a pool of sessions with it, and replay.

Replay opens a transaction with exactly the recipients to be relayed, on any session.  It serves releases, splits, and
clean mail whose session was lost, went stale or was taken back.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import dns.asyncresolver
import dns.exception
import dns.resolver

from gateway import replies
from gateway.model import Envelope, Recipient
from gateway.replies import GatewayError, NextHopLost, NextHopUnavailable, Reply
from gateway.setting_sections import NextHop as Settings
from gateway.smtp.commands import features_needed
from gateway.smtp.connection import Connection, Timers, Tls, connect
from gateway.smtp.received import ROOM

_MAX_MAILS = 100
_MAX_IDLE = 30.0
_MAX_REFUSALS = 5
_RESET_PATIENCE = 10.0
"""Seconds for RSET: whoever gives a session back waits for it, often with a client's reply in hand."""


class FeatureGone(GatewayError):
    """The mail needs an extension that the next hop offered before and does not offer now."""

    reply = replies.FEATURE_GONE


class RegisterChanged(Exception):
    """The register changed before the final dot, and the decision with it; the connection was dropped without it."""


class Holder(Protocol):
    """Who has borrowed a session and can give it back while nothing depends on it."""

    def take_back(self) -> Connection | None:
        """Give the session back, transaction to be reset; None where it is needed."""


class NextHop:
    """A pool of at most `limit` sessions with the next hop."""

    def __init__(self, settings: Settings, hostname: str, limit: int) -> None:
        self._settings = settings
        self._hostname = hostname
        self._timers = Timers(
            settings.connect_timeout.total_seconds(),
            settings.command_timeout.total_seconds(),
            settings.final_timeout.total_seconds(),
        )
        self._tls = Tls(settings.tls, settings.tls_name, _verifying(settings))
        self._limit = limit
        self._idle: list[Connection] = []
        self._out = 0
        self._freed = asyncio.Condition()
        self._sweeping: asyncio.TimerHandle | None = None
        self._holders: dict[Holder, None] = {}
        self.offers: Mapping[str, str] = {}
        self.on_offers: Callable[[Mapping[str, str]], None] = lambda _offers: None

    async def lend(self) -> Connection:
        """A session that is ready for MAIL; raises NextHopUnavailable or NextHopUnverified."""
        while self._idle:
            connection = self._idle.pop()
            if connection.usable and self._now() - connection.idle_since < _MAX_IDLE:
                self._out += 1
                return connection
            connection.drop()
        if self._out >= self._limit:
            return await self._wait_for_one()
        self._out += 1
        try:
            return await self._connect()
        except BaseException:
            self._out -= 1
            raise

    async def _wait_for_one(self) -> Connection:
        for holder in tuple(self._holders):
            connection = holder.take_back()
            if connection is not None:
                return await self._reset(connection)
        try:
            async with asyncio.timeout(self._timers.connect), self._freed:
                await self._freed.wait_for(lambda: self._out < self._limit or bool(self._idle))
        except TimeoutError:
            raise NextHopUnavailable("every session is busy") from None
        return await self.lend()

    async def _reset(self, connection: Connection) -> Connection:
        """The same session with its transaction undone, or a fresh one."""
        try:
            if await _undone(connection):
                return connection
            return await self._connect()
        except BaseException:
            self._out -= 1
            raise

    def can_spare(self, holder: Holder) -> None:
        """This holder's session may be taken back when the pool is short."""
        self._holders[holder] = None

    def needs(self, holder: Holder) -> None:
        """This holder's session is at work."""
        self._holders.pop(holder, None)

    async def give_back(self, connection: Connection, *, clean: bool) -> None:
        """Return a session; `clean` says that no transaction is open on it.  Raises only when cancelled."""
        try:
            keep = connection.usable and connection.mails < _MAX_MAILS and connection.refusals < _MAX_REFUSALS
            if keep and (clean or await _undone(connection)):
                connection.idle_since = self._now()
                self._idle.append(connection)
                if self._sweeping is None:
                    self._sweeping = asyncio.get_running_loop().call_later(_MAX_IDLE, self._sweep)
            elif connection.usable:
                await connection.quit()
            else:
                connection.drop()
        finally:
            self._out -= 1
        async with self._freed:
            self._freed.notify()

    def _sweep(self) -> None:
        """Drop sessions that nobody has used for a while, and look again later if any is left."""
        oldest = self._now() - _MAX_IDLE
        for connection in self._idle:
            if connection.idle_since <= oldest:
                connection.drop()
        self._idle = [connection for connection in self._idle if connection.usable]
        again = asyncio.get_running_loop().call_later(_MAX_IDLE / 2, self._sweep) if self._idle else None
        self._sweeping = again

    async def close(self) -> None:
        """Say goodbye on every idle session."""
        if self._sweeping is not None:
            self._sweeping.cancel()
        idle, self._idle = self._idle, []
        await asyncio.gather(*(connection.quit() for connection in idle))

    async def replay(
        self, envelope: Envelope, content: bytes, *, partial: bool, received: bytes = b""
    ) -> tuple[Reply, ...]:
        """One final reply for each recipient, in order; `received` is a trace line to put on top.

        With `partial` the mail goes to whoever the next hop accepts.  Without it one refusal means that nothing is
        sent and every reply is 451: the recipient had been accepted before.  Raises NextHopUnavailable,
        NextHopUnverified, NextHopLost (in doubt after the final dot).
        """
        async with self.session() as connection:
            sender = await connection.command(mail_command(envelope, connection.offers, len(content)))
            if not sender.positive:
                return (sender,) * len(envelope.recipients)
            taken = await connection.commands([rcpt_command(r) for r in envelope.recipients])
            if not all(reply.positive for reply in taken) and not partial:
                return (replies.RECIPIENT_CHANGED,) * len(taken)
            if not any(reply.positive for reply in taken):
                return tuple(taken)
            final = await send_content(connection, content, received, _whatever_changes)
            return tuple(final if reply.positive else reply for reply in taken)

    @contextlib.asynccontextmanager
    async def session(self) -> AsyncIterator[Connection]:
        """Borrow a session for one transaction."""
        connection = await self.lend()
        try:
            yield connection
        except BaseException:
            connection.drop()
            raise
        finally:
            await self.give_back(connection, clean=False)

    async def _connect(self) -> Connection:
        failure: GatewayError = NextHopUnavailable("no address")
        for host, port in await self._places():
            try:
                connection = await connect(host, port, self._hostname, self._timers, self._tls)
            except GatewayError as error:
                failure = error
                continue
            if connection.offers != self.offers:
                self.offers = connection.offers
                self.on_offers(connection.offers)
            return connection
        raise failure

    async def _places(self) -> Sequence[tuple[str, int]]:
        host, colon, port = self._settings.address.rpartition(":")
        if colon:
            return [(host.strip("[]"), int(port))]
        return await mail_exchangers(self._settings.address)

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


def _verifying(settings: Settings) -> ssl.SSLContext | None:
    """A context that verifies against the configured issuer, made once: it reads a file."""
    if settings.tls != "required":
        return None
    return ssl.create_default_context(cafile=_path(settings.tls_ca))


def _path(path: Path | None) -> str | None:
    return None if path is None else str(path)


async def mail_exchangers(domain: str) -> list[tuple[str, int]]:
    """Hosts and ports that take mail for a domain, best first (RFC 5321 section 5.1); raises NextHopUnavailable."""
    try:
        answer = await dns.asyncresolver.resolve(domain, "MX")
    except dns.resolver.NoAnswer:
        return [(domain, 25)]
    except dns.exception.DNSException as error:
        raise NextHopUnavailable(type(error).__name__) from None
    found = sorted((record.preference, record.exchange.to_text(omit_final_dot=True)) for record in answer)
    hosts = [(host, 25) for _, host in found if host != "."]
    if not hosts:
        raise NextHopUnavailable("null MX")
    return hosts[:10]


async def _undone(connection: Connection) -> bool:
    """Whether RSET has undone the session's transaction; a session on which it has not is dropped."""
    with contextlib.suppress(NextHopLost):
        if connection.usable and (await connection.command("RSET", _RESET_PATIENCE)).code == 250:
            return True
    connection.drop()
    return False


def mail_command(envelope: Envelope, offers: Collection[str], size: int | None) -> str:
    """MAIL with its parameters as they came, SIZE with room for our line; raises FeatureGone."""
    if not features_needed(envelope.parameters) <= set(offers):
        raise FeatureGone("MAIL parameter")
    kept = [p for p in envelope.parameters if p.partition("=")[0].upper() != "SIZE"]
    if size is not None and "SIZE" in offers:
        kept.insert(0, f"SIZE={size + ROOM}")
    return " ".join([f"MAIL FROM:<{envelope.sender or ''}>", *kept])


def rcpt_command(recipient: Recipient) -> str:
    """RCPT with its parameters as they came."""
    return " ".join([f"RCPT TO:<{recipient.address}>", *recipient.parameters])


async def _whatever_changes() -> bool:
    """What a person or a finished decision sends out stands."""
    return True


async def send_content(
    connection: Connection, content: bytes, received: bytes, stands: Callable[[], Awaitable[bool]]
) -> Reply:
    """DATA, content, and the final dot if the decision still `stands`; raises NextHopLost or RegisterChanged.

    A refused DATA leaves the transaction open; once the content has begun only the dot leaves a usable session.
    """
    start = await connection.command("DATA")
    if start.code != 354:
        if start.code == 421:
            connection.drop()
            raise NextHopLost("421 to DATA", replies.NEXT_HOP_DOWN)
        return replies.NEXT_HOP_GARBLED if start.positive else start
    await connection.open_content(content, received)
    try:
        if not await stands():
            raise RegisterChanged
    except BaseException:
        connection.drop()
        raise
    final = await connection.finish_content()
    connection.mails += 1
    connection.refusals = 0 if final.positive else connection.refusals + 1
    if final.code in (421, 354):
        connection.drop()
        return replies.NEXT_HOP_LOST
    return final
