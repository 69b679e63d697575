"""Releases to a real next hop: exactly those recipients, the stored bytes, and nobody marked before the answer."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update

from gateway.alerts import Alerts
from gateway.config import Settings, parse
from gateway.incident import Addressee, Standing
from gateway.model import Client, Recipient
from gateway.releases import Releases, back_off, judge
from gateway.replies import Reply
from gateway.setting_sections import NextHop as NextHopSettings
from gateway.smtp import received
from gateway.smtp.next_hop import NextHop
from gateway.store import audit, decisions, incidents, relays
from gateway.store.database import Database
from gateway.store.installation import open_store
from gateway.store.keys import Keys
from gateway.store.letters import Kind
from gateway.store.relays import Waiting
from gateway.store.tables import AUDIT, CONTENTS, INCIDENT_RECIPIENTS, INCIDENTS, LETTERS
from tests import stores
from tests.filed import (
    CONTENT,
    LEAD,
    LISTED,
    MINUTE,
    NOW,
    OUTSIDER,
    SECRET,
    SENDER,
    file,
    found,
    register_publication,
    standings,
)
from tests.sink import Sink, Taken

LINE = b"Received: from client.example ([192.0.2.7])\r\n\tby gateway.example; now\r\n"
SECOND = timedelta(seconds=1)


class Desk:
    """A store, a next hop, and releases between them."""

    def __init__(self, folder: Path, sink: Sink) -> None:
        stores.place(folder)
        self.database, self.keys = open_store(f"sqlite:///{folder}/store.db", folder / "keys")
        self.sink = sink
        self.settings: Settings = parse("")

    def office(self, port: int = 0, database: Database | None = None) -> Releases:
        """A new office."""
        settings = NextHopSettings(address=f"127.0.0.1:{port or self.sink.port}", tls="none")
        next_hop = NextHop(settings, "gateway.example", 4)
        return Releases(database or self.database, self.keys, self.settings, next_hop, lambda *_: LINE)

    def round(self, now: datetime = NOW, port: int = 0) -> datetime | None:
        """One round of the releases."""
        return asyncio.run(self.office(port).run_once(now))

    def release(self, *recipients: str, ref: str = "HOLD2345") -> None:
        """A lead's decision."""
        decisions.release(self.database, ref, recipients or None, "", "lead", NOW, lambda *_: True)

    def got(self, address: str) -> list[Taken]:
        """What an address got from the sink."""
        return self.sink.to(address)

    def states(self) -> dict[str, str]:
        """Address -> state."""
        return standings(self.database)

    def kept(self) -> bool:
        """Whether any content is stored."""
        with self.database.read() as connection:
            return connection.execute(select(CONTENTS.c.ref)).first() is not None

    def reports(self) -> list[list[dict[str, object]]]:
        """The recipients of each DSN owed."""
        with self.database.read() as connection:
            rows = connection.execute(select(LETTERS.c.facts).where(LETTERS.c.kind == Kind.DSN)).scalars()
            return [facts["recipients"] for facts in rows]

    def audited(self, action: str) -> int:
        """How many entries of this action the audit log has."""
        with self.database.read() as connection:
            query = select(func.count()).select_from(AUDIT).where(AUDIT.c.action == action)
            return int(connection.execute(query).scalar_one())


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


def test_nothing_expires_into_sending(desk: Desk) -> None:
    """What nobody released stays held, however long."""
    file(desk.database, desk.keys)

    assert desk.round(NOW + timedelta(days=365)) is None

    assert [] == desk.sink.mails
    assert {OUTSIDER: "held"} == desk.states()
    assert desk.kept()


def test_released(desk: Desk) -> None:
    """A release relays the stored bytes under one line of ours to exactly these recipients, and erases the content."""
    file(desk.database, desk.keys)
    desk.release()

    desk.round()

    (mail,) = desk.sink.mails
    assert LINE + CONTENT == mail.content
    assert ([OUTSIDER], SENDER) == (mail.recipients, mail.sender)
    assert {OUTSIDER: "released"} == desk.states()
    assert "released" == found(desk.database).state
    assert not desk.kept()


