"""What one chunk of folded text says: a number, a unit, a month, a word; each as one atom with its flags.

A chunk is what stands between two spaces.  It is looked at once; what chunks say beside each other is worked out on
arrays (`numerals`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from gateway.features.figure import limited
from gateway.features.numberwords import (
    CELL,
    FIXED,
    LINE,
    MONEYS,
    PARTS,
    PERCENTS,
    POWERS,
    SPELLED,
    Says,
)
from gateway.features.stems import EVERYDAY, stem


class Atom(NamedTuple):
    """Flags, the number (mantissa times ten to the power exponent) if it says one, and the stem of a content word."""

    says: int
    mantissa: int = 0
    exponent: int = 0
    stem: str = ""


NOTHING: Final = Atom(0)
_OPENING: Final = r"[(\['*~<>=\"{}|]*"
_NUMBER: Final = re.compile(
    r"(?P<open>[(\['*~<>]*)(?P<sign>[+-]?)(?P<money>[£$€]?)(?P<minus>-?)"
    r"(?P<whole>\d{1,3}(?:,\d{3})+|\d+)?(?P<fraction>\.\d+)?"
    r"(?P<unit>%|[a-z]+)?(?P<rest>[)\]'*>.,:;!?%/-]*)\Z",
    re.A,
)
_LONGEST: Final = 30
"""Characters of the longest chunk that is one number."""
_APART: Final = re.compile(r"[;|=<>]+|,(?!\d{3}(?!\d))|(?<=[%a-z)])[-/](?=[£$€(\d])|:(?=[£$€])")
_ADDRESS: Final = re.compile(r"[@\\_]|://|www\.")
_DATE: Final = re.compile(r"\d{1,4}[/:.-]\d{1,2}(?:[/:.-]\d{1,4})?\Z", re.A)
_LETTERS: Final = re.compile(r"[a-z]{3,}")
_ABBREVIATION: Final = re.compile(r"[(']?(?:[a-z]\.)+[)']?\Z")
_SHORTEST: Final = 3
"""Letters of the shortest content word."""
_MOST_WORDS: Final = 4
"""Words of one chunk (`year-on-year`, `goods/services`) that count."""


def atoms(chunk: str) -> list[Atom]:
    """What a chunk says, in order; never empty, never raises, linear."""
    if chunk.isdigit() and chunk.isascii():
        return [_digits(chunk, 0)]
    if chunk.isalpha():
        return [_word(chunk, 0)]
    return list(_mixed(chunk)) or [NOTHING]


def share(part: int, whole: int) -> int:
    """A fraction as a percentage, printed to the unit."""
    return (200 * part + whole) // (2 * whole)


def _digits(digits: str, flags: int) -> Atom:
    """A chunk of nothing but digits."""
    length = len(digits)
    if length > _LONGEST:
        return NOTHING
    value = int(digits)
    flags |= Says.DIGITS
    if length == 3:
        flags |= Says.THREE
    if digits[0] == "0":
        return Atom(flags | (Says.PHONE if length > 1 else 0), *_settled(value, 0))
    if length <= 3:
        flags |= Says.FIRST
    if length <= 2:
        flags |= Says.SMALL
    if length in (4, 8) and _is_period(digits):
        flags |= Says.YEAR
    return Atom(flags | Says.NUMBER, *_settled(value, 0))


def _is_period(digits: str) -> bool:
    """Whether digits are a year, or a day as programs write it: 20140312."""
    if not 1900 <= int(digits[:4]) < 2100:
        return False
    return len(digits) == 4 or (digits[4:6] <= "12" and digits[6:] <= "31")


def _settled(value: int, exponent: int) -> tuple[int, int]:
    """The noughts at the end of a whole number of three digits and more are not taken for precision."""
    if exponent == 0 and value:
        while value >= 100 and value % 10 == 0:
            value //= 10
            exponent += 1
    return limited(value, exponent)


def _word(word: str, flags: int) -> Atom:
    """A chunk of nothing but letters."""
    flags |= FIXED.get(word, 0)
    if word in SPELLED:
        return Atom(flags | Says.SPELLED, SPELLED[word])
    root = stem(word) if len(word) >= _SHORTEST else ""
    return Atom(flags | _kind(word, root), PARTS.get(word, 0), 0, root)


def _kind(word: str, root: str) -> int:
    """Whether a word is one of content, and whether everybody writes it."""
    return (Says.WORD | (Says.COMMON if word in EVERYDAY else 0)) if root else 0


def _mixed(chunk: str) -> Iterator[Atom]:
    """What a chunk of letters, digits and marks says."""
    if chunk in (LINE, CELL):
        yield Atom(Says.LINE if chunk == LINE else Says.CELL)
        return
    if any(map(str.isdigit, chunk)):
        yield from _numbers(chunk)
        return
    inner = chunk.strip("()[]{}'*<>,;:!?.\"|~=")
    ends = Says.ENDS if _ends(chunk) else 0
    if not inner or _ADDRESS.search(chunk) is not None:
        yield Atom(Says.PERCENT_WORD if chunk.startswith("%") else ends)
    elif inner in FIXED or inner in SPELLED or inner.isalpha():
        yield _word(inner, ends)
    elif (fraction := _fraction(inner)) is not None:
        yield fraction._replace(says=fraction.says | ends)
    else:
        yield from _words(inner, ends)


def _words(inner: str, ends: int) -> Iterator[Atom]:
    """The words of a chunk with marks inside it."""
    found = _LETTERS.findall(inner)[:_MOST_WORDS]
    for number, word in enumerate(found, 1):
        root = stem(word)
        yield Atom(_kind(word, root) | (ends if number == len(found) else 0), 0, 0, root)
    if not found:
        yield Atom(ends)


def _fraction(inner: str) -> Atom | None:
    """Two-thirds, three-quarters."""
    some, _, part = inner.partition("-")
    number, whole = SPELLED.get(some), PARTS.get(part)
    if number is None or whole is None or number >= whole:
        return None
    return Atom(Says.NUMBER | Says.PERCENT | Says.SAID, share(number, whole))


def _ends(chunk: str) -> bool:
    """Whether a sentence ends with a chunk: not with `e.g.` or the initial of a name."""
    bare = chunk.rstrip("')]\"*")
    return bare.endswith((".", "!", "?", ";")) and _ABBREVIATION.match(chunk) is None


def _numbers(chunk: str) -> Iterator[Atom]:
    """What a chunk with digits says: one number, several that marks keep apart, or none."""
    if (atom := _number(chunk)) is not None:
        yield atom
    elif _is_whole(chunk):
        yield Atom(Says.ENDS if _ends(chunk) else 0)
    elif _APART.search(chunk) is not None:
        yield from map(_piece, filter(None, _APART.split(chunk)))
    else:
        yield from _words(chunk, Says.ENDS if _ends(chunk) else 0)


def _is_whole(chunk: str) -> bool:
    """Whether it is an address or a date, which no mark takes apart."""
    return _ADDRESS.search(chunk) is not None or _DATE.match(chunk) is not None


def pieces(chunk: str) -> list[str]:
    """The pieces of which a chunk says what they say (`of_piece`), one after the other; empty for other chunks."""
    if _APART.search(chunk) is None or not any(map(str.isdigit, chunk)):
        return []
    if _number(chunk) is not None or _is_whole(chunk):
        return []
    return [*filter(None, _APART.split(chunk))]


def of_piece(piece: str) -> list[Atom]:
    """What a piece of a chunk says by itself."""
    return [_piece(piece)]


def _piece(piece: str) -> Atom:
    if piece.isalpha():
        return _word(piece, 0)
    return _number(piece) or NOTHING


def _number(chunk: str) -> Atom | None:
    """The number that a chunk is, with its sign, currency and unit; None if it is not one."""
    match = _NUMBER.match(chunk) if len(chunk) <= _LONGEST else None
    if match is None or not (match["whole"] or match["fraction"]):
        return None
    said, rest = match["unit"], match["rest"]
    if said and said not in PERCENTS and said not in POWERS and said not in MONEYS:
        return None
    flags = _flags(match) | (Says.ENDS if _ends(chunk) else 0)
    whole, fraction = match["whole"] or "0", (match["fraction"] or ".")[1:]
    if flags & (Says.MONEY | Says.SAID) == 0 and not fraction and whole.isdigit():
        atom = _digits(whole, flags)
        return atom._replace(says=atom.says & ~Says.FIRST) if rest else atom
    if whole[0] == "0" and len(whole) > 1:
        return None
    exponent = 3 * POWERS.get(said or "", 0) - len(fraction)
    mantissa, exponent = _settled(int(whole.replace(",", "") + fraction), exponent)
    first = Says.FIRST if not (fraction or said or rest) and len(whole) <= 3 else 0
    return Atom(flags | Says.NUMBER | first, mantissa, exponent)


def _flags(match: re.Match[str]) -> int:
    """What the marks around a number say."""
    said, rest, sign = match["unit"], match["rest"], match["sign"]
    flags = Says.TAIL if rest else 0
    if match["money"] or said in MONEYS:
        flags |= Says.MONEY
    if said in PERCENTS or "%" in rest:
        flags |= Says.PERCENT
    if said or "%" in rest:
        flags |= Says.SAID
    if sign == "+" and not (match["money"] or said or match["fraction"]):
        flags |= Says.PHONE
    if "-" in (sign, match["minus"]) or (match["open"].endswith("(") and rest.startswith(")")):
        flags |= Says.NEGATIVE
    return flags
