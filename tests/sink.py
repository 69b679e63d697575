"""A real SMTP server for tests: it records what it takes, and can be told to fail at a phase."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")


@dataclass
class Taken:
    """One mail that the sink answered 250 for."""

    sender: str
    recipients: list[str]
    content: bytes
    mail_line: str
    rcpt_lines: list[str] = field(default_factory=list)
    secure: bool = False


class Sink:
    """An SMTP server on a free port; `faults` maps a phase to a reply, or to `close`, `reset`, `hang`.

    Phases: connect, ehlo, mail, rcpt, data, dot, rset.  A fault under `phase@text` applies where the line holds
    the text.  `keywords` are offered in EHLO, and STARTTLS where there is a `tls` context.  After `patience` seconds
    of silence it says 421 and closes, as Postfix does.
    """

    def __init__(
        self, port: int = 0, keywords: tuple[str, ...] = ("PIPELINING", "8BITMIME", "SMTPUTF8", "DSN")
    ) -> None:
        self.mails: list[Taken] = []
        self.faults: dict[str, str] = {}
        self.keywords = keywords
        self.tls: ssl.SSLContext | None = None
        self.commands: list[str] = []
        self.patience: float | None = None
        self.open: set[socket.socket] = set()
        self.on_data: Callable[[], None] = lambda: None
        self.on_line: Callable[[], None] = lambda: None
        sink = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                sink.open.add(self.request)
                with contextlib.suppress(OSError, EndOfSession):
                    Session(sink, self).serve()
                sink.open.discard(self.request)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True
            request_queue_size = 256

            def handle_error(self, request: object, client_address: object) -> None:
                return None

        self._server = Server(("127.0.0.1", port), Handler)
        self.port: int = self._server.server_address[1]
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    def close(self) -> None:
        """Stop, and cut every open connection."""
        self._server.shutdown()
        self._server.server_close()
        self.drop_all()

    def drop_all(self) -> None:
        """Cut every open connection and go on listening."""
        for each in list(self.open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def to(self, address: str) -> list[Taken]:
        """The mails that this address got."""
        return [mail for mail in self.mails if address in mail.recipients]

    def wait(self, count: int, seconds: float = 60.0) -> list[Taken]:
        """The mails, once there are `count` of them or the time is over."""
        return wait_for(lambda: self.mails if len(self.mails) >= count else None, seconds) or self.mails


class EndOfSession(Exception):
    """The session ends here."""


class Session:
    """One connection."""

    def __init__(self, sink: Sink, handler: socketserver.StreamRequestHandler) -> None:
        self.sink = sink
        self.socket: socket.socket = handler.request
        self.lines = handler.rfile
        self.mail_line = ""
        self.secure = False
        self.rcpt_lines: list[str] = []

    def say(self, reply: str) -> None:
        self.socket.sendall(reply.encode() + b"\r\n")

    def fault(self, phase: str, line: str = "") -> bool:
        """Do what is asked for at this phase; True where the command is answered by it."""
        for name, action in self.sink.faults.items():
            wanted, _, text = name.partition("@")
            if wanted == phase and text in line:
                self._act(action)
                return True
        return False

    def _act(self, action: str) -> None:
        if action == "reset":
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.socket.close()
            raise EndOfSession
        if action == "close":
            self.socket.shutdown(socket.SHUT_RDWR)
            raise EndOfSession
        if action == "hang":
            while self.socket.recv(65536):
                pass
            raise EndOfSession
        self.say(action)

    def serve(self) -> None:
        if not self.fault("connect"):
            self.say("220 sink.example ESMTP")
        while line := self.line():
            self.sink.commands.append(line)
            self.obey(line)

    def line(self) -> str:
        self.socket.settimeout(self.sink.patience)
        try:
            return self.lines.readline().decode("utf-8", "replace").rstrip("\r\n")
        except TimeoutError:
            self.say("421 4.4.2 sink.example Error: timeout exceeded")
            return ""

    def obey(self, line: str) -> None:
        verb = line[:4].upper()
        if verb == "EHLO":
            if not self.fault("ehlo"):
                keywords = [*self.sink.keywords, *(["STARTTLS"] if self.sink.tls and not self.secure else [])]
                self.say("\r\n".join(["250-sink.example", *(f"250-{k}" for k in keywords), "250 OK"]))
        elif verb == "STAR" and self.sink.tls is not None:
            if not self.fault("starttls"):
                self.say("220 2.0.0 Ready to start TLS")
                self.protect(self.sink.tls)
        elif verb == "MAIL":
            if self.mail_line:
                self.say("503 5.5.1 Error: nested MAIL command")
            elif not self.fault("mail", line):
                self.mail_line, self.rcpt_lines = line, []
                self.say("250 2.1.0 Ok")
        elif verb == "RCPT":
            if not self.fault("rcpt", line):
                self.rcpt_lines.append(line)
                self.say("250 2.1.5 Ok")
        elif verb == "DATA":
            self.data()
        elif verb == "QUIT":
            self.say("221 2.0.0 Bye")
            raise EndOfSession
        elif verb != "RSET" or not self.fault("rset"):
            self.mail_line, self.rcpt_lines = "", []
            self.say("250 2.0.0 Ok")

    def protect(self, context: ssl.SSLContext) -> None:
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.lines = self.socket.makefile("rb")
        self.secure = True

    def data(self) -> None:
        if self.fault("data"):
            return
        self.say("354 go on")
        content = b"".join(self.content())
        self.sink.on_data()
        mail_line, rcpt_lines = self.mail_line, self.rcpt_lines
        self.mail_line, self.rcpt_lines = "", []
        if self.fault("dot"):
            return
        recipients = [address(line) for line in rcpt_lines]
        self.sink.mails.append(
            Taken(address(mail_line), recipients, content, mail_line, rcpt_lines, self.secure)
        )
        self.say("250 2.0.0 Ok: taken")

    def content(self) -> Iterator[bytes]:
        while (line := self.lines.readline()) != b".\r\n":
            if not line:
                raise EndOfSession
            self.sink.on_line()
            yield line[1:] if line.startswith(b".") else line


def address(line: str) -> str:
    """The address between the brackets of a command."""
    return line[line.index("<") + 1 : line.rindex(">")]


def wait_for(look: Callable[[], T | None], seconds: float = 60.0) -> T | None:
    """What `look` finds, as soon as it finds something, or None."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.02)
    return None
