"""`directory ...`: whom addresses stand for, and who is suspended."""

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
from gateway.cli.typed import address_of

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from gateway.persons import Entry
    from gateway.store.directory import Difference
    from gateway.store.suspensions import Suspension

group = typer.Typer(help="Whom addresses stand for: aliases, groups, suspensions.", no_args_is_help=True)
Who = Annotated[str, typer.Argument(metavar="ADDRESS")]


def register(app: typer.Typer) -> None:
    """Add the group to the command line."""
    app.add_typer(group, name="directory")


@group.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help=".csv, .xlsx or .json: address,kind,member,name")
    ],
    config: ConfigOption = DEFAULT_CONFIG,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the difference and change nothing.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Take a list of aliases, groups or mailboxes in place of those known, of the kinds in it."""
    from gateway.directory_list import DirectoryListError, read
    from gateway.store import directory

    settings = settings_from(config)
    try:
        found = read(file)
    except DirectoryListError as error:
        fail(error.problems)
    tell(found.notes)
    database, _ = open_store(settings)
    difference = directory.import_list(database, found.entries, actor(), datetime.now(UTC), dry_run=dry_run)
    _print(difference, as_json=json, dry_run=dry_run)


@group.command()
def remove(address: Who, config: ConfigOption = DEFAULT_CONFIG, json: JsonOption = False) -> None:
    """Take an alias, or a group with all its members, out of the directory."""
    from gateway.store import directory

    who = address_of("ADDRESS", address)
    database, _ = open_store(settings_from(config))
    _print(directory.remove(database, who, actor(), datetime.now(UTC)), as_json=json, dry_run=False)


def _print(difference: Difference, *, as_json: bool, dry_run: bool) -> None:
    for change, entries in (("added", difference.added), ("removed", difference.removed)):
        for entry in entries:
            emit({"change": change, **_record(entry)}, f"{change:8} {_sentence(entry)}", as_json=as_json)
    for before, after in difference.changed:
        record = {"change": "changed", **_record(after), "before": before.member}
        emit(record, f"changed  {_sentence(after)}, before {before.member}", as_json=as_json)
    if not as_json:
        counts = (len(difference.added), len(difference.changed), len(difference.removed))
        ending = "; nothing was changed (--dry-run)" if dry_run else ""
        emit({}, "{} added, {} changed, {} removed".format(*counts) + ending, as_json=False)
    now_groups = {entry.address for entry in difference.added}
    for publication, address in difference.grants:
        is_group = address in now_groups
        tell(f"{address}: {_COUNTS[is_group].format(publication)}")


_COUNTS = {
    True: "is a group now; its own grant for {} counts for nothing, each of its members needs one",
    False: "is no group any more; its own grant for {} counts again",
}


def _record(entry: Entry) -> dict[str, Any]:
    return {"address": entry.address, "kind": entry.kind.value, "member": entry.member or None}


def _sentence(entry: Entry) -> str:
    if not entry.member:
        return f"{entry.address} ({entry.kind.value} without members)"
    verb = "of" if entry.kind == "alias" else "with"
    return f"{entry.address} ({entry.kind.value} {verb} {entry.member})"


@group.command("list")
def list_(config: ConfigOption = DEFAULT_CONFIG, json: JsonOption = False) -> None:
    """Every alias, group, shared mailbox and suspension."""
    from gateway.store import directory, suspensions

    settings = settings_from(config)
    database, _ = open_store(settings)
    rows = [{**_record(entry), "until": None, "reason": None} for entry in directory.listed(database)]
    rows += [_suspended(one, settings.policy.zone) for one in suspensions.listed(database)]
    emit_table(rows, as_json=json)


def _suspended(one: Suspension, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "address": one.person,
        "kind": "suspended",
        "member": None,
        "until": one.until.astimezone(zone).isoformat(),
        "reason": one.reason,
    }


@group.command()
def suspend(
    address: Who,
    until: Annotated[str, typer.Option(metavar="DATE", help="The last day, or the time at which it ends.")],
    reason: Annotated[str, typer.Option(metavar="R", help="Why.")],
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
) -> None:
    """Let no grant count for a person until a date, whatever address of theirs is written to."""
    from gateway.moments import MomentError, loose
    from gateway.store import suspensions

    settings = settings_from(config)
    zone = settings.policy.zone
    who, why = address_of("ADDRESS", address), " ".join(reason.split())
    if not why:
        fail("--reason: must not be empty", WRONG_CALL)
    try:
        ends = loose(until, zone, end=True)
    except MomentError as error:
        fail(f"--until: {error}", WRONG_CALL)
    database, _ = open_store(settings)
    made = suspensions.suspend(database, who, ends, why, actor(), datetime.now(UTC))
    record = {"change": "suspended", **_suspended(made, zone)}
    emit(record, f"suspended {made.person} until {record['until']}", as_json=json)


@group.command()
def unsuspend(address: Who, config: ConfigOption = DEFAULT_CONFIG, json: JsonOption = False) -> None:
    """End the suspension of a person."""
    from gateway.store import suspensions

    who = address_of("ADDRESS", address)
    database, _ = open_store(settings_from(config))
    person = suspensions.unsuspend(database, who, actor(), datetime.now(UTC))
    emit({"change": "unsuspended", "address": person}, f"unsuspended {person}", as_json=json)
