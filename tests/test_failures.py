"""Failures inside the gateway: nothing is relayed that was not decided, nothing held is lost, nothing speaks."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from tests.faulty import SECRET
from tests.running import Gateway
from tests.sink import Sink, wait_for
from tests.talking import Talk, banner, letter, planned

LEAD, OUTSIDER, LISTED = "lead@stats.example", "outsider@policy.example", "listed@policy.example"
WHEN = planned()
EMBARGOED = letter(banner(WHEN) + "\r\n\r\nunemployment fell to 4.7 per cent", subject="canary-subject")

STEPS = (
    "gateway.pipeline.received.looping",
    "gateway.scanner.Scanners.read",
    "gateway.detectors.looking.Looking.find",
    "gateway.deciding.decide",
    "gateway.pipeline.record",
    "gateway.deciding.excuse",
    "gateway.snapshot.Snapshot.current",
    "gateway.pipeline.fingerprint",
    "gateway.link.OfficeLink.begin",
)


def registered(gateway: Gateway) -> Gateway:
    """The same gateway with a publication under embargo, one person listed."""
    gateway.call("publication", "add", "cla-2018", "--title", "Children looked after", "--publishes-at",
                 WHEN.isoformat(), "--lead", LEAD)  # fmt: skip
    gateway.call("access", "grant", "cla-2018", LISTED, "--reason", "briefing")
    return gateway


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A next hop."""
    server = Sink()
    yield server
    server.close()


def send(
    gateway: Gateway, content: bytes = EMBARGOED, to: str = OUTSIDER, sender: str = "sender@policy.example"
) -> str:
    """One mail from a client that hears the answer."""
    talk = Talk(gateway.port)
    reply = talk.mail(sender, [to], content)
    talk.quit()
    return reply


def test_an_exception_in_any_step_defers_and_is_silent(sink: Sink, tmp_path: Path) -> None:
    """Each step of the pipeline fails once, before and after it ran: 451, nothing relayed, no word of the content."""
    gateway = Gateway(tmp_path, sink.port)
    flags = {
        (step, when): gateway.plan(step, when, "raise") for step in STEPS for when in ("before", "after")
    }
    registered(gateway).start()
    try:
        for fault, flag in flags.items():
            flag.touch()
            for content in (EMBARGOED, letter("an ordinary mail")):
                reply = send(gateway, content)
                touched = content is EMBARGOED or "record" not in fault[0]
                if touched:
                    assert reply[:9] == "451 4.3.0", (fault, reply)
            flag.unlink()
        ordinary = sum(1 for step in STEPS if "record" in step) * 2
        assert ordinary == len([mail for mail in sink.mails if OUTSIDER in mail.recipients])
        assert all(b"per cent" not in mail.content for mail in sink.mails)
        said = "\n".join(gateway.log)
        assert SECRET not in said
        assert "canary-subject" not in said
        assert "per cent" not in said
    finally:
        gateway.stop()


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_killed_around_the_commit(sink: Sink, tmp_path: Path, when: str) -> None:
    """Killed before the commit nothing is there; killed after it the resend meets the same incident (H1 to H3)."""
    gateway = Gateway(tmp_path, sink.port)
    kill = gateway.plan("gateway.pipeline.record", when, "kill")
    registered(gateway).start()
    try:
        kill.touch()
        talk = Talk(gateway.port)
        assert talk.mail("sender@policy.example", [OUTSIDER], EMBARGOED) == ""
        assert (0 if when == "before" else 1) == len(gateway.incidents())
        reply = send(gateway)
        assert reply.startswith("250 2.0.0 Held for review")
        wait_for(lambda: sink.to(LEAD))
        time.sleep(1.2)
        assert (1, 1, 0) == (len(gateway.incidents()), len(sink.to(LEAD)), len(sink.to(OUTSIDER)))
        assert (
            gateway.metric(
                'embargo_gateway_blocked_attempts_total{disposition="hold",publication="cla-2018"}'
            )
            <= 1
        )
    finally:
        gateway.stop()


def test_a_worker_killed_after_the_relay(sink: Sink, tmp_path: Path) -> None:
    """Killed between the next hop's 250 and ours the mail is in doubt: the resend is relayed again, never lost."""
    gateway = Gateway(tmp_path, sink.port)
    kill = gateway.plan("gateway.smtp.passage.Passage.relay", "after", "kill")
    gateway.start()
    try:
        kill.touch()
        assert Talk(gateway.port).mail("sender@policy.example", [OUTSIDER], letter("text")) == ""
        assert send(gateway, letter("text"))[:3] == "250"
        assert len(sink.to(OUTSIDER)) == 2
    finally:
        gateway.stop()


