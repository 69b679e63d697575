"""What very many chunks say, worked out for all of them at once: plain words and numbers, with marks around them.

It says of each just what `saying.atoms` does, which is asked once for each way in which marks stand around a word or a
number.  A mail of a million different words would take half a minute otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gateway.features.figure import MOST_DIGITS
from gateway.features.found import digits_of
from gateway.features.numberwords import FIXED, SPELLED, Says
from gateway.features.saying import Atom
from gateway.features.stems import EVERYDAY, STOP, SUFFIXES, least_left

Numbers = NDArray[np.int64]
Bytes = NDArray[np.uint8]
Bits = NDArray[np.bool_]
Ask = Callable[[str], list[Atom]]
"""What one chunk says: `saying.atoms`, or `saying.of_piece`."""

_LONGEST: Final = 18
"""Characters of a number with its points and commas, so that it fits an integer of 64 bits."""
_AROUND: Final = 4
"""Bytes of marks on either side of a word or a number."""
_DIGIT, _LETTER, _POINT, _COMMA, _OTHER = 1, 2, 4, 8, 16
_KINDS: Final = np.full(256, _OTHER, np.uint8)
_KINDS[48:58], _KINDS[97:123], _KINDS[46], _KINDS[44], _KINDS[32] = _DIGIT, _LETTER, _POINT, _COMMA, 0
_TENS: Final = 10 ** np.arange(_LONGEST + 1, dtype=np.int64)
_MOST_WAYS: Final = 2_000
"""Ways to put marks around words and numbers that are asked for; of more, chunk by chunk."""
_SAMPLE_WORD: Final = "zzzyxzz"
_SAMPLES: Final = {0: ("11115", 11115, 0), _POINT: ("11.5", 115, -1), _COMMA: ("1,115", 1115, 0)}
"""A number of each kind (of digits alone, with a point, in groups), its mantissa and exponent."""
_OWN_WAY: Final = frozenset((*FIXED, *SPELLED, *EVERYDAY, *STOP))
"""Words that say something of their own."""


class Told(NamedTuple):
    """What those chunks say that say one thing: which they are, and the stem of each.

    `numbers` are their flags, mantissas and exponents, in three rows.
    """

    which: Numbers
    numbers: Numbers
    stems: list[str]

    @classmethod
    def of(cls, which: Numbers, says: Numbers, stems: list[str]) -> Told:
        """Without numbers."""
        nothing = np.zeros(len(which), np.int64)
        return cls(which, np.stack((says, nothing, nothing)), stems)

    @classmethod
    def joined(cls, parts: Sequence[Told]) -> Told:
        """Several lots as one."""
        return cls(
            np.concatenate([each.which for each in parts]),
            np.concatenate([each.numbers for each in parts], axis=1),
            [stem for each in parts for stem in each.stems],
        )


@dataclass(frozen=True, slots=True)
class _Crowd:
    """Chunks as bytes, with a space before the first and after each; where each begins and ends."""

    data: bytes
    seen: Bytes
    starts: Numbers
    ends: Numbers

    @classmethod
    def of(cls, chunks: Sequence[bytes]) -> _Crowd:
        """Of chunks without spaces."""
        margin = b" " * (_LONGEST + _AROUND)
        data = b"".join((margin, b" ".join(chunks), margin))
        lengths = np.fromiter(map(len, chunks), np.int64, len(chunks))
        ends = np.cumsum(lengths + 1) - 1 + len(margin)
        return cls(data, np.frombuffer(data, np.uint8), ends - lengths, ends)

    def cores(self, kind: int) -> tuple[Numbers, Numbers]:
        """Where the first character of a kind stands in each chunk, and where the last one ends; some have none."""
        places = np.flatnonzero(_KINDS[self.seen] == kind)
        if not len(places):
            return self.ends, self.ends
        first = places[np.minimum(places.searchsorted(self.starts), len(places) - 1)]
        last = places[np.maximum(0, places.searchsorted(self.ends) - 1)] + 1
        there = (first >= self.starts) & (first < self.ends)
        return np.where(there, first, self.ends), np.where(there, last, self.ends)

    def held(self, kinds: int, first: Numbers, last: Numbers) -> Numbers:
        """How many characters of these kinds stand between places."""
        summed = np.zeros(len(self.seen) + 1, np.int64)
        np.cumsum((_KINDS[self.seen] & kinds) != 0, out=summed[1:])
        return summed[last] - summed[first]

    def marks(self, some: Numbers, first: Numbers, last: Numbers) -> Numbers:
        """The bytes before and after the cores of some chunks as one number each."""
        packed = np.zeros(len(some), np.uint64)
        before, after = first - self.starts[some], self.ends[some] - last
        for step in range(_AROUND):
            ahead = np.where(step < before, self.seen[first - 1 - step], 0)
            behind = np.where(step < after, self.seen[last + step], 0)
            packed |= ahead.astype(np.uint64) << np.uint64(8 * step)
            packed |= behind.astype(np.uint64) << np.uint64(8 * (_AROUND + step))
        return packed.view(np.int64)


def told(chunks: Sequence[bytes], ask: Ask) -> Told:
    """What plain words and numbers among folded chunks (in UTF-8, without spaces) say; linear, never raises."""
    crowd = _Crowd.of(chunks)
    found = Told.joined([_words(crowd, ask), *_numbers(crowd, ask)])
    return Told.joined([found, _tangles(crowd, found.which)])


def _tangles(crowd: _Crowd, known: Numbers) -> Told:
    """Letters and digits in one, without three letters in a row and no number with a unit: they say nothing."""
    letters, digits = (crowd.held(kind, crowd.starts, crowd.ends) for kind in (_LETTER, _DIGIT))
    letter = _KINDS[crowd.seen] == _LETTER
    row = np.zeros(len(letter) + 1, np.int64)
    np.cumsum(letter[:-2] & letter[1:-1] & letter[2:], out=row[1:-2])
    some = (letters > 2) & (digits > 0) & (letters + digits == crowd.ends - crowd.starts)
    some &= row[crowd.ends - 2] == row[crowd.starts]
    some[known] = False
    which = np.flatnonzero(some)
    return Told.of(which, np.zeros(len(which), np.int64), [""] * len(which))


class _Way(NamedTuple):
    """One way in which marks stand around something: the chunks it is said of, and what the sample says."""

    some: Numbers
    sample: Atom
    bare: bool


def _ways(
    crowd: _Crowd, ask: Ask, some: Numbers, first: Numbers, last: Numbers, sample: str
) -> Iterator[_Way]:
    """The chunks by what stands around their cores; `bare`: nothing after it."""
    marks = crowd.marks(some, first, last)
    order = np.argsort(marks, kind="stable")
    bounds = np.flatnonzero(np.diff(marks[order])) + 1
    if not len(some) or len(bounds) >= _MOST_WAYS:
        return
    for group in np.split(order, bounds):
        one = int(group[0])
        number = int(some[one])
        before = crowd.data[int(crowd.starts[number]) : int(first[one])].decode("utf-8", "surrogatepass")
        after = crowd.data[int(last[one]) : int(crowd.ends[number])].decode("utf-8", "surrogatepass")
        said = ask(f"{before}{sample}{after}")
        # What stands before a number may be part of it, and some marks make pieces.
        if len(said) == 1 and not (set(".,").intersection(before) or set(";|=<>").intersection(after)):
            yield _Way(group, said[0], not after)


def _words(crowd: _Crowd, ask: Ask) -> Told:
    """Words of three letters and more."""
    first, last = crowd.cores(_LETTER)
    plain = (last - first >= 3) & (first - crowd.starts <= _AROUND) & (crowd.ends - last <= _AROUND)
    some = np.flatnonzero(plain)
    first, last = first[some], last[some]
    kept = crowd.held(_LETTER, first, last) == last - first
    kept &= crowd.held(_DIGIT, crowd.starts[some], crowd.ends[some]) == 0
    # An address is told by the full stop behind these.
    kept &= (crowd.seen[last - 1] != 119) | (crowd.seen[last] != 46)
    some, first, last = some[kept], first[kept], last[kept]
    says = np.zeros(len(some), np.int64)
    for way in _ways(crowd, ask, some, first, last, _SAMPLE_WORD):
        if way.sample.stem == _SAMPLE_WORD:
            says[way.some] = way.sample.says
    at = np.flatnonzero(says)
    some, first, last, says = some[at], first[at], last[at], says[at]
    spans = zip(first.tolist(), last.tolist(), _dropped(crowd.seen, first, last).tolist(), strict=True)
    text = crowd.data.decode("latin-1")
    whole, stems = [], []
    for start, end, drop in spans:
        whole.append(text[start:end])
        stems.append(text[start : end - drop])
    foreign = [number for number, word in enumerate(whole) if word not in _OWN_WAY]
    return Told.of(some[foreign], says[foreign], [stems[number] for number in foreign])


def _dropped(seen: Bytes, first: Numbers, last: Numbers) -> Numbers:
    """How many letters `stems.stem` takes from the end of each word."""
    tail = np.zeros(len(first), np.uint64)
    for step in range(8):
        tail |= seen[last - 1 - step].astype(np.uint64) << np.uint64(8 * step)
    length, dropped = last - first, np.zeros(len(first), np.int64)
    for suffix in sorted(SUFFIXES, key=len):
        size = len(suffix)
        code = np.uint64(int.from_bytes(suffix.encode()[::-1], "little"))
        mask = np.uint64((1 << 8 * size) - 1)
        dropped[((tail & mask) == code) & (length >= size + least_left(suffix))] = size
    return dropped


def _numbers(crowd: _Crowd, ask: Ask) -> Iterator[Told]:
    """Numbers of digits, with a point, or in groups of three; and what of their form says nothing."""
    first, last = crowd.cores(_DIGIT)
    length = last - first
    plain = (length >= 1) & (length <= _LONGEST)
    plain &= (first - crowd.starts <= _AROUND) & (crowd.ends - last <= _AROUND)
    some = np.flatnonzero(plain)
    first, last = first[some], last[some]
    for kind, at in _kinds(crowd, first, last):
        yield from _numbers_of(crowd, ask, some[at], first[at], last[at], kind)


def _kinds(crowd: _Crowd, first: Numbers, last: Numbers) -> Iterator[tuple[int, Numbers]]:
    """Which cores are digits alone, which have one point, which have commas where groups of three end."""
    length = last - first
    points, commas = crowd.held(_POINT, first, last), crowd.held(_COMMA, first, last)
    digits = crowd.held(_DIGIT, first, last)
    grouped = (points == 0) & (commas > 0) & (digits + commas == length) & (commas == (length - 1) // 4)
    for step in range(3, _LONGEST, 4):
        grouped &= (step >= length) | (crowd.seen[last - 1 - step] == 44)
    long = (length == 1) | (crowd.seen[first] != 48)
    yield 0, np.flatnonzero(digits == length)
    yield (
        _POINT,
        np.flatnonzero((points == 1) & (digits + 1 == length) & (long | (crowd.seen[first + 1] == 46))),
    )
    yield _COMMA, np.flatnonzero(grouped & long)


def _numbers_of(
    crowd: _Crowd, ask: Ask, some: Numbers, first: Numbers, last: Numbers, kind: int
) -> Iterator[Told]:
    sample, mantissa, exponent = _SAMPLES[kind]
    says, powers = (np.zeros(len(some), np.int64) for _ in range(2))
    bare = np.zeros(len(some), np.bool_)
    for way in _ways(crowd, ask, some, first, last, sample):
        own = way.sample
        if own.says & Says.NUMBER and own.mantissa == mantissa:
            says[way.some], powers[way.some] = own.says, own.exponent - exponent
            bare[way.some] = way.bare
        elif not own.says & (Says.NUMBER | Says.DIGITS) and not own.mantissa:
            yield Told.of(some[way.some], np.full(len(way.some), own.says), [own.stem] * len(way.some))
    value, behind = _values(crowd.seen, first, last)
    length, nought = last - first, crowd.seen[first] == 48
    # With a unit or a sign of money, what begins with noughts is no number.
    coded = nought & (length > 1) & (kind == 0) & ((says & Says.DIGITS) == 0)
    at = np.flatnonzero((says != 0) & ~coded)
    says = says[at]
    if kind == 0:
        says = _of_digits(says, value[at], length[at], bare=bare[at], nought=nought[at])
    settled = _settled(value[at], (powers - behind)[at])
    yield Told(some[at], np.stack((says, *settled)), [""] * len(at))


def _values(seen: Bytes, first: Numbers, last: Numbers) -> tuple[Numbers, Numbers]:
    """The digits between places as one number, and how many of them stand behind a point."""
    value, behind = np.zeros(len(first), np.int64), np.zeros(len(first), np.int64)
    for step in range(int((last - first).max(initial=0))):
        byte = seen[np.minimum(first + step, last - 1)]
        there = first + step < last
        digit = there & (byte >= 48) & (byte < 58)
        value = np.where(digit, value * 10 + (byte.astype(np.int64) - 48), value)
        behind[there & (byte == 46)] = (last - first - step - 1)[there & (byte == 46)]
    return value, behind


def _of_digits(says: Numbers, value: Numbers, length: Numbers, *, bare: Bits, nought: Bits) -> Numbers:
    """What digits alone say besides, by how many they are: see `saying._digits` and `saying._number`."""
    digits = (says & Says.DIGITS) != 0
    nought &= digits
    says = says | np.where(digits & (length == 3), Says.THREE, 0)
    says &= ~np.where(nought, Says.NUMBER, 0)
    says |= np.where(nought & (length > 1), Says.PHONE, 0)
    says |= np.where(bare & (length <= 3) & ~nought, Says.FIRST, 0)
    says |= np.where(digits & ~nought & (length <= 2), Says.SMALL, 0)
    year = np.where(length == 8, value // 10_000, value)
    month, day = value // 100 % 100, value % 100
    period = (year >= 1900) & (year < 2100) & ((length == 4) | ((length == 8) & (month <= 12) & (day <= 31)))
    says |= np.where(digits & ~nought & period, Says.YEAR, 0)
    return says


def _settled(value: Numbers, exponent: Numbers) -> tuple[Numbers, Numbers]:
    """As `saying._settled`: no noughts at the ends of whole numbers, and at most so many digits."""
    value, exponent = value.copy(), exponent.copy()
    some = np.flatnonzero((exponent == 0) & (value >= 100) & (value % 10 == 0))
    while len(some):
        value[some] //= 10
        exponent[some] += 1
        some = some[(value[some] >= 100) & (value[some] % 10 == 0)]
    excess = np.maximum(0, digits_of(value) - MOST_DIGITS)
    cut = (value + np.where(excess > 0, _TENS[excess] // 2, 0)) // _TENS[excess]
    over = (excess > 0) & (cut >= 10**MOST_DIGITS)
    return np.where(over, cut // 10, cut), exponent + excess + over
