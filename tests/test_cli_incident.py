"""`incident list | show | release | discard` as people and outside checks call them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.cli import application
from gateway.cli.common import run_app
from gateway.incident import Standing
from gateway.model import Disposition
from gateway.store.database import Database
from gateway.store.installation import open_store
from gateway.store.keys import Keys
from tests import stores
from tests.filed import LEAD, LISTED, OUTSIDER, SECRET, SENDER, file, found, register_publication, standings


class Line:
    """A configured command line with a store behind it."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.config = folder / "gateway.toml"
        self.config.write_text(f'[store]\nurl = "sqlite:///{folder}/store.db"\n')
        self.database: Database
        self.keys: Keys
        stores.place(folder)
        self.database, self.keys = open_store(f"sqlite:///{folder}/store.db", folder / "keys")
        register_publication(self.database, self.keys, planned=datetime(2099, 3, 28, 8, 30, tzinfo=UTC))
        self._capture = capture

    def run(self, word: str, *arguments: str) -> tuple[int, str, str]:
        """Exit status, standard output and standard error of one command."""
        called = ["incident", word, "--config", str(self.config), *arguments]
        self._capture.readouterr()
        status = run_app(application(called), called)
        said = self._capture.readouterr()
        return status, said.out, said.err


@pytest.fixture
def line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Line]:
    """A command line."""
    made = Line(tmp_path, capsys)
    yield made
    made.database.close()


def test_list_json(line: Line) -> None:
    """One JSON line an incident, of exactly the contract's shape."""
    file(line.database, line.keys, held=[OUTSIDER], relayed=[LISTED])

    status, out, err = line.run("list", "--json")

    assert (0, "") == (status, err)
    expected: dict[str, Any] = {
        "ref": "HOLD2345",
        "state": "held",
        "received_at": "2018-03-26T10:39:00+00:00",
        "publications": ["cla-2018"],
        "findings": [
            {
                "rule": "embargo-banner",
                "detector": "banner",
                "publication": "cla-2018",
                "part": "1/1",
                "asks": "hold",
            }
        ],
        "sender": SENDER,
        "recipients": [{"address": OUTSIDER, "state": "held"}, {"address": LISTED, "state": "releasing"}],
        "alert": "owed",
    }
    assert [expected] == [json.loads(each) for each in out.splitlines()]


@pytest.mark.parametrize(
    ("state", "refs"), [("held", ["HOLD2345"]), ("rejected", ["REJECT01"]), ("released", [])]
)
def test_list_by_state(line: Line, state: str, refs: list[str]) -> None:
    """The list can be of one state."""
    file(line.database, line.keys)
    file(line.database, line.keys, "REJECT01", kind=Disposition.REJECT)

    status, out, _ = line.run("list", "--state", state, "--json")

    assert 0 == status
    assert refs == [json.loads(each)["ref"] for each in out.splitlines()]


def test_list_for_people(line: Line) -> None:
    """Without --json the list is a table; of nothing it is nothing."""
    assert (0, "", "") == line.run("list")
    file(line.database, line.keys, publications=(None,), sender=None)

    _, out, _ = line.run("list")

    for fact in ("HOLD2345", "held", "unregistered", "<>", "owed"):
        assert fact in out


def test_an_unknown_state(line: Line) -> None:
    """A state that does not exist is a wrong call."""
    status, _, err = line.run("list", "--state", "quarantined")

    assert 2 == status
    assert "quarantined" in err


def test_show(line: Line) -> None:
    """The page of an incident has its facts and nothing of the mail."""
    file(line.database, line.keys, held=[OUTSIDER], relayed=[LISTED])

    status, out, _ = line.run("show", "HOLD2345")

    assert 0 == status
    for fact in (
        "Children looked after (cla-2018)",
        LEAD,
        SENDER,
        f"{OUTSIDER}: held",
        "embargo-banner in part 1/1",
    ):
        assert fact in out
    assert SECRET not in out


