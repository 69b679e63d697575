"""The words around a place of a page, of those words that anybody asks about: a page is looked through once for all."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.detectors.page import AROUND, Page

_TOKEN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(slots=True)
class Surroundings:
    """Which of some words stand around places of pages; what it found in the last page it keeps."""

    wanted: frozenset[str]
    _page: Page | None = None
    _always: frozenset[str] = frozenset()
    _places: list[int] = field(default_factory=list)
    _words: list[str] = field(default_factory=list)

    def of(self, page: Page, place: int) -> frozenset[str]:
        """The wanted words in the mail's header and within AROUND characters; a hyphened word as a whole, too."""
        if page is not self._page:
            self._look(page)
        first = bisect_left(self._places, place - AROUND)
        last = bisect_right(self._places, place + AROUND)
        return self._always.union(self._words[first:last])

    def _look(self, page: Page) -> None:
        self._page = page
        self._always = frozenset(word for _, word in self._found(page.header))
        found = list(self._found(page.text))
        self._places, self._words = [place for place, _ in found], [word for _, word in found]

    def _found(self, text: str) -> Iterator[tuple[int, str]]:
        """Where each of the wanted words stands."""
        for match in _TOKEN.finditer(text):
            token = match[0]
            for word in (token, *token.split("-")) if "-" in token else (token,):
                if word in self.wanted:
                    yield match.start(), word
