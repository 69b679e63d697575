"""The guard: identity headers, forged forms, sizes, and what every answer of the console says to browsers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.console.guard import origin_of, safe_path
from tests.filed import DEPUTY, LEAD, OUTSIDER, file, register_publication
from tests.sink import Sink
from tests.visited import AUDITOR, BY_HAND, HEAD, OPERATOR, Site, token

HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
PAGES = ("/", "/incidents", "/health", "/record")
SEES = {
    LEAD: {"/", "/incidents"},
    DEPUTY: {"/", "/incidents"},
    HEAD: set(PAGES),
    OPERATOR: {"/incidents", "/health"},
    AUDITOR: {"/incidents", "/health", "/record"},
}


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    """A mail server for every console here."""
    server = Sink()
    yield server
    server.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, sink: Sink) -> Iterator[Site]:
    """A console reached by mailed links."""
    with Site(tmp_path_factory.mktemp("links"), sink).served() as served:
        register_publication(served.database, served.keys)
        file(served.database, served.keys)
        yield served


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory, sink: Sink) -> Iterator[Site]:
    """A console behind a reverse proxy on this machine, for people and https outside."""
    section = (
        'url = "https://console.stats.example"\nproxy = ["127.0.0.1/32"]\nidentity_header = "X-Remote-User"'
    )
    with Site(tmp_path_factory.mktemp("proxied"), sink, section).served() as served:
        register_publication(served.database, served.keys)
        yield served


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory, sink: Sink) -> Iterator[Site]:
    """A console whose reverse proxy is another machine: whoever asks from here came past it."""
    section = 'url = "https://console.stats.example"\nproxy = ["192.0.2.0/28"]'
    with Site(tmp_path_factory.mktemp("elsewhere"), sink, section).served() as served:
        register_publication(served.database, served.keys)
        yield served


def as_(who: str, **more: str) -> dict[str, str]:
    """What the proxy adds to somebody's request."""
    return {"X-Remote-User": who, **more}


@pytest.mark.parametrize(
    "path", ["/", "/sign-in", "/sign-in/x", "/nowhere", "/static/nowhere.css", "/incidents/../x"]
)
def test_every_answer_has_the_headers(site: Site, path: str) -> None:
    """Pages, redirects and errors say the same to browsers, and who serves them is not said."""
    with site.browser() as browser:
        for answer in (browser.get(path), browser.post(path), browser.put(path)):
            assert HEADERS.items() <= dict(answer.headers).items()
            assert not {"server", "strict-transport-security", "x-powered-by"} & set(answer.headers)


def test_pages_hold_no_script(site: Site) -> None:
    """No page has a script, a style of its own, an event handler or anything from elsewhere."""
    with site.signed_in(HEAD) as browser:
        for path in (*PAGES, "/sign-in", "/nowhere"):
            page = browser.get(path).text.lower()
            assert "<script" not in page
            assert "javascript:" not in page
            assert " style=" not in page
            assert "<style" not in page
            assert not any(f" on{event}=" in page for event in ("click", "load", "submit", "change", "error"))
            assert "http://" not in page.replace("http://www.w3.org", "")
            assert "https://" not in page


def test_style_sheets_may_be_kept(site: Site) -> None:
    """Every style sheet that a page names is there, may be kept by browsers, and names nothing elsewhere."""
    with site.browser() as browser:
        page = browser.get("/sign-in").text
        named = [part.partition('"')[0] for part in page.split('href="')[1:] if part.startswith("/static/")]
        assert len(named) == 3
        for address in named:
            answer = browser.get(address)
            assert (200, "public, max-age=31536000, immutable") == (
                answer.status_code,
                answer.headers["cache-control"],
            )
            assert "url(" not in answer.text
        assert "Permission is hereby granted" in browser.get("/static/govuk-frontend-licence.txt").text


