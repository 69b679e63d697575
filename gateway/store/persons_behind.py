"""Look-ups in the directory as part of a transaction: the addresses of a person, and which ones are groups."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from gateway.store.tables import ALIASES, GROUP_MEMBERS

_AT_ONCE = 500
"""Addresses in one statement: databases limit its parameters."""


def addresses_of(connection: Connection, address: str) -> tuple[tuple[str, ...], str]:
    """Every address of the person of a canonical address, and the one that grants are kept under."""
    found = connection.execute(select(ALIASES.c.person).where(ALIASES.c.address == address)).scalar()
    person = address if found is None else found
    aliases = connection.execute(select(ALIASES.c.address).where(ALIASES.c.person == person)).scalars()
    return (person, *sorted(aliases)), person


def groups_among(connection: Connection, addresses: Iterable[str]) -> frozenset[str]:
    """Which of these canonical addresses are groups or shared mailboxes, or stand for one."""
    found: set[str] = set()
    wanted = list(addresses)
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        direct = select(GROUP_MEMBERS.c.address).where(GROUP_MEMBERS.c.address.in_(some))
        through = select(ALIASES.c.address).join(GROUP_MEMBERS, GROUP_MEMBERS.c.address == ALIASES.c.person)
        found.update(connection.execute(direct).scalars())
        found.update(connection.execute(through.where(ALIASES.c.address.in_(some))).scalars())
    return frozenset(found)
