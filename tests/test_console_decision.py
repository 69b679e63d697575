"""The pages of the decisions over HTTP: each from its form to what follows, exactly one winner, nothing typed lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update

from gateway.model import GrantKind, Membership
from gateway.store import decisions, grants
from gateway.store.letters import Kind
from gateway.store.tables import EXEMPTIONS, INCIDENTS, LETTERS
from tests.deciding import (
    DEPUTY,
    FIRST,
    HEAD,
    LEAD,
    LISTED,
    LOCKED,
    NOW,
    OTHER,
    OTHER_LEAD,
    OUTSIDER,
    SECOND,
    Site,
    about,
    closed,
    listed,
    served,
)

WHY = "They make or check these statistics"
NEEDED = "Helps to make or to check these statistics"
BOTH = ("0", "1")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One console for this module; each test holds mail of its own."""
    with served(tmp_path_factory.mktemp("site")) as made:
        yield made


def test_release_sends_to_those_who_were_chosen(site: Site) -> None:
    """Whoever is ticked gets the mail, recorded as without access and why; the others go on waiting."""
    ref, woken = site.hold([closed(OUTSIDER), closed(SECOND)]), site.woken
    page = site.decide(LEAD, ref, "release", recipient="1", why=WHY)
    assert (303, f"/incidents/{ref}/decided") == (page.status, page.to)
    assert {OUTSIDER: "held", SECOND: "releasing"} == site.standings(ref)
    second = site.found(ref).recipients[1]
    assert (True, LEAD, WHY) == (second.without_grant, second.decided_by, second.reason)
    assert woken + 1 == site.woken
    told = site.get(LEAD, page.to).text
    assert "Recorded: some recipients still wait" in told
    assert f"{SECOND} Being sent now, without access: decided by {LEAD} (you)" in told
    assert WHY in told


def test_nobody_unlisted_is_ticked_beforehand(site: Site) -> None:
    """A form begins with those who may have the mail anyway; a single recipient needs no tick."""
    ref = site.hold([closed(OUTSIDER), closed(SECOND), listed(waits=True)])
    assert "2" == site.get(LEAD, f"/incidents/{ref}/release").fields["recipient"]
    assert "recipient" not in site.get(LEAD, f"/incidents/{ref}/grant").fields
    assert ["0", "1", "2"] == site.get(LEAD, f"/incidents/{ref}/wait").fields["recipient"]
    alone = site.get(LEAD, f"/incidents/{site.hold()}/release")
    assert ("0", "hidden") == (alone.fields["recipient"], alone.kind("recipient"))


def test_a_release_to_listed_people_needs_no_reason(site: Site) -> None:
    """Who may have the mail anyway is not released without access, so nothing has to be justified."""
    ref = site.hold([closed(OUTSIDER), listed(LEAD, waits=True)])
    assert 303 == site.decide(LEAD, ref, "release", recipient="1").status
    assert {OUTSIDER: "held", LEAD: "releasing"} == site.standings(ref)


def test_grant_gives_access_and_sends(site: Site) -> None:
    """Reason, kind and the declaration's date are kept with the grant, and the mail goes with access."""
    ref = site.hold([closed("new@policy.example")])
    fields = {
        "kind": "pre-release",
        "other": "New private secretary",
        "day": "1",
        "month": "2",
        "year": "2018",
    }
    assert 303 == site.decide(LEAD, ref, "grant", **fields).status
    assert {"new@policy.example": "releasing"} == site.standings(ref)
    assert not site.found(ref).recipients[0].without_grant
    (made,) = [one for one in grants.listed(site.database, FIRST) if one.address == "new@policy.example"]
    assert (GrantKind.PRE_RELEASE, "New private secretary", "2018-02-01") == (
        made.kind,
        made.reason,
        str(made.declared_on),
    )


