"""Figures of publications as keyed features, and an index of them in which a mail's figures are looked up.

A feature is 64 bits: a figure at one printed precision (36 bits, of which three say how many digits), what goes with
it (a label's stem or the row, column or paragraph it stands in, 25 bits) and what form it is (3 bits).  The register
keeps each figure at its own precision and at all coarser ones; a mail looks its own precision up among all of them and
its coarser ones among the registered ones' own: so two forms compare at the coarser of both.  The power of ten counts
by thousands only, because a table "in millions" does not say so in its cells.

The score is the logarithm of how unlikely the agreement is by chance, added up over figures that stand together in a
mail and differ: how densely a publication covers figures of so many digits, how common the figure is in ordinary mail,
and how rare the labels are that agree; figures between them that do not agree count against it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gateway.features.figure import Figure, Unit, coarser
from gateway.features.labels import Labelled, labelled

Features = NDArray[np.uint64]
Numbers = NDArray[np.int64]

_FORM_BITS, _LABEL_BITS, _KIND_BIT = 3, 24, 27
_VALUE_SHIFT: Final = 28
_OWN, _PERCENT, _NUMBER = 4, 2, 1
_LABEL_MASK: Final = (1 << _LABEL_BITS) - 1
_WORDS_FROM: Final = 1 << _KIND_BIT
_MASK: Final = (1 << 64) - 1
_CLASSES: Final = 8


class Keyed:
    """The keyed hashes of one installation's key (any bytes): one for each word, arithmetic for numbers."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._values: dict[tuple[int, int], int] = {}
        self._salt = int.from_bytes(self._digest(b"", b"salt"), "big")
        self._known: dict[str, int] = {}

    def label(self, stem: str) -> int:
        """24 bits of a stem."""
        known = self._known.get(stem)
        if known is None:
            if len(self._known) > 200_000:
                self._known.clear()
            known = int.from_bytes(self._digest(stem.encode(), b"label"), "big") & _LABEL_MASK
            self._known[stem] = known
        return known

    def value(self, mantissa: int, exponent: int) -> int:
        """36 bits of a figure at a precision: the mantissa and the power of ten modulo a thousand."""
        known = self._values.get((mantissa, exponent % 3))
        if known is None:
            mixed = _mixed((mantissa * 3 + exponent % 3) ^ self._salt)
            known = (mixed >> 31) << 3 | min(len(str(mantissa)), _CLASSES) - 1
            self._values[mantissa, exponent % 3] = known
        return known

    def values(self, mantissas: Numbers, exponents: Numbers) -> Features:
        """`value` of many figures, in the place that it has in a feature."""
        seeds = mantissas.astype(np.uint64) * np.uint64(3) + (exponents % 3).astype(np.uint64)
        mixed = _mixed_all(seeds ^ np.uint64(self._salt)) >> np.uint64(31)
        digits = np.minimum(np.searchsorted(_POWERS, mantissas, side="right"), _CLASSES) - 1
        return (mixed << np.uint64(3) | digits.astype(np.uint64)) << np.uint64(_VALUE_SHIFT)

    def place(self, values: Iterable[int], kind: str) -> int:
        """24 bits of a row, column or paragraph, by what figures it holds."""
        total = sum(_mixed(value) for value in values) + self.label(kind)
        return _mixed(total & _MASK) & _LABEL_MASK

    def _digest(self, data: bytes, person: bytes) -> bytes:
        return blake2b(data, key=self._key[:64], digest_size=8, person=person).digest()


def _mixed(number: int) -> int:
    """A bijection of 64 bits in which each bit depends on all (the finaliser of splitmix64)."""
    number = (number + 0x9E3779B97F4A7C15) & _MASK
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) & _MASK
    return number ^ (number >> 31)


_POWERS: Final = 10 ** np.arange(18, dtype=np.int64)


def _mixed_all(numbers: Features) -> Features:
    numbers = numbers + np.uint64(0x9E3779B97F4A7C15)
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


def features(key: bytes, texts: Iterable[str]) -> Features:
    """The features of a publication's texts (as the reader gives them), sorted, each once."""
    keyed = Keyed(key)
    found: set[int] = set()
    for text in texts:
        _register(keyed, list(labelled(text)), found)
    return np.array(sorted(found), dtype=np.uint64)


def _register(keyed: Keyed, all_labelled: list[Labelled], found: set[int]) -> None:
    blocks: dict[tuple[str, int], set[int]] = {}
    for each in all_labelled:
        for block in each.blocks:
            blocks.setdefault(block, set()).add(keyed.value(*each.figure[:2]))
    ids = {
        block: keyed.place(values, block[0]) for block, values in blocks.items() if len(values) <= _LARGEST
    }
    for figure, stems, places in all_labelled:
        labels = [_WORDS_FROM | keyed.label(stem) << _FORM_BITS for stem in stems]
        there = [ids[place] << _FORM_BITS for place in places if place in ids]
        for value, form in _forms(keyed, figure):
            base = value << _VALUE_SHIFT | form
            found.update(base | label for label in labels)
            if form & _OWN or value & 7 > 1:
                found.update(base | place for place in there)
            found.add(base)


_LARGEST: Final = 120
"""Different figures in a row, column or paragraph beyond which standing in it together says nothing."""


def _forms(keyed: Keyed, figure: Figure) -> Iterator[tuple[int, int]]:
    """The figure at its own precision and all coarser ones: (value, form bits)."""
    for mantissa, exponent, unit in _variants(figure):
        kinds = {Unit.PERCENT: _PERCENT, Unit.PLAIN: _PERCENT | _NUMBER}.get(unit, _NUMBER)
        yield keyed.value(mantissa, exponent), kinds | _OWN
        for rounded, dropped in coarser(mantissa):
            yield keyed.value(rounded, exponent + dropped), kinds


