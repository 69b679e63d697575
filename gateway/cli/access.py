"""`access ...`: who may have a publication before it is public."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli.common import (
    DEFAULT_CONFIG,
    WRONG_CALL,
    ConfigOption,
    JsonOption,
    actor,
    emit,
    emit_table,
    fail,
    open_store,
    settings_from,
    tell,
)
from gateway.cli.typed import address_of, time_of
from gateway.model import GrantKind

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from gateway.model import Grant
    from gateway.store.database import Database
    from gateway.store.grants import Difference

group = typer.Typer(help="Access lists.", no_args_is_help=True)
Id = Annotated[str, typer.Argument(metavar="ID", help="The publication.")]
Who = Annotated[str, typer.Argument(metavar="ADDRESS")]


def register(app: typer.Typer) -> None:
    """Add the group to the command line."""
    app.add_typer(group, name="access")


@group.command("import")
def import_(
    id: Id,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=".csv, .xlsx or .json")],
    config: ConfigOption = DEFAULT_CONFIG,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the difference and change nothing.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Take a list in place of what was imported before, of the kinds in it; grants given by hand stay."""
    from gateway.access_list import AccessListError, read
    from gateway.store import grants

    settings = settings_from(config)
    try:
        found = read(file, settings.policy.zone)
    except AccessListError as error:
        fail(error.problems)
    tell(found.notes)
    database, _ = open_store(settings)
    difference = grants.import_list(database, id, found.grants, actor(), datetime.now(UTC), dry_run=dry_run)
    _warn_of_groups(database, [grant.address for grant in found.grants])
    _print(difference, settings.policy.zone, as_json=json, dry_run=dry_run)


def _warn_of_groups(database: Database, addresses: list[str]) -> None:
    from gateway.store import directory

    groups = directory.groups_among(database, addresses)
    tell(
        f"{address}: is a group; this grant counts for nothing, each of its members must be listed"
        for address in addresses
        if address in groups
    )


def _print(difference: Difference, zone: ZoneInfo, *, as_json: bool, dry_run: bool) -> None:
    for change, grants in (("added", difference.added), ("removed", difference.removed)):
        for grant in grants:
            emit(
                {"change": change, **_record(grant, zone)},
                f"{change:8} {_sentence(grant, zone)}",
                as_json=as_json,
            )
    for before, after in difference.changed:
        was, is_ = _record(before, zone), _record(after, zone)
        parts = ", ".join(
            f"{name}: {was[name] or '-'} -> {is_[name] or '-'}" for name in is_ if was[name] != is_[name]
        )
        emit(
            {"change": "changed", **is_, "before": was},
            f"changed  {after.address} ({parts})",
            as_json=as_json,
        )
    if not as_json:
        counts = (len(difference.added), len(difference.changed), len(difference.removed))
        ending = "; nothing was changed (--dry-run)" if dry_run else ""
        emit({}, "{} added, {} changed, {} removed".format(*counts) + ending, as_json=False)


def _sentence(grant: Grant, zone: ZoneInfo) -> str:
    record = _record(grant, zone)
    more = [f"{name} {record[name]}" for name in ("from", "until") if record[name]]
    return " ".join([grant.address, f"({', '.join([grant.kind.value, *more])})"])


def _record(grant: Grant, zone: ZoneInfo) -> dict[str, Any]:
    def local(when: datetime | None) -> str | None:
        return when.astimezone(zone).isoformat() if when is not None else None

    return {
        "address": grant.address,
        "kind": grant.kind.value,
        "origin": grant.origin,
        "from": local(grant.starts_at),
        "until": local(grant.ends_at),
        "name": grant.name,
        "role": grant.role,
        "organisation": grant.organisation,
        "reason": grant.reason,
    }


@group.command("list")
def list_(id: Id, config: ConfigOption = DEFAULT_CONFIG, json: JsonOption = False) -> None:
    """Everybody who holds a grant for a publication."""
    from gateway.store import grants

    settings = settings_from(config)
    database, _ = open_store(settings)
    emit_table([_record(grant, settings.policy.zone) for grant in grants.listed(database, id)], as_json=json)


@group.command()
def grant(
    id: Id,
    address: Who,
    reason: Annotated[str, typer.Option(metavar="R", help="Why this person needs it.")],
    config: ConfigOption = DEFAULT_CONFIG,
    kind: Annotated[GrantKind, typer.Option()] = GrantKind.PRE_RELEASE,
    from_: Annotated[str | None, typer.Option("--from", metavar="TIME")] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME")] = None,
    json: JsonOption = False,
) -> None:
    """Give one person access; an import does not take it away."""
    from gateway.model import Grant
    from gateway.store import grants

    settings = settings_from(config)
    zone = settings.policy.zone
    starts_at = time_of("--from", from_, zone) if from_ else None
    ends_at = time_of("--until", until, zone) if until else None
    try:
        given = Grant(address_of("ADDRESS", address), kind, " ".join(reason.split()), starts_at, ends_at)
    except ValueError as error:
        fail(f"--until: {error}", WRONG_CALL)
    if not given.reason:
        fail("--reason: must not be empty", WRONG_CALL)
    database, _ = open_store(settings)
    grants.give(database, id, given, actor(), datetime.now(UTC))
    _warn_of_groups(database, [given.address])
    emit({"change": "added", **_record(given, zone)}, f"added    {_sentence(given, zone)}", as_json=json)


@group.command()
def revoke(id: Id, address: Who, config: ConfigOption = DEFAULT_CONFIG, json: JsonOption = False) -> None:
    """Take every grant of one person away."""
    from gateway.store import grants

    settings = settings_from(config)
    who = address_of("ADDRESS", address)
    database, _ = open_store(settings)
    count = grants.revoke(database, id, who, actor(), datetime.now(UTC))
    emit({"change": "removed", "address": who, "grants": count}, f"removed  {who}", as_json=json)
