"""Banner detector: wording by which a mail says itself that it is restricted, with the time it names.

First every place where a rule's wording stands is collected, with the planned time beside it; then
each place is tied to the register.  A banner without a date yields to one with a date in the same
mail: they are the same banner, and after publication the same files still say "strictly embargoed".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from heapq import merge
from itertools import chain, pairwise

from gateway.detectors.dates import moments
from gateway.detectors.evidence import Evidence
from gateway.detectors.gathered import gathered
from gateway.detectors.moments import Moment
from gateway.detectors.page import Page
from gateway.detectors.rule import Holds, Needs, Rule, RuleSet, Wording
from gateway.detectors.ties import Ties
from gateway.model import Detector, Finding, Register
from gateway.text import words

_SENTENCE_END = re.compile(r"(?<![ .]m)(?<![ .][ap])[.!?;] (?=[a-z])|\bdear\b")
"""Where the sentence that sets the embargo ends, "a.m. on" not taken for it: later dates are not the banner's."""
_ADJACENT = 5
"""Characters between a table cell with the date and the cell with the word."""
_BESIDE = 24
"""Characters after the word within which the other half of such a table's time begins."""
_LONGEST = 80
"""Characters of the longest planned time: what begins within reach is read to its end."""
_CLOSE = 60
"""Characters around a match in which `unless` is looked for."""
_LONG = 100_000
"""Characters of a part that is read as far as it takes, not all at once."""
_MOST_PLACES, _MOST_TIMED = 10_000, 2_000
"""Places of one wording in one mail, and those with a time, beyond which it is not read on: each takes some 80 us."""
_REMEMBERED = 1_024
"""Stretches of text whose times are remembered while one mail is read: what is said again and again is read once."""
_SPARSE = 4000
"""Characters between two places of one wording without a time that are worth a second look."""
_THREAD = 600
"""An undated banner this far above an old dated one is newer than the thread below it."""
_Read = Callable[[str], tuple[Moment, ...]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a wording stands in a page, with the planned times it may speak of.

    `endless` says that there were too many of them to read on: what comes behind may speak of anything.
    """

    rule: Rule
    wording: Wording
    page: Page
    start: int
    end: int
    moments: tuple[Moment, ...] = ()
    endless: bool = False

    @property
    def dated(self) -> bool:
        """Whether a day is named."""
        return any(moment.day is not None for moment in self.moments)

    def finding(self, ids: tuple[str, ...] = ()) -> Finding:
        """That it stands there: of the one publication, in doubt between several, or of none that is known."""
        sure, candidates = (ids[0], ()) if len(ids) == 1 else (None, ids)
        return Finding(self.rule.id, Detector.BANNER, self.page.path, sure, candidates, self.rule.asks)


def find(
    rules: RuleSet, pages: Iterable[Page], register: Register, now: datetime, evidence: Evidence
) -> Iterator[Finding]:
    """Findings of all banner rules in all pages, in the order of pages, rules and places."""
    met = places(rules, pages)
    ties = Ties(register, now, rules.zone)
    found = {place: tuple(_dated(place, ties)) for place in met if place.dated or place.endless}
    dated = {place: tuple(evidence.standing(findings)) for place, findings in found.items()}
    # What is a false alarm speaks for nothing else in the mail either.
    speaking = [place for place, findings in found.items() if dated[place] or not findings]
    held = frozenset(finding for findings in dated.values() for finding in findings)
    for place in met:
        undated = () if place in dated else evidence.standing(_undated(place, ties, speaking, held))
        yield from dated.get(place, undated)


def places(rules: RuleSet, pages: Iterable[Page]) -> list[Place]:
    """Where a wording of the banner rules stands, with its times; in the order of pages, rules and places."""
    wordings = [(rule, wording) for rule in rules.of(Detector.BANNER) for wording in rule.wordings]
    anchors = frozenset[str]().union(*(wording.anchors for _, wording in wordings))
    met = [_Met() for _ in wordings]
    found: list[Place] = []
    for page in _again(pages, wordings):
        found += (Place(*first, page, 0, 0, endless=True) for first in wordings[:1] if page.endless)
        found += _places(wordings, anchors, page, met)
    return found


def _again(pages: Iterable[Page], wordings: Iterable[tuple[Rule, Wording]]) -> Iterator[Page]:
    """Each page, and what its letters make where they do not stand together."""
    only = tuple(wording for _, wording in wordings)
    for page in pages:
        yield page
        yield from gathered(page, only)


def _dated(place: Place, ties: Ties) -> Iterator[Finding]:
    """Whatever under embargo one of its times belongs to; if the register knows none, whether one is to come."""
    if place.endless:
        yield from map(place.finding, ((), *ties.embargoed))
        return
    found = [ties.by_moment(moment, place.page, place.start) for moment in place.moments]
    yield from (place.finding(ids) for tie in found for ids in tie.claims)
    known = any(tie.known for tie in found)
    if not known and place.wording.dated is Holds.ALWAYS and ties.any_ahead(place.moments):
        yield place.finding()


def _undated(place: Place, ties: Ties, dated: Iterable[Place], held: frozenset[Finding]) -> Iterator[Finding]:
    tie = ties.by_clock(place.moments, place.page, place.start)
    if place.moments:
        yield from (place.finding(ids) for ids in tie.claims if not _is_said(ids, held))
    elif not held and not _yields(place, dated):
        yield from map(place.finding, tie.claims)
    if not (tie.known or held or _yields(place, dated)) and place.wording.undated is Holds.ALWAYS:
        yield place.finding()


def _is_said(ids: tuple[str, ...], held: frozenset[Finding]) -> bool:
    return any(finding.publication in ids or set(finding.candidates) & set(ids) for finding in held)


def _yields(place: Place, dated: Iterable[Place]) -> bool:
    """Whether a dated banner of the mail speaks for this one: any but an older one far below in the same part."""
    below = [other.start - place.end for other in dated if other.page is place.page]
    return any(True for _ in dated) and not (below and min(below) > _THREAD)


@dataclass(slots=True)
class _Met:
    """How many places of one wording were met in one mail; `read` reads times and knows those it read last."""

    places: int = 0
    timed: int = 0
    endless: bool = False
    _read: _Read | None = None

    @property
    def read(self) -> _Read:
        """Reads times; made when the first place is met, because most mails have none."""
        self._read = self._read or lru_cache(_REMEMBERED)(moments)
        return self._read


def _places(
    wordings: Iterable[tuple[Rule, Wording]],
    anchors: frozenset[str],
    page: Page,
    met: Iterable[_Met],
) -> Iterator[Place]:
    """The places of all wordings in a page; in ordinary mail the anchors are all that is looked for."""
    present = frozenset(anchor for anchor in anchors if anchor in page.letters)
    for (rule, wording), count in zip(wordings, met, strict=True):
        if (anchored := present & wording.anchors) and not count.endless:
            yield from _places_of(wording, rule, page, anchored, count)


def _places_of(
    wording: Wording, rule: Rule, page: Page, anchors: Iterable[str], met: _Met
) -> Iterator[Place]:
    """The places of a wording that its conditions allow: those without a time now and then, others up to a limit."""
    quiet, previous = -_SPARSE, 0
    ends = chain(_spans(wording, page.letters, anchors), [(len(page.text), 0)])
    for (start, end), (following, _) in pairwise(ends):
        found = _moments(page.text, (previous, start), (end, following), wording, met.read)
        previous = end
        place = Place(rule, wording, page, start, end, found)
        met.endless = met.places == _MOST_PLACES or met.timed == _MOST_TIMED
        if met.endless:
            yield replace(place, endless=True)
            return
        met.places += 1
        if (found or start - quiet >= _SPARSE) and _allowed(place):
            met.timed += bool(found)
            quiet = quiet if found else start
            yield place


def _spans(wording: Wording, letters: str, anchors: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Where a wording's phrases stand, in order, overlapping ones as one; looked for around the anchors only."""
    margin = max(phrase.longest for phrase in wording.phrases)
    margin += 2 * wording.reach + _LONGEST if wording.near else 0
    in_order = merge if len(letters) > _LONG else _sorted
    for start, end in _joint(in_order(*(_around(anchor, letters, margin) for anchor in anchors))):
        yield from _joint(in_order(*(each.spans(letters, max(0, start), end) for each in wording.phrases)))


def _sorted(*spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """As `heapq.merge`, but all at once: quicker where there are few."""
    return sorted(chain.from_iterable(spans))


def _around(anchor: str, letters: str, margin: int) -> Iterator[tuple[int, int]]:
    """Stretches that hold every place of an anchor with a margin; places close together share one."""
    position = letters.find(anchor)
    while position >= 0:
        yield position - margin, position + 2 * margin
        position = letters.find(anchor, position + margin)


def _joint(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans that come in order, those that overlap as one."""
    joint: tuple[int, int] | None = None
    for start, end in spans:
        if joint is not None and start < joint[1]:
            joint = (joint[0], max(end, joint[1]))
            continue
        if joint is not None:
            yield joint
        joint = (start, end)
    if joint is not None:
        yield joint


def _allowed(place: Place) -> bool:
    wording, text, start, end = place.wording, place.page.text, place.start, place.end
    if not place.dated and wording.undated is Holds.NEVER:
        return False
    if wording.not_after and wording.not_after.intersection(words(text[max(0, start - 24) : start])[-1:]):
        return False
    close = (start - _CLOSE, end + _CLOSE)
    if not place.dated and any(phrase.stands(text, *close) for phrase in wording.unless):
        return False
    reach = 2 * wording.reach + _LONGEST
    near = (start - reach, end + reach)
    return not wording.near or any(phrase.stands(text, *near) for phrase in wording.near)


def _moments(
    text: str, before: tuple[int, int], after: tuple[int, int], wording: Wording, moments: _Read
) -> tuple[Moment, ...]:
    """The planned times beside a place: all whole ones in its sentence, else the nearest half, with its other half."""
    window = text[after[0] : min(after[1], after[0] + 2 * wording.reach + _LONGEST)]
    stop = _SENTENCE_END.search(window)
    read = moments(window[: stop.start()] if stop is not None else window)
    following = [moment for moment in read if moment.start <= wording.reach]
    whole = tuple(moment for moment in following if moment.whole)
    if whole:
        return whole
    first = next((moment for moment in following if moment.day is not None), None) or next(
        iter(following), None
    )
    best = _joined(_just_before(text, before, moments), first)
    return (best,) if best is not None and _enough(best, wording.needs) else ()


def _just_before(text: str, before: tuple[int, int], moments: _Read) -> Moment | None:
    start = max(before[0], before[1] - _LONGEST)
    last = next(reversed(moments(text[start : before[1]])), None)
    return last if last is not None and last.rest <= _ADJACENT else None


def _joined(before: Moment | None, after: Moment | None) -> Moment | None:
    """The moment that two table cells beside the word make up; else what stands after it, else before it."""
    if before is None or after is None:
        return after or before
    if after.start <= _BESIDE and before.clock is None and after.day is None:
        return replace(after, day=before.day)
    if after.start <= _BESIDE and before.day is None and after.clock is None:
        return replace(after, clock=before.clock)
    return after


def _enough(moment: Moment, needs: Needs) -> bool:
    return needs is Needs.ANY or moment.whole or (needs is Needs.TIME and moment.clock is not None)
