"""The pages of an incident and of its content over HTTP: who sees what of it, and that nobody sees more."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import select, update

from gateway.model import Membership
from gateway.store import audit, decisions
from gateway.store.tables import AUDIT, CONTENTS
from tests.deciding import (
    AUDITOR,
    CANARY,
    DEPUTY,
    FIRST,
    HEAD,
    LATER,
    LEAD,
    LISTED,
    LOCKED,
    NOW,
    OPERATOR,
    OTHER,
    OTHER_LEAD,
    OUTSIDER,
    SECOND,
    SENDER,
    STRANGER,
    Site,
    about,
    closed,
    listed,
    served,
)

PEOPLE = (LEAD, DEPUTY, HEAD, OTHER_LEAD, OPERATOR, AUDITOR, STRANGER)
ACTIONS = ("refuse", "wait", "grant", "release", "false-alarm")
LOOK = {"why": "To decide who needs access"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One console for this module; each test holds mail of its own."""
    with served(tmp_path_factory.mktemp("site")) as made:
        yield made


def test_all_facts_are_on_one_page(site: Site) -> None:
    """Publication, time left, what was found and where, sender, each kind of recipient, and who is asked next."""
    outcomes = [
        closed(OUTSIDER),
        closed("team@policy.example", group=Membership(41, 3)),
        closed("lsited@policy.example", like=LISTED),
        listed(),
        listed("waits@policy.example", waits=True),
    ]
    text = site.get(LEAD, f"/incidents/{site.hold(outcomes, leaked=(FIRST,))}").text
    for fact in (
        "If you do nothing, nothing is sent.",
        "Children looked after Planned for",
        "It is now",
        "The mail says of itself that it is restricted until a publication. (in part 1)",
        f"{SENDER}",
        "Not on the access list of Children looked after. The material had reached them already",
        f"{OUTSIDER} Waiting. Not sent.",
        "team@policy.example A group: 3 of 41 members not listed. Waiting. Not sent.",
        f"Looks like {LISTED}, who is on the list.",
        f"{LISTED} Being sent now",
        "waits@policy.example Waiting. Not sent.",
        "Yes, to 1 of 5 recipients, who are on the access list.",
        "these are asked too",
        DEPUTY,
        HEAD,
    ):
        assert fact in text, fact
    assert re.search(r"in 1 h 5[0-9] min", text)


def test_the_words_are_plain(site: Site) -> None:
    """Nobody needs to know what an envelope or a relay is."""
    ref = site.hold([closed(OUTSIDER), listed()])
    for path in ("", *(f"/{action}" for action in ACTIONS), "/content", "/decided"):
        page = site.get(LEAD, f"/incidents/{ref}{path}")
        assert 200 == page.status, path
        assert [] == [word for word in ("relay", "envelope", "disposition") if word in page.text.lower()], (
            path
        )


MAY_DECIDE = {
    LEAD: True,
    DEPUTY: True,
    HEAD: True,
    OTHER_LEAD: None,
    OPERATOR: False,
    AUDITOR: False,
    STRANGER: None,
}
"""True: decides; False: sees the incident only; None: has nothing to do with it."""


@pytest.mark.parametrize("who", PEOPLE)
def test_roles_see_and_do_what_is_theirs(site: Site, who: str) -> None:
    """Every cell: the page, the addresses on it, its actions, and each form with GET and POST."""
    ref = site.hold([closed(OUTSIDER), listed()])
    page, may = site.get(who, f"/incidents/{ref}"), MAY_DECIDE[who]
    assert (404 if may is None else 200) == page.status
    assert (may is not None and who != OPERATOR) == (OUTSIDER in page.text)
    assert (may is not None and who != OPERATOR) == (SENDER in page.text)
    assert page.status == site.get(who, f"/incidents/{ref}/decided").status
    for action in ACTIONS:
        path = f"/incidents/{ref}/{action}"
        assert (may is True) == (f'href="{path}"' in page.html), action
        assert {True: 200, False: 403, None: 404}[may] == site.get(who, path).status, action
        wanted = {True: {400, 303}, False: {403}, None: {404}}[may]
        if may is not True:
            token = site.token(who)
            assert site.post(who, path, {"token": token, "recipient": "0", "why": "x"}).status in wanted
    assert {OUTSIDER: "held", LISTED: "releasing"} == site.standings(ref)


def test_an_unknown_reference_is_not_found(site: Site) -> None:
    """No page tells whether a reference exists that somebody may not see."""
    ref = site.hold()
    assert site.get(STRANGER, "/incidents/NOSUCHREF").text == site.get(STRANGER, f"/incidents/{ref}").text


def test_an_unregistered_publication_belongs_to_the_head(site: Site) -> None:
    """For another department's embargo only the head of profession decides; no access can be given to it."""
    ref = site.hold([closed(OUTSIDER, None)], findings=[about(None)])
    assert 404 == site.get(LEAD, f"/incidents/{ref}").status
    page = site.get(HEAD, f"/incidents/{ref}")
    assert "A publication that nobody here has registered" in page.text
    assert ["refuse", "release", "false-alarm"] == [each for each in ACTIONS if f"{ref}/{each}" in page.html]


def test_nobody_decides_about_their_own_mail(site: Site) -> None:
    """The lead who sent the mail reads that others decide, and who; every form is closed to them."""
    ref = site.hold(sender=LEAD)
    page = site.get(LEAD, f"/incidents/{ref}")
    assert (
        f"You sent this mail yourself, so somebody else decides about it. These are asked: {DEPUTY}, {HEAD}."
        in page.text
    )
    for action in ACTIONS:
        path = f"/incidents/{ref}/{action}"
        assert (403, 403) == (
            site.get(LEAD, path).status,
            site.post(LEAD, path, {"token": site.token(LEAD)}).status,
        )
    assert 200 == site.get(DEPUTY, f"/incidents/{ref}/refuse").status


