"""Why a mail was decided as it was: what of it was compared with what is registered, place by place.

It shows content: it is for whoever has the mail before them.  Pure; the detectors are asked what they would say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from gateway.detectors import figures, link
from gateway.detectors.hint import hints
from gateway.detectors.text import CLOSE, passages, titles
from gateway.features.shingles import LENGTH, Places, hashes, shingles, whole, words
from gateway.model import Decision, Hint, Message, Part, Register
from gateway.text import fold


@dataclass(frozen=True, slots=True)
class Passage:
    """Words of a part that stand in registered documents: the first one's number from 1, how many, and themselves.

    Of `publications` that have just the same words nobody knows which it was.
    """

    part: str
    publications: tuple[str, ...]
    first: int
    count: int
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Agreed:
    """A figure that agrees, as a plain number, and what it adds to the score by its value and by its label."""

    figure: str
    value: float
    label: float


@dataclass(frozen=True, slots=True)
class Score:
    """How well the figures of a part agree with a publication's, in the stretch where they do so best.

    `costs` were taken off for figures between that do not agree, `chance` for how many figures there are; `kind` says
    whether labels agree (`labels`) or figures of one row, column or paragraph stand together (`together`).
    """

    part: str
    publication: str
    score: float
    threshold: float
    kind: str
    figures: tuple[Agreed, ...]
    costs: float
    chance: float


@dataclass(frozen=True, slots=True)
class Led:
    """An address in a part that leads to a registered page or folder, or a mail that leads to a known one."""

    part: str
    publications: tuple[str, ...]
    what: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What stands behind the findings of one mail."""

    passages: tuple[Passage, ...]
    scores: tuple[Score, ...]
    links: tuple[Led, ...]
    threads: tuple[Led, ...]
    hints: tuple[Hint, ...]


def explain(message: Message, register: Register, threshold: float, decision: Decision) -> Explanation:
    """What was compared; `threshold` is that of figures."""
    return Explanation(
        tuple(found for part in message.parts for found in _passages(part, register)),
        tuple(_scores(message, register, threshold)),
        tuple(_links(message, register)),
        tuple(_threads(message, register)),
        hints(message, register, decision.findings),
    )


def _passages(part: Part, register: Register) -> Iterator[Passage]:
    """The passages of one part alone; one that goes on in the next part shows in both, if at all."""
    if register.texts is None:
        return
    said = words(whole(fold(part.text)).encode("utf-8", "surrogatepass"))
    for copied in passages(
        register.texts, shingles(hashes(register.trace_key).of(said)), public=titles(register)
    ):
        for first, last in _runs(copied.places):
            shown = b" ".join(said[first:last]).decode("utf-8", "replace")
            yield Passage(part.path, copied.ids, first + 1, last - first, shown)


def _runs(places: Places) -> Iterator[tuple[int, int]]:
    """Where runs of shingles begin and end, as numbers of words."""
    first = last = -1
    for place in places.tolist():
        if first >= 0 and place - last >= CLOSE:
            yield first, last + LENGTH
            first = place
        first, last = (place if first < 0 else first), place
    if first >= 0:
        yield first, last + LENGTH


def _scores(message: Message, register: Register, threshold: float) -> Iterator[Score]:
    for path, found in figures.explain(message, register):
        stretch = found.stretch
        agreed = tuple(
            Agreed(f"{Decimal(mantissa).scaleb(exponent):,f}", gain.value, gain.label)
            for (mantissa, exponent), gain in zip(found.values, stretch.gains, strict=True)
        )
        yield Score(
            path, found.publication, found.score, threshold, found.kind, agreed, stretch.costs, stretch.chance
        )


def _links(message: Message, register: Register) -> Iterator[Led]:
    if register.links is not None:
        for path, address, match in link.explain(message, register.links, register.trace_key):
            yield Led(path, tuple(sorted(match.ids)), address)


def _threads(message: Message, register: Register) -> Iterator[Led]:
    for match in register.threads.leading(register.trace_key, message) if register.threads else ():
        what = (
            "a mail in which it was found, or that is registered" if match.known.root else "its conversation"
        )
        yield Led(match.part, (match.publication,), what)
