"""Reminders owed: every hour while somebody has to decide, once whoever asks, and never to who must not be told."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from gateway.incident import Verb
from gateway.model import Recipient
from gateway.store import decisions, letters, reminders
from gateway.store.database import Database
from gateway.store.installation import open_store
from gateway.store.keys import Keys
from gateway.store.letters import Kind
from tests.filed import MINUTE, NOW, OUTSIDER, SENDER, file, register_publication

HOUR = timedelta(hours=1)
Store = tuple[Database, Keys]


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Store]:
    """A store with a publication and one held mail."""
    database, keys = open_store(f"sqlite:///{tmp_path}/store.db", tmp_path / "keys")
    register_publication(database, keys)
    file(database, keys)
    yield database, keys
    database.close()


def owed(store: Store, now: datetime) -> list[str]:
    """References of the reminders that are owed after a look at `now`; they are sent at once."""
    database = store[0]
    reminders.owe(database, HOUR, now)
    found = [one for one in letters.due(database, now) if one.kind is Kind.REMINDER]
    letters.sent(database, [one.id for one in found], now)
    return [one.ref or "" for one in found]


def test_every_hour(held: Store) -> None:
    """An hour after the hold, and after each reminder, the sender is reminded; not before."""
    looks = {minutes: owed(held, NOW + minutes * MINUTE) for minutes in (0, 59, 60, 61, 119, 120, 179)}
    assert {60: ["HOLD2345"], 120: ["HOLD2345"]} == {at: found for at, found in looks.items() if found}


def test_the_reminder_goes_to_the_sender(held: Store) -> None:
    """It is addressed to the sender of the envelope."""
    assert 1 == reminders.owe(held[0], HOUR, NOW + HOUR)
    (letter,) = [one for one in letters.due(held[0], NOW + HOUR) if one.kind is Kind.REMINDER]
    assert (SENDER, "HOLD2345") == (letter.address, letter.ref)


def test_after_a_long_stop(held: Store) -> None:
    """An office that was away reminds once, not for every hour it missed; what is owed is not owed again."""
    assert 1 == reminders.owe(held[0], HOUR, NOW + 9 * HOUR)
    assert 0 == reminders.owe(held[0], HOUR, NOW + 11 * HOUR)


@pytest.mark.parametrize("what", ["release", "discard", "at-live send", "at-live drop"])
def test_it_stops(held: Store, what: str) -> None:
    """Once it is decided, or planned for the publication, nobody is reminded, and what was owed lapses when decided."""
    database, _ = held
    if what == "release":
        decisions.release(database, "HOLD2345", None, "", "lead", NOW, lambda *_: True)
    elif what == "discard":
        reminders.owe(database, HOUR, NOW + HOUR)
        decisions.discard(database, "HOLD2345", "", "lead", NOW + HOUR)
    else:
        verb = Verb(what.rpartition(" ")[2])
        decisions.at_live(database, "HOLD2345", None, verb, "", "lead", NOW)

    assert [] == owed(held, NOW + 2 * HOUR)


def test_partly_decided(held: Store) -> None:
    """While one recipient still waits the sender is reminded of that mail."""
    database, keys = held
    file(database, keys, "HOLD9999", held=(OUTSIDER, "b@x.example"), sender="other@x.example")
    decisions.release(database, "HOLD9999", [OUTSIDER], "", "lead", NOW, lambda *_: True)
    assert ["HOLD2345", "HOLD9999"] == owed(held, NOW + HOUR)


def test_who_must_not_be_told(held: Store) -> None:
    """The null sender, and a mail whose every recipient came with NOTIFY=NEVER, get no reminder."""
    database, keys = held
    decisions.discard(database, "HOLD2345", "", "lead", NOW)
    file(database, keys, "HOLD0001", sender=None)
    file(database, keys, "HOLD0002", held=(Recipient(OUTSIDER, ("NOTIFY=NEVER",)),))
    assert [] == owed(held, NOW + HOUR)
    file(database, keys, "HOLD0003", held=(Recipient(OUTSIDER, ("NOTIFY=NEVER",)), "b@x.example"))
    assert ["HOLD0003"] == owed(held, NOW + HOUR)


def test_all_mails_of_a_sender_together(held: Store) -> None:
    """Who has many held mails is reminded of all that have waited for half the interval at least, in the same hour."""
    database, keys = held
    for number, minutes in enumerate((5, 30, 45)):
        file(database, keys, f"HOLD000{number}", sender=SENDER.upper(), now=NOW + minutes * MINUTE)

    assert ["HOLD2345", "HOLD0000", "HOLD0001"] == owed(held, NOW + HOUR)
    assert [] == owed(held, NOW + 105 * MINUTE)
    assert ["HOLD2345", "HOLD0000", "HOLD0001", "HOLD0002"] == owed(held, NOW + 2 * HOUR)


def test_at_most_24_a_day(held: Store) -> None:
    """However short the interval is, nobody hears of one mail more than 24 times in 24 hours."""
    database, _ = held
    count = 0
    for step in range(1, 40):
        now = NOW + step * 10 * MINUTE
        count += reminders.owe(database, 10 * MINUTE, now)
        letters.sent(database, [one.id for one in letters.due(database, now)], now)
    assert 24 == count
    assert 1 == reminders.owe(database, 10 * MINUTE, NOW + 25 * HOUR)


def test_several_offices_remind_once(store: Store) -> None:
    """Offices on one store that look at the same moment owe one reminder between them."""
    database, keys = store
    register_publication(database, keys)
    file(database, keys)
    with ThreadPoolExecutor(4) as offices:
        counts = list(offices.map(lambda _: reminders.owe(database, HOUR, NOW + HOUR), range(4)))
    assert [0, 0, 0, 1] == sorted(counts)