def test_a_group_cannot_be_given_access(site: Site) -> None:
    """The form of a grant does not offer a group: its members are listed one by one."""
    ref = site.hold([closed(OUTSIDER), closed("team@policy.example", group=Membership(41, 3))])
    assert "team@policy.example" not in site.get(LEAD, f"/incidents/{ref}/grant").text
    assert "team@policy.example" in site.get(LEAD, f"/incidents/{ref}/release").text


def test_refuse_deletes_and_tells_the_sender(site: Site) -> None:
    """Nobody who waits gets the mail, and the sender is owed a letter with the message."""
    ref = site.hold([closed(OUTSIDER), listed()])
    page = site.decide(DEPUTY, ref, "refuse", message="Please ask Anna.\r\nThank you.")
    assert {OUTSIDER: "discarded", LISTED: "releasing"} == site.standings(ref)
    (letter,) = _letters(site, ref, Kind.DISCARDED)
    assert "Please ask Anna.\nThank you." == letter["message"]
    assert f"{OUTSIDER} Not sent: decided by {DEPUTY} (you)" in site.get(DEPUTY, page.to).text


@pytest.mark.parametrize("verb", ["send", "drop"])
def test_a_mail_can_wait_for_publication(site: Site, verb: str) -> None:
    """It stays held, the page says what will happen, and another decision may still be taken."""
    ref = site.hold([closed(OUTSIDER), closed(SECOND)])
    page = site.decide(LEAD, ref, "wait", verb=verb)
    assert {OUTSIDER: "held", SECOND: "held"} == site.standings(ref)
    assert "Recorded: the mail waits for publication" in site.get(LEAD, page.to).text
    words = {"send": "decided to send it", "drop": "decided to delete it"}
    assert (
        f"{words[verb]} when it is published, for Children looked after (2 of 2 recipients"
        in site.get(LEAD, f"/incidents/{ref}").text
    )
    assert 409 == site.decide(LEAD, ref, "wait", verb=verb).status
    assert 303 == site.decide(DEPUTY, ref, "refuse").status


def test_a_false_alarm_sends_and_is_remembered(site: Site) -> None:
    """The mail goes to everybody who waits, and its evidence is none any more; a reason is needed."""
    ref = site.hold([closed(OUTSIDER), closed(SECOND)])
    assert 400 == site.decide(LEAD, ref, "false-alarm").status
    assert 303 == site.decide(LEAD, ref, "false-alarm", other="Our own announcement").status
    assert {OUTSIDER: "releasing", SECOND: "releasing"} == site.standings(ref)
    with site.database.read() as connection:
        assert [FIRST] == list(
            connection.execute(select(EXEMPTIONS.c.publication).where(EXEMPTIONS.c.ref == ref)).scalars()
        )


def test_what_could_not_be_read_is_no_false_alarm(site: Site) -> None:
    """There is nothing to remember of what nobody read: that decision is not offered."""
    assert "false-alarm" not in site.get(LEAD, f"/incidents/{site.hold(findings=[LOCKED])}").html


def test_two_publications_need_both_leads(site: Site) -> None:
    """The first lead's word sends nothing and the page says whose is missing; the second one's sends."""
    ref = site.hold([closed(OUTSIDER, FIRST, OTHER)], findings=[about(FIRST), about(OTHER, "2")])
    form = site.get(LEAD, f"/incidents/{ref}/release")
    assert "The mail is about Exam results too. It is sent only once" in form.text
    page = site.submit(LEAD, form, why=WHY)
    told = site.get(LEAD, page.to).text
    assert "Recorded: somebody else must agree too" in told
    assert f"Exam results: {OTHER_LEAD}" in told
    assert {OUTSIDER: "held"} == site.standings(ref)
    page = site.get(DEPUTY, f"/incidents/{ref}")
    assert ("A mail waits for a decision" in page.text, f"{ref}/release" in page.html) == (True, False)
    assert 409 == site.submit(LEAD, form, why=WHY).status
    assert f"Exam results: {OTHER_LEAD} (you)" in site.get(OTHER_LEAD, f"/incidents/{ref}").text
    assert 303 == site.decide(OTHER_LEAD, ref, "release", why=WHY).status
    assert {OUTSIDER: "releasing"} == site.standings(ref)


