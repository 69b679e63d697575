"""What a page draws that its text does not say in this order: text written by style sheets, turned around, or placed.

Each reading gives text of its own; a reader of the page sees one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from gateway.message import hidden, limits, selectors, style
from gateway.message.selectors import Choice

_TURNED: Final = re.compile(
    r"bidi|reverse|float\s*:\s*right|scale(?:x|3d)?\s*\(\s*-|matrix\(\s*-|rotate(?:y|3d)?\s*\("
    r"|(?:^|[;\s{])order\s*:|direction\s*:\s*rtl|position\s*:\s*absolute",
    re.I,
)
_TURNING_WORDS: Final = (
    "bidi", "float", "reverse", "scale", "matrix", "rotate", "rtl", "absolute", "order:", "order :",
)  # fmt: skip
_TURNING: Final = "bdo,[dir=rtl i]"
_OVERRIDE: Final = "\u202e"
_RUN: Final = re.compile("\u202e([^\u202c\u2069\n]*)")
"""What is shown from right to left up to where that ends, or the line does."""
_OVERRIDES: Final = re.compile(r"bidi-override|isolate-override", re.I)
_BIDI: Final = re.compile(r"bidi|direction\s*:\s*rtl", re.I)


def is_turned(text: str, styles: set[str], sheets: tuple[str, ...]) -> bool:
    """Whether some of the page may be shown from right to left, or in another order, by its letters or its styles."""
    if _OVERRIDE in text:
        return True
    said = "\n".join((*styles, *sheets)).lower()
    return any(word in said for word in _TURNING_WORDS) and _TURNED.search(said) is not None


def has_turning(choice: Choice) -> bool:
    """Whether elements say themselves that they are shown from right to left."""
    return choice.tree.css_first(_TURNING) is not None


def turned(text: str) -> Iterator[str]:
    """The text as it reads from right to left: letter by letter, in each word, and word by word from below."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    yield from (line[::-1] for line in lines)
    yield overridden(text)
    if len(lines) <= limits.TURNED_LINES:
        yield " ".join(reversed(lines))
        yield "".join(lines)[::-1]
        yield " ".join(word[::-1] for line in lines for word in line.split())
        yield from (" ".join(reversed(line.split())) for line in lines)


def overridden(text: str) -> str:
    """Text whose runs after an override (U+202E) are turned around, each where it stands."""
    return _RUN.sub(lambda run: run[1][::-1], text)


def in_place(choice: Choice, sheets: tuple[str, ...], *, strictly: bool = False) -> Iterator[str]:
    """The text with the text of each element that says it is shown from right to left turned around where it stands.

    `strictly`: only where the order of letters is overridden (CSS Writing Modes 4, 2.2), which turns all letters.
    The text of the tree is another one afterwards.
    """
    turns = _OVERRIDES if strictly else _BIDI
    found = list(choice.of("bdo,[style]" if strictly else f"{_TURNING},[style]"))
    found = [node for node in found if _turns(node, turns)]
    for rule in (rule for sheet in sheets for rule in style.rules(sheet) if turns.search(rule.declarations)):
        found += choice.of(rule.selector)
    if not found:
        return
    for node in selectors.inner_first(found):
        said = hidden.without_marks(node.text(deep=True))
        if said and node.tag not in ("html", "body"):
            node.insert_before(said[::-1])
            node.decompose()
    yield _text(choice.tree)


def _turns(node: LexborNode, said: re.Pattern[str]) -> bool:
    given = node.attributes
    by_attribute = node.tag == "bdo" or (said is _BIDI and (given.get("dir") or "").lower() == "rtl")
    return by_attribute or said.search(given.get("style") or "") is not None


def _text(tree: LexborHTMLParser) -> str:
    root = tree.root
    return "" if root is None else hidden.without_marks(root.text(deep=True, separator=""))
