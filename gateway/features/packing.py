"""The set of a document's figures: arrays of keyed numbers, packed into bytes and back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gateway.features.atoms import Bits, Numbers
from gateway.features.figure import Unit

_VERSION: Final = b"F5"
OWN, WEAK = 1, 2
PROSE, EARLIER, PUBLIC = 1, 2, 4
_TYPES: Final = ("<u4", "<u4", "u1", "u1", "i1", "u1", "<u4", "<u4", "<u4", "<u4", "<u4", "<u4")


@dataclass(frozen=True, slots=True)
class Set:
    """Figures as records with their forms and their contexts.

    Of each form: `key` of its value, and `form`, four times the number of its record, and WEAK where a table has so few
    digits of it, and OWN where it is as printed.
    Of each record: `unit`, `digits`, `magnitude` (power of ten of its leading digit, and one), `prose` (PROSE where it
    stands in a sentence, EARLIER where that says that it was so before, PUBLIC where it is public), `row` and `column`
    (numbers of contexts), `block` (its table or paragraph) and `stack` (its column of that table).  Of each context how
    many stems it has (`lengths`); `stems` are those of all.
    """

    key: NDArray[np.uint32]
    form: NDArray[np.uint32]
    unit: NDArray[np.uint8]
    digits: NDArray[np.uint8]
    magnitude: NDArray[np.int8]
    prose: NDArray[np.uint8]
    row: NDArray[np.uint32]
    column: NDArray[np.uint32]
    block: NDArray[np.uint32]
    stack: NDArray[np.uint32]
    lengths: NDArray[np.uint32]
    stems: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.unit)

    @property
    def size(self) -> int:
        """Bytes of memory."""
        return sum(int(getattr(self, column.name).nbytes) for column in fields(self))

    @classmethod
    def joined(cls, sets: Sequence[Set]) -> Set:
        """Several sets as one, their records, contexts and blocks numbered through."""
        if not sets:
            return EMPTY
        moved, records, contexts, blocks, stacks = [], 0, 0, 0, 0
        for each in sets:
            moved.append(each._moved(records, contexts, blocks, stacks))
            records += len(each)
            contexts += len(each.lengths)
            blocks += int(each.block.max()) + 1 if len(each) else 0
            stacks += int(each.stack.max()) + 1 if len(each) else 0
        return cls(*(np.concatenate([getattr(each, c.name) for each in moved]) for c in fields(cls)))

    def _moved(self, records: int, contexts: int, blocks: int, stacks: int) -> Set:
        return Set(
            self.key, self.form + np.uint32(4 * records), self.unit, self.digits, self.magnitude, self.prose,
            self.row + np.uint32(contexts), self.column + np.uint32(contexts), self.block + np.uint32(blocks),
            self.stack + np.uint32(stacks), self.lengths, self.stems,
        )  # fmt: skip

    def without_forms(self) -> Set:
        """The records and their contexts alone."""
        return replace(self, key=_NUMBERS, form=_NUMBERS)

    def beside(self, public: Set) -> Set:
        """The set without the figures that are surely public, and the public figures of sentences, marked as such.

        What is told by more than three digits is public whatever its label, what stands in a table under a common one.
        Of what a sentence says by few digits only the words of a mail tell whether it is the public figure.
        """
        if not len(public) or not len(self):
            return self
        gone = np.zeros(len(self), np.bool_)
        told = self.digits > _TOLD
        for mine, theirs in _equal(self, public):
            gone[mine[told[mine]]] = True
            left = ~gone[mine] & (self.prose[mine] & PROSE == 0)
            gone[mine[left][_alike(self, public, mine[left], theirs[left])]] = True
        said = public._kept((public.prose & PROSE) != 0)
        return Set.joined([self._kept(~gone), replace(said, prose=said.prose | np.uint8(PUBLIC))])

    @property
    def starts(self) -> Numbers:
        """Where the stems of each context begin, with one more at the end."""
        return np.concatenate((np.zeros(1, np.int64), np.cumsum(self.lengths, dtype=np.int64)))

    def _kept(self, kept: Bits) -> Set:
        number = np.cumsum(kept) - 1
        record = self.form >> np.uint32(2)
        forms = kept[record]
        return replace(
            self,
            key=self.key[forms],
            form=(number[record[forms]] * 4 + (self.form[forms] & 3)).astype(np.uint32),
            unit=self.unit[kept],
            digits=self.digits[kept],
            magnitude=self.magnitude[kept],
            prose=self.prose[kept],
            row=self.row[kept],
            column=self.column[kept],
            block=self.block[kept],
            stack=self.stack[kept],
        )


_TOLD: Final = 3
"""Digits beyond which the same value is the same figure, whatever is said of it."""
_SAME_LABEL: Final = 0.2
"""The share of the words of a label that make another one the same."""


def _equal(one: Set, other: Set) -> Iterator[tuple[Numbers, Numbers]]:
    """Pairs of records with the same value at the coarser precision of both."""
    order = np.argsort(other.key, kind="stable")
    keys, form = other.key[order], other.form[order]
    low, high = np.searchsorted(keys, one.key), np.searchsorted(keys, one.key, side="right")
    for step in range(int((high - low).max(initial=0))):
        at = np.flatnonzero(low + step < high)
        mine, theirs = one.form[at], form[low[at] + step]
        fits = ((mine | theirs) & OWN) != 0
        yield (mine[fits] >> 2).astype(np.int64), (theirs[fits] >> 2).astype(np.int64)


def _alike(one: Set, other: Set, mine: Numbers, theirs: Numbers) -> Bits:
    """Whether the labels of pairs of records have enough words in common."""
    contexts = np.repeat(np.arange(len(other.lengths)), other.lengths)
    known = np.unique(contexts << 32 | other.stems)
    common, said = np.zeros(len(mine)), np.zeros(len(mine))
    for context in (one.row, one.column):
        at = context[mine].astype(np.int64)
        counts = one.lengths[at].astype(np.int64)
        which = np.repeat(np.arange(len(mine)), counts)
        within = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts) + one.starts[at][which]
        asked = one.stems[within]
        there = np.zeros(len(asked), np.bool_)
        for place in (other.row, other.column):
            key = place[theirs].astype(np.int64)[which] << 32 | asked
            there |= (
                known[np.minimum(np.searchsorted(known, key), len(known) - 1)] == key if len(known) else False
            )
        common += np.bincount(which, there, len(mine))
        said += counts
    enough: Bits = common >= np.maximum(1.0, _SAME_LABEL * said)
    return enough


def pack(sets: Sequence[Set]) -> bytes:
    """Sets as bytes, one after the other as one."""
    whole = Set.joined(sets)
    arrays = [
        getattr(whole, column.name).astype(kind) for column, kind in zip(fields(Set), _TYPES, strict=True)
    ]
    lengths = np.array([len(each) for each in arrays], "<u4")
    return b"".join((_VERSION, lengths.tobytes(), *(each.tobytes() for each in arrays)))


def unpack(content: bytes) -> Iterator[Set]:
    """The set that was packed.  Raises ValueError for bytes of another make."""
    if not content.startswith(_VERSION):
        raise ValueError("not a set of figures of this version")
    at = len(_VERSION) + 4 * len(_TYPES)
    arrays = []
    for kind, length in zip(
        _TYPES, np.frombuffer(content, "<u4", len(_TYPES), len(_VERSION)).tolist(), strict=True
    ):
        arrays.append(np.frombuffer(content, kind, length, at))
        at += length * np.dtype(kind).itemsize
    found = Set(*arrays)
    if not _sound(found):
        raise ValueError("a set of figures that points beyond itself")
    yield found


def _sound(found: Set) -> bool:
    """Whether every number that points into the set does: whoever has the tracing key can write any."""
    records, contexts = len(found.unit), len(found.lengths)
    each = (found.digits, found.magnitude, found.prose, found.row, found.column, found.block, found.stack)
    return (
        all(len(column) == records for column in each)
        and len(found.key) == len(found.form)
        and _below(found.form >> np.uint32(2), records)
        and _below(found.unit, len(Unit))
        and _below(found.row, contexts)
        and _below(found.column, contexts)
        and _below(found.block, _MOST_PLACES)
        and _below(found.stack, _MOST_PLACES)
        and int(found.lengths.sum(dtype=np.int64)) == len(found.stems)
    )


def _below(numbers: NDArray[np.uint32] | NDArray[np.uint8], bound: int) -> bool:
    return not len(numbers) or int(numbers.max()) < bound


_MOST_PLACES: Final = 1 << 24
"""Paragraphs, rows and tables of one document, none of which has a million figures."""

_NUMBERS: Final = np.empty(0, np.uint32)
EMPTY: Final = Set(
    _NUMBERS, _NUMBERS, np.empty(0, np.uint8), np.empty(0, np.uint8), np.empty(0, np.int8), np.empty(0, np.uint8),
    _NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS,
)  # fmt: skip