def test_the_head_speaks_for_all(site: Site) -> None:
    """The head of profession answers for every publication of a mail: one word is enough."""
    ref = site.hold([closed(OUTSIDER, FIRST, OTHER)], findings=[about(FIRST), about(OTHER, "2")])
    assert 303 == site.decide(HEAD, ref, "release", why=WHY).status
    assert {OUTSIDER: "releasing"} == site.standings(ref)


@pytest.mark.parametrize("action", ["refuse", "wait", "grant", "release", "false-alarm"])
def test_a_stale_page_changes_nothing(site: Site, action: str) -> None:
    """Whoever sends a form that is older than a decision reads who decided what and when, and how things stand."""
    ref = site.hold([closed(OUTSIDER), closed(SECOND)])
    old = site.get(LEAD, f"/incidents/{ref}/{action}")
    decisions.release(site.database, ref, [SECOND], "why", DEPUTY, NOW, lambda _p, _a: False)
    before, woken = site.standings(ref), site.woken
    fields: dict[str, str | list[str]] = {
        "recipient": list(BOTH),
        "why": WHY,
        "kind": "production",
        "verb": "send",
    }
    page = site.submit(LEAD, old, **fields)
    assert (409, before, woken) == (page.status, site.standings(ref), site.woken)
    assert "What you sent just now changed nothing." in page.text
    assert f"{SECOND} Being sent now, without access: decided by {DEPUTY}" in page.text
    assert f"{OUTSIDER} Waiting. Not sent." in page.text


def test_a_form_that_is_sent_twice_counts_once(site: Site) -> None:
    """Double click, reload or back button: the second answer is 409 and names the first decision."""
    ref = site.hold()
    form = site.get(LEAD, f"/incidents/{ref}/refuse")
    assert [303, 409] == [site.submit(LEAD, form).status for _ in range(2)]
    again = site.get(LEAD, f"/incidents/{ref}/refuse")
    assert (409, True) == (again.status, f"decided by {LEAD} (you)" in again.text)
    assert 1 == len(_letters(site, ref, Kind.DISCARDED))


def test_of_many_at_once_one_wins(site: Site) -> None:
    """Eight decisions of three people at the same moment: one is carried out, seven are told."""
    # Should the grant win, nobody of another test may have access by it.
    ref = site.hold([closed("race@policy.example")])
    forms = [
        (who, site.get(who, f"/incidents/{ref}/{action}"))
        for who in (LEAD, DEPUTY, HEAD)
        for action in ("refuse", "release", "grant")
    ][:8]
    start = threading.Barrier(len(forms))

    def send(pair: tuple[str, object]) -> int:
        start.wait()
        return site.submit(pair[0], pair[1], why=WHY, kind="production").status  # type: ignore[arg-type]

    with ThreadPoolExecutor(len(forms)) as pool:
        assert [303] + [409] * 7 == sorted(pool.map(send, forms))


