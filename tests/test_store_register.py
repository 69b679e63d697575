"""The register as workers load it."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from gateway.model import Grant, GrantKind, Publication, State
from gateway.replies import RegisterUnreadable, StoreUnavailable
from gateway.store import documents, grants, publications
from gateway.store.database import Database
from gateway.store.keys import Keys
from gateway.store.register import load_register
from gateway.store.tables import GRANTS, PUBLICATIONS, TRACES
from tests.pace import within

TIME = datetime(2018, 3, 28, 8, 30, tzinfo=UTC)
NOW = TIME - timedelta(days=7)


def registered(store: tuple[Database, Keys], count: int = 1) -> None:
    """Publications `p0`, `p1` ... with a document each."""
    for number in range(count):
        id = f"p{number}"
        publications.add(*store, Publication(id, "T", TIME, "lead@stats.example"), (), "ann", NOW)
        documents.add(*store, id, [documents.NewDocument("d", frozenset({bytes([number]) * 32}))], "ann", NOW)


def test_empty(store: tuple[Database, Keys]) -> None:
    """A new store has an empty register that carries the key of its traces."""
    register = load_register(*store)
    assert (0, {}, {}, {}) == (register.epoch, register.publications, register.grants, register.files)
    assert store[1].trace_key == register.trace_key


def test_grants_by_canonical_address(store: tuple[Database, Keys]) -> None:
    """All grants of one address for one publication stand together."""
    registered(store, 2)
    for kind in GrantKind:
        grants.give(store[0], "p0", Grant("ann@policy.example", kind, "why"), "ann", NOW)
    found = load_register(*store).grants
    assert {"lead@stats.example", "ann@policy.example"} == set(found["p0"])
    assert set(GrantKind) == {grant.kind for grant in found["p0"]["ann@policy.example"]}
    assert {"lead@stats.example"} == set(found["p1"])


def test_ended_publications_have_no_traces(store: tuple[Database, Keys]) -> None:
    """Live and withdrawn publications are known, so that a banner finds them, but nothing of theirs matches."""
    registered(store, 4)
    publications.go_live(store[0], "p0", "ann", NOW)
    publications.withdraw(store[0], "p1", "ann", NOW)
    publications.pause(store[0], "p2", "why", "ann", NOW)
    register = load_register(*store)
    assert [State.LIVE, State.WITHDRAWN, State.PAUSED, State.EMBARGOED] == [
        register.publications[f"p{number}"].state for number in range(4)
    ]
    assert {frozenset({"p2"}), frozenset({"p3"})} == set(register.files.values())


def test_epoch_grows(store: tuple[Database, Keys]) -> None:
    """A register loaded after a change has a higher epoch."""
    registered(store)
    before = load_register(*store).epoch
    grants.give(store[0], "p0", Grant("ann@policy.example", GrantKind.PRE_RELEASE, "why"), "ann", NOW)
    assert before < load_register(*store).epoch == store[0].epoch()


@pytest.mark.parametrize(
    ("table", "values"),
    [
        pytest.param(PUBLICATIONS, {"sealed_key": bytes(60)}, id="key"),
        pytest.param(PUBLICATIONS, {"state": "forgotten"}, id="state"),
        pytest.param(TRACES, {"sealed": b""}, id="set"),
        pytest.param(GRANTS, {"kind": "everything"}, id="grant"),
    ],
)
def test_register_that_makes_no_sense(
    store: tuple[Database, Keys], table: object, values: dict[str, object]
) -> None:
    """A register with a damaged row is unreadable as a whole: without the row its mail would pass."""
    registered(store)
    with store[0].write() as connection:
        connection.execute(update(table).values(**values))  # type: ignore[arg-type]
    with pytest.raises(RegisterUnreadable):
        load_register(*store)


def test_store_that_is_gone(store: tuple[Database, Keys]) -> None:
    """Without its tables the store is unavailable."""
    database = Database("sqlite://")
    with pytest.raises(StoreUnavailable):
        load_register(database, store[1])


def test_loads_fast_enough(store: tuple[Database, Keys]) -> None:
    """A register of ten publications with 50 grants and 1,000 traces each loads within a tenth of a poll's second."""
    dice = random.Random(1)
    registered(store, 10)
    people = [
        Grant(f"person{number}@policy.example", GrantKind.PRE_RELEASE, "why", NOW, TIME)
        for number in range(50)
    ]
    for number in range(10):
        grants.import_list(store[0], f"p{number}", people, "ann", NOW)
        found = frozenset(dice.randbytes(32) for _ in range(1000))
        documents.add(*store, f"p{number}", [documents.NewDocument("d", found)], "ann", NOW)
    register = load_register(*store)
    assert (10, 10 * 1001) == (len(register.grants), len(register.files))
    assert within(0.1, lambda: load_register(*store))
