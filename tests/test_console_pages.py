"""The pages that everybody begins with: what waits, incidents, health, the record; and what errors say."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from structlog.testing import capture_logs

from gateway import metrics
from gateway.console import waiting
from gateway.console.app import Shell, application
from gateway.console.refusals import Refused
from gateway.incident import Addressee, Consent, Standing, Verb
from gateway.model import Disposition
from gateway.replies import StoreUnavailable
from gateway.store import NotDone
from tests.filed import (
    DEPUTY,
    LEAD,
    LISTED,
    NOW,
    OUTSIDER,
    SECRET,
    SENDER,
    example,
    file,
    register_publication,
)
from tests.sink import Sink
from tests.visited import AUDITOR, HEAD, OPERATOR, Site

OTHER = "other@stats.example"
SOON = datetime.now(UTC) + timedelta(minutes=30)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Two publications, and incidents of both, of neither, of a lead's own mail, and one that was only observed."""
    sink = Sink()
    with Site(tmp_path_factory.mktemp("console"), sink).served() as served:
        store = served.database, served.keys
        register_publication(*store)
        register_publication(*store, name="soon", lead=OTHER, deputies=(LEAD,), planned=SOON)
        file(*store, "LATER222", now=NOW + timedelta(minutes=5))
        file(*store, "FIRST222", held=(OUTSIDER, "second@policy.example"), relayed=(LISTED,))
        file(*store, "SOONER22", publications=("soon",))
        file(*store, "NOBODY22", publications=(None,))
        file(*store, "MYMAIL22", sender=LEAD)
        file(*store, "SEEN2222", observed=True, kind=Disposition.RELAY)
        yield served
    sink.close()


def words(page: httpx.Response) -> str:
    """The text of a page as it is read."""
    assert page.status_code == 200
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def refs(page: httpx.Response) -> list[str]:
    """The incidents that a page links to, in its order."""
    return list(dict.fromkeys(re.findall(r'href="/incidents/([A-Z0-9]+)"', page.text)))


def test_what_waits_for_a_lead(site: Site) -> None:
    """The oldest first, only what this lead decides, with time left and who else can decide; nothing of the mail."""
    with site.signed_in(LEAD) as browser:
        page = browser.get("/")
    mine, _, rest = page.text.partition("Held, but not waiting for you")
    assert ["FIRST222", "SOONER22", "LATER222"] == re.findall(r'href="/incidents/([A-Z0-9]+)"', mine)
    assert ["MYMAIL22"] == re.findall(r'href="/incidents/([A-Z0-9]+)"', rest)
    text = words(page)
    assert re.search(r"in 2[0-9] min", text)
    assert "Children looked after" in text
    assert f"Others who can decide {DEPUTY}" in text
    assert "You sent this mail, so others decide about it." in text
    assert not any(word in page.text for word in (*SECRET.split()[:1], OUTSIDER, SENDER, "secret-table"))


def test_what_waits_for_others(site: Site) -> None:
    """A deputy gets the lead's own mail to decide, the head everything, the other lead only their own."""
    expected = {
        DEPUTY: ["FIRST222", "MYMAIL22", "LATER222"],
        OTHER: ["SOONER22"],
        HEAD: ["FIRST222", "MYMAIL22", "NOBODY22", "SOONER22", "LATER222"],
    }
    for who, mine in expected.items():
        with site.signed_in(who) as browser:
            page = browser.get("/")
            assert mine == refs(page)
            assert "Held, but not" not in page.text


def test_the_list_of_incidents(site: Site) -> None:
    """Everybody sees those of their publications, by state, the newest first; an operator learns no address."""
    with site.signed_in(OPERATOR) as browser:
        assert browser.get("/").headers["location"] == "/incidents"
        page = browser.get("/incidents")
        assert ["LATER222", "SOONER22", "NOBODY22", "MYMAIL22", "FIRST222"] == refs(page)
        assert "3 recipients, 2 not on the list" in words(page)
        assert "@" not in page.text.replace(OPERATOR, "")
        assert ["SEEN2222"] == refs(browser.get("/incidents?state=observed"))
        assert refs(page) == refs(browser.get("/incidents?state=nonsense"))
    with site.signed_in(OTHER) as browser:
        assert ["SOONER22"] == refs(browser.get("/incidents"))
        assert [] == refs(browser.get("/incidents?state=observed"))


