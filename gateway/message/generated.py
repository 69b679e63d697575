"""Text that style sheets write on a page: before and after elements, at list items, around quotations.

Sources: CSS Generated Content 3, CSS Lists and Counters 3, CSS Values 5 (`attr()`, `var()`).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from selectolax.lexbor import LexborNode

from gateway.message import counters, data_addresses, hidden, style
from gateway.message.selectors import Choice

_SHOWN: Final = re.compile(r"list-style|quotes|data:|content", re.I)
"""What makes declarations of an element write something without more around them."""
_LISTED: Final = re.compile(r"list-style(?:-type|-image)?\s*:([^;]*)", re.I)
_QUOTED: Final = re.compile(r"quotes\s*:([^;]*)", re.I)


class _Writing(NamedTuple):
    """What is written where: at the start of an element or at its end; or `instead` of all that it holds."""

    node: LexborNode
    said: str
    at_end: bool = False
    instead: bool = False


def loose_lines(choice: Choice, sheets: tuple[str, ...], styles: set[str]) -> Iterator[str]:
    """What sheets and the values of `style` attributes write, and what else sheets say, wherever it is shown."""
    yield from (style.strings(html.unescape(each)) for each in styles if "'" in each or "&" in each)
    for sheet in sheets:
        yield from style.loose(sheet)
        for rule in style.rules(sheet):
            yield style.strings(rule.declarations)
            if "symbols" in rule.declarations:
                yield " ".join(style.every_string(rule.declarations))
            if (shown := style.shown_attribute(rule.declarations)) is not None:
                yield from (node.attributes.get(shown) or "" for node in choice.of(f"[{shown}]"))


def put(choice: Choice, sheets: tuple[str, ...], styles: set[str]) -> bool:
    """Put what is written where a reader sees it; whether there was any.  The tree is changed."""
    # All is looked up before the first is put: what an element holds may decide which rule means it.
    counted = counters.count(choice, sheets, styles)
    rules = dict.fromkeys(rule for sheet in sheets for rule in style.rules(sheet))
    writings = [each for rule in rules for each in _of(choice, rule, sheets, counted)]
    writings += [_Writing(item, said) for item, said in counters.items(choice)]
    if any(_SHOWN.search(html.unescape(each)) for each in styles):
        for node in choice.of("[style]"):
            writings += _own(choice, node, node.attributes.get("style") or "")
    for writing in writings:
        _write(writing)
    return bool(writings)


def _of(
    choice: Choice, rule: style.Rule, sheets: tuple[str, ...], counted: counters.Counters
) -> Iterator[_Writing]:
    """What a rule writes."""
    place = style.generated(rule.selector)
    if place is None:
        if _SHOWN.search(rule.declarations):
            for node in choice.of(rule.selector):
                yield from _own(choice, node, rule.declarations)
    elif tokens := style.content(rule.declarations):
        for node in choice.of(place[0]):
            if said := "".join(_token(node, kind, value, sheets, counted) for kind, value in tokens):
                yield _Writing(node, said, place[1] == "after")


def _token(
    node: LexborNode, kind: str, value: str, sheets: tuple[str, ...], counted: counters.Counters
) -> str:
    """What one piece of a `content` says at an element."""
    if kind == "attr":
        return node.attributes.get(value.lower()) or ""
    if kind == "counter":
        name, _, how = value.partition(" ")
        return counted.at(node, name, how)
    if kind == "var":
        own = style.variable(node.attributes.get("style") or "", value)
        return own or next(filter(None, (style.variable(sheet, value) for sheet in sheets)), "")
    return data_addresses.words(value) if kind == "address" else value


def _own(choice: Choice, node: LexborNode, declarations: str) -> Iterator[_Writing]:
    """What the declarations of an element write at itself, at its items, or around quotations."""
    drawn = "".join(map(data_addresses.words, data_addresses.in_style(declarations)))
    listed = "".join(style.strings(f"content:{each}") for each in _LISTED.findall(declarations))
    if listed or drawn:
        items = choice.within(node, "li") if node.tag in ("ul", "ol", "menu", "dir") else [node]
        instead = bool(drawn) and bool(style.content(declarations))
        yield from (_Writing(item, listed or drawn, instead=instead) for item in items)
    for quoted in _QUOTED.findall(declarations):
        before, after, *_ = (*style.every_string(f"quotes:{quoted}"), "", "")
        for each in [node] if node.tag == "q" else choice.within(node, "q"):
            yield from (_Writing(each, style.unescaped(before)), _Writing(each, style.unescaped(after), True))


def _write(writing: _Writing) -> None:
    """Put a string into an element, as its first text or its last."""
    first = writing.node.first_child
    if writing.instead:
        writing.node.insert_before(writing.said)
        hidden.enclose(writing.node)
    elif first is not None and not writing.at_end:
        first.insert_before(writing.said)
    else:
        writing.node.insert_child(writing.said)
