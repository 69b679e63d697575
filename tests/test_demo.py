"""The demo: the origin case with a real gateway, a real next hop and the real commands."""

from __future__ import annotations

import os
import smtplib
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.cli import application
from gateway.cli.common import run_app
from gateway.demo import material, site
from gateway.demo.sink import Sink

ROOT = Path(__file__).parent.parent
COMMAND = [sys.executable, "-c", "from gateway.cli import main; main()", "demo"]
STEPS = 14


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder of our own with a short name: the path of a Unix socket has 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="e") as name:
        yield Path(name)


def environment(folder: Path) -> dict[str, str]:
    """The demo's temporary files lie in `folder`, its table is wide."""
    return {**os.environ, "TMPDIR": str(folder), "COLUMNS": "200", "PYTHONPATH": str(ROOT)}


def verdicts(table: str) -> list[str]:
    """The last column of the table."""
    rows = [line.split() for line in table.splitlines() if line[:8].strip()[:2].strip().isdigit()]
    return [row[-1] for row in rows]


@pytest.mark.long
@pytest.mark.timeout(600)
def test_every_step_goes_as_told(folder: Path) -> None:
    """`demo --once` tells the whole story, ends with 0 and leaves nothing behind."""
    done = subprocess.run(
        [*COMMAND, "--once"],
        env=environment(folder),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert (0, "") == (done.returncode, done.stderr), done.stdout
    assert ["ok"] * STEPS == verdicts(done.stdout)
    assert "6 held, 1 delivered" in done.stdout
    assert "2 blocked attempts" in done.stdout
    assert [] == os.listdir(folder)


@pytest.mark.long
@pytest.mark.timeout(600)
def test_it_stays_up_to_be_tried(folder: Path) -> None:
    """Without --once the gateway goes on serving where it says, until it is ended; then all is gone."""
    with subprocess.Popen(
        COMMAND, env=environment(folder), cwd=folder, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            words = invitation(process)
            with urllib.request.urlopen(words["metrics"], timeout=10) as answer:
                assert b'disposition="hold",publication="children-looked-after"} 2.0' in answer.read()
            host, _, port = words["SMTP"].rpartition(":")
            with smtplib.SMTP(host, int(port), timeout=20) as client:
                client.sendmail("a@stats.example", ["b@policy.example"], b"Subject: x\r\n\r\nHello\r\n")
        finally:
            process.terminate()
        assert 0 == process.wait(60)
    assert [] == os.listdir(folder)
    with pytest.raises(OSError, match="refused"):
        smtplib.SMTP("127.0.0.1", int(port), timeout=5)


def invitation(process: subprocess.Popen[str]) -> dict[str, str]:
    """The first words of the lines that a running demo prints, each with the word after it."""
    assert process.stdout is not None
    words: dict[str, str] = {}
    for line in process.stdout:
        name, _, rest = line.strip().partition(" ")
        words.setdefault(name, rest.split()[0] if rest.split() else "")
        if name == "curl":
            return words
    pytest.fail("the demo ended without an invitation")


def test_a_step_that_fails_is_told(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A command that does not do its work is a NOT in the table and status 1; the story ends there."""
    monkeypatch.setattr(site, "_COMMAND", ("false",))
    assert 1 == run_app(application(["demo"]), ["demo", "--once"])
    output = capfd.readouterr().out
    assert ["NOT"] == verdicts(output)
    assert "NOT every step went as told." in output


@given(st.datetimes(datetime(2018, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)))
@example(datetime(2018, 3, 28, 8, 29, 59, tzinfo=UTC))
@example(datetime(2018, 3, 23, 9, 31, tzinfo=UTC))
def test_it_works_on_any_day(now: datetime) -> None:
    """The planned time is a weekday's 9:30 in London, at least an hour ahead and at most five days."""
    planned = material.planned_time(now)
    assert (9, 30) == (planned.hour, planned.minute)
    assert planned.weekday() < 5
    assert timedelta(hours=1) < planned - now < timedelta(days=4)


def test_the_banner_is_the_departments() -> None:
    """The wording and the form of the date are those of 28 March 2018."""
    planned = datetime(2018, 3, 28, 9, 30, tzinfo=material.LONDON)
    assert "RESTRICTED UNTIL PUBLISHED AT 9:30AM ON WEDNESDAY 28 MARCH 2018" == material.banner(planned)


def test_the_forward_is_the_origin_case(tmp_path: Path) -> None:
    """Seven recipients of whom one is on the list, the documents attached as they are."""
    planned = material.planned_time(datetime.now(UTC))
    attached = (tmp_path / "a.docx", tmp_path / "b.xlsx")
    material.write_report(attached[0], planned)
    material.write_tables(attached[1])
    forward = material.forward(planned, attached)
    listed = {person[0] for person in material.LISTED}
    assert (7, 1) == (len(forward.recipients), len(listed & set(forward.recipients)))
    parts = message_from_bytes(forward.content, policy=default).iter_attachments()
    assert [path.read_bytes() for path in attached] == [part.get_content() for part in parts]


def test_the_sink_keeps_what_it_gets(tmp_path: Path) -> None:
    """A mail that reaches the sink is there at once, for each recipient, with its very bytes."""
    sink = Sink(tmp_path / "arrived")
    content = b"Subject: x\r\n\r\n.dot\r\n"
    with smtplib.SMTP("127.0.0.1", sink.port, timeout=10) as client:
        client.sendmail("a@stats.example", ["b@policy.example", "c@policy.example"], content)
    (arrived,) = sink.all()
    assert (("b@policy.example", "c@policy.example"), content) == (arrived.recipients, arrived.content)
    assert arrived is sink.wait(lambda mail: True, 0)
    assert sink.wait(lambda mail: False, 0.01) is None
    sink.close()
