"""The gateway as Postfix's before-queue proxy, set up as the README's section on internal mail says."""

from __future__ import annotations

import re
import smtplib
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postfix
from tests.postfix import Postfix
from tests.running import Gateway, free_port
from tests.sink import Sink, wait_for
from tests.talking import Talk, banner, letter, planned

pytestmark = [
    pytest.mark.postfix,
    pytest.mark.skipif(postfix.missing() is not None, reason=str(postfix.missing())),
]

WHEN = planned()
LEAD, LISTED, OUTSIDER = "lead@stats.example", "listed@policy.example", "outsider@policy.example"
README = Path(__file__).parent.parent / "README.md"


def services(front: int, gateway: int, back: int) -> str:
    """The two smtpd services of the README, on these ports."""
    section = README.read_text(encoding="utf-8").split("### Internal mail", 1)[1]
    found = re.search(r"^# master\.cf\n(.*?)^```", section, re.M | re.S)
    assert found is not None
    text = (
        found[1]
        .replace("127.0.0.1:2525", f"127.0.0.1:{gateway}")
        .replace("127.0.0.1:2526", f"127.0.0.1:{back}")
    )
    return re.sub(r"^smtp ", f"127.0.0.1:{front} ", text, flags=re.M)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Gateway, Sink]]:
    """Port of Postfix's front door, a gateway behind it, and a sink to which Postfix delivers."""
    sink = Sink()
    front, back = free_port(), free_port()
    gateway = Gateway(tmp_path_factory.mktemp("proxy"), back)
    mail_server = Postfix(sink.port, services=services(front, gateway.port, back)).start()
    gateway.call("publication", "add", "cla-2018", "--title", "Children", "--publishes-at", WHEN.isoformat(),
                 "--lead", LEAD, "--opens-at", planned(-1).isoformat())  # fmt: skip
    gateway.call("access", "grant", "cla-2018", LISTED, "--reason", "briefing")
    gateway.start()
    yield front, gateway, sink
    mail_server.remove()
    gateway.stop()
    sink.close()


def test_clean_mail_goes_through(place: tuple[int, Gateway, Sink]) -> None:
    """An ordinary mail comes out of Postfix's queue with one line of each on top of its own bytes."""
    front, _, sink = place
    talk = Talk(front)
    # Postfix itself gives mail of local clients a date where it has none.
    content = b"Date: Tue, 27 Mar 2018 10:00:00 +0100\r\n" + letter("ordinary\r\n.dot\r\n\r\nend")
    assert talk.mail("sender@policy.example", [OUTSIDER, "second@policy.example"], content)[:3] == "250"
    talk.quit()
    assert wait_for(lambda: sink.to(OUTSIDER))
    (mail,) = sink.to(OUTSIDER)
    assert ([OUTSIDER, "second@policy.example"], True) == (
        sorted(mail.recipients),
        mail.content.endswith(content),
    )
    assert b"by gateway.example" in mail.content


def test_an_embargoed_mail_is_held(place: tuple[int, Gateway, Sink]) -> None:
    """Postfix passes our reply with the reference on to its client; only who is listed gets the mail."""
    front, gateway, sink = place
    talk = Talk(front)
    reply = talk.mail("sender@policy.example", [LISTED, OUTSIDER], letter(banner(WHEN), subject="held"))
    talk.quit()
    assert re.match(r"250 2\.0\.0 Held for review, reference [A-Z0-9]{10}$", reply), reply
    assert wait_for(lambda: sink.to(LISTED) and sink.to(LEAD))
    assert [] == [mail for mail in sink.to(OUTSIDER) if b"held" in mail.content]
    assert 1 == [incident["ref"] for incident in gateway.incidents()].count(reply.rsplit(" ", 1)[1])


def test_a_release_comes_out_of_the_queue(place: tuple[int, Gateway, Sink]) -> None:
    """A release goes in at the second door, and Postfix delivers it."""
    front, gateway, sink = place
    with smtplib.SMTP("127.0.0.1", front) as client:
        client.sendmail(
            "sender@policy.example", ["late@policy.example"], letter(banner(WHEN), subject="later")
        )
    (reference,) = [
        i["ref"] for i in gateway.incidents() if i["recipients"][0]["address"] == "late@policy.example"
    ]
    gateway.call("incident", "release", reference, "--reason", "agreed")
    assert wait_for(lambda: sink.to("late@policy.example"))


def test_a_slow_client_holds_no_session(place: tuple[int, Gateway, Sink]) -> None:
    """With `speed_adjust` Postfix takes the whole mail before it connects to us."""
    front, gateway, sink = place
    talk = Talk(front)
    for line in ("MAIL FROM:<slow@policy.example>", "RCPT TO:<slowly@policy.example>", "DATA"):
        talk.ask(line)
    talk.send(b"Subject: slow\r\n\r\n")
    time.sleep(0.5)
    assert [] == gateway.children("worker")
    assert talk.ask("text\r\n.")[:3] == "250"
    talk.quit()
    assert wait_for(lambda: sink.to("slowly@policy.example"))


def test_a_gateway_that_is_down_defers(place: tuple[int, Gateway, Sink]) -> None:
    """Without the gateway Postfix answers 451: nothing goes round it."""
    front, gateway, sink = place
    assert 0 == gateway.stop()
    talk = Talk(front)
    reply = talk.mail("sender@policy.example", ["down@policy.example"], letter("ordinary"))
    talk.quit()
    gateway.log.clear()
    gateway.start()
    assert ("451", []) == (reply[:3], sink.to("down@policy.example"))
