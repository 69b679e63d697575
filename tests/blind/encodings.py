"""Cases about transfer encodings: rows M01 to M05, M37, M40 and C01 to C07."""

# ruff: noqa: E501, PLW0108 (tables of one case a line)

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from functools import partial

from tests.blind import Case
from tests.blind.carriers import (
    HELLO,
    Build,
    base64_lines,
    entity,
    multipart,
    quoted,
    single,
    spread,
    uuencoded,
)

_NAME = b"Content-Transfer-Encoding:"


def _said(encode: Callable[[bytes], bytes], *values: bytes) -> Build:
    """A part in an encoding that is said like this."""
    fields = b"".join(_NAME + b" " + value + b"\r\n" for value in values)
    return lambda load: multipart(HELLO, entity(load, fields, encode(load.data)))


def _raw(encode: Callable[[bytes], bytes], fields: bytes) -> Build:
    return lambda load: single(load, fields, encode(load.data))


def _each(encode: Callable[[bytes], bytes], values: list[bytes]) -> dict[str, Build]:
    return {f"{number}": _said(encode, value) for number, value in enumerate(values, 1)}


OTHERS = [b"7bit", b"8bit", b"binary", b"quoted-printable", b"", b"x-unknown", b"7bits", b"none"]
LISTS = [
    b"base64, quoted-printable", b"base64, 7bit", b"base64 quoted-printable", b"base64;quoted-printable",
    b"base64/7bit", b"base64,base64", b"base64 8bit", b"base64\t7bit",
]  # fmt: skip
REVERSED = [
    b"quoted-printable, base64", b"7bit, base64", b"quoted-printable base64", b"8bit;base64", b"7bit/base64",
    b", base64", b"; base64", b"x-unknown, base64",
]  # fmt: skip
ODD = [
    b'"base64"', b"'base64'", b"base64 (x)", b"(x) base64", b"base(x)64", b"(base64) base64", b"base64;", b"base64; x=y",
    b"x-base64", b"base64x", b"xbase64", b"bas e64", b"base 64", b"base-64", b"base_64", b"b64", b"base64.", b".base64",
    b"base64,", b"<base64>", b"[base64]", b"base\\64", b"\\base64", b"=?us-ascii?Q?base64?=", b"=?us-ascii?Q?base?=64",
    b" " * 2000 + b"base64", b"base64" + b" " * 2000, b"base64\0", b"\0base64", b"base\x0064", b"base64\x0b", b"\x0bbase64",
    b"base64\xa0", b"\xc2\xa0base64", "ｂａｓｅ６４".encode(), b"base64=", b"=base64", b"base64:", b":base64", b"base64#",
    b"base64 #x", b"(unclosed base64", b"base64 (unclosed", b"base64)", b"encoding=base64", b"base64\xad", b"mime-base64",
    b"base64/mime", b"BASE64", b"Base64", b"\tbase64", b"base64\t", b"base64 ", b"radix64", b"base\r\n 64", b"base64\r\n x",
]  # fmt: skip
ODD_QUOTED = [
    b"quoted_printable", b"quoted printable", b"quotedprintable", b"quoted-printabl", b"quoted-printable;",
    b'"quoted-printable"', b"x-quoted-printable", b"quoted-printable (x)", b"(x) quoted-printable", b"qp", b"quoted",
    b"QUOTED-PRINTABLE", b"quoted-printable; charset=utf-8", b"=?us-ascii?Q?quoted-printable?=", b"quoted-unreadable",
    b"quoted -printable", b"quoted-printable\0", b"quopri", b"quoted-printable,", b"quoted\xe2\x80\x90printable",
]  # fmt: skip
PROPER = {
    "folded": _raw(base64_lines, _NAME + b"\r\n base64\r\n"),
    "folded-tab": _raw(base64_lines, _NAME + b"\r\n\tbase64\r\n"),
    "folded-spaces": _raw(base64_lines, _NAME + b"   \r\n      base64\r\n"),
    "folded-quoted": _raw(quoted, _NAME + b"\r\n quoted-printable\r\n"),
    "folded-part": _said(base64_lines, b"\r\n base64"),
    "folded-twice": _raw(base64_lines, _NAME + b"\r\n\t\r\n base64\r\n"),
}
UU = [
    b"x-uuencode", b"uuencode", b"x-uue", b"uue", b"X-UUENCODE", b'"x-uuencode"', b"x-uuencode;", b"x-uu", b"uu",
    b"x-unix-uuencode", b"x-uuencoded", b"uuencoded",
]  # fmt: skip
UNKNOWN = [
    b"x-yencode",
    b"x-yenc",
    b"binhex",
    b"x-binhex40",
    b"gzip64",
    b"x-gzip64",
    b"deflate",
    b"x-nobody",
    b"zip",
]


