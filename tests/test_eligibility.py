"""Who may have a publication now: of aliases, groups, suspended people and drafts; then the laws."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.eligibility import Eligibility, Likenesses
from gateway.model import (
    Decision,
    Detector,
    Disposition,
    Envelope,
    Finding,
    Grant,
    GrantKind,
    Membership,
    Policy,
    Publication,
    Reason,
    Recipient,
    Register,
    State,
)
from gateway.persons import party
from gateway.policy import decide

TICK, HOUR = timedelta(microseconds=1), timedelta(hours=1)
LIVE = datetime(2018, 3, 28, 8, 30, tzinfo=UTC)
NOW = LIVE - HOUR
RELAY, HOLD = Disposition.RELAY, Disposition.HOLD
PRA, MADE = GrantKind.PRE_RELEASE, GrantKind.PRODUCTION
LEAD, ANN, BOB, EVE, TEAM, ALL, LOOP = (
    f"{name}@policy.example" for name in ("lead", "ann", "bob", "eve", "team", "all", "loop")
)
ANNS = "ann.other@policy.example"
CLA = Publication("cla-2018", "Children looked after", LIVE, LEAD)
GCSE = Publication("gcse-2018", "GCSE results", LIVE + 2 * HOUR, LEAD)
BANNER = Finding("embargo-banner", Detector.BANNER, "1", "cla-2018")
OTHER = Finding("embargo-banner", Detector.BANNER, "2", "gcse-2018")
LOCKED = Finding("unreadable-content", Detector.UNREADABLE, "2", reason=Reason.ENCRYPTED)


def register(*granted: str, state: State = State.EMBARGOED, **directory: Any) -> Register:
    """Two publications; `granted` people, and the lead, may have the first; what the directory says of them."""
    people = {person: (Grant(person, PRA),) for person in granted}
    people[LEAD] = (Grant(LEAD, MADE, origin="lead"),)
    publications = {CLA.id: replace(CLA, state=state), GCSE.id: GCSE}
    grants = {CLA.id: people, GCSE.id: {LEAD: (Grant(LEAD, MADE, origin="lead"),)}}
    return replace(Register(1, publications, grants, MappingProxyType({})), **directory)


def decision(
    known: Register, *to: str, sender: str | None = LEAD, found: tuple[Finding, ...] = (BANNER,)
) -> Decision:
    """The decision on a mail with a banner, an hour before publication."""
    return decide(Envelope(sender, tuple(map(Recipient, to))), found, known, Policy(), NOW)


@pytest.mark.parametrize(
    ("granted", "directory", "address", "expected"),
    [
        pytest.param([ANN], {"aliases": {ANNS: ANN}}, ANNS, True, id="alias"),
        pytest.param([ANN], {"aliases": {ANNS: ANN}}, ANN, True, id="person-with-an-alias"),
        pytest.param([ANN], {}, ANNS, False, id="alias-that-was-removed"),
        pytest.param([ANN], {"aliases": {ANNS: EVE}}, ANNS, False, id="alias-of-somebody-else"),
        pytest.param([ANN, BOB], {"groups": {TEAM: (ANN, BOB)}}, TEAM, True, id="all-members"),
        pytest.param([ANN], {"groups": {TEAM: (ANN, BOB)}}, TEAM, False, id="not-all-members"),
        pytest.param(
            [ANN, BOB],
            {"groups": {TEAM: (ANNS, BOB)}, "aliases": {ANNS: ANN}},
            TEAM,
            True,
            id="a-member-by-alias",
        ),
        pytest.param([TEAM], {"groups": {TEAM: (ANN,)}}, TEAM, False, id="a-grant-to-the-group-says-nothing"),
        pytest.param([ANN], {"groups": {TEAM: (ANN,), ALL: (TEAM,)}}, ALL, True, id="group-in-a-group"),
        pytest.param(
            [ANN],
            {"groups": {TEAM: (ANN, EVE), ALL: (ANN, TEAM)}},
            ALL,
            False,
            id="stranger-in-the-inner-group",
        ),
        pytest.param([ANN], {"groups": {TEAM: ()}}, TEAM, False, id="empty-group"),
        pytest.param([ANN], {"groups": {TEAM: (), ALL: (ANN, TEAM)}}, ALL, False, id="empty-inner-group"),
        pytest.param([ANN], {"groups": {LOOP: (ANN, LOOP)}}, LOOP, False, id="contains-itself"),
        pytest.param(
            [ANN], {"groups": {LOOP: (ANN, TEAM), TEAM: (LOOP,)}}, TEAM, False, id="contain-one-another"
        ),
        pytest.param([ANN], {"suspended": {ANN: NOW + TICK}}, ANN, False, id="suspended"),
        pytest.param([ANN], {"suspended": {ANN: NOW}}, ANN, True, id="suspension-over"),
        pytest.param([], {"suspended": {LEAD: NOW + TICK}}, LEAD, False, id="suspended-lead"),
        pytest.param(
            [ANN], {"suspended": {ANN: LIVE}, "aliases": {ANNS: ANN}}, ANNS, False, id="suspended-by-alias"
        ),
        pytest.param(
            [ANN, BOB],
            {"suspended": {BOB: LIVE}, "groups": {TEAM: (ANN, BOB)}},
            TEAM,
            False,
            id="suspended-in-a-group",
        ),
        pytest.param(
            [ANN],
            {"suspended": {TEAM: LIVE}, "groups": {TEAM: (ANN,)}},
            TEAM,
            False,
            id="suspended-as-a-group",
        ),
        pytest.param([ANN], {"state": State.DRAFT}, ANN, False, id="draft-is-closed"),
        pytest.param([], {"state": State.DRAFT}, LEAD, True, id="draft-is-open-to-its-lead"),
    ],
)
def test_eligible(granted: list[str], directory: dict[str, Any], address: str, expected: bool) -> None:
    """Whoever reads an address must hold a grant that counts: each of them, now."""
    assert expected is Eligibility(register(*granted, **directory), NOW).eligible(address, CLA.id)


def test_mail_to_a_group() -> None:
    """A group with strangers in it is held, and the decision counts its people and those who are not listed."""
    people = tuple(f"p{number}@policy.example" for number in range(41))
    known = register(*people[3:], groups={TEAM: people})
    (made,) = decision(known, TEAM).outcomes
    assert (HOLD, Membership(41, 3), None) == (made.disposition, made.group, made.resembles)


def test_a_group_of_listed_people_gets_its_mail() -> None:
    """Mail to a group whose members are all listed is relayed like mail to each of them."""
    made = decision(register(ANN, BOB, groups={TEAM: (ANN, BOB)}), TEAM, ANN)
    assert ([RELAY, RELAY], False) == ([each.disposition for each in made.outcomes], made.incident)


def test_people_are_counted_once() -> None:
    """Who is in a group by several ways and under several addresses is one person."""
    known = register(ANN, groups={TEAM: (ANN, ANNS, EVE), ALL: (TEAM, EVE, ANN)}, aliases={ANNS: ANN})
    assert Membership(2, 1) == decision(known, ALL).outcomes[0].group


def test_unlisted_for_any_publication() -> None:
    """Of a mail of two publications a member must be listed for both."""
    known = register(ANN, groups={TEAM: (ANN, LEAD)})
    (made,) = decision(known, TEAM, found=(BANNER, OTHER)).outcomes
    assert (Membership(2, 1), ("gcse-2018",)) == (made.group, made.ineligible_for)


def test_in_doubt_between_banners() -> None:
    """Where a banner fits two publications a group passes whose members may each have one of them."""
    doubt = Finding("embargo-banner", Detector.BANNER, "1", None, (CLA.id, GCSE.id))
    known = register(ANN, groups={TEAM: (ANN, LEAD)})
    known = replace(known, grants={CLA.id: {ANN: (Grant(ANN, PRA),)}, GCSE.id: known.grants[GCSE.id]})
    assert RELAY is decision(known, TEAM, found=(doubt,)).disposition


def test_suspended_people_are_named() -> None:
    """A decision says until when sender and recipient are suspended, so that the lead need not wonder."""
    known = register(ANN, BOB, suspended={ANN: LIVE, BOB: LIVE + HOUR})
    made = decision(known, ANN, EVE, sender=BOB)
    assert (LIVE + HOUR, ("cla-2018",), [LIVE, None]) == (
        made.sender_suspended_until,
        made.sender_ineligible_for,
        [each.suspended_until for each in made.outcomes],
    )


def test_who_is_suspended_could_still_have_it() -> None:
    """What nobody can read is held from a suspended sender as from any with a grant: they had it before."""
    known = register(ANN, suspended={ANN: LIVE})
    assert HOLD is decision(known, EVE, sender=ANN, found=(LOCKED,)).disposition


def test_what_a_shared_mailbox_sends() -> None:
    """A shared mailbox could have what any of its members has."""
    known = register(ANN, groups={TEAM: (ANN, EVE)})
    assert [HOLD, RELAY] == [
        each.disposition for each in decision(known, EVE, ANN, sender=TEAM, found=(LOCKED,)).outcomes
    ]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        pytest.param("anne@policy.example", ANN, id="one-letter-more"),
        pytest.param("ann.othr@policy.example", ANNS, id="like-an-alias"),
        pytest.param("eve@policy.example", None, id="like-nobody"),
        pytest.param("leads@policy.example", LEAD, id="like-the-lead"),
        pytest.param("no address", None, id="no-address"),
        pytest.param(BOB, None, id="listed-under-an-alias"),
        pytest.param(TEAM, None, id="a-group"),
    ],
)
def test_whom_a_stranger_looks_like(address: str, expected: str | None) -> None:
    """Only who is on none of the lists of the mail can look like somebody who is."""
    known = register(ANN, aliases={ANNS: ANN, BOB: ANN}, groups={TEAM: (EVE,)})
    assert expected == Likenesses(known).of(party(known, address), (CLA.id, None))


def test_likeness_is_to_the_lists_of_the_mail() -> None:
    """Who looks like somebody on another publication's list looks like nobody."""
    known = register(ANN)
    assert [ANN, None] == [
        Likenesses(known).of(party(known, "anne@policy.example"), (key,)) for key in (CLA.id, GCSE.id)
    ]


