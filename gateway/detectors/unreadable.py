"""Unreadable detector: what could not be read is a finding of its own, with the reason.

It names no publication: `gateway.policy` knows whose material the sender could have.
"""

from __future__ import annotations

from collections.abc import Iterator

from gateway.detectors.rule import RuleSet
from gateway.model import Detector, Finding, Message, Reason, Unreadable


def find(rules: RuleSet, message: Message) -> Iterator[Finding]:
    """One finding for each rule and place that could not be read; pictures count as such from a size that is set."""
    pictures = () if rules.images is None else tuple(_pictures(message, rules.images))
    for unreadable in (*message.unreadable, *pictures):
        for rule in rules.of(Detector.UNREADABLE):
            yield Finding(
                rule.id, Detector.UNREADABLE, unreadable.path, asks=rule.asks, reason=unreadable.reason
            )


def _pictures(message: Message, size: int) -> Iterator[Unreadable]:
    """The pictures of so many bytes or more: a screenshot of a table says as much as the table."""
    return (
        Unreadable(leaf.path, Reason.IMAGE) for leaf in message.leaves if leaf.picture and leaf.size >= size
    )