def test_what_was_only_observed_has_no_actions(site: Site) -> None:
    """A mail that was let through for observation is shown as sent, and nothing can be decided."""
    page = site.get(LEAD, f"/incidents/{site.hold(observed=True)}")
    assert "A mail was sent and only recorded" in page.text
    assert "What do you want to do?" not in page.text


def test_content_is_shown_after_a_reason(site: Site) -> None:
    """Who may see it says why, then reads subject, text and names, escaped; the view is on record without content."""
    ref = site.hold()
    assert 400 == site.decide(LEAD, ref, "content").status
    page = site.decide(LEAD, ref, "content", **LOOK)
    assert 200 == page.status
    for piece in (
        f"{CANARY} subject",
        f"Hello {CANARY} &lt;b&gt;body&lt;/b&gt;",
        f"{CANARY}-name.csv",
        "22 bytes",
    ):
        assert piece in page.html, piece
    assert f"{CANARY}-document" not in page.html
    assert "no-store" == page.headers["cache-control"]
    entry = _last_entry(site)
    assert (LEAD, "incident view", ref, {"reason": LOOK["why"]}) == entry


@pytest.mark.parametrize(
    ("who", "status"),
    [(DEPUTY, 200), (HEAD, 403), (AUDITOR, 403), (OPERATOR, 403), (OTHER_LEAD, 404), (STRANGER, 404)],
)
def test_content_is_for_people_with_role_and_access(site: Site, who: str, status: int) -> None:
    """A role alone shows nothing, neither does access alone; nothing is recorded where nothing is shown."""
    ref = site.hold()
    path, before = f"/incidents/{ref}/content", audit.head(site.database)
    assert status == site.get(who, path).status
    if status != 200:
        page = site.post(who, path, {"token": site.token(who), **LOOK})
        assert (status, False) == (page.status, CANARY in page.html)
        assert before == audit.head(site.database)


def test_what_is_only_unreadable_is_shown_to_nobody(site: Site) -> None:
    """What is held because it could not be read may be private."""
    ref = site.hold(findings=[LOCKED])
    page = site.post(LEAD, f"/incidents/{ref}/content", {"token": site.token(LEAD), **LOOK})
    assert (403, True) == (page.status, "may be private" in page.text)
    assert f"{ref}/content" not in site.get(LEAD, f"/incidents/{ref}").html


def test_access_must_be_valid_now(site: Site) -> None:
    """The lead of another publication in the same mail, without access to this one, sees nothing by a trace of it."""
    ref = site.hold([closed(OUTSIDER, FIRST, OTHER)], findings=[about(OTHER)])
    assert 403 == site.get(LEAD, f"/incidents/{ref}/content").status
    assert 200 == site.get(OTHER_LEAD, f"/incidents/{ref}/content").status


def test_damaged_content_has_a_clear_page(site: Site) -> None:
    """Content that does not open is said to be damaged; nothing of it is shown."""
    ref = site.hold()
    with site.database.write() as connection:
        connection.execute(update(CONTENTS).where(CONTENTS.c.ref == ref).values(sealed=b"x" * 99))
    page = site.decide(LEAD, ref, "content", **LOOK)
    assert (410, True) == (page.status, "The stored mail is damaged" in page.text)


def test_content_that_is_gone_says_what_was_decided(site: Site) -> None:
    """Between the question and the answer the mail may be refused: the page says so."""
    ref = site.hold()
    asked = site.get(LEAD, f"/incidents/{ref}/content")
    decisions.discard(site.database, ref, "no", DEPUTY, NOW)
    page = site.submit(LEAD, asked, **LOOK)
    assert (409, True) == (page.status, f"decided by {DEPUTY}" in page.text)


def test_the_canary_is_in_no_page_but_the_content(site: Site) -> None:
    """Subject, text, file name and document stand on no page of anybody, before and after a decision."""
    ref = site.hold([closed(OUTSIDER), closed(SECOND)], leaked=(FIRST,))
    own = [
        f"/incidents/{ref}{path}" for path in ("", "/decided", "/content", *(f"/{each}" for each in ACTIONS))
    ]
    for who in PEOPLE:
        assert [] == [path for path in (*own, "/incidents") if CANARY in site.get(who, path).html], who
    for action in ACTIONS:
        assert CANARY not in site.decide(LEAD, ref, action, recipient=[]).html
    assert set(site.standings(ref).values()) == {"discarded"}
    for who in (LEAD, OPERATOR, AUDITOR):
        assert [] == [path for path in (*own, "/record") if CANARY in site.get(who, path).html], who


def test_who_has_early_access_later_is_warned_on_the_form(site: Site) -> None:
    """Before the access window opens the form says that early access would not count yet."""
    ref = site.hold([closed(OUTSIDER, LATER)], findings=[about(LATER)])
    assert "Early access to School census begins on" in site.get(LEAD, f"/incidents/{ref}/grant").text


def _last_entry(site: Site) -> tuple[str, str, str, dict[str, object]]:
    with site.database.read() as connection:
        row = connection.execute(select(AUDIT).order_by(AUDIT.c.seq.desc()).limit(1)).one()
    return row.actor, row.action, row.subject, row.facts
