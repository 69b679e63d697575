"""Atoms of texts in arrays: what each chunk says, gathered for a whole text at once.

`Sayings` holds what every chunk met so far says, in columns; `Atoms` is one text.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gateway.features.saying import NOTHING, Atom, atoms

Numbers = NDArray[np.int64]
Bits = NDArray[np.bool_]

_MOST_STEMS: Final = 200_000


@dataclass(frozen=True, slots=True)
class Atoms:
    """A text: for each atom its flags (`saying.Says`), mantissa, exponent, and the keyed hash of its stem, or 0.

    `counts` is how many atoms each chunk has.
    """

    says: Numbers
    mantissa: Numbers
    exponent: Numbers
    stem: NDArray[np.uint32]
    counts: Numbers

    def __len__(self) -> int:
        return len(self.says)

    def between(self, start: int, end: int) -> Atoms:
        """Those of the chunks from one number up to another."""
        low = int(self.counts[:start].sum())
        return self.part(start, end, low, low + int(self.counts[start:end].sum()))

    def part(self, start: int, end: int, first: int, last: int) -> Atoms:
        """Those of the chunks from `start` up to `end`, which are the atoms from `first` up to `last`."""
        part = slice(first, last)
        return Atoms(
            self.says[part], self.mantissa[part], self.exponent[part], self.stem[part], self.counts[start:end]
        )

    @classmethod
    def joined(cls, texts: Sequence[Atoms]) -> Atoms:
        """Several texts as one."""
        if len(texts) < 2:
            return texts[0] if texts else NO_ATOMS
        columns = ("says", "mantissa", "exponent", "stem", "counts")
        return cls(*(np.concatenate([getattr(each, name) for each in texts]) for name in columns))


class Sayings:
    """What chunks say, by their numbers: 0 for the first that was added."""

    def __init__(self, key: bytes) -> None:
        self._stems = Stems(key)
        self._first = array("q")
        self._count = array("q")
        self._says = array("q")
        self._mantissa = array("q")
        self._exponent = array("q")
        self._stem = array("I")

    def __len__(self) -> int:
        """How many atoms all chunks have together."""
        return len(self._says)

    def add(self, chunk: str) -> None:
        """Take in the next chunk."""
        found = atoms(chunk)
        self._first.append(len(self._says))
        self._count.append(len(found))
        for atom in found:
            self._append(atom)

    def _append(self, atom: Atom) -> None:
        self._says.append(atom.says)
        self._mantissa.append(atom.mantissa)
        self._exponent.append(atom.exponent)
        self._stem.append(self._stems[atom.stem] if atom.stem else 0)

    def of(self, chunks: Numbers) -> Atoms:
        """The atoms of a text, which is the numbers of its chunks."""
        if not len(chunks):
            return NO_ATOMS
        at = _view(self._first, "i8")[chunks]
        count = _view(self._count, "i8")[chunks]
        if int(count.max()) > 1:
            ends = np.cumsum(count)
            # Of each chunk as many atoms as it has, one after the other.
            at = np.arange(ends[-1]) + np.repeat(at - ends + count, count)
        return Atoms(
            _view(self._says, "i8")[at],
            _view(self._mantissa, "i8")[at],
            _view(self._exponent, "i8")[at],
            _view(self._stem, "u4")[at],
            count,
        )

    def forget(self) -> None:
        """Begin again with chunk 0."""
        for column in (self._first, self._count, self._says, self._mantissa, self._exponent, self._stem):
            del column[:]


class Stems(dict[str, int]):
    """The keyed hash of each stem met, worked out once; never 0."""

    def __init__(self, key: bytes) -> None:
        super().__init__()
        self._key = key[:64]

    def __missing__(self, stem: str) -> int:
        if len(self) >= _MOST_STEMS:
            self.clear()
        digest = blake2b(stem.encode(), key=self._key, digest_size=4, person=b"label").digest()
        return self.setdefault(stem, int.from_bytes(digest, "little") or 1)


def _view(column: array[int], kind: str) -> NDArray[Any]:
    return np.frombuffer(column, kind)


_PARTED: Final = re.compile(r"(?<=[a-z])- (?=[a-z])")
"""Where a word is parted at the end of a line."""
_EMPTY: Final = np.empty(0, np.int64)
NO_ATOMS: Final = Atoms(_EMPTY, _EMPTY, _EMPTY, np.empty(0, np.uint32), _EMPTY)


class Words(dict[str, int]):
    """Chunk -> number for texts that are read once, in registering and in explaining."""

    def __init__(self, key: bytes) -> None:
        super().__init__()
        self._sayings = Sayings(key)

    def __missing__(self, chunk: str) -> int:
        self._sayings.add(chunk)
        return self.setdefault(chunk, len(self))

    def read(self, folded: str) -> Atoms:
        """The atoms of a folded text."""
        chunks = _PARTED.sub("", folded).split(" ")
        return self._sayings.of(np.fromiter(map(self.__getitem__, chunks), np.int64, len(chunks)))


__all__ = ["NOTHING", "NO_ATOMS", "Atoms", "Bits", "Numbers", "Sayings", "Stems", "Words"]
