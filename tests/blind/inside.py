"""Cases about encoded files inside of texts: base64 that no field names, uuencode, yEnc, BinHex: rows C08, M36, M38, M39."""

# ruff: noqa: E501 (tables of one case a line)

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator

from tests.blind import Case
from tests.blind.carriers import (
    HELLO,
    Build,
    Load,
    base64_lines,
    entity,
    multipart,
    quoted,
    single,
    spread,
    uuencoded,
)

_NAME = b"Content-Transfer-Encoding:"


def _said(encode: Callable[[bytes], bytes], value: bytes) -> Build:
    return lambda load: multipart(HELLO, entity(load, _NAME + b" " + value + b"\r\n", encode(load.data)))


def _plain(data: bytes) -> bytes:
    """Base64 that no field names: lines long enough to be taken for it."""
    return base64_lines(data.ljust(120) if len(data) < 120 else data)


BARE: dict[str, Build] = {
    **{f"{value.decode() or 'none'}": _said(_plain, value) for value in (b"7bit", b"8bit", b"binary")},
    "no-field": lambda load: multipart(HELLO, entity(load, b"", _plain(load.data))),
    "below-text": lambda load: multipart(HELLO + b"\r\nhere it is:\r\n\r\n" + _plain(load.data) + b"\r\nbye\r\n"),
    "quoted-reply": lambda load: multipart(HELLO + b"> " + _plain(load.data).replace(b"\r\n", b"\r\n> ")),
    "one-line": lambda load: multipart(HELLO + b"see: " + _plain(load.data).replace(b"\r\n", b"") + b" ok\r\n"),
    "in-quoted-printable": lambda load: multipart(
        b"Content-Type: text/plain\r\n" + _NAME + b" quoted-printable\r\n\r\n" + quoted(_plain(load.data))
    ),
    "in-base64": lambda load: multipart(entity(Load(_plain(load.data), b"text/plain"))),
    "whole-mail": lambda load: single(Load(b"", b"text/plain"), b"", _plain(load.data)),
}  # fmt: skip

INSIDE: dict[str, Build] = {
    "uuencode": lambda load: multipart(HELLO + uuencoded(load.data)),
    "uuencode-single": lambda load: single(Load(b"", b"text/plain"), b"", b"hello\r\n\r\n" + uuencoded(load.data)),
    "no-end": lambda load: multipart(HELLO + uuencoded(load.data).replace(b"end\r\n", b"")),
    "no-name": lambda load: multipart(HELLO + uuencoded(load.data, b"")),
    "long-mode": lambda load: multipart(HELLO + uuencoded(load.data).replace(b"begin 644", b"begin 100644")),
    "at-start": lambda load: single(Load(b"", b"text/plain"), b"", uuencoded(load.data)),
    "two": lambda load: multipart(HELLO + uuencoded(b"first") + b"\r\n" + uuencoded(load.data)),
    "grave-accents": lambda load: multipart(HELLO + uuencoded(load.data).replace(b" ", b"`").replace(b"begin`644`", b"begin 644 ")),
    "trailing-spaces": lambda load: multipart(HELLO + uuencoded(load.data).replace(b"\r\n", b"  \r\n")),
    "begin-base64": lambda load: multipart(HELLO + b"begin-base64 644 t.xlsx\r\n" + base64_lines(load.data) + b"====\r\n"),
    "in-base64": lambda load: multipart(entity(Load(b"hello\r\n" + uuencoded(load.data), b"text/plain"))),
    "in-quoted-printable": lambda load: multipart(
        b"Content-Type: text/plain\r\n" + _NAME + b" quoted-printable\r\n\r\n" + quoted(uuencoded(load.data))
    ),
    "in-octets": lambda load: multipart(entity(Load(uuencoded(load.data), b"application/octet-stream"))),
    "in-x-uuencode": lambda load: multipart(entity(Load(uuencoded(load.data), b"application/x-uuencode"))),
    "in-html": lambda load: multipart(b"Content-Type: text/html\r\n\r\n<html><pre>\r\n" + uuencoded(load.data) + b"</pre>"),
}  # fmt: skip
FOREIGN: dict[str, Build] = {
    "yenc": lambda load: multipart(HELLO + b"=ybegin line=128 size=%d name=t.xlsx\r\n" % len(load.data) + _yenc(load.data) + b"\r\n=yend size=3\r\n"),
    "yenc-part": lambda load: multipart(
        HELLO + b"=ybegin part=1 line=128 size=9 name=t\r\n=ypart begin=1 end=9\r\n" + _yenc(load.data) + b"\r\n=yend size=3\r\n"
    ),
    "yenc-encoding": _said(lambda data: b"=ybegin line=128 size=9 name=t\r\n" + _yenc(data) + b"\r\n=yend size=3\r\n", b"x-yencode"),
}  # fmt: skip
BINHEX: dict[str, Build] = {
    "in-text": lambda load: multipart(HELLO + _binhex(load.data)),
    "own-type": lambda load: multipart(entity(Load(_binhex(load.data), b"application/mac-binhex40"))),
    "own-type-plain": lambda load: multipart(b"Content-Type: application/mac-binhex40; name=t.hqx\r\n\r\n" + _binhex(load.data)),
    "no-line": lambda load: multipart(
        b"Content-Type: application/mac-binhex40; name=t.hqx\r\n\r\n" + _binhex(load.data).partition(b"\r\n\r\n")[2]
    ),
}  # fmt: skip


def _yenc(data: bytes) -> bytes:
    return b"".join(
        b"=" + bytes([(c + 42 + 64) % 256]) if (c + 42) % 256 in (0, 10, 13, 61) else bytes([(c + 42) % 256])
        for c in data
    )


_HQX = b"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr"
_B64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def _binhex(data: bytes) -> bytes:
    """BinHex 4.0 without run lengths and checksums, which no reader needs to see what is in it."""
    head = b"\x01t\0TEXT????\0\0" + len(data).to_bytes(4, "big") + bytes(4) + b"\0\0"
    packed = base64.b64encode(head + data.replace(b"\x90", b"\x90\0") + b"\0\0").rstrip(b"=")
    lines = packed.translate(bytes.maketrans(_B64, _HQX))
    body = b"\r\n".join(lines[i : i + 64] for i in range(0, len(lines), 64))
    return b"(This file must be converted with BinHex 4.0)\r\n\r\n:" + body + b":\r\n"


def files() -> Iterator[Case]:
    """M36, M38, M39 and C08: files that stand in a text."""
    yield from spread("C08", BARE, but="page")
    yield from spread("M36", INSIDE)
    yield from spread("M38", FOREIGN, doubtful=True)
    yield from spread("M39", BINHEX, doubtful=True)
