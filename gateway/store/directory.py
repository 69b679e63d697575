"""Whom addresses stand for: aliases, groups and shared mailboxes, imported with their differences, and loaded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from gateway.persons import Entry, Kind, contradictions
from gateway.store import NotDone, persons_behind, suspensions
from gateway.store.audit import append
from gateway.store.database import Database, bump_epoch
from gateway.store.tables import ALIASES, GRANTS, GROUP_MEMBERS


@dataclass(frozen=True, slots=True)
class Difference:
    """What an import adds, changes (an alias that stood for somebody else before: before, after) and removes.

    `grants` are (publication, address) of grants that name a group which came or went: they count only while the
    address is no group.
    """

    added: tuple[Entry, ...]
    changed: tuple[tuple[Entry, Entry], ...]
    removed: tuple[Entry, ...]
    grants: tuple[tuple[str, str], ...] = ()

    @property
    def empty(self) -> bool:
        """Whether the directory is already as the file says."""
        return not (self.added or self.changed or self.removed)


@dataclass(frozen=True, slots=True)
class Directory:
    """What a register needs: alias -> person, group -> its members, person -> until when suspended."""

    aliases: dict[str, str]
    groups: dict[str, tuple[str, ...]]
    suspended: dict[str, datetime]


def load(connection: Connection) -> Directory:
    """The directory as it is; a suspension of any address of a person counts for the person."""
    aliases = dict(connection.execute(select(ALIASES.c.address, ALIASES.c.person)).all())
    members = select(GROUP_MEMBERS.c.address, GROUP_MEMBERS.c.member).order_by(GROUP_MEMBERS.c.id)
    groups: dict[str, list[str]] = {}
    for address, member in connection.execute(members):
        groups.setdefault(address, []).extend([member] if member else [])
    suspended = suspensions.load(connection, aliases)
    return Directory(aliases, {name: tuple(held) for name, held in groups.items()}, suspended)


def listed(database: Database) -> tuple[Entry, ...]:
    """Every entry, by kind and address."""
    with database.read() as connection:
        return _entries(connection)


def groups_among(database: Database, addresses: Iterable[str]) -> frozenset[str]:
    """Which of these canonical addresses are groups or shared mailboxes, or stand for one."""
    with database.read() as connection:
        return persons_behind.groups_among(connection, addresses)


def import_list(
    database: Database, entries: Iterable[Entry], actor: str, now: datetime, *, dry_run: bool = False
) -> Difference:
    """Replace the entries of the kinds in `entries`; all or nothing, and with `dry_run` nothing.

    Gives the difference; NotDone where an entry contradicts one of a kind that the list does not have.
    """
    wanted = tuple(dict.fromkeys(entries))
    with database.read() if dry_run else database.write() as connection:
        present = _entries(connection)
        kinds = {entry.kind for entry in wanted}
        kept = [entry for entry in present if entry.kind not in kinds]
        _refuse([f"{entry.address}: {why}" for entry, _, why in contradictions((*kept, *wanted))])
        difference = _difference(connection, [each for each in present if each.kind in kinds], wanted)
        if not dry_run and not difference.empty:
            _apply(connection, difference)
            append(connection, now, actor, "directory import", "directory", _facts(difference))
    return difference


def remove(database: Database, address: str, actor: str, now: datetime) -> Difference:
    """Take an alias, or a group with all its members, out; NotDone where the address is neither."""
    with database.write() as connection:
        gone = [entry for entry in _entries(connection) if entry.address == address]
        if not gone:
            raise NotDone(address, "is no alias, group or mailbox")
        difference = _difference(connection, gone, ())
        _apply(connection, difference)
        append(connection, now, actor, "directory remove", address, _facts(difference))
    return difference


def _refuse(problems: list[str]) -> None:
    if problems:
        subject, _, reason = problems[0].partition(": ")
        raise NotDone(subject, reason, problems[1:])


def _entries(connection: Connection) -> tuple[Entry, ...]:
    aliases = connection.execute(select(ALIASES).order_by(ALIASES.c.address))
    members = select(GROUP_MEMBERS).order_by(
        GROUP_MEMBERS.c.kind, GROUP_MEMBERS.c.address, GROUP_MEMBERS.c.id
    )
    groups = (Entry(row.address, Kind(row.kind), row.member) for row in connection.execute(members))
    return (*(Entry(row.address, Kind.ALIAS, row.person) for row in aliases), *groups)


def _difference(connection: Connection, present: Sequence[Entry], wanted: Sequence[Entry]) -> Difference:
    before, after = dict.fromkeys(present), dict.fromkeys(wanted)
    stood = {entry.address: entry for entry in present if entry.kind is Kind.ALIAS}
    added = [entry for entry in wanted if entry not in before]
    changed = tuple(
        (stood[entry.address], entry)
        for entry in added
        if entry.kind is Kind.ALIAS and entry.address in stood
    )
    moved = {entry for pair in changed for entry in pair}
    return Difference(
        tuple(entry for entry in added if entry not in moved),
        changed,
        tuple(entry for entry in present if entry not in after and entry not in moved),
        _grants_naming(connection, _groups(present) ^ _groups(wanted)),
    )


def _groups(entries: Iterable[Entry]) -> set[str]:
    return {entry.address for entry in entries if entry.kind is not Kind.ALIAS}


def _grants_naming(connection: Connection, groups: set[str]) -> tuple[tuple[str, str], ...]:
    if not groups:
        return ()
    named = (
        select(GRANTS.c.publication, GRANTS.c.address)
        .distinct()
        .order_by(*GRANTS.c["publication", "address"])
    )
    return tuple((row.publication, row.address) for row in connection.execute(named) if row.address in groups)


def _apply(connection: Connection, difference: Difference) -> None:
    bump_epoch(connection)
    suspensions.outlive(connection, difference.removed)
    _delete(connection, difference.removed)
    moved = [{"gone": after.address, "person": after.member} for _, after in difference.changed]
    if moved:
        connection.execute(update(ALIASES).where(ALIASES.c.address == bindparam("gone")), moved)
    _insert(connection, difference.added)


def _delete(connection: Connection, entries: Iterable[Entry]) -> None:
    aliases = [{"gone": entry.address} for entry in entries if entry.kind is Kind.ALIAS]
    members = [
        {"gone": entry.address, "one": entry.member} for entry in entries if entry.kind is not Kind.ALIAS
    ]
    if aliases:
        connection.execute(delete(ALIASES).where(ALIASES.c.address == bindparam("gone")), aliases)
    if members:
        here = (GROUP_MEMBERS.c.address == bindparam("gone")) & (GROUP_MEMBERS.c.member == bindparam("one"))
        connection.execute(delete(GROUP_MEMBERS).where(here), members)


def _insert(connection: Connection, entries: Iterable[Entry]) -> None:
    aliases = [{"address": one.address, "person": one.member} for one in entries if one.kind is Kind.ALIAS]
    members = [
        {"address": one.address, "kind": one.kind.value, "member": one.member}
        for one in entries
        if one.kind is not Kind.ALIAS
    ]
    if aliases:
        connection.execute(insert(ALIASES), aliases)
    if members:
        connection.execute(insert(GROUP_MEMBERS), members)


def _facts(difference: Difference) -> dict[str, list[str]]:
    return {
        "added": [_sentence(entry) for entry in difference.added],
        "changed": [_sentence(after) for _, after in difference.changed],
        "removed": [_sentence(entry) for entry in difference.removed],
    }


def _sentence(entry: Entry) -> str:
    return f"{entry.kind.value} {entry.address} {entry.member}".rstrip()
