"""Detectors: a message, the rules and the register in, findings out.  No detector decides anything."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from gateway.detectors import banner, figures, file, link, text, thread, unreadable
from gateway.detectors.evidence import Evidence
from gateway.detectors.page import pages
from gateway.detectors.reading import Reading
from gateway.detectors.rule import RuleSet
from gateway.features.vocabulary import lent
from gateway.model import Detector, Finding, Message, Register

__all__ = ["find"]


def find(rules: RuleSet, message: Message, register: Register, now: datetime) -> tuple[Finding, ...]:
    """All findings of all detectors at `now`, each once, in the order of detectors and parts.

    The same message, register and time give the same tuple.  What somebody called a false alarm is left out.
    """
    evidence = Evidence(message, register)
    found = (
        *_worded(rules, message, register, now, evidence),
        *evidence.standing(thread.find(rules, message, register, now)),
        *evidence.standing(link.find(rules, message, register, now)),
        *evidence.standing(unreadable.find(rules, message)),
    )
    # What is not looked at to its end is unreadable, whichever detector says so.
    return tuple(sorted(dict.fromkeys(found), key=_is_of_the_unread))


def _is_of_the_unread(finding: Finding) -> bool:
    return finding.detector is Detector.UNREADABLE


def _worded(
    rules: RuleSet, message: Message, register: Register, now: datetime, evidence: Evidence
) -> Iterator[Finding]:
    """What is found in the words of a mail, read once for all; without words registered, no vocabulary is made."""
    if not (register.texts or register.figures):
        yield from banner.find(rules, pages(message), register, now, evidence)
        yield from evidence.standing(file.find(rules, message, register, now))
        return
    with lent(register.trace_key) as vocabulary:
        reading = Reading(vocabulary)
        yield from banner.find(rules, reading.pages(message), register, now, evidence)
        yield from evidence.standing(file.find(rules, message, register, now))
        yield from evidence.standing(text.find(rules, reading, register, now))
        yield from evidence.standing(figures.find(rules, reading, register, now))
