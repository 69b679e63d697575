"""Signing in by a mailed link: one person, one browser, once; whatever else opens the link changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, select, update

from gateway.store import audit, sessions
from gateway.store.database import bump_epoch
from gateway.store.tables import PUBLICATIONS, SESSIONS, SIGN_IN_LINKS
from tests.filed import LEAD, OUTSIDER, PLANNED, register_publication
from tests.sink import Sink, wait_for
from tests.visited import AUDITOR, BY_HAND, HEAD, OPERATOR, Site, press, token

SENT = "If this address belongs to somebody who uses this gateway, a link is on its way."


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One console for all tests here."""
    sink = Sink()
    with Site(tmp_path_factory.mktemp("console"), sink).served() as served:
        register_publication(served.database, served.keys)
        yield served
    sink.close()


def state(site: Site, link: str) -> tuple[object, ...]:
    """Everything that a sign-in changes: the link, the sessions, the record."""
    found = sessions.find_link(site.database, link.rpartition("/")[2])
    with site.database.read() as connection:
        counted = connection.execute(select(func.count()).select_from(SESSIONS)).scalar()
    return found, counted, audit.head(site.database)


def works(browser: httpx.Client) -> bool:
    """Whether somebody is signed in in this browser."""
    return browser.get("/").status_code == 200


def test_a_scanner_opens_the_link_a_hundred_times(site: Site) -> None:
    """GET, and POST without what the page holds, 100 times each: nothing changes, and the link is still good."""
    link = site.link(LEAD)
    before = state(site, link)
    with site.browser() as scanner:
        for _ in range(100):
            assert scanner.get(link).status_code == 200
            scanner.cookies.clear()
            assert scanner.post(link).status_code in (400, 403)
        assert scanner.head(link).status_code == 200
    assert before == state(site, link)
    with site.browser() as browser:
        assert press(browser, link).status_code == 303
        assert works(browser)


