"""The directory as people export it (CSV, XLSX, JSON): aliases, groups and shared mailboxes, one line a member.

Columns are `address`, `kind`, `member` and, for those who keep the list, `name`.  All bad lines are named, with their
column, and refuse the whole file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gateway.address import AddressError
from gateway.headed import Columns, Headed, letters, mailbox, text_of
from gateway.persons import Entry, Kind, circular, contradictions
from gateway.sheets import Cell, SheetError, read_tables

_COLUMNS = Columns(
    {
        "address": "address|email|mail|emailaddress|smtpaddress|primarysmtpaddress|alias|group|mailbox",
        "kind": "kind|type|recipienttype",
        "member": "member|members|person|memberaddress|memberemail|standsfor",
        "name": "name|displayname|fullname|groupname",
    },
    must=("address", "kind", "member"),
    missing="columns for address, kind and member",
)
_KINDS = {
    **dict.fromkeys(("alias", "proxy", "proxyaddress", "secondary"), Kind.ALIAS),
    **dict.fromkeys(("group", "list", "distributionlist", "distributiongroup", "dl"), Kind.GROUP),
    **dict.fromkeys(("mailbox", "sharedmailbox", "shared"), Kind.MAILBOX),
}


class DirectoryListError(Exception):
    """The list cannot be taken; `problems` holds one `file: line N: column C: problem` for each fault."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True, slots=True)
class DirectoryList:
    """The entries of a list, and `file: note` lines on what was passed over or helps nobody."""

    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()


def read(path: Path) -> DirectoryList:
    """The entries in a file; raises DirectoryListError."""
    try:
        table = _COLUMNS.find(read_tables(path))
    except (OSError, SheetError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise DirectoryListError([f"{path}: {reason}"]) from None
    lines, notes, problems = _collect(table)
    problems += [
        f"line {lines[entry]}: column {column}: {entry.address} {why}"
        for entry, column, why in contradictions(lines)
    ]
    if not lines and not problems:
        problems = ["no addresses in it"]
    if problems:
        raise DirectoryListError(f"{path}: {problem}" for problem in problems)
    notes += _of_no_help(lines)
    notes += [f'column "{unused}" is not used' for unused in table.unused]
    return DirectoryList(tuple(lines), tuple(f"{path}: {note}" for note in notes))


def _collect(table: Headed) -> tuple[dict[Entry, int], list[str], list[str]]:
    """Each entry with the line that it stands in first."""
    lines: dict[Entry, int] = {}
    notes: list[str] = []
    problems: list[str] = []
    for line in table.rows:
        try:
            entry = _entry(table.values(line))
        except SheetError as error:
            problems.append(f"line {line.number}: {error}")
            continue
        if lines.setdefault(entry, line.number) != line.number:
            notes.append(f"line {line.number}: the same as line {lines[entry]}")
    return lines, notes, problems


def _entry(values: dict[str, Cell]) -> Entry:
    kind = _KINDS.get(letters(text_of(values, "kind")))
    if kind is None:
        raise SheetError("column kind: must be alias, group or mailbox")
    nobody = kind is not Kind.ALIAS and not text_of(values, "member")
    return Entry(_address(values, "address"), kind, "" if nobody else _address(values, "member"))


def _address(values: dict[str, Cell], field: str) -> str:
    try:
        return mailbox(text_of(values, field))[1]
    except (SheetError, AddressError) as error:
        raise SheetError(f"column {field}: {error}") from None


def _of_no_help(lines: dict[Entry, int]) -> list[str]:
    """Groups that can be eligible for nothing as they stand."""
    groups: dict[str, list[str]] = {}
    for entry in lines:
        if entry.kind is not Kind.ALIAS:
            groups.setdefault(entry.address, []).extend([entry.member] if entry.member else [])
    notes = [f"{name}: has no members, so it is never eligible" for name, held in groups.items() if not held]
    circle = circular(groups)
    if circle:
        notes.append(f"{' > '.join(circle)}: a circle, so none of these groups is ever eligible")
    return notes
