"""Cases in which decoders part company on one letter or sign: rows M04, C01 to C04 and C07 in further forms."""

# ruff: noqa: E501 (tables of one case a line)

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from functools import partial

from tests.blind import INNOCENT, Case
from tests.blind.carriers import HELLO, Build, base64_lines, entity, multipart, quoted, spread, uneven

_ENCODED = b"Content-Transfer-Encoding: base64\r\n"
_QUOTED = b"Content-Transfer-Encoding: quoted-printable\r\n"

NAMED: dict[str, Build] = {
    name: partial(lambda raw, load: multipart(HELLO, entity(load, raw, uneven(load.data))), raw)
    for name, raw in {
        "word-open": b"Content-Transfer-Encoding: =?UTF-8?Q?base64\r\n",
        "comment-folded": b"Content-Transfer-Encoding: bas(\r\n )e64\r\n",
        "comment-empty": b"Content-Transfer-Encoding: bas()e64\r\n",
        "word-before": b"Content-Transfer-Encoding: xx base64\r\n",
        "line-of-controls-above": b"\1\2\3\r\nContent-Transfer-Encoding: base64\r\n",
        "space-line-above": b" \r\n" + _ENCODED,
        "return-in-front": b"\r" + _ENCODED,
        "behind-return": b"X-A: b\r" + _ENCODED,
    }.items()
}


def _base64(change: Callable[[bytes], bytes]) -> Build:
    return lambda load: multipart(HELLO, entity(load, _ENCODED, change(load.data)))


def _letters(pattern: bytes, instead: bytes) -> Build:
    return _base64(lambda data: re.sub(pattern, instead, base64_lines(data)))


def _pairs(at: int) -> Build:
    """Two bytes each, with the padding at another place of its four letters."""

    def encode(data: bytes) -> bytes:
        fours = (base64.b64encode(data[i : i + 2]).rstrip(b"=") for i in range(0, len(data), 2))
        lines = b"".join(four[:at] + b"=" * (4 - len(four)) + four[at:] for four in fours)
        return re.sub(rb"(.{1,60})", rb"\1\r\n", lines)

    return _base64(encode)


def _zero_bits(data: bytes) -> bytes:
    """The byte `00` bits end in is written as `X=A=`: one reader takes the first sign for an A."""
    return b"".join(
        base64.b64encode(bytes([byte])).replace(b"A==", b"=A=") if byte % 4 == 0 else base64.b64encode(bytes([byte]))
        for byte in data
    )  # fmt: skip


PADDED: dict[str, dict[str, Build]] = {
    "C01": {
        "junk-lines-of-letters": _letters(rb"(?m)^(....)", b"\\1#abce01234567fghj\r\n"),
        "letters-at-line-ends": _letters(rb"(....)", b"\\1X\r\n"),
        "two-letters-at-line-ends": _letters(rb"(....)", b"\\1XX\r\n"),
    },
    "C02": {
        "padding-first": _pairs(0), "padding-second": _pairs(1), "padding-third": _pairs(2),
        "sign-for-a": _letters(rb"A(?=[A-Za-z0-9+/]{4})", b"="), "sign-for-zero-bits": _base64(_zero_bits),
        "in-two": _base64(lambda data: base64_lines(data[: len(data) // 6 * 3 + 1]) + base64_lines(data[len(data) // 6 * 3 + 1 :])),
        "another-file-behind": _base64(lambda data: base64_lines(data).rstrip() + b"====\r\n" + base64_lines(INNOCENT.file)),
    },
    "C03": {"inside-four": _letters(rb"([A-Za-z0-9+/]{2})([A-Za-z0-9+/]{2})", rb"\1=\2"), "behind-four": _letters(rb"([A-Za-z0-9+/]{4})", rb"\1=")},
    "C04": {"at-line-starts": _letters(rb"(?m)^", b"="), "four-at-line-starts": _letters(rb"(?m)^", b"====")},
}  # fmt: skip


def _strayed(pattern: bytes, instead: bytes) -> Build:
    """Quoted-printable with something wrong in it that readers mend in their own ways."""
    return lambda load: multipart(HELLO, entity(load, _QUOTED, re.sub(pattern, instead, quoted(load.data))))


def _all_strayed(junk: bytes) -> Build:
    """Each byte encoded, with junk before it."""
    return lambda load: multipart(
        HELLO, entity(load, _QUOTED, b"".join(b"%b=%02X=\r\n" % (junk, byte) for byte in load.data))
    )


STRAYED: dict[str, Build] = {
    "small-before-digit": _strayed(rb"(?<!=)(?<!=[0-9A-F])([0-9A-F])", rb"=a\1"),
    "before-others": _strayed(rb"([^0-9A-Fa-f\r\n=])", rb"=\1"),
    "zero-before-others": _strayed(rb"([^0-9A-Fa-f\r\n=])", rb"=0\1"),
    **{f"each-{number}": _all_strayed(junk) for number, junk in enumerate((b"=", b"=0", b"=0X", b"=XX", b"= ", b"=  "), 1)},
}  # fmt: skip


def strays() -> Iterator[Case]:
    """M04, C01 to C04 and C07."""
    for row, builds in {"M04": NAMED, "C07": STRAYED, **PADDED}.items():
        yield from spread(row, {f"stray-{name}": build for name, build in builds.items()}, doubtful=True)
