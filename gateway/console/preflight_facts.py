"""What pre-flight says of a draft: what would become of it for each recipient, what was found, what was not read.

Pure.  Names of files stand here because whoever reads this has the files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.console import words
from gateway.console.content import line
from gateway.console.publication_facts import Look
from gateway.header_envelope import OUTSIDER
from gateway.letters.form import shown, title
from gateway.message.names import Attachment
from gateway.model import (
    Decision,
    Disposition,
    Finding,
    Grant,
    GrantKind,
    Message,
    Outcome,
    Publication,
    Register,
    State,
    Unreadable,
)
from gateway.persons import person

_VERDICTS = {
    Disposition.RELAY: ("Would get it", "green"),
    Disposition.HOLD: ("Would be held", "yellow"),
    Disposition.REJECT: ("Would be refused", "red"),
}


@dataclass(frozen=True, slots=True)
class Sight:
    """What the words rest on: the register, who may see which publications (ids), the rules' sentences, the files."""

    register: Register
    visible: frozenset[str]
    whys: Mapping[str, str]
    attachments: Sequence[Attachment]
    look: Look

    def name(self, key: str | None) -> str:
        """A publication as this person may know it."""
        if key is None:
            return "a publication that nobody here has registered"
        known = self.register.publications.get(key)
        return (
            f"“{title(known.title)}”"
            if known is not None and key in self.visible
            else f"another publication ({key})"
        )


@dataclass(frozen=True, slots=True)
class Person:
    """One recipient: the verdict, and why."""

    address: str
    verdict: str
    colour: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """The answer of a pre-flight."""

    heading: str
    people: tuple[Person, ...]
    found: tuple[tuple[str, tuple[str, ...]], ...]
    unread: tuple[str, ...]
    sender: tuple[str, ...]


def facts(decision: Decision, message: Message, sight: Sight) -> Facts:
    """What would become of a draft, in words."""
    return Facts(
        _heading(decision),
        tuple(_person(one, decision, sight) for one in decision.outcomes),
        _found(decision.findings, sight),
        tuple(
            f"{place(mark.path, sight)}: {words.UNREADABLE[mark.reason.value]}" for mark in _marks(message)
        ),
        tuple(_sender(decision, sight)),
    )


def _marks(message: Message) -> Sequence[Unreadable]:
    return tuple(dict.fromkeys(message.unreadable))


def _heading(decision: Decision) -> str:
    everybody = len(decision.outcomes)
    some = sum(one.disposition is not Disposition.RELAY for one in decision.outcomes)
    if not some:
        return "It would be sent, and recorded" if decision.observed else "Everybody would get it"
    verb = "refused" if decision.disposition is Disposition.REJECT else "held"
    return f"It would be {verb} for {'everybody' if some == everybody else f'{some} of {everybody}'}"


def _person(one: Outcome, decision: Decision, sight: Sight) -> Person:
    verdict, colour = _VERDICTS[one.disposition]
    if decision.observed and not one.eligible:
        verdict, colour = "Would get it, and it would be recorded", "orange"
    address = one.recipient.address
    name = "Anybody who is on no list" if address == OUTSIDER else shown(address)
    return Person(name, verdict, colour, tuple(_notes(one, sight)))


def _notes(one: Outcome, sight: Sight) -> Iterator[str]:
    if one.eligible and one.disposition is not Disposition.RELAY:
        yield "On the list. Waits because others who are not would get the same mail."
    if one.suspended_until is not None and not one.eligible:
        yield f"Suspended until {sight.look.time(one.suspended_until)}."
    yield from filter(None, (_closed(one, key, sight) for key in one.ineligible_for))
    if one.group is not None:
        yield f"A group: {one.group.unlisted} of {one.group.members} members are not listed."
    if one.resembles is not None:
        yield f"Looks like {shown(one.resembles)}, who is on the list. A slip of the keyboard?"


def _closed(one: Outcome, key: str | None, sight: Sight) -> str:
    who = person(sight.register, one.recipient.address) or ""
    known = sight.register.publications.get(key) if key is not None else None
    grants = sight.register.grants.get(key, {}).get(who, ()) if key is not None else ()
    if known is None or key not in sight.visible or not grants:
        return f"Not on the list for {sight.name(key)}."
    if one.suspended_until is not None:
        return ""
    return f"On the list for {sight.name(key)}, but {_not_now(grants, known, sight.look)}."


def _not_now(grants: Sequence[Grant], publication: Publication, look: Look) -> str:
    """Why grants do not count at this moment."""
    if publication.state is State.DRAFT:
        return "nobody has taken that draft yet"
    begins = [_begin(grant, publication) for grant in grants]
    later = [when for when in begins if when is not None and when > look.now]
    return f"not before {look.time(min(later))}" if later else "no longer"


def _begin(grant: Grant, publication: Publication) -> datetime | None:
    window = publication.window_opens if grant.kind is GrantKind.PRE_RELEASE else None
    return max(filter(None, (window, grant.starts_at)), default=None)


def _found(findings: Sequence[Finding], sight: Sight) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Each rule's sentence with the publication it points to, and the places."""
    found: dict[str, dict[str, None]] = {}
    for finding in findings:
        why = sight.whys.get(finding.rule) or f"Rule {finding.rule}."
        keys = (finding.publication,) if finding.publication is not None else finding.candidates or (None,)
        about = " or ".join(map(sight.name, keys))
        found.setdefault(f"{why} It points to {about}.", {})[place(finding.part, sight)] = None
    return tuple((why, tuple(places)) for why, places in found.items())


def place(path: str, sight: Sight) -> str:
    """A part of the draft as its writer knows it: the file by its name, and what is inside by its path."""
    if path.endswith("header"):
        return "the subject or another header line"
    for attachment in sight.attachments:
        if path == attachment.path or path.startswith(f"{attachment.path}/"):
            name = line(attachment.names[0]) if attachment.names else f"part {attachment.path}"
            inner = path[len(attachment.path) + 1 :]
            return f"{name}, part {inner} inside" if inner else name
    return f"the text (part {path})"


def _sender(decision: Decision, sight: Sight) -> Iterator[str]:
    if decision.sender_suspended_until is not None:
        yield f"The sender is suspended until {sight.look.time(decision.sender_suspended_until)}."
    for key in decision.sender_ineligible_for:
        yield f"The sender is not on the list for {sight.name(key)}: the material had reached them already."
