"""Link detector: an address that leads to a registered page, or into a registered folder, however it is wrapped."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import chain

from gateway.detectors.rule import RuleSet
from gateway.features.links import Links, Lookup, Match
from gateway.model import Detector, Finding, Message, Register


def find(rules: RuleSet, message: Message, register: Register, now: datetime) -> Iterator[Finding]:
    """One finding for each rule, part, registered link and publication under embargo that it belongs to."""
    if not register.links:
        return
    for path, _, match in explain(message, register.links, register.trace_key):
        for key in sorted(match.ids):
            publication = register.publications.get(key)
            if publication is not None and publication.embargoed(now):
                for rule in rules.of(Detector.LINK):
                    yield Finding(rule.id, Detector.LINK, path, key, asks=rule.asks, trace=match.trace)


def explain(message: Message, links: Links, key: bytes) -> Iterator[tuple[str, str, Match]]:
    """The registered links that a message leads to: the part's path, the address as found there, and what it matches.

    Each once in a part; `key` is the installation's (`Register.trace_key`).
    """
    lookup = Lookup(links, key)
    told: set[tuple[str, Match]] = set()
    found = chain(
        ((part.path, lookup.in_text(part.text)) for part in message.parts),
        ((link.path, lookup.behind(link.url.strip())) for link in message.links),
    )
    for path, matches in found:
        for address, match in matches:
            if (path, match) not in told:
                told.add((path, match))
                yield path, address, match
