"""Cases about what stands beside the parts, and limits: rows M16, M23 to M26, M29, M30, M47, M49 and M50."""

# ruff: noqa: E501 (tables of one case a line)

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from functools import partial

from tests.blind import Case
from tests.blind.carriers import (
    HEAD,
    HELLO,
    VERSION,
    Build,
    Load,
    base64_lines,
    entity,
    multipart,
    single,
    spread,
    uuencoded,
    worded,
)

_FIELD = b"Content-Type: multipart/mixed; boundary=abc\r\n"


def _before(lines: bytes) -> bytes:
    """A mail with something above its first delimiter."""
    return HEAD + VERSION + _FIELD + b"\r\n" + lines + b"\r\n--abc\r\n" + HELLO + b"\r\n--abc--\r\n"


def _behind(lines: bytes) -> bytes:
    return multipart(HELLO, end=b"--abc--\r\n" + lines)


BESIDE: dict[str, Callable[[str], bytes]] = {
    "preamble": lambda text: _before(text.encode()),
    "preamble-far": lambda text: _before(b"\r\n" * 5000 + text.encode()),
    "preamble-utf-16": lambda text: _before(text.encode("utf-16")),
    "epilogue": lambda text: _behind(text.encode()),
    "epilogue-far": lambda text: _behind(b" \r\n" * 5000 + text.encode()),
    "epilogue-of-inner": lambda text: multipart(
        b"Content-Type: multipart/mixed; boundary=in\r\n\r\n--in\r\n" + HELLO + b"\r\n--in--\r\n" + text.encode()
    ),
    "preamble-of-inner": lambda text: multipart(
        b"Content-Type: multipart/mixed; boundary=in\r\n\r\n" + text.encode() + b"\r\n--in\r\n" + HELLO + b"\r\n--in--\r\n"
    ),
    "behind-forward": lambda text: multipart(b"Content-Type: message/rfc822\r\n\r\n" + _behind(text.encode())),
}  # fmt: skip
BESIDE_LOADS: dict[str, Build] = {
    "preamble-part": lambda load: _before(b"--xyz\r\n" + entity(load) + b"\r\n--xyz--"),
    "preamble-uuencode": lambda load: _before(uuencoded(load.data)),
    "epilogue-part": lambda load: _behind(b"--xyz\r\n" + entity(load) + b"\r\n--xyz--\r\n"),
    "epilogue-uuencode": lambda load: _behind(uuencoded(load.data)),
    "epilogue-mail": lambda load: _behind(multipart(HELLO, entity(load), field=_FIELD.replace(b"abc", b"xyz"), boundary=b"xyz")),
    "text-part": lambda load: multipart(HELLO + b"\r\n--xyz\r\n" + entity(load) + b"\r\n--xyz--\r\n"),
    "bounce": lambda load: multipart(
        HELLO + b"\r\n------ This is a copy of the message, including all the headers. ------\r\n\r\n"
        + multipart(HELLO, entity(load), field=_FIELD.replace(b"abc", b"xyz"), boundary=b"xyz")
    ),
    "bounce-single": lambda load: multipart(
        HELLO + b"\r\n--- Below this line is a copy of the message.\r\n\r\n"
        + single(load, b"Content-Transfer-Encoding: base64\r\n", base64_lines(load.data))
    ),
    "in-encoded-text": lambda load: multipart(
        entity(Load(b"see\r\n\r\n" + multipart(HELLO, entity(load), field=_FIELD.replace(b"abc", b"x"), boundary=b"x"), b"text/plain"))
    ),
    "in-octets": lambda load: multipart(
        entity(Load(b"see\r\n\r\n--x\r\n" + entity(load) + b"\r\n--x--\r\n", b"application/octet-stream"))
    ),
}  # fmt: skip

