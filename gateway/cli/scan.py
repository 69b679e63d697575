"""`scan`: decide about mails on disk without doing anything: what would the gateway have said?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli.bar import progress
from gateway.cli.common import (
    DEFAULT_CONFIG,
    NOT_DONE,
    WRONG_CALL,
    ConfigOption,
    JsonOption,
    emit,
    fail,
    rules_from,
    settings_from,
    tell,
)

if TYPE_CHECKING:
    from gateway.config import Settings
    from gateway.mailfiles import MailFile
    from gateway.model import Decision, Policy, Register
    from gateway.rules import RuleSet

_BATCH = 64
"""Fewer mails are not worth more processes."""
_NOT_DECIDED = "not decided: it took too long or ended the process that read it"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("scan")(scan)


def scan(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Mails, mbox files and folders of them.")
    ],
    config: ConfigOption = DEFAULT_CONFIG,
    at: Annotated[str | None, typer.Option(metavar="TIME", help="Decide as at this time.")] = None,
    sender: Annotated[
        str | None, typer.Option(metavar="A", help="Instead of the headers'; <> for none.")
    ] = None,
    recipient: Annotated[list[str] | None, typer.Option(metavar="A", help="Instead of the headers'.")] = None,
    json: JsonOption = False,
) -> None:
    """Decide about mails without relaying, holding or recording anything.

    The envelope comes from the headers unless it is given.  Monitor mode is read as hold.
    """
    scanner = scanner_for(settings_from(config), at, sender, recipient or [])
    problems: list[str] = []
    counts: Counter[str] = Counter()
    with progress(paths, problems) as (found, advance):
        for mail, record in scanner.all(_mails(found, problems)):
            if isinstance(record, str):
                problems.append(f"{mail.name}: {record}")
                tell(problems[-1])
            else:
                counts[record["disposition"]] += 1
                emit(record, _line(record), as_json=json)
            advance(mail)
    if not json:
        tell(f"{counts.total()} mails" + "".join(f", {counts[word]} {word}" for word in sorted(counts)))
    if problems:
        raise typer.Exit(NOT_DONE)


@dataclass(frozen=True, slots=True)
class Scanner:
    """What every decision of one call rests on; the same mail gives the same record."""

    rules: RuleSet
    register: Register
    policy: Policy
    now: datetime
    sender: str | None
    recipients: Sequence[str]
    deadline: timedelta
    ocr: bool = False

    def one(self, mail: MailFile) -> dict[str, Any]:
        """The record of one mail, as the contract has it."""
        from gateway.header_envelope import envelope
        from gateway.preflight import foresee
        from gateway.scanner import read_here

        whom = envelope(mail.content, self.sender, self.recipients)
        message = read_here(mail.content, ocr=self.ocr)
        return record_of(mail.name, foresee(self.rules, message, whom, self.register, self.policy, self.now))

    def all(self, mails: Iterator[MailFile]) -> Iterator[tuple[MailFile, dict[str, Any] | str]]:
        """Each mail with its record, or with why it has none; many mails are shared among processes."""
        batch = list(islice(mails, _BATCH))
        if len(batch) < _BATCH:
            yield from ((mail, self.one(mail)) for mail in batch)
            return
        # What a forked process needs is inherited: the register is large, and modules take a second to load.
        from gateway import header_envelope, preflight  # noqa: F401
        from gateway.crew import Crew

        crew: Crew[MailFile, dict[str, Any]] = Crew(self.one, self.deadline)
        for mail, record in crew.results(chain(batch, mails)):
            yield mail, record if record is not None else _NOT_DECIDED


def scanner_for(settings: Settings, at: str | None, sender: str | None, recipients: Sequence[str]) -> Scanner:
    """What the decisions of one call rest on, from its options; ends the command where one makes no sense."""
    from gateway.cli.typed import time_of

    when = time_of("--at", at, settings.policy.zone) if at is not None else None
    for address in recipients:
        _checked("--recipient", address)
    if sender is not None:
        sender = "" if sender in ("", "<>") else _checked("--sender", sender)
    register, policy = _as_if_holding(_register(settings), settings.policy.values)
    now = when if when is not None else _now(settings)
    scan = settings.scan
    return Scanner(
        rules_from(settings), register, policy, now, sender, recipients, scan.deadline, ocr=scan.ocr
    )


def _now(settings: Settings) -> datetime:
    """The time by which the gateway would decide: where the clock is not to be trusted, when it last was."""
    from gateway.clock import Clock
    from gateway.store import lives
    from gateway.store.database import Database

    return Clock(settings.clock.synchronised, lives.trusted_at(Database(settings.store.url))).now()


def _checked(option: str, address: str) -> str:
    from gateway.address import canonical

    if canonical(address) is None:
        fail(f"{option}: {address!r} is no address", WRONG_CALL)
    return address


def _register(settings: Settings) -> Register:
    """The store's register, read only: a missing store is not made, for an empty one holds nothing."""
    from gateway.store import installation, schema
    from gateway.store.database import Database, sqlite_path
    from gateway.store.keys import load_public
    from gateway.store.register import load_register

    path = sqlite_path(settings.store.url)
    if path is not None and not path.is_file():
        fail(f"store.url: {path}: no store there; register a publication first")
    database = Database(settings.store.url)
    if schema.version(database) != schema.newest():
        fail("store.url: not the schema of this version; `embargo-gateway check` says more")
    keys = load_public(settings.store.key_folder)
    installation.verify(database, keys, settings.store.key_folder)
    return load_register(database, keys)


def _as_if_holding(register: Register, policy: Policy) -> tuple[Register, Policy]:
    """The same without monitor mode: what hold would do."""
    from gateway.model import OnFinding

    def held(chosen: OnFinding | None) -> OnFinding | None:
        return OnFinding.HOLD if chosen is OnFinding.MONITOR else chosen

    publications = {
        name: replace(publication, on_finding=held(publication.on_finding))
        for name, publication in register.publications.items()
    }
    policy = replace(policy, on_finding=held(policy.on_finding) or OnFinding.HOLD, monitored=frozenset())
    return replace(register, publications=publications), policy


def _mails(found: Iterable[Path], problems: list[str]) -> Iterator[MailFile]:
    from gateway.mailfiles import mails

    for path in found:
        try:
            yield from mails(path)
        except OSError as error:
            problems.append(f"{path}: {error.strerror or type(error).__name__}")
            tell(problems[-1])


def record_of(name: str, decision: Decision) -> dict[str, Any]:
    """What was decided of one mail, as the contract has it."""
    return {
        "path": name,
        "disposition": decision.disposition.word,
        "publications": [id for id in decision.publications if id is not None],
        "ineligible": list(decision.ineligible),
        "findings": [
            {
                "rule": finding.rule,
                "detector": finding.detector.value,
                "publication": finding.publication,
                "part": finding.part,
                "asks": finding.asks.word,
            }
            for finding in decision.findings
        ],
    }


def _line(record: dict[str, Any]) -> str:
    """One mail for people: what, which file, and why."""
    reasons = sorted({f"{finding['rule']} in {finding['part']}" for finding in record["findings"]})
    parts = [f"{record['disposition']:7} {record['path']}"]
    if reasons:
        parts.append(f"{', '.join(record['publications']) or 'unknown publication'}: {', '.join(reasons)}")
    if record["ineligible"]:
        parts.append(f"not on the list: {', '.join(record['ineligible'])}")
    return "; ".join(parts)
