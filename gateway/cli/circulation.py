"""`publication add ID --from-mail FILE`: an entry from a circulation mail, shown before it is taken."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import typer

from gateway.amounts import amounts, in_words
from gateway.cli.common import WRONG_CALL, actor, emit, fail, open_store, tell
from gateway.cli.typed import address_of, required, time_of, title_of
from gateway.model import PUBLICATION_ID

if TYPE_CHECKING:
    from gateway.circulation import Draft
    from gateway.config import Settings
    from gateway.store.database import Database
    from gateway.store.keys import Keys


@dataclass(frozen=True, slots=True)
class Said:
    """What the caller says beside the mail: canonical addresses; title and time win over what the mail says."""

    id: str
    producer: str
    lead: str
    deputies: tuple[str, ...] = ()
    title: str | None = None
    publishes_at: datetime | None = None
    market_sensitive: bool = False


def said(
    id: str,
    producer: str | None,
    lead: str | None,
    deputies: Sequence[str] | None,
    title: str | None,
    publishes_at: str | None,
    zone: ZoneInfo,
    *,
    market_sensitive: bool,
) -> Said:
    """What the caller has typed; a bad value ends the command."""
    if PUBLICATION_ID.match(id) is None:
        fail(f"{id}: publication id {id!r}: lower-case letters, digits and hyphens, at most 64", WRONG_CALL)
    producer, lead = required({"--producer": producer, "--lead": lead})
    return Said(
        id=id,
        producer=title_of("--producer", producer),
        lead=address_of("--lead", lead),
        deputies=tuple(address_of("--deputy", one) for one in deputies or ()),
        title=title_of("--title", title) if title is not None else None,
        publishes_at=time_of("--publishes-at", publishes_at, zone) if publishes_at is not None else None,
        market_sensitive=market_sensitive,
    )


def add_from_mail(path: Path, said: Said, settings: Settings, *, yes: bool, json: bool) -> None:
    """Show the draft that a mail makes, and register it where `yes` or the person at the terminal says so."""
    now = datetime.now(UTC)
    zone = settings.policy.zone
    database, keys = open_store(settings)
    draft = _read(path, settings, now, keys.trace_key).said(said.title, said.publishes_at)
    if not json:
        emit({}, "\n".join(_lines(draft, said, zone)), as_json=False)
    taken = yes or _asked(draft)
    if taken:
        _register(draft, said, database, keys, now)
    if json:
        emit({**_record(draft, said, zone), "taken": taken}, "", as_json=True)
    if not taken:
        tell(f"{said.id}: nothing is registered; --yes takes this draft")


def _read(path: Path, settings: Settings, now: datetime, key: bytes) -> Draft:
    from gateway import circulation, rules

    try:
        content = path.read_bytes()
        loaded = rules.load(settings.rules.folder, settings.policy.zone, settings.policy.figures_threshold)
        return circulation.read(content, settings.policy.zone, now, loaded, key)
    except OSError as error:
        fail(f"{path}: {error.strerror or error}")
    except circulation.NotAMail as error:
        fail(f"{path}: {error}")
    except rules.RuleError as error:
        fail(error.problems, WRONG_CALL)


def _asked(draft: Draft) -> bool:
    complete = bool(draft.title) and draft.publishes_at is not None
    if not (complete and sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    return typer.confirm("Register it?", default=False, err=True)


def _register(draft: Draft, said: Said, database: Database, keys: Keys, now: datetime) -> None:
    from gateway import circulation

    circulation.register(
        database,
        keys,
        draft,
        said.id,
        said.lead,
        said.producer,
        actor(),
        now,
        deputies=said.deputies,
        market_sensitive=said.market_sensitive,
    )
    tell(f"{said.id}: registered; it is under embargo from now on")


def _local(when: datetime | None, zone: ZoneInfo) -> str | None:
    return when.astimezone(zone).isoformat() if when is not None else None


def _record(draft: Draft, said: Said, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "id": said.id,
        "title": draft.title or None,
        "publishes_at": _local(draft.publishes_at, zone),
        "producer": said.producer,
        "lead": said.lead,
        "deputies": list(said.deputies),
        "sender": draft.sender,
        "sent_at": _local(draft.sent_at, zone),
        "grants": [
            {"address": grant.address, "name": grant.name, "kind": grant.kind.value, "reason": grant.reason}
            for grant in draft.grants
        ],
        "documents": [
            {
                "path": one.name,
                "size": one.size,
                **amounts(len(one.digests), one.counts),
                "unreadable": list(one.unreadable),
            }
            for one in draft.traces
        ],
        "problems": list(draft.problems),
    }


def _lines(draft: Draft, said: Said, zone: ZoneInfo) -> Iterator[str]:
    facts = _record(draft, said, zone)
    for name in ("id", "title", "publishes_at", "producer", "lead", "deputies", "sender", "sent_at"):
        value = facts[name]
        yield f"{name.replace('_', ' '):17} {_plain(value)}"
    yield from _listed("access", [f"{each['kind']:11} {_person(each)}" for each in facts["grants"]])
    yield from _listed("documents", [_document(each) for each in facts["documents"]])
    yield from _listed("to be looked at", draft.problems)


def _plain(value: str | list[str] | None) -> str:
    from gateway.letters.form import one_line

    return one_line(", ".join(value) if isinstance(value, list) else value or "-")


def _person(record: dict[str, str]) -> str:
    named = f" ({_plain(record['name'])})" if record["name"] else ""
    return f"{record['address']}{named}: {record['reason']}"


def _document(record: dict[str, Any]) -> str:
    return f"{_plain(record['path'])}: {record['size']} bytes, {in_words(record)}"


def _listed(head: str, entries: Sequence[str]) -> Iterator[str]:
    if entries:
        yield ""
        yield f"{head}:"
        yield from (f"  {entry}" for entry in entries)
