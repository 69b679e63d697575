"""Whatever the next hop does at whatever phase, the client hears an honest class and keeps what was not taken."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.model import Envelope, Recipient
from gateway.replies import RegisterUnreadable, Reply
from gateway.setting_sections import NextHop as Settings
from gateway.smtp.next_hop import NextHop
from gateway.smtp.passage import Passage
from tests.running import Gateway
from tests.sink import Sink
from tests.talking import Talk, letter

PHASES = ("connect", "ehlo", "mail", "rcpt", "data", "dot")
BREAKS = {
    "close": "close",
    "reset": "reset",
    "hang": "hang",
    "garbage": "what?",
    "421": "421 4.3.2 going down",
    "299": "299 odd",
}


Place = tuple[Gateway, Sink]


def running(folder: Path, timers: str) -> Iterator[Place]:
    """A gateway and a next hop that fails as told."""
    sink = Sink()
    gateway = Gateway(folder, sink.port, workers=1)
    gateway.config.write_text(gateway.config.read_text().replace("[store]", f"{timers}[store]"))
    gateway.start()
    yield gateway, sink
    assert gateway.stop() == 0
    sink.close()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A gateway that is as patient as usual."""
    yield from running(tmp_path_factory.mktemp("patient"), "")


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A gateway with short timers, for a next hop that hangs."""
    timers = 'connect_timeout = "1s"\ncommand_timeout = "1s"\nfinal_timeout = "1s"\n'
    yield from running(tmp_path_factory.mktemp("hasty"), timers)


def sent(gateway: Gateway, sink: Sink, phase: str, action: str) -> tuple[str, int]:
    """The client's final reply and how many mails the sink took, with this fault in place."""
    sink.faults = {}
    sink.drop_all()
    sink.mails.clear()
    sink.faults = {phase: action}
    talk = Talk(gateway.port)
    reply = talk.mail("a@dept.example", ["b@dept.example"], letter("text"))
    talk.quit()
    sink.faults = {}
    return reply, len(sink.mails)


@pytest.mark.parametrize("action", BREAKS.values(), ids=BREAKS.keys())
@pytest.mark.parametrize("phase", PHASES)
def test_a_broken_next_hop_defers(hasty: Place, phase: str, action: str) -> None:
    """A next hop that breaks, hangs or babbles means 451 at every phase: never a 5xx, never a false 250."""
    if (phase, action) in (("ehlo", BREAKS["421"]), ("ehlo", BREAKS["299"])):
        pytest.skip("an EHLO that is refused is followed by HELO")
    if action == BREAKS["299"] and phase in ("mail", "rcpt", "dot"):
        pytest.skip("an odd 2xx is still a yes")
    reply, taken = sent(*hasty, phase, action)
    assert reply[:5] == "451 4", reply
    assert taken == 0


@pytest.mark.parametrize("code", ["450 4.2.0 later", "550 5.1.1 never"])
@pytest.mark.parametrize("phase", ["mail", "rcpt", "data", "dot"])
def test_refusals_are_passed_on(place: Place, phase: str, code: str) -> None:
    """The next hop's own 4xx and 5xx reach the client with class, code and text."""
    assert (code, 0) == sent(*place, phase, code)


@pytest.mark.parametrize("banner", ["554 no service", "421 busy"])
def test_a_refusing_greeting_bounces_nothing(place: Place, banner: str) -> None:
    """A 5xx greeting is a fault of the next hop's configuration: 451 4.4.1."""
    reply, _ = sent(*place, "connect", banner)
    assert reply.startswith("451 4.4.1")


def test_an_old_server_without_ehlo(place: Place) -> None:
    """Where EHLO is refused HELO serves, and the mail goes without extensions."""
    reply, taken = sent(*place, "ehlo", "502 5.5.1 what is EHLO")
    assert ("250", 1) == (reply[:3], taken)


def test_a_reply_that_would_inject_stays_one_line(place: Place) -> None:
    """Escape sequences and endless text of the next hop do not reach the client's terminal."""
    reply, _ = sent(*place, "rcpt", "550 5.1.1 \x1b[31mred\x07" + "x" * 3000)
    assert len(reply) < 512
    assert reply.isprintable()