def test_a_scanner_that_runs_scripts_is_no_person(site: Site) -> None:
    """With cookie and token, but without a person who pressed the button, a browser that can say so is refused."""
    link = site.link(LEAD)
    before = state(site, link)
    with site.browser() as scanner:
        found = {"token": token(scanner.get(link))}
        for says in (
            {"Sec-Fetch-Site": "same-origin"},
            {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-User": "?0"},
            {**BY_HAND, "Sec-Fetch-Site": "cross-site"},
            {**BY_HAND, "Sec-Fetch-Site": "same-site"},
            {**BY_HAND, "Sec-Fetch-Site": "none"},
            {"Origin": "https://evil.example"},
            {"Origin": f"{site.url}.evil.example"},
        ):
            assert scanner.post(link, data=found, headers=says).status_code == 403
        assert before == state(site, link)
        assert scanner.post(link, data=found, headers={**BY_HAND, "Origin": "null"}).status_code == 303


def test_a_scanner_that_sends_every_form_uses_up_no_link(site: Site) -> None:
    """With cookie and token but nothing else it is asked for the address, which its page does not say; a person is not
    lost without such a browser: the address, in any spelling, signs in."""
    link = site.link(LEAD)
    before = state(site, link)
    with site.browser() as scanner:
        page = scanner.get(link)
        assert LEAD not in page.text
        for guess in ("", "test@test.example", "x", f"{LEAD}.example"):
            answer = scanner.post(link, data={"token": token(page), "address": guess})
            assert (400, True) == (answer.status_code, "Enter the address" in answer.text)
            assert LEAD not in answer.text
        assert before == state(site, link)
        assert scanner.post(link, data={"token": token(page), "address": LEAD.upper()}).status_code == 303
    with site.browser() as browser:
        assert f"Sign in as {LEAD}" in browser.get(site.link(LEAD), headers={"Sec-Fetch-Site": "none"}).text


@pytest.mark.parametrize("missing", ["cookie", "token", "wrong-cookie", "wrong-token", "other-link"])
def test_cookie_and_token_go_together(site: Site, missing: str) -> None:
    """The button works only with the token of this link's page and the cookie of the browser that was shown it."""
    link = site.link(LEAD)
    before = state(site, link)
    with site.browser() as browser:
        found = token(browser.get(site.link(LEAD) if missing == "other-link" else link))
        if missing == "cookie":
            browser.cookies.clear()
        if missing == "wrong-cookie":
            browser.cookies.set("embargo-door", "x" * 43, "127.0.0.1", "/")
        data = {"token": {"token": "", "wrong-token": "0" * 64}.get(missing, found)}
        assert browser.post(link, data=data).status_code == 403
    assert before == state(site, link)


def test_the_link_works_once(site: Site) -> None:
    """The second use, in the same browser or another, meets a page that offers a fresh link; no second session."""
    link = site.link(LEAD)
    with site.browser() as first, site.browser() as second:
        pages = [token(browser.get(link)) for browser in (first, second)]
        assert first.post(link, data={"token": pages[0]}, headers=BY_HAND).status_code == 303
        before = state(site, link)
        replayed = second.post(link, data={"token": pages[1]})
        assert (410, True) == (replayed.status_code, "This link was used already" in replayed.text)
        assert first.get(link).status_code == 410
        assert before == state(site, link)
        assert not works(second)


def test_an_old_link_sends_a_fresh_one_to_the_same_mailbox(site: Site) -> None:
    """An expired link signs nobody in; its one button mails another, without a word typed, to whom it was for."""
    link = site.link(HEAD, "/incidents", lasts=timedelta(seconds=0))
    with site.browser() as browser:
        assert "This link is too old" in browser.get(link).text
        assert press(browser, link).status_code == 410
        sent = press(browser, link, "/again")
        assert SENT in sent.text
        assert wait_for(lambda: site.mailed(HEAD))
        answer = press(browser, site.mailed(HEAD)[0])
        assert (303, "/incidents") == (answer.status_code, answer.headers["location"])


def test_an_unknown_link_says_so(site: Site) -> None:
    """A link that never was, or is tampered with, is 404 and cannot be used."""
    link = site.link(LEAD)
    for wrong in (
        link[:-1] + ("A" if link[-1] != "A" else "B"),
        "/sign-in/x",
        link + "%00",
        "/sign-in/%F0%9F%92%A9",
    ):
        with site.browser() as browser:
            assert browser.get(wrong).status_code == 404
            assert browser.post(wrong).status_code == 403


def test_everybody_hears_the_same(site: Site) -> None:
    """Whoever asks for a link, with or without a role, gets the same answer; only people with a role get a mail."""
    known = (LEAD, OPERATOR, AUDITOR)
    strangers = (OUTSIDER, "nobody@stats.example", "lead@stats.example.evil.example", "not really@an address")
    with site.browser() as browser:
        answers = {
            browser.post("/sign-in", data={"address": each, "to": "/"}).text for each in (*known, *strangers)
        }
    assert len(answers) == 1
    assert SENT in answers.pop()
    assert wait_for(lambda: all(site.mailed(each) for each in known))
    assert all(site.sink.to(each) == [] for each in strangers[:2])


def test_the_mailed_link_signs_in(site: Site) -> None:
    """Asked for, mailed, opened, pressed: signed in, and on the page that was wanted."""
    address = " Lead@STATS.example "
    with site.browser() as browser:
        wanted = browser.get("/incidents?state=held")
        assert (303, "/sign-in?to=%2Fincidents") == (wanted.status_code, wanted.headers["location"])
        assert 'value="/incidents"' in browser.get(wanted.headers["location"]).text
        already = len(site.mailed(LEAD))
        browser.post("/sign-in", data={"address": address, "to": "/incidents"})
        assert wait_for(lambda: len(site.mailed(LEAD)) > already)
        mail = site.sink.to(LEAD)[-1]
        assert mail.sender == ""
        answer = press(browser, site.mailed(LEAD)[-1])
        assert (303, "/incidents") == (answer.status_code, answer.headers["location"])
        assert browser.get("/incidents").status_code == 200


@pytest.mark.parametrize(
    "to", ["//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nX: y", "/" + "a" * 201]
)
def test_a_link_leads_nowhere_else(site: Site, to: str) -> None:
    """Where somebody goes on after signing in is a page of ours."""
    with site.browser() as browser:
        assert 'name="to" value="/"' in browser.get("/sign-in", params={"to": to}).text
        link = site.link(LEAD, to)
        assert "/" == press(browser, link).headers["location"]


def test_a_session_is_new_at_every_sign_in(site: Site) -> None:
    """A session that somebody planted in the browser is not taken over, and the one before ends."""
    with site.browser() as browser:
        browser.cookies.set("embargo", "p" * 43, "127.0.0.1", "/")
        answer = press(browser, site.link(LEAD))
        first = answer.cookies["embargo"]
        assert re.fullmatch(r"[A-Za-z0-9_-]{43}", first)
        browser.cookies.set("embargo", first, "127.0.0.1", "/")
        second = press(browser, site.link(LEAD)).cookies["embargo"]
        assert len({first, second, "p" * 43}) == 3
        assert not works(site.browser({"embargo": first}))
        assert works(site.browser({"embargo": second}))


def test_the_cookies(site: Site) -> None:
    """On plain loopback HTTP the cookies are HttpOnly and SameSite=Strict; none outlives the browser."""
    with site.browser() as browser:
        link = site.link(LEAD)
        opened = browser.get(link)
        pressed = browser.post(link, data={"token": token(opened)}, headers=BY_HAND)
        given = [*opened.headers.get_list("set-cookie"), *pressed.headers.get_list("set-cookie")]
    assert re.fullmatch(r"embargo-door=[\w-]{43}; HttpOnly; Path=/; SameSite=strict", given[0])
    assert re.fullmatch(r"embargo=[\w-]{43}; HttpOnly; Path=/; SameSite=strict", given[1])
    assert given[2].startswith('embargo-door=""; expires=')


def test_secrets_are_kept_as_hashes(site: Site) -> None:
    """Neither a link's nor a session's secret is in the store."""
    with site.browser() as browser:
        link = site.link(LEAD)
        session = press(browser, link).cookies["embargo"]
    path = site.settings.store.url.removeprefix("sqlite:///")
    with open(path, "rb") as file:
        kept = file.read()
    assert session.encode() not in kept
    assert link.rpartition("/")[2].encode() not in kept


def test_signing_out_ends_the_session(site: Site) -> None:
    """After signing out the same cookie is worth nothing; without the page's token nobody is signed out."""
    with site.signed_in(LEAD) as browser:
        session = browser.cookies["embargo"]
        page = browser.get("/")
        assert browser.post("/sign-out", data={}).status_code == 403
        assert works(browser)
        assert "You are signed out" in browser.post("/sign-out", data={"token": token(page)}).text
        assert "embargo" not in browser.cookies
        assert not works(site.browser({"embargo": session}))


def test_who_is_no_longer_a_lead_may_nothing_at_once(site: Site) -> None:
    """Roles are those of the register at this request: the session of a former lead shows no page, nor a link."""
    leaving = "leaving@stats.example"
    register_publication(site.database, site.keys, lead=leaving, name="theirs", planned=PLANNED)
    with site.signed_in(leaving) as browser:
        assert works(browser)
        link = site.link(leaving)
        with site.database.write() as connection:
            connection.execute(update(PUBLICATIONS).where(PUBLICATIONS.c.id == "theirs").values(lead=LEAD))
            bump_epoch(connection)
        assert browser.get("/").status_code == 403
        assert browser.get("/incidents").status_code == 403
        assert press(browser, link).status_code == 403


def test_a_mailbox_is_not_flooded(site: Site) -> None:
    """However often somebody asks, one mailbox gets a few links within a quarter of an hour."""
    flooded = "deputy@stats.example"
    with site.browser() as browser:
        for _ in range(20):
            assert SENT in browser.post("/sign-in", data={"address": flooded}).text
    assert wait_for(lambda: len(site.mailed(flooded)) == 6)
    with site.database.read() as connection:
        query = select(func.count()).select_from(SIGN_IN_LINKS).where(SIGN_IN_LINKS.c.address == flooded)
        assert connection.execute(query).scalar() == 6
    # Whoever floods it locks nobody out: what was mailed signs in, and so does the link of an alert.
    for link in (site.mailed(flooded)[0], site.link(flooded)):
        with site.browser() as browser:
            assert press(browser, link).status_code == 303


def test_an_empty_address_is_pointed_out(site: Site) -> None:
    """What cannot be an address is said at once, where it was typed."""
    with site.browser() as browser:
        answer = browser.post("/sign-in", data={"address": "lead"})
    assert (400, True) == (answer.status_code, "Enter your e-mail address" in answer.text)
