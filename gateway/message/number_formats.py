"""Number formats of spreadsheet cells: what a cell shows of the number it keeps (ECMA-376 part 1, section 18.8.31).

A code is worked out once; a number is then shown in time linear in its digits.  Fractions are shown as General shows
them, and so is every code that is too long to be one.  Days and times are not shown here.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import Final

BUILT_IN: Final[Mapping[int, str]] = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    5: "$#,##0;-$#,##0",
    6: "$#,##0;-$#,##0",
    7: "$#,##0.00;-$#,##0.00",
    8: "$#,##0.00;-$#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    37: "#,##0;(#,##0)",
    38: "#,##0;(#,##0)",
    39: "#,##0.00;(#,##0.00)",
    40: "#,##0.00;(#,##0.00)",
    41: '_(* #,##0_);_(* (#,##0);_(* "-"_);_(@_)',
    42: '_($* #,##0_);_($* (#,##0);_($* "-"_);_(@_)',
    43: '_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)',
    44: '_($* #,##0.00_);_($* (#,##0.00);_($* "-"??_);_(@_)',
    48: "##0.0E+0",
}
"""Formats of numbers that every program knows by number; the currency is the reader's own (section 18.8.30)."""

_LONGEST_CODE: Final = 255
"""Characters of a code; Excel takes no more."""
_LONGEST: Final = 120
"""Characters of what is shown: a code of many noughts makes no text out of nothing."""
_LARGEST: Final = 21
"""Digits before the point: whatever is larger is a fault of the sheet, not a number that somebody reads."""
_SMALLEST: Final = 12
"""Noughts behind the point before a number is shown with a power of ten."""
_PLACES: Final = 30
"""Digits behind the point; Excel takes no more."""
_DIGITS: Final = Context(prec=60, rounding=ROUND_HALF_UP)
_TRUE: Final = Context(prec=15, rounding=ROUND_HALF_UP)
_SHOWN: Final = Context(prec=11, rounding=ROUND_HALF_UP)
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?\Z")
_LONGEST_NUMBER: Final = 40

