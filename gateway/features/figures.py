"""Figures of publications: what a document's set holds, and the index in which a mail's figures are looked up.

A set keeps each figure as keyed values at its own precision and at all coarser ones, and the keyed stems of its label;
a mail's figure at its own precision is looked up among all of them, its coarser forms among the registered ones' own:
so two figures compare at the coarser precision of both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gateway.features.atoms import Bits, Numbers, Words
from gateway.features.matter import Matter
from gateway.features.packing import EARLIER, OWN, PROSE, WEAK, Set, pack, unpack
from gateway.features.records import Reading, read
from gateway.features.values import Keys, forms, salt
from gateway.model import Part

_FEWEST_IN_PROSE, _FEWEST_IN_TABLES = 2, 3
"""Digits of the coarsest form: a table has too many figures to be recognised by two digits of each."""

_KEPT: Final = 6
"""Digits from which a fraction in a table is rather what was worked out than what is shown."""


def packed(key: bytes, parts: Sequence[Part]) -> bytes:
    """The set of one document's figures, from its parts (tables as lines with tabs), under the installation's key."""
    words, salted = Words(key), salt(key)
    return pack([_set(read(words, part.text), salted) for part in parts])


def _set(reading: Reading, salted: int) -> Set:
    found = reading.found
    # What a sheet keeps of a fraction nobody prints in full.
    kept = (found.digits >= _KEPT) & (found.exponent < 0)
    fewest = np.where(reading.prose | kept, _FEWEST_IN_PROSE, _FEWEST_IN_TABLES)
    made = forms(found.mantissa, found.exponent, fewest, salted)
    weak = (made.digits < _FEWEST_IN_TABLES) & ~reading.prose[made.figure]
    lengths = [len(each) for each in reading.contexts]
    stems = np.concatenate([np.empty(0, np.uint32), *reading.contexts])
    return Set(
        made.key,
        (made.figure * 4 + weak * WEAK + made.own * OWN).astype(np.uint32),
        found.unit.astype(np.uint8),
        found.digits.astype(np.uint8),
        np.clip(found.magnitude, -99, 99).astype(np.int8),
        (reading.prose * PROSE + reading.earlier * EARLIER).astype(np.uint8),
        reading.row.astype(np.uint32),
        reading.column.astype(np.uint32),
        reading.block.astype(np.uint32),
        reading.stack.astype(np.uint32),
        np.array(lengths, np.uint32),
        stems,
    )


@dataclass(frozen=True, slots=True)
class Forms:
    """Forms of figures by value: sorted keys with the form of each, and a sieve that most other values do not pass."""

    keys: Keys
    forms: Keys
    sieve: NDArray[np.uint8] = field(repr=False)

    @classmethod
    def of(cls, keys: Keys, forms: Keys) -> Forms:
        """Those of keys in any order."""
        order = np.argsort(keys, kind="stable")
        return cls(keys[order], forms[order], _sieve(keys))

    def known(self, keys: Keys) -> Bits:
        """Whether a value may be registered; few of the others pass, too."""
        bit = keys >> np.uint32(32 - _SIEVE_BITS)
        passed: Bits = (self.sieve[bit >> np.uint32(3)] >> (bit & np.uint32(7)).astype(np.uint8)) & 1 != 0
        return passed

    def counts(self, keys: Keys) -> tuple[Numbers, Numbers]:
        """The place of the first form of each value, and how many there are."""
        if len(keys) > _MANY:
            # In their order, each once, many are found much faster.
            once, which = np.unique(keys, return_inverse=True)
            first, counts = self._counts(once)
            return first[which], counts[which]
        return self._counts(keys)

    def _counts(self, keys: Keys) -> tuple[Numbers, Numbers]:
        first = np.searchsorted(self.keys, keys)
        return first, np.searchsorted(self.keys, keys, side="right") - first

    def at(self, first: Numbers, counts: Numbers) -> tuple[Numbers, Numbers, Bits]:
        """The forms of values as `counts` tells: which of them, the record, and whether it is that record's own."""
        which = np.repeat(np.arange(len(first)), counts)
        within = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
        form = self.forms[first[which] + within]
        return which, (form >> np.uint32(2)).astype(np.int64), (form & np.uint32(OWN)) != 0