@pytest.mark.parametrize("slowly", [True, False])
def test_an_unheard_relay_is_not_repeated(sink: Sink, tmp_path: Path, slowly: bool) -> None:
    """The client vanishes after the final dot and sends again: it gets the same answer and the mail goes out once."""
    gateway = Gateway(tmp_path, sink.port)
    slow = gateway.plan("gateway.scanner.Scanners.read", "before", "sleep:0.5")
    gateway.start()
    try:
        if slowly:
            slow.touch()
        talk = Talk(gateway.port)
        for line in ("MAIL FROM:<sender@policy.example>", f"RCPT TO:<{OUTSIDER}>", "DATA"):
            talk.ask(line)
        talk.send(letter("once") + b".\r\n")
        talk.close()
        time.sleep(0.1)
        slow.unlink(missing_ok=True)
        assert send(gateway, letter("once"))[:3] == "250"
        time.sleep(0.5)
        assert len(sink.to(OUTSIDER)) == 1
        assert send(gateway, letter("once"))[:3] == "250"
        assert len(sink.wait(2)) == 2
    finally:
        gateway.stop()


@pytest.mark.parametrize("moment", ["before-dot", "half-close-after-dot"])
def test_a_client_that_vanishes(sink: Sink, tmp_path: Path, moment: str) -> None:
    """Without the dot there is no mail; with it the mail is carried though the client cannot hear."""
    gateway = registered(Gateway(tmp_path, sink.port)).start()
    try:
        talk = Talk(gateway.port)
        for line in ("MAIL FROM:<sender@policy.example>", f"RCPT TO:<{OUTSIDER}>", "DATA"):
            talk.ask(line)
        if moment == "before-dot":
            talk.send(EMBARGOED)
            talk.close()
            time.sleep(1)
            assert gateway.incidents() == []
        else:
            talk.send(EMBARGOED + b".\r\n")
            talk.socket.shutdown(1)
            assert talk.reply().startswith("250 2.0.0 Held")
            assert len(gateway.incidents()) == 1
    finally:
        gateway.stop()


@pytest.mark.long
def test_a_locked_store_defers_what_must_be_held(sink: Sink, tmp_path: Path) -> None:
    """While somebody else locks the database a hold gets 452 and ordinary mail flows."""
    gateway = registered(Gateway(tmp_path, sink.port)).start()
    try:
        lock = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        assert send(gateway, letter("ordinary"))[:3] == "250"
        assert send(gateway)[:9] == "452 4.3.1"
        lock.execute("ROLLBACK")
        assert send(gateway).startswith("250 2.0.0 Held")
        assert len(sink.to(OUTSIDER)) == 1
    finally:
        gateway.stop()


def test_a_mail_that_kills_the_scanner(sink: Sink, tmp_path: Path) -> None:
    """451 twice; the third time the content counts as unreadable: held from a listed sender, relayed from others."""
    gateway = Gateway(tmp_path, sink.port)
    die = gateway.plan("gateway.scanner.message.extract", "before", "die")
    registered(gateway)
    gateway.call(
        "access", "grant", "cla-2018", "sender@policy.example", "--kind", "production", "--reason", "makes it"
    )
    gateway.start()
    try:
        die.touch()
        content = with_attachment("report.rtf", rb"{\rtf1 words}")
        assert ["451 4.3.0", "451 4.3.0"] == [send(gateway, content)[:9] for _ in range(2)]
        assert send(gateway, content).startswith("250 2.0.0 Held")
        finding = gateway.incidents()[0]["findings"][0]
        assert ("unreadable", "cla-2018") == (finding["detector"], finding["publication"])
        other = with_attachment("other.rtf", rb"{\rtf1 other words}")
        replies = [send(gateway, other, sender="nobody@policy.example")[:3] for _ in range(3)]
        assert ["451", "451", "250"] == replies
        assert len(sink.to(OUTSIDER)) == 1
    finally:
        gateway.stop()


def with_attachment(name: str, data: bytes) -> bytes:
    """A mail with one attachment."""
    made = EmailMessage(policy=SMTP)
    made["From"], made["Subject"] = "sender@policy.example", "attached"
    made.set_content("see attached")
    made.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return made.as_bytes()


def test_everything_restarts(sink: Sink, tmp_path: Path) -> None:
    """The office and the scanners are killed: mail goes on, and alerts are sent by the next office."""
    gateway = registered(Gateway(tmp_path, sink.port)).start()
    try:
        for pid in gateway.children("any"):
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.3)
        reply = wait_for(lambda: _try(gateway), 60)
        assert reply is not None
        assert reply.startswith("250 2.0.0 Held")
        assert wait_for(lambda: sink.to(LEAD), 60)
    finally:
        gateway.stop()


def _try(gateway: Gateway) -> str | None:
    reply = send(gateway)
    return reply if reply.startswith("250") else None
