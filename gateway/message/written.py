"""What a plain text says beyond its characters in order: folded lines, older encodings, letters turned."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Final

from gateway.message import charsets, drawn, html, transfer, views

_CALENDAR_FOLD: Final = re.compile(r"\r?\n[ \t]")
_CARDS: Final = ("BEGIN:VCALENDAR", "BEGIN:VCARD")
_OVERRIDE: Final = "\u202e"
"""From here on letters are shown from right to left."""
_NUMBERED: Final = re.compile(
    r"\\u([0-9a-fA-F]{4})|\\u\{([0-9a-fA-F]{1,6})\}|\\x([0-9a-fA-F]{2})|(?<![\\:\w])\\[nrt]|(?<=[a-z0-9.,;])\\[nrt](?=[A-Z0-9])"
)
"""A letter by its number, or the end of a line, as programs write it into files of data (JSON)."""
_BRACED: Final = re.compile(r"[{\\]([,.])\}?")
"""A separator of thousands or of decimals as LaTeX wants it."""
_PERCENT: Final = re.compile(r"[^\s<>\"]*%20[^\s<>\"]*")
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
    if "</" in card:
        yield html.render(card).text
    if "QUOTED-PRINTABLE" in card.upper():
        decoded = transfer.decode("quoted-printable", data := card.encode(), 0, len(data))
        yield charsets.decode(decoded.data)
    yield card.replace("\\n", "\n").replace("\\N", "\n").replace("\\,", ",")


def other_forms(text: str) -> Iterator[str]:
    """A text as its reader sees it, where that differs from the order or the form of its characters."""
    if _OVERRIDE in text:
        yield "\n".join(line[::-1] for line in text.split("\n") if _OVERRIDE in line)
        yield drawn.overridden(text)
    # A text is looked through for one character in a tenth of the time that it takes to look for two.
    escaped = "\\" in text
    if escaped and (plain := _unescaped(text)) != text:
        yield plain
    if ("{" in text and ("{,}" in text or "{.}" in text)) or (escaped and "\\," in text):
        yield _BRACED.sub(r"\1", text)
    if "&" in text and ("&#" in text or "&nbsp;" in text):
        yield unescape(text)
    if "%" in text and "%20" in text:
        yield "\n".join(views.percent_decoded(match[0]) for match in _PERCENT.finditer(text))


def _unescaped(text: str) -> str:
    """Text of a program or of a file of data, with what its escapes stand for."""
    return _NUMBERED.sub(_meant, text)


def _meant(escape: re.Match[str]) -> str:
    digits = escape[1] or escape[2] or escape[3]
    if digits is None:
        return "\n"
    code = int(digits, 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else escape[0]
