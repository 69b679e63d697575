"""What a page draws that its text does not say in this order: text written by style sheets, turned around, or placed.

Each reading gives text of its own; a reader of the page sees one of them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from gateway.message import hidden, limits, style
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
_BIDI: Final = re.compile(r"bidi|direction\s*:\s*rtl", re.I)
_RANKED: Final = re.compile(
    r"(?:^|[;\s])(?:order|left|top|grid-column(?:-start)?|grid-row(?:-start)?|margin-left)\s*:\s*(-?\d{1,6})",
    re.I,
)
_RANKING_WORDS: Final = ("order", "left", "top:", "grid")
_FEWEST_RANKED: Final = 3
"""Elements with a place of their own that can change how a text reads: two may be a picture and its title."""


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


def in_place(choice: Choice, sheets: tuple[str, ...]) -> Iterator[str]:
    """The text with the text of each element that says it is shown from right to left turned around where it stands.

    The text of the tree is another one afterwards.
    """
    found = list(choice.of(f"{_TURNING},[style]"))
    for rule in (rule for sheet in sheets for rule in style.rules(sheet) if _BIDI.search(rule.declarations)):
        found += choice.of(rule.selector)
    turning = [node for node in found if _turns(node) or "style" not in node.attributes]
    if not turning:
        return
    for node in turning:
        said = node.text(deep=True)
        if said and node.tag not in ("html", "body"):
            node.insert_before(said[::-1])
            node.decompose()
    yield _text(choice.tree)


def _turns(node: LexborNode) -> bool:
    return (
        node.tag == "bdo"
        or "dir" in node.attributes
        or _BIDI.search(node.attributes.get("style") or "") is not None
    )


def placed(choice: Choice, styles: set[str]) -> Iterator[str]:
    """The texts of elements that have a place or a rank by number, in the order of these numbers."""
    said = "\n".join(styles).lower()
    if not any(word in said for word in _RANKING_WORDS) or len(_RANKED.findall(said)) < _FEWEST_RANKED:
        return
    ranked: list[tuple[list[float], str]] = []
    for node in choice.of("[style]"):
        ranks = _RANKED.findall(node.attributes.get("style") or "")
        if ranks:
            ranked.append(([float(rank) for rank in ranks], node.text(deep=True)))
    in_order = [text for _, text in sorted(ranked, key=lambda each: each[0])]
    yield "".join(in_order)
    yield " ".join(text.strip() for text in in_order)


def with_alternatives(choice: Choice) -> Iterator[str]:
    """The text with that of pictures where these stand, as programs show it that load none; the tree has it, too."""
    pictures = list(choice.of("img[alt]"))
    if pictures:
        for node in pictures:
            node.insert_before(node.attributes.get("alt") or "")
        yield _text(choice.tree)


def written(choice: Choice, sheets: tuple[str, ...], styles: set[str]) -> Iterator[str]:
    """What style sheets write, and what else they say; then the text with all of it where it is shown.

    The text of the tree has what is written in it afterwards.
    """
    yield from (style.strings(html.unescape(each)) for each in styles if "'" in each or "&" in each)
    places: list[tuple[LexborNode, str, str]] = []
    for sheet in sheets:
        yield from style.loose(sheet)
        for rule in style.rules(sheet):
            said, shown = style.strings(rule.declarations), style.shown_attribute(rule.declarations)
            yield said
            if "symbols" in rule.declarations:
                yield " ".join(style.every_string(rule.declarations))
            place = style.generated(rule.selector)
            if shown is not None:
                yield from (node.attributes.get(shown) or "" for node in choice.of(f"[{shown}]"))
            if place is not None and (said or shown is not None):
                nodes = choice.of(place[0])
                places += [
                    (node, place[1], said + (node.attributes.get(shown or "") or "")) for node in nodes
                ]
    if places:
        for node, where, said in places:
            _write(node, said, before=where == "before")
        yield _text(choice.tree)


def _write(node: LexborNode, said: str, *, before: bool) -> None:
    """Put a string into an element, as its first text or its last."""
    first = node.first_child
    if before and first is not None:
        first.insert_before(said)
    else:
        node.insert_child(said)


def _text(tree: LexborHTMLParser) -> str:
    root = tree.root
    return "" if root is None else hidden.without_marks(root.text(deep=True, separator=""))
