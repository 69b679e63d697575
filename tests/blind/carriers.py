"""What carries the matter in a mail: a text, a page or a file; and the mails that are put around it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle

from tests.blind import Case, Matter

HEAD = (
    b"From: a@x.example\r\nTo: b@y.example\r\nSubject: for you\r\nDate: Mon, 10 May 2027 09:00:00 +0100\r\n"
)
VERSION = b"MIME-Version: 1.0\r\n"


@dataclass(frozen=True, slots=True)
class Load:
    """A decoded body with its Content-Type."""

    data: bytes
    media_type: bytes


def text(matter: Matter) -> Load:
    """The wording as plain text."""
    return Load(matter.text.encode(), b"text/plain; charset=utf-8")


def page(matter: Matter) -> Load:
    """The wording as a page."""
    return Load(f"<html><body><p>{matter.text}</p></body></html>".encode(), b"text/html; charset=utf-8")


def file(matter: Matter) -> Load:
    """The file, under a type that says nothing."""
    return Load(matter.file, b'application/octet-stream; name="t.xlsx"')


CARRIERS: Mapping[str, Callable[[Matter], Load]] = {"text": text, "page": page, "file": file}
Build = Callable[[Load], bytes]


def spread(row: str, builds: Mapping[str, Build], *, doubtful: bool = False, but: str = "") -> Iterator[Case]:
    """Each way to build a mail with each carrier, but for one."""
    for name, build in builds.items():
        for carrier, load in CARRIERS.items():
            if carrier != but:
                yield Case(row, f"{name}-{carrier}", _made(load, build), doubtful)


def worded(
    row: str, makes: Mapping[str, Callable[[str], bytes]], *, doubtful: bool = False
) -> Iterator[Case]:
    """Each way to hide a wording."""
    for name, make in makes.items():
        yield Case(row, name, _worded(make), doubtful)


def _made(load: Callable[[Matter], Load], build: Build) -> Callable[[Matter], bytes]:
    return lambda matter: build(load(matter))


def _worded(make: Callable[[str], bytes]) -> Callable[[Matter], bytes]:
    return lambda matter: make(matter.text)


def base64_lines(data: bytes, width: int = 76) -> bytes:
    """Base64 in lines."""
    encoded = base64.b64encode(data)
    return b"".join(encoded[i : i + width] + b"\r\n" for i in range(0, len(encoded), width))


def uneven(data: bytes) -> bytes:
    """Base64 in lines of four to forty-eight letters."""
    letters, lines = base64.b64encode(data), []
    for width in cycle((4, 12, 8, 48, 16, 36)):
        if not letters:
            break
        lines.append(letters[:width] + b"\r\n")
        letters = letters[width:]
    return b"".join(lines)


def quoted(data: bytes) -> bytes:
    """Quoted-printable, all line ends encoded too."""
    return binascii.b2a_qp(data, quotetabs=True, istext=False).replace(b"\n", b"\r\n")


def uuencoded(data: bytes, name: bytes = b"t.xlsx") -> bytes:
    """Uuencoded with its begin and end."""
    lines = b"".join(binascii.b2a_uu(data[i : i + 45]) for i in range(0, len(data), 45))
    return (b"begin 644 " + name + b"\n" + lines + b"`\nend\n").replace(b"\n", b"\r\n")


def single(load: Load, fields: bytes, body: bytes) -> bytes:
    """A mail of one body under these fields (each with its line end) beside its type."""
    return HEAD + VERSION + b"Content-Type: " + load.media_type + b"\r\n" + fields + b"\r\n" + body


def entity(load: Load, fields: bytes = b"", body: bytes | None = None) -> bytes:
    """A part: base64 under its proper header unless a body and its fields are given."""
    if body is None:
        fields, body = fields + b"Content-Transfer-Encoding: base64\r\n", base64_lines(load.data)
    return b"Content-Type: " + load.media_type + b"\r\n" + fields + b"\r\n" + body


HELLO = b"Content-Type: text/plain\r\n\r\nhello\r\n"


def multipart(
    *parts: bytes,
    field: bytes = b'Content-Type: multipart/mixed; boundary="abc"\r\n',
    boundary: bytes = b"abc",
    end: bytes | None = None,
) -> bytes:
    """A mail of these parts; `field` is all that says how it is built."""
    lines = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
    return HEAD + VERSION + field + b"\r\n" + lines + (b"--" + boundary + b"--\r\n" if end is None else end)


def inner(
    *parts: bytes, boundary: bytes = b"inner", kind: bytes = b"mixed", end: bytes | None = None
) -> bytes:
    """A multipart as a part."""
    lines = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
    head = b"Content-Type: multipart/" + kind + b"; boundary=" + boundary + b"\r\n\r\n"
    return head + lines + (b"--" + boundary + b"--\r\n" if end is None else end)
