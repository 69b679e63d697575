"""The directory in the store: imported with its differences, removed from, loaded with the register."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.eligibility import Eligibility
from gateway.model import Grant, GrantKind, Publication
from gateway.persons import Entry, Kind
from gateway.store import NotDone, audit, grants, publications
from gateway.store.database import Database
from gateway.store.directory import Difference, groups_among, import_list, listed, remove
from gateway.store.installation import open_store
from gateway.store.keys import Keys
from gateway.store.register import load_register
from tests import stores
from tests.pace import within

TIME = datetime(2018, 3, 28, 8, 30, tzinfo=UTC)
NOW = TIME - timedelta(days=7)
LEAD, ANN, BOB, EVE, TEAM, OFFICE = (
    f"{name}@policy.example" for name in ("lead", "ann", "bob", "eve", "team", "office")
)
ANNS = "ann.other@policy.example"
ALIAS = Entry(ANNS, Kind.ALIAS, ANN)
MEMBERS = (Entry(TEAM, Kind.GROUP, ANN), Entry(TEAM, Kind.GROUP, BOB))
BOX = Entry(OFFICE, Kind.MAILBOX, "")
EVERYTHING = (ALIAS, *MEMBERS, BOX)


@pytest.fixture
def local(tmp_path: Path) -> Iterator[tuple[Database, Keys]]:
    """A store of one kind with a publication: for what does not depend on the kind."""
    stores.place(tmp_path)
    database, keys = open_store(f"sqlite:///{tmp_path}/store.db", tmp_path / "keys")
    publications.add(database, keys, Publication("cla-2018", "Children", TIME, LEAD), (), "ann", NOW)
    yield database, keys
    database.close()


def may(store: tuple[Database, Keys], address: str) -> bool:
    """Whether an address is eligible by what is in the store, an hour before publication."""
    return Eligibility(load_register(*store), TIME - timedelta(hours=1)).eligible(address, "cla-2018")


def give(database: Database, address: str) -> None:
    """A grant by hand."""
    grants.give(database, "cla-2018", Grant(address, GrantKind.PRE_RELEASE, "asked"), "ann", NOW)


def test_imported_and_loaded(store: tuple[Database, Keys]) -> None:
    """What was imported is listed, and loaded as the register needs it, on every kind of store."""
    database, _ = store
    assert Difference(EVERYTHING, (), ()) == import_list(database, EVERYTHING, "ann", NOW)
    known = load_register(*store)
    assert ({ANNS: ANN}, {TEAM: (ANN, BOB), OFFICE: ()}) == (known.aliases, known.groups)
    moved = (Entry(ANNS, Kind.ALIAS, EVE), MEMBERS[0], Entry(OFFICE, Kind.MAILBOX, EVE))
    expected = Difference((moved[2],), ((ALIAS, moved[0]),), (MEMBERS[1], BOX))
    assert expected == import_list(database, moved, "ann", NOW)
    assert moved == listed(database)


def test_other_kinds_stay(local: tuple[Database, Keys]) -> None:
    """A list of groups says nothing of aliases and mailboxes."""
    database, _ = local
    import_list(database, EVERYTHING, "ann", NOW)
    difference = import_list(database, MEMBERS[:1], "ann", NOW)
    assert ((MEMBERS[1],), (ALIAS, MEMBERS[0], BOX)) == (difference.removed, listed(database))


def test_dry_run_and_same_again(local: tuple[Database, Keys]) -> None:
    """A dry run shows the same difference and changes nothing; neither does the same list again."""
    database, _ = local
    epoch = database.epoch()
    shown = import_list(database, EVERYTHING, "ann", NOW, dry_run=True)
    assert ((), epoch) == (listed(database), database.epoch())
    assert shown == import_list(database, EVERYTHING, "ann", NOW)
    assert epoch + 1 == database.epoch()
    assert import_list(database, reversed(EVERYTHING), "ann", NOW).empty
    assert epoch + 1 == database.epoch()


def test_contradiction_with_what_stays(local: tuple[Database, Keys]) -> None:
    """What contradicts an entry of a kind that the list does not have is refused, and nothing is changed."""
    database, _ = local
    import_list(database, EVERYTHING, "ann", NOW)
    before = (listed(database), database.epoch())
    with pytest.raises(NotDone, match=f"{ANNS}: is an alias already"):
        import_list(database, [Entry(TEAM, Kind.GROUP, EVE), Entry(ANNS, Kind.GROUP, EVE)], "ann", NOW)
    assert before == (listed(database), database.epoch())


def test_a_grant_to_any_address_is_to_the_person(local: tuple[Database, Keys]) -> None:
    """Whichever address of a person holds the grant, all of them are eligible; without the alias only that one."""
    database, _ = local
    give(database, ANNS)
    assert (True, False) == (may(local, ANNS), may(local, ANN))
    import_list(database, [ALIAS], "ann", NOW)
    assert (True, True) == (may(local, ANNS), may(local, ANN))
    epoch = database.epoch()
    remove(database, ANNS, "ann", NOW)
    assert epoch < database.epoch()
    assert (True, False) == (may(local, ANNS), may(local, ANN))


def test_a_lead_writes_from_any_address(local: tuple[Database, Keys]) -> None:
    """The lead's own grant is the person's."""
    import_list(local[0], [Entry(ANNS, Kind.ALIAS, LEAD)], "ann", NOW)
    assert may(local, ANNS)


def test_revoked_whichever_address_is_named(local: tuple[Database, Keys]) -> None:
    """Revoking one address of a person takes the grants of all away; of the lead's none."""
    database, _ = local
    import_list(database, [ALIAS, Entry(EVE, Kind.ALIAS, LEAD)], "ann", NOW)
    give(database, ANN)
    give(database, ANNS)
    assert 2 == grants.revoke(database, "cla-2018", ANNS, "ann", NOW)
    assert not may(local, ANN)
    with pytest.raises(NotDone, match="is lead or deputy"):
        grants.revoke(database, "cla-2018", EVE, "ann", NOW)


