"""Webhooks to a real HTTP server: owed with the incident, tried again like mail, and their URL is nowhere."""

from __future__ import annotations

import asyncio
import logging
import shutil
import sys
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import select

from gateway import log, metrics, webhooks
from gateway.config import Settings, parse
from gateway.model import Disposition
from gateway.store import decisions, escalations, letters
from gateway.store.escalations import Patience
from gateway.store.installation import open_store
from gateway.store.tables import LETTERS
from gateway.webhooks import Webhooks
from tests.channel import SECRET_PATH, Channel
from tests.filed import FALLBACK, MINUTE, NOW, SECRET, file, register_publication

HOUR = timedelta(hours=1)
SETTINGS = """
[alerts]
fallback = ["head@stats.example"]
[alerts.webhooks.desk]
url = "{url}"
shape = "{shape}"
[console]
url = "https://embargo.stats.example"
"""


class Office:
    """A store with a publication, and one channel that hears of it."""

    def __init__(self, folder: Path, channel: Channel) -> None:
        self.database, self.keys = open_store(f"sqlite:///{folder}/store.db", folder / "keys")
        self.channel = channel
        self.settings: Settings = parse(SETTINGS.format(url=channel.url, shape="json"))

    def file(self, ref: str = "HOLD2345", **how: Any) -> None:
        """An incident of which the channel hears."""
        file(self.database, self.keys, ref, webhooks=("desk",), **how)

    def round(self, now: datetime = NOW) -> datetime | None:
        """One round; when to come back."""

        async def once() -> datetime | None:
            return await Webhooks(self.database, self.settings).run_once(now)

        return asyncio.run(once())

    def states(self) -> list[str]:
        """The states of all letters to channels, in order."""
        return [row.state for row in self.rows()]

    def rows(self) -> list[Any]:
        """The letters to channels."""
        with self.database.read() as connection:
            query = select(LETTERS).where(LETTERS.c.kind == "webhook").order_by(LETTERS.c.id)
            return list(connection.execute(query))


@pytest.fixture(scope="module")
def server() -> Iterator[Channel]:
    """The channel's server."""
    made = Channel()
    yield made
    made.close()


