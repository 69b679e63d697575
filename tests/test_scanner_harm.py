"""What a document may make a scanner do: each is ended, the mail deferred or named, and other mail goes on (Z23)."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.pace import slowness
from tests.running import Gateway
from tests.sink import Sink
from tests.talking import letter, planned
from tests.test_failures import LEAD, OUTSIDER, send, with_attachment

HELD, DEFERRED = "250 2.0.0 Held", "451 4.3.0"
ENDS = {
    "spin": [HELD],
    "hog": [HELD],
    "crash": [DEFERRED, DEFERRED, HELD],
    "write": [DEFERRED, DEFERRED, HELD],
    "fork": [HELD],
}
"""Answers to one mail and its resends: a deadline and a limit name the content, a lost scanner does the third time."""


@pytest.mark.long
@pytest.mark.parametrize("harm", ENDS)
def test_a_harmful_document_ends_and_other_mail_goes_on(tmp_path: Path, harm: str) -> None:
    """While a scanner is harmed ordinary mail is relayed at once; afterwards documents are read as before."""
    sink = Sink()
    gateway = Gateway(tmp_path, sink.port)
    flag = gateway.plan("gateway.scanner.message.extract", "before", harm)
    gateway.call("publication", "add", "cla-2018", "--title", "Children looked after", "--publishes-at",
                 planned().isoformat(), "--lead", LEAD)  # fmt: skip
    gateway.call(
        "access", "grant", "cla-2018", "sender@policy.example", "--kind", "production", "--reason", "makes it"
    )
    gateway.start()
    try:
        workers = gateway.children("worker")
        flag.touch()
        content = with_attachment("report.rtf", rb"{\rtf1 words}")
        for expected in ENDS[harm]:
            with ThreadPoolExecutor(1) as others:
                hostile = others.submit(send, gateway, content)
                time.sleep(0.2)
                began = time.monotonic()
                assert send(gateway, letter(f"ordinary {began}"))[:3] == "250"
                assert time.monotonic() - began < 5 * slowness()
                assert hostile.result(60).startswith(expected)
        flag.unlink()
        assert send(gateway, with_attachment("other.rtf", rb"{\rtf1 other words}"))[:5] == "250 2"
        assert [] == [line for line in gateway.log if "Traceback" in line]
        assert set(workers) == set(gateway.children("worker"))
        assert len(sink.to(OUTSIDER)) == len(ENDS[harm]) + 1
    finally:
        gateway.stop()
        sink.close()