@pytest.mark.parametrize(
    ("action", "fields", "problems"),
    [
        (
            "release",
            {},
            {"recipient": "Select at least one recipient", "why": "Select a reason, or write your own"},
        ),
        (
            "release",
            {"recipient": "0", "other": "x" * 501},
            {"other": "The reason must be 500 characters or fewer"},
        ),
        (
            "grant",
            {"recipient": "0", "why": NEEDED, "kind": []},
            {"kind": "Select what kind of access they need"},
        ),
        (
            "grant",
            {
                "recipient": "0",
                "why": NEEDED,
                "kind": "production",
                "day": "31",
                "month": "2",
                "year": "2018",
            },
            {"day": "The date of the declaration must be a real date, such as 27 3 2018"},
        ),
        (
            "grant",
            {"recipient": "0", "why": NEEDED, "kind": "production", "day": "1", "month": "1", "year": "2999"},
            {"day": "The date of the declaration must be today or in the past"},
        ),
        ("refuse", {"message": "m" * 2001}, {"message": "The message must be 2000 characters or fewer"}),
        (
            "wait",
            {"recipient": []},
            {"verb": "Select what happens", "recipient": "Select at least one recipient"},
        ),
        ("false-alarm", {}, {"why": "Select a reason, or write your own"}),
    ],
)
def test_a_wrong_form_comes_back(
    site: Site, action: str, fields: dict[str, str | list[str]], problems: dict[str, str]
) -> None:
    """Status 400, a summary whose links lead to fields that exist, everything typed still there, nothing changed."""
    ref = site.hold([closed(OUTSIDER), closed(SECOND)])
    page = site.decide(LEAD, ref, action, **fields)
    assert (400, {OUTSIDER: "held", SECOND: "held"}) == (page.status, site.standings(ref))
    assert page.text.startswith("Error: ")
    for field, problem in problems.items():
        assert f'<a href="#{field}">{problem}' in page.html
        assert f'id="{field}"' in page.html
    for name, value in fields.items():
        assert value == (page.fields.get(name, []) if name != "message" else page.textarea), name


def test_what_the_store_refuses_is_said_on_the_form(site: Site) -> None:
    """A decision that cannot be carried out comes back with the reason, and nothing has changed."""
    odd = site.hold([closed("not an address")])
    page = site.decide(LEAD, odd, "grant", why=WHY, kind="production")
    assert (400, {"not an address": "held"}) == (page.status, site.standings(odd))
    assert "There is a problem" in page.text


def test_a_form_from_elsewhere_is_refused(site: Site) -> None:
    """Without the token of this session, or with another's, nothing is decided."""
    ref = site.hold()
    form = site.get(LEAD, f"/incidents/{ref}/refuse")
    for token in ("", "0" * 64, site.token(DEPUTY)):
        assert 403 == site.submit(LEAD, form, token=token).status
    assert {OUTSIDER: "held"} == site.standings(ref)


def test_positions_that_are_not_offered_are_nobody(site: Site) -> None:
    """A form that names a recipient who is not held, or none at all, releases nobody."""
    ref = site.hold([closed(OUTSIDER), listed(), closed(SECOND)])
    for recipient in ("1", "9", "-1", OUTSIDER):
        assert 400 == site.decide(LEAD, ref, "release", recipient=recipient, why=WHY).status
    assert {OUTSIDER: "held", LISTED: "releasing", SECOND: "held"} == site.standings(ref)


def test_damaged_mail_can_only_be_refused(site: Site) -> None:
    """What cannot be sent any more is not offered for sending, even after a release."""
    ref = site.hold()
    decisions.release(site.database, ref, None, "why", LEAD, NOW, lambda _p, _a: False)
    with site.database.write() as connection:
        connection.execute(update(INCIDENTS).where(INCIDENTS.c.ref == ref).values(damaged=True))
    page = site.get(LEAD, f"/incidents/{ref}")
    assert "The stored mail is damaged" in page.text
    assert ["refuse"] == [
        each for each in ("refuse", "wait", "grant", "release") if f"{ref}/{each}" in page.html
    ]
    assert 303 == site.decide(LEAD, ref, "refuse").status
    assert {OUTSIDER: "discarded"} == site.standings(ref)


def test_six_taps_are_enough(site: Site) -> None:
    """From the link in the alert: sign in, the action, a reason and the button; no page between asks for more."""
    ref = site.hold()
    page = site.get(LEAD, f"/incidents/{ref}")
    assert f'href="/incidents/{ref}/release"' in page.html
    form = site.get(LEAD, f"/incidents/{ref}/release")
    assert f'value="{WHY}"' in form.html
    assert 303 == site.submit(LEAD, form, why=WHY).status


def _letters(site: Site, ref: str, kind: Kind) -> list[dict[str, object]]:
    with site.database.read() as connection:
        query = select(LETTERS.c.facts).where(LETTERS.c.ref == ref, LETTERS.c.kind == kind)
        return list(connection.execute(query).scalars())
