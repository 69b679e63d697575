"""Access given in the same step as a release: a grant for each person and each publication closed to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from gateway.address import canonical
from gateway.letters.form import shown
from gateway.model import Grant, GrantKind
from gateway.store import NotDone, grants
from gateway.store.cases import Case
from gateway.store.consents import Granted, Word, grants_now
from gateway.store.database import bump_epoch
from gateway.store.tables import ALIASES, GROUP_MEMBERS, SUSPENSIONS


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms access is given: of which kind, why, and when the person signed the declaration."""

    kind: GrantKind
    reason: str
    declared_on: date | None = None


def admit(
    connection: Connection,
    case: Case,
    words: Sequence[Word],
    terms: Terms,
    actor: str,
    now: datetime,
    granted: Granted,
) -> Granted:
    """Give access to whoever the words are about; `granted` as it is afterwards.

    Raises NotDone for a group, a suspended person, an address of no canonical form, and where the only publication is
    one that nobody registered.
    """
    persons = {word.row.address: _person(connection, word.row.address, now) for word in words}
    wanted = {
        (key, persons[word.row.address]): None
        for word in words
        for key in word.publications
        if key in case.known and not case.open(key, now) and not granted(key, word.row.address)
    }
    if not wanted and all(key is None for word in words for key in word.publications):
        raise NotDone(case.ref, "nobody registered the publication, so nobody can have access to it")
    bump_epoch(connection)
    for key, person in wanted:
        grant = Grant(person, terms.kind, terms.reason, origin="hand", declared_on=terms.declared_on)
        grants.place(connection, key, grant, actor, now)
    fresh = grants_now(connection, now)
    return lambda key, address: granted(key, address) or fresh(key, address)


def _person(connection: Connection, address: str, now: datetime) -> str:
    """The person whom grants for an address are kept under; raises NotDone where there is none to give access to."""
    spelled = canonical(address)
    if spelled is None:
        raise NotDone(shown(address), "is written in a way that can be on no list: release without a grant")
    person = connection.execute(select(ALIASES.c.person).where(ALIASES.c.address == spelled)).scalar()
    person = spelled if person is None else str(person)
    if connection.execute(select(GROUP_MEMBERS.c.id).where(GROUP_MEMBERS.c.address == person)).first():
        raise NotDone(shown(address), "is a group: access is given to its members, one by one")
    until = connection.execute(select(SUSPENSIONS.c.until).where(SUSPENSIONS.c.person == person)).scalar()
    if until is not None and now < until:
        raise NotDone(shown(address), f"is suspended until {until:%Y-%m-%d %H:%M} UTC: no grant counts")
    return person