def test_health(site: Site) -> None:
    """Counts, times and the reason why it is not ready; no address, no title."""
    site.gauges = metrics.Gauges({"held": 5}, timedelta(minutes=90), 2, embargo={}, audit_head=bytes(32))
    with site.signed_in(OPERATOR) as browser:
        page = browser.get("/health")
    text = words(page)
    for fact in (
        "Not ready 1 of 2 workers do not accept mail",
        "1 of 2",
        "3 seconds ago",
        "held for 90 min",
    ):
        assert fact in text
    assert "Children" not in text
    assert "@" not in text.replace(OPERATOR, "")


def test_the_record(site: Site) -> None:
    """An auditor reads every entry, a page at a time; a number that is none leads to the newest."""
    with site.signed_in(AUDITOR) as browser:
        page = browser.get("/record")
        assert "incident hold: FIRST222" in words(page)
        assert f"signed in: {AUDITOR}" in words(page)
        assert SECRET.split()[0] not in page.text
        assert "1. publication add: cla-2018" in words(browser.get("/record?before=2"))
        for wrong in ("x", "-1", "9" * 99, "１"):
            assert browser.get("/record", params={"before": wrong}).status_code == 200


def test_what_has_been_said_waits_no_longer() -> None:
    """For whom one lead has consented, the mail waits for the other lead only."""
    said = Consent("cla-2018", Verb.RELEASE, LEAD, NOW, "")
    first = Addressee(OUTSIDER, Standing.HELD, ineligible_for=("cla-2018", "soon"))
    incident = example(recipients=(first,), publications=("cla-2018", "soon"))
    assert {"cla-2018", "soon"} == waiting.pending(incident, ["cla-2018", "soon"])
    half = replace(incident, recipients=(replace(first, consents=(said,)),))
    assert frozenset() == waiting.pending(half, ["cla-2018"])
    assert {"soon"} == waiting.pending(half, ["cla-2018", "soon"])
    second = Addressee("b@policy.example", Standing.HELD, ineligible_for=("cla-2018",))
    assert {"cla-2018"} == waiting.pending(replace(half, recipients=(*half.recipients, second)), ["cla-2018"])


def faulty(site: Site, error: Exception) -> httpx.Response:
    """The answer of a console with a page that fails like this."""

    async def page(_request: Request) -> Response:
        raise error

    async def ask() -> httpx.Response:
        app: Starlette = application(site.desk)
        app.router.routes.append(Route("/faulty", page))
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url=site.url) as client:
            return await client.get("/faulty", params={"canary": SECRET})

    return asyncio.run(ask())


def test_a_bug_says_nothing(site: Site) -> None:
    """A bug in a page is a plain 500 with a reference that the log has too; neither says what went wrong in words."""
    before = metrics.ERRORS.labels("bug")._value.get()
    with capture_logs() as lines:
        answer = faulty(site, ValueError(SECRET))
    assert (500, "no-store") == (answer.status_code, answer.headers["cache-control"])
    found = re.search(r"the reference ([0-9A-F]{8})", answer.text)
    assert found is not None
    assert [(found[1], "ValueError")] == [(line["ref"], line["error"]) for line in lines]
    for place in (answer.text, str(lines)):
        assert SECRET.split()[0] not in place
    assert "ValueError" not in answer.text
    assert before + 1 == metrics.ERRORS.labels("bug")._value.get()


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (StoreUnavailable("disk /var/lib/secret.db"), 503, "Try again in a minute"),
        (NotDone("HOLD2345", "somebody else has decided"), 409, "HOLD2345: somebody else has decided"),
        (Refused(404, "Page not found", "<b>x</b>"), 404, "&lt;b&gt;x&lt;/b&gt;"),
    ],
)
def test_errors_in_plain_words(site: Site, error: Exception, status: int, said: str) -> None:
    """A store that is away, a decision that was made already and a refusal are pages; nothing inside gets out."""
    answer = faulty(site, error)
    assert (status, True) == (answer.status_code, said in answer.text)
    assert "secret.db" not in answer.text


def test_methods_that_are_none(site: Site) -> None:
    """What a page does not take is 405 with a plain page; what is no page 404."""
    with site.browser() as browser:
        answer = browser.put("/record")
        assert (405, {"GET", "HEAD"}) == (answer.status_code, set(answer.headers["allow"].split(", ")))
        assert browser.get("/record/").status_code == 404


def test_other_protocols_are_left_alone() -> None:
    """Only HTTP is answered: a WebSocket's beginning reaches no page."""

    async def never(*_arguments: object) -> None:
        raise AssertionError

    asyncio.run(Shell(never, https=False)({"type": "websocket"}, never, never))  # type: ignore[arg-type]
