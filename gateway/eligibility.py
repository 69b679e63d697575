"""Who may have a publication now: grants, their times and kinds, suspensions; of a group all its members."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from gateway.likeness import Likeness
from gateway.model import Grant, GrantKind, Membership, Publication, Register, State
from gateway.persons import Party, party


@dataclass(frozen=True, slots=True)
class Eligibility:
    """The access lists of one register at one time (aware)."""

    register: Register
    now: datetime
    _known: dict[tuple[str, tuple[str, ...]], bool] = field(default_factory=dict, init=False, repr=False)
    """What was found of a person: those of a large list are in other lists, too."""

    def eligible(self, address: str | None, key: str) -> bool:
        """Whether whoever reads an address may have a publication: that person, or every member of the group."""
        return self.open_for(party(self.register, address), (key,))

    def open_for(self, who: Party, keys: tuple[str, ...]) -> bool:
        """Whether each person of a party may have one of these publications."""
        if not who.whole or self.suspended_until(who) is not None:
            return False
        return all(self._may(person, keys) for person in who.persons)

    def membership(self, who: Party, closed: Iterable[tuple[str, ...]]) -> Membership | None:
        """Of a group: how many persons it has, and how many may have nothing of one of `closed`; None of a person."""
        if not who.group:
            return None
        each = tuple(closed)
        unlisted = sum(any(not self._may(person, keys) for keys in each) for person in who.persons)
        return Membership(len(who.persons), unlisted)

    def suspended_until(self, who: Party) -> datetime | None:
        """Until when a person, or a group as such, is suspended; None where that is not so or is over."""
        until = self.register.suspended.get(who.address) if who.address is not None else None
        return until if until is not None and self.now < until else None

    def could_have(self, who: Party, key: str) -> bool:
        """Whether somebody of a party holds a grant, suspended or not: who is suspended may well have it already."""
        return any(self._holds(person, key) for person in (who.address, *who.persons) if person is not None)

    def _may(self, person: str, keys: tuple[str, ...]) -> bool:
        asked = person, keys
        if asked not in self._known:
            until = self.register.suspended.get(person)
            suspended = until is not None and self.now < until
            self._known[asked] = not suspended and any(self._holds(person, key) for key in keys)
        return self._known[asked]

    def _holds(self, person: str, key: str) -> bool:
        publication = self.register.publications.get(key)
        if publication is None:
            return False
        grants = self.register.grants.get(key, {}).get(person, ())
        return any(valid(grant, publication, self.now) for grant in grants)


def valid(grant: Grant, publication: Publication, now: datetime) -> bool:
    """Whether a grant is valid now: production grants from registration on, pre-release ones in the access window.

    Nobody has taken a draft yet: only its lead and deputies may have what it is about.
    """
    if publication.state is State.DRAFT and grant.origin != "lead":
        return False
    if grant.kind is GrantKind.PRE_RELEASE and now < publication.window_opens:
        return False
    return (grant.starts_at is None or grant.starts_at <= now) and (
        grant.ends_at is None or now < grant.ends_at
    )


class Likenesses:
    """What ineligible recipients look like: lists are filed when they are first asked for."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._filed: dict[tuple[str | None, ...], tuple[frozenset[str], Likeness]] = {}

    def of(self, who: Party, keys: tuple[str | None, ...]) -> str | None:
        """The address of somebody listed for one of these publications that the address of a stranger looks like."""
        if who.address is None or who.group:
            return None
        if keys not in self._filed:
            self._filed[keys] = self._file(keys)
        persons, likeness = self._filed[keys]
        return None if who.address in persons else likeness.of(who.address)

    def _file(self, keys: Iterable[str | None]) -> tuple[frozenset[str], Likeness]:
        lists = [self._register.grants.get(key, {}) for key in keys if key is not None]
        persons = frozenset(person for each in lists for person in each)
        given = {grant.address for each in lists for grants in each.values() for grant in grants}
        also = {alias for alias, person in self._register.aliases.items() if person in persons}
        return persons, Likeness(persons | given | also)
