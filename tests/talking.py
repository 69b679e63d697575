"""A client that speaks raw SMTP, and the mails that tests send."""

from __future__ import annotations

import contextlib
import socket
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


class Talk:
    """One raw connection: bytes out, reply lines in."""

    def __init__(self, port: int, *, greet: bool = True) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), 30)
        self.lines = self.socket.makefile("rb")
        if greet:
            self.reply()
            self.ask("EHLO client.example")

    def send(self, data: bytes | str) -> None:
        """Send bytes as they are; a text is one line."""
        self.socket.sendall(data if isinstance(data, bytes) else data.encode() + b"\r\n")

    def reply(self) -> str:
        """One whole reply, lines joined by newline; empty at the end of the stream."""
        found: list[str] = []
        with contextlib.suppress(OSError):
            while line := self.lines.readline():
                found.append(line.decode().rstrip("\r\n"))
                if line[3:4] != b"-":
                    break
        return "\n".join(found)

    def ask(self, line: str) -> str:
        """Send a line and return its reply."""
        self.send(line)
        return self.reply()

    def mail(self, sender: str, recipients: list[str], content: bytes) -> str:
        """One whole mail, pipelined; the reply to its final dot, or the first refusal."""
        commands = [f"MAIL FROM:<{sender}>", *(f"RCPT TO:<{each}>" for each in recipients), "DATA"]
        self.send("".join(f"{line}\r\n" for line in commands).encode())
        replies = [self.reply() for _ in commands]
        if not replies[-1].startswith("354"):
            return next(reply for reply in replies if reply[:1] not in "23")
        self.send(stuffed(content) + b".\r\n")
        return self.reply()

    def close(self) -> None:
        """Hang up without a word."""
        self.lines.close()
        self.socket.close()

    def quit(self) -> None:
        """Say goodbye: what was answered was heard."""
        self.ask("QUIT")
        self.close()


def stuffed(content: bytes) -> bytes:
    """Content as it goes over the wire, without its final dot."""
    lines = content.split(b"\r\n")
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines)


def planned(hours: float = 20) -> datetime:
    """A publication time so many hours from now, to the minute, in London."""
    return (datetime.now(LONDON) + timedelta(hours=hours)).replace(second=0, microsecond=0)


def banner(when: datetime) -> str:
    """The restriction banner of the origin case for this time."""
    hour = when.hour % 12 or 12
    half = "AM" if when.hour < 12 else "PM"
    day = when.strftime("%A %d %B %Y").upper()
    return f"RESTRICTED UNTIL PUBLISHED AT {hour}:{when:%M}{half} ON {day}"


def letter(text: str, *, subject: str = "Hello", sender: str = "sender@policy.example") -> bytes:
    """A plain mail, with a Message-ID that its subject makes."""
    return (
        f"From: {sender}\r\nTo: somebody@policy.example\r\nSubject: {subject}\r\n"
        f"Message-ID: <{abs(hash((subject, text)))}@policy.example>\r\n\r\n{text}\r\n"
    ).encode()