def test_split(desk: Desk) -> None:
    """The eligible get a split mail at once; the others do not, and their content stays."""
    file(desk.database, desk.keys, held=[OUTSIDER], relayed=[LISTED])

    desk.round()

    assert [[LISTED]] == [mail.recipients for mail in desk.sink.mails]
    assert {OUTSIDER: "held", LISTED: "relayed"} == desk.states()
    assert "held" == found(desk.database).state
    assert desk.kept()


def test_one_after_the_other(desk: Desk) -> None:
    """Two recipients released one after the other get one copy each; the content goes with the last."""
    file(desk.database, desk.keys, held=["a@policy.example", "b@policy.example"])
    desk.release("a@policy.example")
    desk.round()
    assert desk.kept()
    desk.release("b@policy.example")
    desk.round()

    assert [["a@policy.example"], ["b@policy.example"]] == [mail.recipients for mail in desk.sink.mails]
    assert not desk.kept()


def test_parameters_are_kept(desk: Desk) -> None:
    """A replay has the parameters of the first transaction, but for SIZE, which was another mail's."""
    one = Recipient(OUTSIDER, ("NOTIFY=SUCCESS,FAILURE", "ORCPT=rfc822;x+2By@policy.example"))
    parameters = ("BODY=8BITMIME", "SIZE=17", "RET=HDRS", "ENVID=QQ314159")
    file(desk.database, desk.keys, held=[one], parameters=parameters)
    desk.release()

    desk.round()

    (mail,) = desk.sink.mails
    assert f"MAIL FROM:<{SENDER}> BODY=8BITMIME RET=HDRS ENVID=QQ314159" == mail.mail_line
    assert [
        f"RCPT TO:<{OUTSIDER}> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;x+2By@policy.example"
    ] == mail.rcpt_lines


def test_the_null_sender_is_relayed_too(desk: Desk) -> None:
    """A bounce that was held is released with its null sender."""
    file(desk.database, desk.keys, sender=None)
    desk.release()
    desk.round()

    assert [""] == [mail.sender for mail in desk.sink.mails]


def test_real_trace_line(desk: Desk) -> None:
    """With the gateway's own trace line the relayed mail is one mail whose first header is that line."""
    file(desk.database, desk.keys)
    desk.release()
    office = desk.office()
    office._received = lambda ref, ip, helo, when: received.line(
        desk.keys.trace_key, ref, "gateway.example", Client(ip, helo), when
    )
    asyncio.run(office.run_once(NOW))

    headers = message_from_bytes(desk.sink.mails[0].content, policy=default)
    assert ["Received", "Subject"] == headers.keys()
    assert "HOLD2345" in headers["Received"]


@pytest.mark.parametrize("fault", ["450 4.2.1 later", "close", "reset", "nonsense"])
@pytest.mark.parametrize("phase", ["connect", "mail", "rcpt", "data", "dot"])
def test_every_fault_is_tried_again(desk: Desk, phase: str, fault: str) -> None:
    """Whatever the next hop does but take it or refuse it for good, nobody is marked, and it is tried again."""
    file(desk.database, desk.keys)
    desk.release()
    desk.sink.faults[phase] = fault

    assert NOW + 30 * SECOND == desk.round()
    assert {OUTSIDER: "releasing"} == desk.states()
    assert desk.kept()

    desk.sink.faults.clear()
    desk.round(NOW + 30 * SECOND)
    assert {OUTSIDER: "released"} == desk.states()
    assert 1 == len(desk.sink.mails)


