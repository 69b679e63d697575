"""Cases that somebody made who had not seen the reader: words between encodings, types and fields that go together rarely."""

# ruff: noqa: E501 (tables of one case a line)

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterator
from functools import partial

from tests.blind import Case, Matter
from tests.blind.carriers import HEAD, HELLO, VERSION, base64_lines, multipart, uuencoded
from tests.papers import archive

Text = Callable[[str], bytes]

_WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def _typed(kind: str, body: str | bytes, more: str = "") -> bytes:
    data = body if isinstance(body, bytes) else body.encode()
    return multipart(HELLO, f"Content-Type: {kind}\r\n{more}\r\n".encode() + data)


def _field(name: str, value: str) -> bytes:
    return HEAD + VERSION + f"{name}: {value}\r\n\r\nhello\r\n".encode()


def _file(name: str, data: bytes) -> bytes:
    field = (
        f'Content-Type: application/octet-stream; name="{name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    )
    return multipart(HELLO, field.encode() + base64_lines(data))


def _word(xml: str) -> bytes:
    document = f"<w:document {_WORD}><w:body><w:p>{xml}</w:p></w:body></w:document>"
    return _file(
        "a.docx", archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": document.encode()})
    )


def _run(text: str, before: str = "") -> str:
    return f'<w:r>{before}<w:t xml:space="preserve">{text}</w:t></w:r>'


def _salted(text: str, salt: str) -> bytes:
    return _word("".join(_run(letter) + salt for letter in text))


def _encoded_word(text: str) -> str:
    return f"=?utf-8?B?{base64.b64encode(text.encode()).decode()}?="


def _report(headers: str) -> bytes:
    field = b"Content-Type: multipart/report; report-type=delivery-status; boundary=abc\r\n"
    return multipart(HELLO, b"Content-Type: text/rfc822-headers\r\n\r\n" + headers.encode(), field=field)


def _card(line: str) -> bytes:
    return _typed("text/x-vcard", f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Jo\r\n{line}\r\nEND:VCARD")


def _event(line: str) -> bytes:
    return _typed(
        "text/calendar", f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{line}\r\nEND:VEVENT\r\nEND:VCALENDAR"
    )


def _feed(text: str) -> bytes:
    words = text.replace(" ", "&lt;/i&gt; &lt;i&gt;")
    return _typed(
        "application/atom+xml",
        f'<feed><content type="html">&lt;p&gt;&lt;i&gt;{words}&lt;/i&gt;&lt;/p&gt;</content></feed>',
    )


TEXTS: dict[str, tuple[str, Text]] = {
    "enriched-param": ("M29", lambda t: _typed("text/enriched", f"<color><param>red</param>{t}</color>".replace(" ", "\r\n"))),
    "richtext-lines": ("M29", lambda t: _typed("text/richtext", t.replace(" ", "<nl>"))),
    "richtext-spaces": ("M29", lambda t: _typed("text/richtext", t.replace(" ", "<sp>"))),
    "feed": ("M29", _feed),
    "form-sent": ("M29", lambda t: _typed("application/x-www-form-urlencoded", "a=1&b=" + t.replace(":", "%3A").replace(" ", "+"))),
    "latex-blanks": ("M29", lambda t: _typed("application/x-latex", t.replace(" ", "\\ "))),
    "flowed-in-words": ("M28", lambda t: _typed("text/plain; format=flowed; delsp=yes", " \r\n".join(t[at : at + 7] for at in range(0, len(t), 7)))),
    "card-parts": ("M30", lambda t: _card("ORG:" + t.replace(" ", ";"))),
    "event-entities": ("M30", lambda t: _event("X-ALT-DESC;FMTTYPE=text/html:" + "".join(f"&#{ord(letter)}\\;" for letter in t))),
    "event-data-folded": ("M30", lambda t: _event('DESCRIPTION;ALTREP="data:text/plain,' + t.replace(" ", "%2\r\n 0") + '":x')),
    "report-words": ("M31", lambda t: _report(f"Subject: {_encoded_word(t[:20])}\r\n {_encoded_word(t[20:])}")),
    "text-words": ("M46", lambda t: _typed("text/plain", f"> Subject: {_encoded_word(t)}")),
    "word-without-end": ("M46", lambda t: _field("Comments", _encoded_word(f"{t} and nothing else of any use")[:-2])),
    "word-without-charset": ("M46", lambda t: _field("Comments", _encoded_word(f"{t} and nothing else of any use").replace("utf-8", ""))),
    "field-entities": ("M46", lambda t: _field("Comments", "".join(f"&#{ord(letter)};" for letter in t))),
    "field-turned": ("M45", lambda t: _field("Comments", f"\u202e{t[::-1]}")),
    "name-percent": ("M34", lambda t: _typed("text/plain", "x", f'Content-Disposition: attachment; filename="{t.replace(" ", "%20")}"\r\n')),
    "name-turned": ("M34", lambda t: _typed("text/plain", "x", f'Content-Disposition: attachment; filename="\u202e{t[::-1]}"\r\n')),
    "struck-twice": ("M50", lambda t: _typed("text/plain", "".join(f"{letter}\b{letter}" for letter in t))),
    "coloured": ("M50", lambda t: _typed("text/plain", "".join(f"\x1b[31m{letter}" for letter in t))),
    "cells-quoted": ("D21", lambda t: _typed("text/csv", ",".join(f'"{word}"' for word in t.split()))),
    "word-hidden-salt": ("D01", lambda t: _salted(t, _run("zq", "<w:rPr><w:vanish/></w:rPr>"))),
    "word-deleted-salt": ("D01", lambda t: _salted(t, '<w:del w:id="1" w:author="a"><w:r><w:delText>zq</w:delText></w:r></w:del>')),
    "word-moved-salt": ("D01", lambda t: _salted(t, '<w:moveFrom w:id="1"><w:r><w:t>zq</w:t></w:r></w:moveFrom>')),
    "gif-comment": ("Z27", lambda t: _file("a.gif", b"GIF89a\1\0\1\0\0\0\0\x21\xfe" + bytes([len(t)]) + t.encode() + b"\0;")),
    "jpeg-comment": ("Z27", lambda t: _file("a.jpg", b"\xff\xd8\xff\xfe" + (len(t) + 2).to_bytes(2, "big") + t.encode() + b"\xff\xd9")),
    "jpeg-exif": ("Z27", lambda t: _file("a.jpg", b"\xff\xd8\xff\xe1" + (2 * len(t) + 8).to_bytes(2, "big") + b"Exif\0\0" + t.encode("utf-16-le") + b"\xff\xd9")),
    "zipped-name": ("Z14", lambda t: _file("a.gz", b"\x1f\x8b\x08\x08\0\0\0\0\0\x03" + t.encode() + b"\0\x03\0\0\0\0\0\0\0\0\0")),
}  # fmt: skip
"""How a wording is said, and the row it belongs to."""

Data = Callable[[bytes], bytes]


def _quoted(data: bytes, quote: bytes) -> bytes:
    return b"\r\n".join(quote + line for line in uuencoded(data).split(b"\r\n"))


def _noted(data: bytes) -> bytes:
    """A zip archive with a comment."""
    plain = archive({"a.txt": b"hello there"})
    return plain[:-2] + len(data).to_bytes(2, "little") + data


FILES: dict[str, tuple[str, Data]] = {
    "uuencode-quoted": ("M36", lambda d: _typed("text/plain", b"he wrote:\r\n" + _quoted(d, b"> "))),
    "uuencode-indented": ("M36", lambda d: _typed("text/plain", b"here:\r\n" + _quoted(d, b"    "))),
    "uuencode-utf-16": ("M36", lambda d: _typed("text/plain; charset=utf-16", base64_lines(("hi\r\n" + uuencoded(d).decode()).encode("utf-16")), "Content-Transfer-Encoding: base64\r\n")),
    "hexadecimal-0x": ("T16", lambda d: _typed("text/plain", b"0x" + binascii.hexlify(d))),
    "json-list": ("Z26", lambda d: _typed("application/json", json.dumps({"a": base64_lines(d).decode().split()}))),
    "base64-utf-16": ("Z26", lambda d: _file("a.txt", base64.b64encode(d).decode().encode("utf-16"))),
    "zip-comment": ("Z07", lambda d: _file("a.zip", _noted(d))),
    "zip-comment-base64": ("Z07", lambda d: _file("a.zip", _noted(base64.b64encode(d)))),
    "package-base64": ("D10", lambda d: _file("a.docx", archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<a>hello</a>", "customXml/item1.xml": b"<a>" + base64.b64encode(d) + b"</a>"}))),
    **{
        f"{kind.replace('/', '-')}-{encoding or 'plain'}": ("M22", partial(lambda kind, d: _typed(kind, b"From: jo@policy.example\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64_lines(d)), kind))
        for kind in ("message/x-unknown", "message/http", "message/sip", "message/feedback-report") for encoding in ("",)
    },
}  # fmt: skip
"""How a file is carried, and the row it belongs to."""


def _of_text(make: Text, matter: Matter) -> bytes:
    return make(matter.text)


def _of_file(make: Data, matter: Matter) -> bytes:
    return make(matter.file)


def _cases() -> Iterator[Case]:
    for name, (row, text) in TEXTS.items():
        yield Case(row, f"outside-{name}", partial(_of_text, text))
    for name, (row, data) in FILES.items():
        # An archive in the comment of an archive is two in one.
        yield Case(row, f"outside-{name}", partial(_of_file, data), doubtful=name == "zip-comment")


def mails() -> Iterator[Case]:
    """What hides in a mail's structure, its encodings, its text."""
    return (case for case in _cases() if case.row[0] in "MCT")


def all_cases() -> Iterator[Case]:
    """What hides in archives and documents."""
    return (case for case in _cases() if case.row[0] in "ZD")
