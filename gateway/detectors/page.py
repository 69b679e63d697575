"""A part of a mail with its folded text: what detectors of wording read."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway.model import Message, PartKind
from gateway.text import fold, translate

_TOKEN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_AROUND = 10_000
"""Characters on either side of a banner in which the words of a title are looked for."""
_LETTERS = str.maketrans("013457@$", "oieastas")


@dataclass(frozen=True, slots=True)
class Page:
    """One part, folded once for all detectors.

    `letters` is the text with figures read as the letters they look like (RESTR1CTED), place for
    place; `header` is the folded text of the mail's own header.
    """

    path: str
    text: str
    letters: str
    header: str = ""

    def words_around(self, start: int, end: int) -> frozenset[str]:
        """Words of the mail's header and of the text near a place; a hyphened word as a whole, too."""
        around = self.text[max(0, start - _AROUND) : end + _AROUND]
        tokens = _TOKEN.findall(f"{self.header} {around}")
        return frozenset(tokens).union(*(token.split("-") for token in tokens if "-" in token))


def pages(message: Message) -> tuple[Page, ...]:
    """The parts of a message, folded, in their order."""
    folded = [(part, fold(part.text)) for part in message.parts]
    header = " ".join(text for part, text in folded if part.kind is PartKind.HEADER)
    return tuple(Page(part.path, text, translate(text, _LETTERS), header) for part, text in folded)
