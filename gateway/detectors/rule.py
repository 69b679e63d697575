"""What a rule is, once loaded: frozen data that the detectors read (`gateway.rules` makes it).

A banner rule is a set of *wordings*.  A wording is some phrases, what must stand near them, and what
it takes to make a finding: a planned time still to come, a registered publication that it belongs
to, or the words alone.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from zoneinfo import ZoneInfo

from gateway.model import FIGURES_THRESHOLD, Detector, Disposition
from gateway.text import fold, words

LONDON = ZoneInfo("Europe/London")
_LONGEST_GAP, _LONGEST_WILD = 16, 60
_GAP = f"[^a-z0-9]{{1,{_LONGEST_GAP}}}+"
"""What may stand between two words of a phrase: spaces, cell borders, emphasis marks, dashes."""
_OTHER_WORDS = f"(?![a-z0-9]).{{1,{_LONGEST_WILD}}}?(?<![a-z0-9])"
_WORD_END = r"(?![^\W_])"
"""Part of the expression, so that of `embargo/embargoed` the one is tried that is all of the word."""
_SHORTEST_ANCHOR = 3


class Holds(Enum):
    """When a wording makes a finding: always, only if it belongs to a registered publication, never."""

    ALWAYS = "hold"
    TIED = "tied"
    NEVER = "pass"


class Needs(Enum):
    """What a date must have to count as the planned time that a wording speaks of."""

    ANY = "date-or-time"
    TIME = "time"
    BOTH = "date-and-time"


class Phrase:
    """Words that follow each other in folded text.

    `until/till` is either word; `...` is a few other words, up to 60 characters.  Raises ValueError where a piece is
    empty or no word has three letters.
    """

    def __init__(self, text: str) -> None:
        pieces = [list(_slots(piece)) for piece in fold(text).split("...")]
        slots = [slot for piece in pieces for slot in piece]
        if not all(pieces):
            raise ValueError(f"{text!r} must begin and end with a word")
        self._slots = slots
        self.spelled = tuple(map(tuple, slots)) if len(pieces) == 1 else ()
        """Its words, each with its alternatives; empty where it has `...`."""
        self.anchors = frozenset(max(slots, key=lambda slot: min(map(len, slot))))
        """Words one of which is in every match: those of the slot with the longest."""
        if min(map(len, self.anchors)) < _SHORTEST_ANCHOR:
            raise ValueError(f"{text!r} needs a word of at least {_SHORTEST_ANCHOR} letters")
        self.longest = len(text) + _LONGEST_GAP * len(slots) + _LONGEST_WILD * (len(pieces) - 1)
        """Characters of the longest match."""
        spelled = _OTHER_WORDS.join(_GAP.join(map(_either, piece)) for piece in pieces)
        self._pattern = re.compile(spelled + _WORD_END)

    def spans(self, folded: str, start: int = 0, end: int = sys.maxsize) -> Iterator[tuple[int, int]]:
        """Where the phrase stands as whole words in folded text: (start, end) positions, in order."""
        for match in self._pattern.finditer(folded, start, end):
            if _whole_words(folded, *match.span()):
                yield match.span()

    def has_one_of(self, anchors: Iterable[str]) -> bool:
        """Whether every match has one of these pieces of words in it."""
        return any(all(any(a in word for a in anchors) for word in slot) for slot in self._slots)

    def stands(self, folded: str, start: int, end: int) -> bool:
        """Whether it stands between two positions."""
        return any(True for _ in self.spans(folded, max(0, start), end))


def _slots(piece: str) -> Iterator[list[str]]:
    """The alternatives for each word of a piece of a phrase; a hyphen parts words as a space does."""
    for word in piece.split():
        first, *others = (words(alternative) for alternative in word.split("/"))
        if others:
            yield [" ".join(alternative) for alternative in (first, *others)]
        else:
            yield from ([part] for part in first)


def _either(slot: list[str]) -> str:
    spelled = (_GAP.join(alternative.split()) for alternative in slot)
    return slot[0] if len(slot) == 1 else f"(?:{'|'.join(spelled)})"


def _whole_words(folded: str, start: int, end: int) -> bool:
    before, after = folded[start - 1 : start] if start else "", folded[end : end + 1]
    return not (before.isalnum() or after.isalnum())


@dataclass(frozen=True, slots=True)
class Wording:
    """Phrases of one kind in a banner rule.

    `near`: one of these must stand within reach (if any are given).  `unless`: one of these close by
    undoes a match without a date.  `not_after`: words that make it ordinary prose when they stand
    right before it.  `anchors`: pieces of words one of which stands in every match, or with `near` in
    every one of these; they are looked for first, so the rarer the better.  `reach`: characters after
    it in which the planned time begins.  `dated` and `undated`: when there is a finding, with a date
    still to come and with no date.
    """

    phrases: tuple[Phrase, ...]
    anchors: frozenset[str]
    near: tuple[Phrase, ...] = ()
    unless: tuple[Phrase, ...] = ()
    not_after: frozenset[str] = frozenset()
    reach: int = 100
    needs: Needs = Needs.ANY
    dated: Holds = Holds.ALWAYS
    undated: Holds = Holds.TIED


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: `id` is its file's name, `why` the sentence that the lead reads."""

    id: str
    title: str
    detector: Detector
    why: str
    asks: Disposition = Disposition.HOLD
    wordings: tuple[Wording, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All rules in the order of their ids; `zone` is that of planned times that name none.

    `figures_threshold` is the score (powers of ten) from which figures are a finding; `images` the bytes from which a
    picture counts as unreadable (None: never), `recordings` those of sound and film.
    """

    rules: tuple[Rule, ...] = ()
    zone: ZoneInfo = LONDON
    figures_threshold: float = FIGURES_THRESHOLD
    images: int | None = None
    recordings: int | None = None

    def of(self, detector: Detector) -> tuple[Rule, ...]:
        """The rules for one detector."""
        return tuple(rule for rule in self.rules if rule.detector is detector)

    def why(self, rule: str) -> str:
        """The sentence for the lead of the rule with this id; empty where the rule is gone since."""
        return next((known.why for known in self.rules if known.id == rule), "")
