"""Who may see and do what: every cell of the table, and whose role somebody has where."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from types import MappingProxyType

import pytest

from gateway.model import Detector, Finding, Publication, Reason, Register
from gateway.roles import (
    MAY,
    Act,
    Role,
    Staff,
    may,
    may_about,
    may_for,
    may_see_content,
    on_behalf,
    own_mail,
    roles_for,
    roles_of,
    staff_of,
)
from tests.filed import BANNER, DEPUTY, LEAD, OUTSIDER, SENDER, example

HEAD, OPERATOR, AUDITOR = "head@stats.example", "operator@it.example", "auditor@audit.example"
OTHER_LEAD = "other@stats.example"
WHEN = datetime(2018, 3, 28, 8, 30, tzinfo=UTC)
PEOPLE = {
    Role.LEAD: LEAD,
    Role.DEPUTY: DEPUTY,
    Role.HEAD: HEAD,
    Role.OPERATOR: OPERATOR,
    Role.AUDITOR: AUDITOR,
}

TABLE = """
                          lead  deputy  head  operator  auditor
SEE_WAITING               yes   yes     yes   -         -
SEE_INCIDENT              yes   yes     yes   yes       yes
SEE_ADDRESSES             yes   yes     yes   -         yes
DECIDE                    yes   yes     yes   -         -
SEE_CONTENT               yes   yes     yes   -         -
SEE_STATES                yes   yes     yes   yes       yes
SEE_PUBLICATION           yes   yes     yes   -         yes
ADD_PUBLICATION           yes   -       yes   -         -
CHANGE_PUBLICATION        yes   yes     yes   -         -
SEE_ACCESS_LIST           yes   yes     yes   -         yes
CHANGE_ACCESS_LIST        yes   yes     yes   -         -
SEE_DOCUMENTS             yes   yes     yes   -         -
CHANGE_DOCUMENTS          yes   yes     yes   -         -
PREFLIGHT                 yes   yes     yes   -         -
SEE_HEALTH                -     -       yes   yes       yes
SEE_RECORD                -     -       yes   -         yes
"""
"""What README promises; written here once more on purpose."""
CELLS = {
    (Act[words[0]], role): words[1 + at] == "yes"
    for words in map(str.split, TABLE.strip().splitlines()[1:])
    for at, role in enumerate(Role)
}


def register(**aliases: str) -> Register:
    """Two publications with people of their own."""
    entries = (
        Publication("cla-2018", "Children looked after", WHEN, LEAD, deputies=(DEPUTY,)),
        Publication("other", "Another", WHEN, OTHER_LEAD),
    )
    known = MappingProxyType({entry.id: entry for entry in entries})
    return replace(Register.empty(), publications=known, aliases=MappingProxyType(aliases))


def staff(aliases: dict[str, str] | None = None) -> Staff:
    """Everybody with a role."""
    entries = replace(register(), aliases=MappingProxyType(aliases or {}))
    return staff_of(entries, [HEAD], [OPERATOR], [AUDITOR])


@pytest.mark.parametrize(("act", "role"), list(product(Act, Role)), ids=lambda each: each.name.lower())
def test_every_cell(act: Act, role: Role) -> None:
    """Each role may do what the table says for its own publication, and nothing else."""
    expected = CELLS[act, role]
    assert expected is may(PEOPLE[role], act, staff())
    assert expected is may_for(PEOPLE[role], act, "cla-2018", staff())
    assert expected is may_about(PEOPLE[role], act, example(), staff())


def test_the_table_is_whole() -> None:
    """No act is missing, and each has somebody who may."""
    assert set(Act) == set(MAY) == {act for act, _ in CELLS}
    assert all(MAY.values())


@pytest.mark.parametrize("act", Act, ids=lambda act: act.name.lower())
def test_strangers_may_nothing(act: Act) -> None:
    """Who has no role may do nothing: not a listed person, not a sender, not a broken address."""
    for stranger in (OUTSIDER, SENDER, "nobody", "", "lead@stats.example.evil.example"):
        assert not may(stranger, act, staff())
        assert not may_for(stranger, act, "cla-2018", staff())


@pytest.mark.parametrize("act", Act, ids=lambda act: act.name.lower())
@pytest.mark.parametrize("where", ["other", "gone", None])
def test_leads_have_a_say_in_their_own_publications_only(act: Act, where: str | None) -> None:
    """A lead or deputy may do nothing for another publication, one that is not there, or one nobody registered."""
    assert not may_for(LEAD, act, where, staff())
    assert not may_for(DEPUTY, act, where, staff())


@pytest.mark.parametrize("where", ["cla-2018", "other", "gone", None])
def test_the_head_has_a_say_in_all(where: str | None) -> None:
    """The fallback decides for every publication, and alone for those that nobody registered."""
    assert may_for(HEAD, Act.DECIDE, where, staff())
    everybody = (LEAD, DEPUTY, OTHER_LEAD, OPERATOR, AUDITOR)
    if where in ("gone", None):
        assert not any(may_for(each, Act.DECIDE, where, staff()) for each in everybody)


def test_roles_add_up() -> None:
    """Somebody may be lead of one publication and deputy of another; roles are those of the register as it is."""
    entries = register().publications
    both = {**entries, "third": Publication("third", "Third", WHEN, OTHER_LEAD, deputies=(LEAD,))}
    people = replace(staff(), publications=both)
    assert {Role.LEAD, Role.DEPUTY} == roles_of(LEAD, people)
    assert {Role.DEPUTY} == roles_for(LEAD, "third", people)
    assert frozenset() == roles_of(LEAD, replace(people, publications={}))


@pytest.mark.parametrize("spelled", ["LEAD@Stats.Example", '"lead"@stats.example', "alias@else.example"])
def test_a_person_is_known_by_every_spelling(spelled: str) -> None:
    """Case, quoting and registered aliases lead to the same person; what resembles them does not."""
    people = staff({"alias@else.example": LEAD})
    assert {Role.LEAD} == roles_of(spelled, people)
    assert frozenset() == roles_of("lead+x@stats.example", people)


def test_a_lead_registered_by_an_alias() -> None:
    """The register may name a lead, and the settings a head, by another address of the same person."""
    people = staff_of(
        replace(
            register(), aliases=MappingProxyType({LEAD: "person@stats.example", HEAD: "hop@stats.example"})
        ),
        [HEAD],
        [],
        [],
    )
    assert {Role.LEAD} == roles_of("person@stats.example", people)
    assert {Role.HEAD} == roles_of("hop@stats.example", people)


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        pytest.param(LEAD, {"cla-2018"}, id="lead"),
        pytest.param(DEPUTY, {"cla-2018"}, id="deputy"),
        pytest.param(OTHER_LEAD, {"other"}, id="lead-of-the-other"),
        pytest.param(HEAD, {"cla-2018", "other", None}, id="head"),
        pytest.param(OPERATOR, set(), id="operator"),
        pytest.param(AUDITOR, set(), id="auditor"),
        pytest.param(OUTSIDER, set(), id="stranger"),
    ],
)
def test_on_whose_behalf(who: str, expected: set[str | None]) -> None:
    """An incident of several publications: everybody decides for their own, the head for all."""
    incident = example(publications=("cla-2018", "other", None))
    assert expected == on_behalf(who, incident, staff())


@pytest.mark.parametrize("sender", [LEAD, "Lead@STATS.example", "alias@else.example"])
def test_nobody_decides_on_their_own_mail(sender: str) -> None:
    """The sender decides nothing about their mail, from whichever address it came; deputy and head do."""
    people = staff({"alias@else.example": LEAD})
    incident = example(sender=sender)
    for spelled in (LEAD, "alias@else.example"):
        assert own_mail(spelled, incident, people)
        assert frozenset() == on_behalf(spelled, incident, people)
    assert {"cla-2018"} == on_behalf(DEPUTY, incident, people)
    assert {"cla-2018"} == on_behalf(HEAD, incident, people)


def test_automatic_mail_is_nobodys_own() -> None:
    """A mail without sender is decided by the lead like any other."""
    assert {"cla-2018"} == on_behalf(LEAD, example(sender=None), staff())


def test_an_incident_without_publication_is_the_heads() -> None:
    """What belongs to no publication at all waits for the head alone."""
    incident = example(publications=(), concerns=())
    assert {None} == on_behalf(HEAD, incident, staff())
    assert frozenset() == on_behalf(LEAD, incident, staff())
    assert not may_about(LEAD, Act.SEE_INCIDENT, incident, staff())


@pytest.mark.parametrize("role", Role, ids=lambda role: role.name.lower())
def test_content_needs_role_and_grant(role: Role) -> None:
    """Without a grant that is valid now nobody sees content; with one only those whose role may."""
    who = PEOPLE[role]
    assert not may_see_content(who, example(), staff(), lambda _address, _publication: False)
    assert CELLS[Act.SEE_CONTENT, role] is may_see_content(
        who, example(), staff(), lambda address, publication: (address, publication) == (who, "cla-2018")
    )


def test_a_grant_for_another_publication_shows_nothing() -> None:
    """The grant must be for a publication of which a trace was found, and the role too."""
    incident = example(publications=("cla-2018", "other"))
    assert not may_see_content(LEAD, incident, staff(), lambda _, publication: publication == "other")
    assert not may_see_content(OTHER_LEAD, incident, staff(), lambda _, publication: True)


def test_content_needs_a_grant_for_every_publication_in_it() -> None:
    """Traces of two publications, sure or in doubt: the list of one of them alone opens nothing, not to the head."""
    doubt = replace(BANNER, publication=None, candidates=("cla-2018", "other"))
    second, unknown = replace(BANNER, publication="other"), replace(BANNER, publication=None)
    for findings in ((BANNER, second), (doubt,)):
        incident = example(findings=findings, publications=("cla-2018", "other"))
        for who in (LEAD, OTHER_LEAD, HEAD):
            assert not may_see_content(who, incident, staff(), lambda _, key: key == "cla-2018")
            assert not may_see_content(who, incident, staff(), lambda _, key: key == "other")
            assert may_see_content(who, incident, staff(), lambda _, __: True)
    mixed = example(findings=(BANNER, unknown), publications=("cla-2018", None))
    assert not may_see_content(LEAD, mixed, staff(), lambda _, __: True)


def test_what_could_not_be_read_is_shown_to_nobody() -> None:
    """An unreadable part is no trace: it may be private."""
    unread = Finding("unreadable", Detector.UNREADABLE, "2", "cla-2018", reason=Reason.ENCRYPTED)
    assert not may_see_content(LEAD, example(findings=(unread,)), staff(), lambda _, __: True)
    assert may_see_content(LEAD, example(findings=(unread, BANNER)), staff(), lambda _, __: True)


def test_content_of_an_unregistered_publication_is_shown_to_nobody() -> None:
    """There is no grant for what nobody registered."""
    unknown = replace(BANNER, publication=None)
    incident = example(findings=(unknown,), publications=(None,))
    assert not may_see_content(HEAD, incident, staff(), lambda _, __: True)