TYPES = [
    b"text/x-amp-html", b"text/enriched", b"text/richtext", b"text/watch-html", b"text/calendar", b"text/markdown",
    b"text/csv", b"text/xml", b"text/css", b"text/javascript", b"text/x-unknown", b"text/rfc822-headers", b"text/vcard",
    b"text/directory", b"application/json", b"application/xml", b"application/octet-stream", b"application/x-latex",
    b"application/javascript", b"application/x-sh", b"application/xhtml+xml", b"message/delivery-status",
    b"message/disposition-notification", b"message/feedback-report", b"image/svg+xml", b"x-foo/x-bar", b"chemical/x-y",
]  # fmt: skip
CALENDAR: dict[str, Callable[[str], bytes]] = {
    "description": lambda text: f"DESCRIPTION:{text}".encode(),
    "folded": lambda text: f"DESCRIPTION:{text[:5]}\r\n {text[5:]}".encode(),
    "folded-tab": lambda text: f"DESCRIPTION:{text[:5]}\r\n\t{text[5:]}".encode(),
    "folded-each": lambda text: b"DESCRIPTION:" + b"\r\n ".join(letter.encode() for letter in text),
    "escaped": lambda text: b"DESCRIPTION:" + text.replace(" ", "\\n", 1).encode(),
    "upper-escape": lambda text: b"DESCRIPTION:" + text.replace(" ", "\\N", 1).encode(),
    "page": lambda text: f"X-ALT-DESC;FMTTYPE=text/html:<html><body>{text[:3]}<b>{text[3:]}</b></body></html>".encode(),
    "comment": lambda text: f"COMMENT:{text}".encode(),
    "alarm": lambda text: f"BEGIN:VALARM\r\nDESCRIPTION:{text}\r\nEND:VALARM".encode(),
    "base64": lambda text: b"ATTACH;FMTTYPE=text/plain;ENCODING=BASE64;VALUE=BINARY:" + base64.b64encode(text.ljust(90).encode()),
    "base64-folded": lambda text: b"ATTACH;ENCODING=BASE64;VALUE=BINARY:\r\n " + base64_lines(text.ljust(90).encode(), 70).replace(b"\r\n", b"\r\n "),
    "quoted-printable": lambda text: b"DESCRIPTION;ENCODING=QUOTED-PRINTABLE:" + "".join(f"={ord(c):02X}" for c in text).encode(),
}  # fmt: skip
CARD: dict[str, Callable[[str], bytes]] = {
    "note": lambda text: f"NOTE:{text}".encode(),
    "photo": lambda text: b"PHOTO;ENCODING=b:" + base64.b64encode(text.ljust(90).encode()),
    "photo-folded": lambda text: b"PHOTO;ENCODING=BASE64:\r\n " + base64_lines(text.ljust(90).encode(), 70).replace(b"\r\n", b"\r\n "),
    "quoted-printable": lambda text: b"NOTE;ENCODING=QUOTED-PRINTABLE:" + "".join(f"={ord(c):02X}" for c in text).encode(),
}  # fmt: skip