def test_listed_too_early_looks_like_nobody() -> None:
    """Who is on the list, but not yet, is not said to look like oneself."""
    known = register(ANN)
    early = decide(Envelope(LEAD, (Recipient(ANN),)), (BANNER,), known, Policy(), LIVE - 48 * HOUR)
    assert (HOLD, None) == (early.disposition, early.outcomes[0].resembles)


_people = st.sampled_from([LEAD, ANN, ANNS, BOB, EVE])
_anyone = st.sampled_from([LEAD, ANN, ANNS, BOB, EVE, TEAM, ALL, LOOP])
_groups = st.dictionaries(
    st.sampled_from([TEAM, ALL, LOOP]), st.lists(_anyone, max_size=4).map(tuple), max_size=3
)
_registers = st.builds(
    lambda granted, groups, aliases, suspended: register(
        *granted, groups=groups, aliases=aliases, suspended=suspended
    ),
    st.lists(_people, max_size=4),
    _groups,
    st.dictionaries(st.just(ANNS), st.just(ANN), max_size=1),
    st.dictionaries(_people, st.sampled_from([NOW - TICK, NOW, NOW + TICK, LIVE]), max_size=2),
)


def eligible(known: Register) -> set[str]:
    """Who may have the first publication."""
    lists = Eligibility(known, NOW)
    return {each for each in (LEAD, ANN, ANNS, BOB, EVE, TEAM, ALL, LOOP) if lists.eligible(each, CLA.id)}


