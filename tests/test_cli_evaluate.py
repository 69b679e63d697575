"""`evaluate` over a folder that the builder made of invented bulletins: registered, decided, counted, written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests import evaluation_folder
from tests.calling import Call, started
from tests.evaluation import invented


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folders of two editions of one bulletin and of another one, without LibreOffice."""
    source = invented.write(tmp_path_factory.mktemp("source"))
    out = tmp_path_factory.mktemp("built")
    evaluation_folder.main([str(source), str(out), "--plain", "--quick"])
    return out


@pytest.mark.long
def test_a_built_folder_is_evaluated(built: Path, tmp_path: Path) -> None:
    """Each kind of leak is counted, copies of documents and passages are found, ordinary mail is not held."""
    answer = started("evaluate", built / "all", "--out", tmp_path, "--json")
    assert (0, "") == (answer.code, answer.err)
    leaks = {record["leak"]: record for record in answer.records if "leak" in record}
    assert {
        "one-page",
        "one-sheet",
        "passage-12-to-24",
        "passage-25-and-more",
        "passage-every-eighth-word-changed",
        "press-facts-same",
        "press-lines",
        "table-column",
        "ten-cells",
        "thread-reply",
        "whole-document",
    } == set(leaks)
    for kind in ("whole-document", "passage-25-and-more", "thread-reply"):
        assert leaks[kind]["mails"] == leaks[kind]["found"], kind
    innocent = {record["innocent"]: record["held"] for record in answer.records if "innocent" in record}
    assert {"ordinary-office", "press-facts-near", "same-sender", "thread-moved-on"} == set(innocent)
    assert (0, 0) == (innocent["ordinary-office"], innocent["thread-moved-on"])
    assert 21 == sum("threshold" in record for record in answer.records)
    assert {"results.json", "results.md", "threshold.svg"} == {path.name for path in tmp_path.iterdir()}
    written = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert 3 == written["publications"]


@pytest.mark.long
def test_what_is_public_is_not_held(built: Path) -> None:
    """The edition before the registered one, quoted, where it was registered as public; tables for people."""
    answer = started("evaluate", built / "public-1")
    assert 0 == answer.code, answer.err
    assert ["previous-edition-public", "6", "0", "0", "%"] in [
        line.split() for line in answer.out.splitlines()
    ]
    assert (built / "public-1" / "results" / "results.md").is_file()


def test_the_same_seed_makes_the_same_mails(built: Path, tmp_path: Path) -> None:
    """Mails without documents are the same to the byte."""
    source = invented.write(tmp_path)
    evaluation_folder.main([str(source), str(tmp_path / "out"), "--plain", "--quick"])
    for kind in ("leaks/press-lines", "leaks/thread-reply", "leaks/table-column", "innocent"):
        places = [place / "all" / kind for place in (built, tmp_path / "out")]
        first, second = (
            {path.relative_to(place): path.read_bytes() for path in place.rglob("*.eml")} for place in places
        )
        assert first == second


def test_a_folder_that_cannot_be_used_is_not_evaluated(tmp_path: Path) -> None:
    """Every problem with its path, and nothing is written."""
    answer = started("evaluate", tmp_path)
    assert (1, f"{tmp_path}/publications: No such file or directory\n") == (answer.code, answer.err)
    assert [] == list(tmp_path.iterdir())


def test_a_report_that_cannot_be_written_is_said_before_the_work(call: Call, tmp_path: Path) -> None:
    """Nobody waits for an hour to hear that the folder for the report is a file."""
    place = tmp_path / "publications" / "ponds"
    (place / "documents").mkdir(parents=True)
    (place / "publication.toml").write_text('title = "Ponds"\npublishes_at = "2018-03-28T09:30"\n')
    (place / "documents" / "empty.txt").touch()
    (tmp_path / "innocent").mkdir()
    (tmp_path / "innocent" / "1.eml").write_text("Subject: x\n\nLunch?\n")
    (tmp_path / "results").touch()
    answer = call("evaluate", tmp_path)
    # What could not be read of documents would come first, had the work begun.
    assert (1, f"{tmp_path}/results: File exists\n") == (answer.code, answer.err)