@pytest.mark.parametrize("phase", ["mail", "rcpt", "data", "dot"])
def test_refused_for_good(desk: Desk, phase: str) -> None:
    """A 5xx ends the wait with a report to the sender; the content is erased."""
    file(desk.database, desk.keys)
    desk.release()
    desk.sink.faults[phase] = "550 5.1.1 no such user"

    assert desk.round() is None

    assert {OUTSIDER: "rejected"} == desk.states()
    assert "rejected" == found(desk.database).state
    assert "550 5.1.1" == found(desk.database).recipients[0].last_code
    expected = {"address": OUTSIDER, "code": "550 5.1.1", "expired": False, "original": None}
    assert [[expected]] == desk.reports()
    assert not desk.kept()


@pytest.mark.parametrize(
    ("parameters", "sender", "reported"),
    [
        pytest.param((), SENDER, True, id="default"),
        pytest.param(("NOTIFY=FAILURE", "ORCPT=rfc822;x@policy.example"), SENDER, True, id="asked"),
        pytest.param(("NOTIFY=NEVER",), SENDER, False, id="never"),
        pytest.param(("NOTIFY=SUCCESS",), SENDER, False, id="success-only"),
        pytest.param((), None, False, id="null-sender"),
    ],
)
def test_who_hears_of_it(desk: Desk, parameters: tuple[str, ...], sender: str | None, reported: bool) -> None:
    """A report is owed as NOTIFY says, and never to the null sender."""
    file(desk.database, desk.keys, held=[Recipient(OUTSIDER, parameters)], sender=sender)
    desk.release()
    desk.sink.faults["rcpt"] = "550 5.1.1 no such user"

    desk.round()

    assert reported == bool(desk.reports())


def test_the_report_arrives(desk: Desk) -> None:
    """The sender gets a delivery report that names the recipient and the status, and nothing of the mail."""
    file(desk.database, desk.keys, held=[Recipient(OUTSIDER, ("ORCPT=rfc822;x+2By@policy.example",))])
    desk.release()
    desk.sink.faults[f"rcpt@{OUTSIDER}"] = f"550 5.1.1 your mail {SECRET} is not wanted"
    desk.round()

    next_hop = NextHop(
        NextHopSettings(address=f"127.0.0.1:{desk.sink.port}", tls="none"), "gateway.example", 2
    )
    asyncio.run(Alerts(desk.database, desk.settings, {}, next_hop).run_once(NOW))

    (report,) = desk.got(SENDER)
    for fact in (b"multipart/report", OUTSIDER.encode(), b"Status: 5.1.1", b"rfc822;x+y@policy.example"):
        assert fact in report.content
    assert SECRET.encode() not in report.content


def test_mixed_answers(desk: Desk) -> None:
    """Each recipient goes by its own answer."""
    people = ["a@policy.example", "b@policy.example", "c@policy.example"]
    file(desk.database, desk.keys, held=people)
    desk.release()
    desk.sink.faults = {"rcpt@b@": "450 4.2.2 full", "rcpt@c@": "550 5.1.1 no such user"}

    desk.round()
    assert dict(zip(people, ("released", "releasing", "rejected"), strict=True)) == desk.states()

    desk.sink.faults = {}
    desk.round(NOW + 30 * SECOND)
    assert dict(zip(people, ("released", "released", "rejected"), strict=True)) == desk.states()
    assert [["a@policy.example"], ["b@policy.example"]] == [mail.recipients for mail in desk.sink.mails]


def test_the_time_is_over(desk: Desk) -> None:
    """After five days of 4xx the sender is told, with the last status."""
    file(desk.database, desk.keys)
    desk.release()
    desk.sink.faults["rcpt"] = "450 4.2.2 full"

    desk.round(NOW + timedelta(days=5) - SECOND)
    assert {OUTSIDER: "releasing"} == desk.states()
    # Meanwhile there was an attempt every half hour.
    with desk.database.write() as connection:
        connection.execute(update(INCIDENT_RECIPIENTS).values(attempts=200))
    desk.round(NOW + timedelta(days=6))

    assert {OUTSIDER: "rejected"} == desk.states()
    assert [("450 4.2.2", True)] == [(one["code"], one["expired"]) for one in desk.reports()[0]]


