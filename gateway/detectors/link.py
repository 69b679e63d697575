"""Link detector: an address that leads to a registered page, or into a registered folder, however it is wrapped."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from gateway.detectors.rule import RuleSet
from gateway.features.links import Links, Lookup, Match, led_to
from gateway.features.rewriters import unwrapped
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
    for path, address in _addresses(message):
        for match in lookup.matches(address):
            if (path, match) not in told:
                told.add((path, match))
                yield path, address, match


def _addresses(message: Message) -> Iterator[tuple[str, str]]:
    """Every address that somebody can follow, with the path of its part."""
    for part in message.parts:
        for address in led_to(part.text):
            yield part.path, address
    for link in message.links:
        for address in unwrapped(link.url.strip()):
            yield link.path, address
