"""One mail before a register that changes while it is on its way: only what makes a difference to it stops it."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from gateway.deciding import Decided, Deciding
from gateway.detectors.looking import Looking
from gateway.model import (
    Client,
    Decision,
    Disposition,
    Envelope,
    Grant,
    GrantKind,
    Mail,
    Message,
    OnFinding,
    Outcome,
    Part,
    PartKind,
    Policy,
    Publication,
    Recipient,
    Register,
)
from gateway.pipeline import Course, _stands
from gateway.rules import load
from gateway.store.incidents import Fingerprint
from tests.running import Gateway
from tests.sink import Sink
from tests.talking import Talk, banner, letter, planned
from tests.test_failures import LEAD, OUTSIDER, registered

NOW = datetime(2018, 3, 27, 9, 39, tzinfo=UTC)
WHEN = NOW.replace(day=28, hour=8, minute=30)
CLA = Publication("cla", "Children looked after", WHEN, LEAD)
TO = "b@dept.example"
RULES = load(None)


def register(epoch: int, *publications: Publication, to: str = "") -> Register:
    """A register of these, one person listed for each."""
    given = {to: (Grant(to, GrantKind.PRODUCTION),)} if to else {}
    return Register(
        epoch, {each.id: each for each in publications}, {each.id: given for each in publications}, {}
    )


def deciding(text: str, current: Callable[[], Register], policy: Policy | None = None) -> Deciding:
    """What decides about a mail with this text."""
    message = Message((Part("1", PartKind.BODY, text),))
    mail = Mail(Envelope("a@dept.example", (Recipient(TO),)), text.encode(), Client("192.0.2.1"), NOW)
    return Deciding(mail, Looking(RULES, message, NOW), policy or Policy(), {}, current)


BANNER = "EMBARGOED UNTIL 9:30am on 28 March 2018"
OTHER = replace(CLA, id="other", title="Other")
OBSERVING = Policy(on_finding=OnFinding.MONITOR)


@pytest.mark.parametrize(
    ("text", "before", "after", "policy", "expected"),
    [
        pytest.param("words", (CLA,), (CLA, OTHER), None, True, id="nothing-to-do-with-it"),
        pytest.param(BANNER, (), (CLA,), None, False, id="now-a-publication"),
        pytest.param(BANNER, (CLA,), (CLA,), OBSERVING, True, id="observed-as-before"),
        pytest.param(BANNER, (CLA,), (CLA, OTHER), OBSERVING, False, id="observed-for-another-too"),
    ],
)
def test_only_a_difference_stops_it(
    text: str,
    before: tuple[Publication, ...],
    after: tuple[Publication, ...],
    policy: Policy | None,
    expected: bool,
) -> None:
    """A mail that is on its way goes out only if the register of that moment makes the same of it."""
    registers = [register(1, *before), register(2, *after)]
    asks = deciding(text, lambda: registers[0], policy)
    course = Course("ABCDEFGH23", Fingerprint(b"", b""), NOW)

    async def stands() -> bool:
        course.decided = await asks.decided()
        del registers[0]
        return await _stands(asks, course)

    assert expected is asyncio.run(stands())
    assert 2 == course.known.register.epoch


def test_a_listed_recipient_who_is_taken_off_stops_it() -> None:
    """What was open to its recipient is closed when the dot would come."""
    registers = [register(1, CLA, to=TO), register(2, CLA)]
    asks = deciding(BANNER, lambda: registers[0])

    async def both() -> tuple[Decided, Decided]:
        first = await asks.decided()
        del registers[0]
        return first, await asks.decided()

    first, second = asyncio.run(both())
    assert (Disposition.RELAY, Disposition.HOLD) == (first.decision.disposition, second.decision.disposition)
    assert (False, False) == (first.does_as(second), second.does_as(first))


def test_the_register_of_the_last_look_counts() -> None:
    """It changes again while the mail is decided anew: the later one is asked, too."""
    numbers = count(1)
    kept = [register(next(numbers), CLA)]

    def current() -> Register:
        if kept[0].epoch < 5:
            kept[0] = register(next(numbers), CLA)
        return kept[0]

    course = Course("ABCDEFGH23", Fingerprint(b"", b""), NOW)
    asks = deciding("words", current)

    async def stands() -> bool:
        course.decided = await asks.decided()
        return await _stands(asks, course)

    assert asyncio.run(stands())
    assert 5 == course.known.register.epoch


def test_two_incidents_do_the_same_only_if_they_are_the_same() -> None:
    """What a lead is told must be what is decided in the end."""
    outcome = Outcome(Recipient(TO), Disposition.RELAY, ("cla",))
    one = Decided(register(1), Decision((outcome,), publications=("cla",), observed=True))
    other = Decided(register(2), Decision((outcome,), publications=("cla", "other"), observed=True))
    assert (True, False) == (one.does_as(replace(one, register=register(3))), one.does_as(other))


@pytest.fixture
def slow() -> Iterator[Sink]:
    """A next hop that takes some seconds for eight megabytes, and lets little wait in the network."""
    sink = Sink()
    sink._server.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    lines = count(1)
    sink.on_line = lambda: time.sleep(0.01) if next(lines) % 100 == 0 else None
    yield sink
    sink.close()


LARGE = letter("An ordinary line of an ordinary table, and nothing to be kept.\r\n" * 120_000)


def changes(gateway: Gateway, ended: threading.Event) -> None:
    """Somebody is put on a list every half second."""
    for number in count():
        if ended.wait(0.5):
            return
        gateway.call("access", "grant", "cla-2018", f"person{number}@policy.example", "--reason", "briefing")


@pytest.mark.long
def test_a_stream_of_changes_keeps_no_mail_from_a_slow_next_hop(tmp_path: Path, slow: Sink) -> None:
    """The mail is relayed, once.  A regression: each change began the upload anew, until 451 after 540 seconds."""
    gateway = registered(Gateway(tmp_path, slow.port)).start()
    ended = threading.Event()
    changing = threading.Thread(target=changes, args=(gateway, ended))
    changing.start()
    try:
        talk = Talk(gateway.port)
        talk.socket.settimeout(120)
        began = time.monotonic()
        assert "250" == talk.mail("sender@policy.example", [OUTSIDER], LARGE)[:3]
        assert time.monotonic() - began > 2
        talk.quit()
        assert (1, 1) == (len(slow.mails), slow.commands.count("DATA"))
    finally:
        ended.set()
        changing.join()
        gateway.stop()


@pytest.mark.long
def test_a_change_that_makes_a_difference_stops_the_upload(tmp_path: Path, slow: Sink) -> None:
    """A publication registered while its mail is on its way: no dot, and the mail is held."""
    when = planned()
    gateway = Gateway(tmp_path, slow.port, extra='[policy]\nunregistered = "observe"\n').start()
    content = LARGE + (banner(when) + "\r\n").encode()
    begun = threading.Event()
    on_line = slow.on_line

    def noticed() -> None:
        begun.set()
        on_line()

    slow.on_line = noticed

    def registers() -> None:
        begun.wait(60)
        facts = ("--title", "Children looked after", "--publishes-at", when.isoformat(), "--lead", LEAD)
        gateway.call("publication", "add", "cla-2018", *facts)

    adding = threading.Thread(target=registers)
    adding.start()
    try:
        talk = Talk(gateway.port)
        talk.socket.settimeout(120)
        assert "250 2.0.0 Held" == talk.mail("sender@policy.example", [OUTSIDER], content)[:14]
        talk.quit()
        assert [] == slow.to(OUTSIDER)
        assert 1 == [each["publications"] for each in gateway.incidents()].count(["cla-2018"])
    finally:
        adding.join()
        gateway.stop()
