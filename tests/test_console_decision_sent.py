"""A decision by form, from the held mail to the next hop: nothing between them is a stand-in but the next hop."""

from __future__ import annotations

from pathlib import Path

from tests.deciding import Asking
from tests.running import Gateway, free_port
from tests.sink import Sink, wait_for
from tests.talking import Talk, banner, planned

LEAD, SENDER, OUTSIDER = "lead@stats.example", "press@policy.example", "outsider@policy.example"
WHY = "They make or check these statistics"


def test_a_released_mail_arrives_and_a_refused_one_is_reported(tmp_path: Path) -> None:
    """Within seconds of the button the very mail is with its recipient; of the refused one the sender hears why."""
    sink, port = Sink(), free_port()
    gateway = Gateway(
        tmp_path, sink.port, workers=1, extra=f'[console]\nlisten = "127.0.0.1:{port}"\nproxy = ["127.0.0.1"]'
    )
    when = planned()
    gateway.call("publication", "add", "cla-2018", "--title", "Children", "--publishes-at", when.isoformat(),
                 "--lead", LEAD, "--opens-at", planned(-1).isoformat())  # fmt: skip
    gateway.start()
    asking = Asking(port)
    try:
        sent, refused = (_held(gateway, f"{banner(when)} {word}") for word in ("first", "second"))
        assert 303 == asking.decide(LEAD, sent, "release", why=WHY).status
        (arrived,) = wait_for(lambda: sink.to(OUTSIDER)) or []
        assert b"first" in arrived.content
        assert wait_for(
            lambda: f"{OUTSIDER} Sent, without access" in asking.get(LEAD, f"/incidents/{sent}").text
        )
        assert 303 == asking.decide(LEAD, refused, "refuse", message="Ask Anna first.").status
        assert wait_for(lambda: [one for one in sink.to(SENDER) if b"Ask Anna first." in one.content])
        assert 1 == len(sink.to(OUTSIDER))
    finally:
        asking.close()
        gateway.stop()
        sink.close()


def _held(gateway: Gateway, text: str) -> str:
    """Send a mail that is held; its reference."""
    talk = Talk(gateway.port)
    answer = talk.mail(SENDER, [OUTSIDER], f"Subject: s\r\n\r\n{text}\r\n".encode())
    talk.quit()
    assert answer.startswith("250 2.0.0 Held"), answer
    return answer.rpartition(" ")[2]