def _variants(figure: Figure) -> Iterator[tuple[int, int, Unit]]:
    """As it stands; a share as a percentage; a cell's number with the nought that a spreadsheet does not keep."""
    mantissa, exponent, unit = figure[:3]
    if not mantissa:
        return
    yield mantissa, exponent, unit
    if unit is Unit.PLAIN and exponent < -3 and len(str(mantissa)) <= -exponent:
        yield mantissa, exponent + 2, Unit.PERCENT


class Figures:
    """An index over the features of publications, built once and read by every mail."""

    def __init__(self, key: bytes, publications: Mapping[str, Features]) -> None:
        self.keyed = Keyed(key)
        self.ids = sorted(publications)
        arrays = [publications[name] for name in self.ids]
        total = sum(map(len, arrays))
        every = np.concatenate(arrays) if arrays else np.zeros(0, np.uint64)
        owners = np.repeat(np.arange(len(arrays), dtype=np.uint16), [len(array) for array in arrays])
        order = np.argsort(every, kind="stable") if total else np.zeros(0, np.int64)
        self._features, self._owners = every[order], owners[order]
        self.labels = Counts(arrays, words=True)
        self.blocks = Counts(arrays, words=False)
        self.topics = _topics(arrays)

    def __len__(self) -> int:
        return len(self._features)

    @property
    def bytes(self) -> int:
        """What the arrays take in memory."""
        return self._features.nbytes + self._owners.nbytes + self.labels.bytes + self.blocks.bytes

    def standing(self, values: Features, first: int, last: int) -> tuple[Numbers, Features, Numbers]:
        """Entries of each value (or value with label) from its lower bits `first` up to `last`, not included.

        Returns three arrays of one length: which of `values` it is, the feature, and the publication's number.
        """
        low = np.searchsorted(self._features, values | np.uint64(first))
        high = np.searchsorted(self._features, values | np.uint64(last - 1), side="right")
        lengths = np.minimum(high - low, min(_MOST, 1 + _BUDGET // max(1, len(values))))
        which = np.repeat(np.arange(len(values)), lengths)
        offsets = np.arange(len(which)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        at = low[which] + offsets
        return which, self._features[at], self._owners[at].astype(np.int64)


_BUDGET: Final = 4_000_000
"""Entries that are looked at for one text in all, so that one of nothing but digits ends, too."""
_MOST: Final = 4096
"""Entries of one figure that are looked at: one that stands in more places tells nothing."""


def _topics(arrays: Sequence[Features]) -> list[frozenset[int]]:
    """The labels that most figures of each publication carry, without those that most publications share."""
    most: list[list[int]] = []
    for array in arrays:
        own = array[(array & np.uint64(_OWN | _WORDS_FROM)) == np.uint64(_OWN | _WORDS_FROM)]
        unique, count = np.unique(own >> np.uint64(_FORM_BITS) & np.uint64(_LABEL_MASK), return_counts=True)
        most.append(unique[np.argsort(-count, kind="stable")][:_TOPIC].astype(np.int64).tolist())
    spread = Counter(label for labels in most for label in labels)
    return [frozenset(label for label in labels if spread[label] <= 2 + len(arrays) // 4) for labels in most]


_TOPIC: Final = 40
"""Labels by which it is told whether a text is about a publication's matter."""


class Counts:
    """For each publication and label (or place), how many different figures of so many digits carry it."""

    def __init__(self, arrays: Sequence[Features], *, words: bool) -> None:
        keys, counts = [], []
        for number, array in enumerate(arrays):
            is_word = (array & np.uint64(_WORDS_FROM)) != 0
            label = (array >> np.uint64(_FORM_BITS)) & np.uint64(_LABEL_MASK)
            chosen = is_word if words else ~is_word & (label != 0)
            digits = (array[chosen] >> np.uint64(_VALUE_SHIFT)) & np.uint64(_CLASSES - 1)
            unique, count = np.unique(digits << np.uint64(_LABEL_BITS) | label[chosen], return_counts=True)
            keys.append(unique | np.uint64(number << _LABEL_BITS + 3))
            counts.append(np.minimum(count, 65535).astype(np.uint16))
        self._keys = np.concatenate(keys) if keys else np.zeros(0, np.uint64)
        self._counts = np.concatenate(counts) if counts else np.zeros(0, np.uint16)
        self.different = np.array([len(each) for each in keys])
        """Labels (or places) of each publication, for each number of digits."""

    @property
    def bytes(self) -> int:
        """What the arrays take in memory."""
        return self._keys.nbytes + self._counts.nbytes

    def of(self, owners: Numbers, digits: Numbers, labels: Numbers) -> Numbers:
        """How many different figures; 1 for what is not known."""
        keys = (owners << _LABEL_BITS + 3 | digits << _LABEL_BITS | labels).astype(np.uint64)
        if not len(self._keys):
            return np.ones(len(owners), np.int64)
        at = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        return np.where(self._keys[at] == keys, self._counts[at], 1).astype(np.int64)


def without_public(own: Features, public: Features) -> Features:
    """The features of a publication without those figures that are public already under one of the same labels.

    A figure that was public stays a trace only under labels that share nothing with the public ones.
    """
    shared = np.intersect1d(own, public, assume_unique=True)
    labelled = shared[(shared & np.uint64(_WORDS_FROM)) != 0]
    shift = np.uint64(_VALUE_SHIFT)
    gone = np.isin(own >> shift, np.unique(labelled >> shift)) | np.isin(own, public, assume_unique=True)
    return own[~gone]
