"""Numbers as people say them or write them elsewhere, as figures: four point seven, 47 in 1,000, 4,7 %, 83'840.

What a registered document prints, a mail may say in another form.  Only mail is read so: a document prints figures.
"""

from __future__ import annotations

import re
from typing import Final

_ONES: Final = (
    "nought|oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_VALUES: Final = {
    **{name: value for value, names in enumerate(_ONES) for name in names.split("|")},
    **{name: value for value, name in enumerate(_TENS, 2) for value in (10 * value,)},
    "zero": 0,
}
_POWERS: Final = {"thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_WORD: Final = "|".join(sorted((*_VALUES, *_POWERS, "hundred"), key=len, reverse=True))
_SAID: Final = re.compile(
    rf"\b(?:a hundred|(?:{_WORD}))\b(?:[ -](?:and )?(?:{_WORD})\b)*+(?: point(?: (?:{'|'.join(_VALUES)})\b)++)?"
)
"""Each word is a whole one: a run of a million that ends in half a word must not be tried from each of them."""
_MOST_WORDS: Final = 24
"""Words of a number that anybody says."""
_SHARE: Final = re.compile(r"\b(\d{1,3}(?:\.\d)?) (?:in|out of|per|of) (?:every )?(1,?000|10,?000)(?![\d,.])")
_THOUSANDTHS: Final = re.compile(r"(\d+(?:\.\d+)?) ?\u2030")
_COMMA: Final = re.compile(
    r",(?<=\d,)(?<!,\d{3},)(?=\d{1,2} ?(?:%|per ?cent|pc\b|pct\b|bn\b|billion|million|m\b))"
)
_APOSTROPHE: Final = re.compile(r"'(?<=\d')(?=\d{3}(?!\d))")
_SIGNS: Final = (" point ", "hundred", "thousand")


def as_figures(folded: str) -> str:
    """A folded text with such numbers as figures; itself where there are none.  Linear, never raises."""
    if any(sign in folded for sign in _SIGNS):
        folded = _SAID.sub(_number, folded)
    if "000" in folded:
        folded = _SHARE.sub(_percent, folded)
    if "\u2030" in folded:
        folded = _THOUSANDTHS.sub(lambda match: f"{float(match[1]) / 10:.4g}%", folded)
    return _APOSTROPHE.sub(",", _COMMA.sub(".", folded))


def _percent(match: re.Match[str]) -> str:
    return f"{100 * float(match[1]) / int(match[2].replace(',', '')):.4g} per cent"


def _number(match: re.Match[str]) -> str:
    """A number in words as figures, if it has a point or hundreds; others are known as they are."""
    whole, point, fraction = match[0].partition(" point ")
    names = whole.replace("-", " ").replace(" and ", " ").replace("a hundred", "one hundred").split()
    if len(names) > _MOST_WORDS or not (point or _is_long(names)):
        return match[0]
    value = _value(names)
    if not point:
        return f"{value:,}"
    digits = "".join(str(_VALUES[name]) for name in fraction.split())
    return f"{value}.{digits}"


def _is_long(names: list[str]) -> bool:
    """Whether it is more than a few units of a power: twelve thousand is known as it is."""
    powers = sum(name in _POWERS for name in names)
    return "hundred" in names or powers > 1 or (powers == 1 and names[-1] not in _POWERS)


def _value(names: list[str]) -> int:
    total = current = 0
    for name in names:
        if name in _POWERS:
            total, current = total + max(1, current) * _POWERS[name], 0
        elif name == "hundred":
            current = max(1, current) * 100
        else:
            current += _VALUES[name]
    return total + current
