"""The vocabulary: chunks of folded text (what stands between two spaces) as small numbers, with what each of them says.

A chunk is looked at once; every later time all chunks of a text are hashed and found in one go, on whole arrays.  What
a chunk says lies in columns: its words as keyed hashes (`shingles`), and whatever else is asked of it.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from gateway.features.atoms import Atoms, Sayings
from gateway.features.shingles import Features, hashes, words_of_each

PIECE: Final = 100_000
"""Characters of a text that may be read at a time."""
_MOST: Final = 100_000
"""Chunks that are remembered: some 10 MB; those of a year of one office's mail begin to repeat well before."""
_MOST_SAID: Final = 5 * _MOST
"""Words and numbers of all these together, another 10 MB: a line of a table without spaces is one chunk of many."""
_BITS: Final = 19
"""Of the number of slots: more than twice those remembered and as many as one piece can add."""
_HYPHEN: Final = 45
_KEYS: Final = 4
_SHELF: Final = 4

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Chunks:
    """A text as its chunks: the hashes of all their words one after the other, and how many words each of them has.

    `atoms` is what they say as numbers and as labels of numbers.
    """

    words: Features
    counts: Numbers
    atoms: Atoms

    @classmethod
    def joined(cls, texts: Sequence[Chunks]) -> Chunks:
        """Several texts as one."""
        if len(texts) == 1:
            return texts[0]
        words = np.concatenate([np.empty(0, np.uint64), *(each.words for each in texts)])
        counts = np.concatenate([np.empty(0, np.int64), *(each.counts for each in texts)])
        return cls(words, counts, Atoms.joined([each.atoms for each in texts]))


class Vocabulary:
    """Chunks under one key.  Not to be shared by threads: `lent` gives each caller one of its own."""

    def __init__(self, key: bytes) -> None:
        self._hash_of = hashes(key)
        self._rolling = _rolling(key)
        self._slots = _Slots()
        self._parted = array("b")
        self._first = array("q")
        self._count = array("q")
        self._hashes = array("Q")
        self._sayings = Sayings(key)

    def read(self, folded: str) -> Chunks:
        """The chunks of a folded text of at most PIECE characters."""
        if len(self._first) > _MOST or len(self._hashes) + len(self._sayings) > _MOST_SAID:
            self._forget()
        data = folded.encode("utf-8", "surrogatepass")
        numbers = self._numbers(data)
        return self._said(numbers)

    def _numbers(self, data: bytes) -> Numbers:
        """The number of each chunk; a word that was parted at the end of a line is one chunk, then an empty one."""
        numbers, starts, ends = self._looked_up(data)
        places = np.flatnonzero(_view(self._parted, "i1")[numbers[:-1]])
        if len(places):
            empty, *joined = self._looked_up(b" ".join((b"", *_joined(data, starts, ends, places))))[0]
            numbers[places + 1] = empty
            numbers[places[_run_starts(places)]] = joined
        return numbers

    def _looked_up(self, data: bytes) -> tuple[Numbers, Numbers, Numbers]:
        """The number of each chunk, and where it begins and ends; what was never met before is met now."""
        starts, ends, hashed = self._rolling.chunks(data)
        numbers = self._slots.numbers(hashed)
        unknown = np.flatnonzero(numbers < 0)
        if len(unknown):
            new = unknown[np.unique(hashed[unknown], return_index=True)[1]]
            met = len(self._first)
            spans = zip(starts[new].tolist(), ends[new].tolist(), strict=True)
            self._meet([data[start:end] for start, end in spans])
            self._slots.add(hashed[new], np.arange(met, met + len(new)))
            numbers[unknown] = self._slots.numbers(hashed[unknown])
        return numbers, starts, ends

    def _meet(self, chunks: list[bytes]) -> None:
        """Take down what chunks say."""
        found, counts = words_of_each(chunks)
        self._parted.extend([len(chunk) > 1 and chunk[-1] == _HYPHEN for chunk in chunks])
        self._first.frombytes((np.cumsum(counts) - counts + len(self._hashes)).tobytes())
        self._count.frombytes(counts.tobytes())
        self._hashes.frombytes(self._hash_of.of(found).tobytes())
        self._sayings.add(chunks)

    def _said(self, numbers: Numbers) -> Chunks:
        first, count = _view(self._first, "=i8")[numbers], _view(self._count, "=i8")[numbers]
        ends = np.cumsum(count)
        # Of each chunk as many hashes as it has words, one after the other.
        within = np.arange(ends[-1]) + np.repeat(first - ends + count, count)
        return Chunks(_view(self._hashes, "=u8")[within], count, self._sayings.of(numbers))

    def _forget(self) -> None:
        self._slots = _Slots()
        self._sayings.forget()
        for column in (self._parted, self._first, self._count, self._hashes):
            del column[:]


