"""SMTP in: the commands of one client, on aiosmtpd's server corrected where it was measured to be wrong.

Kept of aiosmtpd: the session and envelope of a connection and the commands that need no correction (VRFY, NOOP).
Replaced: addresses and parameters (strict, kept as written), pipelining (RCPTs that wait go to the next hop in one
write), STARTTLS, and DATA, whose mail runs to its end in a task of its own.  The words of aiosmtpd end here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aiosmtpd.smtp import SMTP
from aiosmtpd.smtp import Envelope as SessionEnvelope

from gateway import metrics, replies
from gateway.model import Mail, Recipient
from gateway.replies import GatewayError, Reply
from gateway.smtp import commands
from gateway.smtp.commands import CommandError
from gateway.smtp.dialogue import Dialogue
from gateway.smtp.hall import Hall
from gateway.smtp.inbox import ContentTooBig, Gone, content_fault
from gateway.smtp.passage import Passage


@dataclass(slots=True)
class Transaction:
    """One mail in the making."""

    utf8: bool
    passage: Passage
    asked: int = 0


class Server(Dialogue):
    """The commands of one client."""

    def __init__(self, hall: Hall) -> None:
        super().__init__(hall)
        self._transaction: Transaction | None = None
        self._ticket: int | None = None
        self._offers: Mapping[str, str] = {}

    @property
    def busy(self) -> bool:
        """Whether a mail is in the making."""
        return self._transaction is not None

    def heard(self) -> None:
        """The client went on to something else: its last answer needs no memory."""
        if self._ticket is not None:
            self.hall.link.heard(self._ticket)
            self._ticket = None

    async def forget(self) -> None:
        """Forget the mail in the making and give its session back."""
        transaction, self._transaction = self._transaction, None
        self.envelope = SessionEnvelope()
        if transaction is not None:
            await transaction.passage.end()

    async def smtp_EHLO(self, argument: str) -> None:
        """Greet and list what can be done."""
        await self._introduced(argument, extended=True)
        self._offers = self.hall.offers()
        lines = [self.hostname, *(" ".join(filter(None, offer)) for offer in self._offers.items())]
        if self.hall.tls is not None and not self.secure:
            lines.append("STARTTLS")
        last = len(lines) - 1
        self.write_line("\r\n".join(f"250{' ' if n == last else '-'}{line}" for n, line in enumerate(lines)))
        await self.drain()

    async def smtp_HELO(self, argument: str) -> None:
        """Greet in the old way: no extensions."""
        await self._introduced(argument, extended=False)
        self._offers = {}
        await self.push(Reply(250, "", self.hostname))

    async def _introduced(self, argument: str, *, extended: bool) -> None:
        name = commands.hostname(argument)
        await self.forget()
        self.session.host_name = name
        self.session.extended_smtp = extended

    async def smtp_MAIL(self, argument: str) -> None:
        """Begin a mail: passed through to the next hop."""
        if not self.session.host_name or self._transaction is not None:
            raise CommandError(replies.BAD_SEQUENCE)
        if not self.hall.admits(self._ip):
            return await self.push(replies.RELAYING_DENIED)
        sender, parameters = commands.mail(argument, self._offers)
        size = commands.declared_size(parameters)
        if size is not None and size > int(self._offers["SIZE"]):
            return await self.push(replies.TOO_BIG)
        passage = Passage(self.hall.next_hop)
        reply = await passage.mail(sender, parameters)
        if reply.positive:
            utf8 = any(parameter.upper() == "SMTPUTF8" for parameter in parameters)
            self._transaction = Transaction(utf8, passage)
        await self.push(_staying(reply))

    async def smtp_RCPT(self, argument: str) -> None:
        """Add recipients: this one and those that wait behind it go to the next hop in one write."""
        transaction = self._transaction
        if transaction is None:
            raise CommandError(replies.BAD_SEQUENCE)
        arguments = [argument]
        while (line := self.inbox.waiting_line(b"RCPT ")) is not None:
            arguments.append(line[5:].decode("utf-8", "surrogateescape").strip(" "))
        wanted = [self._recipient(transaction, each) for each in arguments]
        good = [each for each in wanted if isinstance(each, Recipient)]
        passed = iter(await self._passed(transaction.passage, good) if good else ())
        for each in wanted:
            self.write(_staying(next(passed)) if isinstance(each, Recipient) else each)
        await self.drain()

    async def _passed(self, passage: Passage, good: Sequence[Recipient]) -> Sequence[Reply]:
        """The answer to each RCPT, also where all of them fail at once: every command has its own reply (RFC 2920)."""
        try:
            return await passage.recipients(good)
        except GatewayError as error:
            metrics.ERRORS.labels("next_hop").inc()
            return [error.reply] * len(good)
        except Exception as error:
            return [self.bug(error)] * len(good)

    def _recipient(self, transaction: Transaction, argument: str) -> Recipient | Reply:
        """A recipient to ask the next hop for, or our own refusal."""
        try:
            recipient = commands.rcpt(argument, self._offers, utf8=transaction.utf8)
        except CommandError as error:
            self.faults += 1
            return error.reply
        if transaction.asked >= self.hall.settings.max_recipients:
            return replies.TOO_MANY_RECIPIENTS
        transaction.asked += 1
        return recipient

    async def smtp_DATA(self, argument: str) -> None:
        """Take the content, have it decided, and answer."""
        transaction = self._transaction
        if argument:
            raise CommandError(replies.BAD_ARGUMENT)
        if transaction is None:
            raise CommandError(replies.BAD_SEQUENCE)
        if not transaction.passage.envelope.recipients:
            return await self.push(replies.NO_RECIPIENTS)
        await self.push(replies.START_MAIL)
        content = await self._content(transaction.passage)
        if isinstance(content, Reply):
            await self.forget()
            return await self.push(content)
        mail = Mail(transaction.passage.envelope, content, self.client, datetime.now(UTC))
        await self._decided(mail, transaction.passage)

    async def _content(self, passage: Passage) -> bytes | Reply:
        """The content, or the reply that refuses it; raises ConnectionError where the client vanished."""
        limit = int(self._offers.get("SIZE", self.hall.settings.max_message_bytes))
        passage.uploading()
        self.content_begins()
        try:
            content = await self.inbox.content(limit)
        except Gone:
            raise ConnectionError("client vanished in content") from None
        except ContentTooBig:
            return replies.TOO_BIG
        finally:
            self.turn_taken()
            passage.uploaded()
        return content_fault(content) or content

    async def _decided(self, mail: Mail, passage: Passage) -> None:
        # From here on the mail runs to its end in its own task, whatever becomes of the client.
        self._ticket = ticket = self.hall.link.ticket()
        task = self.hall.begin(self.loop.create_task(self.hall.pipeline.answer(mail, passage, ticket)))
        if self.inbox.eof:
            self.hall.link.lost(ticket)
        try:
            reply = await task
        finally:
            # Here, because this runs whatever step the mail got to: a session that is not given back is lost.
            self._transaction = None
            await passage.end()
        await self.push(reply)

    def eof_received(self) -> bool:
        """The client sends no more: it may be gone, so that a resend of its mail joins."""
        if self._ticket is not None:
            self.hall.link.lost(self._ticket)
        return super().eof_received()

    def connection_lost(self, error: Exception | None) -> None:
        """The client is gone: an answer that it was not seen to hear is kept for its resend."""
        super().connection_lost(error)
        if self._ticket is not None:
            self.hall.link.lost(self._ticket)
            self._ticket = None

    async def smtp_RSET(self, argument: str) -> None:
        """Forget the mail in the making."""
        if argument:
            raise CommandError(replies.BAD_ARGUMENT)
        await self.forget()
        await self.push(replies.OK)

    async def smtp_QUIT(self, argument: str) -> None:
        """Say goodbye: an orderly end, so that the last answer was heard."""
        await self.forget()
        await self.push(replies.BYE)
        self.close()

    async def smtp_STARTTLS(self, argument: str) -> None:
        """Begin TLS; what was pipelined behind it in clear is refused (RFC 3207, CVE-2011-0411)."""
        if argument:
            raise CommandError(replies.BAD_ARGUMENT)
        if self.secure:
            raise CommandError(replies.BAD_SEQUENCE)
        if self.hall.tls is None:
            return await self.push(replies.TLS_UNAVAILABLE)
        if not self.inbox.empty:
            await self.push(replies.TALKS_EARLY)
            return self.close()
        await self.forget()
        await self.push(replies.READY_FOR_TLS)
        await self.begin_tls(self.hall.tls)
        self._offers = {}


Server.verbs = {
    "EHLO": Server.smtp_EHLO,
    "HELO": Server.smtp_HELO,
    "MAIL": Server.smtp_MAIL,
    "RCPT": Server.smtp_RCPT,
    "DATA": Server.smtp_DATA,
    "RSET": Server.smtp_RSET,
    "QUIT": Server.smtp_QUIT,
    "STARTTLS": Server.smtp_STARTTLS,
    "NOOP": SMTP.smtp_NOOP,
    "VRFY": SMTP.smtp_VRFY,
}


def _staying(reply: Reply) -> Reply:
    """A next hop's 421 to one command does not close our client's connection."""
    return replies.NEXT_HOP_DOWN if reply.code == 421 else reply