def fields() -> Iterator[Case]:
    """M01 to M05, M37 and M40: what Content-Transfer-Encoding says."""
    first = {f"{n}": _said(base64_lines, b"base64", other) for n, other in enumerate(OTHERS, 1)}
    last = {f"{n}": _said(base64_lines, other, b"base64") for n, other in enumerate(OTHERS, 1)}
    quoted_first = {f"quoted-{n}": _said(quoted, b"quoted-printable", o) for n, o in enumerate(OTHERS[:3], 1)}
    quoted_last = {f"quoted-{n}": _said(quoted, o, b"quoted-printable") for n, o in enumerate(OTHERS[:3], 1)}
    yield from spread("M01", {**first, **quoted_first}, doubtful=True)
    yield from spread("M02", {**last, **quoted_last}, doubtful=True)
    yield from spread("M03", _each(base64_lines, LISTS), doubtful=True)
    backwards = {f"reversed-{name}": build for name, build in _each(base64_lines, REVERSED).items()}
    yield from spread("M03", backwards, doubtful=True)
    yield from spread("M04", _each(base64_lines, ODD), doubtful=True)
    odd = {f"quoted-{name}": build for name, build in _each(quoted, ODD_QUOTED).items()}
    yield from spread("M04", odd, doubtful=True)
    yield from spread("M05", PROPER)
    yield from spread("M37", _each(uuencoded, UU), doubtful=True)
    yield from spread("M40", _each(base64_lines, UNKNOWN), doubtful=True)


def _base64(change: Callable[[bytes], bytes]) -> Build:
    return _said(lambda data: change(base64_lines(data)), b"base64")


def _joint(data: bytes, width: int) -> bytes:
    """Base64 of each so many bytes, with its padding, one line each."""
    return b"".join(base64.b64encode(data[i : i + width]) + b"\r\n" for i in range(0, len(data), width))


def _between(junk: bytes, every: int = 7) -> Callable[[bytes], bytes]:
    return lambda lines: re.sub(rb"([A-Za-z0-9+/]{%d})" % every, rb"\g<1>" + junk, lines)


def _for_addresses(lines: bytes) -> bytes:
    return lines.replace(b"+", b"-").replace(b"/", b"_")


