"""Letters owed: due until sent, claimed by one office, asked of the next level where nobody answers."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from gateway.model import Disposition
from gateway.store import audit, decisions, escalations, letters
from gateway.store.database import Database
from gateway.store.escalations import Patience
from gateway.store.keys import Keys
from gateway.store.letters import Kind, Letter
from tests.filed import (
    DEPUTY,
    FALLBACK,
    LEAD,
    MINUTE,
    NOW,
    PLANNED,
    SENDER,
    file,
    found,
    register_publication,
)

Store = tuple[Database, Keys]
PATIENCE = Patience(10 * MINUTE, 30 * MINUTE, FALLBACK)
LEASE = 3 * MINUTE


def alerts(database: Database, now: datetime = NOW) -> list[Letter]:
    """The alerts due."""
    return [letter for letter in letters.due(database, now) if letter.kind is Kind.ALERT]


def asked(database: Database, now: datetime = NOW) -> list[tuple[str, int]]:
    """Address and level of the alerts due."""
    return [(letter.address, letter.level) for letter in alerts(database, now)]


def send_all(database: Database, now: datetime = NOW) -> None:
    """Mark everything due as sent."""
    letters.sent(database, [letter.id for letter in letters.due(database, now)], now)


@pytest.fixture
def held(store: Store) -> Database:
    """A store with one held mail of a registered publication."""
    database, keys = store
    register_publication(database, keys)
    file(database, keys)
    return database


def test_due_until_sent(held: Database) -> None:
    """A letter is due at once and until it is marked sent."""
    assert {(Kind.ALERT, LEAD), (Kind.NOTICE, SENDER)} == {
        (one.kind, one.address) for one in letters.due(held, NOW)
    }
    assert NOW == letters.next_due(held)
    assert found(held).alert_owed

    send_all(held)

    assert () == letters.due(held, NOW + timedelta(days=1))
    assert letters.next_due(held) is None
    assert not found(held).alert_owed
    assert NOW == letters.last_sent(held, LEAD)


def test_failed_comes_again(held: Database) -> None:
    """After a failure a letter is due again at the given time, with one attempt more."""
    (alert,) = alerts(held)

    letters.failed(held, [alert.id], NOW + MINUTE, "451 4.4.1")

    assert [] == alerts(held, NOW)
    assert [1] == [one.attempts for one in alerts(held, NOW + MINUTE)]
    assert found(held).alert_owed


def test_one_office_at_a_time(held: Database) -> None:
    """Of two offices one gets a letter; the other does when the first one's claim is over."""
    (alert,) = alerts(held)

    assert {alert.id} == letters.claim(held, [alert.id], "one", NOW, NOW + LEASE)
    assert frozenset() == letters.claim(held, [alert.id], "two", NOW, NOW + LEASE)
    assert [] == alerts(held, NOW + LEASE - MINUTE)
    assert {alert.id} == letters.claim(held, [alert.id], "two", NOW + LEASE, NOW + 2 * LEASE)


def test_put_off_is_no_attempt(held: Database) -> None:
    """A letter that waits for its group has not been tried."""
    (alert,) = alerts(held)
    letters.put_off(held, [alert.id], NOW + MINUTE)

    assert [0] == [one.attempts for one in alerts(held, NOW + MINUTE)]


def test_decided_alerts_lapse(held: Database) -> None:
    """What was decided before its alert went out is not alerted late, and needs no notice of a hold."""
    decisions.release(held, "HOLD2345", None, "", "lead", NOW, lambda *_: True)

    assert () == letters.due(held, NOW)
    assert 0 == letters.count_owed(held)


def test_nobody_answers(held: Database) -> None:
    """Deputies are asked after their time, fallback addresses after theirs; nobody twice."""
    send_all(held)
    assert NOW + 10 * MINUTE == escalations.escalate(held, PATIENCE, NOW + 10 * MINUTE - MINUTE)
    assert [] == asked(held)

    assert NOW + 30 * MINUTE == escalations.escalate(held, PATIENCE, NOW + 10 * MINUTE)
    assert [(DEPUTY, 1)] == asked(held, NOW + 10 * MINUTE)
    send_all(held, NOW + 10 * MINUTE)

    assert escalations.escalate(held, PATIENCE, NOW + 30 * MINUTE) is None
    assert [(FALLBACK[0], 2)] == asked(held, NOW + 30 * MINUTE)
    send_all(held, NOW + 30 * MINUTE)

    escalations.escalate(held, PATIENCE, NOW + timedelta(days=9))
    assert [] == asked(held, NOW + timedelta(days=9))


