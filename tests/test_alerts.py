"""Letters to a real next hop: at once, again after a failure, grouped in a storm, to the next level on a bounce."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from gateway import alerts
from gateway.alerts import Alerts, back_off
from gateway.config import Settings, parse
from gateway.model import Recipient
from gateway.replies import StoreUnavailable
from gateway.setting_sections import NextHop as NextHopSettings
from gateway.smtp.next_hop import NextHop
from gateway.store import decisions, incidents, letters, reminders
from gateway.store.database import Database
from gateway.store.installation import open_store
from gateway.store.keys import Keys
from gateway.store.tables import INCIDENT_RECIPIENTS
from tests import stores
from tests.filed import (
    DEPUTY,
    FALLBACK,
    LEAD,
    MINUTE,
    NOW,
    OUTSIDER,
    SECRET,
    SENDER,
    file,
    found,
    register_publication,
)
from tests.pace import slowness
from tests.sink import Sink, Taken, wait_for

SECOND = timedelta(seconds=1)


class Desk:
    """A store, a next hop, and the settings that tie them together."""

    def __init__(self, folder: Path, sink: Sink) -> None:
        stores.place(folder)
        self.database, self.keys = open_store(f"sqlite:///{folder}/store.db", folder / "keys")
        self.sink = sink
        self.settings: Settings = parse(
            f'[next_hop]\naddress = "127.0.0.1:{sink.port}"\ntls = "none"\n'
            f'[alerts]\nsender = "gateway@stats.example"\nfallback = ["{FALLBACK[0]}"]\n'
        )

    def round(self, now: datetime = NOW, port: int = 0) -> datetime | None:
        """One round of the letters."""

        async def once() -> datetime | None:
            address = f"127.0.0.1:{port or self.sink.port}"
            next_hop = NextHop(NextHopSettings(address=address, tls="none"), "gateway.example", 4)
            try:
                return await Alerts(
                    self.database,
                    self.settings,
                    {"embargo-banner": "It says so."},
                    next_hop,
                    "gateway.example",
                ).run_once(now)
            finally:
                await next_hop.close()

        return asyncio.run(once())

    def got(self, address: str) -> list[Taken]:
        """What an address got from the sink."""
        return self.sink.to(address)


@pytest.fixture
def sink() -> Iterator[Sink]:
    """The next hop."""
    server = Sink()
    yield server
    server.close()


@pytest.fixture
def desk(tmp_path: Path, sink: Sink) -> Iterator[Desk]:
    """A desk with one registered publication."""
    made = Desk(tmp_path, sink)
    register_publication(made.database, made.keys)
    yield made
    made.database.close()


def test_alert_and_notice(desk: Desk) -> None:
    """One round sends the lead's alert and the sender's notice, and marks them sent; a second one sends nothing."""
    file(desk.database, desk.keys)

    next_at = desk.round()
    desk.round(NOW + MINUTE)

    (alert,) = desk.got(LEAD)
    (notice,) = desk.got(SENDER)
    assert b"Subject: [embargo-gateway] Held: HOLD2345 (cla-2018)\r\n" in alert.content
    assert b"It says so." in alert.content
    assert "gateway@stats.example" == alert.sender
    assert "" == notice.sender
    assert not found(desk.database).alert_owed
    assert NOW + 10 * MINUTE == next_at


def test_letters_say_nothing_of_the_mail(desk: Desk) -> None:
    """No letter holds a word of the mail, its subject, or the name of its file."""
    file(desk.database, desk.keys)
    desk.round()
    decisions.discard(desk.database, "HOLD2345", "", "lead", NOW)
    desk.round(NOW + MINUTE)

    assert 3 == len(desk.sink.mails)
    for mail in desk.sink.mails:
        assert SECRET.encode() not in mail.content
        assert b"secret-table" not in mail.content


def test_discarded(desk: Desk) -> None:
    """The sender of a discarded mail is told for whom."""
    file(desk.database, desk.keys)
    desk.round()
    decisions.discard(desk.database, "HOLD2345", "", "lead", NOW)
    desk.round(NOW + MINUTE)

    assert b"has been discarded" in desk.got(SENDER)[-1].content.replace(b"\r\n", b" ")
    assert OUTSIDER.encode() in desk.got(SENDER)[-1].content


def test_a_silent_next_hop(desk: Desk) -> None:
    """While the next hop is away letters stay owed and are tried again later and later; then they go out."""
    file(desk.database, desk.keys, sender=None)
    with contextlib.closing(Sink()) as gone:
        port = gone.port
    now = NOW
    waits = []
    for _ in range(6):
        next_at = desk.round(now, port)
        assert next_at is not None
        waits.append(next_at - now)
        assert found(desk.database).alert_owed
        now = next_at

    assert [5 * SECOND, 15 * SECOND, MINUTE, 5 * MINUTE] == waits[:4]
    desk.round(now + 15 * MINUTE)
    assert 1 == len(desk.got(LEAD))
    assert not found(desk.database).alert_owed


@pytest.mark.parametrize(("attempts", "wait"), [(0, 5 * SECOND), (4, 15 * MINUTE), (400, 15 * MINUTE)])
def test_back_off(attempts: int, wait: timedelta) -> None:
    """Waits grow to a quarter of an hour and no further."""
    assert wait == back_off(attempts)


@pytest.mark.parametrize("fault", ["450 4.2.1 later", "close", "reset", "nonsense"])
@pytest.mark.parametrize("phase", ["connect", "mail", "rcpt", "data", "dot"])
def test_every_fault_leaves_it_owed(desk: Desk, phase: str, fault: str) -> None:
    """Whatever the next hop does but take it or refuse it for good, the alert is sent later."""
    file(desk.database, desk.keys, sender=None)
    desk.sink.faults[phase] = fault
    desk.round()
    assert found(desk.database).alert_owed

    desk.sink.faults.clear()
    desk.round(NOW + MINUTE)

    assert not found(desk.database).alert_owed
    assert desk.got(LEAD)


def test_a_bounce(desk: Desk) -> None:
    """A lead's address that answers 5xx: the deputies are asked in the next round, without waiting."""
    file(desk.database, desk.keys, sender=None)
    desk.sink.faults[f"rcpt@{LEAD}"] = "550 5.1.1 no such user"

    assert NOW == desk.round()
    desk.round()

    assert b"in the lead's place" in desk.got(DEPUTY)[0].content.replace(b"\r\n", b" ")


