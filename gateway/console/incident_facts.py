"""An incident in plain words: what a person who has never seen the gateway needs to decide in a minute.

Pure.  Never a word of the mail itself.  Where `addresses` is false (an operator looks), nobody is named.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from gateway.console.found import found
from gateway.incident import Addressee, Concern, Consent, Incident, Standing, Verb
from gateway.letters.form import left, moment, one_line, shown, title
from gateway.model import Detector

GONE = (Standing.RELEASING, Standing.RELEASED, Standing.RELAYED, Standing.OBSERVED)
"""The states of a recipient whom the mail has reached, or reaches now."""

_VERBS = {
    Verb.RELEASE: "agreed to send it",
    Verb.SEND: "decided to send it when it is published",
    Verb.DROP: "decided to delete it when it is published",
}


@dataclass(frozen=True, slots=True)
class Look:
    """Who looks, as far as words depend on it, and what the words rest on.

    `whys` maps rule id -> the rule's sentence; `next_asked` are times and addresses of who is asked next; `fallback`
    answers for publications that nobody registered; those in `public` need nobody's word any more.  `me` are addresses
    of whoever looks.
    """

    now: datetime
    zone: ZoneInfo
    addresses: bool = True
    whys: Mapping[str, str] = field(default_factory=dict)
    next_asked: Sequence[tuple[datetime, Sequence[str]]] = ()
    fallback: Sequence[str] = ()
    public: Container[str | None] = ()
    me: Container[str] = ()

    def name(self, address: str | None) -> str:
        """An address as the page shows it."""
        if address is None:
            return "An automatic mail, without a sender"
        if not self.addresses:
            return "(hidden)"
        return f"{shown(address)} (you)" if address in self.me else shown(address)

    def title(self, concern: Concern) -> str:
        """A publication as the page names it: by its id to whoever sees no addresses, who sees no titles either."""
        return title(concern.title) if self.addresses else concern.id

    def time(self, when: datetime) -> str:
        """A time as people there read it: of today only the hour."""
        local, now = when.astimezone(self.zone), self.now.astimezone(self.zone)
        return f"{local:%H:%M} today" if local.date() == now.date() else moment(when, self.zone)


@dataclass(frozen=True, slots=True)
class Person:
    """One recipient: the address, notes about it, what has become of the mail for them, and whether by a decision."""

    address: str
    notes: tuple[str, ...]
    state: str
    decided: bool


@dataclass(frozen=True, slots=True)
class Topic:
    """A publication found in the mail; `left` says how long it is until its planned time."""

    id: str | None
    title: str
    planned: str
    left: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that the incident's page says."""

    ref: str
    state: Standing
    disposition: str
    received: str
    now: str
    topics: tuple[Topic, ...]
    sender: str
    sender_note: str
    closed: tuple[Person, ...]
    open: tuple[Person, ...]
    sent: str
    found: tuple[tuple[str, tuple[str, ...]], ...]
    said: tuple[str, ...]
    missing: tuple[str, ...]
    planned: bool
    next_asked: tuple[str, ...]
    damaged: bool
    version: str


def facts(incident: Incident, look: Look) -> Facts:
    """The incident's page."""
    held = incident.state is Standing.HELD
    planned = _planned(incident, look)
    return Facts(
        ref=incident.ref,
        state=incident.state,
        disposition=incident.disposition,
        received=look.time(incident.received_at),
        now=moment(look.now, look.zone),
        topics=topics(incident, look),
        sender=look.name(incident.sender),
        sender_note=_sender_note(incident, look),
        closed=people(incident.ineligible, incident, look),
        open=people((one for one in incident.recipients if not one.ineligible_for), incident, look),
        sent=_sent(incident),
        found=found(incident, look.whys, lambda key: _names(incident.concerns, [key], look)),
        said=said(incident, look),
        missing=missing(incident, look) if held else (),
        planned=planned,
        next_asked=_next_asked(look) if held and not planned else (),
        damaged=incident.damaged,
        version=version(incident),
    )


def _planned(incident: Incident, look: Look) -> bool:
    """Whether nothing has to be said any more before publication."""
    waiting = incident.among(Standing.HELD)
    silent = [key for one in waiting for key in _silent(one, incident, look)]
    plans = (Verb.SEND, Verb.DROP)
    return (
        bool(waiting) and not silent and any(said.verb in plans for one in waiting for said in one.consents)
    )


def _silent(one: Addressee, incident: Incident, look: Look) -> list[str | None]:
    """The publications for which nothing has been said about a recipient who waits."""
    heard = {said.publication for said in one.consents}
    closed = one.ineligible_for or incident.publications or (None,)
    return [key for key in closed if key not in heard and key not in look.public]


def version(incident: Incident) -> str:
    """What a form was about: it changes when anybody has decided anything meanwhile, and with nothing else."""
    waiting = incident.among(Standing.HELD)
    told = [(one.address, [(said.publication, said.verb) for said in one.consents]) for one in waiting]
    return sha256(repr((incident.ref, told)).encode()).hexdigest()[:16]


