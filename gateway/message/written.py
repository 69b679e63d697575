"""What a plain text says beyond its characters in order: folded lines, older encodings, letters turned."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from gateway.message import charsets, html, transfer

_CALENDAR_FOLD: Final = re.compile(r"\r?\n[ \t]")
_CARDS: Final = ("BEGIN:VCALENDAR", "BEGIN:VCARD")
_OVERRIDE: Final = "\u202e"
"""From here on letters are shown from right to left."""
_NUMBERED: Final = re.compile(r"\\u([0-9a-fA-F]{4})")
"""A letter by its number, as programs write it into files of data (JSON)."""
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
    if "\\u00" in text:
        yield _NUMBERED.sub(lambda match: chr(int(match[1], 16)), text)