def test_a_notice_that_bounces_is_dropped(desk: Desk) -> None:
    """A sender who cannot be reached is not asked for; nobody else is written to instead."""
    file(desk.database, desk.keys)
    desk.sink.faults[f"rcpt@{SENDER}"] = "550 5.1.1 no such user"

    desk.round()
    desk.round(NOW + timedelta(minutes=5))

    assert [LEAD] == [address for mail in desk.sink.mails for address in mail.recipients]
    assert 0 == letters.count_owed(desk.database, letters.Kind.NOTICE)


def test_nobody_answers(desk: Desk) -> None:
    """Deputies, then the fallback address, are written to when nobody decides."""
    file(desk.database, desk.keys, sender=None)
    for minutes in (0, 10, 30, 60):
        desk.round(NOW + minutes * MINUTE)

    assert [[LEAD], [DEPUTY], [FALLBACK[0]]] == [mail.recipients for mail in desk.sink.mails]


def test_a_storm(desk: Desk) -> None:
    """A thousand holds within a minute are two mails to the lead: the first at once, one that names the other 999.

    Here forty stand for the thousand.
    """
    file(desk.database, desk.keys, "STORM000", sender=None)
    desk.round()
    for number in range(1, 40):
        file(desk.database, desk.keys, f"STORM{number:03}", sender=None)
        if number % 10 == 0:
            desk.round(NOW + number * SECOND)
    assert 1 == len(desk.got(LEAD))

    assert NOW + MINUTE == desk.round(NOW + 59 * SECOND)
    desk.round(NOW + MINUTE)

    first, rest = desk.got(LEAD)
    assert b"STORM000" in first.content
    assert all(f"STORM{number:03}".encode() in rest.content for number in range(1, 40))
    assert 0 == letters.count_owed(desk.database)


