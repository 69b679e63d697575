"""Unreadable detector: what could not be read is a finding of its own, with the reason.

It names no publication: `gateway.policy` knows whose material the sender could have.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gateway.detectors.rule import RuleSet
from gateway.model import Detector, Finding, Message, Reason, Unreadable


def find(rules: RuleSet, message: Message) -> Iterator[Finding]:
    """One finding for each rule and place that could not be read; pictures and recordings are such from a size."""
    yield from of(rules, (*message.unreadable, *_pictures(message, rules), *_recordings(message, rules)))


def of(rules: RuleSet, places: Iterable[Unreadable]) -> Iterator[Finding]:
    """One finding for each rule and place."""
    for unreadable in places:
        for rule in rules.of(Detector.UNREADABLE):
            yield Finding(
                rule.id, Detector.UNREADABLE, unreadable.path, asks=rule.asks, reason=unreadable.reason
            )


def _pictures(message: Message, rules: RuleSet) -> Iterator[Unreadable]:
    """The pictures from the size that is set: a screenshot of a table says as much as the table."""
    size = rules.images
    if size is not None:
        for leaf in message.leaves:
            if leaf.picture and leaf.size >= size:
                yield Unreadable(leaf.path, Reason.IMAGE)


def _recordings(message: Message, rules: RuleSet) -> Iterator[Unreadable]:
    """Sound and films from the size that is set: somebody may read the table out."""
    size = rules.recordings
    if size is not None:
        for leaf in message.leaves:
            if leaf.recording and leaf.size >= size:
                yield Unreadable(leaf.path, Reason.UNSUPPORTED)
