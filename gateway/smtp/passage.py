"""The way of one mail to the next hop: RCPTs are passed through, content follows once it is decided.

A passage holds a borrowed session from MAIL on.  It loses it when the next hop restarts, when the upload lasts longer
than 5 seconds (servers under stress drop idle sessions after 10), or when the pool is short while its client is idle.
Then the same recipients are replayed on another session.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from gateway import replies
from gateway.model import Envelope, Recipient
from gateway.replies import NextHopLost, Reply
from gateway.smtp.commands import declared_size, features_needed
from gateway.smtp.connection import Connection, InDoubt
from gateway.smtp.next_hop import FeatureGone, NextHop, mail_command, rcpt_command, send_content

_LONGEST_UPLOAD = 5.0


class Passage:
    """One transaction's way to the next hop; `envelope` holds the recipients that the next hop accepted."""

    def __init__(self, next_hop: NextHop) -> None:
        self._next_hop = next_hop
        self._connection: Connection | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._giving_back: set[asyncio.Task[None]] = set()
        self.envelope = Envelope(None, ())

    async def mail(self, sender: str | None, parameters: tuple[str, ...]) -> Reply:
        """Pass MAIL through; raises the errors of NextHop.lend, NextHopLost and FeatureGone."""
        self.envelope = Envelope(sender, (), parameters)
        reply = await self._begin()
        if reply.positive:
            self._next_hop.can_spare(self)
        else:
            await self.end()
        return reply

    async def _begin(self) -> Reply:
        """MAIL on a borrowed session; one that turns out to be stale is replaced once."""
        for last in (False, True):
            connection = await self._next_hop.lend()
            self._connection = connection
            fresh = not connection.idle_since
            try:
                reply = await connection.command(self._mail_command(connection))
                if reply.code != 421:
                    return reply
                connection.drop()
                raise NextHopLost("421 to MAIL", replies.NEXT_HOP_DOWN)
            except NextHopLost:
                await self.end()
                if fresh or last:
                    raise
            except FeatureGone:
                await self.end()
                raise
        raise NextHopLost("unreachable")

    def _mail_command(self, connection: Connection) -> str:
        return mail_command(self.envelope, connection.offers, declared_size(self.envelope.parameters))

    async def recipients(self, batch: Sequence[Recipient]) -> list[Reply]:
        """Pass RCPTs through in one write; the accepted ones join the envelope."""
        self._next_hop.needs(self)
        try:
            connection = self._usable() or await self._restored()
            if not all(features_needed(r.parameters) <= set(connection.offers) for r in batch):
                raise FeatureGone("RCPT parameter")
            answers = await connection.commands([rcpt_command(recipient) for recipient in batch])
        except NextHopLost:
            connection = await self._restored()
            answers = await connection.commands([rcpt_command(recipient) for recipient in batch])
        connection.refusals += sum(not answer.positive for answer in answers)
        accepted = tuple(r for r, answer in zip(batch, answers, strict=True) if answer.positive)
        self.envelope = replace(self.envelope, recipients=self.envelope.recipients + accepted)
        self._next_hop.can_spare(self)
        return answers

    def _usable(self) -> Connection | None:
        """The session, while it is ours and alive."""
        connection = self._connection
        return connection if connection is not None and connection.usable else None

    async def _restored(self) -> Connection:
        """Another session in the state that the lost one had; raises NextHopLost where the next hop disagrees."""
        await self.end()
        reply = await self._begin()
        connection = self._connection
        if not reply.positive or connection is None:
            raise NextHopLost("MAIL is refused now")
        known = self.envelope.recipients
        if known:
            again = await connection.commands([rcpt_command(recipient) for recipient in known])
            if not all(answer.positive for answer in again):
                await self.end()
                raise NextHopLost("a recipient is refused now", replies.RECIPIENT_CHANGED)
        return connection

    def uploading(self) -> None:
        """Content is on its way: the session is given back if that lasts long."""
        self._timer = asyncio.get_running_loop().call_later(_LONGEST_UPLOAD, self._give_back)

    def _give_back(self) -> None:
        connection = self.take_back()
        if connection is not None:
            task = asyncio.ensure_future(self._next_hop.give_back(connection, clean=False))
            self._giving_back.add(task)
            task.add_done_callback(self._giving_back.discard)

    def take_back(self) -> Connection | None:
        """Give up the session between two commands or while the upload lasts: it can be restored."""
        connection, self._connection = self._connection, None
        self._rest()
        return connection

    def uploaded(self) -> None:
        """Content is complete: the session, if it is still ours, is needed."""
        self._rest()

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._next_hop.needs(self)

    async def relay(self, content: bytes, received: bytes, stands: Callable[[], Awaitable[bool]]) -> Reply:
        """Send the mail to every accepted recipient and return the next hop's reply.

        Raises RegisterChanged where the decision no longer `stands` just before the final dot, NextHopLost (in doubt if
        the dot was sent), and the errors of NextHop.lend.
        """
        try:
            connection = self._usable() or await self._restored()
            return await self._sent(connection, content, received, stands)
        except InDoubt:
            raise
        except NextHopLost:
            # Nothing was handed over before the dot, so that another session may try once more.
            return await self._sent(await self._restored(), content, received, stands)

    async def _sent(
        self, connection: Connection, content: bytes, received: bytes, stands: Callable[[], Awaitable[bool]]
    ) -> Reply:
        before = connection.mails
        try:
            return await send_content(connection, content, received, stands)
        finally:
            # Only an answered dot ends the transaction: after a refused DATA its recipients still stand.
            await self.end(clean=connection.mails > before)

    async def end(self, *, clean: bool = False) -> None:
        """Give the session back; `clean` says that no transaction is open on it.  May be called twice."""
        self._rest()
        connection, self._connection = self._connection, None
        if connection is not None:
            await self._next_hop.give_back(connection, clean=clean)