@pytest.mark.parametrize("name", ["..%2fapp.py", "%2e%2e/app.py", "console.css%00", ".", "__init__.py"])
def test_only_named_files_are_served(site: Site, name: str) -> None:
    """No path of a request reaches the disk."""
    with site.browser() as browser:
        assert browser.get(f"/static/{name}").status_code == 404


@pytest.mark.parametrize("who", SEES)
def test_everybody_sees_their_pages(site: Site, who: str) -> None:
    """Each role gets its pages and is refused the others; the menu names exactly those it gets."""
    with site.signed_in(who) as browser:
        first = browser.get("/", follow_redirects=True).text
        for path in PAGES:
            allowed = path in SEES[who]
            expected = 200 if allowed else 303 if path == "/" else 403
            assert (path, expected) == (path, browser.get(path).status_code)
            assert allowed is (f'href="{path}"' in first.partition("<main")[0].partition("<nav")[2])


def test_nobody_signed_in_sees_nothing(site: Site) -> None:
    """Without a session, or with one that never was, every page leads to the sign-in."""
    for cookies in ({}, {"embargo": "x" * 43}, {"embargo": '" OR 1=1'}, {"__Host-embargo": "x" * 43}):
        with site.browser(cookies) as browser:
            for path in PAGES:
                answer = browser.get(path)
                assert (303, True) == (answer.status_code, answer.headers["location"].startswith("/sign-in"))


@pytest.mark.parametrize(
    "header", ["X-Forwarded-Email", "X-Remote-User", "X-Forwarded-User", "X-Forwarded-For"]
)
def test_without_a_proxy_no_header_says_who_somebody_is(site: Site, header: str) -> None:
    """A console that has no proxy believes no header."""
    with site.browser() as browser:
        assert browser.get("/", headers={header: LEAD}).status_code == 303


def test_a_proxy_is_believed(proxied: Site) -> None:
    """From the proxy's address the header says who somebody is; there is nothing to sign in to or out of."""
    with proxied.browser() as browser:
        assert browser.get("/", headers=as_(LEAD)).status_code == 200
        assert browser.get("/", headers=as_("LEAD@STATS.example")).status_code == 200
        assert "Sign out" not in browser.get("/", headers=as_(LEAD)).text
        assert browser.get("/", headers=as_(OUTSIDER)).status_code == 403
        assert browser.get("/sign-in", headers=as_(LEAD)).headers["location"] == "/"
        assert browser.post("/sign-in", data={"address": LEAD}, headers=as_(LEAD)).status_code == 403
        assert "max-age" in browser.get("/", headers=as_(LEAD)).headers["strict-transport-security"]


@pytest.mark.parametrize(
    "said",
    [
        pytest.param([], id="nothing"),
        pytest.param([("X-Remote-User", "")], id="empty"),
        pytest.param([("X-Remote-User", f"{LEAD},{HEAD}")], id="two-in-one"),
        pytest.param([("X-Remote-User", LEAD), ("X-Remote-User", HEAD)], id="twice"),
        pytest.param([("X-Remote-User", "lead")], id="no-address"),
        pytest.param([("X-Remote-User", f"Lead <{LEAD}>")], id="with-a-name"),
        pytest.param([("X-Forwarded-Email", LEAD)], id="another-header"),
    ],
)
def test_a_proxy_that_says_nothing_clear(proxied: Site, said: list[tuple[str, str]]) -> None:
    """The header must be there once and hold one address."""
    with proxied.browser() as browser:
        assert browser.get("/", headers=said).status_code == 403


