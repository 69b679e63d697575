"""What a plain text says beyond its characters in order: folded lines, older encodings, letters turned."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Final

from gateway.message import charsets, drawn, headers, html, transfer, views

_CALENDAR_FOLD: Final = re.compile(r"\r?\n[ \t]")
_CARDS: Final = ("BEGIN:VCALENDAR", "BEGIN:VCARD")
_CARD: Final = "BEGIN:VCARD"
_OVERRIDE: Final = "\u202e"
"""From here on letters are shown from right to left."""
_NUMBERED: Final = re.compile(
    r"\\(?:u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|x([0-9a-fA-F]{2})"
    r"|(?<![\\:\w]\\)[nrt]|(?<=[a-z0-9.,;]\\)[nrt](?=[A-Z0-9]))"
)
"""A letter by its number, or the end of a line, as programs write it into files of data (JSON)."""
_BRACED: Final = re.compile(r"[{\\]([,. ])\}?")
"""A separator of thousands or of decimals, or a blank, as LaTeX wants it."""
_ADDRESSES: Final = re.compile(r"[^\s<>\"]+")
"""What an address may be: to the next blank, quote or bracket."""
_PLUSES: Final = re.compile(r"[^\s<>\"+]{1,60}+(?:\+[^\s<>\"+]{0,60}+){3,}+")
"""Words of a form that was sent (`application/x-www-form-urlencoded`)."""
_FEWEST_PLUSES: Final = 3
_QUOTED_CELLS: Final = re.compile(r"\"[ \t]*[,;:|\t][ \t]*\"")
_STRUCK: Final = re.compile(r"[^\n\x08]\x08")
"""A letter that the next one is printed upon: bold letters of a typewriter."""
_COLOURED: Final = re.compile(r"\x1b\[[0-9;]{0,20}[A-Za-z]")
"""What a terminal does not show (ECMA-48)."""
_IN_WORD: Final = re.compile(r"\S\x1b\[|\x1b\[[0-9;]{0,20}[A-Za-z](?=\S)")
"""A colour within a word, or just before one, whose letters would be read with it; between spaces it parts nothing."""
_PARAMETER: Final = re.compile(rb"<param>([^<]*)</param>", re.I)
_ENRICHED_BREAK: Final = re.compile(rb"<(?:nl|np|sp)>", re.I)
_FLOWED: Final = re.compile(r" \r?\n(?:>+ ?| )?")
_ARMOUR: Final = "-----BEGIN "
_LOCKED: Final = re.compile(r"^[> \t]*-----BEGIN (?:PGP MESSAGE|AGE ENCRYPTED FILE)-----[ \t]*\r?$", re.M)


def is_locked(text: str) -> bool:
    """Whether something encrypted stands in a text, in a reply's quotation too."""
    return _ARMOUR in text and _LOCKED.search(text) is not None


def is_card(text: str) -> bool:
    """Whether a text is an invitation or a card, whatever it is declared as."""
    return text.startswith(_CARDS)


def unfolded(text: str) -> str:
    """An invitation or a card with its lines whole (RFC 5545 section 3.1)."""
    return _CALENDAR_FOLD.sub("", text)


def card_texts(card: str) -> Iterator[str]:
    """What an unfolded invitation or card says: pages and older encodings in it, and all of it unescaped."""
    plain = card.replace("\\n", "\n").replace("\\N", "\n").replace("\\,", ",").replace("\\;", ";")
    if "</" in card or "&#" in card:
        yield html.render(plain).text
    if "QUOTED-PRINTABLE" in card.upper():
        decoded = transfer.decode("quoted-printable", data := card.encode(), 0, len(data))
        yield charsets.decode(decoded.data)
    yield plain
    if _CARD in card:
        # Of a name or an address, the parts.
        yield plain.replace(";", " ")


