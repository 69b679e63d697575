"""The lead decides in a minute: a phone-sized Chromium, a running gateway, a real mail server behind it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.config import load
from gateway.console.app import PAGES
from gateway.store import sessions
from gateway.store.database import Database
from tests.browser import Browser, needs_axe, needs_chromium, phone
from tests.pace import slowness
from tests.running import Gateway, free_port
from tests.sink import Sink, wait_for
from tests.talking import Talk, banner, letter, planned
from tests.visited import LINK

pytestmark = needs_chromium

LEAD, HEAD, AUDITOR = "lead@stats.example", "hop@department.example", "auditor@audit.example"
SENDER, LISTED = "press@policy.example", "nadia.khan@policy.example"
TEAM = tuple(f"{name}@policy.example" for name in ("amy", "ben", "cara", "dev", "ella", "finn"))
WHEN = planned()


class Office:
    """A gateway with its console, a publication under embargo, and the sink as next hop."""

    def __init__(self, folder: Path) -> None:
        self.sink, port = Sink(), free_port()
        self.folder = folder
        self.url = f"http://127.0.0.1:{port}"
        section = (
            f'group_within = "100ms"\n[console]\nlisten = "127.0.0.1:{port}"\nauditors = ["{AUDITOR}"]\n'
        )
        self.gateway = Gateway(folder, self.sink.port, extra=section, workers=1)
        self.gateway.call("publication", "add", "cla-2018", "--title", "Children looked after", "--publishes-at",
                          WHEN.isoformat(), "--lead", LEAD)  # fmt: skip
        self.gateway.call("access", "grant", "cla-2018", LISTED, "--reason", "briefs the minister")
        self.gateway.call("access", "grant", "cla-2018", SENDER, "--reason", "writes the press notice")
        self.gateway.start()

    def forward(self, subject: str) -> str:
        """Send the origin case, seven people of whom one is listed; the link of the lead's alert."""
        before = len(self.sink.to(LEAD))
        talk = Talk(self.gateway.port)
        assert talk.mail(SENDER, [LISTED, *TEAM], letter(banner(WHEN), subject=subject)).startswith("250")
        talk.quit()
        assert wait_for(lambda: len(self.sink.to(LEAD)) > before)
        found = LINK.search(self.sink.to(LEAD)[-1].content)
        assert found is not None
        return found[0].decode().strip()

    def link(self, address: str, path: str = "/") -> str:
        """A fresh link for somebody, as it is mailed."""
        database = Database(load(self.gateway.config).store.url)
        secret = sessions.issue_link(database, address, path, datetime.now(UTC), timedelta(minutes=5))
        database.close()
        return f"{self.url}/sign-in/{secret}"

    def enter(self, browser: Browser, address: str, path: str = "/") -> None:
        """Sign somebody in."""
        browser.forget()
        browser.open(self.link(address, path))
        browser.tap("Sign in as")

    def newest(self) -> str:
        """The reference of the newest incident."""
        return str(self._newest()["ref"])

    def held(self) -> list[str]:
        """Who waits for the newest mail: another test may have given somebody access."""
        return [one["address"] for one in self._newest()["recipients"] if one["state"] == "held"]

    def _newest(self) -> dict[str, Any]:
        return max(self.gateway.incidents(), key=lambda one: str(one["received_at"]))

    def arrived(self, address: str, subject: str) -> int:
        """How often a mail of this subject reached somebody."""
        return sum(subject.encode() in mail.content for mail in self.sink.to(address))

    def close(self) -> None:
        """End it."""
        self.gateway.stop()
        self.sink.close()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One gateway for all."""
    running = Office(tmp_path_factory.mktemp("office"))
    yield running
    running.close()


@pytest.fixture(scope="module")
def scripted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A phone as people have it."""
    with phone(tmp_path_factory.mktemp("phone")) as browser:
        yield browser


@pytest.fixture
def browser(scripted: Browser) -> Browser:
    """That phone, on which nobody is signed in."""
    scripted.forget()
    return scripted


@pytest.fixture(params=["with script", "without script"])
def any_phone(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Browser]:
    """The phone, and one whose owner has switched scripts off."""
    if request.param == "with script":
        yield request.getfixturevalue("browser")
        return
    with phone(tmp_path, script=False) as silent:
        yield silent


