"""The form of every letter: headers, wrapped plain text, and how addresses, times and titles are shown."""

from __future__ import annotations

import quopri
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256
from textwrap import wrap
from zoneinfo import ZoneInfo

WIDTH = 76
MAX_SHOWN = 50
"""How many addresses one letter lists before it says how many more there are."""
_MAX_TITLE = 200
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True)
class Heading:
    """Who writes to whom about what; the Message-ID is made of `about` and the time."""

    sender: str
    to: str
    subject: str
    about: Sequence[str]
    now: datetime


def compose(heading: Heading, lines: Iterable[str]) -> bytes:
    """A plain text mail: 7-bit where the text is ASCII, else UTF-8 as quoted-printable; with CRLF."""
    return b"".join((*head(heading), *text_part("\n".join(lines) + "\n")))


def head(heading: Heading) -> list[bytes]:
    """The headers that every letter has, up to those of its content."""
    message_id = sha256("\0".join((*heading.about, heading.now.isoformat())).encode()).hexdigest()[:32]
    fields = (
        ("From", f"<{heading.sender}>"),
        ("To", f"<{one_line(heading.to)}>"),
        ("Subject", shown(heading.subject)),
        ("Date", format_datetime(heading.now)),
        ("Message-ID", f"<{message_id}@{heading.sender.rpartition('@')[2]}>"),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
        ("MIME-Version", "1.0"),
    )
    return [f"{name}: {value}\r\n".encode() for name, value in fields]


def text_part(text: str) -> list[bytes]:
    """Content headers, empty line and text of a plain text part."""
    charset, encoding = ("us-ascii", "7bit") if text.isascii() else ("utf-8", "quoted-printable")
    plain = text.encode() if text.isascii() else quopri.encodestring(text.encode())
    return [
        f"Content-Type: text/plain; charset={charset}\r\n".encode(),
        f"Content-Transfer-Encoding: {encoding}\r\n\r\n".encode(),
        plain.replace(b"\n", b"\r\n"),
    ]


def one_line(text: str) -> str:
    """The text without control and format characters: nothing that ends a header or turns a line around."""
    return "".join(char for char in text if unicodedata.category(char)[0] != "C")


def shown(address: str) -> str:
    """An address as letters show it: whatever is not printable ASCII is escaped, so that look-alikes show."""
    return "".join(char if " " <= char <= "~" else _escaped(char) for char in address)


def _escaped(char: str) -> str:
    return char.encode("ascii", "backslashreplace").decode() if ord(char) > 127 else f"\\x{ord(char):02x}"


def title(text: str) -> str:
    """A publication's title on one line, of at most 200 characters."""
    flat = one_line(" ".join(text.split()))
    return flat if len(flat) <= _MAX_TITLE else flat[: _MAX_TITLE - 3] + "..."


def moment(when: datetime, zone: ZoneInfo) -> str:
    """`Tuesday 27 March 2018 09:30 BST`: a time as people there read it."""
    local = when.astimezone(zone)
    return f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]} {local:%Y %H:%M %Z}"


def left(until: timedelta) -> str:
    """`in 2 h 05 min`, or `overdue by ...` where it has passed."""
    minutes = int(abs(until).total_seconds()) // 60
    days, hours = divmod(minutes // 60, 24)
    words = (
        f"{days} d {hours} h" if days else f"{hours} h {minutes % 60:02} min" if hours else f"{minutes} min"
    )
    return f"in {words}" if until >= timedelta(0) else f"overdue by {words}"


def paragraph(text: str) -> list[str]:
    """Prose, wrapped, with an empty line after it."""
    return [*wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False), ""]


def item(text: str) -> list[str]:
    """One entry of a list, its further lines indented."""
    return wrap(
        text,
        WIDTH,
        initial_indent="  ",
        subsequent_indent="      ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def listed(entries: Sequence[str], most: int = MAX_SHOWN) -> list[str]:
    """A list of entries; a long one is cut and says how many more there are."""
    lines = [line for entry in entries[:most] for line in item(entry)]
    return lines if len(entries) <= most else [*lines, f"  and {len(entries) - most} more"]
