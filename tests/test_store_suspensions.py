"""Suspensions in the store."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.store import NotDone, audit, directory
from gateway.store.database import Database
from gateway.store.keys import Keys
from gateway.store.register import load_register
from gateway.store.suspensions import listed, suspend, unsuspend
from tests.test_store_directory import ALIAS, ANN, ANNS, EVE, LEAD, MEMBERS, NOW, TEAM, TIME, give, local, may

__all__ = ["local"]
LATER = TIME + timedelta(days=30)


def test_suspended_under_every_address(store: tuple[Database, Keys]) -> None:
    """A suspension of any address is the person's, one at a time, and is loaded, on every kind of store."""
    database, _ = store
    directory.import_list(database, [ALIAS], "ann", NOW)
    suspend(database, ANNS, TIME, "first", "ann", NOW)
    suspend(database, ANN, LATER, "second", "bob", NOW)
    (one,) = listed(database)
    assert (ANN, LATER, "second", "bob", NOW) == (
        one.person,
        one.until,
        one.reason,
        one.suspended_by,
        one.suspended_at,
    )
    assert {ANN: LATER} == load_register(*store).suspended
    assert ANN == unsuspend(database, ANNS, "ann", NOW)
    assert ((), {}) == (listed(database), load_register(*store).suspended)


def test_overrides_every_grant(local: tuple[Database, Keys]) -> None:
    """Neither a grant by hand nor the lead's own counts while somebody is suspended; then they count again."""
    database, _ = local
    give(database, ANN)
    for address in (ANN, LEAD):
        epoch = database.epoch()
        suspend(database, address, LATER, "breach", "ann", NOW)
        assert (False, epoch + 1) == (may(local, address), database.epoch())
        unsuspend(database, address, "ann", NOW)
        assert (True, epoch + 2) == (may(local, address), database.epoch())


def test_an_alias_that_goes_stays_suspended(local: tuple[Database, Keys]) -> None:
    """Taking an alias of a suspended person out of the directory makes nobody eligible under it."""
    database, _ = local
    directory.import_list(database, [ALIAS], "ann", NOW)
    give(database, ANNS)
    suspend(database, ANN, LATER, "breach", "ann", NOW)
    directory.remove(database, ANNS, "ann", NOW)
    assert ([ANNS, ANN], False) == ([one.person for one in listed(database)], may(local, ANNS))
    unsuspend(database, ANNS, "ann", NOW)
    assert may(local, ANNS)


def test_an_alias_that_comes_is_suspended(local: tuple[Database, Keys]) -> None:
    """Who was suspended as somebody of their own is so as an alias: then the person is."""
    database, _ = local
    give(database, ANN)
    suspend(database, ANNS, LATER, "breach", "ann", NOW)
    assert may(local, ANN)
    directory.import_list(database, [ALIAS], "ann", NOW)
    assert not may(local, ANN)
    assert ANN == unsuspend(database, ANN, "ann", NOW)
    assert may(local, ANN)


def test_refused(local: tuple[Database, Keys]) -> None:
    """No suspension of a group, none that is over, and no end of one that is not there."""
    database, _ = local
    directory.import_list(database, MEMBERS, "ann", NOW)
    for call, why in (
        (lambda: suspend(database, TEAM, LATER, "x", "ann", NOW), "is a group; suspend the persons in it"),
        (lambda: suspend(database, ANN, NOW, "x", "ann", NOW), "the suspension would be over already"),
        (lambda: unsuspend(database, EVE, "ann", NOW), "is not suspended"),
    ):
        epoch = database.epoch()
        with pytest.raises(NotDone, match=why):
            call()
        assert epoch == database.epoch()


def test_on_record(local: tuple[Database, Keys]) -> None:
    """The audit log says who suspended whom, until when and why, and who ended it."""
    database, _ = local
    suspend(database, ANN, LATER, "breach", "bob", NOW)
    unsuspend(database, ANN, "eve", NOW)
    made = [
        (entry.actor, entry.action, entry.subject, entry.facts)
        for entry in reversed(audit.entries(database, None, 2))
    ]
    said = {"address": ANN, "until": LATER.isoformat(), "reason": "breach"}
    assert [
        ("bob", "directory suspend", ANN, said),
        ("eve", "directory unsuspend", ANN, {"address": ANN}),
    ] == made
