"""Six publications in one week, each with its own lead and a list of 49 that overlaps with the others'."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gateway import detectors, rules, scanner
from gateway.eligibility import Eligibility
from gateway.model import (
    Client,
    Decision,
    Envelope,
    Grant,
    GrantKind,
    Mail,
    Membership,
    Policy,
    Publication,
    Recipient,
    Register,
)
from gateway.persons import Entry, Kind
from gateway.policy import decide
from gateway.store import directory, grants, incidents, letters, publications, suspensions
from gateway.store.database import Database
from gateway.store.incidents import Fingerprint
from gateway.store.installation import open_store
from gateway.store.keys import Keys
from gateway.store.register import load_register

LONDON = ZoneInfo("Europe/London")
WEEK = [
    datetime(2018, 3, day, hour, minute, tzinfo=LONDON)
    for day, hour, minute in ((26, 9, 30), (27, 9, 30), (28, 9, 30), (28, 14, 0), (29, 9, 30), (30, 9, 30))
]
IDS = [f"series-{number}" for number in range(len(WEEK))]
RULES = rules.load(None, LONDON)
MINISTER, OFFICE, BOARD = "minister@policy.example", "private.office@policy.example", "board@policy.example"
STRANGER = "stranger@elsewhere.example"
SUSPENDED = "person000@policy.example"
_NUMBERS = count()
BEFORE = datetime(2018, 3, 20, 12, 0, tzinfo=LONDON)


def lead(number: int) -> str:
    """The lead of a publication."""
    return f"lead{number}@stats.example"


def people(number: int) -> list[str]:
    """The 49 on a list: neighbouring lists share 29 of them."""
    return [f"person{each:03}@policy.example" for each in range(20 * number, 20 * number + 49)]


@dataclass(frozen=True)
class Week:
    """The store with all six, and the register of it."""

    database: Database
    keys: Keys
    register: Register

    def decide(self, numbers: tuple[int, ...], to: list[str], now: datetime) -> tuple[Mail, Decision]:
        """The decision on a mail with the banners of these publications, from the lead of the first."""
        said = "".join(
            f"OFFICIAL-SENSITIVE: under embargo until {WEEK[each]:%H:%M} on {WEEK[each]:%-d %B %Y}.\r\n\r\n"
            for each in numbers
        )
        content = f"Subject: x\r\n\r\n{said}".encode()
        found = detectors.find(RULES, scanner.read_here(content), self.register, now)
        envelope = Envelope(lead(numbers[0]), tuple(map(Recipient, to)))
        mail = Mail(envelope, content, Client("192.0.2.7"), now)
        return mail, decide(envelope, found, self.register, Policy(), now)

    def record(self, numbers: tuple[int, ...], to: list[str], now: datetime) -> str:
        """The reference of the incident that this mail makes."""
        mail, made = self.decide(numbers, to, now)
        ref = f"WEEK{next(_NUMBERS):04}"
        known = Fingerprint(ref.encode(), ref.encode())
        incidents.record(self.database, self.keys, mail, made, known, ref, now, ("head@stats.example",))
        return ref

    def asked(self, numbers: tuple[int, ...], to: list[str], now: datetime) -> set[str]:
        """Whom the incident that this mail makes alerts."""
        ref = self.record(numbers, to, now)
        owed = letters.due(self.database, now)
        return {each.address for each in owed if each.ref == ref and each.kind is letters.Kind.ALERT}


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Week]:
    """Six publications, their lists, a shared mailbox, a board, and one person who is suspended."""
    folder: Path = tmp_path_factory.mktemp("week")
    database, keys = open_store(f"sqlite:///{folder}/store.db", folder / "keys")
    for number, (id, when) in enumerate(zip(IDS, WEEK, strict=True)):
        publications.add(
            database, keys, Publication(id, f"Series {number}", when, lead(number)), (), "t", BEFORE
        )
        given = [Grant(each, GrantKind.PRE_RELEASE) for each in people(number)]
        grants.import_list(database, id, given, "t", BEFORE)
    entries = [
        Entry(MINISTER, Kind.ALIAS, people(2)[48]),
        *(Entry(OFFICE, Kind.MAILBOX, each) for each in people(2)[20:49]),
        *(Entry(BOARD, Kind.GROUP, each) for each in (OFFICE, people(0)[0], STRANGER)),
    ]
    directory.import_list(database, entries, "t", BEFORE)
    suspensions.suspend(database, SUSPENDED, WEEK[-1], "second breach", "t", BEFORE)
    yield Week(database, keys, load_register(database, keys))
    database.close()


def an_hour_before(number: int) -> datetime:
    """When everybody on a list may have the publication."""
    return WEEK[number] - timedelta(hours=1)


@pytest.mark.parametrize("number", range(6))
def test_each_incident_reaches_its_lead(week: Week, number: int) -> None:
    """Of a mail to a whole list and a stranger only the stranger waits, and only that publication's lead is asked."""
    to = [*people(number), STRANGER]
    _, made = week.decide((number,), to, an_hour_before(number))
    suspended = [SUSPENDED] if SUSPENDED in to else []
    assert (IDS[number],) == made.publications
    assert [*suspended, STRANGER] == list(made.ineligible)
    assert {lead(number)} == week.asked((number,), to, an_hour_before(number))


