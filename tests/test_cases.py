"""Whole mails through the real server: who gets them, who hears of it, and that nothing of them shows anywhere.

Each folder below `cases/` is one mail with what must come of it (see `tests.whole_mails`).  All cases of one policy
setting share one running gateway.
"""

from __future__ import annotations

import contextlib
import io
import json
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.cli import application
from gateway.cli.common import run_app
from gateway.config import load as load_settings
from gateway.store.installation import open_store
from tests import whole_mails
from tests.running import Gateway
from tests.sink import Sink, Taken, wait_for
from tests.talking import Talk, letter, stuffed
from tests.whole_mails import Case

SETTINGS = {
    "hold": "",
    "whole": 'mixed = "whole"',
    "reject": 'on_finding = "reject"',
    "monitor": 'on_finding = "monitor"',
    "observe": 'unregistered = "observe"',
    "everyone": 'unreadable = "everyone"',
    "never": 'unreadable = "never"',
    "monitored": 'monitored = ["banner"]',
}
CASES = whole_mails.load(datetime.now(UTC))
INCIDENT_KEYS = ["ref", "state", "received_at", "publications", "findings", "sender", "recipients", "alert"]
OURS = b"[embargo-gateway]"


class Office:
    """One gateway under one setting, with its sink, and every case of that setting in its register."""

    def __init__(self, folder: Path, setting: str) -> None:
        self.sink = Sink()
        self.scratch, self.temporary, self.home = (folder / name for name in ("scratch", "tmp", "home"))
        for each in (self.scratch, self.temporary, self.home):
            each.mkdir(parents=True)
        extra = f'group_within = "100ms"\n[policy]\n{SETTINGS[setting]}'
        self.gateway = Gateway(self.home, self.sink.port, extra=extra, workers=2 if setting == "hold" else 1)
        settings = load_settings(self.gateway.config)
        database, keys = open_store(settings.store.url, settings.store.key_folder)
        for case in CASES:
            if case.setting == setting:
                case.register(database, keys, self.scratch)
        database.close()
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("TMPDIR", str(self.temporary))
            self.gateway.start()
        self._meet_next_hop()

    def _meet_next_hop(self) -> None:
        """What the next hop offers is offered to clients once it was met."""
        self.deliver("", ["warm@up.example"], letter("warm"))
        assert wait_for(lambda: "SMTPUTF8" in self._greeting())

    def _greeting(self) -> str:
        talk = Talk(self.gateway.port, greet=False)
        talk.reply()
        words = talk.ask("EHLO client.example")
        talk.quit()
        return words

    def stop(self) -> int:
        """End it; its exit status."""
        try:
            return self.gateway.stop()
        finally:
            self.sink.close()

    def deliver(self, sender: str, recipients: list[str], content: bytes) -> str:
        """Send a mail as a client would; the reply to its final dot."""
        utf8 = "" if "".join([sender, *recipients]).isascii() else " SMTPUTF8"
        talk = Talk(self.gateway.port)
        commands = [f"MAIL FROM:<{sender}>{utf8}", *(f"RCPT TO:<{one}>" for one in recipients), "DATA"]
        replies = [talk.ask(command)[:1] for command in commands]
        assert replies == [*["2"] * (len(commands) - 1), "3"]
        talk.send(stuffed(content) + (b".\r\n" if content.endswith(b"\r\n") or not content else b"\r\n.\r\n"))
        reply = talk.reply()
        talk.quit()
        return reply

    def command(self, *words: str) -> list[dict[str, Any]]:
        """The JSON lines of one command, called in this process: starting one for each case would take minutes."""
        out = io.StringIO()
        arguments = [*words, "--config", str(self.gateway.config), "--json"]
        with contextlib.redirect_stdout(out):
            assert run_app(application(arguments), arguments) == 0
        return [json.loads(line) for line in out.getvalue().splitlines()]

    def scan(self, case: Case) -> dict[str, Any]:
        """What `scan` says about a case with the same envelope."""
        path = self.scratch / f"{case.number}.eml"
        path.write_bytes(case.content)
        people = [word for one in case.recipients for word in ("--recipient", one)]
        (record,) = self.command("scan", str(path), "--sender", case.sender or "<>", *people)
        return record

    def copies(self, case: Case) -> list[Taken]:
        """What the sink has of the mail itself."""
        return [mail for mail in self.sink.mails if OURS not in mail.content and _about(mail, case)]

    def letters(self, case: Case, ref: str = "") -> list[Taken]:
        """What the gateway wrote about it, by reference, or to people of the case."""
        ours = [mail for mail in self.sink.mails if OURS in mail.content]
        return [mail for mail in ours if (ref.encode() in mail.content if ref else _about(mail, case))]

    def traces(self, case: Case, word: str) -> Iterator[str]:
        """Every place where a word shows: letters, log, metrics, the store's bytes, files and their names."""
        with urllib.request.urlopen(
            f"http://127.0.0.1:{self.gateway.metrics_port}/metrics", timeout=30
        ) as answer:
            places = {"metrics": answer.read(), "log": "\n".join(self.gateway.log).encode()}
        for path in (*self.home.rglob("*"), *self.temporary.rglob("*")):
            with contextlib.suppress(OSError):
                places[str(path)] = str(path).encode() + (path.read_bytes() if path.is_file() else b"")
        places |= {f"letter to {mail.recipients}": mail.content for mail in self.letters(case)}
        yield from (name for name, data in places.items() if word.encode() in data.lower())


