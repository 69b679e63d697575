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

from gateway.features.crowd import Told, told
from gateway.features.saying import NOTHING, Atom, atoms, of_piece, pieces

Numbers = NDArray[np.int64]
Bits = NDArray[np.bool_]

_MOST_STEMS: Final = 200_000
_MANY, _LONG = 500, 8_000
"""Chunks, and bytes of all, from which on it is quicker to ask for all at once."""


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

    def add(self, chunks: Sequence[bytes]) -> None:
        """Take in the next chunks, in UTF-8 and without spaces."""
        if len(chunks) < _MANY and sum(map(len, chunks)) < _LONG:
            for chunk in chunks:
                self._take(atoms(_text(chunk)))
        else:
            self._crowd(chunks)

    def _take(self, found: Sequence[Atom]) -> None:
        self._first.append(len(self._says))
        self._count.append(len(found))
        for atom in found:
            self._append(atom)

    def _append(self, atom: Atom) -> None:
        self._says.append(atom.says)
        self._mantissa.append(atom.mantissa)
        self._exponent.append(atom.exponent)
        self._stem.append(self._stems[atom.stem] if atom.stem else 0)

    def _crowd(self, chunks: Sequence[bytes]) -> None:
        """Very many at once: what is plain, what is made of pieces, and the rest one by one."""
        first, count = np.zeros(len(chunks), np.int64), np.zeros(len(chunks), np.int64)
        plain = told(chunks, atoms)
        first[plain.which], count[plain.which] = self._extend(plain), 1
        left = np.flatnonzero(count == 0).tolist()
        parts = {number: found for number in left if (found := pieces(_text(chunks[number])))}
        at = self._pieces([each for found in parts.values() for each in found])
        for number in left:
            some = parts.get(number, [])
            first[number] = at if some else len(self)
            count[number] = len(some) or self._one(chunks[number])
            at += len(some)
        self._first.frombytes(first.tobytes())
        self._count.frombytes(count.tobytes())

    def _one(self, chunk: bytes) -> int:
        """Take down what one chunk says; how many atoms that is."""
        found = atoms(_text(chunk))
        for atom in found:
            self._append(atom)
        return len(found)

    def _pieces(self, found: list[str]) -> int:
        """Take down what pieces say, one atom each, one after the other; the place of the first."""
        number: dict[str, int] = {}
        # Cells of a table say the same again and again.
        which = np.array([number.setdefault(each, len(number)) for each in found], np.int64)
        once = [*number]
        plain = told([each.encode("utf-8", "surrogatepass") for each in once], of_piece)
        rest = np.setdiff1d(np.arange(len(once)), plain.which, assume_unique=True)
        said = [of_piece(once[each])[0] for each in rest.tolist()]
        numbers = np.array([each[:3] for each in said], np.int64).reshape(-1, 3).T
        both = Told.joined([plain, Told(rest, numbers, [each.stem for each in said])])
        order = np.argsort(both.which)[which]
        at = len(self)
        self._keep(both.numbers[:, order], self._stems.of(both.stems)[order])
        return at

    def _extend(self, some: Told) -> Numbers:
        """Take down some atoms; the place of each."""
        places = np.arange(len(self), len(self) + len(some.which))
        self._keep(some.numbers, self._stems.of(some.stems))
        return places

    def _keep(self, numbers: Numbers, stems: NDArray[np.uint32]) -> None:
        for column, values in zip((self._says, self._mantissa, self._exponent), numbers, strict=True):
            column.frombytes(values.tobytes())
        self._stem.frombytes(stems.tobytes())

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


def _text(chunk: bytes) -> str:
    return chunk.decode("utf-8", "surrogatepass")


class Stems(dict[str, int]):
    """The keyed hash of each stem met, worked out once; never 0."""

    def __init__(self, key: bytes) -> None:
        super().__init__()
        self._keyed = blake2b(key=key[:64], digest_size=4, person=b"label")

    def __missing__(self, stem: str) -> int:
        if len(self) >= _MOST_STEMS:
            self.clear()
        return self.setdefault(stem, self._hashed(stem))

    def _hashed(self, stem: str) -> int:
        keyed = self._keyed.copy()
        keyed.update(stem.encode())
        return int.from_bytes(keyed.digest(), "little") or 1

    def of(self, stems: Sequence[str]) -> NDArray[np.uint32]:
        """The hashes of stems, 0 for an empty one."""
        new = set(stems).difference(self)
        if len(self) + len(new) >= _MOST_STEMS:
            self.clear()
            new = set(stems)
        digests, copied = [], self._keyed.copy
        for stem in new:
            keyed = copied()
            keyed.update(stem.encode())
            digests.append(keyed.digest())
        hashed = np.maximum(1, np.frombuffer(b"".join(digests), "<u4"))
        self.update(zip(new, hashed.tolist(), strict=True))
        self[""] = 0
        return np.fromiter(map(self.__getitem__, stems), np.uint32, len(stems))


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
        self._sayings.add([chunk.encode("utf-8", "surrogatepass")])
        return self.setdefault(chunk, len(self))

    def read(self, folded: str) -> Atoms:
        """The atoms of a folded text."""
        chunks = _PARTED.sub("", folded).split(" ")
        return self._sayings.of(np.fromiter(map(self.__getitem__, chunks), np.int64, len(chunks)))


__all__ = ["NOTHING", "NO_ATOMS", "Atoms", "Bits", "Numbers", "Sayings", "Stems", "Words"]