class _Slots:
    """An open table: hash (never 0) -> number; it has room for twice what is ever in it."""

    def __init__(self) -> None:
        self._hashes = np.zeros(1 << _BITS, np.uint64)
        self._numbers = np.full(1 << _BITS, -1, np.int64)

    def numbers(self, hashed: Features) -> Numbers:
        """The number of each hash; -1 where it was not added."""
        slots = _first_slots(hashed)
        found = self._hashes[slots]
        numbers = self._numbers[slots]
        astray = np.flatnonzero((found != hashed) & (found != 0))
        while len(astray):
            slots[astray] = (slots[astray] + 1) & _LAST
            found[astray] = self._hashes[slots[astray]]
            numbers[astray] = self._numbers[slots[astray]]
            astray = astray[(found[astray] != hashed[astray]) & (found[astray] != 0)]
        return numbers

    def add(self, hashed: Features, numbers: Numbers) -> None:
        """Keep numbers of hashes, none of which is there yet, each once."""
        slots, waiting = _first_slots(hashed), np.arange(len(hashed))
        while len(waiting):
            free = waiting[self._hashes[slots[waiting]] == 0]
            self._hashes[slots[free]] = hashed[free]
            # Of several that want one slot, the last has it.
            self._numbers[slots[free]] = numbers[free]
            waiting = waiting[self._hashes[slots[waiting]] != hashed[waiting]]
            slots[waiting] = (slots[waiting] + 1) & _LAST


_LAST: Final = (1 << _BITS) - 1
_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)


def _first_slots(hashed: Features) -> Numbers:
    slots: Numbers = ((hashed * _SPREAD) >> np.uint64(64 - _BITS)).astype(np.int64)
    return slots


class _Rolling:
    """Hashes of all chunks of a text from the running sum of one polynomial over its bytes, modulo 2**64."""

    def __init__(self, key: bytes) -> None:
        drawn = b"".join(
            blake2b(bytes([byte]), key=key, digest_size=8, person=b"byte").digest() for byte in range(256)
        )
        self._of_byte = np.frombuffer(drawn, "<u8").astype(np.uint64)
        factor = int.from_bytes(blake2b(key=key, digest_size=8, person=b"factor").digest(), "little") | 1
        self._powers = _powers(factor)
        self._inverse = _powers(pow(factor, -1, 1 << 64))

    def chunks(self, data: bytes) -> tuple[Numbers, Numbers, Features]:
        """Where each chunk begins and ends, and its hash (never 0)."""
        seen = np.frombuffer(data, np.uint8)
        spaces = np.flatnonzero(seen == 32)
        starts, ends = np.append(0, spaces + 1), np.append(spaces, len(seen))
        sums = np.zeros(len(seen) + 1, np.uint64)
        np.cumsum(self._of_byte[seen] * self._powers[: len(seen)], out=sums[1:])
        hashed = (sums[ends] - sums[starts]) * self._inverse[starts]
        return starts, ends, np.maximum(hashed + (ends - starts).astype(np.uint64), np.uint64(1))


def _powers(factor: int) -> Features:
    """The powers of a factor from 1 on, as many as a piece can have bytes, and one more."""
    powers = np.full(4 * PIECE + 1, factor, np.uint64)
    powers[0] = 1
    return np.cumprod(powers, dtype=np.uint64)


_rolling = lru_cache(maxsize=_KEYS)(_Rolling)


def _run_starts(places: Numbers) -> Numbers:
    """Which of some places in order begin a run of places that follow each other."""
    return np.flatnonzero(np.diff(places, prepend=-2) > 1)


def _joined(data: bytes, starts: Numbers, ends: Numbers, places: Numbers) -> Iterator[bytes]:
    """Each word that was parted, from all its pieces without the hyphens between them."""
    for run in np.split(places, _run_starts(places)[1:]):
        pieces = [
            data[start : end - 1] for start, end in zip(starts[run].tolist(), ends[run].tolist(), strict=True)
        ]
        last = int(run[-1]) + 1
        yield b"".join([*pieces, data[starts[last] : ends[last]]])


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