def test_one_refusal_after_a_long_stop_is_not_the_end(desk: Desk) -> None:
    """Where the office was away for a week, or its clock stood still, the first 4xx does not end the release."""
    file(desk.database, desk.keys)
    desk.release()
    desk.sink.faults["rcpt"] = "450 4.2.2 greylisted"

    desk.round(NOW + timedelta(days=7))
    assert {OUTSIDER: "releasing"} == desk.states()
    desk.sink.faults = {}
    desk.round(NOW + timedelta(days=7, minutes=1))

    assert {OUTSIDER: "released"} == desk.states()


@pytest.mark.parametrize(
    ("code", "decided_by", "want"),
    [
        (250, "lead", Standing.RELEASED),
        (250, None, Standing.RELAYED),
        (450, "lead", Standing.RELEASING),
        (550, "lead", Standing.REJECTED),
    ],
)
def test_judge(code: int, decided_by: str | None, want: Standing) -> None:
    """2xx reaches, 4xx waits, 5xx ends; who was decided about is released, who was not is relayed."""
    one = Waiting(1, Addressee(OUTSIDER, Standing.RELEASING, decided_by=decided_by), NOW)

    assert want is judge(one, Reply(code, "", ""), NOW, timedelta(days=5)).standing


@pytest.mark.parametrize(
    ("attempts", "wait"), [(0, 30), (1, 60), (2, 120), (3, 300), (4, 900), (5, 1800), (500, 1800)]
)
def test_back_off(attempts: int, wait: int) -> None:
    """Waits grow to half an hour and no further (RFC 5321 section 4.5.4.1)."""
    assert wait * SECOND == back_off(attempts)


def test_killed_in_the_middle(desk: Desk) -> None:
    """A crash after the relay began is in doubt: it is relayed once more, and the audit log says so."""
    file(desk.database, desk.keys)
    desk.release()
    assert relays.claim(desk.database, "HOLD2345", "dead", NOW, NOW + 2 * MINUTE) is not None
    assert found(desk.database).recipients[0].in_doubt

    desk.round()
    assert [] == desk.sink.mails
    desk.round(NOW + 2 * MINUTE)

    assert 1 == len(desk.sink.mails)
    assert 1 == desk.audited("relay again in doubt")
    assert not found(desk.database).recipients[0].in_doubt


def test_a_lost_answer_is_in_doubt(desk: Desk) -> None:
    """A connection lost after the final dot may have been a success: the next attempt is marked in the audit log."""
    file(desk.database, desk.keys)
    desk.release()
    desk.sink.faults["dot"] = "close"
    desk.round()
    desk.sink.faults.clear()
    desk.round(NOW + MINUTE)

    assert 1 == desk.audited("relay again in doubt")


def test_a_predecessors_claims_end_at_the_start(desk: Desk) -> None:
    """After a crash the only office of a store begins at once, without waiting for its predecessor's claim to end."""
    file(desk.database, desk.keys)
    desk.release()
    relays.claim(desk.database, "HOLD2345", "dead", NOW, NOW + timedelta(days=9999))

    async def serve() -> None:
        running = asyncio.create_task(desk.office().run(asyncio.Event()))
        await asyncio.to_thread(desk.sink.wait, 1)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(serve())

    assert 1 == len(desk.sink.mails)
    assert {OUTSIDER: "released"} == desk.states()


@pytest.fixture
def two_stores(store: tuple[Database, Keys], sink: Sink) -> Desk:
    """A desk on each kind of store."""
    made = Desk.__new__(Desk)
    made.database, made.keys = store
    made.sink, made.settings = sink, parse("")
    return made


