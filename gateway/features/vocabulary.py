"""The vocabulary: chunks of folded text (what stands between two spaces) as small numbers, with what each of them says.

A chunk is looked at once; every later time it costs one look into a dictionary, and all that follows is done on whole
arrays.  What a chunk says lies in columns: its words as keyed hashes (`shingles`), and what it says as a number.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from gateway.features.shingles import Features, hashes, whole, words

_MOST: Final = 100_000
"""Chunks that are remembered: some 20 MB; those of a year of one office's mail begin to repeat well before."""
_LONGEST: Final = 64
"""Characters of the longest chunk that is remembered; longer ones are addresses and encoded bytes, each met once."""
_KEYS: Final = 4
_SHELF: Final = 4

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Chunks:
    """A text as its chunks: their words' hashes one after the other."""

    words: Features

    @classmethod
    def joined(cls, texts: Sequence[Chunks]) -> Chunks:
        """Several texts as one."""
        return cls(np.concatenate([np.empty(0, np.uint64), *(each.words for each in texts)]))


class Vocabulary(dict[str, int]):
    """Chunk -> number, under one key.  Not to be shared by threads: `lent` gives each caller one of its own."""

    def __init__(self, key: bytes) -> None:
        super().__init__()
        self._hash_of = hashes(key)
        self._met = 0
        self._first = array("q")
        self._count = array("q")
        self._hashes = array("Q")

    def __missing__(self, chunk: str) -> int:
        number, self._met = self._met, self._met + 1
        found = words(chunk)
        self._first.append(len(self._hashes))
        self._count.append(len(found))
        self._hashes.frombytes(b"".join(map(self._hash_of.__getitem__, found)))
        if len(chunk) <= _LONGEST:
            self[chunk] = number
        return number

    def read(self, folded: str) -> Chunks:
        """The chunks of a folded text."""
        if self._met > _MOST:
            self._forget()
        parted = whole(folded).split(" ")
        numbers = np.fromiter(map(self.__getitem__, parted), np.int64, len(parted))
        return Chunks(self._words(numbers))

    def _words(self, numbers: Numbers) -> Features:
        first, count = _view(self._first, "=i8")[numbers], _view(self._count, "=i8")[numbers]
        ends = np.cumsum(count)
        # Of each chunk as many hashes as it has words, one after the other.
        within = np.arange(ends[-1]) + np.repeat(first - ends + count, count)
        found: Features = _view(self._hashes, "<u8")[within].astype(np.uint64, copy=False)
        return found

    def _forget(self) -> None:
        self.clear()
        self._met = 0
        for column in (self._first, self._count, self._hashes):
            del column[:]


@contextmanager
def lent(key: bytes) -> Iterator[Vocabulary]:
    """A vocabulary under a key (16 to 64 bytes) that nobody else has until it is given back."""
    shelf = _shelf(key)
    try:
        one = shelf.pop()
    except IndexError:
        one = Vocabulary(key)
    yield one
    # One that was left in the middle of a text is not given back: its columns may not fit.
    shelf.append(one)


@lru_cache(maxsize=_KEYS)
def _shelf(_key: bytes) -> deque[Vocabulary]:
    return deque(maxlen=_SHELF)


def _view(column: array[int], kind: str) -> npt.NDArray[Any]:
    return np.frombuffer(column, kind)