JUNK: dict[str, Build] = {
    **{
        f"junk-{junk.hex()}": _base64(_between(junk))
        for junk in (b"#", b"-", b"_", b":", b".", b"%", b"!", b" ", b"\t", b"\0", b"\xe9", b"\r\n\r\n", b"*")
    },
    "line-of-junk": _base64(lambda lines: b"### - ### - ###\r\n" + lines),
    "eight-bit-line": _base64(lambda lines: b"\xe9\xe8\xea\r\n" + lines),
    **{f"width-{width}": _said(partial(lambda w, d: base64_lines(d, w), width), b"base64") for width in (1, 3, 5, 61, 75, 77, 990)},
    "one-line": _base64(lambda lines: lines.replace(b"\r\n", b"")),
    "line-feeds": _base64(lambda lines: lines.replace(b"\r\n", b"\n")),
    "leading-empty-lines": _base64(lambda lines: b"\r\n" * 20 + lines),
    "indented": _base64(lambda lines: b"   " + lines.replace(b"\r\n", b"\r\n   ")),
}  # fmt: skip
PADDING: dict[str, dict[str, Build]] = {
    "C02": {
        "every-line": _said(lambda data: _joint(data, 10), b"base64"),
        "every-second-byte": _said(lambda data: _joint(data, 1), b"base64"),
        "one-in-the-middle": _said(lambda data: _joint(data, len(data) // 2 | 1), b"base64"),
        "no-line-ends": _said(lambda data: _joint(data, 10).replace(b"\r\n", b""), b"base64"),
        "first-piece-short": _said(
            lambda data: base64.b64encode(data[:1]) + b"\r\n" + base64_lines(data[1:]), b"base64"
        ),
        "behind-empty-piece": _base64(lambda lines: b"====\r\n" + lines),
    },
    "C03": {
        "chunks-of-two": _said(lambda data: _joint(data, 2).replace(b"\r\n", b""), b"base64"),
        "chunks-of-four": _said(lambda data: _joint(data, 4).replace(b"\r\n", b""), b"base64"),
        "one-equals": _said(lambda data: re.sub(rb"=+", b"=", _joint(data, 4)), b"base64"),
        "chunks-without-padding": _said(lambda data: re.sub(rb"=+", b"", _joint(data, 4)), b"base64"),
    },
    "C04": {
        "none": _base64(lambda lines: lines.replace(b"=", b"")),
        **{f"extra-{n}": _base64(partial(lambda n, lines: lines.rstrip() + b"=" * n + b"\r\n", n)) for n in range(1, 9)},
        **{f"in-front-{n}": _base64(partial(lambda n, lines: b"=" * n + b"\r\n" + lines, n)) for n in range(1, 5)},
        **{f"early-{n}": _base64(partial(lambda n, lines: lines[:n] + b"=" + lines[n:], n)) for n in range(1, 9)},
        **{f"early-two-{n}": _base64(partial(lambda n, lines: lines[:n] + b"==" + lines[n:], n)) for n in range(1, 5)},
        "on-own-line": _base64(lambda lines: lines.rstrip(b"=\r\n") + b"\r\n=\r\n=\r\n"),
        "one-letter-less": _said(lambda data: base64_lines(data + b" ").rstrip(b"=\r\n")[:-1], b"base64"),
        "text-behind": _base64(lambda lines: lines + b"\r\nsent from my phone, friends\r\n"),
        "dashes-behind": _base64(lambda lines: lines + b"\r\n--\r\n"),
    },
    "C05": {
        **{f"shift-{n}": _base64(partial(lambda n, lines: b"A" * n + lines, n)) for n in range(1, 5)},
        **{f"shift-line-{n}": _base64(partial(lambda n, lines: b"A" * n + b"\r\n" + lines, n)) for n in range(1, 5)},
        **{f"word-{n}": _base64(partial(lambda n, lines: b"begin"[:n] + b"!\r\n" + lines, n)) for n in range(1, 5)},
        **{f"shift-padded-{n}": _base64(partial(lambda n, lines: b"A" * n + b"=\r\n" + lines, n)) for n in range(1, 5)},
    },
    "C06": {
        "begin-base64": _base64(lambda lines: b"begin-base64 644 t.xlsx\r\n" + lines + b"====\r\n"),
        "begin": _base64(lambda lines: b"begin 644 t.xlsx\r\n" + lines + b"end\r\n"),
        "armour": _base64(lambda lines: b"-----BEGIN DATA-----\r\n" + lines + b"-----END DATA-----\r\n"),
        "header-lines": _base64(lambda lines: b"Content-Type: text/plain\r\n\r\n" + lines),
        "data-address": _base64(lambda lines: b"data:text/plain;base64," + lines),
    },
}  # fmt: skip


def _quoted(change: Callable[[bytes], bytes]) -> Build:
    return _said(lambda data: change(data), b"quoted-printable")


def _hex(data: bytes, form: bytes = b"=%02X", width: int = 20, join: bytes = b"=\r\n") -> bytes:
    pieces = [form % byte for byte in data]
    return join.join(b"".join(pieces[i : i + width]) for i in range(0, len(pieces), width))


QUOTED: dict[str, Build] = {
    "every-character": _quoted(_hex),
    "lower-case": _quoted(lambda data: _hex(data, b"=%02x")),
    "break-each": _quoted(lambda data: _hex(data, width=1)),
    "break-line-feed": _quoted(lambda data: _hex(data, join=b"=\n")),
    "break-space": _quoted(lambda data: _hex(data, join=b"= \r\n")),
    "break-tab": _quoted(lambda data: _hex(data, join=b"=\t \t\r\n")),
    "one-long-line": _quoted(lambda data: _hex(data, width=10**6)),
    "no-break-at-end": _quoted(lambda data: _hex(data) + b"="),
    "trailing-space": _quoted(lambda data: _hex(data) + b"   \r\n"),
}  # fmt: skip


DAMAGED: dict[str, dict[str, Build]] = {
    "C04": {
        "not-encoded": _said(lambda data: data, b"base64"),
        "not-encoded-letters": _said(lambda data: b"Hello dear friend " + data, b"base64"),
        "one-letter-more": _base64(lambda lines: lines.rstrip(b"=\r\n") + b"A"),
    },
    "C07": {
        "broken-escape-at-end": _quoted(lambda data: _hex(data) + b"=4"),
        "broken-escapes-behind": _quoted(lambda data: _hex(data) + b"=XX=ZZ="),
    },
}


def bodies() -> Iterator[Case]:
    """C01 to C07: how a body is encoded."""
    yield from spread("C01", JUNK)
    for row, builds in PADDING.items():
        yield from spread(row, builds, doubtful=True)
    yield from spread("C07", QUOTED)
    for row, builds in DAMAGED.items():
        yield from spread(row, builds, but="file", doubtful=row == "C04")
    yield from spread("C01", {"url-alphabet": _base64(_for_addresses)}, doubtful=True)
