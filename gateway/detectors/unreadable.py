"""Unreadable detector: what could not be read is a finding of its own, with the reason.

It names no publication: `gateway.policy` knows whose material the sender could have.
"""

from __future__ import annotations

from collections.abc import Iterator

from gateway.detectors.rule import RuleSet
from gateway.model import Detector, Finding, Message


def find(rules: RuleSet, message: Message) -> Iterator[Finding]:
    """One finding for each rule and place that could not be read."""
    for unreadable in message.unreadable:
        for rule in rules.of(Detector.UNREADABLE):
            yield Finding(
                rule.id, Detector.UNREADABLE, unreadable.path, asks=rule.asks, reason=unreadable.reason
            )
