"""What a rule is, once loaded: frozen data that the detectors read (`gateway.rules` makes it).

A banner rule is a set of *wordings*.  A wording is some phrases, what must stand near them, and what
it takes to make a finding: a planned time still to come, a registered publication that it belongs
to, or the words alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from zoneinfo import ZoneInfo

from gateway.model import Detector, Disposition
from gateway.text import fold, words

LONDON = ZoneInfo("Europe/London")
_GAP = "[^a-z0-9]{1,24}+"
"""What may stand between two words of a phrase: spaces, cell borders, emphasis marks, dashes."""
_OTHER_WORDS = rf"(?:{_GAP}[a-z0-9]{{1,30}}+){{0,6}}?"
_SHORTEST_ANCHOR = 4


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
    """Words that follow each other in folded text; `...` stands for up to six other words.

    Raises ValueError where no word has four letters: the longest word is looked for first, and a
    short one stands in every mail.
    """

    def __init__(self, text: str) -> None:
        folded = fold(text)
        self.words = tuple(words(folded))
        self.anchor = max(self.words, key=len, default="")
        if len(self.anchor) < _SHORTEST_ANCHOR:
            raise ValueError(f"{text!r} needs a word of at least {_SHORTEST_ANCHOR} letters")
        pieces = [_GAP.join(words(piece)) for piece in folded.split("...")]
        if not all(pieces):
            raise ValueError(f"{text!r} must begin and end with a word")
        self._pattern = re.compile(f"{_OTHER_WORDS}{_GAP}".join(pieces))

    def spans(self, folded: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
        """Where the phrase stands as whole words in folded text: (start, end) positions, in order."""
        end = len(folded) if end is None else end
        if folded.find(self.anchor, start, end) < 0:
            return []
        found = (match.span() for match in self._pattern.finditer(folded, start, end))
        return [span for span in found if _whole_words(folded, *span)]


def _whole_words(folded: str, start: int, end: int) -> bool:
    return not (folded[start - 1 : start].isalnum() or folded[end : end + 1].isalnum())


@dataclass(frozen=True, slots=True)
class Wording:
    """Phrases of one kind in a banner rule.

    `near`: one of these must stand within reach (if any are given).  `unless`: one of these close by
    undoes a match without a date.  `not_after`: words that make it ordinary prose when they stand
    right before it.  `anchors`: one of these letters stands in every match (or near it); they are looked
    for first, so the rarer the better.  `reach`: characters of folded text in which the planned time is looked for.
    `dated` and `undated`: when there is a finding, with a date still to come and with no date.
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
    """All rules in the order of their ids; `zone` is that of planned times that name none."""

    rules: tuple[Rule, ...] = ()
    zone: ZoneInfo = LONDON

    def of(self, detector: Detector) -> tuple[Rule, ...]:
        """The rules for one detector."""
        return tuple(rule for rule in self.rules if rule.detector is detector)

    def why(self, rule: str) -> str:
        """The sentence for the lead of the rule with this id; empty where the rule is gone since."""
        return next((known.why for known in self.rules if known.id == rule), "")
