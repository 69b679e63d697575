"""Who may see and do what in the console: one table of acts and roles, and whose role somebody has where.

A person is whoever an address stands for: another registered address of theirs is the same person.  Roles are facts of
the register and the settings at this moment; nobody carries a role along.  Lead and deputies act for their own
publications, the head of profession (the fallback) for all, and alone for what nobody registered.  Nobody decides about
mail that they sent themselves: it waits for the others who may.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from gateway.address import canonical
from gateway.incident import Incident
from gateway.model import Detector, Finding, Publication, Register

Eligible = Callable[[str, str], bool]
"""Whether a grant is valid now, for an address and a publication (id)."""


class Role(Enum):
    """What somebody is here; the value is the word that pages show."""

    LEAD = "lead"
    DEPUTY = "deputy"
    HEAD = "head of profession"
    OPERATOR = "operator"
    AUDITOR = "auditor"


class Act(Enum):
    """What can be seen or done; the value completes "may not"."""

    SEE_WAITING = "see what waits"
    SEE_INCIDENT = "see incidents"
    SEE_ADDRESSES = "see addresses"
    DECIDE = "decide about held mail"
    SEE_CONTENT = "see what a mail contains"
    SEE_STATES = "see which publications there are, and when"
    SEE_PUBLICATION = "see publications"
    ADD_PUBLICATION = "add a publication"
    CHANGE_PUBLICATION = "change a publication"
    SEE_ACCESS_LIST = "see an access list"
    CHANGE_ACCESS_LIST = "change an access list"
    SEE_DOCUMENTS = "see documents"
    CHANGE_DOCUMENTS = "change documents"
    PREFLIGHT = "check a mail before sending"
    SEE_HEALTH = "see the state of the gateway"
    SEE_RECORD = "see the record"


_EDITORS = frozenset({Role.LEAD, Role.DEPUTY, Role.HEAD})
_READERS = _EDITORS | {Role.AUDITOR}

MAY: Mapping[Act, frozenset[Role]] = {
    Act.SEE_WAITING: _EDITORS,
    Act.SEE_INCIDENT: frozenset(Role),
    Act.SEE_ADDRESSES: _READERS,
    Act.DECIDE: _EDITORS,
    # A grant that is valid now is needed as well: see `may_see_content`.
    Act.SEE_CONTENT: _EDITORS,
    # Ids, states and times: no titles, no people.
    Act.SEE_STATES: frozenset(Role),
    Act.SEE_PUBLICATION: _READERS,
    Act.ADD_PUBLICATION: frozenset({Role.LEAD, Role.HEAD}),
    Act.CHANGE_PUBLICATION: _EDITORS,
    Act.SEE_ACCESS_LIST: _READERS,
    Act.CHANGE_ACCESS_LIST: _EDITORS,
    # File names can say what is in a publication.
    Act.SEE_DOCUMENTS: _EDITORS,
    Act.CHANGE_DOCUMENTS: _EDITORS,
    Act.PREFLIGHT: _EDITORS,
    Act.SEE_HEALTH: frozenset({Role.HEAD, Role.OPERATOR, Role.AUDITOR}),
    Act.SEE_RECORD: frozenset({Role.HEAD, Role.AUDITOR}),
}
"""The whole table: which roles an act belongs to."""


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody who has a role: the people of each publication (by id), and those whom the settings name.

    `aliases` maps another canonical address of somebody -> the one that they are known under.
    """

    publications: Mapping[str, Publication]
    heads: frozenset[str]
    operators: frozenset[str]
    auditors: frozenset[str]
    aliases: Mapping[str, str]

    def person(self, address: str) -> str:
        """The person whom an address stands for; an address without canonical form stands for nobody we know."""
        return _person(address, self.aliases)


def staff_of(
    register: Register, fallback: Iterable[str], operators: Iterable[str], auditors: Iterable[str]
) -> Staff:
    """Who has a role by this register and these settings (addresses as written there)."""
    heads, running, reading = (
        frozenset(_person(each, register.aliases) for each in group)
        for group in (fallback, operators, auditors)
    )
    return Staff(register.publications, heads, running, reading, register.aliases)


def _person(address: str, aliases: Mapping[str, str]) -> str:
    form = canonical(address) or address
    return aliases.get(form, form)


def roles_of(address: str, staff: Staff) -> frozenset[Role]:
    """Every role that somebody has anywhere; none: they are nobody here."""
    return frozenset(role for key in (*staff.publications, None) for role in roles_for(address, key, staff))


def roles_for(address: str, publication: str | None, staff: Staff) -> frozenset[Role]:
    """The roles that somebody has for one publication (id); None is one that nobody registered."""
    person = staff.person(address)
    entry = staff.publications.get(publication) if publication is not None else None
    held = {
        Role.LEAD: entry is not None and staff.person(entry.lead) == person,
        Role.DEPUTY: entry is not None and person in map(staff.person, entry.deputies),
        Role.HEAD: person in staff.heads,
        Role.OPERATOR: person in staff.operators,
        Role.AUDITOR: person in staff.auditors,
    }
    return frozenset(role for role, has in held.items() if has)


def may(address: str, act: Act, staff: Staff) -> bool:
    """Whether somebody may do this for any publication at all."""
    return not MAY[act].isdisjoint(roles_of(address, staff))


def may_for(address: str, act: Act, publication: str | None, staff: Staff) -> bool:
    """Whether somebody may do this for one publication (id, or None: one that nobody registered)."""
    return not MAY[act].isdisjoint(roles_for(address, publication, staff))


def may_about(address: str, act: Act, incident: Incident, staff: Staff) -> bool:
    """Whether somebody may see this of an incident: they may for one of its publications."""
    return any(may_for(address, act, publication, staff) for publication in _about(incident))


def own_mail(address: str, incident: Incident, staff: Staff) -> bool:
    """Whether somebody sent the mail themselves, from whichever of their addresses."""
    return incident.sender is not None and staff.person(incident.sender) == staff.person(address)


def on_behalf(address: str, incident: Incident, staff: Staff) -> frozenset[str | None]:
    """The publications of an incident (None: the unknown one) for which somebody may decide about it now."""
    if own_mail(address, incident, staff):
        return frozenset()
    return frozenset(key for key in _about(incident) if may_for(address, Act.DECIDE, key, staff))


def may_see_content(address: str, incident: Incident, staff: Staff, eligible: Eligible) -> bool:
    """Whether somebody may see what the mail contains.

    They have a role for a publication of which a trace was found (what could not be read is no trace), and are
    eligible for every such publication: `eligible(address, publication id)` says whether a grant is valid now.  A
    trace that may belong to several counts for each, and nobody is eligible for what nobody registered.
    """
    found = {key for finding in incident.findings for key in _traced(finding)}
    return any(may_for(address, Act.SEE_CONTENT, key, staff) for key in found) and all(
        key is not None and eligible(address, key) for key in found
    )


def _traced(finding: Finding) -> tuple[str | None, ...]:
    """The publications that a finding is a trace of, None for an unregistered one."""
    if finding.detector is Detector.UNREADABLE:
        return ()
    return (finding.publication,) if finding.publication is not None else finding.candidates or (None,)


def _about(incident: Incident) -> tuple[str | None, ...]:
    return incident.publications or (None,)