def test_from_alert_to_arrival(office: Office, any_phone: Browser, request: pytest.FixtureRequest) -> None:
    """From the alert's link over signing in to the mail at the colleague's server: six taps, under a minute."""
    subject, colleague, browser = f"Forward {request.node.name}", TEAM[0], any_phone
    link = office.forward(subject)
    assert wait_for(lambda: office.arrived(LISTED, subject))
    began = time.monotonic()

    browser.open(link)
    browser.picture("01-link")
    browser.tap(f"Sign in as {LEAD}")
    browser.picture("02-incident")
    browser.tap("Give access")
    browser.tap(colleague)
    browser.tap("Takes over from somebody")
    browser.picture("03-give-access")
    browser.tap("Give access and send it now")
    browser.picture("04-decided")

    assert wait_for(lambda: office.arrived(colleague, subject)), browser.text
    assert time.monotonic() - began < 60 * slowness()
    assert browser.taps <= 6
    assert colleague in browser.text
    assert [1, 0, 0, 0, 0, 0] == [office.arrived(one, subject) for one in TEAM]
    assert colleague in [one["address"] for one in office.gateway.json("access", "list", "cla-2018")]
    office.gateway.call("access", "revoke", "cla-2018", colleague)


def test_a_page_that_is_older_than_the_decision(office: Office, browser: Browser) -> None:
    """A form left open while somebody else decided changes nothing, and says who decided."""
    browser.open(office.forward("Left open"))
    browser.tap("Sign in as")
    browser.tap("Give access")
    browser.tap(TEAM[2])
    browser.tap("Takes over from somebody")
    office.gateway.call("incident", "discard", office.newest())
    browser.tap("Give access and send it now")

    assert (409, "This has been decided already") == (browser.status, browser.heading)
    assert "changed nothing" in browser.text
    browser.picture("05-stale")
    assert 0 == office.arrived(TEAM[2], "Left open")


def test_the_back_button(office: Office, browser: Browser) -> None:
    """Whoever goes back after a decision and sends the form again gets a clear answer, and one mail goes out."""
    browser.open(office.forward("Back again"))
    held = office.held()
    assert len(held) > 1
    browser.tap("Sign in as")
    browser.tap("Refuse it")
    browser.tap("Refuse it")
    assert "Decided: the mail is not sent" == browser.heading
    for steps in (1, 2):
        for _ in range(steps):
            browser.back()
        if browser.status == 200:
            # The browser has kept the page as it was: its button leads to the answer.
            browser.tap("Refuse it")
        assert (409, "This has been decided already") == (browser.status, browser.heading)
    assert [0] * len(held) == [office.arrived(one, "Back again") for one in held]


class Inspection:
    """Pages looked at: by axe-core, by a ruler, and in pictures by whoever wants them."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.wrong: dict[str, object] = {}

    def look(self, name: str, *statuses: int) -> None:
        """Look at the page that is shown; it must have come with one of these statuses, or 200."""
        self.browser.picture(name)
        assert self.browser.status in (statuses or (200,)), f"{name}: {self.browser.text}"
        over = self.browser.overflow()
        if found := [*self.browser.faults(), *([f"{over} pixels too wide"] if over else [])]:
            self.wrong[f"{name} {self.browser.path}"] = found


@pytest.fixture
def inspection(browser: Browser) -> Iterator[Inspection]:
    """Pages are looked at in the phone's browser; nothing may be found."""
    looking = Inspection(browser)
    yield looking
    assert {} == looking.wrong


@pytest.mark.long
@needs_axe
def test_pages_are_accessible(
    office: Office, browser: Browser, inspection: Inspection, tmp_path: Path
) -> None:
    """axe-core finds nothing against WCAG 2.2 AA on any page that has an address; none is wider than a phone."""
    office.forward("Every page")
    (tmp_path / "plan.csv").write_text("".join(f"Place {n},{n * 613}\n" for n in range(40)))
    office.gateway.call("document", "add", "cla-2018", str(tmp_path / "plan.csv"))
    routes = [route for module in PAGES for route in module.ROUTES if "GET" in (route.methods or ())]
    values = {"id": "cla-2018", "ref": office.newest(), "number": "1"}
    office.enter(browser, HEAD)
    for template in dict.fromkeys(route.path for route in routes):
        path = re.sub(r"{(\w+)(?::int)?}", lambda found: values.get(found[1], "{}"), template)
        if "{}" not in path:
            browser.open(office.url + path)
            # Steps that cannot be taken now, and mail that is not for the head's eyes, have pages too.
            inspection.look(f"page{template.replace('/', '-')}", 200, 403, 409)


