"""What one chunk of folded text says: a number, a unit, a month, a word; each as one atom with its flags.

A chunk is what stands between two spaces.  It is looked at once; what chunks say beside each other is worked out on
arrays (`numerals`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from gateway.features.figure import limited
from gateway.features.stems import EVERYDAY, stem
from gateway.text import words


class Says:
    """What an atom says, as flags; three bits from POWER_AT on say how many thousands a word of magnitude stands for."""

    NOTHING: Final = 0
    NUMBER: Final = 1
    MONEY: Final = 1 << 1
    PERCENT: Final = 1 << 2
    SAID: Final = 1 << 3
    """The unit or magnitude stands in the chunk itself."""
    YEAR: Final = 1 << 4
    DIGITS: Final = 1 << 5
    """Nothing but digits, a bracket before them at most."""
    THREE: Final = 1 << 6
    """Three digits that may go on from a number before."""
    FIRST: Final = 1 << 7
    """One to three digits that may go on in the next atom."""
    SMALL: Final = 1 << 8
    """A bare whole number of one or two digits: it may be a day."""
    PHONE: Final = 1 << 9
    ENDS: Final = 1 << 10
    """The end of a sentence."""
    MONTH: Final = 1 << 11
    PLACE: Final = 1 << 12
    TIME: Final = 1 << 13
    """After a number: it is a time, or the size of a file."""
    PER: Final = 1 << 14
    CENT: Final = 1 << 15
    PERCENT_WORD: Final = 1 << 16
    POINTS: Final = 1 << 17
    MONEY_WORD: Final = 1 << 18
    WORD: Final = 1 << 19
    SPELLED: Final = 1 << 20
    FRACTION: Final = 1 << 21
    OF: Final = 1 << 22
    """Between two numbers: one in five, three out of ten."""
    OUT: Final = 1 << 23
    NEGATIVE: Final = 1 << 24
    LINE: Final = 1 << 25
    CELL: Final = 1 << 26
    TAIL: Final = 1 << 27
    """A mark after a number, by which what follows is not its unit."""
    COMMON: Final = 1 << 31
    """A content word that is in every kind of mail."""
    ITEM: Final = 1 << 32
    """After it a number of one or two digits is that of a thing or an age."""


POWER_AT: Final = 28
LINE, CELL = "{", "}"
"""Marks of the end of a line and of a cell in text that keeps them."""


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
_ADDRESS: Final = ("@", "://", "www.", "\\", "_")
_DATE: Final = re.compile(r"\d{1,4}[/:.-]\d{1,2}(?:[/:.-]\d{1,4})?\Z", re.A)
_LETTERS: Final = re.compile(r"[a-z]{3,}")
_ABBREVIATION: Final = re.compile(r"[(']?(?:[a-z]\.)+[)']?\Z")
_SHORTEST: Final = 3
"""Letters of the shortest content word."""
_MOST_WORDS: Final = 4
"""Words of one chunk (`year-on-year`, `goods/services`) that count."""

_POWERS: Final = {
    **dict.fromkeys(("thousand", "thousands", "k", "000s"), 1),
    **dict.fromkeys(("million", "millions", "mn", "m"), 2),
    **dict.fromkeys(("billion", "billions", "bn", "b"), 3),
    **dict.fromkeys(("trillion", "trillions", "tn"), 4),
}
_PERCENTS: Final = frozenset(words("percent percentage pc ppt ppts pp")) | {"%", "per-cent"}
_MONEYS: Final = frozenset(words("pound pounds euro euros dollar dollars pence p gbp eur usd"))
_THINGS: Final = frozenset(
    ("kb", "mb", "gb", "tb", "bytes", "kilobytes", "megabytes", "px", "pixels", "dpi", "mbps", "mhz", "ghz")
)
"""Units after which a number is a size of a file or of a screen."""
_TIMES: Final = frozenset(
    ("am", "pm", "a.m", "p.m", "a.m.", "p.m.", "hrs", "hours", "o'clock", "bst", "gmt", "utc")
)
_MONTHS: Final = frozenset(
    words("""
    jan january feb february mar march apr april may jun june jul july aug august sep sept september oct october nov
    november dec december
    """)
)
_PLACES: Final = frozenset(
    words("""
    p pp page pages para paras paragraph paragraphs section sections sec table tables fig figs chart charts chapter
    chapters annex appendix no nos ref refs reference references version versions ver room floor ext extension tel
    telephone phone fax mobile mob box vol bug ticket invoice id isbn issn rfc port article regulation code postcode
    zip sip build width height
    """)
)
"""Words after which a bare number names a place or a thing and counts nothing."""
_ITEMS: Final = frozenset(
    words("""
    figure figures number line lines item items step steps note notes footnote footnotes issue volume part parts order
    case rule series account level grade age aged ages
    """)
)
"""Words after which a small number may name a thing, a large one may not."""
_ONES: Final = words(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen"
)
_TENS: Final = words("twenty thirty forty fifty sixty seventy eighty ninety")
_SPELLED: Final = {
    **{word: number for number, word in enumerate(_ONES, 1)},
    **{word: 10 * number for number, word in enumerate(_TENS, 2)},
    **{
        f"{ten}-{one}": 10 * tens + ones
        for tens, ten in enumerate(_TENS, 2)
        for ones, one in enumerate(_ONES[:9], 1)
    },
    "a": 1,
    "an": 1,
}
_PARTS: Final = {
    f"{part}{s}": whole
    for part, whole in {
        "half": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10
    }.items()
    for s in ("", "s")
}  # fmt: skip
_FIXED: Final[dict[str, int]] = {
    **dict.fromkeys(_MONTHS, Says.MONTH),
    **dict.fromkeys(_PLACES, Says.PLACE),
    **dict.fromkeys(_ITEMS, Says.ITEM),
    **dict.fromkeys((*_TIMES, *_THINGS), Says.TIME),
    **dict.fromkeys(_PERCENTS, Says.PERCENT_WORD),
    **dict.fromkeys(_MONEYS, Says.MONEY_WORD),
    **{word: power << POWER_AT for word, power in _POWERS.items()},
    **dict.fromkeys(_PARTS, Says.FRACTION),
    "per": Says.PER,
    "cent": Says.CENT,
    "points": Says.POINTS,
    "point": Says.POINTS,
    "in": Says.OF,
    "of": Says.OF,
    "out": Says.OUT,
    "p": Says.PLACE | Says.MONEY_WORD,
}


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
    flags |= _FIXED.get(word, 0)
    if word in _SPELLED:
        return Atom(flags | Says.SPELLED, _SPELLED[word])
    root = stem(word) if len(word) >= _SHORTEST else ""
    return Atom(flags | _kind(word, root), _PARTS.get(word, 0), 0, root)


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
    if not inner or any(mark in chunk for mark in _ADDRESS):
        yield Atom(Says.PERCENT_WORD if chunk.startswith("%") else ends)
    elif inner in _FIXED or inner in _SPELLED or inner.isalpha():
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
    number, whole = _SPELLED.get(some), _PARTS.get(part)
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
    elif any(mark in chunk for mark in _ADDRESS) or _DATE.match(chunk):
        yield Atom(Says.ENDS if _ends(chunk) else 0)
    elif _APART.search(chunk) is not None:
        for piece in filter(None, _APART.split(chunk)):
            yield _piece(piece)
    else:
        yield from _words(chunk, Says.ENDS if _ends(chunk) else 0)


def _piece(piece: str) -> Atom:
    """What a piece of a chunk says by itself."""
    if piece.isalpha():
        return _word(piece, 0)
    return _number(piece) or NOTHING


def _number(chunk: str) -> Atom | None:
    """The number that a chunk is, with its sign, currency and unit; None if it is not one."""
    match = _NUMBER.match(chunk) if len(chunk) <= _LONGEST else None
    if match is None or not (match["whole"] or match["fraction"]):
        return None
    said, rest = match["unit"], match["rest"]
    if said and said not in _PERCENTS and said not in _POWERS and said not in _MONEYS:
        return None
    flags = _flags(match) | (Says.ENDS if _ends(chunk) else 0)
    whole, fraction = match["whole"] or "0", (match["fraction"] or ".")[1:]
    if flags & (Says.MONEY | Says.SAID) == 0 and not fraction and whole.isdigit():
        atom = _digits(whole, flags)
        return atom._replace(says=atom.says & ~Says.FIRST) if rest else atom
    if whole[0] == "0" and len(whole) > 1:
        return None
    exponent = 3 * _POWERS.get(said or "", 0) - len(fraction)
    mantissa, exponent = _settled(int(whole.replace(",", "") + fraction), exponent)
    first = Says.FIRST if not (fraction or said or rest) and len(whole) <= 3 else 0
    return Atom(flags | Says.NUMBER | first, mantissa, exponent)


def _flags(match: re.Match[str]) -> int:
    """What the marks around a number say."""
    said, rest, sign = match["unit"], match["rest"], match["sign"]
    flags = Says.TAIL if rest else 0
    if match["money"] or said in _MONEYS:
        flags |= Says.MONEY
    if said in _PERCENTS or "%" in rest:
        flags |= Says.PERCENT
    if said or "%" in rest:
        flags |= Says.SAID
    if sign == "+" and not (match["money"] or said or match["fraction"]):
        flags |= Says.PHONE
    if "-" in (sign, match["minus"]) or (match["open"].endswith("(") and rest.startswith(")")):
        flags |= Says.NEGATIVE
    return flags
