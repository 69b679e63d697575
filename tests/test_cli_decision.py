"""`incident at-live | false-alarm | exemptions`, and what release and discard can do beside: as people call them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.cli import application
from gateway.cli.common import run_app
from gateway.model import Detector, Finding
from gateway.store import decisions, grants
from gateway.store.tables import LETTERS
from tests.filed import NOW, OUTSIDER
from tests.held import Held, held_store

TRACED = Finding("embargo-banner", Detector.BANNER, "1", trace=b"t" * 16)


class Line:
    """A configured command line with a store behind it."""

    def __init__(self, held: Held, folder: Path) -> None:
        self.held = held
        self.config = folder / "gateway.toml"
        self.config.write_text(f'[store]\nurl = "{held.database.url}"\nkeys = "{folder}/keys"\n')
        self.capture: pytest.CaptureFixture[str]

    def run(self, word: str, *arguments: str) -> tuple[int, str, str]:
        """Exit status, standard output and standard error of one command."""
        called = ["incident", word, "--config", str(self.config), *arguments]
        self.capture.readouterr()
        status = run_app(application(called), called)
        said = self.capture.readouterr()
        return status, said.out, said.err

    def json(self, word: str, *arguments: str) -> dict[str, Any]:
        """What one command prints with `--json`."""
        status, out, err = self.run(word, "--json", *arguments)
        assert (0, "") == (status, err)
        record: dict[str, Any] = json.loads(out)
        return record


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """One store for all."""
    folder = tmp_path_factory.mktemp("line")
    with held_store(folder) as held:
        yield Line(held, folder)


@pytest.fixture
def line(shared: Line, capsys: pytest.CaptureFixture[str]) -> Line:
    """A command line whose output is seen."""
    shared.capture = capsys
    return shared


def mail(line: Line, **facts: Any) -> tuple[str, str]:
    """A publication still to come and a mail that is held for it: id and reference."""
    one = line.held.publication(planned=datetime(2099, 3, 28, 8, 30, tzinfo=UTC))
    return one, line.held.mail({OUTSIDER: (one,)}, **facts)


def test_show_who_has_said_what(line: Line) -> None:
    """`show` has each word of each lead, and whose is missing."""
    one, ref = mail(line)
    two = line.held.publication()
    ref = line.held.mail({OUTSIDER: (one, two)})
    decisions.release(
        line.held.database, ref, None, "why", "anna", NOW, lambda *_: False, on_behalf=frozenset({one})
    )

    status, out, _ = line.run("show", ref)
    shown = line.json("show", ref)

    assert 0 == status
    assert f"release for {one} by anna on Monday 26 March 2018 11:39 BST (why)" in out
    assert f"Waits for   the lead of {two}" in out
    assert [two] == shown["waiting_for"]
    assert [
        {"publication": one, "verb": "release", "by": "anna", "at": NOW.isoformat(), "reason": "why"}
    ] == shown["recipients"][0]["consents"]


def test_discard_with_a_message(line: Line) -> None:
    """The sender reads what `--message` says."""
    _, ref = mail(line)

    assert "discarded" == line.json("discard", "--message", "Ask the desk.", ref)["state"]

    facts = [row["facts"] for row in line.held.rows(LETTERS, ref) if row["kind"] == "discarded"]
    assert ["Ask the desk."] == [each["message"] for each in facts]


def test_grant_and_release(line: Line) -> None:
    """`--grant` gives access with the reason and the date of the declaration, and releases."""
    one, ref = mail(line)

    done = line.json(
        "release", ref, "--grant", "--kind", "production", "--reason", "checks it", "--declared", "2018-03-20"
    )

    assert ("releasing", [OUTSIDER], []) == (done["state"], done["leaving"], done["without_grant"])
    given = [g for g in grants.listed(line.held.database, one) if g.address == OUTSIDER]
    assert [("checks it", date(2018, 3, 20))] == [(g.reason, g.declared_on) for g in given]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        pytest.param(("--grant",), "--reason: must not be empty", id="no-reason"),
        pytest.param(
            ("--grant", "--reason", "x", "--declared", "soon"), "--declared: 'soon' is no date", id="date"
        ),
    ],
)
def test_a_wrong_call(line: Line, arguments: tuple[str, ...], problem: str) -> None:
    """What cannot be understood is named, and nothing is done."""
    _, ref = mail(line)

    status, _, err = line.run("release", ref, *arguments)

    assert 2 == status
    assert problem in err
    assert {OUTSIDER: "held"} == line.held.state(ref)


def test_at_live(line: Line) -> None:
    """A plan is told with what it waits for; another than the two words is refused."""
    one, ref = mail(line)

    done = line.json("at-live", ref, "send")

    assert ("held", [one]) == (done["state"], done["until_live"])
    assert f"waits until {one} is live" in line.run("at-live", ref, "drop")[1]
    assert 2 == line.run("at-live", ref, "release")[0]
    assert 1 == line.run("at-live", ref, "drop")[0]


def test_false_alarm(line: Line) -> None:
    """A false alarm says what was remembered; it is listed and can be forgotten."""
    _, empty = mail(line)
    ref = line.held.mail({OUTSIDER: (None,)}, findings=[TRACED])

    assert (
        "remembered as a false alarm: 1 piece of evidence"
        in line.run("false-alarm", ref, "--reason", "course")[1]
    )
    assert "nothing could be remembered" in line.run("false-alarm", empty, "--reason", "course")[1]
    assert 2 == line.run("false-alarm", ref, "--reason", " ")[0]

    listed = line.json("exemptions")
    assert (None, "banner", ref) == (listed["publication"], listed["detector"], listed["incident"])
    assert "unregistered" in line.run("exemptions")[1]
    assert (0, f"{listed['id']}: counts again\n", "") == line.run("exemptions", "--forget", str(listed["id"]))
    assert (0, "", "") == line.run("exemptions")
    assert (1, "", "99: no such exemption\n") == line.run("exemptions", "--forget", "99")
