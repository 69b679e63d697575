"""What a PDF file holds beside the text of its pages: files, forms, remarks, titles, scripts, and what it said before.

The library reads the pages.  Here the objects of the file are gone through as they stand in it, whether a page leads to
them or not; what they point to is not followed, so nothing can run in a circle.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from gateway.message import charsets, limits, native, pdf_lock, streams
from gateway.message.entries import Budget
from gateway.message.pdf_fonts import Fonts
from gateway.model import Reason

Bytes = bytes | memoryview

_STREAM: Final = re.compile(rb"stream\r?\n")
_DICTIONARY: Final = 4_096
"""Bytes before a stream in which its dictionary begins."""
_LENGTH: Final = re.compile(rb"/Length\s+(\d{1,10})(?!\s+\d+\s+R)")
_PICTURE: Final = re.compile(
    rb"/Subtype\s*/Image|/FontFile|/Length[123]\s|/Subtype\s*/(?:Type1C|CIDFontType0C|OpenType)"
)
_FILE: Final = re.compile(
    rb"/EmbeddedFile\b|/Subtype\s*/\w+#2[Ff]|/Params\s*<<[^>]*/(?:Size|CheckSum|ModDate)\b"
)
"""What says that a stream is a file somebody attached: its type, which may be left out, or what is known about it."""
_DOCUMENT: Final = (b"PK\x03\x04", b"%PDF-", b"\xd0\xcf\x11\xe0", b"{\\rtf")
_OBJECTS: Final = re.compile(rb"/ObjStm\b")
_FILTER: Final = re.compile(rb"/Filter\s*(?:(/\w+)|\[([^\]]*)\])")
_NAME: Final = re.compile(rb"/(\w+)")
_MOST_STREAMS: Final = 20_000
_STRING: Final = re.compile(
    rb"\(((?:[^()\\]++|\\.|\((?:[^()\\]++|\\.)*+\))*+)\)|<([0-9A-Fa-f\s]{4,}+)>", re.S
)
_ESCAPE: Final = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.S)
_ESCAPES: Final = {
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"b": b"",
    b"f": b"",
    b"\n": b"",
    b"\r": b"",
    b"\r\n": b"",
}
_LONG_WORD: Final = re.compile(r"\w{3,}")
_WORD: Final = re.compile(r"[^\W\d_]{2}|[0-9]")
_END: Final = b"%%EOF"
_REVISIONS: Final = 5
"""Earlier states of a file that are read: forms and signatures add one or two."""
_ENCRYPTED: Final = re.compile(rb"/Encrypt\s+\d+\s+\d+\s+R|/Encrypt\s*<<")
_DRAWING: Final = re.compile(rb"\(((?:[^()\\]++|\\.|\((?:[^()\\]++|\\.)*+\))*+)\)|\b(?:T[dDm*]|ET)\b")
_SHOWS: Final = re.compile(rb"\((?:[^()\\]|\\.)*\)|<([0-9A-Fa-f\s]+)>")
_FEW: Final = 40
"""Letters that pages draw; below that a page is a cover, or blank."""
_PAGE: Final = 16_777_216
"""Bytes of one stream that are looked through; what draws the fullest map has less."""
_OPERATORS: Final = re.compile(rb"[\])>]\s*T[Jj]\b|[)>]\s*['\"]")


@dataclass(slots=True)
class Found:
    """Texts outside of the pages, embedded files, what is wrong, and whether pages show text at all."""

    texts: dict[str, None] = field(default_factory=dict)
    files: list[bytes] = field(default_factory=list)
    faults: dict[Reason, None] = field(default_factory=dict)
    shows: int = 0
    drawn: list[str] = field(default_factory=list)
    fonts: Fonts = field(default_factory=Fonts)


def beside(data: Bytes, text: str, budget: Budget) -> Found:
    """What a PDF file holds beside the `text` that the library reads of its pages, and whether that can be all.

    Raises Unreadable where the file unpacks to too much.
    """
    found = _looked(data, budget)
    known = {line.strip() for line in text.splitlines()}
    for old in _earlier(data):
        budget.take(len(old))
        before = native.read(old, native.PDF).text.splitlines()
        found.texts.update(dict.fromkeys(line for line in before if line.strip() not in known))
    words = {*_LONG_WORD.findall(text)}
    shows = found.shows - _echoed(found)
    for line in "\n".join(found.drawn).splitlines():
        # What the library has left out: outside of the page, in a circle, on a page that is gone.
        if line.isprintable() and not words.issuperset(_LONG_WORD.findall(line)):
            found.texts[line] = None
    letters = sum(not letter.isspace() for letter in text[: 4 * found.shows])
    unread = shows >= _FEW and (letters * 4 < shows or _is_garbage(text))
    if unread or found.fonts.untold():
        found.faults[Reason.UNSUPPORTED] = None
    return found


def _echoed(found: Found) -> int:
    """Letters that are drawn as a field of a form shows them: its value stands in the file in plain letters, too."""
    said = {*_LONG_WORD.findall("\n".join(found.texts))}
    lines = "\n".join(found.drawn).splitlines() if said else ()
    echoes = (line for line in lines if (words := _LONG_WORD.findall(line)) and said.issuperset(words))
    return sum(map(len, echoes))


def _looked(data: Bytes, budget: Budget) -> Found:
    """Go through the objects of the file."""
    source, found = bytes(data), Found()
    if _ENCRYPTED.search(source):
        source = pdf_lock.opened(source, _streams(source))
    if _ENCRYPTED.search(source):
        return found
    position = 0
    for start, end in _streams(source):
        _strings(source[position:start], found)
        found.fonts.objects(source[position:start])
        _stream(source[max(position, start - _DICTIONARY) : start], source[start:end], found, budget)
        position = end
    _strings(source[position:], found)
    found.fonts.objects(source[position:])
    return found


def _earlier(data: Bytes) -> Iterator[bytes]:
    """The file as it was before it was added to, latest first."""
    source = bytes(data)
    end = source.rfind(_END)
    for _ in range(_REVISIONS):
        end = source.rfind(_END, 0, max(0, end))
        if end < 0:
            return
        yield source[: end + len(_END)]


def _streams(source: bytes) -> Iterator[tuple[int, int]]:
    """Where streams begin and end."""
    position = 0
    for _ in range(_MOST_STREAMS):
        match = _STREAM.search(source, position)
        if match is None:
            return
        told = _LENGTH.findall(source, max(position, match.start() - _DICTIONARY), match.start())
        end = match.end() + int(told[-1]) if told else -1
        if not source.startswith(b"endstream", end) and source[end : end + 12].strip()[:9] != b"endstream":
            end = source.find(b"endstream", match.end())
        yield match.end(), end if end >= 0 else len(source)
        position = (end if end >= 0 else len(source)) + 9


def _stream(dictionary: bytes, packed: bytes, found: Found, budget: Budget) -> None:
    begin = dictionary.rfind(b"obj")
    told = dictionary[max(0, begin) :]
    if _PICTURE.search(told) and not _FILE.search(told):
        return
    content = _unpacked(told, packed, found, budget)
    if content is None:
        return
    if _FILE.search(told) or content.startswith(_DOCUMENT):
        found.files.append(content)
    elif _OBJECTS.search(told):
        _strings(content[:_PAGE], found)
        found.fonts.packed(told, content[:_PAGE])
        if len(content) > _PAGE:
            found.faults[Reason.TOO_LARGE] = None
    elif content.lstrip()[:1] == b"<":
        found.files.append(content)
    elif _OPERATORS.search(content[:_PAGE]):
        found.drawn.append(_drawn(content[:_PAGE]))
        found.fonts.draws(content[:_PAGE])
        found.shows += sum(
            len(match[1] or b"") // 2 or len(match[0]) - 2 for match in _SHOWS.finditer(content)
        )


def _drawn(content: bytes) -> str:
    """Text that a stream draws, where its font has the letters of a typewriter: of whatever page, or of none."""
    pieces = []
    for match in _DRAWING.finditer(content):
        if match[1] is not None:
            pieces.append(_text(match[1]))
        else:
            pieces.append("\n")
    return "".join(pieces)


def _unpacked(told: bytes, packed: bytes, found: Found, budget: Budget) -> bytes | None:
    """The bytes of a stream; None where only the library can unpack it."""
    match = _FILTER.search(told)
    content = packed
    for name in _NAME.findall(match[1] or match[2]) if match is not None else ():
        if name in (b"FlateDecode", b"Fl"):
            content, _, fault = streams.expand(zlib.decompressobj, content, budget.allowed(len(packed)))
            budget.take(len(content))
            if fault is Reason.TOO_LARGE:
                found.faults[fault] = None
        elif name in (b"ASCII85Decode", b"A85"):
            content = _from_letters(content)
        else:
            if _FILE.search(told):
                found.faults[Reason.UNSUPPORTED] = None
            return None
    return content


def _from_letters(data: bytes) -> bytes:
    """What five letters for four bytes stand for; nothing where they are none."""
    try:
        return base64.a85decode(data.partition(b"~>")[0], ignorechars=b" \t\r\n\v\0")
    except ValueError:
        return b""


def _strings(objects: bytes, found: Found) -> None:
    """Strings of objects: titles, remarks, values of forms, scripts; numbers and identifiers are none."""
    for match in _STRING.finditer(objects):
        text = _text(match[1]) if match[1] is not None else _hexadecimal(match[2])
        if len(text) > 3 and _WORD.search(text) and text.isprintable() | ("\n" in text) | ("\r" in text):
            found.texts[text[: limits.TEXT_CHARACTERS]] = None


def _text(raw: bytes) -> str:
    return _decoded(_ESCAPE.sub(_unescaped, raw) if b"\\" in raw else raw)


def _unescaped(match: re.Match[bytes]) -> bytes:
    code = match[1]
    if code[:1].isdigit() and code[:1] < b"8":
        return bytes([int(code, 8) & 0xFF])
    return _ESCAPES.get(code, code)


def _hexadecimal(digits: bytes) -> str:
    plain = b"".join(digits.split())
    return _decoded(bytes.fromhex((plain + b"0" * (len(plain) % 2)).decode("ascii")))


def _decoded(raw: bytes) -> str:
    if raw.startswith(b"\xfe\xff"):
        return raw[2:].decode("utf-16-be", "replace")
    return charsets.decode(raw, "windows-1252")


def _is_garbage(text: str) -> bool:
    """Whether what a library took for text is glyph numbers: fonts that do not say which letters they draw."""
    letters = [letter for letter in text[:20_000] if not letter.isspace()]
    odd = sum(
        not letter.isprintable() or "\ue000" <= letter <= "\uf8ff" or letter == "\ufffd" for letter in letters
    )
    return odd * 4 > len(letters)
