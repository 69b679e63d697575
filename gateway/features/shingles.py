"""Shingles: every run of five words of a text as one keyed 64-bit number, and the index of the registered ones.

A word is hashed once under the installation's key; a shingle is arithmetic on five such numbers.  So a text is words,
then one array, and everything after that is done on whole arrays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from itertools import groupby, islice, zip_longest
from typing import Final

import numpy as np
import numpy.typing as npt

from gateway.text import fold

Features = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]
Owners = npt.NDArray[np.uint16]

LENGTH: Final = 5
"""Words of a shingle: where every eighth word was changed, runs of seven are left; a column's lines have as few."""
STOCK: Final = 8
"""A shingle that so many registered publications have is a stock phrase: more than half a year of editions."""
_TELLING: Final = 1
"""Words of a shingle that must say something: `at the end of the` or `Jan Feb Mar Apr May` is no trace of anything."""
_MOST_WORDS: Final = 100_000
"""Words whose hashes are remembered: some 16 MB."""

_MANY: Final = 100_000
"""Places in a text with a registered shingle beyond which a repeated one counts where it stands first only."""

_GROUPED: Final = re.compile(rb",(?=[0-9]{3}(?![0-9]))")
_INNER: Final = b"-.'"
_APART: Final = bytes(code if code < 128 and chr(code).isalnum() else 32 for code in range(256))
_SPACE, _BORDER = 32, 0xFF
"""No text in UTF-8 has the second one: it stands between chunks."""
_EACH_APART: Final = _APART[:_BORDER] + bytes((_BORDER,))
_BORDER_AS_SPACE: Final = bytes(range(_BORDER)) + b" "
_FEW: Final = 100
"""Words, and chunks, up to which they are looked at one by one."""
_FACTORS: Final = np.array([pow(0x9E3779B97F4A7C15, power, 1 << 64) for power in range(LENGTH)], np.uint64)
_SMALL: Final = re.compile(
    rb"[0-9]{1,2}(?:am|pm|th|st|nd|rd|hrs)?|[0-9]{3,4}(?:am|pm)|(?:19|20)[0-9]{2}(?:[0-9]{2})?|[a-z]"
)
_UNTELLING: Final = frozenset(
    b"""
    a about above after all also am among an and any are as at be because been before being below between both but
    by can could did do does during each either end ending for from further had has have he her his how i if in into
    is it its least less many may more most much no nor not of off on one only or other our out over per she should
    so some such than that the their them then there these they this those through to two under until up upon us
    very was we were what when where which while who whose will with within would you your cent pc percent number
    total year years month months quarter quarters january february march april may june july august september
    october november december jan feb mar apr jun jul aug sep sept oct nov dec monday tuesday wednesday thursday
    friday saturday sunday q1 q2 q3 q4 north south east west midlands london yorkshire humber england wales scotland
    northern ireland united kingdom great britain uk gb office national statistics ons false true
    restricted confidential sensitive official officialsensitive embargo embargoed embargoes strictly publish published
    publication
    publishes release released releases broadcast access pre prerelease pra list lists lifted lifts expires immediate
    onward circulation circulate circulated forward forwarded forwarding share shared disclose disclosed discuss
    discussed contents content document documents email emails mail message correspondence recipient recipients sent
    replicate text banner marking attached attachment includes including indication indications favourable
    unfavourable figures figure data person people anyone else somebody think needs please contact must permission
    bst gmt noon midnight time date today tomorrow
    """.split()
)
"""Words that say nothing of one publication: grammar, periods, the regions and names that head any official table, and
what restricts every publication in the same words until it is out."""


def whole(folded: str) -> str:
    """Folded text in which a word that was parted at the end of a line is one, and no dash stands alone."""
    return folded.replace(" - ", " ").replace("- ", "") if "- " in folded else folded


def words(folded: bytes) -> list[bytes]:
    """The words of a folded text (as `whole` gives it) in UTF-8, or of a piece of one between two spaces, in order.

    Hyphens, full stops and apostrophes inside a word are left out, so that a word parted at the end of a line is the
    same word.  A figure is one word of its own, whatever groups its thousands: figures and periods are what an edition
    does not share with the one before it.
    """
    if b"," in folded:
        folded = _GROUPED.sub(b"", folded)
    return folded.translate(_APART, _INNER).split()


