"""What a person decides about held mail: release, refuse, wait for publication, false alarm.  Exactly one wins.

A decision is recorded with who made it and why (R1), in one transaction with its audit entry: without that
entry there is no decision.  Nothing is relayed here: a release only lets the office begin.  Mail of two publications
leaves when both have consented; the refusal of one is enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row

from gateway.incident import WAITING, Standing, Verb
from gateway.letters.notice import message_of
from gateway.model import GrantKind
from gateway.store import NotDone, admissions, audit, cases, consents, exemptions
from gateway.store.admissions import Terms
from gateway.store.cases import Behalf, Case, NoSuchIncident, NotAmong, NotHeld, NotTheirs, addresses
from gateway.store.consents import PLANS, Granted, Voice, Word, grants_in, grants_now
from gateway.store.database import Database
from gateway.store.plans import settle_live

__all__ = [
    "Decided",
    "Granted",
    "NoSuchIncident",
    "NotAmong",
    "NotHeld",
    "NotTheirs",
    "at_live",
    "discard",
    "false_alarm",
    "grant_and_release",
    "grants_in",
    "release",
    "settle_live",
]


@dataclass(frozen=True, slots=True)
class Decided:
    """Whom a decision concerned, and who among them leaves by it, or without a valid grant.

    `waiting_for` are the publications whose lead has said nothing yet, `until_live` those that are to be published
    first; `remembered` counts the pieces of evidence that are none any more.
    """

    ref: str
    recipients: tuple[str, ...]
    without_grant: tuple[str, ...] = ()
    leaving: tuple[str, ...] = ()
    waiting_for: tuple[str | None, ...] = ()
    until_live: tuple[str | None, ...] = ()
    remembered: int = 0


def release(
    database: Database,
    ref: str,
    recipients: Sequence[str] | None,
    reason: str,
    actor: str,
    now: datetime,
    granted: Granted,
    *,
    on_behalf: Behalf = None,
) -> Decided:
    """Consent to the relay of a held mail to `recipients` (as people write them; None: everybody held).

    Whoever needs no further consent leaves; who has no grant at this moment is recorded as released without.  Raises
    NotDone, with nothing changed.
    """
    voice = Voice(actor, reason, now, on_behalf)
    with database.write() as connection:
        case = cases.opened(connection, ref)
        words = consents.to_say(case, recipients, Verb.RELEASE, on_behalf)
        done = _release(connection, case, words, voice, granted)
        _note(connection, "incident release", done, words, voice)
    return done


def grant_and_release(
    database: Database,
    ref: str,
    recipients: Sequence[str] | None,
    grant_kind: GrantKind,
    reason: str,
    declared_on: date | None,
    actor: str,
    now: datetime,
    granted: Granted,
    *,
    on_behalf: Behalf = None,
) -> Decided:
    """Give `recipients` access to what was closed to them, and consent to the release, in one transaction.

    Raises NotDone, with nothing changed, where one of them cannot be given access (a group, say).
    """
    if not reason.strip():
        raise NotDone(ref, "a grant needs a reason")
    voice = Voice(actor, reason, now, on_behalf)
    with database.write() as connection:
        case = cases.opened(connection, ref)
        words = consents.to_say(case, recipients, Verb.RELEASE, on_behalf)
        terms = Terms(grant_kind, reason, declared_on)
        granted = admissions.admit(connection, case, words, terms, actor, now, granted)
        done = _release(connection, case, words, voice, granted)
        _note(connection, "incident release", done, words, voice, granted=grant_kind.value)
    return done


def false_alarm(
    database: Database, ref: str, reason: str, actor: str, now: datetime, *, on_behalf: Behalf = None
) -> Decided:
    """Say that the evidence was none: consent to the release to everybody held, and remember what it rested on.

    The same evidence is none again for these publications; `remembered` is 0 where it left no trace.  Raises NotDone.
    """
    voice = Voice(actor, f"false alarm: {reason}" if reason else "false alarm", now, on_behalf)
    with database.write() as connection:
        case = cases.opened(connection, ref)
        words = consents.to_say(case, None, Verb.RELEASE, on_behalf)
        remembered = exemptions.remember(connection, case, on_behalf, actor, now)
        # Nobody needs a grant for what is no evidence; but what others found closed still needs their word.
        done = replace(
            _release(connection, case, words, voice, grants_now(connection, now), bare=False),
            remembered=remembered,
        )
        _note(connection, "incident false alarm", done, words, voice, remembered=remembered)
    return done


def at_live(
    database: Database,
    ref: str,
    recipients: Sequence[str] | None,
    verb: Verb,
    reason: str,
    actor: str,
    now: datetime,
    *,
    on_behalf: Behalf = None,
) -> Decided:
    """Let the mail wait for its publication, and be sent (`Verb.SEND`) or discarded (`Verb.DROP`) then.

    It stays held, and may still be released or refused before.  Raises NotDone, with nothing changed; ValueError for
    another verb.
    """
    if verb not in PLANS:
        raise ValueError("only sending and dropping can wait for publication")
    voice = Voice(actor, reason, now, on_behalf)
    with database.write() as connection:
        case = cases.opened(connection, ref)
        coming = _coming(case, recipients, on_behalf)
        words = consents.to_say(case, recipients, verb, coming)
        consents.say(connection, case, words, verb, voice)
        done = _told(case, words, [], grants_now(connection, now), now)
        _note(connection, f"incident at live {verb}", done, words, voice)
    return done


def discard(
    database: Database,
    ref: str,
    reason: str,
    actor: str,
    now: datetime,
    *,
    message: str = "",
    on_behalf: Behalf = None,
) -> Decided:
    """Refuse: end the hold by deleting for everybody still held whom it concerns, whoever else has consented.

    The sender gets a notice with `message`.  Where the stored content is damaged, this also ends a release that
    cannot be carried out.  Raises NotDone, with nothing changed.
    """
    try:
        told = message_of(message)
    except ValueError as error:
        raise NotDone(ref, str(error)) from None
    with database.write() as connection:
        case = cases.opened(connection, ref)
        rows = _refused(case, on_behalf)
        cases.refuse(connection, case, rows, actor, reason, now, told)
        cases.restate(connection, ref, now)
        facts = {
            "recipients": addresses(rows),
            "reason": reason,
            "message": bool(told),
            "against": _against(case, rows),
        }
        audit.append(connection, now, actor, "incident discard", ref, facts)
    return Decided(ref, addresses(rows), leaving=addresses(rows))


def _release(
    connection: Connection,
    case: Case,
    words: Sequence[Word],
    voice: Voice,
    granted: Granted,
    *,
    bare: bool = True,
) -> Decided:
    """Record the consents, and let those leave of whom everything has been said; `bare` notes who has no grant."""
    consents.say(connection, case, words, Verb.RELEASE, voice)
    rows = [word.row for word in words if not consents.missing(case, word.row, granted, voice.now)]
    cases.leave(connection, rows, Standing.RELEASING, voice.actor, voice.reason, voice.now)
    unlisted = [row for row in rows if bare and consents.without_grant(case, row, granted, voice.now)]
    cases.mark_without_grant(connection, unlisted)
    cases.restate(connection, case.ref, voice.now)
    done = _told(case, words, rows, granted, voice.now)
    return replace(done, without_grant=addresses(unlisted))


def _told(
    case: Case, words: Sequence[Word], leaving: Sequence[Row[Any]], granted: Granted, now: datetime
) -> Decided:
    gone = {row.id for row in leaving}
    staying = [word.row for word in words if word.row.id not in gone]
    silent, later = consents.silent(case, staying, granted, now)
    people = addresses(word.row for word in words)
    return Decided(case.ref, people, leaving=addresses(leaving), waiting_for=silent, until_live=later)


def _note(
    connection: Connection, action: str, done: Decided, words: Iterable[Word], voice: Voice, **more: object
) -> None:
    facts = {
        "recipients": done.recipients,
        "publications": list(dict.fromkeys(key for word in words for key in word.publications)),
        "leaving": done.leaving,
        "without_grant": done.without_grant,
        "waiting_for": done.waiting_for,
        "reason": voice.reason,
        **more,
    }
    audit.append(connection, voice.now, voice.actor, action, done.ref, facts)


def _coming(case: Case, named: Sequence[str] | None, behalf: Behalf) -> Behalf:
    """Those of somebody's publications that can still go live; raises NotDone where there is none."""
    asked = {key for row in cases.chosen(case, named) for key in case.theirs(row, behalf)}
    coming = frozenset(key for key in asked if case.coming(key))
    if asked and not coming:
        reasons = ", ".join(sorted(f"{consents.names([key])} {case.fate(key)}" for key in asked))
        raise NotDone(case.ref, f"cannot wait for publication: {reasons}")
    return coming


def _refused(case: Case, behalf: Behalf) -> list[Row[Any]]:
    open_states = WAITING if case.incident.damaged else {Standing.HELD}
    rows = [row for row in case.rows if row.state in open_states]
    if not rows:
        raise NotHeld(case.ref, cases.decided_already(case.rows))
    mine = [row for row in rows if case.theirs(row, behalf)]
    if not mine:
        raise NotTheirs(case.ref, consents.somebody_else(case, rows, behalf))
    return mine


def _against(case: Case, rows: Iterable[Row[Any]]) -> list[dict[str, str | None]]:
    """What others had said, which this refusal overrules."""
    said = {
        (one.publication, one.verb.value, one.given_by): None
        for row in rows
        for one in case.said.get(row.id, {}).values()
    }
    return [{"publication": key, "verb": verb, "by": by} for key, verb, by in said]
