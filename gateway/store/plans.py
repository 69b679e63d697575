"""Plans: what happens to held mail once a publication is live.

A plan is a lead's word on a recipient (send it, drop it), or `at_live = send` of the publication for whoever has no
other word.  Nothing happens before the publication is confirmed to be live, and nothing at all while it is withdrawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from gateway.incident import Standing, Verb
from gateway.model import State
from gateway.store import audit, cases, consents
from gateway.store.cases import Case
from gateway.store.consents import Granted
from gateway.store.database import bump_epoch
from gateway.store.tables import INCIDENTS, PUBLICATIONS

_Ending = tuple[Standing, str, str]
"""What becomes of a recipient, who said so, and why."""


def settle_live(connection: Connection, publication: str, now: datetime) -> None:
    """Carry out what was planned for when `publication` is live; part of the transaction that confirms it.

    To be called before that transaction touches the epoch or the audit log (see `cases`).  Called again it finds
    nothing left to do.
    """
    held = select(INCIDENTS.c.ref, INCIDENTS.c.publications).where(INCIDENTS.c.state == Standing.HELD)
    rows = connection.execute(held.order_by(INCIDENTS.c.ref)).all()
    waiting = [cases.opened(connection, row.ref) for row in rows if publication in row.publications]
    if not waiting:
        return
    bump_epoch(connection)
    granted = consents.grants_now(connection, now)
    for case in waiting:
        if publication in case.known:
            case.known[publication] = replace(case.known[publication], state=State.LIVE)
        _settle(connection, case, publication, granted, now)


def published(connection: Connection, keys: Iterable[str | None]) -> tuple[str, ...]:
    """Those of these publications that are live already and whose held mail is to be sent.

    None of them changes before the caller's transaction ends: a mail that was decided before its publication went live
    is recorded either before that is settled, or here.
    """
    ids = [key for key in keys if key is not None]
    query = select(PUBLICATIONS.c.id, PUBLICATIONS.c.state, PUBLICATIONS.c.at_live)
    here = query.where(PUBLICATIONS.c.id.in_(ids)).order_by(PUBLICATIONS.c.id).with_for_update(read=True)
    rows = connection.execute(here).all() if ids else ()
    return tuple(row.id for row in rows if row.state == State.LIVE.value and row.at_live == "send")


def settle_new(connection: Connection, ref: str, live: Iterable[str], now: datetime) -> None:
    """The same for a mail that has just been recorded, and publications that went live while it was decided."""
    for publication in live:
        granted = consents.grants_now(connection, now)
        _settle(connection, cases.opened(connection, ref), publication, granted, now)


def _settle(connection: Connection, case: Case, publication: str, granted: Granted, now: datetime) -> None:
    endings: dict[_Ending, list[Row[Any]]] = {}
    for row in case.held:
        if publication in case.closed(row) and (ending := _ending(case, row, granted, now)) is not None:
            endings.setdefault(ending, []).append(row)
    for (state, by, reason), some in endings.items():
        if state is Standing.DISCARDED:
            cases.refuse(connection, case, some, by, reason, now)
        else:
            cases.leave(connection, some, state, by, reason, now)
            bare = [row for row in some if consents.without_grant(case, row, granted, now)]
            cases.mark_without_grant(connection, bare)
        _note(connection, case, (state, by, reason), some, publication, now)
    if endings:
        cases.restate(connection, case.ref, now)


def _ending(case: Case, row: Row[Any], granted: Granted, now: datetime) -> _Ending | None:
    """What becomes of a recipient now; None: whoever has to decide still has to, or another publication is awaited."""
    said = [word for key in case.closed(row) if (word := case.word(row, key)) is not None]
    for word in said:
        if word.verb is Verb.DROP and case.live(word.publication):
            return Standing.DISCARDED, word.given_by, word.reason
    wanted = [word for word in said if word.verb is not Verb.DROP]
    if consents.missing(case, row, granted, now) or not (wanted or _sends(case, row)):
        return None
    by, reason = (wanted[-1].given_by, wanted[-1].reason) if wanted else (audit.GATEWAY, "published")
    return Standing.RELEASING, by, reason


def _sends(case: Case, row: Row[Any]) -> bool:
    return any(
        case.known[key].at_live == "send" for key in case.closed(row) if key is not None and case.live(key)
    )


def _note(
    connection: Connection,
    case: Case,
    ending: _Ending,
    rows: Sequence[Row[Any]],
    publication: str,
    now: datetime,
) -> None:
    state, by, reason = ending
    action = "incident discard" if state is Standing.DISCARDED else "incident release"
    facts = {"recipients": cases.addresses(rows), "live": publication, "planned_by": by, "reason": reason}
    audit.append(connection, now, audit.GATEWAY, action, case.ref, facts)