def words_of_each(chunks: Sequence[bytes]) -> tuple[list[bytes], Places]:
    """The words of some chunks, one after the other, and how many each has."""
    if len(chunks) < _FEW:
        each = [words(chunk) for chunk in chunks]
        return [word for found in each for word in found], np.array([len(found) for found in each], np.int64)
    joined = b"\xff".join(chunks)
    parted = (_GROUPED.sub(b"", joined) if b"," in joined else joined).translate(_EACH_APART, _INNER)
    seen = np.frombuffer(parted, np.uint8)
    inside = (seen != _SPACE) & (seen != _BORDER)
    begins = np.flatnonzero(inside & ~np.concatenate(([False], inside[:-1])))
    number = np.searchsorted(np.flatnonzero(seen == _BORDER), begins)
    found = parted.translate(_BORDER_AS_SPACE).split()
    return found, np.bincount(number, minlength=len(chunks)).astype(np.int64)


class Hashes(dict[bytes, int]):
    """The keyed hash (64 bits) of each word met, worked out once."""

    def __init__(self, key: bytes) -> None:
        super().__init__()
        self._keyed = blake2b(key=key, digest_size=8, person=b"word")

    def __missing__(self, word: bytes) -> int:
        if len(self) >= _MOST_WORDS:
            self.clear()
        keyed = self._keyed.copy()
        keyed.update(word)
        return self.setdefault(word, int.from_bytes(keyed.digest(), "little"))

    def _learn(self, found: Sequence[bytes]) -> None:
        """Hash all words that are not known, as many as may be remembered."""
        new = set(found).difference(self)
        if len(self) + len(new) >= _MOST_WORDS:
            self.clear()
            new = set(islice(found, _MOST_WORDS // 2))
        digests = []
        for word in new:
            keyed = self._keyed.copy()
            keyed.update(word)
            digests.append(keyed.digest())
        self.update(zip(new, np.frombuffer(b"".join(digests), "<u8").tolist(), strict=True))

    def of(self, found: Sequence[bytes]) -> Features:
        """The hashes of words, in their order."""
        if len(found) > _FEW:
            self._learn(found)
        return np.fromiter(map(self.__getitem__, found), np.uint64, len(found))


@lru_cache(maxsize=2)
def hashes(key: bytes) -> Hashes:
    """The hashes under the installation's key (16 to 64 bytes), shared by all that ask for them."""
    return Hashes(key)


def shingles(hashed: Features) -> Features:
    """One shingle for each place at which LENGTH words begin."""
    count = max(0, len(hashed) - LENGTH + 1)
    total = np.zeros(count, np.uint64)
    for number, factor in enumerate(_FACTORS):
        total += hashed[number : number + count] * factor
    return total


def features(key: bytes, texts: Iterable[str]) -> Features:
    """What of a document's texts (not folded) becomes traces: sorted, each once.

    A table whose cells stand apart by tabs is read along its rows and down its columns.
    """
    return np.unique(_joined([_telling(key, each) for text in texts for each in (text, *_columns(text))]))


def _telling(key: bytes, text: str) -> Features:
    """The shingles of a text, without those that hardly say anything."""
    found = words(whole(fold(text)).encode("utf-8", "surrogatepass"))
    tells = np.fromiter((_tells(word) for word in found), np.int64, len(found))
    summed = np.concatenate((np.zeros(1, np.int64), np.cumsum(tells)))
    enough = summed[LENGTH:] - summed[:-LENGTH] >= _TELLING
    return shingles(hashes(key).of(found))[enough]


def _tells(word: bytes) -> bool:
    return word not in _UNTELLING and _SMALL.fullmatch(word) is None


def _columns(text: str) -> Iterator[str]:
    """The tables of a text, read down their columns."""
    rows = (line.split("\t") for line in text.replace("\n\t", "\t").split("\n"))
    for is_table, lines in groupby(rows, key=lambda cells: len(cells) > 1):
        if is_table:
            yield "\n".join("\n".join(column) for column in zip_longest(*lines, fillvalue=""))


def _joined(arrays: Sequence[Features]) -> Features:
    return np.concatenate(arrays) if arrays else np.empty(0, np.uint64)


@dataclass(frozen=True, slots=True)
class Shared:
    """Where a text shares a shingle with a publication: pairs of a place and an index of `Texts.ids`, by place."""

    places: Places
    owners: Owners


@dataclass(frozen=True, slots=True)
class Texts:
    """The shingles of all publications: a sorted array with one entry for each shingle and publication that has it.

    Ten bytes an entry, and a sieve of two bytes more that turns most foreign shingles away at the cost of one look.
    """

    ids: tuple[str, ...] = ()
    _features: Features = field(default_factory=lambda: np.empty(0, np.uint64), repr=False)
    _owners: Owners = field(default_factory=lambda: np.empty(0, np.uint16), repr=False)
    _sieve: npt.NDArray[np.uint8] = field(default_factory=lambda: np.zeros(1, np.uint8), repr=False)

    @classmethod
    def of(cls, secret: Mapping[str, Features], public: Iterable[Features] = ()) -> Texts:
        """The index of sets by publication, each as `features` makes them, without all that is public or stock."""
        ids = tuple(sorted(secret))
        sets = [secret[name] for name in ids]
        owners = np.repeat(np.arange(len(ids), dtype=np.uint16), [len(each) for each in sets])
        joined = _joined(sets)
        order = np.argsort(joined, kind="stable")
        joined, owners = joined[order], owners[order]
        secrets = _not_among(joined, np.sort(_joined([*public])))
        joined, owners = joined[secrets], owners[secrets]
        kept = _not_stock(joined)
        return cls(ids, joined[kept], owners[kept], _sieve(joined[kept]))

    def __len__(self) -> int:
        return len(self._features)

    @property
    def size(self) -> int:
        """Bytes of memory."""
        return self._features.nbytes + self._owners.nbytes + self._sieve.nbytes

    def shared(self, found: Features) -> Shared:
        """The places of shingles that are registered, with the publications that have them.

        Of very many places only the first of each shingle.
        """
        places = np.flatnonzero(self._passes(found))
        wanted = found[places]
        first = np.searchsorted(self._features, wanted)
        there = self._features[np.minimum(first, len(self) - 1)] == wanted if len(self) else first < 0
        places, wanted, first = places[there], wanted[there], first[there]
        if len(places) > _MANY:
            # Eight publications may have each, and a mail may say the same thousands of times.
            once = np.sort(np.unique(wanted, return_index=True)[1])
            places, wanted, first = places[once], wanted[once], first[once]
        counts = np.searchsorted(self._features, wanted, "right") - first
        # Of each shingle as many entries as publications have it, one after the other.
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        return Shared(np.repeat(places, counts), self._owners[np.repeat(first, counts) + within])

    def _passes(self, found: Features) -> npt.NDArray[np.bool_]:
        bit = found >> np.uint64(64 - _bits(len(self._sieve)))
        passed: npt.NDArray[np.bool_] = (
            self._sieve[(bit >> np.uint64(3)).astype(np.int64)] >> (bit & np.uint64(7)).astype(np.uint8)
        ) & np.uint8(1) == 1
        return passed


def _not_among(found: Features, known: Features) -> npt.NDArray[np.bool_]:
    """Which of sorted entries stand in no other sorted array: both are walked through once."""
    if not len(known):
        return np.ones(len(found), np.bool_)
    at = np.minimum(np.searchsorted(known, found), len(known) - 1)
    absent: npt.NDArray[np.bool_] = known[at] != found
    return absent


def _not_stock(joined: Features) -> npt.NDArray[np.bool_]:
    """Of sorted entries, those whose shingle has fewer than STOCK of them."""
    kept = np.ones(len(joined), np.bool_)
    starts = np.flatnonzero(joined[STOCK - 1 :] == joined[: 1 - STOCK])
    for number in range(STOCK):
        kept[starts + number] = False
    return kept


def _sieve(joined: Features) -> npt.NDArray[np.uint8]:
    """One bit for each value of the leading bits of a sorted shingle, 16 to 32 times as many as there are entries."""
    size = 1 << max(0, (len(joined) * 2).bit_length())
    sieve = np.zeros(size, np.uint8)
    bits = joined >> np.uint64(64 - _bits(size))
    cells = (bits >> np.uint64(3)).astype(np.int64)
    starts = np.flatnonzero(np.diff(cells, prepend=-1))
    if len(starts):
        marks = np.left_shift(np.uint8(1), (bits & np.uint64(7)).astype(np.uint8))
        sieve[cells[starts]] = np.bitwise_or.reduceat(marks, starts)
    return sieve


def _bits(size: int) -> int:
    return size.bit_length() + 2
