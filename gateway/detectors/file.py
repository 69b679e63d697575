"""File detector: a decoded leaf that is, byte for byte, a registered document."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from gateway.detectors.rule import RuleSet
from gateway.model import Detector, Finding, Message, Register
from gateway.traces import file_hash


def find(rules: RuleSet, message: Message, register: Register, now: datetime) -> Iterator[Finding]:
    """One finding for each leaf, rule and publication that registered it and is still under embargo."""
    if not register.files:
        return
    for leaf in message.leaves:
        trace = file_hash(register.trace_key, leaf.sha256)
        ids = register.files.get(trace, frozenset())
        for rule in rules.of(Detector.FILE):
            for key in sorted(ids):
                publication = register.publications.get(key)
                if publication is not None and publication.embargoed(now):
                    yield Finding(rule.id, Detector.FILE, leaf.path, key, asks=rule.asks, trace=trace)
