"""Style sheets as far as they hide text or write it: declarations that keep it from being seen or add some."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from gateway.message import limits

_COMMENT: Final = re.compile(r"/\*.*?\*/|<!--|-->", re.S)
_ESCAPE: Final = re.compile(r"\\([0-9a-fA-F]{1,6})[ \t\r\n]?|\\(.)", re.S)
_ZERO: Final = r"[+-]?0*\.?0+(?:[a-z%]+)?"
_HIDES: Final = re.compile(
    r"(?:^|[;{\s])(?:"
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|content-visibility\s*:\s*hidden|mso-hide\s*:\s*all"
    rf"|(?:font-size|opacity|zoom)\s*:\s*{_ZERO}\s*(?:!|;|$)"
    rf"|font\s*:\s*{_ZERO}(?:/|\s)"
    rf"|(?:max-)?(?:height|width)\s*:\s*{_ZERO}\s*(?:!|;|$)"
    rf"|filter\s*:\s*opacity\(\s*{_ZERO}\s*\)|transform\s*:\s*scale\(\s*{_ZERO}\s*[,)]"
    r"|(?:left|top|right|bottom|text-indent|margin-left|margin-top)\s*:\s*-\s*\d{3,}"
    r"|clip\s*:\s*rect\(|clip-path\s*:\s*inset\(\s*(?:100|[5-9]\d)%"
    r"|color\s*:\s*(?:transparent|white|#fff(?:fff)?\b|(?:rgb|hsl)a?\([^)]*[,/]\s*0*\.?0+%?\s*\)"
    r"|rgba?\(\s*255\s*,?\s*255\s*,?\s*255))"
)
_LONGEST_SELECTOR: Final = 2_000
"""Characters of a selector; longer ones select nothing that anybody wrote."""
_WRITES: Final = re.compile(
    r"(?:^|[;\s])(?:content|symbols|quotes|list-style(?:-type)?|background(?:-image)?|font-family|--[\w-]+)\s*:([^;]*)",
    re.I,
)
_STRING: Final = re.compile(r"\"([^\"]*)\"|'([^']*)'")
_GENERATED: Final = re.compile(r"::?(before|after)\b", re.I)
_ATTRIBUTE: Final = re.compile(r"attr\(\s*([\w:-]+)", re.I)


@lru_cache(maxsize=4096)
def hides(declarations: str) -> bool:
    """Whether these declarations keep a reader from seeing the text of an element, or make it white."""
    plain = _unescaped(_COMMENT.sub("", declarations)).lower()
    return _HIDES.search(plain) is not None


def rules(sheet: str) -> Iterator[tuple[str, str]]:
    """Selectors and declarations of a sheet, also of those inside of media rules; up to a limit."""
    for piece in _COMMENT.sub("", sheet).split("}", limits.STYLE_RULES)[: limits.STYLE_RULES]:
        before, brace, declarations = piece.rpartition("{")
        selector = before.rpartition("{")[2].rpartition(";")[2].strip()
        if brace and 0 < len(selector) <= _LONGEST_SELECTOR:
            yield selector, declarations


def strings(declarations: str) -> str:
    """What declarations write where a reader sees it: strings one behind the other."""
    written = (each for match in _WRITES.finditer(declarations) for each in _STRING.findall(match[1]))
    return _unescaped("".join(first or second for first, second in written))


def loose(sheet: str) -> Iterator[str]:
    """What of a sheet is no rule: its comments, and what stands between or behind the rules."""
    yield from (match[0][2:-2].strip() for match in _COMMENT.finditer(sheet) if match[0].startswith("/*"))
    yield from (piece.strip() for piece in _COMMENT.sub("", sheet).split("}") if "{" not in piece)


def generated(selector: str) -> tuple[str, str] | None:
    """The selector of the elements that a rule writes before or after, and which of both; None for other rules."""
    match = _GENERATED.search(selector)
    return None if match is None else (_GENERATED.sub("", selector).strip() or "*", match[1].lower())


def shown_attribute(declarations: str) -> str | None:
    """The attribute whose value the declarations write, if they do."""
    match = _ATTRIBUTE.search(declarations)
    return match[1].lower() if match is not None else None


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda match: _character(match[1]) if match[1] else match[2], text)


def _character(digits: str) -> str:
    code = int(digits, 16)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