@pytest.mark.long
@needs_axe
def test_forms_that_are_wrong_are_accessible(
    office: Office, browser: Browser, inspection: Inspection
) -> None:
    """A form that comes back with its problems is as accessible as before."""
    office.forward("Wrong forms")
    office.enter(browser, LEAD)
    here, there = f"/incidents/{office.newest()}", "/publications/cla-2018"
    for path, button in (
        (f"{here}/grant", "Give access and send it now"),
        (f"{here}/release", "Send it now"),
        (f"{here}/wait", "Keep it until then"),
        (f"{here}/false-alarm", "send it"),
        (f"{here}/content", "Show it"),
        (f"{there}/access/give", "Give access"),
        (f"{there}/access/import", "Show what would change"),
        (f"{there}/documents/add", "Register them"),
        (f"{there}/plan", "Change the time"),
        ("/register", "Register it"),
        ("/register/from-mail", "Show what it says"),
        ("/pre-flight", "Check it"),
    ):
        browser.open(office.url + path)
        browser.tap(button)
        inspection.look(f"wrong{path.replace(here, '-incident').replace('/', '-')}", 400)


@pytest.mark.long
@needs_axe
def test_answers_are_accessible(
    office: Office, browser: Browser, inspection: Inspection, tmp_path: Path
) -> None:
    """So is what answers: a look inside, a difference, a registration, a check, and everything that is refused."""
    office.forward("Answers")
    (tmp_path / "mail.eml").write_bytes(
        letter(banner(WHEN + timedelta(days=1)), subject="Absence in schools")
    )
    (tmp_path / "list.csv").write_text(f"email,reason\n{TEAM[5]},takes over\nx@policy.example,briefs\n")
    (tmp_path / "tables.csv").write_text("".join(f"Region {n},{n * 791}\n" for n in range(40)))
    office.enter(browser, LEAD)
    here, there = f"/incidents/{office.newest()}", "/publications/cla-2018"
    for name, path, fields, taps in (
        ("content", f"{here}/content", {}, ("To decide who", "Show it")),
        ("difference", f"{there}/access/import", {"list": "list.csv"}, ("Show what would change",)),
        ("documents", f"{there}/documents/add", {"files": "tables.csv"}, ("Under embargo:", "Register them")),
        ("draft", "/register/from-mail", {"mail": "mail.eml"}, ("Show what it says",)),
        ("check", "/pre-flight", {"recipients": TEAM[3], "text": banner(WHEN)}, ("Check it",)),
    ):
        browser.open(office.url + path)
        for field, text in fields.items():
            browser.fill(field, str(tmp_path / text) if "." in text and "@" not in text else text)
        for words in taps:
            browser.tap(words)
        inspection.look(f"answer-{name}")
    browser.open(office.url + "/health")
    inspection.look("answer-not-allowed", 403)
    browser.open(office.url + "/nowhere")
    inspection.look("answer-no-page", 404)
    browser.open(f"{office.url}{there}/access")
    browser.tap("Take access away")
    inspection.look("answer-revoke")
    browser.tap("Sign out")
    inspection.look("answer-signed-out")


@pytest.mark.long
@needs_axe
def test_signing_in_is_accessible(office: Office, browser: Browser, inspection: Inspection) -> None:
    """The pages before anybody is known."""
    browser.open(f"{office.url}/sign-in")
    inspection.look("sign-in")
    browser.tap("Send me a link")
    inspection.look("sign-in-wrong", 400)
    browser.fill("address", "nobody@policy.example")
    browser.tap("Send me a link")
    inspection.look("sign-in-sent")
    link = office.link(LEAD)
    browser.open(link)
    inspection.look("sign-in-link")
    browser.tap("Sign in as")
    inspection.look("sign-in-done")
    browser.open(link)
    inspection.look("sign-in-used", 410)
    browser.open(f"{office.url}/sign-in/{'x' * 43}")
    inspection.look("sign-in-unknown", 404)