@pytest.fixture
def channel(server: Channel) -> Channel:
    """The channel, empty again."""
    server.posted.clear()
    server.answers.clear()
    return server


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store with a publication, to be copied."""
    folder = tmp_path_factory.mktemp("filled")
    database, keys = open_store(f"sqlite:///{folder}/store.db", folder / "keys")
    register_publication(database, keys)
    database.close()
    return folder


@pytest.fixture
def office(filled: Path, tmp_path: Path, channel: Channel) -> Iterator[Office]:
    """An office of its own for each test."""
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    made = Office(tmp_path, channel)
    yield made
    made.database.close()


def test_a_channel_hears_of_an_incident(office: Office) -> None:
    """One POST of JSON to the URL, once; then it is sent."""
    office.file()
    office.round()
    office.round(NOW + HOUR)

    (posted,) = office.channel.posted
    assert SECRET_PATH == posted.path
    assert "application/json; charset=utf-8" == posted.headers["Content-Type"]
    assert ("HOLD2345", "held") == (posted.body["reference"], posted.body["disposition"])
    assert "https://embargo.stats.example/incidents/HOLD2345" == posted.body["link"]
    assert ["sent"] == office.states()


@pytest.mark.parametrize(
    ("how", "word"),
    [({"kind": Disposition.REJECT}, "refused"), ({"kind": Disposition.RELAY, "observed": True}, "sent")],
)
def test_every_kind_of_incident(office: Office, how: dict[str, Any], word: str) -> None:
    """Of refused and of observed mail a channel hears too."""
    office.file(**how)
    office.round()
    assert word == office.channel.posted[0].body["disposition"]


def test_owed_with_the_incident(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the incident cannot be recorded nothing is owed; a resend of the same mail owes nothing more."""

    def broken(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr("gateway.store.incidents.audit.append", broken)
        with pytest.raises(RuntimeError):
            office.file()
    assert [] == office.states()
    office.file(fingerprint=b"same")
    office.file("HOLD9999", fingerprint=b"same")
    assert ["owed"] == office.states()


@pytest.mark.parametrize("answer", [500, 429, "close"])
def test_tried_again(office: Office, answer: Any) -> None:
    """After a passing failure it comes again with back-off, and arrives."""
    office.channel.answers[:] = [answer, answer]
    office.file()

    assert NOW + timedelta(seconds=5) == office.round()
    assert NOW + timedelta(seconds=20) == office.round(NOW + timedelta(seconds=5))
    assert office.round(NOW + timedelta(seconds=20)) is None
    assert 3 == len(office.channel.posted)
    assert ["sent"] == office.states()


def test_nobody_there(office: Office) -> None:
    """Where nobody listens it is owed, and tried for a day."""
    office.settings = parse(SETTINGS.format(url="http://127.0.0.1:9/secret", shape="json"))
    office.file()

    assert NOW + timedelta(seconds=5) == office.round()
    assert ["owed"] == office.states()
    office.round(NOW + 24 * HOUR)
    assert ["undeliverable"] == office.states()


@pytest.mark.parametrize("answer", [400, 404, (301, {"Location": "http://127.0.0.1:9/x"})])
def test_given_up(office: Office, answer: Any) -> None:
    """What will never be taken, and a way elsewhere, is given up at once, counted, and followed nowhere."""
    before = metrics.ERRORS.labels("webhook")._value.get()
    office.channel.answers[:] = [answer]
    office.file()

    assert office.round() is None
    assert ["undeliverable"] == office.states()
    assert 1 == len(office.channel.posted)
    assert before + 1 == metrics.ERRORS.labels("webhook")._value.get()


def test_a_way_elsewhere_is_not_followed(office: Office) -> None:
    """A redirect to a server that would answer is not followed: it might be anybody's."""
    office.channel.answers[:] = [(307, {"Location": office.channel.url}), 200]
    office.file()
    office.round()
    assert 1 == len(office.channel.posted)


def test_it_hangs(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that takes the mail and says nothing is a failure after its time, and does not keep the next one."""
    monkeypatch.setattr(webhooks, "_PATIENCE", 1.0)
    office.channel.answers[:] = ["hang"]
    office.file()

    assert NOW + timedelta(seconds=5) == office.round()
    assert ["no answer"] == [row.last_code for row in office.rows()]
    # The next is asked with the office's own patience: a busy machine is not a server that hangs.
    monkeypatch.undo()
    office.round(NOW + timedelta(seconds=5))
    assert ["sent"] == office.states()


@pytest.mark.parametrize(
    ("asked", "pause"),
    [("120", 120), ("1", 5), ("86400", 900), ("²", 5)],
)
def test_retry_after(office: Office, asked: str, pause: int) -> None:
    """A server that asks for patience gets it, up to a quarter of an hour."""
    office.channel.answers[:] = [(429, {"Retry-After": asked.encode().decode("latin-1")})]
    office.file()
    assert NOW + timedelta(seconds=pause) == office.round()


def test_a_storm_is_one_message(office: Office) -> None:
    """What comes within a minute of a message goes as one that names every incident."""
    office.file("HOLD0000")
    office.round()
    for number in range(1, 31):
        office.file(f"HOLD{number:04}", now=NOW + timedelta(seconds=number))
    assert NOW + MINUTE == office.round(NOW + timedelta(seconds=31))
    office.round(NOW + MINUTE)

    first, storm = office.channel.posted
    assert "incident" == first.body["event"]
    assert [f"HOLD{number:04}" for number in range(1, 31)] == [
        one["reference"] for one in storm.body["incidents"]
    ]


def test_what_was_decided_lapses(office: Office) -> None:
    """Of what was decided before its message went out nothing is said."""
    office.file()
    decisions.discard(office.database, "HOLD2345", "", "lead", NOW)
    office.round()

    assert [] == office.channel.posted
    assert ["lapsed"] == office.states()


def test_escalations_are_told(office: Office) -> None:
    """When deputies and fallback are asked the channel hears of each step once."""
    patience = Patience(10 * MINUTE, 30 * MINUTE, FALLBACK, ("desk",))
    office.file()
    for minutes in (0, 10, 20, 30, 40):
        now = NOW + minutes * MINUTE
        escalations.escalate(office.database, patience, now)
        office.round(now)

    assert [0, 1, 2] == [one.body["escalation"] for one in office.channel.posted]


def test_two_offices(office: Office) -> None:
    """Two offices on one store say it once."""

    async def both() -> None:
        offices = [Webhooks(office.database, office.settings) for _ in range(2)]
        await asyncio.gather(*(each.run_once(NOW) for each in offices))

    office.file()
    asyncio.run(both())
    assert 1 == len(office.channel.posted)


def test_a_channel_taken_out_of_the_settings(office: Office) -> None:
    """What is owed to a name that the settings do not know any more is given up."""
    office.file()
    office.settings = parse(SETTINGS.format(url=office.channel.url, shape="json").replace("desk", "other"))
    office.round()
    assert ["undeliverable"] == office.states()


def test_the_url_in_a_file(office: Office, tmp_path: Path) -> None:
    """The file is read for each POST: missing it is a failure that passes, and a new URL counts at once."""
    path = tmp_path / "url"
    text = SETTINGS.format(url="x", shape="slack").replace('url = "x"', f'url_file = "{path}"')
    office.settings = parse(text)
    office.file()

    office.round()
    assert ["no URL"] == [row.last_code for row in office.rows()]
    path.write_text("nonsense\n")
    office.round(NOW + timedelta(seconds=5))
    path.write_text(f"{office.channel.url}\n")
    office.round(NOW + timedelta(seconds=20))
    assert "Held: HOLD2345" == office.channel.posted[0].body["text"]
    assert ["sent"] == office.states()


def test_letters_by_mail_are_not_mixed_with_it(office: Office) -> None:
    """Who sends by mail does not see what is owed to channels, and the gauge of alerts does not count it."""
    office.file()
    assert {"alert", "notice"} == {letter.kind.value for letter in letters.due(office.database, NOW)}
    assert {"webhook"} == {letter.kind.value for letter in letters.due(office.database, NOW, webhooks=True)}
    assert 1 == letters.count_owed(office.database)


def test_a_predecessors_claims_end_at_the_start(office: Office) -> None:
    """Those on channels end, and no others: whoever sends by mail is at work beside."""
    office.file()
    for kind in (False, True):
        owed = [letter.id for letter in letters.due(office.database, NOW, webhooks=kind)]
        letters.claim(office.database, owed, "dead", NOW, NOW + timedelta(days=1))
        assert () == letters.due(office.database, NOW, webhooks=kind)
    Webhooks(office.database, office.settings)._forget()
    assert () == letters.due(office.database, NOW)
    office.round()
    assert ["sent"] == office.states()


@pytest.fixture
def finest_log(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every line that a process of the gateway can be told to write; undone afterwards."""
    for owner, name in ((sys, "excepthook"), (threading, "excepthook"), (sys, "unraisablehook")):
        monkeypatch.setattr(owner, name, getattr(owner, name))
    monkeypatch.setattr(logging, "raiseExceptions", True)
    monkeypatch.setattr(logging.root, "handlers", logging.root.handlers[:])
    level = logging.root.level
    log.configure("json", "debug")
    yield
    logging.root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()


@pytest.mark.usefixtures("finest_log")
def test_the_url_and_the_mail_are_nowhere(
    office: Office, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whatever the server answers, neither URL nor a word of the mail is in store, log, messages or settings shown."""
    answers = [500, "close", (301, {"Location": "http://127.0.0.1:9/elsewhere"}), 404, 200]
    for number, answer in enumerate(answers):
        office.channel.answers[:] = [answer]
        office.file(f"HOLD000{number}", now=NOW + number * HOUR)
        office.round(NOW + number * HOUR)

    logged = capfd.readouterr().err
    assert 5 == logged.count("alerts.webhooks.desk")
    stored = (tmp_path / "store.db").read_bytes().decode("latin-1")
    for text in (logged, stored, repr(office.settings), str(office.settings.alerts)):
        assert "canary-of-the-url" not in text
        assert f":{office.channel.port}" not in text
    for posted in office.channel.posted:
        assert SECRET not in str(posted.body)