def test_two_offices(two_stores: Desk) -> None:
    """Two offices on one store relay each mail once between them."""
    desk = two_stores
    for number in range(8):
        file(desk.database, desk.keys, f"HOLD000{number}", held=[f"p{number}@policy.example"])
        desk.release(ref=f"HOLD000{number}")
    other = Database(desk.database.url)

    async def both() -> None:
        offices = [desk.office(), desk.office(database=other)]
        await asyncio.gather(*(office.run_once(NOW) for office in offices))

    asyncio.run(both())
    other.close()

    assert sorted([f"p{n}@policy.example"] for n in range(8)) == sorted(m.recipients for m in desk.sink.mails)
    assert {"released": 8} == incidents.counts(desk.database)
    assert [] == audit.verify(desk.database)


def _damage(desk: Desk, how: str) -> None:
    mine = CONTENTS.c.ref == "HOLD2345"
    with desk.database.write() as connection:
        sealed = connection.execute(select(CONTENTS.c.sealed).where(mine)).scalar_one()
        if how == "missing":
            connection.execute(delete(CONTENTS).where(mine))
        else:
            broken = sealed[:10] if how == "cut" else sealed[:-1] + bytes([sealed[-1] ^ 1])
            if how == "swapped":
                query = select(CONTENTS.c.sealed).where(CONTENTS.c.ref == "OTHER234")
                broken = connection.execute(query).scalar_one()
            connection.execute(update(CONTENTS).where(mine).values(sealed=broken))


@pytest.mark.parametrize("how", ["flipped", "cut", "missing", "swapped"])
def test_damaged_content(desk: Desk, how: str) -> None:
    """Content that was altered, cut, removed or swapped is never relayed; the incident says so and can be discarded."""
    file(desk.database, desk.keys)
    file(desk.database, desk.keys, "OTHER234")
    _damage(desk, how)
    desk.release()

    desk.round()
    desk.round(NOW + timedelta(hours=1))

    assert [] == desk.sink.mails
    assert {OUTSIDER: "releasing"} == desk.states()
    assert found(desk.database).damaged
    assert 1 == desk.audited("content damaged")
    decisions.discard(desk.database, "HOLD2345", "damaged", "lead", NOW)
    assert {OUTSIDER: "discarded"} == desk.states()


def test_restored_content(desk: Desk) -> None:
    """Content that was restored from a backup is relayed after all."""
    file(desk.database, desk.keys)
    with desk.database.read() as connection:
        sealed = connection.execute(select(CONTENTS.c.sealed)).scalar_one()
    _damage(desk, "flipped")
    desk.release()
    desk.round()
    with desk.database.write() as connection:
        connection.execute(update(CONTENTS).values(sealed=sealed))

    desk.round(NOW + timedelta(hours=1))

    assert {OUTSIDER: "released"} == desk.states()
    assert not found(desk.database).damaged


