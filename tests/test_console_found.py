"""What was found, in plain words: on the page, in the alert and on the command line; never a word of the mail."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway import metrics
from gateway.cli import application
from gateway.cli.common import run_app
from gateway.console.found import found
from gateway.letters.alert import alert
from gateway.letters.remarks import of_hints
from gateway.model import Detector, Disposition, Finding, Hint, Reason, Recipient
from gateway.pipeline import _count_incident
from gateway.store import incidents
from gateway.store.database import Database
from gateway.store.incidents import Fingerprint
from gateway.store.installation import open_store
from gateway.store.keys import Keys
from tests import filed, stores
from tests.test_letters_alert import at, words

HINTS = (Hint("cla-2018", "header"), Hint("cla-2018", "2/1"))


def hinted(database: Database, keys: Keys) -> None:
    """An incident with hints, recorded as the pipeline does."""
    held = [(Recipient(filed.OUTSIDER), Disposition.HOLD)]
    decision = replace(filed.decision(held), hints=HINTS)
    mail = filed.mail([one for one, _ in held])
    incidents.record(
        database, keys, mail, decision, Fingerprint(b"m", b"c"), "HINT2345", filed.NOW, filed.FALLBACK
    )


def test_sentences_come_with_their_places_and_hints_last() -> None:
    """Each rule's sentence once; a header is said in words; what could not be read says why."""
    incident = replace(
        filed.example(),
        findings=(
            Finding("embargo-banner", Detector.BANNER, "1", "cla-2018"),
            Finding("embargo-banner", Detector.BANNER, "header", "cla-2018"),
            Finding("unreadable-content", Detector.UNREADABLE, "2", reason=Reason.ENCRYPTED),
        ),
        hints=HINTS,
    )
    header = "in its subject or another header line"
    assert (
        ("It says so.", ("in part 1", header)),
        ("Rule unreadable-content.", ("in part 2: it is encrypted",)),
        ("A direction word stands beside the title of Children.", (header, "in part 2/1")),
    ) == found(incident, {"embargo-banner": "It says so."}, lambda _key: "Children")


def test_the_alert_tells_the_place_and_no_more() -> None:
    """Its reader may not be on the list."""
    text = words(alert(replace(filed.example(), hints=HINTS), at()))
    assert "a direction word stands beside the title of cla-2018, part 2/1" in text
    assert not list(of_hints(filed.example()))


def test_a_hint_is_kept_with_its_incident_and_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a fact beside the findings, for people and for programs; the list's line is as it was."""
    (tmp_path / "gateway.toml").write_text(f'[store]\nurl = "sqlite:///{tmp_path}/store.db"\n')
    stores.place(tmp_path)
    database, keys = open_store(f"sqlite:///{tmp_path}/store.db", tmp_path / "keys")
    filed.register_publication(database, keys, planned=datetime(2099, 3, 28, 8, 30, tzinfo=UTC))
    hinted(database, keys)

    assert HINTS == filed.found(database, "HINT2345").hints
    database.close()
    told = []
    for arguments in (["show"], ["show", "--json"], ["list", "--json"]):
        ref = ["HINT2345"] if arguments[0] == "show" else []
        called = ["incident", *arguments, *ref, "--config", str(tmp_path / "gateway.toml")]
        assert 0 == run_app(application(called), called)
        told.append(capsys.readouterr().out)
    assert "Hint        a direction word stands beside the title of cla-2018, part header" in told[0]
    assert {"publication": "cla-2018", "part": "2/1"} in json.loads(told[1])["hints"]
    assert "hints" not in json.loads(told[2])


def test_an_incident_with_hints_is_counted_once_a_publication() -> None:
    """However many parts have one; the series is there before the first."""
    metrics.born(["hinted-2018"])
    decision = replace(filed.decision([]), hints=(Hint("hinted-2018", "1"), Hint("hinted-2018", "2")))
    assert 0 == _value("hinted-2018")
    _count_incident(decision)
    assert 1 == _value("hinted-2018")


def _value(publication: str) -> float | None:
    labels = {"publication": publication}
    return metrics.METRICS.get_sample_value("embargo_gateway_hints_total", labels)
