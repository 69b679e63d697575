"""SMTP in: the commands of one client, on aiosmtpd's server corrected where it was measured to be wrong.

Kept of aiosmtpd: the session and envelope of a connection and the commands that need no correction (VRFY, NOOP).
Replaced: addresses and parameters (strict, kept as written), pipelining (RCPTs that wait go to the next hop in one
write), STARTTLS, and DATA, whose mail runs to its end in a task of its own.  The words of aiosmtpd end here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from aiosmtpd.smtp import SMTP
from aiosmtpd.smtp import Envelope as SessionEnvelope

from gateway import log, metrics, replies
from gateway.model import Mail, Recipient
from gateway.pipeline import new_reference
from gateway.replies import GatewayError, Reply, reply_for
from gateway.smtp import commands
from gateway.smtp.channel import Channel
from gateway.smtp.commands import CommandError
from gateway.smtp.hall import Hall
from gateway.smtp.inbox import ContentTooBig, Gone, LineFault, content_fault
from gateway.smtp.passage import Passage

_log = log.get(__name__)
_MAX_FAULTS = 10
_MAX_IDLE_COMMANDS = 200
_HTTP = (b"GET ", b"POST ", b"HEAD ", b"PUT ", b"OPTIONS ", b"CONNECT ", b"DELETE ")
_BEFORE_TLS = frozenset({"EHLO", "HELO", "STARTTLS", "NOOP", "QUIT", "RSET"})


@dataclass(slots=True)
class Transaction:
    """One mail in the making."""

    sender: str | None
    utf8: bool
    passage: Passage
    asked: int = 0


class Server(Channel):
    """The dialogue with one client."""

    def __init__(self, hall: Hall) -> None:
        super().__init__(hall)
        self._transaction: Transaction | None = None
        self._ticket: int | None = None
        self._offers: Mapping[str, str] = {}
        self._faults = self._idle_commands = 0

    @property
    def busy(self) -> bool:
        """Whether a mail is in the making, or its answer not yet heard."""
        return self._transaction is not None or self._ticket is not None

    async def serve(self) -> None:
        """Greet, obey line by line, and leave nothing behind."""
        try:
            if await self._greeted():
                while (line := await self._next_line()) is not None:
                    await self._obey(line)
        except ConnectionError:
            pass
        except Exception as error:
            self._bug(error)
        finally:
            await self._forget()
            self.close()

    def _bug(self, error: Exception) -> Reply:
        ref = new_reference()
        metrics.ERRORS.labels("bug").inc()
        _log.error("bug", ref=ref, kind="session", error=type(error).__name__, trace=log.trace(error))
        return reply_for(error, ref)

    async def _greeted(self) -> bool:
        if self.hall.closing or len(self.hall.inside) > self.hall.settings.max_connections:
            await self.push(replies.SHUTTING_DOWN if self.hall.closing else replies.TOO_BUSY)
            return False
        if not self.inbox.empty:
            await self.push(replies.TALKS_EARLY)
            return False
        await self.push(Reply(220, "", f"{self.hostname} ESMTP"))
        return True

    async def _next_line(self) -> bytes | None:
        """The next command; a malformed one is answered here and counted.  None: the dialogue is over."""
        while True:
            if self.hall.closing and self._transaction is None and self.inbox.empty:
                await self.push(replies.SHUTTING_DOWN)
                return None
            self.allow(self.hall.settings.command_timeout.total_seconds())
            try:
                line = await self.inbox.line()
            except LineFault as fault:
                await self._fault(fault.reply)
                continue
            if line is not None and self._ticket is not None:
                self.hall.link.heard(self._ticket)
                self._ticket = None
            return line

    async def _fault(self, reply: Reply) -> None:
        """Answer a bad command; too many end the connection."""
        self._faults += 1
        enough = self._faults > _MAX_FAULTS
        await self.push(replies.TOO_MANY_ERRORS if enough else reply)
        if enough:
            self.close()

    async def _obey(self, line: bytes) -> None:
        if line.upper().startswith(_HTTP):
            await self.push(replies.NOT_HTTP)
            return self.close()
        try:
            verb, _, argument = line.decode("utf-8").partition(" ")
            await self._command(verb.upper(), argument.strip(" "))
        except UnicodeDecodeError:
            await self._fault(replies.BAD_LINE)
        except CommandError as error:
            await self._fault(error.reply)
        except GatewayError as error:
            metrics.ERRORS.labels("next_hop").inc()
            await self.push(error.reply)
        except ConnectionError:
            raise
        except Exception as error:
            await self.push(self._bug(error))

    async def _command(self, verb: str, argument: str) -> None:
        if self.hall.settings.require_tls and not self.secure and verb not in _BEFORE_TLS:
            return await self.push(replies.TLS_REQUIRED)
        method = _VERBS.get(verb)
        if method is None:
            raise CommandError(replies.BAD_COMMAND)
        self._idle_commands = 0 if verb in ("MAIL", "RCPT", "DATA") else self._idle_commands + 1
        if self._idle_commands > _MAX_IDLE_COMMANDS:
            await self.push(replies.TOO_MANY_ERRORS)
            return self.close()
        await method(self, argument)

    async def _forget(self) -> None:
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
        await self._forget()
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
            self._transaction = Transaction(sender, utf8, passage)
        await self.push(_staying(reply))

    async def smtp_RCPT(self, argument: str) -> None:
        """Add recipients: this one and those that wait behind it go to the next hop in one write."""
        transaction = self._transaction
        if transaction is None:
            raise CommandError(replies.BAD_SEQUENCE)
        arguments = [argument]
        while (line := self.inbox.waiting_line(b"RCPT ")) is not None:
            arguments.append(line[5:].decode("utf-8", "replace").strip(" "))
        wanted = [self._recipient(transaction, each) for each in arguments]
        good = [each for each in wanted if isinstance(each, Recipient)]
        passed = iter(await transaction.passage.recipients(good) if good else ())
        for each in wanted:
            self.write(_staying(next(passed)) if isinstance(each, Recipient) else each)
        await self.drain()

    def _recipient(self, transaction: Transaction, argument: str) -> Recipient | Reply:
        """A recipient to ask the next hop for, or our own refusal."""
        try:
            recipient = commands.rcpt(argument, self._offers, utf8=transaction.utf8)
        except CommandError as error:
            self._faults += 1
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
            await self._forget()
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
            self.content_ends()
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
            self._transaction = None
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
        await self._forget()
        await self.push(replies.OK)

    async def smtp_QUIT(self, argument: str) -> None:
        """Say goodbye: an orderly end, so that the last answer was heard."""
        await self._forget()
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
        await self._forget()
        await self.push(replies.READY_FOR_TLS)
        await self.begin_tls(self.hall.tls)
        self._offers = {}


_VERBS: Mapping[str, Callable[[Server, str], Awaitable[None]]] = {
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
