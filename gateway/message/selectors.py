"""Which elements of a page a selector of a style sheet means, as far as the parser and a guess can tell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from gateway.message import limits

_NAMED: Final = re.compile(r"[.#][A-Za-z_][\w-]*")
_MOST_NAMES: Final = 20
"""Classes and identities of a selector that the parser does not know which are looked for instead."""
_TAG: Final = re.compile(r"<([a-zA-Z]+)")
_MADE: Final = frozenset(["html", "head", "body", "tbody", "tr", "colgroup", "p", "br"])
"""Elements that a parser puts in by itself (WHATWG HTML section 13.2.6)."""
_EACH: Final = re.compile(r"[^,()\"'\\]*+(?:\([^,()\"'\\]*+\)[^,()\"'\\]*+)*+(?:,|\Z)")
_PLAIN: Final = re.compile(
    r" *[a-zA-Z]+(?:[.#][A-Za-z_][\w-]*|\[[a-z-]+\]|:not\(\[[a-z-]+\]\)| +[a-zA-Z]+)* *,?\Z", re.ASCII
)
"""A selector that every parser knows, and that means elements of one name, in elements of others perhaps."""
_TAKEN: Final = 40
"""What an element that is taken up costs, against one that is passed over."""
_ELEMENT: Final = re.compile(r"(?:^| )([a-zA-Z]+)")


def names(source: str) -> frozenset[str]:
    """Letters that tags in the source of a page begin with, in small letters."""
    return frozenset([name.lower() for name in set(_TAG.findall(source))])


class Choice:
    """Looks up elements of one page (with so many `tags`), until that has been too much work; `exceeded` says so.

    `names` of all elements that the page's source has save asking the parser for others; none if it may have any.
    """

    def __init__(self, tree: LexborHTMLParser, tags: int, names: frozenset[str] = frozenset()) -> None:
        self.tree = tree
        self.tags = tags
        self.exceeded = False
        self._names = names | _MADE | ({"img"} if "image" in names else set()) if names else names
        self._work = limits.STYLE_WORK
        self._nodes = limits.HIDDEN_NODES
        self._asked: set[str] = set()

    def of(self, selector: str) -> Iterator[LexborNode]:
        """The elements that a selector means; of one that is not understood, all that it names."""
        possible = _possible(selector, self._names) if self._names else selector
        if not possible and selector:
            return
        try:
            yield from self._found(possible)
        except ValueError:  # What selectors a parser knows differs from browser to browser.
            for name in dict.fromkeys(_NAMED.findall(selector)[:_MOST_NAMES]):
                yield from self._found(name)

    def _found(self, selector: str) -> list[LexborNode]:
        self._work -= max(1, self.tags)
        if self._work <= 0 or self._nodes <= 0:
            self.exceeded = True
            return []
        try:
            found = self.tree.css(selector)
        except Exception:
            raise ValueError("a selector that the parser does not know") from None
        if selector in self._asked:
            return found[: limits.HIDDEN_NODES]
        self._asked.add(selector)
        left, self._nodes = self._nodes, self._nodes - len(found)
        self.exceeded = self.exceeded or self._nodes < 0
        return found[:left]

    def within(self, node: LexborNode, selector: str) -> list[LexborNode]:
        """The elements inside of one that a selector means, which the parser must know."""
        self._work -= max(1, self.tags)
        found = node.css(selector) if self._work > 0 else []
        self._work -= _TAKEN * len(found)
        self.exceeded = self.exceeded or self._work <= 0
        return found


def _possible(selector: str, names: frozenset[str]) -> str:
    """Of a list of selectors those that do not ask for an element whose name a page has not."""
    found = _each(selector)
    if all(needed <= names for needed, _ in found):
        return selector
    return ",".join(each for needed, each in found if needed <= names)


@lru_cache(maxsize=1024)
def _each(selector: str) -> tuple[tuple[frozenset[str], str], ...]:
    """The selectors of a list, each beside the names of elements without which it means nothing."""
    found = [match[0] for match in _EACH.finditer(selector)][:-1]
    if sum(map(len, found)) != len(selector):
        return ((frozenset(), selector),)
    return tuple((_needed(each), each.removesuffix(",")) for each in found)


def _needed(selector: str) -> frozenset[str]:
    plain = _PLAIN.match(selector) is not None
    return frozenset(_ELEMENT.findall(selector.lower())) if plain else frozenset()


def inner_first(nodes: Iterable[LexborNode]) -> list[LexborNode]:
    """Elements, each once, before all that they stand in: whoever takes one out of the tree has seen to those in it."""
    known: dict[int, int] = {}
    once = {node.mem_id: node for node in nodes}.values()
    return sorted(once, key=lambda node: -_depth(node, known))


def _depth(node: LexborNode, known: dict[int, int]) -> int:
    """How many elements an element stands in; `known` is that of others."""
    chain = []
    each: LexborNode | None = node
    while each is not None and each.mem_id not in known:
        chain.append(each.mem_id)
        each = each.parent
    outermost = known[each.mem_id] if each is not None else 0
    known.update((name, at) for at, name in enumerate(reversed(chain), outermost + 1))
    return known[node.mem_id]