_TOKEN: Final = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|(?P<blank>_.)|\*.|\[(?P<bracket>[^\]]*)\]|(?P<exponent>[eE][+-])'
    r"|(?P<general>General|Standard)|(?P<sign>[0#?.,%;@/])|(?P<plain>.)",
    re.S | re.I,
)
_CONDITION: Final = re.compile(r"(<=|>=|<>|<|>|=)\s*([+-]?[0-9.]+)\Z")
_COMPARED: Final[Mapping[str, Callable[[Decimal, Decimal], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "<>": operator.ne,
}


def is_number(number: str) -> bool:
    """Whether a cell keeps a number as programs write it."""
    return len(number) <= _LONGEST_NUMBER and _NUMBER.match(number) is not None


def value(number: str) -> Decimal | None:
    """The number that a cell keeps, to the 15 digits that programs take for true; None for what is no number."""
    if not is_number(number):
        return None
    kept = Decimal(number)
    if len(number) > 15 and len(kept.as_tuple().digits) > 15:
        kept = kept.normalize(_TRUE)
    return kept if not kept or kept.adjusted() < _LARGEST else None


def general(kept: Decimal) -> str:
    """A number as a cell without a format shows it: eleven digits at most, no noughts at the end."""
    rounded = _SHOWN.plus(kept)
    if not rounded:
        return "0"
    if rounded.adjusted() < -_SMALLEST:
        return format(rounded.normalize(), "E")
    text = format(rounded, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def shown(kept: Decimal, code: str) -> str:
    """What a cell of this format shows of a number; General where the code says nothing about numbers."""
    sections = sections_of(code)
    if sections is None:
        return general(kept)
    section, signed = _chosen(sections, kept)
    text = section.shown(abs(kept)).strip()
    if signed and kept < 0 and _ANY_DIGIT.search(text):
        text = f"-{text}"
    return text if len(text) <= _LONGEST else general(kept)


_ANY_DIGIT: Final = re.compile(r"[1-9]")


@dataclass(slots=True)
class Section:
    """One section of a code: what stands before and behind the digits, and how many of these there are."""

    condition: tuple[str, Decimal] | None = None
    before: list[str] = field(default_factory=list)
    behind: list[str] = field(default_factory=list)
    whole: str = ""
    places: str = ""
    within: dict[int, str] = field(default_factory=dict)
    """Texts between the digits, by how many digits before the point they stand behind the first one."""
    point: bool = False
    grouped: bool = False
    commas: int = 0
    percents: int = 0
    exponent: str = ""
    as_general: bool = False

    def shown(self, kept: Decimal) -> str:
        """What the section shows of a number that is not negative."""
        return "".join((*self.before, self._digits(kept), *self.behind))

    def _digits(self, kept: Decimal) -> str:
        if self.as_general:
            return general(kept)
        if not self.whole and not self.places:
            return ""
        kept = kept.scaleb(2 * min(self.percents, 2) - 3 * self.commas)
        return self._with_exponent(kept) if self.exponent else self._plain(kept)

    def _with_exponent(self, kept: Decimal) -> str:
        steps = min(max(1, len(self.whole)), 5)
        power = kept.adjusted() // steps * steps if kept else 0
        if self._rounded(kept.scaleb(-power)).adjusted() >= steps:
            power += steps
        sign = "-" if power < 0 else "+" if self.exponent[1] == "+" else ""
        return f"{self._plain(kept.scaleb(-power))}E{sign}{abs(power):0{len(self.exponent) - 2}d}"

    def _rounded(self, kept: Decimal) -> Decimal:
        return kept.quantize(Decimal(1).scaleb(-len(self.places)), context=_DIGITS)

    def _plain(self, kept: Decimal) -> str:
        whole, _, places = format(self._rounded(kept), "f").partition(".")
        return self._whole(whole.lstrip("0")) + ("." if self.point else "") + self._fraction(places)

    def _whole(self, digits: str) -> str:
        digits = digits.zfill(len(self.whole.lstrip("#?")))
        if self.grouped:
            head = len(digits) % 3
            groups = [digits[at : at + 3] for at in range(head, len(digits), 3)]
            return ",".join(([digits[:head]] if head else []) + groups)
        return self._parted(digits) if self.within else digits

    def _parted(self, digits: str) -> str:
        """Digits fill their places from the right, with the texts between these; too many stand before the first."""
        pieces, done = [], 0
        for place, text in self.within.items():
            at = len(digits) - len(self.whole) + place
            if at > 0:
                pieces += [digits[done:at], text]
                done = at
        return "".join((*pieces, digits[done:]))

    def _fraction(self, digits: str) -> str:
        fewest = len(self.places.rstrip("#?"))
        return digits[:fewest] + digits[fewest:].rstrip("0")


def _chosen(sections: tuple[Section, ...], kept: Decimal) -> tuple[Section, bool]:
    """The section for a number, and whether a minus sign is still to be said."""
    if any(section.condition for section in sections):
        return _by_condition(sections, kept)
    if kept < 0 and len(sections) > 1:
        return sections[1], False
    return sections[2 if not kept and len(sections) > 2 else 0], True


def _by_condition(sections: tuple[Section, ...], kept: Decimal) -> tuple[Section, bool]:
    for number, section in enumerate(sections[:3]):
        if section.condition is None:
            if number or len(sections) == 1 or kept > 0:
                return section, True
        elif _COMPARED[section.condition[0]](kept, section.condition[1]):
            only_below = section.condition[0] in ("<", "<=") and section.condition[1] <= 0
            return section, not only_below
    return sections[-1], True


@lru_cache(maxsize=1024)
def sections_of(code: str) -> tuple[Section, ...] | None:
    """The sections of a code that show numbers; None for what shows them as General."""
    if not code or len(code) > _LONGEST_CODE:
        return None
    writing = [_Writing()]
    for match in _TOKEN.finditer(code):
        if match["sign"] == ";":
            writing.append(_Writing())
        else:
            writing[-1].take(match)
    sections = tuple(each.done() for each in writing[:3])
    return None if any(len(section.whole) > _PLACES for section in sections) else sections


@dataclass(slots=True)
class _Writing:
    """A section while its code is read: whether digits were seen, and commas and texts that wait for the next one."""

    section: Section = field(default_factory=Section)
    commas: int = 0
    texts: list[str] = field(default_factory=list)
    digits: bool = False
    fraction: bool = False

    def take(self, match: re.Match[str]) -> None:
        """Read one token of the code."""
        group = match.lastgroup
        if group == "sign":
            self._sign(match[0])
        elif group == "general":
            self.section.as_general = self.digits = True
        elif group == "exponent" and self.digits:
            self.section.exponent = match[0]
        elif group == "bracket":
            self._bracket(match["bracket"])
        elif group is not None:
            self._text(" " if group == "blank" else match[group])

    def _sign(self, sign: str) -> None:
        if sign in "0#?":
            self._digit(sign)
        elif sign == "," and self.digits:
            self.commas += 1
        elif sign == "." and not self.section.point and not self.section.exponent:
            self._scale()
            self.section.point = self.digits = True
        elif sign == "@" or (sign == "/" and self.digits):
            self.section.as_general = self.digits = True
        else:
            self.section.percents += sign == "%"
            self._text(sign)

    def _digit(self, sign: str) -> None:
        self.digits = True
        section = self.section
        if section.exponent:
            section.exponent += sign
        elif section.point:
            section.places = (section.places + sign)[:_PLACES]
        else:
            section.grouped |= self.commas > 0
            self.commas = 0
            if self.texts:
                section.within[len(section.whole)] = "".join(self.texts)
                self.texts = []
            section.whole += sign

    def _text(self, text: str) -> None:
        (self.texts if self.digits else self.section.before).append(text)

    def _bracket(self, text: str) -> None:
        """A currency (`[$£-809]`) or a condition; colours and languages are not shown."""
        condition = _CONDITION.match(text)
        if text.startswith("$"):
            self._text(text[1:].partition("-")[0])
        elif condition is not None and condition[2].count(".") <= 1 and any(map(str.isdigit, condition[2])):
            self.section.condition = (condition[1], Decimal(condition[2]))

    def _scale(self) -> None:
        self.section.commas += self.commas
        self.commas = 0

    def done(self) -> Section:
        """The section as read: commas behind the last digit divide by thousands."""
        self._scale()
        self.section.behind = self.texts
        return self.section
