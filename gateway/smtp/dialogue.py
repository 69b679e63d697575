"""One dialogue: lines in, the right command for each, and an end to whoever talks nonsense.

What a command does stands in `server`; here is what holds for all of them: faults are counted, a bug is 451 and silent,
and nothing is obeyed after the end.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ClassVar

from gateway import log, metrics, replies
from gateway.pipeline import new_reference
from gateway.replies import GatewayError, Reply, reply_for
from gateway.smtp.channel import Channel
from gateway.smtp.commands import CommandError
from gateway.smtp.hall import Hall
from gateway.smtp.inbox import LineFault

_log = log.get(__name__)
_MAX_FAULTS = 10
_MAX_IDLE_COMMANDS = 200
_HTTP = (b"GET ", b"POST ", b"HEAD ", b"PUT ", b"OPTIONS ", b"CONNECT ", b"DELETE ")
_BEFORE_TLS = frozenset({"EHLO", "HELO", "STARTTLS", "NOOP", "QUIT", "RSET"})


class Dialogue(Channel):
    """The reading side of a dialogue; `verbs` maps a verb to the command's method."""

    verbs: ClassVar[Mapping[str, Callable[[Any, str], Awaitable[None]]]] = {}

    def __init__(self, hall: Hall) -> None:
        super().__init__(hall)
        self.faults = self._idle_commands = 0

    async def forget(self) -> None:
        """Forget the mail in the making."""
        raise NotImplementedError

    def heard(self) -> None:
        """The client went on to something else: it has heard the last answer."""
        raise NotImplementedError

    async def serve(self) -> None:
        """Greet, obey line by line, and leave nothing behind."""
        try:
            if await self._greeted():
                while (line := await self._next_line()) is not None:
                    await self._obey(line)
        except ConnectionError:
            pass
        except Exception as error:
            self.bug(error)
        finally:
            await self.forget()
            self.close()

    def bug(self, error: Exception) -> Reply:
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
            if self.hall.closing and not self.busy and self.inbox.empty:
                await self.push(replies.SHUTTING_DOWN)
                return None
            self.allow(self.hall.settings.command_timeout.total_seconds())
            try:
                line = await self.inbox.line()
            except LineFault as fault:
                await self.fault(fault.reply)
                continue
            if line is not None:
                self.heard()
                self.turn_taken()
            return line

    async def fault(self, reply: Reply) -> None:
        """Answer a bad command; too many end the connection."""
        self.faults += 1
        enough = self.faults > _MAX_FAULTS
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
            await self.fault(replies.BAD_LINE)
        except CommandError as error:
            await self.fault(error.reply)
        except GatewayError as error:
            metrics.ERRORS.labels("next_hop").inc()
            await self.push(error.reply)
        except ConnectionError:
            raise
        except Exception as error:
            await self.push(self.bug(error))

    async def _command(self, verb: str, argument: str) -> None:
        if self.hall.settings.require_tls and not self.secure and verb not in _BEFORE_TLS:
            return await self.push(replies.TLS_REQUIRED)
        method = self.verbs.get(verb)
        if method is None:
            raise CommandError(replies.BAD_COMMAND)
        self._idle_commands = 0 if verb in ("MAIL", "RCPT", "DATA") else self._idle_commands + 1
        if self._idle_commands > _MAX_IDLE_COMMANDS:
            await self.push(replies.TOO_MANY_ERRORS)
            return self.close()
        await method(self, argument)
