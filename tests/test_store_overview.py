"""The numbers beside each publication, and that a list is taken only as its difference was shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.model import Grant, GrantKind
from gateway.store import documents, grants, overview
from gateway.store.database import Database
from gateway.store.documents import NewDocument
from gateway.store.grants import ListChanged
from gateway.store.keys import Keys
from gateway.store.overview import Numbers
from tests.filed import NOW, file, register_publication

Store = tuple[Database, Keys]
ANN = Grant("ann@policy.example", GrantKind.PRE_RELEASE)


def test_numbers(store: Store) -> None:
    """Held mails, people by kind without lead and deputies, documents and those not wholly read: of each its own."""
    database, keys = store
    register_publication(database, keys)
    register_publication(database, keys, name="other")
    for grant in (ANN, replace(ANN, origin="import"), replace(ANN, kind=GrantKind.PRODUCTION)):
        grants.give(database, "cla-2018", grant, "test", NOW)
    file(database, keys, "HOLD2222", publications=("cla-2018", None))
    file(database, keys, "HOLD3333", publications=("cla-2018", "other"))
    for name, unreadable in (("a", ()), ("b", ("1: encrypted",))):
        new = NewDocument(name, frozenset({name.encode() * 32}), 1, unreadable)
        documents.add(database, keys, "cla-2018", [new], "test", NOW)
    assert {
        "cla-2018": Numbers(held=2, listed=3, pre_release=1, team=1, documents=2, unread=1),
        "other": Numbers(held=1, listed=2),
    } == overview.numbers(database)


def test_list_is_taken_as_shown(store: Store) -> None:
    """A list is taken if its difference is the one that was shown, and refused once that is another."""
    database, keys = store
    register_publication(database, keys)
    seen = grants.import_list(database, "cla-2018", [ANN], "test", NOW, dry_run=True).version
    grants.give(database, "cla-2018", replace(ANN, origin="hand"), "test", NOW)
    taken = grants.import_list(database, "cla-2018", [ANN], "test", NOW, shown=seen)
    assert 1 == len(taken.added)
    with pytest.raises(ListChanged):
        grants.import_list(database, "cla-2018", [ANN], "test", NOW, shown=seen)
