"""Hints: a word that says which way the figures went, beside the title of a publication that was found anyway.

"The unemployment figures are better than expected" shows no figure and is a leak all the same; but titles and such
words meet in much innocent mail.  So a hint never asks for anything: it is a fact beside the findings of an incident.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from gateway.detectors.page import Page, pages
from gateway.detectors.ties import title_words
from gateway.model import Detector, Finding, Hint, Message, Register
from gateway.text import words

_NEAR: Final = 12
"""Words on either side of a direction word among which the title's words are looked for."""
_MOSTLY: Final = 0.6
"""Share of a title's words that must stand there."""

_DIRECTIONS: Final = """
    favourable unfavourable favorable unfavorable encouraging disappointing worrying reassuring embarrassing
    rise rises rising risen rose increase increases increased increasing growth grew grown higher
    fall falls falling fallen fell decrease decreases decreased decreasing dropped decline declines declined
    declining lower reduction worsened worsening worse improved improving improvement
    surge surged soared soaring jumped plunge plunged plummeted slump slumped rebound rebounded
    unchanged flat stable upward downward upturn downturn
    up on last|up on a year|up on the year|up on this|down on last|down on a year|down on the year|down on this
    up from|down from|up by|down by|up again|down again|going up|going down|gone up|gone down|drop in|drops to|jump in
    better than|much better|looks better|look better|better news
    record high|record low|record level|record number|highest since|lowest since|highest ever|lowest ever
    than expected|than forecast|than last|than feared|than we thought|than predicted
    above target|below target|on target|missed the target|met the target|good news|bad news|good story|bad story
    positive story|negative story|not good|not great|looking good|looking bad|doubled|halved|trebled|tripled
    above forecast|below forecast|above expectations|below expectations
"""
"""One word, or several between bars, that say a direction; as `fold` leaves them."""


def _phrases() -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """First word -> the phrases that begin with it."""
    found: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for line in _DIRECTIONS.strip().splitlines():
        for phrase in line.split("|") if "|" in line else line.split():
            first, *rest = phrase.split()
            found[first].append((first, *rest))
    return {first: tuple(phrases) for first, phrases in found.items()}


_BY_FIRST: Final = _phrases()


def hints(message: Message, register: Register, findings: Iterable[Finding]) -> tuple[Hint, ...]:
    """The hints at the publications of these findings, each once for a part; nothing where nothing was found.

    A part that is the registered file itself gives none: that it has such words is no news.
    """
    found = tuple(findings)
    named = {key for each in found for key in (each.publication, *each.candidates) if key is not None}
    titles = {
        key: title_words(register.publications[key]) for key in sorted(named & set(register.publications))
    }
    if not titles:
        return ()
    files = [(each.publication, each.part) for each in found if each.detector is Detector.FILE]
    told = dict.fromkeys(hint for page in pages(message) for hint in _on(page, titles))
    return tuple(hint for hint in told if not any(_within(hint, key, path) for key, path in files))


def _within(hint: Hint, key: str | None, path: str) -> bool:
    return hint.publication == key and (hint.part == path or hint.part.startswith(f"{path}/"))


def _on(page: Page, titles: Mapping[str, frozenset[str]]) -> Iterator[Hint]:
    """The hints on one page."""
    every = frozenset[str]().union(*titles.values())
    told = words(page.text)
    if every.isdisjoint(told):
        return
    waiting = dict(titles)
    for place in _directions(told):
        around = every.intersection(told[max(0, place - _NEAR) : place + _NEAR + 1])
        # A title may have such a word itself.
        beside = {key: title & around for key, title in waiting.items() if told[place] not in title}
        for key in [key for key, there in beside.items() if len(there) >= _MOSTLY * len(titles[key])]:
            yield Hint(key, page.path)
            del waiting[key]
        if not waiting:
            return


def _directions(told: list[str]) -> Iterator[int]:
    """Where a direction word, or a phrase of several, begins."""
    for place, word in enumerate(told):
        phrases = _BY_FIRST.get(word)
        if phrases is not None and any(told[place : place + len(each)] == list(each) for each in phrases):
            yield place
