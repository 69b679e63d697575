"""Mails as mail programs make them: plain, quoted-printable, base64, HTML, both, with attachments, as forwards."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from random import Random

OPENINGS = (
    "Hi Sam,",
    "Dear all,",
    "Morning both,",
    "Pat - as promised on the phone.",
    "Hello Alex, please see below before we speak.",
    "All, for information only.",
)
CLOSINGS = (
    "Thanks\nJo",
    "Kind regards,\nChris Webb\nPrivate Office",
    "Best\nSasha\n\n--\nPress desk, room 4.12, extension 7101",
    "Happy to discuss.\nRobin",
)
_NAMES = ("jo", "chris", "sasha", "robin", "lee", "morgan", "kim", "alex")
_BEGAN = datetime(2015, 1, 5, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Attached:
    """A file in a mail: its name, its media type and its bytes."""

    name: str
    media_type: str
    data: bytes


def dress(rng: Random, text: str) -> str:
    """A text with a greeting before and a name behind."""
    return f"{rng.choice(OPENINGS)}\n\n{text}\n\n{rng.choice(CLOSINGS)}\n"


def quoted(text: str, depth: int = 1) -> str:
    """A text as a reply quotes it."""
    mark = "> " * depth
    return "\n".join(mark + line for line in text.split("\n"))


def letter(
    rng: Random,
    subject: str,
    body: str,
    *,
    shape: str = "plain",
    attached: Sequence[Attached] = (),
    headers: Sequence[tuple[str, str]] = (),
) -> bytes:
    """One mail; `shape` is one of `plain`, `base64`, `quoted-printable`, `html`, `both`, `forward`."""
    message = _headed(rng, subject, headers)
    if shape == "forward":
        message.set_content("FYI, see attached mail.\n")
        inner = _headed(rng, subject, ())
        inner.set_content(body)
        _attach(inner, attached)
        message.add_attachment(inner)
    else:
        _fill(message, body, shape)
        _attach(message, attached)
    _fix_boundaries(message, rng)
    return message.as_bytes(policy=policy.SMTP)


def _headed(rng: Random, subject: str, headers: Sequence[tuple[str, str]]) -> EmailMessage:
    message = EmailMessage()
    sender, *others = rng.sample(_NAMES, 3)
    message["From"] = f"{sender.title()} <{sender}@policy.example>"
    message["To"] = ", ".join(f"{name}@outside.example" for name in others)
    message["Subject"] = " ".join(subject.split())
    message["Date"] = format_datetime(_BEGAN + timedelta(minutes=rng.randrange(100_000)))
    message["Message-ID"] = f"<{rng.getrandbits(64):016x}@policy.example>"
    for name, value in headers:
        del message[name]
        message[name] = value
    return message


def _fill(message: EmailMessage, body: str, shape: str) -> None:
    page = "".join(f"<p>{html.escape(block)}</p>\n" for block in body.split("\n\n"))
    page = f"<html><body>{page}</body></html>"
    if shape == "html":
        message.set_content(page, subtype="html")
    elif shape in ("base64", "quoted-printable"):
        message.set_content(body, cte=shape)
    else:
        message.set_content(body)
    if shape == "both":
        message.add_alternative(page, subtype="html")


def _attach(message: EmailMessage, attached: Sequence[Attached]) -> None:
    for file in attached:
        kind, _, subtype = file.media_type.partition("/")
        message.add_attachment(file.data, maintype=kind, subtype=subtype, filename=file.name)


def _fix_boundaries(message: EmailMessage, rng: Random) -> None:
    """The library takes boundaries by chance; the same seed must give the same mail."""
    for part in message.walk():
        if part.is_multipart() and part.get_content_maintype() == "multipart":
            part.set_boundary(f"=_{rng.getrandbits(80):020x}")
