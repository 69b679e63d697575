"""What time does by itself: pages looked for at a real server, nags at a real sink, keys destroyed; nothing early."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from gateway.alerts import Alerts
from gateway.clock import Clock
from gateway.config import parse
from gateway.life import Life
from gateway.model import LiveBy, Phase, Publication, State
from gateway.smtp.next_hop import NextHop
from gateway.store import documents, lives, publications
from gateway.store.database import Database
from gateway.store.installation import open_store
from gateway.store.keys import Keys
from gateway.store.register import load_register
from gateway.store.tables import AUDIT, LETTERS, PUBLICATIONS, TRACES
from gateway.trust import Reading
from tests import stores
from tests.filed import DEPUTY, FALLBACK, LEAD, OUTSIDER, file, standings
from tests.sink import Sink
from tests.site import Site

PLANNED = datetime(2018, 3, 28, 8, 30, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


class Office:
    """One office on a store, with a clock that the test sets."""

    def __init__(self, database: Database, keys: Keys, sink: Sink) -> None:
        self.database, self.keys = database, keys
        self.wall = self.true = PLANNED - HOUR
        self.settings = parse(
            f'[next_hop]\naddress = "127.0.0.1:{sink.port}"\ntls = "none"\n[clock]\nsynchronised = "required"\n'
            f'[alerts]\nsender = "gateway@stats.example"\nfallback = ["{FALLBACK[0]}"]\n'
        )
        self.synchronised = True
        self.clock = Clock("required", read=self._read)
        self.life = Life(database, self.settings, self.clock)
        self.clock.look()

    def _read(self) -> Reading:
        return Reading(self.wall, self.true - PLANNED + timedelta(days=9), self.synchronised)

    def at(self, when: datetime) -> None:
        """One round at a time, by a clock that is right; then its letters are sent."""
        self.wall = self.true = when
        self.round()

    def round(self) -> None:
        """One round, as the clock is."""

        async def once() -> None:
            await self.life.run_once(self.clock.now())
            next_hop = NextHop(self.settings.next_hop, "gateway.example", 2)
            try:
                await Alerts(self.database, self.settings, {}, next_hop).run_once(self.wall)
            finally:
                await next_hop.close()

        asyncio.run(once())

    def add(self, live_by: LiveBy, url: str | None = None, at_live: str = "keep") -> None:
        """Register the publication."""
        entry = Publication(
            "cla-2018",
            "Children looked after",
            PLANNED,
            LEAD,
            deputies=(DEPUTY,),
            live_by=live_by,
            url=url,
            at_live=at_live,
        )
        publications.add(self.database, self.keys, entry, [], "test", PLANNED - HOUR)

    @property
    def publication(self) -> Publication:
        """As it is in the store."""
        return publications.get(self.database, "cla-2018")

    def actions(self) -> list[tuple[str, str]]:
        """Who did what, by the audit log."""
        with self.database.read() as connection:
            rows = connection.execute(select(AUDIT.c.actor, AUDIT.c.action).order_by(AUDIT.c.seq))
            return [(row.actor, row.action) for row in rows]


@pytest.fixture
def sink() -> Iterator[Sink]:
    """The next hop."""
    server = Sink()
    yield server
    server.close()


@pytest.fixture
def office(tmp_path: Path, sink: Sink) -> Iterator[Office]:
    """An office on a store of its own."""
    stores.place(tmp_path)
    database, keys = open_store(f"sqlite:///{tmp_path}/store.db", tmp_path / "keys")
    yield Office(database, keys, sink)
    database.close()


def test_a_public_page_confirms(office: Office, sink: Sink) -> None:
    """Asked from the planned time on, every 15 seconds; only 200 confirms, and then held mail is sent as planned."""
    site = Site(404, 302, 500, 200)
    try:
        office.add(LiveBy.URL, site.url, at_live="send")
        file(office.database, office.keys)
        office.at(PLANNED - SECOND)
        assert [] == site.asked
        for seconds in (0, 1, 15, 30):
            office.at(PLANNED + seconds * SECOND)
            assert State.EMBARGOED is office.publication.state
        assert 3 == len(site.asked)
        office.at(PLANNED + 45 * SECOND)
    finally:
        site.close()
    assert (State.LIVE, PLANNED + 45 * SECOND) == (
        office.publication.state,
        office.publication.confirmed_at,
    )
    assert ("url", "publication live") in office.actions()
    assert {"/cla"} == {path for path, _ in site.asked}
    assert all(agent.startswith("embargo-gateway/") for _, agent in site.asked)
    assert {OUTSIDER: "releasing"} == standings(office.database)
    # Within its first minute a page is not late: nobody was nagged.
    assert [] == [mail for mail in sink.to(LEAD) if b"Overdue" in mail.content]


def test_a_site_that_does_not_answer(office: Office, sink: Sink) -> None:
    """A page that nobody serves confirms nothing; after a minute the lead is nagged."""
    site = Site(200)
    site.close()
    office.add(LiveBy.URL, site.url)
    office.at(PLANNED + 2 * MINUTE)
    assert Phase.OVERDUE is office.publication.phase(office.true)
    assert 1 == len(sink.to(LEAD))


def test_a_wrong_clock_asks_no_page(office: Office) -> None:
    """A clock that was set beyond the planned time, and is not synchronised, makes nobody look for the page."""
    site = Site(200)
    try:
        office.add(LiveBy.URL, site.url)
        office.at(PLANNED - MINUTE)
        office.wall, office.synchronised = PLANNED + HOUR, False
        for _ in range(3):
            office.true, office.wall = office.true + 30 * SECOND, office.wall + 30 * SECOND
            office.round()
    finally:
        site.close()
    assert ([], State.EMBARGOED) == (site.asked, office.publication.state)


def nags(sink: Sink, address: str) -> int:
    """How many nags an address got."""
    return sum(b"Overdue: cla-2018" in mail.content for mail in sink.to(address))


def test_overdue_ones_nag(office: Office, sink: Sink) -> None:
    """Lead and deputy get one letter at the planned time and one an hour until it is confirmed, and no more then."""
    office.add(LiveBy.PERSON)
    office.at(PLANNED - SECOND)
    assert 0 == nags(sink, LEAD)
    for minutes in (0, 1, 59):
        office.at(PLANNED + minutes * MINUTE)
        assert (1, 1) == (nags(sink, LEAD), nags(sink, DEPUTY))
    office.at(PLANNED + HOUR)
    assert (2, 2) == (nags(sink, LEAD), nags(sink, DEPUTY))
    assert b"/sign-in/" in sink.to(LEAD)[0].content
    publications.go_live(office.database, "cla-2018", "ann", PLANNED + HOUR)
    office.at(PLANNED + 3 * HOUR)
    assert 2 == nags(sink, LEAD)


def test_postponing_ends_the_nagging(office: Office, sink: Sink) -> None:
    """A publication that is planned anew nags again only when that time has passed, and then at once."""
    office.add(LiveBy.PERSON)
    office.at(PLANNED)
    publications.postpone(office.database, "cla-2018", PLANNED + 30 * MINUTE, "ann", PLANNED + MINUTE)
    office.at(PLANNED + 29 * MINUTE)
    assert 1 == nags(sink, LEAD)
    office.at(PLANNED + 30 * MINUTE)
    assert 2 == nags(sink, LEAD)


def test_a_nag_that_was_not_sent_in_time_lapses(office: Office) -> None:
    """What was owed when somebody confirmed the publication is not sent any more."""
    office.add(LiveBy.PERSON)
    overdue = lives.due(office.database, PLANNED)
    assert lives.nag(office.database, overdue[0], HOUR, PLANNED)
    publications.go_live(office.database, "cla-2018", "ann", PLANNED)
    with office.database.read() as connection:
        assert ["lapsed", "lapsed"] == list(connection.execute(select(LETTERS.c.state)).scalars())


def test_held_mail_of_a_clock_publication_nags(office: Office, sink: Sink) -> None:
    """Time alone sends no held mail: where some waits, somebody is asked to confirm; where none does, nobody."""
    office.add(LiveBy.CLOCK)
    office.at(PLANNED)
    assert 0 == nags(sink, LEAD)
    file(office.database, office.keys)
    office.at(PLANNED + MINUTE)
    assert 1 == nags(sink, LEAD)
    assert {OUTSIDER: "held"} == standings(office.database)


def test_a_paused_publication_stays_protected_and_nags(office: Office, sink: Sink) -> None:
    """Whoever paused it does not want it out: its time passes, the embargo goes on, and the lead is asked."""
    office.add(LiveBy.CLOCK)
    publications.pause(office.database, "cla-2018", "figures wrong", "ann", PLANNED - MINUTE)
    office.at(PLANNED + MINUTE)
    assert office.publication.embargoed(office.true)
    assert 1 == nags(sink, LEAD)


def test_keys_are_destroyed_after_a_day(office: Office) -> None:
    """24 hours after an unconfirmed planned time key and traces are gone; planned anew it takes documents again."""
    office.add(LiveBy.CLOCK)
    new = [documents.NewDocument("a", frozenset({bytes(32)}))]
    documents.add(office.database, office.keys, "cla-2018", new, "ann", PLANNED - HOUR)
    office.at(PLANNED + 24 * HOUR - SECOND)
    assert (1, 1) == secrets(office.database)
    office.at(PLANNED + 24 * HOUR)
    office.at(PLANNED + 25 * HOUR)
    assert (0, 0) == secrets(office.database)
    assert [("clock", "publication destroy keys")] == [a for a in office.actions() if "keys" in a[1]]
    publications.postpone(office.database, "cla-2018", PLANNED + 48 * HOUR, "ann", PLANNED + 25 * HOUR)
    documents.add(office.database, office.keys, "cla-2018", new, "ann", PLANNED + 26 * HOUR)
    assert (1, 1) == secrets(office.database)
    assert [frozenset({"cla-2018"})] == list(load_register(office.database, office.keys).files.values())
    assert ["a"] == [one.label for one in documents.listed(office.database, office.keys, "cla-2018")]


@pytest.mark.parametrize("live_by", [LiveBy.URL, LiveBy.PERSON])
def test_keys_of_an_overdue_one_stay(office: Office, live_by: LiveBy) -> None:
    """What is still under embargo keeps its key, however late it is."""
    office.add(live_by, "http://127.0.0.1:9/" if live_by is LiveBy.URL else None)
    office.at(PLANNED + 100 * HOUR)
    assert 1 == secrets(office.database)[0]


def secrets(database: Database) -> tuple[int, int]:
    """How many publications have a key, and how many sets of traces there are."""
    with database.read() as connection:
        keys = connection.execute(select(PUBLICATIONS.c.sealed_key)).scalars()
        return sum(key is not None for key in keys), len(connection.execute(select(TRACES)).all())


def test_trust_is_remembered(office: Office) -> None:
    """The store remembers the last trusted time for the next start, and none that was not trusted."""
    assert lives.trusted_at(office.database) is None
    office.at(PLANNED)
    office.wall, office.synchronised = PLANNED + timedelta(days=366), False
    office.true = PLANNED + HOUR
    office.round()
    assert PLANNED == lives.trusted_at(office.database)


def test_two_offices_nag_once(store_url: str, tmp_path: Path) -> None:
    """Of several offices on one store that find the same publication overdue, one writes to its lead."""
    database, keys = open_store(store_url, tmp_path / "keys")
    entry = Publication("p", "Prices", PLANNED, LEAD, live_by=LiveBy.PERSON)
    publications.add(database, keys, entry, [], "test", PLANNED - HOUR)
    found = lives.due(database, PLANNED)[0]
    done: list[bool] = []
    threads = [
        threading.Thread(target=lambda: done.append(lives.nag(database, found, HOUR, PLANNED)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [False, False, False, True] == sorted(done)
    database.close()