def test_a_storm_does_not_hold_up_others(desk: Desk) -> None:
    """While one address waits for its group another gets its alert at once."""
    register_publication(desk.database, desk.keys, name="sfr-2018", lead="other@stats.example")
    file(desk.database, desk.keys, "STORM000", sender=None)
    desk.round()
    file(desk.database, desk.keys, "STORM001", sender=None, publications=("cla-2018", "sfr-2018"))
    desk.round(NOW + SECOND)

    assert 1 == len(desk.got("other@stats.example"))
    assert 1 == len(desk.got(LEAD))


def test_a_sender_that_is_not_ascii(desk: Desk) -> None:
    """A letter to an address that is not ASCII goes with SMTPUTF8."""
    file(desk.database, desk.keys, sender="jörg@policy.example")

    desk.round()

    (notice,) = desk.got("jörg@policy.example")
    assert "SMTPUTF8" in notice.mail_line


def test_two_offices(desk: Desk) -> None:
    """Two offices that look at the same moment send one alert between them."""
    file(desk.database, desk.keys, sender=None)

    async def both() -> None:
        settings = NextHopSettings(address=f"127.0.0.1:{desk.sink.port}", tls="none")
        offices = [
            Alerts(desk.database, desk.settings, {}, NextHop(settings, "gateway.example", 2))
            for _ in range(2)
        ]
        await asyncio.gather(*(office.run_once(NOW) for office in offices))

    asyncio.run(both())

    assert 1 == len(desk.got(LEAD))


def test_a_delivery_report(desk: Desk) -> None:
    """A report owed goes to the sender from nobody."""
    file(desk.database, desk.keys, held=[Recipient(OUTSIDER)])
    with desk.database.write() as connection:
        failure = {"address": OUTSIDER, "code": "550 5.1.1", "expired": False, "original": None}
        letters.owe(connection, "HOLD2345", letters.Kind.DSN, SENDER, NOW, facts={"recipients": [failure]})

    desk.round()

    reports = [mail for mail in desk.got(SENDER) if b"multipart/report" in mail.content]
    assert [""] == [mail.sender for mail in reports]


def test_running(desk: Desk) -> None:
    """In service a letter goes out as soon as the office is woken, and within a second when it is not."""

    async def serve() -> tuple[float, float]:
        next_hop = NextHop(
            NextHopSettings(address=f"127.0.0.1:{desk.sink.port}", tls="none"), "gateway.example", 4
        )
        wake = asyncio.Event()
        running = asyncio.create_task(Alerts(desk.database, desk.settings, {}, next_hop).run(wake))
        waits = []
        for number in range(2):
            await asyncio.sleep(0.3)
            began = asyncio.get_running_loop().time()
            lead = f"lead{number}@stats.example"
            register_publication(desk.database, desk.keys, name=f"p{number}", lead=lead)
            file(desk.database, desk.keys, f"HOLD000{number}", sender=None, publications=(f"p{number}",))
            if number == 0:
                wake.set()
            await asyncio.to_thread(wait_for, lambda lead=lead: desk.got(lead))
            waits.append(asyncio.get_running_loop().time() - began)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await next_hop.close()
        return waits[0], waits[1]

    woken, unasked = asyncio.run(asyncio.wait_for(serve(), 60))

    assert woken < 1.0 * slowness()
    assert unasked < 3.0 * slowness()


def test_a_predecessors_claims_end_at_the_start(desk: Desk) -> None:
    """After a crash the only office of a store alerts at once.  A regression: it waited three minutes."""
    file(desk.database, desk.keys)
    owed = [letter.id for letter in letters.due(desk.database, NOW)]
    letters.claim(desk.database, owed, "dead", NOW, NOW + timedelta(days=9999))

    async def serve() -> None:
        next_hop = NextHop(
            NextHopSettings(address=f"127.0.0.1:{desk.sink.port}", tls="none"), "gateway.example", 4
        )
        running = asyncio.create_task(Alerts(desk.database, desk.settings, {}, next_hop).run(asyncio.Event()))
        await asyncio.to_thread(wait_for, lambda: desk.got(LEAD))
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await next_hop.close()

    asyncio.run(serve())

    assert 1 == len(desk.got(LEAD))


