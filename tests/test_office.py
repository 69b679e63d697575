"""The office: what it shows, what it remembers over its own death, and what a release means for the same mail."""

from __future__ import annotations

import os
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.running import COMMAND, Gateway
from tests.sink import Sink, wait_for
from tests.talking import Talk, banner, letter, planned

WHEN = planned()
EMBARGOED = letter(banner(WHEN))
OUTSIDER, LEAD, SENDER = "outsider@policy.example", "lead@stats.example", "sender@policy.example"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Gateway, Sink]]:
    """A running gateway with one publication under embargo."""
    sink = Sink()
    gateway = Gateway(tmp_path, sink.port)
    gateway.call(
        "publication", "add", "p", "--title", "Figures", "--publishes-at", WHEN.isoformat(), "--lead", LEAD
    )
    gateway.start()
    yield gateway, sink
    gateway.stop()
    sink.close()


def send(gateway: Gateway, content: bytes = EMBARGOED) -> str:
    """One mail whose answer is heard."""
    talk = Talk(gateway.port)
    reply = talk.mail(SENDER, [OUTSIDER], content)
    talk.quit()
    return reply


def ready(gateway: Gateway) -> tuple[int, str]:
    """Status and text of `/ready`; 0 where nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{gateway.metrics_port}/ready", timeout=30) as answer:
            return answer.status, answer.read().decode().strip()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode().strip()
    except OSError:
        return 0, ""


def test_ready_tells_who_is_missing(place: tuple[Gateway, Sink]) -> None:
    """200 while every worker accepts; while one dies again and again 503 and the reason."""
    gateway, _ = place
    assert wait_for(lambda: ready(gateway)[0] == 200)

    def unready_after_a_death() -> bool:
        os.kill(gateway.children("any")[-1], signal.SIGKILL)
        return bool(wait_for(lambda: ready(gateway) == (503, "1 of 2 workers do not accept mail"), 0.5))

    assert wait_for(unready_after_a_death, 60)
    assert wait_for(lambda: ready(gateway)[0] == 200, 60)


def test_an_open_incident_survives_the_office(place: tuple[Gateway, Sink]) -> None:
    """The office is killed after a hold: the same mail again meets the same incident, and adds nothing."""
    gateway, sink = place
    first = send(gateway)
    office = gateway.children("any")[0]
    os.kill(office, signal.SIGKILL)
    assert wait_for(lambda: ready(gateway)[0] == 200, 60)
    assert first == send(gateway)
    assert len(gateway.incidents()) == 1
    assert wait_for(lambda: sink.to(LEAD))
    assert len(sink.to(LEAD)) == 1
    assert gateway.metric('embargo_gateway_blocked_attempts_total{disposition="hold",publication="p"}') == 1.0


def test_released_mail_is_not_held_again(place: tuple[Gateway, Sink]) -> None:
    """Released mail arrives; when the same content passes once more it goes to that person, and to no other."""
    gateway, sink = place
    ref = send(gateway).rpartition(" ")[2]
    gateway.call("incident", "release", ref, "--reason", "checked")
    assert wait_for(lambda: sink.to(OUTSIDER))
    assert EMBARGOED == sink.to(OUTSIDER)[0].content.partition(b"+0000\r\n")[2]
    assert wait_for(lambda: gateway.incidents()[0]["state"] == "released")
    assert wait_for(lambda: gateway.metric("embargo_gateway_decision_seconds_count") == 1.0)
    again = b"Received: from gateway.example by exchange.example; date\r\n" + sink.to(OUTSIDER)[0].content
    assert wait_for(lambda: send(gateway, again).startswith("250 2.0.0 Ok"), 60)
    talk = Talk(gateway.port)
    assert talk.mail(SENDER, ["other@policy.example"], again).startswith("250 2.0.0 Held")
    talk.quit()


def test_a_discard_tells_the_sender(place: tuple[Gateway, Sink]) -> None:
    """A discarded mail reaches nobody, and its sender is told by letter."""
    gateway, sink = place
    ref = send(gateway).rpartition(" ")[2]
    assert wait_for(lambda: len(sink.to(SENDER)) == 1)
    gateway.call("incident", "discard", ref, "--reason", "no")
    assert wait_for(lambda: len(sink.to(SENDER)) == 2)
    assert sink.to(OUTSIDER) == []
    assert gateway.incidents()[0]["state"] == "discarded"
    twice = gateway.call("incident", "release", ref, check=False)
    assert twice.returncode == 1
    assert ref in twice.stderr


@pytest.mark.long
def test_two_releases_at_once_send_one(place: tuple[Gateway, Sink]) -> None:
    """Two people release the same incident at the same time: one wins, one is told, one copy arrives."""
    gateway, sink = place
    ref = send(gateway).rpartition(" ")[2]
    line = [*COMMAND, "incident", "release", "--config", str(gateway.config), ref]
    both = [subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(2)]
    assert [0, 1] == sorted(process.wait(30) for process in both)
    assert wait_for(lambda: sink.to(OUTSIDER))
    assert not wait_for(lambda: len(sink.to(OUTSIDER)) > 1 or None, 3)


def test_going_live_lets_everything_pass(place: tuple[Gateway, Sink]) -> None:
    """A second after `publication live` the same words are public: nothing is held."""
    gateway, sink = place
    assert send(gateway).startswith("250 2.0.0 Held")
    gateway.call("publication", "live", "p")
    # Another mail each time: one that was still held would go on being held for its lead to decide.
    tries = (letter(banner(WHEN), subject=f"again {number}") for number in count())
    assert wait_for(lambda: send(gateway, next(tries)).startswith("250 2.0.0 Ok"), 60)
    assert wait_for(lambda: sink.to(OUTSIDER))
