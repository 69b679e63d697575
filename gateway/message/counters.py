"""Numbers and letters that a page counts: counters of style sheets, and the items of numbered lists.

Sources: CSS Lists and Counters 3 (sections 4 and 7), CSS Counter Styles 3 (section 6), HTML (4.4.5, the `ol` element).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from selectolax.lexbor import LexborNode

from gateway.message import style
from gateway.message.selectors import Choice

_CHANGES: Final = re.compile(r"counter-(reset|set|increment)\s*:\s*([^;{}]*)", re.I)
_ONE: Final = re.compile(r"([A-Za-z_-][\w-]*)(?:\s+(-?\d{1,9}))?")
_ROMAN: Final = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
                 (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_TYPES: Final = {"a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman"}
_UNNUMBERED: Final = re.compile(r"list-style(?:-type)?\s*:[^;]*\bnone\b", re.I)
_WHOLE: Final = re.compile(r"\s*([+-]?\d{1,9})")

_MOST: Final = 50
"""Counters of one page; the deepest lists have some ten."""

Change = tuple[str, str, int]
"""`reset`, `set` or `increment`; which counter; by how much."""


def shown(number: int, how: str) -> str:
    """A counter's value in a predefined counter style; in decimal digits in one that is not known."""
    letters = how.partition("-")[2]
    if letters in ("alpha", "latin") and number > 0:
        said = ""
        while number:
            number, letter = divmod(number - 1, 26)
            said = chr(ord("a") + letter) + said
    elif letters == "roman" and 0 < number < 4000:
        said = ""
        for value, sign in _ROMAN:
            said += sign * (number // value)
            number %= value
    else:
        return str(number)
    return said.upper() if how.startswith("upper") else said


def changes(declarations: str) -> list[Change]:
    """What declarations do to counters."""
    return [
        (kind.lower(), name, int(number) if number else int(kind.lower() == "increment"))
        for kind, value in _CHANGES.findall(declarations)
        for name, number in _ONE.findall(value)
    ]


@dataclass(slots=True)
class Counters:
    """The counters of one page: their values at each element whose style sheets write one, by its number in the tree.

    Counters have no scopes here: a page whose lists stand in one another may count on where it should begin anew.
    """

    values: dict[int, dict[str, int]] = field(default_factory=dict)

    def at(self, node: LexborNode, name: str, how: str) -> str:
        """What a counter says at an element."""
        return shown(self.values.get(node.mem_id, {}).get(name, 0), how)


def count(choice: Choice, sheets: tuple[str, ...], styles: set[str]) -> Counters:
    """The counters of a page whose style sheets write some; nothing is looked for on any other."""
    counters = Counters()
    if not any("counter" in sheet for sheet in sheets):
        return counters
    made: dict[int, list[Change]] = defaultdict(list)
    for rule in (rule for sheet in sheets for rule in style.rules(sheet) if "counter" in rule.declarations):
        place = style.generated(rule.selector)
        for node in choice.of(place[0] if place is not None else rule.selector):
            made[node.mem_id] += changes(rule.declarations)
    if any("counter" in each for each in styles):
        for node in choice.of('[style*="counter" i]'):
            made[node.mem_id] += changes(node.attributes.get("style") or "")
    now: dict[str, int] = {}
    for node in choice.of("*") if made else ():
        for kind, name, number in made.get(node.mem_id, ()):
            now[name] = now.get(name, 0) + number if kind == "increment" else number
        if node.mem_id in made and len(now) <= _MOST:
            counters.values[node.mem_id] = dict(now)
    return counters


def items(choice: Choice) -> Iterator[tuple[LexborNode, str]]:
    """The items of lists that begin, count or go on where they are told to, with what stands before them."""
    lists = {node.mem_id: node for node in choice.of("ol[start],ol[type],ol[reversed]")}
    for node in choice.of("li[value]"):
        if node.parent is not None and node.parent.tag == "ol":
            lists.setdefault(node.parent.mem_id, node.parent)
    for node in lists.values():
        yield from _numbered(node)


def _numbered(node: LexborNode) -> Iterator[tuple[LexborNode, str]]:
    given = node.attributes
    every = [child for child in node.iter() if child.tag == "li"]
    back = "reversed" in given
    number = _whole(given.get("start"), len(every) if back else 1)
    for item in every:
        number = _whole(item.attributes.get("value"), number)
        how = _TYPES.get(item.attributes.get("type") or given.get("type") or "", "")
        if _UNNUMBERED.search(item.attributes.get("style") or "") is None:
            yield item, f"{shown(number, how)}. "
        number += -1 if back else 1


def _whole(value: str | None, otherwise: int) -> int:
    match = _WHOLE.match(value or "")
    return int(match[1]) if match is not None else otherwise
