"""Colours of style sheets and of old attributes, as far as it matters whether text of one can be seen on another."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

Colour = tuple[int, int, int]

WHITE: Final[Colour] = (255, 255, 255)
_CLOSE: Final = 48
"""Sum of the differences of red, green and blue up to which nobody reads text of the one on the other."""
_FAINT: Final = 0.15
"""Opacity up to which nobody reads text."""
_HEX: Final = re.compile(r"#?([0-9a-f]{3,8})(?![0-9a-z])")
_FUNCTION: Final = re.compile(r"(rgb|hsl)a?\(([^)]*)\)?")
_OTHER_FUNCTION: Final = re.compile(r"(?:ok)?l(?:ab|ch)\(|color(?:-mix)?\(|hwb\(|light-dark\(|device-cmyk\(")
"""Colours that are not worked out here: text of one may be as good as unseen on any ground (Color 4, 5)."""
_NUMBER: Final = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,2})?)(%?)")
_NAMED: Final = {
    "transparent": None, "black": (0, 0, 0), "navy": (0, 0, 128), "blue": (0, 0, 255), "red": (255, 0, 0),
    "green": (0, 128, 0), "gray": (128, 128, 128), "grey": (128, 128, 128), "silver": (192, 192, 192),
    "yellow": (255, 255, 0), "maroon": (128, 0, 0), "teal": (0, 128, 128), "purple": (128, 0, 128), "lime": (0, 255, 0),
    "aqua": (0, 255, 255), "fuchsia": (255, 0, 255), "olive": (128, 128, 0), "orange": (255, 165, 0),
    "whitesmoke": (245, 245, 245), "lightgray": (211, 211, 211), "lightgrey": (211, 211, 211),
    "gainsboro": (220, 220, 220), "lightyellow": (255, 255, 224),
    **dict.fromkeys(
        ["white", "snow", "ivory", "ghostwhite", "floralwhite", "mintcream", "azure", "aliceblue", "seashell",
         "honeydew", "lavenderblush", "window", "canvas", "background", "buttonhighlight"], WHITE,
    ),
}  # fmt: skip


@lru_cache(maxsize=4096)
def parse(value: str) -> Colour | None:
    """Red, green and blue of a colour in small letters; None for what cannot be seen.  Raises ValueError for others.

    Source: CSS Color Module Level 4; bare hexadecimal digits as in HTML's `color` attributes.
    """
    value = value.strip(" \t\r\n\"'")
    name = re.split(r"[^a-z]", value, maxsplit=1)[0]
    if name in _NAMED and not value.startswith(f"{name}("):
        return _NAMED[name]
    if function := _FUNCTION.match(value):
        return _from_numbers(function[1], _NUMBER.findall(function[2]))
    if _OTHER_FUNCTION.match(value):
        return None
    if digits := _HEX.match(value):
        return _from_digits(digits[1])
    raise ValueError("no colour that is known")


def is_close(one: Colour | None, others: Iterable[Colour]) -> bool:
    """Whether text of one colour cannot be seen on any of the others; what cannot be seen at all never can."""
    return one is None or any(
        sum(abs(a - b) for a, b in zip(one, each, strict=True)) <= _CLOSE for each in others
    )


def _from_digits(digits: str) -> Colour | None:
    if len(digits) in (3, 4):
        digits = "".join(digit * 2 for digit in digits)
    if len(digits) == 8 and int(digits[6:], 16) <= _FAINT * 255:
        return None
    numbers = [int(digits[at : at + 2].ljust(2, "0"), 16) for at in (0, 2, 4)]
    return (numbers[0], numbers[1], numbers[2])


def _from_numbers(kind: str, found: list[tuple[str, str]]) -> Colour | None:
    if len(found) < 3:
        raise ValueError("a colour of fewer than three numbers")
    if len(found) > 3 and float(found[3][0]) <= (_FAINT * 100 if found[3][1] else _FAINT):
        return None
    if kind == "hsl":
        light = round(min(100.0, max(0.0, float(found[2][0]))) * 2.55)
        if 10 < light < 245 and float(found[1][0]) > 10:
            raise ValueError("a colour that is neither black, white nor grey")
        return (light, light, light)
    red, green, blue = (min(255, max(0, round(float(n) * (2.55 if p else 1)))) for n, p in found[:3])
    return (red, green, blue)
