"""How the figures of a text agree with those of registered publications: a score, and what it is made of.

For each publication the text's figures are a row of gains (they agree) and costs (they do not); the score is the best
stretch of that row.  So a mail's other figures far away take nothing off, and a figure told twice counts once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gateway.features.figure import MOST_DIGITS, Figure, Unit
from gateway.features.figures import Counts, Features, Figures, Numbers
from gateway.features.labels import near, stems
from gateway.features.numerals import figures, folded_lines
from gateway.features.stretch import best_stretch, commonness, counting

Scores = NDArray[np.float64]

_FORMS: Final = np.uint64(7)
_OWN, _PERCENT, _NUMBER = np.uint64(4), np.uint64(2), np.uint64(1)
_WORDS: Final = 1 << 27
_CHANCE: Final = 0.5
"""Of the logarithm of how many words were tried as labels: one of many agrees more easily."""
_BEST_FIGURE: Final = 3.0
"""No single figure gains more: two are needed to hold, whatever they are."""
_LESSER: Final = 0.8
"""What a second label counts beside the rarest, halved for each further one: labels come together."""
_FINER: Final = 0.4
"""Taken off for each digit that a text prints beyond what is on record: people quote figures no finer than they are."""
_WORTH: Final = 1.0
"""Gains that a publication or a place must add up to before its best stretch is looked for."""
_TOGETHER: Final = 4
"""Different figures without labels that must stand in one place of a publication."""


class Agreement(NamedTuple):
    """One publication in one text.

    `score` is how unlikely the agreement is by chance, as a power of ten; `figures` how many different ones agree in
    the stretch, `gains` what each of them adds, `start` and `end` the stretch in the folded text, `kind` whether
    labels agree (`labels`) or figures of one row, column or paragraph stand together (`together`).
    """

    publication: str
    score: float
    figures: int
    gains: tuple[float, ...]
    start: int
    end: int
    kind: str


def agreements(index: Figures, text: str) -> list[Agreement]:
    """How a text (not folded) agrees with each publication, the best stretch of each, best first."""
    if not len(index):
        return []
    folded = folded_lines(text)
    found = _telling(folded)
    if len(found) < 2:
        return []
    queries = _queries(index, found)
    best: dict[str, Agreement] = {}
    for agreement in (*_by_labels(index, folded, found, queries), *_by_places(index, found, queries)):
        if agreement.publication not in best or agreement.score > best[agreement.publication].score:
            best[agreement.publication] = agreement
    told = (_on_topic(index, folded, each) for each in best.values() if each.score > 0)
    return sorted(told, key=lambda each: (-each.score, each.publication))


def on_record(index: Figures, text: str) -> list[Figure]:
    """The figures of a text (not folded) that some publication has, whatever stands beside them."""
    found = _telling(folded_lines(text))
    return [found[number] for number in sorted(set(_queries(index, found).figure.tolist()))]


def _telling(folded: str) -> list[Figure]:
    """The figures of two digits and more: fewer are in every mail."""
    return [figure for figure in figures(folded) if figure.mantissa > 9]


def _on_topic(index: Figures, folded: str, agreement: Agreement) -> Agreement:
    """More likely where the text around names the publication's matter; a column of cells names none."""
    if agreement.kind == "together":
        return agreement._replace(score=agreement.score + _TOPIC_UNNAMED)
    around = folded[max(0, agreement.start - _AROUND) : agreement.end + _AROUND]
    named = index.topics[index.ids.index(agreement.publication)]
    said = sum(index.keyed.label(stem) in named for stem in stems(around))
    return agreement._replace(score=agreement.score + min(said * _TOPIC_WORD, _TOPIC_MOST))


_AROUND: Final = 600
"""Characters around a stretch in which words of a publication's matter are looked for."""
_TOPIC_WORD, _TOPIC_MOST, _TOPIC_UNNAMED = 0.3, 2.0, 0.6