def topics(incident: Incident, look: Look) -> tuple[Topic, ...]:
    """The publications, the soonest first, and the unregistered one last."""
    known = [
        Topic(
            one.id,
            look.title(one),
            moment(one.publishes_at, look.zone),
            left(one.publishes_at - look.now),
        )
        for one in incident.concerns
    ]
    if None in incident.publications or not known:
        known.append(Topic(None, "a publication that nobody here has registered", "", ""))
    return tuple(known)


def _sender_note(incident: Incident, look: Look) -> str:
    if not incident.sender_ineligible_for:
        return "On the access list." if incident.concerns and incident.sender is not None else ""
    names = _names(incident.concerns, incident.sender_ineligible_for, look)
    return (
        f"Not on the access list of {names}. The material had reached them already: a second leak, whatever is "
        "decided here."
    )


def _names(known: Iterable[Concern], ids: Iterable[str | None], look: Look) -> str:
    titles = {concern.id: look.title(concern) for concern in known}
    return " and ".join(
        titles.get(key, key) if key is not None else "a publication nobody here has registered" for key in ids
    )


def people(some: Iterable[Addressee], incident: Incident, look: Look) -> tuple[Person, ...]:
    """Recipients with what is to be said about each."""
    return tuple(
        Person(look.name(one.address), _notes(one, incident, look), _state(one, look), bool(one.decided_by))
        for one in some
    )


def _notes(one: Addressee, incident: Incident, look: Look) -> tuple[str, ...]:
    notes = []
    if one.resembles is not None:
        notes.append(f"Looks like {look.name(one.resembles)}, who is on the list. A slip of the keyboard?")
    if one.group is not None and one.group.unlisted:
        notes.append(f"A group: {one.group.unlisted} of {one.group.members} members not listed.")
    if one.ineligible_for and len(incident.publications) > 1:
        notes.append(f"Not on the list of {_names(incident.concerns, one.ineligible_for, look)}.")
    return tuple(notes)


def _state(one: Addressee, look: Look) -> str:
    word = _STATES.get(one.standing, "")
    if one.standing is Standing.REJECTED:
        word = "Could not be delivered" if one.last_code else "Refused when it came"
    if one.decided_by is None:
        return word
    bare = ", without access" if one.without_grant and one.standing in GONE else ""
    by = "the gateway" if one.decided_by == _GATEWAY else look.name(one.decided_by)
    when = f", {look.time(one.decided_at)}" if one.decided_at else ""
    why = f". Reason: {one_line(one.reason)}" if one.reason and look.addresses else ""
    return f"{word}{bare}: decided by {by}{when}{why}"


_GATEWAY = "gateway"
_STATES = {
    Standing.HELD: "Waiting. Not sent.",
    Standing.RELEASING: "Being sent now",
    Standing.RELEASED: "Sent",
    Standing.RELAYED: "Sent when the mail came",
    Standing.OBSERVED: "Sent: nothing is held back at present, only recorded",
    Standing.DISCARDED: "Not sent",
}


def _sent(incident: Incident) -> str:
    gone = incident.among(*GONE)
    if not gone:
        return "No. Nobody has got this mail."
    bad = [one for one in gone if one.ineligible_for]
    number = f"{len(gone)} of {len(incident.recipients)}"
    if not bad:
        return f"Yes, to {number} recipients, who are on the access list."
    return f"Yes, to {number} recipients; {len(bad)} of these not on the access list."


def said(incident: Incident, look: Look) -> tuple[str, ...]:
    """What each lead has said already, once each, and to how many recipients it applies."""
    words: dict[tuple[str, str | None, Verb], list[Consent]] = {}
    for one in incident.recipients:
        for consent in one.consents:
            words.setdefault((consent.given_by, consent.publication, consent.verb), []).append(consent)
    return tuple(_said(key, given, incident, look) for key, given in words.items())


def _said(key: tuple[str, str | None, Verb], given: Sequence[Consent], incident: Incident, look: Look) -> str:
    by, publication, verb = key
    about = _names(incident.concerns, [publication], look)
    number = f"{len(given)} of {len(incident.recipients)} recipients"
    return f"{look.name(by)} {_VERBS[verb]}, for {about} ({number}, {look.time(given[0].given_at)})"


def missing(incident: Incident, look: Look) -> tuple[str, ...]:
    """Whose word is still needed, once somebody has spoken: the publication and who answers for it."""
    begun = [one for one in incident.among(Standing.HELD) if one.consents]
    silent = dict.fromkeys(key for one in begun for key in _silent(one, incident, look))
    return tuple(_asked(key, incident, look) for key in silent)


def _asked(key: str | None, incident: Incident, look: Look) -> str:
    leads = [concern.lead for concern in incident.concerns if concern.id == key] or list(look.fallback)
    return f"{_names(incident.concerns, [key], look)}: {', '.join(map(look.name, leads))}"


def _next_asked(look: Look) -> tuple[str, ...]:
    return tuple(
        f"{look.time(when)}: {', '.join(map(look.name, dict.fromkeys(who)))}"
        for when, who in look.next_asked
        if who
    )


def only_unreadable(incident: Incident) -> bool:
    """Whether the mail is held for nothing but what could not be read: then it may be private, and nobody sees it."""
    return all(finding.detector is Detector.UNREADABLE for finding in incident.findings)