@pytest.mark.parametrize("trick", [{}, {"X-Forwarded-For": "192.0.2.1"}, {"Forwarded": "for=192.0.2.1"}])
def test_nobody_else_is_believed(elsewhere: Site, trick: dict[str, str]) -> None:
    """Who comes past the proxy is nobody, whatever the headers claim, and no link signs in there."""
    with elsewhere.browser() as browser:
        for path in (*PAGES, "/sign-in"):
            assert browser.get(path, headers={"X-Forwarded-Email": LEAD, **trick}).status_code == 403
        assert browser.post("/sign-in", data={"address": LEAD}, headers=trick).status_code == 403
        link = elsewhere.link(LEAD)
        assert (303, "/") == (browser.get(link).status_code, browser.get(link).headers["location"])
        assert browser.post(link).status_code == 403


def test_behind_a_proxy_forms_are_checked_as_well(proxied: Site) -> None:
    """A form from elsewhere is refused although the proxy says who sent it, and somebody else's token is no use."""
    with proxied.browser() as browser:
        for data in ({}, {"token": "0" * 64}):
            assert browser.post("/sign-out", data=data, headers=as_(LEAD)).status_code == 403


def test_a_form_needs_the_token_of_its_session(site: Site) -> None:
    """Without the token, with a wrong one, or with another session's, a form is refused and nothing is changed."""
    with site.signed_in(LEAD) as browser, site.signed_in(DEPUTY) as other:
        theirs = token(other.get("/"))
        for data in ({}, {"token": ""}, {"token": "0" * 64}, {"token": theirs}, {"token": "é"}):
            answer = browser.post("/sign-out", data=data)
            assert (403, True) == (answer.status_code, "This page is out of date" in answer.text)
        assert browser.get("/").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "null"},
    ],
)
def test_a_form_from_elsewhere_is_refused(site: Site, headers: dict[str, str]) -> None:
    """Even with cookie and token, a form that a browser says came from another page does nothing."""
    with site.signed_in(LEAD) as browser:
        data = {"token": token(browser.get("/"))}
        assert browser.post("/sign-out", data=data, headers=headers).status_code == 403
        assert browser.get("/").status_code == 200


def test_https_has_cookies_of_its_own(tmp_path: Path, sink: Sink) -> None:
    """Reached by https, cookies are Secure and bound to this host by their name; one of another name is no session."""
    with Site(tmp_path, sink, 'url = "https://console.stats.example"').served() as site:
        register_publication(site.database, site.keys)
        link = site.link(LEAD)
        with site.browser() as browser:
            opened = browser.get(link)
            door = opened.headers["set-cookie"]
            assert door.startswith("__Host-embargo-door=")
            assert door.endswith("; HttpOnly; Path=/; SameSite=strict; Secure")
            headers = {"Cookie": door.partition(";")[0], "Origin": "https://console.stats.example", **BY_HAND}
            pressed = browser.post(link, data={"token": token(opened)}, headers=headers)
            session = pressed.headers.get_list("set-cookie")[0]
            assert session.startswith("__Host-embargo=")
            assert session.endswith("; HttpOnly; Path=/; SameSite=strict; Secure")
            value = session.partition(";")[0]
            assert browser.get("/", headers={"Cookie": value}).status_code == 200
            assert browser.get("/", headers={"Cookie": value.removeprefix("__Host-")}).status_code == 303


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Console.stats.example", "https://console.stats.example"),
        ("https://console.stats.example:443/", "https://console.stats.example"),
        ("https://console.stats.example:8443", "https://console.stats.example:8443"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
    ],
)
def test_origins(url: str, origin: str) -> None:
    """An origin is written as browsers write it."""
    assert origin == origin_of(url)


@pytest.mark.parametrize("path", ["/", "/incidents/HOLD2345", "/publications/cla-2018/access", "/a/"])
def test_paths_of_ours(path: str) -> None:
    """Pages of ours may be gone on to."""
    assert path == safe_path(path)


@pytest.mark.parametrize(
    "path", ["", "a", "//a", "/\\a", "/a//b", "/a?b", "/a#b", "/a b", "/\n", "/..", "/a/../b", "https://a"]
)
def test_paths_of_others(path: str) -> None:
    """Anything else becomes the first page."""
    assert "/" == safe_path(path)