def test_a_session_that_went_stale_is_replaced(place: Place) -> None:
    """The next hop restarts between two mails of one client: the second goes through unnoticed."""
    gateway, sink = place
    sink.mails.clear()
    talk = Talk(gateway.port)
    assert talk.mail("a@dept.example", ["b@dept.example"], letter("one"))[:3] == "250"
    sink.drop_all()
    assert talk.mail("a@dept.example", ["b@dept.example"], letter("two"))[:3] == "250"
    talk.quit()
    assert len(sink.wait(2)) == 2


@pytest.mark.parametrize("moment", ["after-rcpt", "during-upload"])
def test_a_session_lost_inside_a_mail_is_replayed(place: Place, moment: str) -> None:
    """Clean mail whose session is lost goes to the same recipients on another session, once."""
    gateway, sink = place
    sink.mails.clear()
    talk = Talk(gateway.port)
    for line in ("MAIL FROM:<a@dept.example>", "RCPT TO:<b@dept.example>", "RCPT TO:<c@dept.example>"):
        assert talk.ask(line)[:3] == "250"
    if moment == "after-rcpt":
        sink.drop_all()
    assert talk.ask("DATA")[:3] == "354"
    talk.send(b"Subject: half\r\n")
    if moment == "during-upload":
        sink.drop_all()
    assert talk.ask(b"\r\ntext\r\n.".decode())[:3] == "250"
    talk.quit()
    assert [["b@dept.example", "c@dept.example"]] == [mail.recipients for mail in sink.wait(1)]


def test_a_recipient_refused_at_replay_defers_the_mail(place: Place) -> None:
    """A recipient who was accepted and is refused on the second session means 451 for the mail: nobody gets it."""
    gateway, sink = place
    sink.mails.clear()
    talk = Talk(gateway.port)
    for line in ("MAIL FROM:<a@dept.example>", "RCPT TO:<b@dept.example>", "RCPT TO:<c@dept.example>"):
        talk.ask(line)
    talk.ask("DATA")
    sink.drop_all()
    sink.faults = {"rcpt@c@dept": "550 5.1.1 gone"}
    reply = talk.ask("text\r\n.")
    sink.faults = {}
    talk.quit()
    assert ("451", []) == (reply[:3], sink.mails)


def test_a_feature_that_is_gone_defers(place: Place) -> None:
    """What was offered to the client and is no longer offered to us means 451 4.4.1, not a mail without it."""
    gateway, sink = place
    sent(gateway, sink, "none", "")
    talk = Talk(gateway.port)
    offered, sink.keywords = sink.keywords, ("PIPELINING",)
    sink.drop_all()
    try:
        assert talk.ask("MAIL FROM:<a@dept.example> BODY=8BITMIME").startswith("451 4.4.1")
    finally:
        sink.keywords = offered
        sink.drop_all()
    talk.quit()
    fresh = Talk(gateway.port)
    fresh.ask("MAIL FROM:<a@dept.example>")
    fresh.quit()


def test_idle_clients_do_not_use_up_the_sessions(place: Place) -> None:
    """More clients than sessions sit idle behind MAIL; another one's mail goes through, and then theirs do too."""
    gateway, sink = place
    sink.mails.clear()
    idle = [Talk(gateway.port) for _ in range(45)]
    for talk in idle:
        assert talk.ask("MAIL FROM:<a@dept.example>")[:3] == "250"
        assert talk.ask("RCPT TO:<b@dept.example>")[:3] == "250"
    busy = Talk(gateway.port)
    assert busy.mail("a@dept.example", ["c@dept.example"], letter("busy"))[:3] == "250"
    busy.quit()
    for number, talk in enumerate(idle):
        assert talk.ask("RCPT TO:<d@dept.example>")[:3] == "250"
        talk.ask("DATA")
        assert talk.ask(f"idle {number}\r\n.")[:3] == "250"
        talk.quit()
    assert [["b@dept.example", "d@dept.example"]] * 45 == [mail.recipients for mail in sink.wait(46)[1:]]


def test_a_refused_data_leaves_nothing_to_the_next_mail(place: Place) -> None:
    """After a refused DATA the session is reset: the next mail met `503 nested MAIL`, and bounced."""
    gateway, sink = place
    assert sent(gateway, sink, "data", "550 5.7.1 not this one")[0][:3] == "550"
    talk = Talk(gateway.port)
    assert talk.mail("a@dept.example", ["c@dept.example"], letter("another"))[:3] == "250"
    talk.quit()
    assert [["c@dept.example"]] == [mail.recipients for mail in sink.wait(1)]