def test_a_group_only_through_its_members(local: tuple[Database, Keys]) -> None:
    """A grant that names a group counts for nothing, and the import says so; when the group goes it counts again."""
    database, _ = local
    give(database, TEAM)
    difference = import_list(database, MEMBERS, "ann", NOW)
    assert ((("cla-2018", TEAM),), False) == (difference.grants, may(local, TEAM))
    give(database, ANN)
    give(database, BOB)
    assert may(local, TEAM)
    assert (("cla-2018", TEAM),) == remove(database, TEAM, "ann", NOW).grants


def test_not_removed(local: tuple[Database, Keys]) -> None:
    """What the directory does not know cannot be removed."""
    with pytest.raises(NotDone, match=f"{EVE}: is no alias, group or mailbox"):
        remove(local[0], EVE, "ann", NOW)


def test_which_are_groups(local: tuple[Database, Keys]) -> None:
    """Groups, mailboxes and their aliases are groups; people are not, however many are asked for."""
    database, _ = local
    import_list(database, [*EVERYTHING, Entry(EVE, Kind.ALIAS, TEAM)], "ann", NOW)
    many = [f"p{number}@policy.example" for number in range(1200)]
    assert {TEAM, OFFICE, EVE} == groups_among(database, [*many, ANNS, ANN, TEAM, OFFICE, EVE])


def test_on_record(local: tuple[Database, Keys]) -> None:
    """The audit log says what an import and a removal changed, and by whom."""
    database, _ = local
    import_list(database, [ALIAS, BOX], "ann", NOW)
    remove(database, ANNS, "bob", NOW)
    made = [(entry.actor, entry.action, entry.facts) for entry in reversed(audit.entries(database, None, 2))]
    said = {"added": [f"alias {ANNS} {ANN}", f"mailbox {OFFICE}"], "changed": [], "removed": []}
    assert [
        ("ann", "directory import", said),
        ("bob", "directory remove", {"added": [], "changed": [], "removed": [f"alias {ANNS} {ANN}"]}),
    ] == made


def test_a_large_directory_loads_fast(local: tuple[Database, Keys]) -> None:
    """Ten thousand aliases and five hundred groups of twenty load within a quarter of a poll's second."""
    people = [f"person{number}@policy.example" for number in range(10_000)]
    aliases = [Entry(f"also{number}@policy.example", Kind.ALIAS, one) for number, one in enumerate(people)]
    members = [
        Entry(f"list{number // 20}@policy.example", Kind.GROUP, one) for number, one in enumerate(people)
    ]
    import_list(local[0], [*aliases, *members], "ann", NOW)
    known = load_register(*local)
    assert within(0.25, lambda: load_register(*local))
    assert (10_000, 500) == (len(known.aliases), len(known.groups))
