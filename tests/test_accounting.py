"""Postfix -> gateway -> Postfix: every mail is accounted for exactly once, at the far side or as an incident."""

from __future__ import annotations

import random
import smtplib
from collections import Counter
from pathlib import Path

import pytest

from tests import postfix
from tests.postfix import Postfix
from tests.running import Gateway
from tests.sink import Sink, wait_for
from tests.talking import banner, planned

pytestmark = [
    pytest.mark.postfix,
    pytest.mark.timeout(600),
    pytest.mark.skipif(postfix.missing() is not None, reason=str(postfix.missing())),
]

MAILS = 1000
LISTED, OUTSIDER, LEAD = "listed@policy.example", "outsider@policy.example", "lead@stats.example"


def mixed(number: int, embargo: str) -> tuple[list[str], bytes]:
    """Recipients and content of one of the mixed mails: clean, embargoed, split, with all kinds of bytes."""
    choice = random.Random(number)
    kind = number % 10
    text = embargo if kind in (3, 7) else "an ordinary mail"
    recipients = {3: [OUTSIDER], 7: [LISTED, OUTSIDER]}.get(kind, [f"r{number % 7}@policy.example"])
    lines = [
        bytes(choice.choices(b"abcdefghij .=\xc3\xa4", k=choice.randint(0, 200)))
        for _ in range(choice.randint(1, 40))
    ]
    dots = [b".", b"..", b". x"][: number % 4]
    body = b"\r\n".join([text.encode(), *lines, *dots])
    head = (
        f"X-Nonce: {number}\r\nFrom: s@policy.example\r\nTo: r@policy.example\r\nSubject: mail {number}\r\n"
        f"Date: Tue, 27 Mar 2018 10:39:00 +0100\r\nMessage-ID: <{number}@x.example>\r\n"
    )
    return recipients, head.encode() + b"\r\n" + body + b"\r\n"


def nonce(content: bytes) -> int:
    """The number of a mail."""
    return int(content.partition(b"X-Nonce: ")[2].split(b"\r\n", 1)[0])


@pytest.mark.long
def test_a_thousand_mails(tmp_path: Path) -> None:
    """1,000 mixed mails: none lost, none twice, none to the wrong person, every byte as it was sent."""
    sink = Sink()
    far = Postfix(sink.port, name="far.example").start()
    gateway = Gateway(tmp_path, far.port)
    when = planned()
    gateway.call(
        "publication", "add", "p", "--title", "Figures", "--publishes-at", when.isoformat(), "--lead", LEAD
    )
    gateway.call("access", "grant", "p", LISTED, "--reason", "x")
    gateway.start()
    near = Postfix(gateway.port, name="near.example").start()
    try:
        sent = {n: mixed(n, banner(when)) for n in range(MAILS)}
        with smtplib.SMTP("127.0.0.1", near.port) as client:
            for recipients, content in sent.values():
                client.sendmail("s@policy.example", recipients, content)
        clean = [n for n in sent if n % 10 not in (3, 7)]
        split = [n for n in sent if n % 10 == 7]
        held = [n for n in sent if n % 10 == 3]
        wanted = len(clean) + len(split)
        wait_for(lambda: len(_ours(sink)) >= wanted, 120)
        assert Counter(clean + split) == Counter(nonce(mail.content) for mail in _ours(sink))
        for mail in _ours(sink):
            recipients, content = sent[nonce(mail.content)]
            assert [r for r in recipients if r != OUTSIDER] == mail.recipients
            assert content == mail.content[mail.content.index(b"X-Nonce") :]
        # The last copies may have reached the sink while the last mail to be held was still in the first queue.
        wait_for(lambda: len(gateway.incidents()) >= len(held) + len(split), 90)
        # And the sink has a copy a moment before the store says that it was relayed.
        wait_for(lambda: "releasing" not in str(gateway.incidents()), 90)
        incidents = gateway.incidents()
        assert len(held) + len(split) == len(incidents)
        states = Counter((r["address"], r["state"]) for i in incidents for r in i["recipients"])
        assert {(OUTSIDER, "held"): len(held) + len(split), (LISTED, "relayed"): len(split)} == states
        total = gateway.metric('embargo_gateway_blocked_attempts_total{disposition="hold",publication="p"}')
        assert len(incidents) == total
    finally:
        near.remove()
        assert gateway.stop() == 0
        far.remove()
        sink.close()


def _ours(sink: Sink) -> list:  # type: ignore[type-arg]
    return [mail for mail in list(sink.mails) if b"X-Nonce: " in mail.content]
