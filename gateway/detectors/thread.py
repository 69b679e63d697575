"""Thread detector: a mail that answers, forwards or goes on from one in which a publication was found.

What leads where `gateway.features.threads` knows.  Here it becomes findings, and what is found becomes known: a mail
with the publication in it is a root from then on, one that only belongs to its conversation is a member.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from gateway.detectors.rule import RuleSet
from gateway.features.threads import Known, Match, Note, roots
from gateway.model import Detector, Finding, Message, Register

_NOT_CONTENT = frozenset({Detector.THREAD, Detector.UNREADABLE})
"""Detectors that find no material: a mail found by these alone is no root."""


def find(rules: RuleSet, message: Message, register: Register, now: datetime) -> Iterator[Finding]:
    """One finding for each rule, part and conversation of a publication under embargo that the part leads to.

    Of a root that a banner left between several publications they are its candidates.
    """
    matches = sorted(_standing(message, register, now), key=_conversation)
    for (part, _), group in groupby(matches, key=_conversation):
        for sure, candidates, trace in _named(tuple(group)):
            for rule in rules.of(Detector.THREAD):
                yield Finding(rule.id, Detector.THREAD, part, sure, candidates, rule.asks, trace=trace)


def _conversation(match: Match) -> tuple[str, bytes]:
    return match.part, match.known.origin


def _standing(message: Message, register: Register, now: datetime) -> Iterator[Match]:
    """What leads to a publication under embargo, unless somebody called the root a false alarm."""
    if not register.threads:
        return
    for match in register.threads.leading(register.trace_key, message):
        publication = register.publications.get(match.publication)
        exempt = (match.publication, match.known.origin) in register.exempt
        if publication is not None and publication.embargoed(now) and not exempt:
            yield match


def _named(matches: tuple[Match, ...]) -> Iterator[tuple[str | None, tuple[str, ...], bytes]]:
    """The publications of one conversation: those that are sure, and those among which nobody knows."""
    for match in matches:
        if not match.known.doubtful:
            yield match.publication, (), match.trace
    doubtful = tuple(sorted(match.publication for match in matches if match.known.doubtful))
    if len(doubtful) == 1:
        yield doubtful[0], (), matches[0].trace
    elif doubtful:
        yield None, doubtful, matches[0].trace


def notes(message: Message, findings: Iterable[Finding], register: Register) -> tuple[Note, ...]:
    """How a mail with these findings is to be known, unless its conversation was called a false alarm."""
    found = tuple(findings)
    if not found:
        return ()
    made = dict(_members(message, found, register)) | dict(_roots(message, found, register))
    return tuple(
        Note(publication, known)
        for (publication, _), known in made.items()
        if {(publication, known.name), (publication, known.origin)}.isdisjoint(register.exempt)
    )


def fresh(notes_: Iterable[Note], register: Register) -> tuple[Note, ...]:
    """Those that are not known already."""
    known = register.threads
    return tuple(
        note for note in notes_ if known is None or not known.knows(note.publication, note.known.name)
    )


def _roots(
    message: Message, findings: Iterable[Finding], register: Register
) -> Iterator[tuple[tuple[str, bytes], Known]]:
    """A mail in which a publication was found by its content; the sure word wins over a doubtful one."""
    content = [each for each in findings if each.detector not in _NOT_CONTENT]
    sure = {each.publication for each in content if each.publication is not None}
    doubtful = {key for each in content if each.publication is None for key in each.candidates} - sure
    for known in roots(register.trace_key, message) if sure or doubtful else ():
        for key in sorted(sure | doubtful):
            yield (key, known.name), replace(known, doubtful=key in doubtful)


def _members(
    message: Message, findings: Iterable[Finding], register: Register
) -> Iterator[tuple[tuple[str, bytes], Known]]:
    """A mail that was found by its thread: its own name, with root and subject of the conversation."""
    threaded = [each for each in findings if each.detector is Detector.THREAD]
    keys = {key for each in threaded for key in _keys(each)}
    # Only what leads somewhere is looked at again; a subject stands in the header.
    paths = {"header", *(each.part for each in threaded)}
    led = _led(Message(tuple(p for p in message.parts if p.path in paths)), register, keys) if keys else {}
    for own in roots(register.trace_key, message) if led else ():
        for key, at in led.items():
            member = replace(own, origin=at.origin, subject=at.subject, root=False, doubtful=at.doubtful)
            yield (key, own.name), member


def _led(message: Message, register: Register, keys: Container[str]) -> dict[str, Known]:
    """The conversation of each of these publications that a mail leads to first."""
    found: dict[str, Known] = {}
    for match in register.threads.leading(register.trace_key, message) if register.threads else ():
        if match.publication in keys and (match.publication, match.known.origin) not in register.exempt:
            found.setdefault(match.publication, match.known)
    return found


def _keys(finding: Finding) -> tuple[str, ...]:
    return (finding.publication,) if finding.publication is not None else finding.candidates
