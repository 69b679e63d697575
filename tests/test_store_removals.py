"""Documents taken out of the register again: with all of their traces, and nothing of the others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select

from gateway.model import Publication
from gateway.registration import trace
from gateway.store import NotDone, audit, publications
from gateway.store.database import Database
from gateway.store.documents import NewDocument, add, listed
from gateway.store.keys import Keys
from gateway.store.register import load_register
from gateway.store.removals import remove
from gateway.store.tables import TRACES
from gateway.store.traces import Memory
from gateway.traces import file_hash
from tests.papers import word

TIME = datetime(2018, 3, 28, 8, 30, tzinfo=UTC)
NOW = TIME - timedelta(days=7)
ONE, TWO, THREE = (sha256(bytes([number])).digest() for number in range(3))
REPORT = NewDocument("release/report.docx", frozenset({ONE, TWO}))
TABLE = NewDocument("table.csv", frozenset({THREE}))


@pytest.fixture
def filled(store: tuple[Database, Keys]) -> tuple[Database, Keys]:
    """A store with two publications, and two documents of one of them."""
    for id in ("cla-2018", "gdp-q1"):
        publications.add(*store, Publication(id, "T", TIME, "lead@stats.example"), (), "ann", NOW)
    add(*store, "cla-2018", [REPORT, TABLE], "ann", NOW)
    return store


def sets(filled: tuple[Database, Keys]) -> set[bytes]:
    """Every sealed set."""
    with filled[0].read() as connection:
        return {bytes(row.sealed) for row in connection.execute(select(TRACES.c.sealed))}


@pytest.mark.parametrize("wanted", ["release/report.docx", "report.docx", ONE.hex(), TWO.hex().upper()])
def test_a_document_is_forgotten(filled: tuple[Database, Keys], wanted: str) -> None:
    """By name or digest: its traces go, workers hear of it, and no other set is touched."""
    before, epoch = sets(filled), filled[0].epoch()
    gone = remove(*filled, "cla-2018", wanted, "ann", NOW)
    assert ("release/report.docx", False) == (gone.label, gone.public)
    assert (1, 1, epoch + 1) == (len(sets(filled)), len(before - sets(filled)), filled[0].epoch())
    assert {file_hash(filled[1].trace_key, THREE)} == set(load_register(*filled).files)
    assert ["table.csv"] == [one.label for one in listed(*filled, "cla-2018")]


def test_by_number(filled: tuple[Database, Keys]) -> None:
    """The number of the list is a name, too."""
    number = listed(*filled, "cla-2018")[1].id
    assert "table.csv" == remove(*filled, "cla-2018", str(number), "ann", NOW).label
    with pytest.raises(NotDone, match="no document of this name"):
        remove(*filled, "cla-2018", number, "ann", NOW)


def test_public_by_mistake(filled: tuple[Database, Keys]) -> None:
    """What was called public by mistake is a trace again, in indexes that were made before as well."""
    paper = word(
        "The number of children looked after rose to 72,670 at the end of March 2018, the most ever."
    )
    report = NewDocument.of(trace("new.docx", paper, filled[1].trace_key))
    add(*filled, "cla-2018", [report], "ann", NOW)
    memory = Memory()
    runs = len(load_register(*filled, memory).texts or ())
    own = file_hash(filled[1].trace_key, sha256(paper).digest())
    add(*filled, "cla-2018", [report], "ann", NOW, public=True)
    assert own not in load_register(*filled, memory).files
    with pytest.raises(NotDone, match=r"that means 2 documents: \d+, \d+ \(public\); give one") as found:
        remove(*filled, "cla-2018", "new.docx", "ann", NOW)
    number = found.value.problems[0].partition(" (public)")[0].rpartition(" ")[2]
    assert remove(*filled, "cla-2018", number, "ann", NOW).public
    register = load_register(*filled, memory)
    assert own in register.files
    assert runs == len(register.texts or ())


def test_the_record_names_no_file(filled: tuple[Database, Keys]) -> None:
    """The audit log says who removed which number, and no name."""
    number = listed(*filled, "cla-2018")[0].id
    remove(*filled, "cla-2018", "report.docx", "bob", NOW)
    newest = audit.entries(filled[0], None, 1)[0]
    assert ("bob", "document remove", "cla-2018", {"document": number, "public": False}) == (
        newest.actor,
        newest.action,
        newest.subject,
        newest.facts,
    )
    assert [] == audit.verify(filled[0])


def test_what_cannot_be_removed(filled: tuple[Database, Keys]) -> None:
    """Nothing of another publication, of none, or of one whose key is gone; and then nothing has changed."""
    epoch = filled[0].epoch()
    for id, wanted, problem in (
        ("cla-2018", "report", "cla-2018: no document of this name, number or SHA-256 is registered"),
        ("gdp-q1", "report.docx", "gdp-q1: no document of this name"),
        ("x", "report.docx", "x: no such publication"),
    ):
        with pytest.raises(NotDone, match=problem):
            remove(*filled, id, wanted, "ann", NOW)
    assert epoch == filled[0].epoch()
    publications.go_live(filled[0], "cla-2018", "ann", TIME)
    with pytest.raises(NotDone, match="cla-2018: its key is destroyed"):
        remove(*filled, "cla-2018", "report.docx", "ann", NOW)
