"""What of a page can be seen: its text without what styles, attributes and old elements hide.

Two readings: without what no program shows, and without all that some program or some ground may not show.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from selectolax.lexbor import LexborNode

from gateway.message import colours, limits, style
from gateway.message.selectors import Choice
from gateway.message.style import Hiding

_UNSEEN: Final = "[hidden],noembed,datalist,dialog:not([open]),rp,noframes,template,body title," + (
    "iframe,audio,video,canvas,object"
)
_SELDOM_SEEN: Final = "rt,details:not([open]),select,textarea,svg,noscript,del,progress,meter"
_SMALLEST: Final = ("0", "1", "-")
"""Values of an old `size` that make letters small, by how they begin."""
_FROM, _TO = {Hiding.SURELY: "\U0010fff0", Hiding.PERHAPS: "\U0010fff2"}, "\U0010fff1"
"""Marks around what is hidden: characters that stand for nothing."""
_SEAM: Final = 500
"""Characters before and behind a hidden block that are read together."""
_MARK: Final = re.compile(f"([{_TO}{''.join(_FROM.values())}])")


def readings(choice: Choice, sheets: tuple[str, ...], styles: set[str]) -> Iterator[str]:
    """The text without what is surely hidden, and without what may be; the page's tree gets marks around both.

    `styles` are the values of all `style` attributes as they stand in the source.  Nothing where nothing is hidden.
    """
    found = list(_hidden(choice, sheets, styles))
    for node, how in found:
        if node.tag not in ("html", "body", "head"):
            node.insert_before(_FROM[how])
            node.insert_after(_TO)
    root = choice.tree.root
    if not found or root is None:
        return
    text = root.text(deep=True, separator="")
    kinds = {how for _, how in found}
    for least in (Hiding.SURELY, Hiding.PERHAPS):
        if least in kinds:
            kept = _outside(text, least)
            yield "".join(kept)
            yield from _seams(kept)


def without_marks(text: str) -> str:
    """A text of a tree that may have marks, without them."""
    for mark in (*_FROM.values(), _TO):
        text = text.replace(mark, "")
    return text


def _hidden(choice: Choice, sheets: tuple[str, ...], styles: set[str]) -> Iterator[tuple[LexborNode, Hiding]]:
    """The elements that something hides, up to a limit for each thing that does."""
    every = [rule for sheet in sheets for rule in style.rules(sheet)]
    grounds = frozenset(_grounds(choice, (*styles, *dict.fromkeys(rule.declarations for rule in every))))
    for selector, how in ((_UNSEEN, Hiding.SURELY), (_SELDOM_SEEN, Hiding.PERHAPS)):
        yield from ((node, how) for node in choice.of(selector))
    for rule in dict.fromkeys(every):
        if how := _hides(rule.declarations, grounds):
            # What hides on paper or on small screens may hide nothing here.
            how = Hiding.PERHAPS if rule.nested else how
            yield from ((node, how) for node in choice.of(rule.selector))
    if any(_hides(html.unescape(each), grounds) for each in styles):
        for node in choice.of("[style]"):
            if how := _hides(node.attributes.get("style") or "", grounds):
                yield node, how
    for node in choice.of("font"):
        if _is_faint(node, grounds):
            yield node, Hiding.PERHAPS


def _hides(declarations: str, grounds: frozenset[colours.Colour]) -> Hiding:
    """How far declarations hide text on any ground that the page has somewhere."""
    how = style.hiding(declarations)
    if how or not grounds:
        return how
    return Hiding(any(colours.is_close(each, grounds) for each in style.ground(declarations)[0]))


def _grounds(choice: Choice, declared: tuple[str, ...]) -> Iterator[colours.Colour]:
    """The colours behind text anywhere on the page, white too."""
    yield colours.WHITE
    for each in declared:
        yield from style.ground(html.unescape(each))[1]
    for node in choice.of("[bgcolor]"):
        yield from filter(None, _colours(node.attributes.get("bgcolor")))


def _is_faint(node: LexborNode, grounds: frozenset[colours.Colour]) -> bool:
    given = node.attributes
    if (given.get("size") or "").strip().startswith(_SMALLEST):
        return True
    return any(colours.is_close(each, grounds) for each in _colours(given.get("color")))


def _colours(value: str | None) -> Iterator[colours.Colour | None]:
    """The colour that an attribute names, if it names one."""
    try:
        yield colours.parse((value or "").lower())
    except ValueError:
        return


def _seams(kept: list[str]) -> Iterator[str]:
    """The lines before and behind each hidden block, together: nobody sees that they are apart."""
    for before, after in pairwise(kept[: limits.HIDDEN_NODES]):
        last, first = before[-_SEAM:].rstrip().rpartition("\n")[2], after[:_SEAM].lstrip().partition("\n")[0]
        if last and first:
            yield f"{last} {first}"


def _outside(text: str, least: Hiding) -> list[str]:
    """What stands outside of all that marks of one kind, and of the surer kind, enclose, piece by piece.

    A hidden block parts no word, so the line break in front of it goes as well.
    """
    opening = [mark for how, mark in _FROM.items() if how >= least]
    depths: list[bool] = []
    hidden = 0
    kept: list[str] = []
    for piece in _MARK.split(text):
        if piece in _FROM.values():
            depths.append(piece in opening)
            hidden += depths[-1]
            if depths[-1] and kept and kept[-1].endswith("\n"):
                kept[-1] = kept[-1][:-1]
        elif piece == _TO:
            hidden -= depths.pop() if depths else 0
        elif hidden == 0:
            kept.append(piece)
    return kept