@dataclass(frozen=True, slots=True)
class Places:
    """Places of one kind: that of each record, and how many each publication has of them, as a power of ten."""

    of: NDArray[np.uint32]
    many: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of all publications, and what is public of the same publication, marked as such.

    `all` are their records; those of publication number n are those from `bounds[n]` up to `bounds[n + 1]`, and
    `owner` says n for each.  The stems of context c are those from `starts[c]` up to `starts[c + 1]`.  `strong` forms
    tell by themselves, `weak` ones are two digits of tables.  `places` are rows, columns, and tables and paragraphs;
    each kind is numbered from `kinds` on, and `sizes` is how many figures each place has.  `ranked` are
    the records column by column, and `ranks` where among them each record is; `own` is
    the value of each as it is printed.
    """

    ids: tuple[str, ...]
    all: Set
    bounds: Numbers
    context_bounds: Numbers
    owner: NDArray[np.uint16] = field(repr=False)
    starts: Numbers = field(repr=False)
    strong: Forms = field(repr=False)
    weak: Forms = field(repr=False)
    places: tuple[Places, Places, Places] = field(repr=False)
    kinds: Numbers = field(repr=False)
    sizes: Numbers = field(repr=False)
    ranked: NDArray[np.uint32] = field(repr=False)
    ranks: NDArray[np.uint32] = field(repr=False)
    own: Keys = field(repr=False)
    _matters: dict[int, Matter] = field(repr=False, default_factory=dict)

    @classmethod
    def of(cls, secret: Mapping[str, Sequence[bytes]], public: Mapping[str, Sequence[bytes]]) -> Figures:
        """The index of packed sets by publication."""
        ids = tuple(sorted(secret))
        sets = []
        for name in ids:
            own = Set.joined([one for each in secret[name] for one in unpack(each)])
            known = Set.joined([one for each in public.get(name, ()) for one in unpack(each)])
            sets.append(own.beside(known))
        whole = Set.joined(sets)
        weak = (whole.form & np.uint32(WEAK)) != 0
        places = (whole.row, whole.stack, whole.block)
        sizes = [np.bincount(each, minlength=1).astype(np.int32) for each in places]
        kinds = np.cumsum([0, *map(len, sizes)])[:3]
        lengths = [len(each) for each in sets]
        owner = np.repeat(np.arange(len(sets), dtype=np.uint16), lengths)
        many = [_many(each, owner, len(sets)) for each in places]
        ranked = np.argsort(whole.stack, kind="stable").astype(np.uint32)
        row, column, block = (
            Places(place + np.uint32(first), each)
            for place, first, each in zip(places, kinds.tolist(), many, strict=True)
        )
        return cls(
            ids,
            whole.without_forms(),
            _bounds(lengths),
            _bounds([len(each.lengths) for each in sets]),
            owner,
            np.concatenate(([0], np.cumsum(whole.lengths, dtype=np.int64))),
            Forms.of(whole.key[~weak], whole.form[~weak]),
            Forms.of(whole.key[weak], whole.form[weak]),
            (row, column, block),
            kinds,
            np.concatenate(sizes),
            ranked,
            np.argsort(ranked).astype(np.uint32),
            _own(whole),
        )

    def __len__(self) -> int:
        return len(self.all)

    @property
    def size(self) -> int:
        """Bytes of memory."""
        forms = sum(
            each.keys.nbytes + each.forms.nbytes + each.sieve.nbytes for each in (self.strong, self.weak)
        )
        places = self.sizes.nbytes + sum(each.of.nbytes for each in self.places) + 3 * self.ranks.nbytes
        return self.all.size + self.owner.nbytes + self.starts.nbytes + forms + places

    def matter(self, owner: int) -> Matter:
        """What the labels of the publication with this number say."""
        known = self._matters.get(owner)
        if known is None:
            known = self._matters[owner] = Matter.of(self, owner)
        return known


_MANY: Final = 2_000
_SIEVE_BITS: Final = 24


def _sieve(keys: Keys) -> NDArray[np.uint8]:
    sieve = np.zeros(1 << (_SIEVE_BITS - 3), np.uint8)
    bit = keys >> np.uint32(32 - _SIEVE_BITS)
    np.bitwise_or.at(
        sieve, bit >> np.uint32(3), np.left_shift(np.uint8(1), (bit & np.uint32(7)).astype(np.uint8))
    )
    return sieve


def _own(whole: Set) -> Keys:
    printed = (whole.form & np.uint32(OWN)) != 0
    own = np.zeros(len(whole), np.uint32)
    own[whole.form[printed] >> np.uint32(2)] = whole.key[printed]
    return own


def _many(place: NDArray[np.uint32], owner: NDArray[np.uint16], owners: int) -> NDArray[np.float64]:
    """How many places each publication has, as a power of ten."""
    first = np.unique(place, return_index=True)[1]
    return np.log10(np.maximum(1, np.bincount(owner[first], minlength=owners)))


def _bounds(lengths: Sequence[int]) -> Numbers:
    return np.concatenate(([0], np.cumsum(np.array(lengths, np.int64))))
