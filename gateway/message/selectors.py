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


def chosen(tree: LexborHTMLParser, selector: str) -> Iterator[LexborNode]:
    """The elements that a selector means, up to a limit; of one that is not understood, all that it names."""
    try:
        yield from tree.css(selector)[: limits.HIDDEN_NODES]
    except (
        Exception
    ):  # What selectors a parser knows differs from browser to browser, and from release to release.
        for name in dict.fromkeys(_NAMED.findall(selector)[:_MOST_NAMES]):
            yield from tree.css(name)[: limits.HIDDEN_NODES]