def _event(lines: bytes) -> bytes:
    return (
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nSUMMARY:meet\r\n"
        + lines
        + b"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )


def _card(lines: bytes) -> bytes:
    return b"BEGIN:VCARD\r\nVERSION:2.1\r\nFN:A\r\n" + lines + b"\r\nEND:VCARD\r\n"


def _third(kind: bytes) -> Callable[[str], bytes]:
    return lambda text: multipart(
        HELLO,
        HELLO.replace(b"plain", b"html"),
        entity(Load(text.encode(), kind)),
        field=b"Content-Type: multipart/alternative; boundary=abc\r\n",
    )


def _invited(
    make: Callable[[str], bytes], kind: bytes, around: Callable[[bytes], bytes]
) -> Callable[[str], bytes]:
    return lambda text: multipart(HELLO, entity(Load(around(make(text)), kind)))


def texts() -> Iterator[Case]:
    """M16, M29, M30: what stands beside the parts, and parts of other types."""
    yield from worded("M16", BESIDE)
    yield from spread("M16", BESIDE_LOADS)
    yield from worded("M29", {kind.decode().replace("/", "-"): _third(kind) for kind in TYPES})
    for kind in (b"text/calendar", b"application/ics"):
        made = {
            f"{name}-{kind.decode()[:4]}": _invited(make, kind, _event) for name, make in CALENDAR.items()
        }
        yield from worded("M30", made)
    yield from worded(
        "M30", {f"card-{name}": _invited(make, b"text/vcard", _card) for name, make in CARD.items()}
    )


SNIFFED: dict[str, Callable[[str], bytes]] = {
    "page-as-text": lambda text: _alone(f"<html><body>{text[:4]}<b>{text[4:]}</b></body></html>".encode(), b"text/plain"),
    "page-as-text-doctype": lambda text: _alone(f"<!DOCTYPE html><p>{text[:4]}<i></i>{text[4:]}".encode(), b"text/plain"),
    "page-as-text-comment": lambda text: _alone(f"<!-- x --><html><p>{text[:4]}<i></i>{text[4:]}".encode(), b"text/plain"),
    "page-by-name": lambda text: _alone(f"<p>{text[:4]}<i></i>{text[4:]}".encode(), b'text/plain; name="a.htm"'),
    "text-as-page": lambda text: _alone(f"1 < 2 {text}".encode(), b"text/html"),
    "text-as-page-by-name": lambda text: _alone(text.encode(), b'text/html; name="a.txt"'),
    "mark-utf-8": lambda text: _alone(b"\xef\xbb\xbf" + text.encode(), b"text/plain; charset=iso-8859-1"),
    "mark-utf-16": lambda text: _alone(text.encode("utf-16"), b"text/plain; charset=us-ascii"),
    "mark-utf-16-page": lambda text: _alone(f"<html>{text}".encode("utf-16"), b"text/html; charset=utf-8"),
    "utf-16-no-mark": lambda text: _alone(text.encode("utf-16-le"), b"text/plain; charset=us-ascii"),
    "page-octets": lambda text: _alone(f"<html><p>{text[:4]}<i></i>{text[4:]}".encode(), b"application/octet-stream"),
    "xml-page": lambda text: _alone(f"<?xml version='1.0'?><html><p>{text[:4]}<i></i>{text[4:]}".encode(), b"text/plain"),
}  # fmt: skip
RAW: dict[str, Callable[[str], bytes]] = {
    "header-utf-8": lambda text: HEAD + "X-Note: é ".encode() + text.encode() + b"\r\n\r\nhello\r\n",
    "header-eight-bit": lambda text: HEAD + b"X-Note: \xe9 " + text.encode() + b"\r\n\r\nhello\r\n",
    "header-zero": lambda text: HEAD + b"X-Note: \0" + text.encode() + b"\r\n\r\nhello\r\n",
    "subject-raw": lambda text: HEAD.replace(b"for you", b"\xe9 " + text.encode()) + b"\r\nhello\r\n",
    "body-eight-bit": lambda text: HEAD + b"\r\n\xe9 " + text.encode() + b"\r\n",
    "body-mixed-line-ends": lambda text: HEAD + b"\r\nhello\rhello\nhello\r\n" + text.encode() + b"\r",
    "decoded-line-ends": lambda text: _alone(b"hello\rhello\n" + text.replace(" ", "\r", 1).encode(), b"text/plain"),
    "line-feeds-only": lambda text: multipart(HELLO, entity(Load(text.encode(), b"text/plain"))).replace(b"\r\n", b"\n"),
}  # fmt: skip

ZEROS: dict[str, Callable[[str], bytes]] = {
    "zeros-between": lambda text: _alone(b"\0".join(bytes([c]) for c in text.encode()), b"text/plain"),
    "zero-in-word": lambda text: _alone(text.replace("A", "\0A").encode(), b"text/plain"),
}


def _alone(data: bytes, kind: bytes) -> bytes:
    return multipart(HELLO, entity(Load(data, kind)))


def _nested(kind: str, depth: int) -> Build:
    def build(load: Load) -> bytes:
        if kind == "forward":
            return HEAD + b"Content-Type: message/rfc822\r\n\r\n" * depth + HEAD + entity(load)
        lines = b"".join(
            b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(depth)
        )
        return HEAD + VERSION + lines + entity(load)

    return build


LARGE: dict[str, dict[str, Build]] = {
    "M23": {f"{kind}-{depth}": _nested(kind, depth) for kind in ("forward", "multipart") for depth in (29, 40, 100, 1500, 5000)},
    "M24": {
        "empty-parts": lambda load: multipart(*[b"\r\n"] * 20_000, entity(load)),
        "parts": lambda load: multipart(*[HELLO] * 5_000, entity(load)),
        "no-headers": lambda load: multipart(*[b"\r\nx"] * 20_000, entity(load)),
        "parts-in-text": lambda load: single(Load(b"", b"text/plain"), b"", (b"--x\r\n" + HELLO) * 5_000 + b"--x\r\n" + entity(load)),
        "files-in-text": lambda load: single(Load(b"", b"text/plain"), b"", b"begin 644 a\r\n`\r\nend\r\n" * 5_000 + uuencoded(load.data)),
    },
    "M25": {
        f"{number}-of-3": partial(lambda number, load: multipart(
            HELLO,
            b'Content-Type: message/partial; id="x"; number=%d; total=3\r\n\r\n' % number + base64_lines(load.data),
        ), number)
        for number in (1, 2, 3)
    },
    "M26": {
        name: partial(lambda access, load: multipart(
            HELLO, b"Content-Type: message/external-body; access-type=" + access + b'; name="t.xlsx"\r\n\r\n' + HELLO
        ), access)
        for name, access in {
            "url": b'URL; URL="https://x.example/t"', "ftp": b"anon-ftp; site=x.example", "mail": b"mail-server; server=x",
            "local": b"local-file", "content-id": b"content-id",
        }.items()
    },
    "M47": {
        "long-header": lambda load: HEAD + b"X-A: " + b"x" * 1_000_000 + b"\r\n" + entity(load),
        "many-headers": lambda load: HEAD + b"X-A: y\r\n" * 60_000 + entity(load),
        "many-parameters": lambda load: HEAD + entity(Load(load.data, load.media_type + b"; a=b" * 60_000)),
        "many-parentheses": lambda load: HEAD + entity(Load(load.data, load.media_type + b" " + b"(" * 60_000)),
        "many-continuations": lambda load: HEAD + entity(Load(load.data, load.media_type + b";\r\n a=b" * 40_000)),
        "many-words": lambda load: HEAD + b"X-A:" + b" =?utf-8?q?a?=" * 25_000 + b"\r\n" + entity(load),
    },
}  # fmt: skip


def limits() -> Iterator[Case]:
    """M23 to M26 and M47: too deep, too many, too long, or not all there."""
    for row, builds in LARGE.items():
        yield from spread(row, builds, doubtful=True, but="page")


def looks() -> Iterator[Case]:
    """M49 and M50: types that lie, bytes as they come."""
    yield from worded("M49", SNIFFED)
    yield from worded("M50", RAW)
    yield from worded("M50", ZEROS, doubtful=True)
