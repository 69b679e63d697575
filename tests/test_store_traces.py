"""What is registered becomes indexes: once, for as long as no traces come or go."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from gateway.model import Grant, GrantKind, Publication, Register
from gateway.registration import trace, trace_link
from gateway.replies import RegisterUnreadable
from gateway.store import documents, grants, publications
from gateway.store.database import Database
from gateway.store.documents import NewDocument, lacks_public, listed
from gateway.store.keys import Keys, seal, unseal
from gateway.store.register import load_people, load_register
from gateway.store.tables import DOCUMENTS, PUBLICATIONS, TRACES
from gateway.store.traces import Memory

TIME = datetime(2018, 3, 28, 8, 30, tzinfo=UTC)
NOW = TIME - timedelta(days=7)
TEXT = (
    "The number of children looked after by local authorities rose to 72,670 at the end of March 2017,\n"
    "an increase of 3.4 per cent on the 70,440 of the year before. Most of them, 53,420, were placed with\n"
    "foster carers; unaccompanied children seeking asylum came to 4,560, a fall of 6.2 per cent.\n"
)
MAIL = f"From: lead@stats.example\nMessage-ID: <pra.1@stats.example>\nSubject: Circulation\n\n{TEXT}"
URL = "https://files.department.example/sites/release/"
KINDS = ("texts", "figures", "links", "threads")


@pytest.fixture
def opened(store: tuple[Database, Keys]) -> tuple[Database, Keys]:
    """A store with two publications."""
    for id in ("cla", "gdp"):
        publications.add(*store, Publication(id, "T", TIME, "lead@stats.example"), (), "ann", NOW)
    return store


def of(name: str, text: str, keys: Keys) -> NewDocument:
    """A document of this text."""
    return NewDocument.of(trace(name, text.encode(), keys.trace_key))


def add(
    opened: tuple[Database, Keys], id: str, *found: NewDocument, public: bool = False
) -> tuple[bool, ...]:
    """Register documents."""
    return documents.add(*opened, id, found, "ann", NOW, public=public)


def add_all(opened: tuple[Database, Keys], id: str = "cla") -> None:
    """Register a mail and an address, so that there are traces of each kind."""
    keys = opened[1]
    add(opened, id, of("a.eml", MAIL, keys), NewDocument.of(trace_link(URL, keys.trace_key)))


def sizes(register: Register) -> Mapping[str, int]:
    """How much there is in each index."""
    return {name: len(found) for name in KINDS if (found := getattr(register, name)) is not None}


def test_each_kind_is_in_its_index(opened: tuple[Database, Keys]) -> None:
    """Texts, figures, links and conversations of what is registered are what mail is compared with."""
    assert {} == sizes(load_register(*opened))
    add_all(opened)
    found = sizes(load_register(*opened))
    assert set(KINDS) == set(found)
    assert all(found.values())
    assert {} == sizes(load_people(opened[0]))
    assert {} == sizes(load_register(*opened, Memory(indexed=False)))


def test_what_is_public_is_no_trace(opened: tuple[Database, Keys]) -> None:
    """Words that stand in a public document are in no index, whichever came first and whoever published it."""
    keys = opened[1]
    add(opened, "cla", of("a.txt", TEXT, keys))
    before = sizes(load_register(*opened))
    assert lacks_public(opened[0], "cla")
    add(opened, "cla", of("old.txt", TEXT[:200], keys), public=True)
    assert not lacks_public(opened[0], "cla")
    assert lacks_public(opened[0], "gdp")
    after = sizes(load_register(*opened))
    assert 0 < after["texts"] < before["texts"]
    add(opened, "gdp", of("all.txt", TEXT, keys), public=True)
    assert 0 == sizes(load_register(*opened))["texts"]


def test_ended_publications_are_in_no_index(opened: tuple[Database, Keys]) -> None:
    """Live and withdrawn publications have no traces; one that is planned again has them back."""
    add_all(opened)
    memory = Memory()
    full = sizes(load_register(*opened, memory))
    publications.withdraw(opened[0], "cla", "ann", NOW)
    assert {} == sizes(load_register(*opened, memory))
    publications.postpone(opened[0], "cla", TIME + timedelta(days=1), "ann", NOW)
    assert full == sizes(load_register(*opened, memory))
    publications.go_live(opened[0], "cla", "ann", NOW)
    assert {} == sizes(load_register(*opened, memory))
    with opened[0].read() as connection:
        assert [] == connection.execute(select(TRACES)).all()


def test_indexes_are_kept_while_traces_are_the_same(opened: tuple[Database, Keys]) -> None:
    """A grant or another title costs no index; a new document costs one."""
    add_all(opened)
    memory = Memory()
    first = load_register(*opened, memory)
    grants.give(opened[0], "cla", Grant("eve@policy.example", GrantKind.PRE_RELEASE, "why"), "ann", NOW)
    publications.pause(opened[0], "cla", "why", "ann", NOW)
    again = load_register(*opened, memory)
    assert first.epoch < again.epoch
    assert all(getattr(first, name) is getattr(again, name) for name in KINDS)
    assert first.files == again.files
    add(opened, "gdp", of("b.txt", TEXT.replace("children", "workers"), opened[1]))
    assert sizes(again)["texts"] < sizes(load_register(*opened, memory))["texts"]


def test_the_same_rows_of_another_edition_are_others(opened: tuple[Database, Keys]) -> None:
    """Numbers of rows come again after a new edition, and what was known of them does not."""
    memory = Memory()
    add(opened, "cla", of("a.txt", TEXT, opened[1]))
    before = load_register(*opened, memory)
    with opened[0].read() as connection:
        number = connection.execute(select(DOCUMENTS.c.id)).scalar_one()
    publications.go_live(opened[0], "cla", "ann", NOW)
    publications.reissue(*opened, "cla", TIME + timedelta(days=90), None, "ann", NOW)
    add(opened, "cla", of("a.txt", TEXT.upper().replace("CHILDREN", "WORKERS"), opened[1]))
    with opened[0].read() as connection:
        again = connection.execute(select(DOCUMENTS.c.id)).scalar_one()
    assert number == again or not opened[0].sqlite
    assert before.texts is not load_register(*opened, memory).texts


def test_the_same_again_changes_nothing(opened: tuple[Database, Keys]) -> None:
    """The same features are no news; those that were not had before are put beside the file that is there."""
    keys = opened[1]
    whole = of("a.txt", TEXT, keys)
    bare = NewDocument("a.txt", whole.digests, whole.size, ("1: deadline",))
    assert (True,) == add(opened, "cla", bare)
    assert (True, False) == add(opened, "cla", whole, whole)
    epoch = opened[0].epoch()
    assert (False, False) == add(opened, "cla", whole, bare)
    assert epoch == opened[0].epoch()
    (found,) = listed(*opened, "cla")
    assert (dict(whole.counts), ()) == (found.counts, found.unreadable)
    assert sizes(load_register(*opened))["texts"] == whole.counts["text"]


def test_public_conversations_are_not_kept(opened: tuple[Database, Keys]) -> None:
    """A public mail's words are no traces; the conversation that it began says nothing of the embargo's."""
    add(opened, "cla", of("a.eml", MAIL, opened[1]), public=True)
    with opened[0].read() as connection:
        kinds = set(connection.execute(select(TRACES.c.kind)).scalars())
    assert {"public", "public-text", "public-figures"} == kinds


@pytest.mark.parametrize("kind", ["file", "text", "figures", "link", "thread", "public", "public-text"])
def test_a_set_that_makes_no_sense(opened: tuple[Database, Keys], kind: str) -> None:
    """A set that is cut short makes the register unreadable: without it mail would pass."""
    add_all(opened)
    database, keys = opened
    with database.write() as connection:
        sealed_key = connection.execute(
            select(PUBLICATIONS.c.sealed_key).where(PUBLICATIONS.c.id == "cla")
        ).scalar_one()
        number = connection.execute(select(DOCUMENTS.c.id)).scalars().first()
        sealed = seal(unseal(keys.wrap_key, "cla", sealed_key), "cla", b"1234567")
        row = {"document": number, "publication": "cla", "kind": kind, "sealed": sealed}
        connection.execute(insert(TRACES).values(**row))
    with pytest.raises(RegisterUnreadable):
        load_register(*opened)


def test_nothing_readable_is_kept(opened: tuple[Database, Keys]) -> None:
    """Neither a word nor a feature stands in the store as it is."""
    add_all(opened)
    with opened[0].read() as connection:
        kept = [*connection.execute(select(DOCUMENTS)), *connection.execute(select(TRACES))]
    cells = b"".join(cell if isinstance(cell, bytes) else repr(cell).encode() for row in kept for cell in row)
    made = of("a.eml", MAIL, opened[1]).features
    for secret in (b"children", b"72,670", b"pra.1", *(packed[-16:] for packed in made.values())):
        assert secret not in cells