@settings(max_examples=50)
@given(_registers, st.sampled_from([TEAM, ALL, LOOP]), _anyone)
def test_a_member_more_opens_nothing(known: Register, group: str, member: str) -> None:
    """Adding a member to a group that has some makes nobody eligible."""
    members = known.groups.get(group, ())
    if members:
        assert eligible(replace(known, groups={**known.groups, group: (*members, member)})) <= eligible(known)


@settings(max_examples=50)
@given(_registers, _people)
def test_a_suspension_opens_nothing(known: Register, person: str) -> None:
    """Suspending anybody makes nobody eligible, and that person, under no address, is."""
    suspended = known.aliases.get(person, person)
    after = eligible(replace(known, suspended={**known.suspended, suspended: LIVE}))
    assert after <= eligible(known) - {person, suspended}


@settings(max_examples=50)
@given(_registers, _people)
def test_a_grant_is_for_one_person(known: Register, person: str) -> None:
    """A grant makes its person eligible and groups with them, and no stranger."""
    people = {**known.grants[CLA.id], person: (Grant(person, PRA),)}
    after = eligible(replace(known, grants={**known.grants, CLA.id: people}))
    strangers = (
        {LEAD, ANN, ANNS, BOB, EVE}
        - {person}
        - {each for each in known.aliases if known.aliases[each] == person}
    )
    assert eligible(known) <= after
    assert after & strangers == eligible(known) & strangers


@settings(max_examples=50)
@given(_registers, _anyone)
def test_a_group_is_its_members(known: Register, address: str) -> None:
    """Mail to a group is held if and only if it would be for one of its members, or nobody can tell who they are."""
    who = party(known, address)
    each = [decision(known, person).disposition for person in who.persons]
    closed = HOLD in each or not who.whole
    assert (HOLD if closed else RELAY) is decision(known, address).disposition


@settings(max_examples=50)
@given(_registers, st.lists(_anyone, min_size=1, max_size=4))
def test_members_are_counted_for_ineligible_groups_only(known: Register, to: list[str]) -> None:
    """Every ineligible group is counted, nobody else; who is not listed is among its members."""
    for made in decision(known, *to).outcomes:
        is_group = party(known, made.recipient.address).group
        assert (made.group is not None) == (is_group and not made.eligible)
        assert made.group is None or 0 <= made.group.unlisted <= made.group.members
