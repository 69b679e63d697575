"""Access lists as people make them (CSV, XLSX, JSON) into grants: all bad rows are named and refuse it.

Columns are known by many names and may stand in any order, below title lines too; only the address is a must.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from gateway.address import AddressError
from gateway.headed import Columns, Headed, letters, mailbox, text_of
from gateway.letters.form import one_line
from gateway.model import Grant, GrantKind
from gateway.moments import MomentError, day, loose, on_the_wall
from gateway.sheets import Cell, SheetError, Tables, read_tables, tables_in

_NAMES = {
    "email": "email|mail|emailaddress|mailaddress|address|emails|smtpaddress|emailid|workemail",
    "name": "name|fullname|person|recipient|displayname",
    "role": "role|jobtitle|job|post|position|title|jobrole",
    "organisation": "organisation|organization|department|org|dept|body|company|team",
    "kind": "kind|type|accesstype|kindofaccess|typeofaccess|access",
    "reason": "reason|justification|why|purpose|reasonforaccess",
    "from": "from|start|starts|startdate|startsat|begins|accessfrom|validfrom|startofaccess",
    "declared": "declaredon|dateofdeclaration|declarationdate|declarationsignedon",
    "until": "until|to|end|ends|enddate|endsat|expires|expiry|accessto|accessuntil|validuntil|validto",
}
_COLUMNS = Columns(_NAMES, must=("email",), missing='a column for the address, such as "email"')
_KINDS = {
    **dict.fromkeys(("prerelease", "pra", "prereleaseaccess", "prereleaserecipient"), GrantKind.PRE_RELEASE),
    **dict.fromkeys(
        ("production", "producer", "productionteam", "qa", "qualityassurance"), GrantKind.PRODUCTION
    ),
}


class AccessListError(Exception):
    """The list cannot be taken; `problems` holds one `file: line N: problem` for each fault."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True, slots=True)
class AccessList:
    """The grants of a list, and `file: note` lines on what was passed over (doubled rows, unused columns)."""

    grants: tuple[Grant, ...]
    notes: tuple[str, ...] = ()


def read(
    path: Path, zone: ZoneInfo, *, default: GrantKind = GrantKind.PRE_RELEASE, only: GrantKind | None = None
) -> AccessList:
    """The grants in a file; a row without a kind is of the `default` kind; `only` refuses every other.

    Times without an offset are wall time in `zone`; a date alone is all of that day.  Raises AccessListError.
    """
    try:
        found = read_tables(path)
    except (OSError, SheetError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise AccessListError([f"{path}: {reason}"]) from None
    return _taken(str(path), found, zone, default, only)


def read_upload(
    name: str,
    content: bytes,
    zone: ZoneInfo,
    *,
    default: GrantKind = GrantKind.PRE_RELEASE,
    only: GrantKind | None = None,
) -> AccessList:
    """As `read`, of a file called `name` whose bytes somebody handed over."""
    try:
        found = tables_in(name, content)
    except SheetError as error:
        raise AccessListError([f"{name}: {error}"]) from None
    return _taken(name, found, zone, default, only)


def _taken(
    name: str, found: Tables, zone: ZoneInfo, default: GrantKind, only: GrantKind | None
) -> AccessList:
    try:
        table = _COLUMNS.find(found)
    except SheetError as error:
        raise AccessListError([f"{name}: {error}"]) from None
    grants, notes, problems = _collect(table, zone, default, only)
    if not grants and not problems:
        problems = ["no addresses in it"]
    if problems:
        raise AccessListError(f"{name}: {problem}" for problem in problems)
    notes += [f'column "{unused}" is not used' for unused in table.unused]
    return AccessList(grants, tuple(f"{name}: {note}" for note in notes))


def _collect(
    table: Headed, zone: ZoneInfo, default: GrantKind, only: GrantKind | None
) -> tuple[tuple[Grant, ...], list[str], list[str]]:
    seen: dict[tuple[str, GrantKind], tuple[int, Grant]] = {}
    notes: list[str] = []
    problems: list[str] = []
    for line in table.rows:
        try:
            grant = _grant(table.values(line), zone, default)
            if only not in (None, grant.kind):
                raise SheetError(f"only {only.value} grants belong here" if only else "")
            who = (grant.address, grant.kind)
            if who in seen:
                first, before = seen[who]
                seen[who] = (first, _merge(before, grant, first))
                notes.append(f"line {line.number}: the same as line {first}")
            else:
                seen[who] = (line.number, grant)
        except (SheetError, MomentError, AddressError) as error:
            problems.append(f"line {line.number}: {error}")
    return tuple(grant for _, grant in seen.values()), notes, problems


def _grant(values: dict[str, Cell], zone: ZoneInfo, default: GrantKind) -> Grant:
    name, address = mailbox(text_of(values, "email"))
    starts_at = _moment(values, "from", zone, end=False)
    ends_at = _moment(values, "until", zone, end=True)
    if starts_at and ends_at and starts_at >= ends_at:
        raise SheetError("it ends before it begins")
    return Grant(
        address=address,
        kind=_kind(text_of(values, "kind"), default),
        reason=_line(values, "reason"),
        starts_at=starts_at,
        ends_at=ends_at,
        origin="import",
        name=_line(values, "name") or " ".join(one_line(name).split()),
        role=_line(values, "role"),
        organisation=_line(values, "organisation"),
        declared_on=_day(values, "declared"),
    )


def _line(values: dict[str, Cell], field: str) -> str:
    """What a cell says, without signs that would turn a line of a page or a letter around."""
    return " ".join(one_line(text_of(values, field)).split())


def _kind(text: str, default: GrantKind) -> GrantKind:
    if not text:
        return default
    kind = _KINDS.get(letters(text))
    if kind is None:
        raise SheetError(f"kind {text!r}: must be pre-release or production")
    return kind


def _day(values: dict[str, Cell], field: str) -> date | None:
    """A date without a time of day, in the zone in which it was written."""
    when = _moment(values, field, ZoneInfo("UTC"), end=False)
    return when.date() if when is not None else None


def _moment(values: dict[str, Cell], field: str, zone: ZoneInfo, *, end: bool) -> datetime | None:
    try:
        return _when(values.get(field, ""), zone, end=end)
    except MomentError as error:
        raise SheetError(f"{field}: {error}") from None


def _when(cell: Cell, zone: ZoneInfo, *, end: bool) -> datetime | None:
    if isinstance(cell, str):
        return loose(cell, zone, end=end) if cell else None
    if isinstance(cell, datetime) and cell.time() != time.min:
        return on_the_wall(cell, zone)
    # A spreadsheet keeps a date as its midnight.
    on = cell.date() if isinstance(cell, datetime) else cell
    return day(on, zone, end=end)


def _merge(before: Grant, again: Grant, first: int) -> Grant:
    """One grant of two rows for the same address and kind; what only one of them says is no contradiction."""
    if (before.starts_at, before.ends_at) != (again.starts_at, again.ends_at):
        raise SheetError(f"contradicts line {first}: other times for the same address")
    said: dict[str, Any] = {"declared_on": before.declared_on or again.declared_on}
    for field in ("reason", "name", "role", "organisation"):
        old, new = getattr(before, field), getattr(again, field)
        if old and new and old.casefold() != new.casefold():
            raise SheetError(f"contradicts line {first}: another {field} for the same address")
        said[field] = old or new
    return replace(before, **said)
