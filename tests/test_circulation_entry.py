"""A draft taken: publication, grants and traces are there at once, or none of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from gateway import rules
from gateway.circulation import Draft, attachments, read, register
from gateway.detectors import find
from gateway.model import GrantKind, Policy, State
from gateway.policy import Desk
from gateway.registration import Traced
from gateway.scanner import read_here
from gateway.store import NotDone, audit, documents, grants, publications
from gateway.store.database import Database
from gateway.store.installation import open_store
from gateway.store.keys import Keys
from gateway.store.register import load_register
from tests.circulated import LONDON, NOW, PLANNED, SENT, mail, with_files

LEAD = "lead@dept.example"
RULES = rules.load(None, LONDON)
KEY = bytes(range(32))


@pytest.fixture(scope="module")
def content() -> bytes:
    """A mail with documents."""
    return with_files().as_bytes()


@pytest.fixture(scope="module")
def draft(content: bytes) -> Draft:
    """The draft of that mail."""
    return read(content, LONDON, NOW, RULES, KEY)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[tuple[Database, Keys]]:
    """An open store."""
    database, keys = open_store(f"sqlite:///{tmp_path}/store.db", tmp_path / "keys")
    yield database, keys
    database.close()


def take(store: tuple[Database, Keys], draft: Draft, id: str = "cla-2018") -> None:
    """Register a draft."""
    register(*store, draft, id, LEAD, "Other Department", "cli:ann", NOW, deputies=("dep@dept.example",))


def test_everything_is_registered(store: tuple[Database, Keys], draft: Draft) -> None:
    """The entry is under embargo, its people have it now, and its files are traces; the log says who took it."""
    take(store, draft)
    database, keys = store

    entry = publications.get(database, "cla-2018")
    assert (State.EMBARGOED, PLANNED, SENT) == (entry.state, entry.publishes_at, entry.opens_at)
    assert ("Other Department", LEAD) == (entry.producer, entry.lead)
    assert 6 == len(grants.listed(database, "cla-2018"))
    assert ["CLA stability.docx", "tables.xlsx", "the circulation mail"] == [
        one.label for one in documents.listed(database, keys, "cla-2018")
    ]
    assert [] == audit.verify(database)


def test_who_is_eligible(store: tuple[Database, Keys], draft: Draft) -> None:
    """From now on the people of the mail have it, and nobody else."""
    take(store, draft)
    desk = Desk(load_register(*store), Policy(), NOW)

    for address in (
        "tom@press.dept.example",
        "amy@policy.dept.example",
        "helen.marsh@stats.other.example",
        LEAD,
    ):
        assert desk.eligible(address, "cla-2018"), address
    assert not desk.eligible("ben@policy.dept.example", "cla-2018")


def test_the_mail_is_found_again(store: tuple[Database, Keys], draft: Draft, content: bytes) -> None:
    """The circulation mail belongs to the entry by its banner, and a file of it alone by its digest."""
    take(store, draft)
    register_ = load_register(*store)
    alone = mail("Please see attached.", subject="as discussed")
    alone.add_attachment(attachments(content)[1].data, "application", "octet-stream", filename="other.bin")

    found = find(RULES, read_here(content), register_, NOW)
    assert {"cla-2018"} == {one.publication for one in found}
    assert [("file", "cla-2018")] == [
        (one.detector.value, one.publication)
        for one in find(RULES, read_here(alone.as_bytes()), register_, NOW)
        if one.detector.value == "file"
    ]


def test_all_or_nothing(store: tuple[Database, Keys], draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where its documents cannot be registered there is no entry either, and no word in the log."""
    database, _ = store

    def full(*_: object, **__: object) -> None:
        raise NotDone("x", "no room")

    monkeypatch.setattr("gateway.circulation.entry.documents.place", full)
    head = audit.head(database)
    with pytest.raises(NotDone, match="no room"):
        take(store, draft)
    assert () == publications.listed(database)
    assert head == audit.head(database)


def test_what_is_missing(store: tuple[Database, Keys], draft: Draft) -> None:
    """Without a title or a sure time nothing is registered; an id is taken once."""
    with pytest.raises(NotDone, match="cla-2018: the mail names no title"):
        take(store, replace(draft, title=""))
    with pytest.raises(NotDone, match="cla-2018: the mail names no planned time that is sure"):
        take(store, replace(draft, publishes_at=None))
    with pytest.raises(ValueError, match="publication id"):
        take(store, draft, "CLA")
    take(store, draft)
    with pytest.raises(NotDone, match="is registered already"):
        take(store, draft)


def test_the_access_window(store: tuple[Database, Keys], draft: Draft) -> None:
    """It opens with the mail, with this moment where that is unknown, and as ever where the mail came too late."""
    for id, sent, opens in (
        ("a", None, NOW),
        ("b", NOW + timedelta(hours=2), NOW),
        ("c", SENT, SENT),
    ):
        take(store, replace(draft, sent_at=sent), id)
        assert opens == publications.get(store[0], id).opens_at
    take(store, replace(draft, publishes_at=SENT), "d")
    assert publications.get(store[0], "d").opens_at is None


def test_the_lead_may_be_named(store: tuple[Database, Keys], draft: Draft) -> None:
    """A lead who is among the recipients holds the lead's grant only."""
    mine = replace(draft, grants=(replace(draft.grants[1], address=LEAD),), documents=())
    take(store, mine)
    (held,) = [one for one in grants.listed(store[0], "cla-2018") if one.address == LEAD]
    assert (GrantKind.PRODUCTION, "lead") == (held.kind, held.origin)


def test_the_store_holds_no_names(store: tuple[Database, Keys], draft: Draft, tmp_path: Path) -> None:
    """The database has neither a file's name nor a digest as it is."""
    named = replace(
        draft, mail=None, documents=(Traced("canary-name.docx", 9, frozenset({sha256(b"c").digest()})),)
    )
    take(store, named)
    stored = (tmp_path / "store.db").read_bytes()
    assert b"canary-name" not in stored
    assert sha256(b"c").digest() not in stored
