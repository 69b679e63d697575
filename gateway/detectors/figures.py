"""Figures detector: figures of a registered publication beside their own labels, or several of one table together.

`gateway.features.agreement` scores each part of the mail against each publication; what reaches the threshold is one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from gateway.detectors.rule import RuleSet
from gateway.features.agreement import Agreement, agreements
from gateway.features.figures import Figures
from gateway.model import Detector, Finding, Message, Part, PartKind, Register

_WINDOW, _OVERLAP = 1_000_000, 4_000
"""Characters of a part that are read at a time, and how many of them the next window has again."""


def find(rules: RuleSet, message: Message, register: Register, now: datetime) -> Iterator[Finding]:
    """One finding for each rule, part and publication under embargo whose figures agree well enough.

    A single figure is never one, whatever the threshold.
    """
    index = register.figures
    if index is None or not rules.of(Detector.FIGURES):
        return
    for path, agreement in explain(message, index):
        publication = register.publications.get(agreement.publication)
        if (
            agreement.score >= rules.figures_threshold
            and publication is not None
            and publication.embargoed(now)
        ):
            for rule in rules.of(Detector.FIGURES):
                yield Finding(rule.id, Detector.FIGURES, path, publication.id, asks=rule.asks)


def explain(message: Message, index: Figures) -> Iterator[tuple[str, Agreement]]:
    """How each part of a message agrees with each publication: the part's path, and the score with its parts."""
    for part in message.parts:
        best: dict[str, Agreement] = {}
        for window in _windows(_subject(part) if part.kind is PartKind.HEADER else part.text):
            for agreement in agreements(index, window):
                known = best.get(agreement.publication)
                if known is None or agreement.score > known.score:
                    best[agreement.publication] = agreement
        for agreement in sorted(best.values(), key=lambda each: (-each.score, each.publication)):
            yield part.path, agreement


def _windows(text: str) -> Iterator[str]:
    """The text, or pieces of it that overlap."""
    for start in range(0, max(1, len(text) - _OVERLAP), _WINDOW):
        yield text[start : start + _WINDOW + _OVERLAP]


def _subject(part: Part) -> str:
    """What of a header a person wrote: the rest is dates, addresses and numbers of machines."""
    return "\n".join(line for line in part.text.splitlines() if line.lower().startswith("subject:"))
