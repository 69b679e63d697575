"""Whom an address stands for: a person, or all the members of a list or shared mailbox.

Grants are to persons.  A person is known by one canonical address; aliases stand for it.  A group stands for every
person in it, through groups in it too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter

from gateway.address import canonical
from gateway.model import Register


class Kind(StrEnum):
    """What an entry of the directory says of an address: another one of a person, a list, or a shared mailbox."""

    ALIAS = "alias"
    GROUP = "group"
    MAILBOX = "mailbox"


_ARTICLE = {Kind.ALIAS: "an alias", Kind.GROUP: "a group", Kind.MAILBOX: "a mailbox"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the directory: `address` is an alias of `member`, or a group that `member` belongs to.

    Both are canonical; a group without members has one entry whose member is empty.
    """

    address: str
    kind: Kind
    member: str


@dataclass(frozen=True, slots=True)
class Party:
    """Who reads what is sent to an address: the persons (canonical), each once, in the order of the directory.

    `address` is the one that grants and groups are kept under, None where it has no canonical form.  `whole` says
    that these are all: not so where a group is empty or contains itself, for then nobody can say who reads it.
    """

    address: str | None
    persons: tuple[str, ...] = ()
    group: bool = False
    whole: bool = True


NOBODY = Party(None, whole=False)


def person(register: Register, address: str | None) -> str | None:
    """The canonical address of the person (or group) that `address` stands for; None where it has no such form."""
    spelled = canonical(address) if address is not None else None
    return spelled if spelled is None else register.aliases.get(spelled, spelled)


def party(register: Register, address: str | None) -> Party:
    """Everybody whom an address stands for at present; never raises."""
    known = person(register, address)
    if known is None:
        return NOBODY
    if known not in register.groups:
        return Party(known, (known,))
    inside = dict(_groups(register, known))
    persons = dict.fromkeys(one for members in inside.values() for one in members if one not in inside)
    return Party(known, tuple(persons), group=True, whole=all(inside.values()) and not circular(inside))


def _groups(register: Register, first: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """A group and those in it, each once, with the persons and groups that are its members."""
    waiting, met = [first], {first}
    while waiting:
        name = waiting.pop()
        members = tuple(register.aliases.get(one, one) for one in register.groups[name])
        yield name, members
        nested = [one for one in dict.fromkeys(members) if one in register.groups and one not in met]
        met.update(nested)
        waiting += reversed(nested)


def circular(groups: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Groups (name -> members) that contain one another in a circle, as one such circle; empty where there is none."""
    inner = {name: [one for one in members if one in groups] for name, members in groups.items()}
    try:
        TopologicalSorter(inner).prepare()
    except CycleError as error:
        return tuple(error.args[1])
    return ()


def contradictions(entries: Iterable[Entry]) -> Iterator[tuple[Entry, str, str]]:
    """The entries that cannot stand beside those before them or beside the rest: which field, and why."""
    every = tuple(entries)
    aliases = {entry.address for entry in every if entry.kind is Kind.ALIAS}
    kinds: dict[str, Entry] = {}
    for entry in every:
        first = kinds.setdefault(entry.address, entry)
        if entry.member == entry.address:
            yield (
                entry,
                "member",
                "stands for itself" if entry.kind is Kind.ALIAS else "is a member of itself",
            )
        elif first.kind is not entry.kind:
            yield entry, "kind", f"is {_ARTICLE[first.kind]} already"
        elif entry.kind is Kind.ALIAS and first.member != entry.member:
            yield entry, "member", f"stands for {first.member} already"
        elif entry.kind is Kind.ALIAS and entry.member in aliases:
            yield (
                entry,
                "member",
                f"stands for {entry.member}, which is an alias; name the person's own address",
            )