def test_after_a_long_stop(held: Database) -> None:
    """An office that was away asks all levels that are overdue."""
    escalations.escalate(held, PATIENCE, NOW + timedelta(hours=9))

    assert [(LEAD, 0), (DEPUTY, 1), (FALLBACK[0], 2)] == asked(held, NOW + timedelta(hours=9))


def test_no_deputies(store: Store) -> None:
    """Without deputies the fallback is asked, at its own time."""
    database, keys = store
    register_publication(database, keys, deputies=())
    file(database, keys)
    send_all(database)

    escalations.escalate(database, PATIENCE, NOW + 29 * MINUTE)
    assert [] == asked(database, NOW + 29 * MINUTE)
    escalations.escalate(database, PATIENCE, NOW + 30 * MINUTE)
    assert [(FALLBACK[0], 2)] == asked(database, NOW + 30 * MINUTE)


def test_the_last_hour(store: Store) -> None:
    """In the last hour before publication a third of the time is enough."""
    database, keys = store
    register_publication(database, keys)
    opened = PLANNED - 30 * MINUTE
    file(database, keys, now=opened)
    send_all(database, opened)

    escalations.escalate(database, PATIENCE, opened + 10 * MINUTE)

    assert [(DEPUTY, 1), (FALLBACK[0], 2)] == asked(database, opened + 10 * MINUTE)


@pytest.mark.parametrize(("kind", "observed"), [(Disposition.REJECT, False), (Disposition.RELAY, True)])
def test_nothing_to_answer(store: Store, kind: Disposition, observed: bool) -> None:
    """Where nothing is to be decided nobody else is asked."""
    database, keys = store
    register_publication(database, keys)
    file(database, keys, kind=kind, observed=observed)
    send_all(database)

    assert escalations.escalate(database, PATIENCE, NOW + timedelta(days=1)) is None
    assert [] == asked(database, NOW + timedelta(days=1))


def test_decided_in_time(held: Database) -> None:
    """What was decided is not brought before deputies."""
    send_all(held)
    decisions.discard(held, "HOLD2345", "", "lead", NOW)

    escalations.escalate(held, PATIENCE, NOW + timedelta(days=1))

    assert [] == asked(held, NOW + timedelta(days=1))


def test_two_offices_escalate_once(held: Database) -> None:
    """A second office adds no second letter."""
    send_all(held)
    for _ in range(2):
        escalations.escalate(held, PATIENCE, NOW + 10 * MINUTE)

    assert [(DEPUTY, 1)] == asked(held, NOW + 10 * MINUTE)


def bounce(database: Database, address: str) -> None:
    """The next hop says 5xx to the alert to this address."""
    given = [one for one in alerts(database) if one.address == address]
    escalations.bounced(database, given, "550 5.1.1", PATIENCE, NOW, NOW + 15 * MINUTE)


def test_a_bounce_asks_the_next_at_once(held: Database) -> None:
    """When the lead's alert bounces the deputies are asked at once, then the fallback."""
    bounce(held, LEAD)
    assert [(DEPUTY, 1)] == asked(held)
    bounce(held, DEPUTY)
    assert [(FALLBACK[0], 2)] == asked(held)
    assert [] == audit.verify(held)


def test_a_bounce_without_deputies(store: Store) -> None:
    """When the lead's alert bounces and there are no deputies the fallback is asked at once."""
    database, keys = store
    register_publication(database, keys, deputies=())
    file(database, keys)

    bounce(database, LEAD)

    assert [(FALLBACK[0], 2)] == asked(database)


@pytest.mark.parametrize(("kind", "observed"), [(Disposition.REJECT, False), (Disposition.RELAY, True)])
def test_a_bounce_of_what_nobody_decides(store: Store, kind: Disposition, observed: bool) -> None:
    """The alert about a refused or observed mail, too, reaches somebody."""
    database, keys = store
    register_publication(database, keys)
    file(database, keys, kind=kind, observed=observed)

    bounce(database, LEAD)

    assert [(DEPUTY, 1)] == asked(database)


def test_the_last_alert_is_never_given_up(held: Database) -> None:
    """Where every address bounces the last alert stays owed and is tried again."""
    for address in (LEAD, DEPUTY, FALLBACK[0]):
        bounce(held, address)

    assert [] == asked(held)
    assert [(FALLBACK[0], 2)] == asked(held, NOW + 15 * MINUTE)
    assert found(held).alert_owed


def test_a_bounce_beside_another_lead(store: Store) -> None:
    """Of two leads one bounces: the deputies are asked although the other has been reached."""
    database, keys = store
    register_publication(database, keys)
    register_publication(database, keys, name="sfr-2018", lead="other@stats.example", deputies=())
    file(database, keys, publications=("cla-2018", "sfr-2018"))

    bounce(database, LEAD)

    assert [("other@stats.example", 0), (DEPUTY, 1)] == asked(database)
