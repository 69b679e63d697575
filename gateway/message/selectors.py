"""Which elements of a page a selector of a style sheet means, as far as the parser and a guess can tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from gateway.message import limits

_NAMED: Final = re.compile(r"[.#][A-Za-z_][\w-]*")
_MOST_NAMES: Final = 20
"""Classes and identities of a selector that the parser does not know which are looked for instead."""


class Choice:
    """Looks up elements of one page (with so many `tags`), until that has been too much work; `exceeded` says so."""

    def __init__(self, tree: LexborHTMLParser, tags: int) -> None:
        self.tree = tree
        self.exceeded = False
        self.tags = tags
        self._work = limits.STYLE_WORK
        self._nodes = limits.HIDDEN_NODES

    def of(self, selector: str) -> Iterator[LexborNode]:
        """The elements that a selector means; of one that is not understood, all that it names."""
        try:
            yield from self._found(selector)
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
        left, self._nodes = self._nodes, self._nodes - len(found)
        self.exceeded = self.exceeded or self._nodes < 0
        return found[:left]
