"""Text detector: words copied out of a registered document, wherever they stand in a mail and whatever is around them.

It asks for containment, not likeness: five different shared shingles within 48 words.  Unbroken, these are nine words
in a row; a passage with every eighth word changed still has three in each run of seven.  Ordinary mail shares two at
most with fifty bulletins (`by the end of the year`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

import numpy as np

from gateway.detectors.reading import Reading
from gateway.detectors.rule import RuleSet
from gateway.features.atoms import Bits
from gateway.features.numberwords import Says
from gateway.features.shingles import LENGTH, Features, Places, Shared, Texts, features, shingles
from gateway.features.vocabulary import Chunks
from gateway.model import Detector, Finding, Register, State
from gateway.traces import text_hash

ENOUGH: Final = 5
"""Different shared shingles that are evidence, when they stand close together."""
CLOSE: Final = 48
"""Words within which they must begin."""
_BESIDE: Final = 2
"""Words before and after a passage whose figures belong to its sentences."""
_OTHERS: Final = 3
"""Figures of its own by which a passage may be another edition's; fewer may be somebody's hand."""
_DENSE: Final = 4
"""One word in so many is a figure at most in sentences; where more are, it is a table, whose headings were copied."""
_NOTHING: Final = np.empty(0, np.uint64)
_MANY: Final = 50_000
"""Shared places beyond which a repeated shingle counts where it stands first only."""


@dataclass(frozen=True, slots=True)
class Copied:
    """Places at which words of one publication were found, or of each of several that have just the same words."""

    ids: tuple[str, ...]
    places: Places


def find(rules: RuleSet, reading: Reading, register: Register, now: datetime) -> Iterator[Finding]:
    """One finding for each rule, publication under embargo and part in which its words stand.

    The parts are read as one text, so that a passage may go on from one part to the next.
    """
    texts = register.texts
    if not texts:
        return
    chunks = reading.chunks()
    found = shingles(chunks.words)
    ended = frozenset(key for key in texts.ids if not _embargoed(register, key, now))
    gone = frozenset(key for key in ended if _unpublished(register, key))
    copies = passages(texts, found, ended - gone, titles(register), gone)
    for copied in _present(texts, copies, chunks):
        trace = text_hash(register.trace_key, [np.unique(found[copied.places]).tobytes()])
        sure, candidates = (copied.ids[0], ()) if len(copied.ids) == 1 else (None, copied.ids)
        for path in reading.paths(np.searchsorted(np.cumsum(chunks.counts), copied.places, "right")):
            for rule in rules.of(Detector.TEXT):
                yield Finding(rule.id, Detector.TEXT, path, sure, candidates, rule.asks, trace=trace)


def _embargoed(register: Register, key: str, now: datetime) -> bool:
    publication = register.publications.get(key)
    return publication is not None and publication.embargoed(now)


def _unpublished(register: Register, key: str) -> bool:
    """Whether a publication that is no longer under embargo was never published: indexes may still have it."""
    publication = register.publications.get(key)
    return publication is None or publication.state is State.WITHDRAWN


def _present(texts: Texts, copied: Iterable[Copied], chunks: Chunks) -> Iterator[Copied]:
    """What was copied, without the passages that are those of another edition: the same sentences, other figures."""
    figures = None
    for each in copied:
        figures = _figures(chunks) if figures is None else figures
        stretches = np.split(each.places, np.flatnonzero(np.diff(each.places) >= CLOSE) + 1)
        kept = [part for part in stretches if not _of_another_edition(texts, part, chunks.words, figures)]
        if kept:
            yield Copied(each.ids, np.concatenate(kept))


def _figures(chunks: Chunks) -> Bits:
    """Of each word, whether it is a number or a month; years stand in the next edition as well."""
    says = chunks.atoms.says
    said = (((says & Says.NUMBER) != 0) & ((says & Says.YEAR) == 0)) | ((says & Says.MONTH) != 0)
    ends = np.cumsum(chunks.atoms.counts)
    summed = np.concatenate((np.zeros(1, np.int64), np.cumsum(said)))
    found: Bits = np.repeat(summed[ends] > summed[ends - chunks.atoms.counts], chunks.counts)
    return found


def _of_another_edition(texts: Texts, places: Places, hashed: Features, figures: Bits) -> bool:
    """Whether some figures in and beside a passage, and most of them, stand where a registered text has others."""
    copied = np.zeros(len(figures), np.bool_)
    for step in range(LENGTH):
        copied[places + step] = True
    around = np.arange(
        max(0, int(places[0]) - _BESIDE), min(len(figures), int(places[-1]) + LENGTH + _BESIDE)
    )
    other = around[figures[around] & ~copied[around]]
    own = np.count_nonzero(figures[around] & copied[around])
    if len(other) < _OTHERS or len(other) <= own or _DENSE * (len(other) + own) > len(around):
        return False
    # What somebody put between two words (the number of a line) stands in the place of nothing: without it they meet.
    # What stands between other words (the date of a banner) belongs to those.
    rest = np.setdiff1d(around, other, assume_unique=True)
    met = np.zeros(len(rest) + LENGTH, np.int64)
    met[1 + texts.shared(shingles(hashed[rest])).places] = 1
    known = np.cumsum(met)
    at = np.searchsorted(rest, other)
    apart = known[at] == known[np.maximum(0, at - LENGTH + 1)]
    inside = copied[rest[np.maximum(0, at - 1)]] | copied[rest[np.minimum(at, len(rest) - 1)]]
    replaced = np.count_nonzero(apart & inside)
    return bool(replaced >= _OTHERS and replaced > own)


def titles(register: Register) -> Features:
    """The shingles of the titles of all publications: they are announced long before, so they are no traces."""
    named = tuple(sorted(publication.title for publication in register.publications.values()))
    return _titles(register.trace_key, named)


@lru_cache(maxsize=4)
def _titles(key: bytes, named: tuple[str, ...]) -> Features:
    return features(key, named)


def passages(
    texts: Texts,
    found: Features,
    over: Collection[str] = (),
    public: Features = _NOTHING,
    gone: Collection[str] = (),
) -> Iterator[Copied]:
    """The publications that a text (as shingles) was copied from, the one with most of it first.

    Words that several have are said of the one with most of the text; of the others only what it does not have.  What
    stands in a publication whose embargo is `over` is public, whoever else has it, and so are the shingles `public`.
    Publications that are `gone` have nothing, and keep nothing from others.
    """
    shared = texts.shared(found)
    if len(shared.places) < ENOUGH:
        return
    if len(public):
        secret = ~np.isin(found[shared.places], public)
        shared = Shared(shared.places[secret], shared.owners[secret])
    if gone:
        kept = ~_owned(texts, shared, gone)
        shared = Shared(shared.places[kept], shared.owners[kept])
    if over:
        shared = _still_secret(texts, shared, over)
    places = {key: _new(found, each) for key, each in _by_owner(texts, shared)}
    evident = {key: close for key, each in places.items() if len(close := _close(each))}
    while evident:
        best = max(evident, key=lambda key: (len(evident[key]), len(places[key]), key))
        same = tuple(key for key in sorted(evident) if np.array_equal(places[key], places[best]))
        yield Copied(same, evident[best])
        evident = {key: evident[key] for key in evident if key not in same}
        _take(places.pop(best), places, evident)


def _take(taken: Places, places: dict[str, Places], evident: dict[str, Places]) -> None:
    """Leave to the publications that remain what does not stand at the places taken."""
    for key in tuple(evident):
        rest = np.setdiff1d(places[key], taken, assume_unique=True)
        if len(rest) < len(places[key]):
            places[key], evident[key] = rest, _close(rest)
            if not len(evident[key]):
                del evident[key]


def _still_secret(texts: Texts, shared: Shared, over: Collection[str]) -> Shared:
    kept = ~np.isin(shared.places, shared.places[_owned(texts, shared, over)])
    return Shared(shared.places[kept], shared.owners[kept])


def _owned(texts: Texts, shared: Shared, some: Collection[str]) -> Bits:
    """Which places belong to one of these publications."""
    owned: Bits = np.isin(shared.owners, [number for number, key in enumerate(texts.ids) if key in some])
    return owned


def _by_owner(texts: Texts, shared: Shared) -> Iterator[tuple[str, Places]]:
    counts = np.bincount(shared.owners, minlength=len(texts.ids))
    for owner in np.flatnonzero(counts >= ENOUGH).tolist():
        yield texts.ids[owner], shared.places[shared.owners == owner]


def _new(found: Features, places: Places) -> Places:
    """The places whose shingle did not stand within the last CLOSE words: what is said again adds nothing."""
    if len(places) > _MANY:
        return np.sort(places[np.unique(found[places], return_index=True)[1]])
    order = np.lexsort((places, found[places]))
    sorted_places, sorted_features = places[order], found[places][order]
    again = np.zeros(len(places), np.bool_)
    again[1:] = (np.diff(sorted_features) == 0) & (np.diff(sorted_places) < CLOSE)
    return np.sort(sorted_places[~again])


def _close(places: Places) -> Places:
    """The places that are evidence: those within a stretch of CLOSE words that holds ENOUGH of them."""
    inside = np.flatnonzero(places[ENOUGH - 1 :] - places[: 1 - ENOUGH] < CLOSE)
    kept = np.zeros(len(places), np.bool_)
    for number in range(ENOUGH):
        kept[inside + number] = True
    return places[kept]
