"""Style sheets as far as they hide text or write it: declarations that keep it from being seen or add some."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import IntEnum
from functools import lru_cache
from typing import Final, NamedTuple

from gateway.message import colours, limits

_COMMENT: Final = re.compile(r"/\*.*?\*/|<!--|-->", re.S)
_ESCAPE: Final = re.compile(r"\\([0-9a-fA-F]{1,6})[ \t\r\n]?|\\\r?\n|\\(.)", re.S)
_LONGEST_SELECTOR: Final = 20_000
"""Characters of a selector; longer ones select nothing that anybody wrote."""
_DEEPEST: Final = 8
"""Rules within rules, and places where a selector names the one around it; people who nest stay below four."""
_WRITES: Final = re.compile(
    r"(?:^|[;\s])(?:content|symbols|quotes|list-style(?:-type)?|background(?:-image)?|font-family|--[\w-]+)\s*:"
    r"((?:\"(?:[^\"\\]|\\.)*+(?:\"|\Z)|'(?:[^'\\]|\\.)*+(?:'|\Z)|[^;\"'])*+)",
    re.I | re.S,
)
_STRING: Final = re.compile(r"\"((?:[^\"\\]|\\.)*+)(?:\"|\Z)|'((?:[^'\\]|\\.)*+)(?:'|\Z)", re.S)
_GENERATED: Final = re.compile(r"::?(before|after)\b|::(marker)\b", re.I)
_ATTRIBUTE: Final = re.compile(r"attr\(\s*([\w:-]+)", re.I)
_CONTENT: Final = re.compile(
    r"(?:^|[;\s])content\s*:((?:\"(?:[^\"\\]|\\.)*+(?:\"|\Z)|'(?:[^'\\]|\\.)*+(?:'|\Z)|\([^()\"']*+\)|[^;\"'])*+)",
    re.I | re.S,
)
_TOKEN: Final = re.compile(
    r"attr\(\s*(?P<attr>[\w:-]+)|var\(\s*(?P<var>--[\w-]+)|[(\"'](?P<address>data:(?:[^\"'()\\]|\\.)*+)[\"')]?"
    r"|counters?\(\s*(?P<counter>[\w-]+)(?:[^()]*,)?\s*(?P<how>[\w-]*)[^()]*\)"
    r"|\"(?P<first>(?:[^\"\\]|\\.)*+)(?:\"|\Z)|'(?P<second>(?:[^'\\]|\\.)*+)(?:'|\Z)",
    re.I | re.S,
)
_SPELLED: Final = re.compile(
    r"\\0{0,4}([46][1-9a-fA-F]|[57][0-9aA]|2[dD]|3[0-9])(?:[ \t\r\n]|(?![0-9a-fA-F]))"
)
"""A letter, a digit or a hyphen by its number."""

_DECLARATION: Final = re.compile(
    r"(?:^|[;{\s*])-?(?:webkit-|moz-|ms-|o-)?((?:content-)?visibility|display|mso-(?:hide|font-width|text-raise)"
    r"|font(?:-size(?:-adjust)?)?|opacity|zoom|scale|filter|transform|translate|rotate|clip(?:-path)?|mask(?:-image)?"
    r"|animation(?:-name)?|(?:max-)?(?:height|width|block-size|inline-size)|line-height|left|top|right|bottom|inset"
    r"|text-indent|margin(?:-left|-top|-right|-bottom)?|letter-spacing|z-index|(?:text-fill-)?color"
    r"|background(?:-color)?)\s*:\s*([^;{}]*)"
)
_NUMBER: Final = re.compile(
    r"(?<![\w#.])([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,2}(?![a-z]))?)([a-z]*|%)", re.I
)
_PLACED: Final = frozenset(["vw", "vh", "%", "em", "rem", "ch", "cm", "in"])
_FAR, _FAR_IN_UNITS = 80.0, 40.0
"""Pixels, or larger units, by which something is put where nobody looks."""
_TINY, _FAINT = 2.0, 0.15
"""Pixels of a letter, and an opacity, that nobody reads."""
_COMPUTED: Final = ("var(", "calc(", "min(", "max(", "clamp(", "env(")


class Hiding(IntEnum):
    """Whether declarations keep a reader from seeing text: no, as some programs or on some ground, or as all do."""

    NO = 0
    PERHAPS = 1
    SURELY = 2


@lru_cache(maxsize=8192)
def hiding(declarations: str) -> Hiding:
    """How far these declarations keep a reader from seeing the text of an element, whatever its ground is."""
    found = [_judged(name, value) for name, value in _declared(declarations)]
    fore, back = ground(declarations)
    if any(colours.is_close(each, (colours.WHITE, *back)) for each in fore):
        found.append(Hiding.PERHAPS)
    return max(found, default=Hiding.NO)


@lru_cache(maxsize=8192)
def ground(declarations: str) -> tuple[tuple[colours.Colour | None, ...], tuple[colours.Colour, ...]]:
    """The colours of letters (None: one that cannot be seen), and those of what is behind them."""
    fore, back = [], []
    for name, value in _declared(declarations):
        for each in _colour(name, value):
            if not name.startswith("background"):
                fore.append(each)
            elif each is not None:
                back.append(each)
    return tuple(fore), tuple(back)


def _colour(name: str, value: str) -> Iterator[colours.Colour | None]:
    if name.endswith("color") or name == "background":
        try:
            yield colours.parse(value)
        except ValueError:
            return


@lru_cache(maxsize=8192)
def _declared(declarations: str) -> tuple[tuple[str, str], ...]:
    plain = unescaped(_COMMENT.sub("", declarations)).lower()
    return tuple((match[1], match[2].strip()) for match in _DECLARATION.finditer(plain))


def _judged(name: str, value: str) -> Hiding:
    """What one declaration makes of the text of an element, but for its colour."""
    if name in _WORDS:
        surely, perhaps = _WORDS[name]
        return Hiding.SURELY if value.startswith(surely) else Hiding(value.startswith(perhaps))
    if name in _PRESENT:
        return Hiding(
            not value.startswith(("none", "auto", "normal", "inherit", "initial")) and value not in ("0", "")
        )
    least = _LEAST.get(name)
    if least is not None:
        return _tiny(value, least, surely=name in _SURE)
    if name in _FARAWAY or name == "font":
        judge = _is_far if name in _FARAWAY else _is_tiny
        return Hiding(any(judge(*each) for each in _NUMBER.findall(value)))
    if name in ("letter-spacing", "z-index", "filter"):
        return Hiding("opacity" in value or (name != "filter" and value.startswith("-")))
    return Hiding.NO


_WORDS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "display": ("none", ("var(",)), "visibility": ("hidden", ("collapse", "var(")),
    "content-visibility": ("hidden", ("var(",)), "mso-hide": ("-", ("all", "screen")),
}  # fmt: skip
_PRESENT: Final = frozenset(
    [
        "transform",
        "translate",
        "rotate",
        "clip",
        "clip-path",
        "mask",
        "mask-image",
        "animation",
        "animation-name",
    ]
)
_LEAST: Final = {
    "font-size": _TINY, "opacity": _FAINT, "zoom": _FAINT, "scale": _FAINT, "font-size-adjust": _FAINT,
    "mso-font-width": _FAINT,
    **dict.fromkeys(
        (f"{most}{name}" for most in ("", "max-") for name in ("height", "width", "block-size", "inline-size")), _TINY
    ),
    "line-height": 0.1,
}  # fmt: skip
_SURE: Final = frozenset(["font-size", "opacity", "zoom"])
_FARAWAY: Final = frozenset(
    ["left", "top", "right", "bottom", "inset", "text-indent", "margin", "margin-left", "margin-top", "margin-right",
     "margin-bottom", "mso-text-raise"]
)  # fmt: skip


def _tiny(value: str, least: float, *, surely: bool) -> Hiding:
    """Whether a value is nought, or so small that nobody sees it; what is worked out may be."""
    number = _NUMBER.match(value)
    if number is None:
        return Hiding(value.startswith(_COMPUTED))
    if float(number[1]) <= 0 and surely:
        return Hiding.SURELY
    return Hiding(_is_tiny(number[1], number[2], least))


def _is_tiny(number: str, unit: str, least: float = _TINY) -> bool:
    size = float(number) / 100 if unit == "%" else float(number) * (8 if unit in _PLACED else 1)
    return size <= least


def _is_far(number: str, unit: str) -> bool:
    return abs(float(number)) >= (_FAR_IN_UNITS if unit in _PLACED else _FAR)


class Rule(NamedTuple):
    """A selector with its declarations; `nested`: inside of another rule, for some medium perhaps."""

    selector: str
    declarations: str
    nested: bool = False


@lru_cache(maxsize=4)
def rules(sheet: str) -> tuple[Rule, ...]:
    """The rules of a sheet, also those inside of media rules; up to a limit.  Each reading of a page asks for them."""
    return tuple(_rules(sheet))


def _rules(sheet: str) -> Iterator[Rule]:
    around: list[str] = []
    for piece in plain(_COMMENT.sub("", sheet)).split("}", limits.STYLE_RULES)[: limits.STYLE_RULES]:
        *openings, declarations = piece.split("{")
        for opening in openings:
            before, _, selector = opening.rpartition(";")
            if before and around:
                yield from _rule(around, before)
            around = [*around[-_DEEPEST:], selector.strip()]
        if around:
            yield from _rule(around, declarations)
            around.pop()


def _rule(around: list[str], declarations: str) -> Iterator[Rule]:
    """The rule that stands inside of others: by its own selector, and as one that is nested (CSS Nesting 1, 3.2)."""
    selector = around[-1]
    if not 0 < len(selector) <= _LONGEST_SELECTOR or not declarations.strip():
        return
    yield Rule(selector, declarations, len(around) > 1)
    outer = around[-2] if len(around) > 1 else "@"
    if "&" in selector and len(outer) <= _LONGEST_SELECTOR:
        yield Rule(selector.replace("&", f":is({outer})", _DEEPEST), declarations, nested=True)


def plain(text: str) -> str:
    """A sheet, or declarations, with the letters that are spelled by their numbers."""
    return _SPELLED.sub(lambda match: chr(int(match[1], 16)), text) if "\\" in text else text


def are_many(sheets: Iterable[str]) -> bool:
    """Whether there are more rules than are looked at."""
    return any(sheet.count("}") > limits.STYLE_RULES for sheet in sheets)


def strings(declarations: str) -> str:
    """What declarations write where a reader sees it: strings one behind the other."""
    if '"' not in declarations and "'" not in declarations:
        return ""
    return unescaped("".join(every_string(declarations)))


def every_string(declarations: str) -> Iterator[str]:
    """The strings that declarations write, as they stand there."""
    written = (each for match in _WRITES.finditer(declarations) for each in _STRING.findall(match[1]))
    yield from (first or second for first, second in written)


def loose(sheet: str) -> Iterator[str]:
    """What of a sheet is no rule: its comments, and what stands between or behind the rules."""
    yield from (match[0][2:-2].strip() for match in _COMMENT.finditer(sheet) if match[0].startswith("/*"))
    yield from (piece.strip() for piece in _COMMENT.sub("", sheet).split("}") if "{" not in piece)


def generated(selector: str) -> tuple[str, str] | None:
    """The selector of the elements that a rule writes before or after, and which of both; None for other rules."""
    match = _GENERATED.search(selector)
    if match is None:
        return None
    return _GENERATED.sub("", selector).strip() or "*", (match[1] or match[2]).lower()


def shown_attribute(declarations: str) -> str | None:
    """The attribute whose value the declarations write, if they do."""
    match = _ATTRIBUTE.search(declarations)
    return match[1].lower() if match is not None else None


def content(declarations: str) -> list[tuple[str, str]]:
    """What `content` writes, piece by piece: `string`, `attr`, `var` or `counter` with a name, `address` of a file.

    Behind the name of a counter stands the style that it is written in.
    """
    written = (each for match in _CONTENT.finditer(declarations) for each in _TOKEN.finditer(match[1]))
    return [_token(each) for each in written]


def _token(match: re.Match[str]) -> tuple[str, str]:
    if match["counter"]:
        return "counter", f"{match['counter']} {match['how'].lower()}"
    kind = match.lastgroup or ""
    return (
        ("string", unescaped(match[0][1:].removesuffix(match[0][:1])))
        if kind in ("first", "second")
        else (kind, match[kind])
    )


def variable(declarations: str, name: str) -> str:
    """The strings that a custom property of this name is made of, as far as it is set here."""
    found = re.search(rf"{re.escape(name)}\s*:([^;{{}}]*)", declarations) if name in declarations else None
    return "" if found is None else "".join(value for _, value in content(f"content:{found[1]}"))


def unescaped(text: str) -> str:
    """The characters that a string of a style sheet means."""
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda match: _character(match[1]) if match[1] else match[2] or "", text)


def _character(digits: str) -> str:
    code = int(digits, 16)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