@dataclass(frozen=True, slots=True)
class _Queries:
    """What is looked up: for each, the number of the figure, its value, and whether it is as printed."""

    figure: Numbers
    value: Features
    own: NDArray[np.bool_]
    wanted: Features
    """The form bit one of which must be set: a percentage does not agree with pounds."""

    def taken(self, chosen: NDArray[np.bool_] | Numbers) -> _Queries:
        return _Queries(self.figure[chosen], self.value[chosen], self.own[chosen], self.wanted[chosen])


_UNITS: Final = {Unit.PERCENT: 2, Unit.PLAIN: 3, Unit.COUNT: 1, Unit.MONEY: 1}


def _queries(index: Figures, found: list[Figure]) -> _Queries:
    """Every figure at its own precision and at all coarser ones that are on record."""
    mantissas = np.array([figure.mantissa for figure in found], np.int64)
    exponents = np.array([figure.exponent for figure in found], np.int64)
    wanted = np.array([_UNITS[figure.unit] for figure in found], np.uint64)
    numbers = np.arange(len(found))
    rows = [(numbers, mantissas, exponents)]
    for dropped in range(1, MOST_DIGITS):
        power = 10**dropped
        up = (mantissas + power // 2) // power
        long = (up >= 10) & (mantissas >= 100)
        rows.append((numbers[long], up[long], exponents[long] + dropped))
        tie = long & ((mantissas + power // 2) % power == 0) & (up > 10)
        rows.append((numbers[tie], up[tie] - 1, exponents[tie] + dropped))
    figure, mantissa, exponent = (np.concatenate(column) for column in zip(*rows, strict=True))
    own = np.arange(len(figure)) < len(found)
    queries = _Queries(figure, index.keyed.values(mantissa, exponent), own, wanted[figure])
    which, feature, _ = index.standing(queries.value, 0, 8)
    fits = _fits(queries, which, feature)
    return queries.taken(np.unique(which[fits]))


def _fits(queries: _Queries, which: Numbers, feature: Features) -> NDArray[np.bool_]:
    """Whether an entry may agree: a coarser form only with a registered figure's own, units if both are known."""
    fits: NDArray[np.bool_] = ((feature & queries.wanted[which]) != 0) & (
        queries.own[which] | ((feature & _OWN) != 0)
    )
    return fits


def _by_labels(index: Figures, folded: str, found: list[Figure], queries: _Queries) -> Iterator[Agreement]:
    """Figures that agree with their label, each by how unlikely that is."""
    labels = {
        number: [
            index.keyed.label(stem) << 3 | _WORDS
            for stem in near(folded, found[number].start, found[number].end)
        ]
        for number in set(queries.figure.tolist())
    }
    beside = [labels[number] for number in queries.figure.tolist()]
    counts = np.array([len(each) for each in beside], np.int64)
    asked = queries.taken(np.repeat(np.arange(len(counts)), counts))
    label = np.array([one for each in beside for one in each], np.uint64)
    hits = _hits(index, asked, asked.value | label, (0, 8))
    gain = _unlikely(index.labels, hits)
    tried = np.bincount(queries.figure, counts, len(found)) / np.maximum(
        1, np.bincount(queries.figure, minlength=len(found))
    )
    yield from _stretches(
        index, found, hits, gain, _CHANCE * np.log10(np.maximum(1, tried)) + commonness(found)
    )


@dataclass(frozen=True, slots=True)
class _Hits:
    """Entries that agree: the figure's number, whose they are, how many digits agree, and under which label."""

    figure: Numbers
    owner: Numbers
    digits: Numbers
    label: Numbers

    def taken(self, chosen: NDArray[np.bool_] | Numbers) -> _Hits:
        return _Hits(self.figure[chosen], self.owner[chosen], self.digits[chosen], self.label[chosen])


def _hits(index: Figures, asked: _Queries, values: Features, span: tuple[int, int]) -> _Hits:
    which, feature, owner = index.standing(values, *span)
    fits = _fits(asked, which, feature)
    which, feature, owner = which[fits], feature[fits], owner[fits]
    digits = ((feature >> np.uint64(28)) & np.uint64(7)).astype(np.int64)
    return _Hits(
        asked.figure[which],
        owner,
        digits,
        (feature >> np.uint64(3) & np.uint64((1 << 24) - 1)).astype(np.int64),
    )


def _unlikely(counts: Counts, hits: _Hits) -> Scores:
    """How unlikely it is that a figure of so many digits is one of those with this label, as a power of ten."""
    there = counts.of(hits.owner, hits.digits, hits.label)
    return np.maximum(0.0, np.log10(9.0 * 10.0**hits.digits / there))


def _stretches(
    index: Figures, found: list[Figure], hits: _Hits, gain: Scores, chance: Scores
) -> Iterator[Agreement]:
    """The best stretch of each publication; of a figure's labels the rarest counts, the others less and less."""
    if not len(gain):
        return
    # The form with most digits that agrees stands for the figure; a label is counted once.
    order = np.lexsort((hits.label, -gain, -hits.digits, hits.figure, hits.owner))
    hits, gain = hits.taken(order), gain[order]
    first = _changes(hits.owner, hits.figure)
    group, heads = np.cumsum(first) - 1, np.flatnonzero(first)
    counted = (hits.digits == hits.digits[heads][group]) & (first | _changes(hits.label))
    rank = np.cumsum(counted) - np.cumsum(counted)[heads][group]
    lesser = np.minimum(gain, 2.0) * _LESSER * 0.5 ** np.minimum(rank, 30)
    told = np.bincount(group, np.where(first, gain, np.where(counted, lesser, 0.0)))
    hits = hits.taken(heads)
    printed = np.array([figure.digits for figure in found])[hits.figure]
    finer = _FINER * (printed - hits.digits - 1)
    total = np.clip(told - chance[hits.figure] - finer, 0.0, _BEST_FIGURE)
    yield from _best_of_each(index, found, hits.owner, hits.figure, total, "labels")


def _changes(*columns: Numbers) -> NDArray[np.bool_]:
    changed = np.ones(len(columns[0]), bool)
    changed[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return changed


def _best_of_each(
    index: Figures, found: list[Figure], owner: Numbers, figure: Numbers, gains: Scores, kind: str
) -> Iterator[Agreement]:
    for low, high in _groups(_changes(owner), gains, np.full(len(gains), _WORTH), 2):
        row = list(zip(figure[low:high].tolist(), gains[low:high].tolist(), strict=True))
        best = best_stretch(found, row)
        if best is not None:
            yield Agreement(index.ids[int(owner[low])], *best, kind)


def _groups(first: NDArray[np.bool_], gains: Scores, worth: Scores, fewest: int) -> Iterator[tuple[int, int]]:
    """Where the groups begin and end that hold enough figures and enough gains."""
    if not len(gains):
        return
    lows = np.flatnonzero(first)
    highs = np.append(lows[1:], len(gains))
    chosen = (highs - lows >= fewest) & (np.add.reduceat(gains, lows) >= worth[lows])
    yield from zip(lows[chosen].tolist(), highs[chosen].tolist(), strict=True)


def _by_places(index: Figures, found: list[Figure], queries: _Queries) -> Iterator[Agreement]:
    """Figures without labels that all stand in one row, column or paragraph of a publication."""
    strong = queries.taken(queries.own & ~counting(found)[queries.figure])
    hits = _hits(index, strong, strong.value, (8, _WORDS))
    order = np.lexsort((hits.figure, hits.label, hits.owner))
    hits = hits.taken(order)
    hits = hits.taken(_changes(hits.owner, hits.label, hits.figure))
    gain = np.clip(_unlikely(index.blocks, hits) - commonness(found)[hits.figure], 0.0, _BEST_FIGURE)
    # As many rows and columns could have agreed by chance.
    chance = np.log10(1 + index.blocks.different)[hits.owner]
    for low, high in _groups(_changes(hits.owner, hits.label), gain, chance + _WORTH, _TOGETHER):
        row = list(zip(hits.figure[low:high].tolist(), gain[low:high].tolist(), strict=True))
        best = best_stretch(found, row)
        if best is not None and best.figures >= _TOGETHER:
            score = best.score - float(chance[low])
            yield Agreement(index.ids[int(hits.owner[low])], score, *best[1:], "together")
