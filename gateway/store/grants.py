"""Who may have a publication: reading, giving, revoking, and importing a whole list with its differences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from gateway.model import Grant, GrantKind
from gateway.store import NotDone
from gateway.store.audit import append
from gateway.store.database import Database, bump_epoch
from gateway.store.persons_behind import addresses_of
from gateway.store.tables import GRANTS, PUBLICATIONS

_KINDS = {kind.value: kind for kind in GrantKind}


@dataclass(frozen=True, slots=True)
class Difference:
    """What an import adds, changes (before, after) and removes."""

    added: tuple[Grant, ...]
    changed: tuple[tuple[Grant, Grant], ...]
    removed: tuple[Grant, ...]

    @property
    def empty(self) -> bool:
        """Whether the list is already as the file says."""
        return not (self.added or self.changed or self.removed)

    @property
    def version(self) -> str:
        """What a person agrees to who was shown this difference: another one has another version."""
        return sha256(repr(self).encode()).hexdigest()[:32]


class ListChanged(NotDone):
    """The list is no longer as it was when the difference was shown."""


def grant_of(row: Row[Any]) -> Grant:
    """The grant in a row of the table."""
    return Grant(
        row.address,
        _KINDS[row.kind],
        row.reason,
        row.starts_at,
        row.ends_at,
        row.origin,
        row.name,
        row.role,
        row.organisation,
        row.declared_on,
    )


def listed(database: Database, publication: str) -> tuple[Grant, ...]:
    """The access list of a publication by address; raises NotDone where there is no such publication."""
    with database.read() as connection:
        _require(connection, publication)
        return _listed(connection, publication)


def give(database: Database, publication: str, grant: Grant, actor: str, now: datetime) -> None:
    """Add a grant, in place of one of the same address, kind and origin."""
    with database.write() as connection:
        _require(connection, publication)
        bump_epoch(connection)
        place(connection, publication, grant, actor, now)


def place(connection: Connection, publication: str, grant: Grant, actor: str, now: datetime) -> None:
    """The same as part of the caller's transaction, which bumps the epoch."""
    _remove(connection, publication, grant)
    insert_all(connection, publication, [grant])
    facts = {"address": grant.address, "kind": grant.kind.value, "reason": grant.reason}
    append(connection, now, actor, "access grant", publication, facts)


def revoke(database: Database, publication: str, address: str, actor: str, now: datetime) -> int:
    """Take the grants of an address and its aliases away; how many there were.

    NotDone for lead, deputies and strangers.
    """
    with database.write() as connection:
        _require(connection, publication)
        everywhere, _ = addresses_of(connection, address)
        held = [grant for grant in _listed(connection, publication) if grant.address in everywhere]
        if not held:
            raise NotDone(address, f"holds no grant for {publication}")
        if any(grant.origin == "lead" for grant in held):
            raise NotDone(address, f"is lead or deputy of {publication}")
        bump_epoch(connection)
        here = (GRANTS.c.publication == publication) & GRANTS.c.address.in_(everywhere)
        connection.execute(delete(GRANTS).where(here))
        append(
            connection, now, actor, "access revoke", publication, {"address": address, "grants": len(held)}
        )
    return len(held)


def import_list(
    database: Database,
    publication: str,
    grants: Iterable[Grant],
    actor: str,
    now: datetime,
    *,
    dry_run: bool = False,
    shown: str | None = None,
) -> Difference:
    """Replace the imported grants of the kinds in `grants`; what came by hand, lead or team stays.

    All or nothing; `dry_run` changes nothing.  `shown` is the version of the difference that somebody agreed to: if
    it is another one by now, ListChanged.  Gives the difference; NotDone for an unknown publication.
    """
    wanted = tuple(replace(grant, origin="import") for grant in grants)
    with database.read() if dry_run else database.write() as connection:
        _require(connection, publication)
        difference = compare(_listed(connection, publication), wanted)
        if shown not in (None, difference.version):
            raise ListChanged(publication, "the access list has changed meanwhile")
        if not dry_run and not difference.empty:
            _apply(connection, publication, difference)
            append(connection, now, actor, "access import", publication, _facts(difference))
    return difference


def compare(present: Iterable[Grant], wanted: tuple[Grant, ...]) -> Difference:
    """How imported grants of `wanted`'s kinds would change; `present` may hold others, which do not count."""
    kinds = {grant.kind for grant in wanted}
    before = {_who(grant): grant for grant in present if grant.origin == "import" and grant.kind in kinds}
    after = {_who(grant): grant for grant in wanted}
    changed = tuple((before[who], after[who]) for who in after if who in before and before[who] != after[who])
    return Difference(
        tuple(grant for who, grant in after.items() if who not in before),
        changed,
        tuple(grant for who, grant in before.items() if who not in after),
    )


def insert_all(connection: Connection, publication: str, grants: Iterable[Grant]) -> None:
    """Insert grants as part of the caller's transaction."""
    rows = [
        {
            "publication": publication,
            "address": grant.address,
            "kind": grant.kind.value,
            "origin": grant.origin,
            "reason": grant.reason,
            "name": grant.name,
            "role": grant.role,
            "organisation": grant.organisation,
            "declared_on": grant.declared_on,
            "starts_at": grant.starts_at,
            "ends_at": grant.ends_at,
        }
        for grant in grants
    ]
    if rows:
        connection.execute(insert(GRANTS), rows)


def _who(grant: Grant) -> tuple[str, GrantKind]:
    return grant.address, grant.kind


def _apply(connection: Connection, publication: str, difference: Difference) -> None:
    bump_epoch(connection)
    for grant in (*difference.removed, *(before for before, _ in difference.changed)):
        _remove(connection, publication, grant)
    insert_all(connection, publication, (*difference.added, *(after for _, after in difference.changed)))


def _facts(difference: Difference) -> dict[str, list[str]]:
    return {
        "added": [grant.address for grant in difference.added],
        "changed": [after.address for _, after in difference.changed],
        "removed": [grant.address for grant in difference.removed],
    }


def _remove(connection: Connection, publication: str, grant: Grant) -> None:
    same = (GRANTS.c.address == grant.address) & (GRANTS.c.kind == grant.kind.value)
    here = (GRANTS.c.publication == publication) & (GRANTS.c.origin == grant.origin)
    connection.execute(delete(GRANTS).where(same & here))


def _listed(connection: Connection, publication: str) -> tuple[Grant, ...]:
    wanted = select(GRANTS).where(GRANTS.c.publication == publication).order_by(GRANTS.c.address, GRANTS.c.id)
    return tuple(grant_of(row) for row in connection.execute(wanted))


def _require(connection: Connection, publication: str) -> None:
    if connection.execute(select(PUBLICATIONS.c.id).where(PUBLICATIONS.c.id == publication)).scalar() is None:
        raise NotDone(publication, "no such publication")
