"""Whom an address stands for: persons, aliases, groups in groups."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model import Register
from gateway.persons import NOBODY, Entry, Kind, Party, circular, contradictions, party, person

ANN, BOB, EVE, TEAM, ALL, LOOP = (
    f"{name}@policy.example" for name in ("ann", "bob", "eve", "team", "all", "loop")
)


def register(
    groups: dict[str, tuple[str, ...]] | None = None, aliases: dict[str, str] | None = None
) -> Register:
    """A register that knows only this directory."""
    return replace(Register.empty(), groups=groups or {}, aliases=aliases or {})


@pytest.mark.parametrize(
    ("address", "groups", "aliases", "expected"),
    [
        pytest.param(ANN, {}, {}, Party(ANN, (ANN,)), id="a-person"),
        pytest.param("ANN@Policy.Example", {}, {}, Party(ANN, (ANN,)), id="spelled-otherwise"),
        pytest.param(BOB, {}, {BOB: ANN}, Party(ANN, (ANN,)), id="an-alias"),
        pytest.param("no address", {}, {}, NOBODY, id="no-address"),
        pytest.param(None, {}, {}, NOBODY, id="the-null-sender"),
        pytest.param(TEAM, {TEAM: (ANN, BOB)}, {}, Party(TEAM, (ANN, BOB), group=True), id="a-group"),
        pytest.param(
            EVE, {TEAM: (ANN,)}, {EVE: TEAM}, Party(TEAM, (ANN,), group=True), id="alias-of-a-group"
        ),
        pytest.param(
            TEAM, {TEAM: (ANN, BOB)}, {BOB: ANN}, Party(TEAM, (ANN,), group=True), id="one-person-twice"
        ),
        pytest.param(
            ALL,
            {ALL: (TEAM, EVE), TEAM: (ANN, EVE)},
            {},
            Party(ALL, (EVE, ANN), group=True),
            id="a-group-in-a-group",
        ),
        pytest.param(TEAM, {TEAM: ()}, {}, Party(TEAM, group=True, whole=False), id="empty"),
        pytest.param(
            ALL,
            {ALL: (TEAM, ANN), TEAM: ()},
            {},
            Party(ALL, (ANN,), group=True, whole=False),
            id="empty-inside",
        ),
        pytest.param(
            LOOP, {LOOP: (LOOP, ANN)}, {}, Party(LOOP, (ANN,), group=True, whole=False), id="contains-itself"
        ),
        pytest.param(
            ALL,
            {ALL: (LOOP, ANN), LOOP: (TEAM,), TEAM: (LOOP, BOB)},
            {},
            Party(ALL, (ANN, BOB), group=True, whole=False),
            id="contains-a-circle",
        ),
        pytest.param(
            ALL,
            {ALL: (TEAM, LOOP), TEAM: (ANN,), LOOP: (TEAM,)},
            {},
            Party(ALL, (ANN,), group=True),
            id="one-group-by-two-ways-is-no-circle",
        ),
    ],
)
def test_party(
    address: str | None, groups: dict[str, tuple[str, ...]], aliases: dict[str, str], expected: Party
) -> None:
    """Everybody who reads what is sent to an address, each once; not whole where nobody can tell."""
    assert expected == party(register(groups, aliases), address)


def test_deep_nesting_ends() -> None:
    """Five thousand groups in one another are one group of one person."""
    names = [f"g{number}@policy.example" for number in range(5000)]
    groups: dict[str, tuple[str, ...]] = {
        name: (inner,) for name, inner in zip(names, [*names[1:], ANN], strict=True)
    }
    assert Party(names[0], (ANN,), group=True) == party(register(groups), names[0])


def test_person() -> None:
    """A person is known by one address; what is no address is nobody."""
    known = register(aliases={BOB: ANN})
    assert [ANN, ANN, EVE, None, None] == [
        person(known, address) for address in (ANN, "Bob@POLICY.example", EVE, "@", None)
    ]


_names = st.sampled_from([ANN, BOB, EVE, TEAM, ALL, LOOP])
_groups = st.dictionaries(_names, st.lists(_names, max_size=4).map(tuple), max_size=4)
_aliases = st.dictionaries(_names, _names, max_size=3)


@given(_names, _groups, _aliases)
def test_any_directory_has_an_answer(
    address: str, groups: dict[str, tuple[str, ...]], aliases: dict[str, str]
) -> None:
    """However the directory is tangled, there is an answer, and whoever is named is a person, once."""
    found = party(register(groups, aliases), address)
    assert len(set(found.persons)) == len(found.persons)
    assert not set(found.persons) & set(groups)
    assert found.persons or not found.whole


@given(_groups)
def test_circles(groups: dict[str, tuple[str, ...]]) -> None:
    """A circle that is shown is one: each group in it is a member of its neighbour."""
    found = circular(groups)
    assert all(one in groups[other] or other in groups[one] for one, other in pairwise(found))


def entries(*rows: tuple[str, Kind, str]) -> Iterable[Entry]:
    """Entries of a directory."""
    return [Entry(*row) for row in rows]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param(
            [(BOB, Kind.ALIAS, ANN), (TEAM, Kind.GROUP, ANN), (TEAM, Kind.GROUP, BOB)], [], id="none"
        ),
        pytest.param([(ANN, Kind.ALIAS, ANN)], [("member", "stands for itself")], id="itself"),
        pytest.param([(TEAM, Kind.GROUP, TEAM)], [("member", "is a member of itself")], id="own-member"),
        pytest.param(
            [(TEAM, Kind.GROUP, ANN), (TEAM, Kind.ALIAS, BOB)],
            [("kind", "is a group already")],
            id="two-kinds",
        ),
        pytest.param(
            [(BOB, Kind.ALIAS, ANN), (BOB, Kind.ALIAS, EVE)],
            [("member", f"stands for {ANN} already")],
            id="two-persons",
        ),
        pytest.param(
            [(BOB, Kind.ALIAS, ANN), (EVE, Kind.ALIAS, BOB)],
            [("member", f"stands for {BOB}, which is an alias; name the person's own address")],
            id="alias-of-an-alias",
        ),
    ],
)
def test_contradictions(rows: list[tuple[str, Kind, str]], expected: list[tuple[str, str]]) -> None:
    """What cannot stand together is named, with the field that is wrong."""
    assert expected == [(field, why) for _, field, why in contradictions(entries(*rows))]