def test_an_answer_is_never_forgotten(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that cannot be written when the answer comes is asked until it can: the mail is not relayed twice."""
    monkeypatch.setattr("gateway.releases._STORE_AGAIN", 0.1)
    file(desk.database, desk.keys)
    desk.release()

    async def serve() -> None:
        with contextlib.closing(Database(desk.database.url)) as other:
            locks = contextlib.ExitStack()

            def lock() -> None:
                # The writer's lock is another connection's from the moment that the next hop has the mail.
                locks.enter_context(other.write()).execute(update(INCIDENTS).values(helo="locked"))

            desk.sink.on_data = lock
            working = asyncio.create_task(desk.office().run_once(NOW))
            await asyncio.to_thread(desk.sink.wait, 1)
            await asyncio.sleep(0.3)
            desk.sink.on_data = lambda: None
            locks.close()
            await working

    asyncio.run(asyncio.wait_for(serve(), 30))

    assert 1 == len(desk.sink.mails)
    assert {OUTSIDER: "released"} == desk.states()


def test_a_private_key_is_needed(desk: Desk) -> None:
    """A process without the private key cannot release: it is told at once."""
    public = Keys(desk.keys.trace_key, desk.keys.wrap_key, desk.keys.held_public)
    next_hop = NextHop(NextHopSettings(), "gateway.example", 1)

    with pytest.raises(ValueError, match="private key"):
        Releases(desk.database, public, desk.settings, next_hop, lambda *_: LINE)


def _carry(url: str, folder: str, port: int, what: str) -> None:
    """One round of an office in a process of its own."""
    database, keys = open_store(url, Path(folder))
    settings = NextHopSettings(address=f"127.0.0.1:{port}", tls="none")
    next_hop = NextHop(settings, "gateway.example", 2)
    if what == "alerts":
        asyncio.run(Alerts(database, parse(""), {}, next_hop).run_once(NOW))
    else:
        asyncio.run(Releases(database, keys, parse(""), next_hop, lambda *_: LINE).run_once(NOW))


def _killed_at_the_dot(desk: Desk, folder: Path, what: str) -> None:
    """An office is killed by kill -9 when the next hop has the mail and before it has answered."""
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload([__name__])
    arguments = (desk.database.url, str(folder / "keys"), desk.sink.port, what)
    office = processes.Process(target=_carry, args=arguments)

    gone = threading.Event()

    def kill() -> None:
        # Only one thread may wait for the process; the sink answers once that one has seen its end.
        office.kill()
        gone.wait(10)

    desk.sink.on_data = kill
    office.start()
    office.join(30)
    gone.set()
    desk.sink.on_data = lambda: None
    assert -9 == office.exitcode


def test_kill_between_relay_and_mark(desk: Desk, tmp_path: Path) -> None:
    """Killed between R2 and R4 an office relays once more, and once only, and the audit log says so."""
    file(desk.database, desk.keys)
    desk.release()
    _killed_at_the_dot(desk, tmp_path, "releases")
    assert {OUTSIDER: "releasing"} == desk.states()

    for later in (3, 10, 60):
        desk.round(NOW + later * MINUTE)

    assert 2 == len(desk.sink.mails)
    assert {OUTSIDER: "released"} == desk.states()
    assert 1 == desk.audited("relay again in doubt")


def test_kill_between_alert_and_mark(desk: Desk, tmp_path: Path) -> None:
    """Killed between A1 and A2 an office sends the alert again: twice, never not at all."""
    file(desk.database, desk.keys, sender=None)
    _killed_at_the_dot(desk, tmp_path, "alerts")
    assert found(desk.database).alert_owed

    settings = NextHopSettings(address=f"127.0.0.1:{desk.sink.port}", tls="none")
    for later in (4, 8):
        office = Alerts(desk.database, desk.settings, {}, NextHop(settings, "gateway.example", 2))
        asyncio.run(office.run_once(NOW + later * MINUTE))

    assert 2 == len(desk.got(LEAD))
    assert not found(desk.database).alert_owed


def test_a_claim_begins_when_its_relay_does(desk: Desk, sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    """A release that waited for its turn was claimed until a time already past: a second office relayed it as well."""
    monkeypatch.setattr("gateway.releases._AT_ONCE", 1)
    monkeypatch.setattr("gateway.releases._LEASE", timedelta(seconds=1))
    for ref in ("HOLD0001", "HOLD0002"):
        file(desk.database, desk.keys, ref)
        desk.release(ref=ref)
    until: list[datetime] = []

    def slowly() -> None:
        with desk.database.read() as connection:
            query = select(INCIDENTS.c.claimed_until).where(INCIDENTS.c.claimed_by.is_not(None))
            until.extend(connection.execute(query).scalars())
        time.sleep(1.2)

    sink.on_data = slowly
    desk.round()
    assert 2 == len(sink.mails)
    assert until[1] - until[0] >= timedelta(seconds=1)
