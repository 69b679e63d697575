"""Link detector: an address that leads to a registered page, or into a registered folder, however it is wrapped."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import Final

from gateway.detectors import unreadable
from gateway.detectors.rule import RuleSet
from gateway.features.links import Links, Lookup, Match
from gateway.model import Detector, Finding, Message, Reason, Register, Unreadable

HOSTS: Final = 50_000
"""Different hosts to which the addresses of one mail lead.  A large table of linked data has one, a file of a year's
links of an office some thousand; each takes 40 microseconds."""
_HEADER: Final = "header"
"""The path of a mail's own header, which stands for the mail as a whole."""


def find(rules: RuleSet, message: Message, register: Register, now: datetime) -> Iterator[Finding]:
    """One finding for each rule, part, registered link and publication under embargo that it belongs to.

    A message with more hosts than are looked up is unreadable.
    """
    if not register.links:
        return
    lookup = Lookup(register.links, register.trace_key, HOSTS)
    yield from _found(rules, message, register, now, lookup)
    if lookup.crowded:
        yield from unreadable.of(rules, [Unreadable(_HEADER, Reason.TOO_LARGE)])


def _found(
    rules: RuleSet, message: Message, register: Register, now: datetime, lookup: Lookup
) -> Iterator[Finding]:
    for path, _, match in _explained(message, lookup):
        for key in sorted(match.ids):
            publication = register.publications.get(key)
            if publication is not None and publication.embargoed(now):
                for rule in rules.of(Detector.LINK):
                    yield Finding(rule.id, Detector.LINK, path, key, asks=rule.asks, trace=match.trace)


def explain(message: Message, links: Links, key: bytes) -> Iterator[tuple[str, str, Match]]:
    """The registered links that a message leads to: the part's path, the address as found there, and what it matches.

    Each once in a part; `key` is the installation's (`Register.trace_key`).
    """
    return _explained(message, Lookup(links, key, HOSTS))


def _explained(message: Message, lookup: Lookup) -> Iterator[tuple[str, str, Match]]:
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
