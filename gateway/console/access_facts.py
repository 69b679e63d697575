"""An access list in plain words: each person once, with what they hold and what stands against it.  Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from gateway.console.publication_facts import Look
from gateway.eligibility import valid
from gateway.letters.form import shown
from gateway.model import Grant, GrantKind, Publication, Register
from gateway.persons import party
from gateway.store.grants import Difference

KINDS = {GrantKind.PRE_RELEASE: "Early access", GrantKind.PRODUCTION: "Production"}
_ORIGINS = {"lead": "as lead or deputy", "team": "with the team", "import": "by a list", "hand": "by hand"}


@dataclass(frozen=True, slots=True)
class Held:
    """One grant in words: its kind, whether it counts now, when it does, and how it came."""

    kind: str
    counts: bool
    when: str
    reason: str
    origin: str
    declared: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One address on the list; `notes` are what stands against it."""

    address: str
    canonical: str
    name: str
    post: str
    held: tuple[Held, ...]
    notes: tuple[str, ...]
    fixed: bool


def entries(
    grants: Iterable[Grant], publication: Publication, register: Register, look: Look
) -> tuple[Entry, ...]:
    """The list by address: those in production first."""
    people: dict[str, list[Grant]] = {}
    for grant in grants:
        people.setdefault(grant.address, []).append(grant)
    found = [_entry(address, held, publication, register, look) for address, held in people.items()]
    return tuple(
        sorted(found, key=lambda one: (not one.fixed, one.held[0].kind != "Production", one.address))
    )


def _entry(
    address: str, held: list[Grant], publication: Publication, register: Register, look: Look
) -> Entry:
    held.sort(key=lambda grant: grant.kind is not GrantKind.PRODUCTION)
    return Entry(
        shown(address),
        address,
        _first(grant.name for grant in held),
        ", ".join(
            filter(None, (_first(grant.role for grant in held), _first(grant.organisation for grant in held)))
        ),
        tuple(_held(grant, publication, look) for grant in held),
        tuple(_notes(address, register, look)),
        any(grant.origin == "lead" for grant in held),
    )


def _first(texts: Iterable[str]) -> str:
    return next(filter(None, texts), "")


def _held(grant: Grant, publication: Publication, look: Look) -> Held:
    return Held(
        KINDS[grant.kind],
        valid(grant, publication, look.now),
        span(grant, look),
        grant.reason if grant.origin != "lead" else "",
        _ORIGINS.get(grant.origin, grant.origin),
        f"Declaration of {day(grant.declared_on)}" if grant.declared_on else "",
    )


def span(grant: Grant, look: Look) -> str:
    """From when until when a grant counts."""
    begins = "from the beginning of early access" if grant.kind is GrantKind.PRE_RELEASE else "from now on"
    starts = f"from {look.time(grant.starts_at)}" if grant.starts_at is not None else begins
    return f"{starts} until {_end(grant.ends_at, look)}" if grant.ends_at is not None else starts


def _end(when: datetime, look: Look) -> str:
    """An end as people think of it: the midnight that ends a day is the end of that day."""
    local = when.astimezone(look.zone)
    if (local.hour, local.minute, local.second) != (0, 0, 0):
        return look.time(when)
    return f"the end of {day(local.date() - timedelta(days=1))}"


def day(when: date) -> str:
    """`27 March 2018`."""
    return f"{when.day} {when:%B %Y}"


def _notes(address: str, register: Register, look: Look) -> Iterator[str]:
    who = party(register, address)
    until = register.suspended.get(address)
    if until is not None and look.now < until:
        yield f"Suspended until {look.time(until)}: nothing on this list counts for them."
    if who.group:
        yield (
            f"A group of {len(who.persons)}. Access is given to its members, one by one: mail to the group passes "
            "only if all of them are listed."
        )
    if who.address is not None and who.address != address and not who.group:
        yield f"Another address of {shown(who.address)}."


@dataclass(frozen=True, slots=True)
class Change:
    """One person in a difference: what is added or removed, or what changes from what to what."""

    address: str
    name: str
    kind: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A difference in words."""

    added: tuple[Change, ...]
    changed: tuple[Change, ...]
    removed: tuple[Change, ...]


def difference(found: Difference, look: Look) -> Shown:
    """What an import would do, person by person."""
    return Shown(
        tuple(_whole(grant, look) for grant in found.added),
        tuple(_changed(before, after, look) for before, after in found.changed),
        tuple(_whole(grant, look) for grant in found.removed),
    )


def _whole(grant: Grant, look: Look) -> Change:
    post = ", ".join(filter(None, (grant.role, grant.organisation)))
    lines = filter(None, (post, span(grant, look), grant.reason))
    return Change(shown(grant.address), grant.name, KINDS[grant.kind], tuple(lines))


def _changed(before: Grant, after: Grant, look: Look) -> Change:
    was, now = _described(before, look), _described(after, look)
    lines = tuple(
        f"{name}: {was[name] or 'nothing'} → {now[name] or 'nothing'}"
        for name in now
        if was[name] != now[name]
    )
    return Change(shown(after.address), after.name or before.name, KINDS[after.kind], lines)


def _described(grant: Grant, look: Look) -> Mapping[str, str]:
    return {
        "Name": grant.name,
        "Role": grant.role,
        "Organisation": grant.organisation,
        "Reason": grant.reason,
        "From": look.time(grant.starts_at) if grant.starts_at else "",
        "Until": _end(grant.ends_at, look) if grant.ends_at else "",
        "Declaration": day(grant.declared_on) if grant.declared_on else "",
    }


def carried(grants: Iterable[Grant]) -> str:
    """A list as the page of its difference carries it: JSON that is read back as an uploaded list is."""
    return json.dumps([_row(grant) for grant in grants], ensure_ascii=False, separators=(",", ":"))


def _row(grant: Grant) -> dict[str, str]:
    row = {
        "email": grant.address,
        "name": grant.name,
        "role": grant.role,
        "organisation": grant.organisation,
        "kind": grant.kind.value,
        "reason": grant.reason,
        "from": _utc(grant.starts_at),
        "until": _utc(grant.ends_at),
        "declared on": grant.declared_on.isoformat() if grant.declared_on else "",
    }
    return {name: text for name, text in row.items() if text}


def _utc(when: datetime | None) -> str:
    return when.astimezone(UTC).isoformat() if when is not None else ""
