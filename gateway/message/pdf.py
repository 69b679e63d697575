"""What a PDF file holds beside the text of its pages: files, forms, remarks, titles, scripts, and what it said before.

The library reads the pages.  Here the objects of the file are gone through as they stand in it, whether a page leads to
them or not; what they point to is not followed, so nothing can run in a circle.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from gateway.message import limits, native, pdf_drawn, pdf_lock, pdf_syntax
from gateway.message.entries import Budget
from gateway.message.pdf_fonts import Fonts
from gateway.model import Reason

Bytes = bytes | memoryview

_PICTURE: Final = re.compile(
    rb"/Subtype\s*/Image|/FontFile|/Length[123]\s|/Subtype\s*/(?:Type1C|CIDFontType0C|OpenType)"
)
_FILE: Final = re.compile(
    rb"/EmbeddedFile\b|/Subtype\s*/\w+#2[Ff]|/Params\s*<<[^>]*/(?:Size|CheckSum|ModDate)\b"
)
"""What says that a stream is a file somebody attached: its type, which may be left out, or what is known about it."""
_DOCUMENT: Final = (b"PK\x03\x04", b"%PDF-", b"\xd0\xcf\x11\xe0", b"{\\rtf")
_OBJECTS: Final = re.compile(rb"/ObjStm\b")
_LONG_WORD: Final = re.compile(r"\w{3,}")
_TYPED: Final = re.compile(r"[A-Za-z0-9 ]")
_WORD: Final = re.compile(r"[^\W\d_]{2}|[0-9]")
_END: Final = b"%%EOF"
_ENCRYPTED: Final = re.compile(rb"/Encrypt\s+\d+\s+\d+\s+R|/Encrypt\s*<<")
_SHOWS: Final = re.compile(rb"(?<!\\)\((?:[^()\\]++|\\.)*+\)|<([0-9A-Fa-f\s]+)>")
_ASCII: Final = bytes([9, 10, 13, *range(32, 127)])
_NO_TEXT: Final = re.compile(
    rb"/Type\s*/(?:XObject|Pattern|Metadata|XRef|CMap)|/FunctionType|/ShadingType|/FontMatrix|/PatternType|/N\s+[134]\b"
)
"""Streams that are no text: drawings, functions, profiles of colours."""
_NO_WORDS: Final = re.compile(rb"begincmap|%!PS|\b(?:re|Do|cm|BDC|BMC)\s|\b[lmc]\s")
_COLOURS: Final = re.compile(rb"/N\s+[134]\b")
"""A profile of colours: its bytes look like orders to draw."""
_FEW: Final = 40
"""Letters that pages draw; below that a page is a cover, or blank."""
_PAGE: Final = 16_777_216
"""Bytes of one stream that are looked through; what draws the fullest map has less."""
_SPELLED: Final = 8_388_608
"""Bytes that pages draw which are looked at letter by letter, at 3 MB a second."""
_START: Final = 4_096
"""Bytes of a stream by which it is told whether it is a text."""
_OPERATORS: Final = re.compile(rb"[\])>]\s*T[Jj]\b|[)>]\s*['\"]")


@dataclass(slots=True)
class Found:
    """Texts outside of the pages, embedded files, what is wrong, and whether pages show text at all."""

    texts: dict[str, None] = field(default_factory=dict)
    files: list[bytes] = field(default_factory=list)
    faults: dict[Reason, None] = field(default_factory=dict)
    shows: int = 0
    counted: set[bytes] = field(default_factory=set)
    drawn: list[str] = field(default_factory=list)
    fonts: Fonts = field(default_factory=Fonts)


def beside(data: Bytes, text: str, budget: Budget) -> Found:
    """What a PDF file holds beside the `text` that the library reads of its pages, and whether that can be all.

    Raises Unreadable where the file unpacks to too much.
    """
    found = _looked(data, budget)
    known = {line.strip() for line in text.splitlines()}
    for old in _earlier(data, found):
        budget.take(len(old))
        before = native.read(old, native.PDF).text.splitlines()
        found.texts.update(dict.fromkeys(line for line in before if line.strip() not in known))
    words = {*_LONG_WORD.findall(text)}
    shows = found.shows - _echoed(found)
    for line in "\n".join(found.drawn).splitlines():
        # What the library has left out: outside of the page, in a circle, on a page that is gone.
        if not words.issuperset(_LONG_WORD.findall(line)) and _is_latin(said := pdf_syntax.shown(line)):
            found.texts[said] = None
    if any(map(pdf_drawn.MIRRORED.search, _first(found.fonts.drawn))):
        found.texts.update(dict.fromkeys(line[::-1] for line in text.splitlines()))
    letters = sum(not letter.isspace() for letter in text[: 4 * found.shows])
    unread = shows >= _FEW and (letters * 4 < shows or _is_garbage(text))
    if unread or found.fonts.untold() or not _are_words(text, found):
        found.faults[Reason.UNSUPPORTED] = None
    return found


def _are_words(text: str, found: Found) -> bool:
    """Whether the text of the pages is words, or can be put together to words where it is drawn letter by letter."""
    if pdf_drawn.are_words(text):
        return True
    spelled = list(filter(pdf_drawn.is_spelled, _first(found.fonts.drawn)))
    said = list(filter(_is_latin, map(pdf_syntax.shown, map(pdf_drawn.spelled, spelled))))
    found.texts.update(dict.fromkeys(said))
    return not spelled or any(map(_tells, (*said, *found.drawn)))


def _first(drawn: list[bytes]) -> Iterator[bytes]:
    """As many streams as are looked at letter by letter."""
    left = _SPELLED
    for content in drawn:
        left -= len(content)
        if left < 0:
            return
        yield content


def _is_latin(said: str) -> bool:
    """Whether a line is mostly letters and digits of a typewriter: pictures and profiles look like strings, too."""
    return 2 * len(_TYPED.findall(said)) > len(said)


def _tells(said: str) -> bool:
    return len(said) >= _FEW and pdf_drawn.are_words(said)


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
        source = pdf_lock.opened(source, pdf_syntax.places(source))
    if _ENCRYPTED.search(source):
        # The library may open the pages; what stands beside them stays closed.
        found.faults[Reason.ENCRYPTED] = None
        return found
    position = 0
    for number, (start, end) in enumerate(pdf_syntax.places(source)):
        if number == limits.PDF_STREAMS:
            found.faults[Reason.TOO_LARGE] = None
            break
        before = source[position:start]
        _strings(before, found)
        found.fonts.objects(before)
        _stream(pdf_syntax.dictionary(before), source[start:end], found, budget)
        position = end
    _strings(source[position:], found)
    found.fonts.objects(source[position:])
    return found


def _earlier(data: Bytes, found: Found) -> Iterator[bytes]:
    """The file as it was before it was added to, latest first; more than the limit are named."""
    source = bytes(data)
    end = source.rfind(_END)
    for _ in range(limits.PDF_REVISIONS):
        end = source.rfind(_END, 0, max(0, end))
        if end < 0:
            return
        yield source[: end + len(_END)]
    if source.rfind(_END, 0, max(0, end)) >= 0:
        found.faults[Reason.TOO_LARGE] = None


def _stream(told: bytes, packed: bytes, found: Found, budget: Budget) -> None:
    if _PICTURE.search(told) and not _FILE.search(told):
        return
    content, fault = pdf_syntax.unpacked(told, packed, budget)
    if fault is not None:
        found.faults[fault] = None
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
    elif _OPERATORS.search(content[:_PAGE]) and not _COLOURS.search(told):
        found.drawn.append(pdf_drawn.text(content[:_PAGE]))
        found.fonts.draws(content[:_PAGE])
        found.shows += _letters(content, found)
    elif _is_said(told, content):
        _say(pdf_syntax.decoded(content), found)


def _letters(content: bytes, found: Found) -> int:
    """Letters that a stream draws; one that stands in the file again draws no more."""
    if (digest := sha256(content).digest()) in found.counted:
        return 0
    found.counted.add(digest)
    return sum(len(match[1] or b"") // 2 or len(match[0]) - 2 for match in _SHOWS.finditer(content))


def _is_said(told: bytes, content: bytes) -> bool:
    """Whether a stream is a text: a script, or the value of a field."""
    start = content[:_START]
    if _NO_TEXT.search(told) or _NO_WORDS.search(start):
        return False
    return start[:2] in pdf_syntax.WIDE or len(start.translate(None, _ASCII)) * 4 <= len(start)


def _strings(objects: bytes, found: Found) -> None:
    """Strings of objects: titles, remarks, values of forms, scripts; numbers and identifiers are none."""
    for match in pdf_syntax.STRING.finditer(objects):
        _say(pdf_syntax.decoded(pdf_syntax.raw(match[1], match[2])), found)


def _say(text: str, found: Found) -> None:
    said = pdf_syntax.shown(text) if len(text) > 3 and _WORD.search(text) else ""
    if said:
        found.texts[said[: limits.TEXT_CHARACTERS]] = None


def _is_garbage(text: str) -> bool:
    """Whether what a library took for text is glyph numbers: fonts that do not say which letters they draw."""
    letters = [letter for letter in text[:20_000] if not letter.isspace()]
    odd = sum(
        not letter.isprintable() or "\ue000" <= letter <= "\uf8ff" or letter == "\ufffd" for letter in letters
    )
    return odd * 4 > len(letters)
