"""Grants in the store: given, revoked, and imported with their differences."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model import Grant, GrantKind, Publication
from gateway.replies import StoreUnavailable
from gateway.store import NotDone, publications
from gateway.store.database import Database
from gateway.store.grants import compare, give, import_list, listed, revoke
from gateway.store.keys import Keys

TIME = datetime(2018, 3, 28, 8, 30, tzinfo=UTC)
NOW = TIME - timedelta(days=7)
PRA, MADE = GrantKind.PRE_RELEASE, GrantKind.PRODUCTION
ANN = Grant(
    "ann@policy.example", PRA, "briefing", TIME - timedelta(days=1), TIME, "import", "Ann", "Official", "DfE"
)
BOB = Grant("bob@policy.example", PRA, origin="import")


@pytest.fixture
def database(store: tuple[Database, Keys]) -> Database:
    """A store with one publication."""
    database, keys = store
    publications.add(
        database, keys, Publication("cla-2018", "Children", TIME, "lead@stats.example"), (), "ann", NOW
    )
    return database


def held(database: Database) -> list[tuple[str, str, str]]:
    """Address, kind and origin of every grant."""
    return [(grant.address, grant.kind.value, grant.origin) for grant in listed(database, "cla-2018")]


def test_kept_whole(database: Database) -> None:
    """Every field of a grant comes back as it was given."""
    import_list(database, "cla-2018", [ANN], "ann", NOW)
    assert ANN in listed(database, "cla-2018")


def test_import_replaces_what_was_imported(database: Database) -> None:
    """A second import adds, changes and removes imported grants, and leaves those by hand and of the lead."""
    give(database, "cla-2018", Grant("eve@policy.example", PRA, "asked"), "ann", NOW)
    import_list(database, "cla-2018", [ANN, BOB], "ann", NOW)
    new = Grant("new@policy.example", PRA)
    changed = replace(ANN, reason="reply to questions")
    difference = import_list(database, "cla-2018", [changed, new], "ann", NOW)
    assert ((replace(new, origin="import"),), ((ANN, changed),), (BOB,)) == (
        difference.added,
        difference.changed,
        difference.removed,
    )
    assert [
        ("ann@policy.example", "pre-release", "import"),
        ("eve@policy.example", "pre-release", "hand"),
        ("lead@stats.example", "production", "lead"),
        ("new@policy.example", "pre-release", "import"),
    ] == held(database)


def test_import_of_one_kind_leaves_the_other(database: Database) -> None:
    """A list of one kind says nothing about grants of the other."""
    import_list(database, "cla-2018", [replace(BOB, kind=MADE)], "ann", NOW)
    import_list(database, "cla-2018", [ANN], "ann", NOW)
    assert ("bob@policy.example", "production", "import") in held(database)


def test_dry_run_changes_nothing(database: Database) -> None:
    """A dry run shows the same difference and leaves list, epoch and audit log alone."""
    before = (held(database), database.epoch())
    shown = import_list(database, "cla-2018", [ANN], "ann", NOW, dry_run=True)
    assert before == (held(database), database.epoch())
    assert shown == import_list(database, "cla-2018", [ANN], "ann", NOW)
    assert before[1] + 1 == database.epoch()


def test_same_list_again(database: Database) -> None:
    """The same list imported again is no change: no worker loads the register for it."""
    import_list(database, "cla-2018", [ANN, BOB], "ann", NOW)
    epoch = database.epoch()
    assert import_list(database, "cla-2018", [BOB, ANN], "ann", NOW).empty
    assert epoch == database.epoch()


def test_given_again(database: Database) -> None:
    """A grant given again takes the place of the first; one that was imported stays beside it."""
    import_list(database, "cla-2018", [BOB], "ann", NOW)
    give(database, "cla-2018", Grant("bob@policy.example", PRA, "once"), "ann", NOW)
    give(database, "cla-2018", Grant("bob@policy.example", PRA, "twice"), "ann", NOW)
    mine = [
        (grant.origin, grant.reason)
        for grant in listed(database, "cla-2018")
        if grant.address.startswith("bob")
    ]
    assert [("import", ""), ("hand", "twice")] == mine


def test_revoked(database: Database) -> None:
    """Revoking takes every grant of an address away, of whatever kind and origin."""
    import_list(database, "cla-2018", [BOB], "ann", NOW)
    give(database, "cla-2018", Grant("bob@policy.example", MADE, "team"), "ann", NOW)
    epoch = database.epoch()
    assert 2 == revoke(database, "cla-2018", "bob@policy.example", "ann", NOW)
    assert epoch + 1 == database.epoch()
    assert [("lead@stats.example", "production", "lead")] == held(database)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("nobody@policy.example", "holds no grant for cla-2018"),
        ("lead@stats.example", "is lead or deputy of cla-2018"),
    ],
)
def test_not_revoked(database: Database, address: str, why: str) -> None:
    """Who holds nothing, and who leads, is not revoked, and nothing changes."""
    epoch = database.epoch()
    with pytest.raises(NotDone, match=f"{address}: {why}"):
        revoke(database, "cla-2018", address, "ann", NOW)
    assert epoch == database.epoch()


def test_unknown_publication(database: Database) -> None:
    """No list is kept for a publication that is not there."""
    for call in (
        lambda: listed(database, "x"),
        lambda: give(database, "x", ANN, "ann", NOW),
        lambda: import_list(database, "x", [ANN], "ann", NOW),
        lambda: import_list(database, "x", [ANN], "ann", NOW, dry_run=True),
        lambda: revoke(database, "x", ANN.address, "ann", NOW),
    ):
        with pytest.raises(NotDone, match="x: no such publication"):
            call()
    assert 1 == database.epoch()


lists = st.lists(
    st.builds(
        Grant,
        st.sampled_from(["a@x.example", "b@x.example", "c@x.example"]),
        st.sampled_from(GrantKind),
        st.sampled_from(["", "why"]),
        origin=st.just("import"),
    ),
    unique_by=lambda grant: (grant.address, grant.kind),
)


@given(lists, lists)
def test_difference_leads_from_one_to_the_other(before: list[Grant], after: list[Grant]) -> None:
    """Taking away what is removed or changed and adding the rest gives the new list, for the kinds in it."""
    difference = compare(before, tuple(after))
    kinds = {grant.kind for grant in after}
    kept = set(before) - set(difference.removed) - {old for old, _ in difference.changed}
    made = kept | set(difference.added) | {new for _, new in difference.changed}
    assert set(after) | {grant for grant in before if grant.kind not in kinds} == made


def test_all_or_nothing(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the store fails in the middle of an import, the list is as it was."""
    import_list(database, "cla-2018", [BOB], "ann", NOW)
    before = held(database)

    def broken(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("gateway.store.grants.append", broken)
    with pytest.raises(StoreUnavailable):
        import_list(database, "cla-2018", [ANN], "ann", NOW)
    assert before == held(database)
