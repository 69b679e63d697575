"""What of a page can be seen: its text without what styles, attributes and old elements hide.

Two readings: without what no program shows, and without all that some program or some ground may not show.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from selectolax.lexbor import LexborNode

from gateway.message import colours, limits, style
from gateway.message.selectors import Choice
from gateway.message.style import Hiding

_UNSEEN: Final = (
    "[hidden],noembed,datalist,dialog:not([open]),rp,noframes,template:not([shadowrootmode]),body title"
)
_REPLACED: Final = "iframe,audio,video,canvas,object[data]"
"""Elements that show something else than what they hold."""
_SELDOM_SEEN: Final = "rt,select,textarea,svg,noscript,del,progress,meter,[popover],annotation,annotation-xml"
_FOLDED: Final = "details:not([open])"
_SHADOWED: Final = "template[shadowrootmode]"
"""What stands beside it is shown in its slots only (HTML, 4.12.3)."""
_SMALLEST: Final = ("0", "1", "-")
"""Values of an old `size` that make letters small, by how they begin."""
_FROM, _TO = {Hiding.SURELY: "\U0010fff0", Hiding.PERHAPS: "\U0010fff2"}, "\U0010fff1"
"""Marks around what is hidden: characters that stand for nothing."""
_SEAM: Final = 500
"""Characters before and behind a hidden block that are read together."""
_PIECE: Final = 12
"""Characters of a piece of a word."""
_MARK: Final = re.compile(f"([{_TO}{''.join(_FROM.values())}])")


def readings(choice: Choice, sheets: tuple[str, ...], styles: set[str]) -> Iterator[str]:
    """The text without what is surely hidden, and without what may be; the page's tree gets marks around both.

    `styles` are the values of all `style` attributes as they stand in the source.  Nothing where nothing is hidden.
    """
    found = [*_hidden(choice, sheets, styles), *_unchosen(choice)]
    shut = [*_shut(choice)]
    replaced = [*choice.of(_REPLACED)]
    for node, how in found:
        if node.tag not in ("html", "body", "head"):
            enclose(node, how)
    for node in replaced:
        if node.first_child is not None:
            node.first_child.insert_before(_FROM[Hiding.SURELY])
            node.insert_child(_TO)
    for first, around in shut:
        first.insert_after(_FROM[Hiding.PERHAPS])
        around.insert_child(_TO)
    if found or shut or replaced:
        yield from _without(_text(choice))


def enclose(node: LexborNode, how: Hiding = Hiding.PERHAPS) -> None:
    """Put marks around an element that is hidden."""
    node.insert_before(_FROM[how])
    node.insert_after(_TO)


def seen(choice: Choice) -> Iterator[str]:
    """The text of a page whose tree may have marks: all of it, and without what these enclose."""
    text = _text(choice)
    yield without_marks(text)
    yield from _without(text)


def sources(choice: Choice) -> Iterator[str]:
    """The source of a page whose tree may have marks: all of it, and without what these enclose."""
    root = choice.tree.root
    source = "" if root is None else root.html or ""
    yield without_marks(source)
    yield from ("".join(_outside(source, how)) for how, mark in _FROM.items() if mark in source)


def _text(choice: Choice) -> str:
    root = choice.tree.root
    return "" if root is None else root.text(deep=True, separator="")


def _without(text: str) -> Iterator[str]:
    for how, mark in _FROM.items():
        if mark in text:
            kept = _outside(text, how)
            yield "".join(kept)
            yield from _seams(kept)


def _unchosen(choice: Choice) -> Iterator[tuple[LexborNode, Hiding]]:
    """The options of closed lists that are not the one that is shown (HTML, 15.5.16)."""
    for node in choice.of("select:not([multiple]):not([size])"):
        options = node.css("option")
        chosen = [option for option in options if "selected" in option.attributes] or options[:1]
        yield from ((option, Hiding.SURELY) for option in options if option.mem_id != chosen[-1].mem_id)


def _shut(choice: Choice) -> Iterator[tuple[LexborNode, LexborNode]]:
    """Elements behind which all that their parent holds is hidden, with that parent."""
    for node in choice.of(_FOLDED):
        summary = next((child for child in node.iter() if child.tag == "summary"), None)
        first = summary or node.first_child
        if first is not None:
            yield first, node
    for node in choice.of(_SHADOWED):
        if node.parent is not None:
            yield node, node.parent


def opens(text: str) -> int:
    """How many more marks open in a text than close."""
    return sum(map(text.count, _FROM.values())) - text.count(_TO)


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


@lru_cache(maxsize=8192)
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
    """The lines around hidden blocks, together: nobody sees that they are apart."""
    run = [kept[0].rstrip().rpartition("\n")[2][-_SEAM:]] if kept else []
    for piece in kept[1 : limits.HIDDEN_NODES]:
        first, more, rest = piece.strip("\r\n\t").partition("\n")
        run.append(first[:_SEAM])
        if more and rest.strip():
            yield from _whole(run)
            run = [rest.rstrip().rpartition("\n")[2][-_SEAM:]]
    yield from _whole(run)


def _whole(run: list[str]) -> Iterator[str]:
    """Pieces of one line with blanks between them, and without where they may be pieces of words."""
    said = [piece for piece in run if piece.strip()]
    if len(said) > 1:
        yield " ".join(piece.strip() for piece in said)
        if max(map(len, said)) <= _PIECE:
            yield "".join(run)


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