def test_each_pipelined_recipient_has_a_reply(place: Place) -> None:
    """The next hop vanishes under pipelined RCPTs: one reply for all of them left the client out of step."""
    gateway, sink = place
    sink.mails.clear()
    talk = Talk(gateway.port)
    assert talk.ask("MAIL FROM:<a@dept.example>")[:3] == "250"
    assert talk.ask("RCPT TO:<b@dept.example>")[:3] == "250"
    sink.faults = {"rcpt": "close"}
    talk.send("RCPT TO:<c@dept.example>\r\nRCPT TO:<d@dept.example>\r\nNOOP")
    replies = [talk.reply()[:3] for _ in range(3)]
    sink.faults = {}
    assert ["451", "451", "250"] == replies
    talk.ask("DATA")
    assert talk.ask("text\r\n.")[:3] == "250"
    talk.quit()
    assert [["b@dept.example"]] == [mail.recipients for mail in sink.wait(1)]


@pytest.mark.parametrize("moment", ["between-mails", "before-rcpt", "before-content"])
def test_a_session_that_timed_out_is_replaced(place: Place, moment: str) -> None:
    """A server that says 421 and closes an idle session defers nothing: its 421 is no answer to what comes next."""
    gateway, sink = place
    sent(gateway, sink, "none", "")
    sink.drop_all()
    sink.patience = 0.3
    talk = Talk(gateway.port)
    steps = ["MAIL FROM:<a@dept.example>", "RCPT TO:<b@dept.example>", "DATA", "text\r\n."]
    pauses = {"between-mails": "MAIL", "before-rcpt": "RCPT", "before-content": "text"}
    try:
        assert talk.mail("a@dept.example", ["b@dept.example"], letter("first"))[:3] == "250"
        for step in steps:
            if step.startswith(pauses[moment]):
                time.sleep(0.6)
                sink.patience = None  # The session that replaces it is not to be lost for a slow machine.
            assert talk.ask(step)[:1] in "23", step
    finally:
        sink.patience = None
    talk.quit()


def pool(sink: Sink) -> NextHop:
    """A pool of one session."""
    settings = {"address": f"127.0.0.1:{sink.port}", "connect_timeout": "1s", "command_timeout": "3s"}
    return NextHop(Settings.model_validate(settings), "gateway.example", 1)


async def relayed(next_hop: NextHop, *, register_readable: bool = True) -> Reply:
    """One mail through a pool; the register may be unreadable just before the final dot."""

    async def stands() -> bool:
        if not register_readable:
            raise RegisterUnreadable("too old")
        return True

    passage = Passage(next_hop)
    assert (await passage.mail("a@dept.example", ())).positive
    assert (await passage.recipients([Recipient("b@dept.example")]))[0].positive
    try:
        return await passage.relay(b"Subject: x\r\n\r\ntext\r\n", b"", stands)
    finally:
        await passage.end()


def test_a_session_inside_content_is_never_lent() -> None:
    """The register is too old just before the dot: the session, half a mail in it, was lent to the next one."""
    sink = Sink()

    async def two() -> Reply:
        next_hop = pool(sink)
        with pytest.raises(RegisterUnreadable):
            await relayed(next_hop, register_readable=False)
        return await relayed(next_hop)

    assert asyncio.run(two()).code == 250
    assert len(sink.mails) == 1
    sink.close()


@pytest.mark.parametrize("action", ["500 5.5.1 no", "hang"])
def test_a_session_that_is_not_reset_is_not_kept(action: str) -> None:
    """RSET is refused, or hangs until the caller gives up: the session is gone, and its place is free again."""
    sink = Sink()

    async def two() -> Reply:
        next_hop = pool(sink)
        sink.faults = {"rset": action}
        try:
            async with asyncio.timeout(0.5):
                envelope = Envelope("a@dept.example", (Recipient("b@dept.example"),))
                await next_hop.replay(envelope, b"text\r\n", partial=True)
        except TimeoutError:
            pass
        sink.faults = {}
        return await relayed(next_hop)

    assert asyncio.run(two()).code == 250
    sink.close()
