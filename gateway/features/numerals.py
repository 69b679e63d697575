"""Numbers as people print them: every form of a figure in folded text as one value with its printed precision.

A first pass takes runs of digits and the marks inside them; what the characters and words beside a run say then
decides whether it is a figure at all: years, dates, times, telephone numbers, references and the numbers of pages and
tables are not.  Cost is linear in the text, and each distinct run is worked out once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from gateway.features.figure import Figure, Unit, limited
from gateway.text import fold, words

LINE, CELL = "{", "}"
"""Marks of the end of a line and of a cell in text from `folded_lines`."""


def folded_lines(text: str) -> str:
    """Folded text with the ends of lines and of cells kept as marks."""
    return fold(text.replace("\t", f" {CELL} ").replace("\n", f" {LINE} "))


def figures(folded: str) -> list[Figure]:
    """The figures of a folded text in the order of their places; never raises."""
    found: list[Figure] = []
    for match in _RUN.finditer(folded):
        run, start = match[0], match.start()
        if " " in run:
            # In a row of a table these may be cells of their own.
            pieces = (_figure(folded, start + each.start(), _read(each[0])) for each in _PIECE.finditer(run))
            found += filter(None, pieces)
        if (figure := _figure(folded, start, _read(run))) is not None:
            found.append(figure)
    spelled = list(_spelled(folded))
    return sorted([*found, *spelled], key=_place) if spelled else found


_RUN: Final = re.compile(r"\d[\d,.:/-]*(?: \d{3}(?![\d,.:/-]*[\w%:/-]))*")
_PIECE: Final = re.compile(r"[^ ]+")
_WHOLE: Final = r"(?P<whole>\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+|\d+)"
_NUMBER: Final = re.compile(rf"{_WHOLE}(?:\.(?P<fraction>\d+))?(?P<rest>[,.:/-]*)\Z", re.A)
_LONGEST: Final = 30
"""Characters of the longest run of digits that is a number."""
_UNIT: Final = re.compile(
    r" ?(?:(?P<percent>%(?: points?)?|per ?cent(?:age)?(?:[- ]points?)?|percentage[- ]points?|pc|ppts?|pp)"
    r"|(?P<thousand>thousands?|k|000s)|(?P<million>millions?|mn|m)|(?P<billion>billions?|bn|b)"
    r"|(?P<trillion>trillions?|tn)|(?P<money>pounds?|euros?|dollars?|pence|p))(?![a-z0-9])"
)
_POWERS: Final = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_MONTH: Final = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    "|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_TIME: Final = re.compile(r" ?(?:a\.?m\.?(?![a-z])|p\.m|pm(?![a-z])|h(?:ou)?rs(?![a-z])|o'clock|bst|gmt|utc)")
_DAY: Final = re.compile(rf" ?(?:{_MONTH})(?![a-z])")
_MONTHS: Final = frozenset(
    words("""
    jan january feb february mar march apr april may jun june jul july aug august sep sept september oct october nov
    november dec december
    """)
)
_NAMED_PLACES: Final = frozenset(
    words("""
    p pp page pages para paras paragraph paragraphs section sections sec table tables figure figures fig figs chart
    charts chapter chapters annex appendix no nos number ref refs reference references version versions ver line lines
    item items step steps note notes footnote footnotes room floor ext extension tel telephone phone fax mobile mob box
    issue volume vol part parts bug ticket order invoice case id isbn issn rfc port article regulation rule code
    postcode zip series account sip build level grade age aged ages
    """)
)
"""Words after which a number names a place, a thing or a day and counts nothing."""
_YEARS: Final = range(1900, 2100)
_BEFORE: Final = frozenset(" ([{}|'<>~*")
_MONEY: Final = frozenset("£$€")
_AFTER: Final = frozenset(" )]{}|'<>~*;!?,.:%/-")
_BACK: Final = 24


@lru_cache(maxsize=65536)
def _read(run: str) -> tuple[int, int, int, bool] | None:
    """Mantissa, exponent, length without marks at the end, and whether it may be a year; None for what is no number."""
    if len(run) > _LONGEST:
        return None
    match = _NUMBER.match(run)
    if match is None or match["rest"].strip(".,:-"):
        return None
    whole, fraction = match["whole"], match["fraction"] or ""
    if whole[0] == "0" and len(whole) > 1:
        return None
    length = len(run) - len(match["rest"])
    value = int(whole.replace(",", "").replace(" ", "") + fraction)
    maybe_year = not fraction and whole.isdigit() and (value in _YEARS or _is_day(whole))
    exponent = -len(fraction)
    if not fraction and value:
        while value >= 100 and value % 10 == 0:
            value //= 10
            exponent += 1
    return (*limited(value, exponent), length, maybe_year)


def _is_day(whole: str) -> bool:
    """Whether eight digits are a day, as programs write it: 20140312."""
    return len(whole) == 8 and int(whole[:4]) in _YEARS and whole[4:6] <= "12" and whole[6:] <= "31"


def _figure(text: str, start: int, read: tuple[int, int, int, bool] | None) -> Figure | None:
    """The figure that stands there, in the light of what stands beside it; None where it is none."""
    if read is None:
        return None
    mantissa, exponent, length, maybe_year = read
    end = start + length
    lead = _Lead(text, start)
    if not lead.clear:
        return None
    said = _UNIT.match(text, end)
    if said is not None:
        group = said.lastgroup or ""
        power = _POWERS.get(group, 0)
        other = Unit.MONEY if lead.money or not power else Unit.COUNT
        unit = Unit.PERCENT if group == "percent" else other
        return Figure(mantissa, exponent + power, unit, start, said.end(), lead.negative)
    after = text[end] if end < len(text) else " "
    if after not in _AFTER or (not lead.money and (maybe_year or _is_no_figure(text, start, end))):
        return None
    unit = Unit.MONEY if lead.money else _bare_unit(mantissa, exponent)
    return Figure(mantissa, exponent, unit, start, end, lead.negative or (lead.opened and after == ")"))


def _bare_unit(mantissa: int, exponent: int) -> Unit:
    large = mantissa * 10 ** max(exponent, 0) >= 1000 * 10 ** max(-exponent, 0)
    return Unit.COUNT if large else Unit.PLAIN


class _Lead:
    """What stands right before a number: a currency, a sign, a bracket; `clear` where nothing else does."""

    __slots__ = ("clear", "money", "negative", "opened")

    def __init__(self, text: str, start: int) -> None:
        before = text[start - 1] if start else " "
        self.money = self.negative = False
        while before in "+-" or before in _MONEY:
            self.negative |= before == "-"
            self.money |= before in _MONEY
            start -= 1
            before = text[start - 1] if start else " "
        self.opened = before == "("
        # What is bracketed right after a word is an argument or a footnote.
        called = before in "([" and start > 1 and text[start - 2].isalnum()
        self.clear = before in _BEFORE and not called


def _is_no_figure(text: str, start: int, end: int) -> bool:
    """Whether words beside a bare number make it a day, a time, a place in a document, or part of an address."""
    before = text[max(0, start - _BACK) : start]
    word = before.rstrip(" .:#(")
    last = word.rpartition(" ")[2].lstrip("(") if word[-1:].isalpha() else ""
    maybe_day = end - start <= 2
    if last in _NAMED_PLACES or (maybe_day and last in _MONTHS):
        return True
    if word[-1:].isdigit() and _PHONE.search(before) is not None:
        return True
    if before.endswith("{ ") and end - start <= 2 and text[end : end + 2] in (". ", ") "):
        return True
    if before.endswith("+") and text[end : end + 2].strip().isdigit():
        return True
    return _TIME.match(text, end) is not None or (maybe_day and _DAY.match(text, end) is not None)


_PHONE: Final = re.compile(r"(?:\+\d|(?<![\d.,])0\d)[\d ()-]*\Z")

_ONES: Final = words(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen"
)
_TENS: Final = words("twenty thirty forty fifty sixty seventy eighty ninety")
_WORDS: Final = {
    **{word: number for number, word in enumerate(_ONES, 1)},
    **{word: 10 * number for number, word in enumerate(_TENS, 2)},
    **{
        f"{ten}{mark}{one}": 10 * tens + ones
        for tens, ten in enumerate(_TENS, 2)
        for ones, one in enumerate(_ONES[:9], 1)
        for mark in " -"
    },
    "a": 1,
    "an": 1,
}
_PARTS: Final = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
_ANCHORS: Final = (
    "teen", "enty", "rty", "ifty", "ixty", "ighty", "inety", "elve", "leven", " half", "third", "quarter", "fifth",
    "tenth", "-half", "illion", "thousand", " per", " in ", " out of ",
)  # fmt: skip
"""What is looked for first: few mails have any of them, and finding a text is much faster than an expression."""
_COUNTED: Final = (
    rf"(?:(?:{'|'.join(_TENS)})[- ](?:{'|'.join(_ONES[:9])})|{'|'.join((*_TENS, *_ONES[::-1]))})"
)
_SPELLED: Final = re.compile(
    rf"(?<![a-z0-9.-])(?:(?P<some>{_COUNTED}|a|an)[- ](?P<part>{'|'.join(_PARTS)})s?"
    rf"|(?P<of>{_COUNTED}|\d{{1,2}}) (?:in|out of)(?: every)? (?P<all>{_COUNTED}|\d{{1,3}})"
    rf"|(?P<count>{_COUNTED}|a|an) (?P<times>thousand|million|billion|per ?cent)"
    rf"|(?P<plain>{_COUNTED}))(?![a-z0-9-])"
)


def _spelled(text: str) -> Iterator[Figure]:
    """Figures in words: a quarter, 1 in 5, twelve, three million; below eleven only with what they count."""
    seen = 0
    for start in sorted(_anchored(text)):
        match = _SPELLED.match(text, start) if start >= seen else None
        figure = _from_words(match) if match is not None else None
        if match is not None and figure is not None:
            seen = match.end()
            yield figure


def _anchored(text: str) -> set[int]:
    """Where a number in words may begin: at the word with the anchor, or one or two words before it."""
    places: set[int] = set()
    for anchor in _ANCHORS:
        place = text.find(anchor)
        while place >= 0:
            start = _word_start(text, place)
            earlier = _word_start(text, start - 1) if start else 0
            places.update(each for each in (start, earlier) if _may_begin(text, each))
            place = text.find(anchor, place + 1)
    return places


def _may_begin(text: str, start: int) -> bool:
    word = text[start : start + _BACK].partition(" ")[0]
    return word.partition("-")[0] in _WORDS or (word.isdigit() and len(word) <= 2)


def _word_start(text: str, place: int) -> int:
    return text.rfind(" ", max(0, place - _BACK), max(0, place)) + 1


def _from_words(match: re.Match[str]) -> Figure | None:
    span = match.span()
    if match["count"]:
        times = match["times"]
        unit = Unit.PERCENT if times.startswith("per") else Unit.COUNT
        return Figure(_WORDS[match["count"]], _POWERS.get(times, 0), unit, *span)
    if match["plain"]:
        value = _WORDS[match["plain"]]
        return Figure(value, 0, Unit.PLAIN, *span) if value > 10 else None
    part = _number(match["some"] or match["of"])
    whole = _PARTS[match["part"]] if match["part"] else _number(match["all"])
    if not 0 < part < whole:
        return None
    return Figure((200 * part + whole) // (2 * whole), 0, Unit.PERCENT, *span)


def _number(said: str) -> int:
    return int(said) if said.isdigit() else _WORDS[said]


def _place(figure: Figure) -> int:
    return figure.start