def _about(mail: Taken, case: Case) -> bool:
    return any(f"c{case.number:02}.example" in one.lower() for one in mail.recipients)


Offices = Callable[[str], Office]


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offices]:
    """The gateway of a setting, started when the first case asks for it."""
    open_: dict[str, Office] = {}

    def office(setting: str) -> Office:
        if setting not in open_:
            open_[setting] = Office(tmp_path_factory.mktemp(setting), setting)
        return open_[setting]

    yield office
    assert [0] * len(open_) == [one.stop() for one in open_.values()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(offices: Offices, case: Case) -> None:
    """The mail goes to whom it may, waits for whom it may not, and nothing of it shows anywhere else."""
    office, expected = offices(case.setting), case.expected
    reply = office.deliver(case.sender, case.recipients, case.content)
    assert reply.startswith(expected.reply), reply
    assert [] == [said for said in expected.reply_says if said not in reply]
    assert case.canary not in reply
    check_copies(office, case)
    if expected.states:
        check_incident(office, case, reply)
    else:
        mine = [one for one in office.command("incident", "list") if _of(one, case)]
        assert ([], []) == (mine, office.letters(case))
    assert [] == list(office.traces(case, case.canary))
    check_scan(office.scan(case), case)


def _of(incident: dict[str, Any], case: Case) -> bool:
    return any(f"c{case.number:02}.example" in one["address"] for one in incident["recipients"])


def check_incident(office: Office, case: Case, reply: str) -> None:
    """Its incident says what it must, and everybody who must hear of it does."""
    expected = case.expected
    mine = wait_for(lambda: _settled(office, case)) or _incident(office, case)
    assert INCIDENT_KEYS == list(mine)
    assert mine["ref"] in reply or expected.reply == "250 2.0.0 Ok"
    assert "sent" == mine["alert"]
    assert dict(expected.states) == {one["address"]: one["state"] for one in mine["recipients"]}
    assert (case.sender or None) == mine["sender"]
    assert list(expected.publications) == [one or "unregistered" for one in mine["publications"]]
    assert list(expected.findings) == [f"{one['rule']} {one['part']}" for one in mine["findings"]]
    letters = wait_for(lambda: _all_there(office.letters(case, mine["ref"]), expected.letters)) or []
    assert sorted(expected.letters) == sorted(one for mail in letters for one in mail.recipients)
    check_alert(next(mail for mail in letters if expected.letters[0] in mail.recipients), case)


def _incident(office: Office, case: Case) -> dict[str, Any]:
    (mine,) = [one for one in office.command("incident", "list") if _of(one, case)]
    return mine


def _settled(office: Office, case: Case) -> dict[str, Any] | None:
    """Its incident once nothing of it is under way."""
    mine = _incident(office, case)
    under_way = mine["alert"] == "owed" or any(one["state"] == "releasing" for one in mine["recipients"])
    return None if under_way else mine


def _all_there(letters: list[Taken], addresses: Any) -> list[Taken] | None:
    return letters if len(letters) >= len(addresses) else None


def check_alert(alert: Taken, case: Case) -> None:
    """The alert says what it must, in its first line what matters most."""
    text = alert.content.partition(b"\r\n\r\n")[2].decode()
    assert text.startswith(case.expected.alert_first), text
    for said in case.expected.alert_says:
        assert said in text, text


def check_copies(office: Office, case: Case) -> None:
    """Exactly the expected people have the mail, byte for byte below our one line."""
    people = sorted(case.expected.sink)
    wait_for(lambda: len([one for mail in office.copies(case) for one in mail.recipients]) >= len(people))
    copies = office.copies(case)
    assert people == sorted(one for mail in copies for one in mail.recipients)
    sent = case.content if case.content.endswith(b"\r\n") or not case.content else case.content + b"\r\n"
    for mail in copies:
        assert mail.content.endswith(sent)
        added = mail.content[: len(mail.content) - len(sent)]
        first, *folded = added.rstrip(b"\r\n").split(b"\r\n")
        assert first.startswith(b"Received: from ")
        assert all(line.startswith(b"\t") for line in folded)


def check_scan(record: dict[str, Any], case: Case) -> None:
    """`scan` on the same mail says what the server did."""
    expected = case.expected
    assert expected.disposition == record["disposition"]
    assert list(expected.ineligible) == record["ineligible"]
    assert [one for one in expected.publications if one != "unregistered"] == record["publications"]
    if expected.states:
        assert list(expected.findings) == [f"{one['rule']} {one['part']}" for one in record["findings"]]


def test_every_setting_has_cases() -> None:
    """No setting is started for nothing, and no case names one that is not there."""
    assert set(SETTINGS) == {case.setting for case in CASES}
    assert len(CASES) == len({case.number for case in CASES})


def test_the_search_finds_what_is_there(offices: Offices) -> None:
    """The search for canaries sees the store's bytes and the metrics: a publication's id is in both."""
    case = CASES[0]
    office = offices(case.setting)
    (id_,) = case.moments
    places = " ".join(office.traces(case, id_))
    assert "store.db" in places
    assert "metrics" in places