def failing(times: int, real: Callable[..., Any]) -> Callable[..., Any]:
    """A call into a store that does not answer so many times."""
    failures = iter(range(times))

    def call(*arguments: Any, **named: Any) -> Any:
        if next(failures, None) is not None:
            raise StoreUnavailable("busy")
        return real(*arguments, **named)

    return call


def test_a_store_that_fails_before_a_letter_leaves(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes out five seconds later.  A regression: the claim kept it for three minutes."""
    file(desk.database, desk.keys, sender=None)
    monkeypatch.setattr(incidents, "load_many", failing(1, incidents.load_many))

    desk.round()
    assert [] == desk.got(LEAD)
    desk.round(NOW + 5 * SECOND)

    assert 1 == len(desk.got(LEAD))


def test_a_store_that_fails_after_a_letter_has_left(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What became of it is written down once the store answers.  A regression: it was sent again at its claim's end."""
    file(desk.database, desk.keys, sender=None)
    monkeypatch.setattr(alerts, "_NOTE_AGAIN", (0, 0, 0))
    monkeypatch.setattr(letters, "sent", failing(3, letters.sent))

    desk.round()
    desk.round(NOW + 5 * MINUTE)

    assert 1 == len(desk.got(LEAD))
    assert not found(desk.database).alert_owed


def test_a_store_that_is_away(desk: Desk) -> None:
    """A store that cannot be read stops nobody: the office says so and looks again."""
    missing = Database("sqlite:////nowhere/at/all/store.db")

    async def serve() -> bool:
        next_hop = NextHop(NextHopSettings(address="127.0.0.1:1", tls="none"), "gateway.example", 1)
        running = asyncio.create_task(Alerts(missing, desk.settings, {}, next_hop).run(asyncio.Event()))
        await asyncio.sleep(0.3)
        alive = not running.done()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        return alive

    assert asyncio.run(serve())


def test_keys_are_not_needed() -> None:
    """Letters are written without any key: they could not read held content."""
    assert "keys" not in Alerts.__init__.__annotations__
    assert Keys not in Alerts.__init__.__annotations__.values()


def test_a_sender_is_reminded(desk: Desk) -> None:
    """After an hour the sender hears from nobody's address that their mails wait, in one letter; not once decided."""
    file(desk.database, desk.keys)
    file(desk.database, desk.keys, "HOLD9999")
    for minutes in (0, 59, 60):
        desk.round(NOW + minutes * MINUTE)
    reminders = [
        mail for mail in desk.got(SENDER) if b"Subject: [embargo-gateway] Still held:" in mail.content
    ]
    decisions.discard(desk.database, "HOLD2345", "", "lead", NOW)
    decisions.discard(desk.database, "HOLD9999", "", "lead", NOW)
    desk.round(NOW + 120 * MINUTE)

    (reminder,) = reminders
    assert "" == reminder.sender
    for fact in (b"HOLD2345", b"HOLD9999", OUTSIDER.encode(), LEAD.encode()):
        assert fact in reminder.content
    assert SECRET.encode() not in reminder.content
    assert 1 == sum(b"Still held" in mail.content for mail in desk.got(SENDER))


def test_a_reminder_that_has_become_moot(desk: Desk) -> None:
    """A reminder that was owed while the next hop was away lapses if nobody waits any more when it could leave."""
    file(desk.database, desk.keys)
    desk.round()
    reminders.owe(desk.database, timedelta(hours=1), NOW + 60 * MINUTE)
    with desk.database.write() as connection:
        connection.execute(update(INCIDENT_RECIPIENTS).values(state="released"))
    desk.round(NOW + 60 * MINUTE)

    assert not [mail for mail in desk.got(SENDER) if b"Still held" in mail.content]
    assert () == letters.due(desk.database, NOW + 61 * MINUTE)