def test_show_json(line: Line) -> None:
    """The page as JSON has what the list has, and how each recipient was decided about."""
    file(line.database, line.keys)
    line.run("release", "HOLD2345", "--reason", "asked")

    _, out, _ = line.run("show", "HOLD2345", "--json")

    (recipient,) = json.loads(out)["recipients"]
    assert ("releasing", True, "asked") == (
        recipient["state"],
        recipient["without_grant"],
        recipient["reason"],
    )


@pytest.mark.parametrize("word", ["show", "release", "discard"])
def test_no_such_incident(line: Line, word: str) -> None:
    """An unknown reference is said to be one; exit status 1."""
    assert (1, "", "NOSUCH12: no such incident\n") == line.run(word, "NOSUCH12")


def test_release(line: Line) -> None:
    """A release says for whom it is, and who had no grant; it is recorded with who made it."""
    file(line.database, line.keys, held=[OUTSIDER, LEAD])

    status, out, _ = line.run("release", "HOLD2345", "--reason", "agreed with the minister's office")

    assert 0 == status
    assert [
        f"HOLD2345: releasing for {OUTSIDER}, {LEAD}",
        f"HOLD2345: without a grant: {OUTSIDER}",
    ] == out.splitlines()
    one = found(line.database).recipients[0]
    assert one.decided_by is not None
    assert one.decided_by.startswith("cli:")
    assert "agreed with the minister's office" == one.reason


def test_release_to_some(line: Line) -> None:
    """--recipient names to whom, in any case, and may be repeated."""
    file(line.database, line.keys, held=["a@policy.example", "b@policy.example", "c@policy.example"])

    status, out, _ = line.run(
        "release", "HOLD2345", "--recipient", "A@Policy.Example", "--recipient", "c@policy.example", "--json"
    )

    assert 0 == status
    assert ["a@policy.example", "c@policy.example"] == json.loads(out)["recipients"]
    assert {
        "a@policy.example": "releasing",
        "b@policy.example": "held",
        "c@policy.example": "releasing",
    } == standings(line.database)


def test_release_to_a_stranger(line: Line) -> None:
    """A recipient who is not in the mail is an error, and nothing is released."""
    file(line.database, line.keys)

    status, out, err = line.run(
        "release", "HOLD2345", "--recipient", OUTSIDER, "--recipient", "x@policy.example"
    )

    assert (1, "") == (status, out)
    assert "HOLD2345: not a recipient of this mail: x@policy.example\n" == err
    assert {OUTSIDER: "held"} == standings(line.database)


@pytest.mark.parametrize("second", ["release", "discard"])
@pytest.mark.parametrize("first", ["release", "discard"])
def test_decided_already(line: Line, first: str, second: str) -> None:
    """Whoever comes second is told what was decided, and by whom; exit status 1."""
    file(line.database, line.keys)
    assert 0 == line.run(first, "HOLD2345")[0]

    status, out, err = line.run(second, "HOLD2345")

    assert (1, "") == (status, out)
    word = Standing.RELEASING if first == "release" else Standing.DISCARDED
    assert err.startswith(f"HOLD2345: not held: {OUTSIDER} is {word.value} by cli:")


def test_discard(line: Line) -> None:
    """A discard says for whom the mail was deleted."""
    file(line.database, line.keys)

    assert (0, f"HOLD2345: discarded for {OUTSIDER}\n", "") == line.run("discard", "HOLD2345")
    assert {OUTSIDER: "discarded"} == standings(line.database)


def test_addresses_cannot_draw_on_the_terminal(line: Line) -> None:
    """What is not printable ASCII in an address or a reason is escaped."""
    file(line.database, line.keys, held=["r\u202eevil@policy.example"])
    line.run("release", "HOLD2345", "--reason", "\x1b[2Jgone")

    _, out, _ = line.run("show", "HOLD2345")

    assert "\\u202e" in out
    assert "\x1b" not in out
