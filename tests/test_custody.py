"""The dialogue that everything stands on: a split, a restarted next hop, a killed worker, and a resend."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postfix
from tests.postfix import Postfix
from tests.running import Gateway
from tests.sink import Sink, wait_for
from tests.talking import Talk, banner, letter, planned

pytestmark = [
    pytest.mark.postfix,
    pytest.mark.skipif(postfix.missing() is not None, reason=str(postfix.missing())),
]

LISTED, OUTSIDER, LEAD = "listed@policy.example", "outsider@policy.example", "lead@stats.example"


@pytest.fixture
def behind() -> Iterator[tuple[Postfix, Sink]]:
    """A real Postfix as next hop, and the sink behind it."""
    sink = Sink()
    server = Postfix(sink.port).start()
    yield server, sink
    server.remove()
    sink.close()


def test_one_of_each_whatever_breaks(behind: tuple[Postfix, Sink], tmp_path: Path) -> None:
    """One incident, one alert, one copy to the eligible recipient, none to the other."""
    server, sink = behind
    gateway = Gateway(tmp_path, server.port, extra='[log]\nformat = "console"')
    kill = gateway.plan("gateway.pipeline.record", "after", "kill")
    when = planned()
    gateway.call(
        "publication",
        "add",
        "cla-2018",
        "--title",
        "Children looked after",
        "--publishes-at",
        when.isoformat(),
        "--lead",
        LEAD,
    )
    gateway.call("access", "grant", "cla-2018", LISTED, "--reason", "briefing")
    gateway.start()
    try:
        content = letter(banner(when) + "\r\n\r\nNot to be forwarded.")
        first = Talk(gateway.port)
        first.send(
            f"MAIL FROM:<sender@policy.example>\r\nRCPT TO:<{LISTED}>\r\nRCPT TO:<{OUTSIDER}>\r\nDATA\r\n".encode()
        )
        assert ["250", "250", "250", "354"] == [first.reply()[:3] for _ in range(4)]
        half = len(content) // 2
        first.send(content[:half])
        server.restart()
        kill.touch()
        first.send(content[half:] + b".\r\n")
        assert first.reply() == ""

        second = Talk(gateway.port)
        reply = second.mail("sender@policy.example", [LISTED, OUTSIDER], content)
        second.quit()
        assert reply.startswith("250 2.0.0 Held for review, reference ")

        assert wait_for(lambda: sink.to(LISTED) and sink.to(LEAD), 60), gateway.log
        time.sleep(1.5)
        incidents = gateway.incidents()
        assert [reply.rpartition(" ")[2]] == [incident["ref"] for incident in incidents]
        assert [(LISTED, "relayed"), (OUTSIDER, "held")] == [
            (r["address"], r["state"]) for r in incidents[0]["recipients"]
        ]
        assert (1, 0, 1) == (len(sink.to(LISTED)), len(sink.to(OUTSIDER)), len(sink.to(LEAD)))
        assert incidents[0]["alert"] == "sent"
    finally:
        gateway.stop()