def other_forms(text: str, *, delsp: bool = False) -> Iterator[str]:
    """A text as its reader sees it, where that differs from the order or the form of its characters.

    `delsp`: its lines go on behind a space that is none of it.
    """
    if delsp:
        yield unflowed(text)
    if _OVERRIDE in text:
        yield "\n".join(line[::-1] for line in text.split("\n") if _OVERRIDE in line)
        yield drawn.overridden(text)
    # A text is looked through for one character in a tenth of the time that it takes to look for two.
    escaped = "\\" in text
    if escaped and (plain := _unescaped(text)) != text:
        yield plain
    if ("{" in text and ("{,}" in text or "{.}" in text)) or (escaped and ("\\," in text or "\\ " in text)):
        yield _BRACED.sub(r"\1", text)
    if "&" in text and ("&#" in text or "&nbsp;" in text):
        yield unescape(text)
    if "&" in text and "&lt;/" in text:
        # A page that stands in another text, as in feeds.
        yield html.render(unescape(text)).text
    if "%" in text and ("%20" in text or "+" in text):
        yield from _percent_forms(text)
    if "=" in text and "=?" in text and (decoded := headers.decode_words(text)) != text:
        yield decoded
    if '"' in text and _QUOTED_CELLS.search(text):
        yield _QUOTED_CELLS.sub(" ", text)
    if "\b" in text or ("\x1b" in text and _IN_WORD.search(text)):
        printed = (line for line in text.split("\n") if "\b" in line or "\x1b" in line)
        yield "\n".join(_COLOURED.sub("", _STRUCK.sub("", line)) for line in printed)


def header(text: str) -> str:
    """The header of a mail, its words decoded, and below it each line that its reader may see in another form."""
    if text.isascii() and not ("&" in text or "%" in text or "\\" in text):
        return text
    forms = [line for form in other_forms(text) for line in form.split("\n")]
    if not forms:
        return text
    said = frozenset(text.split("\n"))
    return "\n".join([text, *dict.fromkeys(line for line in forms if line not in said)])


def undecoded(text: str) -> bytes:
    """Of a header, its words decoded, what began as an encoded word and is none to most programs; mostly nothing."""
    if "=?" not in text:
        return b""
    odd = (line.replace("?", "\n") for line in text.split("\n") if "=?" in line)
    return "\n".join(odd).encode("utf-8", "replace")


def _percent_forms(text: str) -> Iterator[str]:
    """What addresses say, and words of forms that were sent."""
    lines = (line for line in text.split("\n") if "%" in line)
    said = [each for line in lines for each in _ADDRESSES.findall(line) if "%" in each]
    yield "\n".join(views.percent_decoded(each) for each in said if "%20" in each)
    sent = (
        match[0] for each in said if each.count("+") >= _FEWEST_PLUSES for match in _PLUSES.finditer(each)
    )
    yield "\n".join(_sent(each) for each in sent if "%" in each)


def _sent(words: str) -> str:
    return views.percent_decoded(words.replace("+", " "))


def unflowed(text: str) -> str:
    """A text whose lines go on behind a space that is none of it (RFC 3676, `DelSp=yes`)."""
    return _FLOWED.sub("", text)


def from_enriched(data: bytes) -> tuple[bytes, bytes]:
    """Text of RFC 1896 or RFC 1341 as a page, and what stands in it without being shown."""
    aside = b"\n".join(_PARAMETER.findall(data))
    page = _ENRICHED_BREAK.sub(b" ", _PARAMETER.sub(b"", data))
    return page.replace(b"<lt>", b"&lt;").replace(b"<<", b"&lt;"), aside


def _unescaped(text: str) -> str:
    """Text of a program or of a file of data, with what its escapes stand for."""
    return _NUMBERED.sub(_meant, text)


def _meant(escape: re.Match[str]) -> str:
    digits = escape[1] or escape[2] or escape[3]
    if digits is None:
        return "\n"
    code = int(digits, 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else escape[0]
