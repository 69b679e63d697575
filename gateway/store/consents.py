"""Consents: what each lead has said of each recipient of held mail, and whose word is still missing.

A recipient leaves when every publication that is closed to them has consented to the release.  One that is confirmed
to be live needs no consent, nor one for which the person holds a grant that is valid now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from gateway.incident import Consent, Standing, Verb
from gateway.letters.form import shown
from gateway.model import Policy, Register
from gateway.policy import Desk
from gateway.store.cases import Behalf, Case, NotHeld, NotTheirs, chosen, opened, read
from gateway.store.database import Database
from gateway.store.register import without_traces
from gateway.store.tables import CONSENTS, INCIDENTS

Granted = Callable[[str, str], bool]
"""Whether an address holds a grant for a publication (id, address) that is valid now."""

PLANS = frozenset({Verb.SEND, Verb.DROP})
"""Words that wait for the publication."""


def grants_in(register: Register, now: datetime) -> Granted:
    """Who holds a grant for what that is valid at `now`, by this register."""
    desk = Desk(register, Policy(), now)
    return lambda publication, address: desk.eligible(address, publication)


def grants_now(connection: Connection, now: datetime) -> Granted:
    """The same by the register as the caller's transaction sees it."""
    return grants_in(without_traces(connection), now)


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks, for which publications, and why."""

    actor: str
    reason: str
    now: datetime
    behalf: Behalf = None


@dataclass(frozen=True, slots=True)
class Word:
    """One recipient, and the publications for which the same is about to be said of them."""

    row: Row[Any]
    publications: tuple[str | None, ...]


def to_say(case: Case, named: Sequence[str] | None, verb: Verb, behalf: Behalf) -> list[Word]:
    """Of whom something is to be said, and for which publications; named None means all held whom it concerns.

    Raises NotHeld where it was said already, by whomever, NotTheirs where somebody else decides, NotAmong.
    """
    rows = chosen(case, named)
    mine = [Word(row, keys) for row in rows if (keys := case.theirs(row, behalf))]
    if not mine or (named is not None and len(mine) < len(rows)):
        raise NotTheirs(case.ref, somebody_else(case, rows, behalf))
    new = [Word(word.row, keys) for word in mine if (keys := _unsaid(case, word, verb))]
    if not new or (named is not None and len(new) < len(mine)):
        raise NotHeld(case.ref, _said_already(case, mine, verb))
    return new


def _unsaid(case: Case, word: Word, verb: Verb) -> tuple[str | None, ...]:
    return tuple(key for key in word.publications if not _says(case, word.row, key, verb))


def _says(case: Case, row: Row[Any], key: str | None, verb: Verb) -> bool:
    said = case.word(row, key)
    return said is not None and said.verb is verb


def somebody_else(case: Case, rows: Iterable[Row[Any]], behalf: Behalf) -> str:
    """Which publications these recipients wait for that are none of the speaker's."""
    others = [row for row in rows if not case.theirs(row, behalf)]
    keys = dict.fromkeys(key for row in others for key in case.closed(row))
    return f"{', '.join(shown(row.address) for row in others[:5])}: somebody else decides, for {names(keys)}"


def _said_already(case: Case, words: Iterable[Word], verb: Verb) -> str:
    said = [
        f"{verb} to {shown(word.row.address)} for {names([key])} by {one.given_by} at {one.given_at:%Y-%m-%d %H:%M} UTC"
        for word in words
        for key in word.publications
        if (one := case.word(word.row, key)) is not None and one.verb is verb
    ]
    return f"decided already: {'; '.join(said[:5])}{' and others' if len(said) > 5 else ''}"


def names(keys: Iterable[str | None]) -> str:
    """Publications as messages name them."""
    return ", ".join(key or "an unregistered publication" for key in keys)


def say(connection: Connection, case: Case, words: Sequence[Word], verb: Verb, voice: Voice) -> None:
    """Record it, and let the case know; what was said before stays on record, the last word counts."""
    rows = []
    for word in words:
        for key in word.publications:
            consent = Consent(key, verb, voice.actor, voice.now, voice.reason)
            case.said.setdefault(word.row.id, {})[key] = consent
            rows.append(
                {
                    "ref": case.ref,
                    "recipient": word.row.id,
                    "publication": key,
                    "verb": verb,
                    "given_by": voice.actor,
                    "given_at": voice.now,
                    "reason": voice.reason,
                }
            )
    if rows:
        connection.execute(insert(CONSENTS), rows)


def lapse(connection: Connection, publication: str) -> None:
    """Let nothing count any more that was said of held mail for a publication; the audit log keeps it.

    To be called before the caller's transaction touches the epoch or the audit log (see `cases`).
    """
    held = select(INCIDENTS.c.ref, INCIDENTS.c.publications).where(INCIDENTS.c.state == Standing.HELD)
    for row in connection.execute(held.order_by(INCIDENTS.c.ref)).all():
        if publication in row.publications:
            waiting = [one.id for one in opened(connection, row.ref).held]
            of_them = (CONSENTS.c.publication == publication) & CONSENTS.c.recipient.in_(waiting)
            connection.execute(delete(CONSENTS).where(of_them))


def missing(case: Case, row: Row[Any], granted: Granted, now: datetime) -> tuple[str | None, ...]:
    """The publications that still keep a recipient from leaving: their lead has not consented to it now."""
    return tuple(
        key
        for key in case.closed(row)
        if not (case.live(key) or _says(case, row, key, Verb.RELEASE) or _may(case, row, key, granted, now))
    )


def _may(case: Case, row: Row[Any], key: str | None, granted: Granted, now: datetime) -> bool:
    # Of what is neither under embargo nor confirmed nobody knows that it is public: a grant is for the embargo.
    return key is not None and not case.open(key, now) and granted(key, row.address)


def planned(case: Case, row: Row[Any], key: str | None) -> bool:
    """Whether a lead has said what happens once the publication is live; an empty promise while it is withdrawn."""
    said = case.word(row, key)
    return said is not None and said.verb in PLANS and not case.withdrawn(key)


def silent(
    case: Case, rows: Iterable[Row[Any]], granted: Granted, now: datetime
) -> tuple[tuple[str | None, ...], tuple[str | None, ...]]:
    """Publications that keep these from leaving: those whose lead has said nothing, and those that are awaited."""
    open_ = [(row, key) for row in rows for key in missing(case, row, granted, now)]
    waiting = dict.fromkeys(key for row, key in open_ if not planned(case, row, key))
    later = dict.fromkeys(key for row, key in open_ if planned(case, row, key))
    return tuple(waiting), tuple(later)


def awaited(database: Database, ref: str, now: datetime) -> tuple[str | None, ...]:
    """The publications whose lead has said nothing yet of somebody who is held; raises NoSuchIncident."""
    with database.read() as connection:
        case = read(connection, ref)
        return silent(case, case.held, grants_now(connection, now), now)[0]


def answered(case: Case) -> bool:
    """Whether nobody needs to be asked any more: each lead has said something of each recipient held."""
    return all(
        case.live(key) or _says(case, row, key, Verb.RELEASE) or planned(case, row, key)
        for row in case.held
        for key in case.closed(row)
    )


def without_grant(case: Case, row: Row[Any], granted: Granted, now: datetime) -> bool:
    """Whether a recipient may not have, at this moment, everything that the mail was held for."""
    return not all(
        case.open(key, now) or (key is not None and granted(key, row.address)) for key in case.closed(row)
    )