@pytest.mark.parametrize("number", range(5))
def test_of_two_publications_both_leads_are_asked(week: Week, number: int) -> None:
    """Who is on one of two lists waits for the lead of the other; who is on neither, for both."""
    both = (number, number + 1)
    now = min(map(an_hour_before, both))
    first = people(number)[1]
    (made,) = week.decide(both, [first], now)[1].outcomes
    assert (IDS[number + 1],) == made.ineligible_for
    assert {lead(number + 1)} == week.asked(both, [first], now)
    assert {lead(number), lead(number + 1)} == week.asked(both, [STRANGER], now)


def test_two_on_one_day(week: Week) -> None:
    """Of two publications on one day the banner's time says which it is."""
    now = an_hour_before(2)
    assert [{lead(2)}, {lead(3)}] == [week.asked((number,), [STRANGER], now) for number in (2, 3)]


def test_whom_addresses_stand_for(week: Week) -> None:
    """An alias and a shared mailbox pass through those they stand for; a board with strangers is counted."""
    _, made = week.decide((2,), [MINISTER, OFFICE, BOARD], an_hour_before(2))
    assert ((BOARD,), Membership(31, 2)) == (made.ineligible, made.outcomes[2].group)


def test_every_person_and_every_list(week: Week) -> None:
    """Each of 150 people may have exactly the publications on whose lists they are, and only in their windows."""
    everybody = sorted({each for number in range(6) for each in people(number)})
    for number in range(6):
        opened = Eligibility(week.register, an_hour_before(number))
        closed = Eligibility(week.register, WEEK[number] - timedelta(hours=24, seconds=1))
        may = {each for each in everybody if opened.eligible(each, IDS[number])}
        assert set(people(number)) - {SUSPENDED} == may
        assert not any(closed.eligible(each, IDS[number]) for each in everybody)


def test_what_a_lead_must_know_is_recorded(week: Week) -> None:
    """The incident keeps counts, look-alike and suspension as they were when the mail came."""
    odd = "persom007@policy.example"
    incident = incidents.load(week.database, week.record((0,), [BOARD, odd, SUSPENDED], an_hour_before(0)))
    assert incident is not None
    assert [
        (BOARD, Membership(31, 31), None, None),
        (odd, None, "person007@policy.example", None),
        (SUSPENDED, None, None, WEEK[-1]),
    ] == [(one.address, one.group, one.resembles, one.suspended_until) for one in incident.recipients]
    assert incident.sender_suspended_until is None
