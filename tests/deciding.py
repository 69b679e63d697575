"""A console that is served for tests of its decisions: real store, real held mail, real HTTP.

People are known by the header of a reverse proxy, so that every request says who makes it.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import httpx
import uvloop

from gateway import metrics
from gateway.config import load
from gateway.console.desk import Desk, Health
from gateway.console.guard import form_token
from gateway.console.postbox import Postbox
from gateway.console.server import Pages
from gateway.incident import Incident
from gateway.model import (
    Client,
    Decision,
    Detector,
    Disposition,
    Envelope,
    Finding,
    Grant,
    GrantKind,
    Mail,
    Membership,
    Outcome,
    Publication,
    Reason,
    Recipient,
)
from gateway.replies import Reply
from gateway.rules import load as load_rules
from gateway.scanner import Scanners
from gateway.snapshot import Snapshot
from gateway.store import incidents, publications
from gateway.store.incidents import Fingerprint
from gateway.store.installation import open_store
from tests.running import free_port
from tests.sink import wait_for

NOW = datetime.now(UTC).replace(microsecond=0)
LEAD, DEPUTY = "anna.lead@stats.example", "ben.deputy@stats.example"
OTHER_LEAD = "cleo.lead@stats.example"
HEAD, OPERATOR, AUDITOR = "head@stats.example", "operator@it.example", "auditor@stats.example"
STRANGER = "nobody@policy.example"
SENDER, LISTED = "press@policy.example", "listed@policy.example"
OUTSIDER, SECOND = "outsider@policy.example", "second@policy.example"
FIRST, OTHER, LATER = "looked-after", "exam-results", "far-away"
CANARY = "canary72670"
CONTENT = (
    f"Subject: {CANARY} subject\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    f"--b\r\nContent-Type: text/plain\r\n\r\nHello {CANARY} <b>body</b>\r\n"
    f"--b\r\nContent-Type: text/csv; name={CANARY}-name.csv\r\nContent-Disposition: attachment\r\n\r\n"
    f"{CANARY}-document,1\r\n--b--\r\n"
).encode()
BANNER = Finding("embargo-banner", Detector.BANNER, "1", FIRST, trace=b"t" * 32)
LOCKED = Finding("unreadable-content", Detector.UNREADABLE, "2", FIRST, reason=Reason.ENCRYPTED)


class Asking:
    """People who ask a console for pages: a proxy's header says who each is."""

    def __init__(self, port: int) -> None:
        self.port = port
        # A client for each request would read all certificates of the machine again.
        self._client = httpx.Client(trust_env=False, verify=False)

    def close(self) -> None:
        """Give back what is open."""
        self._client.close()

    def get(self, who: str, path: str) -> Page:
        """A page as somebody sees it."""
        return self._send("GET", who, path, None)

    def post(self, who: str, path: str, fields: dict[str, str | list[str]]) -> Page:
        """A form as somebody sends it, exactly as it is given."""
        return self._send("POST", who, path, fields)

    def submit(self, who: str, page: Page, **fields: str | list[str]) -> Page:
        """The form of a page with what it holds already, and these fields."""
        return self.post(who, page.path, {**page.fields, **fields})

    def decide(self, who: str, ref: str, action: str, **fields: str | list[str]) -> Page:
        """Open the page of a decision, fill it in, and send it."""
        page = self.get(who, f"/incidents/{ref}/{action}")
        return self.submit(who, page, **fields) if page.status == 200 else page

    def _send(self, method: str, who: str, path: str, fields: dict[str, str | list[str]] | None) -> Page:
        url = f"http://127.0.0.1:{self.port}{path}"
        answer = self._client.request(method, url, data=fields, headers={"X-Forwarded-Email": who})
        return Page(path, answer)


class Site(Asking):
    """A served console; `woken` counts how often the office was told of a decision."""

    def __init__(self, folder: Path) -> None:
        super().__init__(free_port())
        config = folder / "gateway.toml"
        config.write_text(
            f"""
[store]
url = "sqlite:///{folder}/store.db"
keys = "{folder}/keys"
[next_hop]
address = "127.0.0.1:1"
[alerts]
sender = "embargo-gateway@department.example"
fallback = ["{HEAD}"]
[console]
listen = "127.0.0.1:{self.port}"
proxy = ["127.0.0.1"]
operators = ["{OPERATOR}"]
auditors = ["{AUDITOR}"]
"""
        )
        settings = load(config)
        self.database, self.keys = open_store(settings.store.url, settings.store.key_folder)
        self.woken = 0
        self._number = 0
        _register(self)
        snapshot = Snapshot(self.database, self.keys, timedelta(days=1))
        snapshot.refresh()
        self.desk = Desk(
            settings,
            load_rules(None),
            self.database,
            self.keys,
            snapshot,
            Scanners(str(folder / "none"), timedelta(seconds=1), timedelta(seconds=1)),
            Postbox(self.database, settings, _Nowhere()),
            self._wake,
            lambda: Health(
                1, 1, None, timedelta(0), metrics.Gauges({}, timedelta(0), 0, timedelta(0), {}, b"")
            ),
        )

    def _wake(self) -> None:
        self.woken += 1

    def hold(
        self,
        outcomes: Sequence[Outcome] = (),
        *,
        findings: Sequence[Finding] = (BANNER,),
        sender: str | None = SENDER,
        leaked: tuple[str, ...] = (),
        content: bytes = CONTENT,
        observed: bool = False,
    ) -> str:
        """Hold a mail as the pipeline does; its reference.  One outsider of the first publication unless said."""
        self._number += 1
        ref = f"HOLD{self._number:04}".replace("0", "Z").replace("1", "Y")
        made = tuple(outcomes) or (closed(OUTSIDER),)
        keys = tuple(dict.fromkeys(key for one in made for key in one.ineligible_for))
        decision = Decision(made, tuple(findings), keys, observed, leaked)
        envelope = Envelope(sender, tuple(one.recipient for one in made))
        mail = Mail(envelope, content, Client("192.0.2.7", "client.example"), NOW)
        seen = Fingerprint(ref.encode(), b"c" + ref.encode())
        incidents.record(self.database, self.keys, mail, decision, seen, ref, NOW, (HEAD,))
        return ref

    def found(self, ref: str) -> Incident:
        """The incident as it is in the store."""
        incident = incidents.load(self.database, ref)
        assert incident is not None
        return incident

    def standings(self, ref: str) -> dict[str, str]:
        """Address -> state of each recipient."""
        return {one.address: one.standing.value for one in self.found(ref).recipients}

    def token(self, who: str) -> str:
        """What a form of this person must bring back, whatever page it is on."""
        return form_token(self.desk, f"proxy {who}")


class Page:
    """An answer: status, text without markup, and what its form holds."""

    def __init__(self, path: str, answer: httpx.Response) -> None:
        self.path = path
        self.status = answer.status_code
        self.to = answer.headers.get("location")
        self.headers = answer.headers
        self.html = answer.text
        self.text = " ".join(unescape(re.sub(r"<[^>]*>", " ", self.html)).split())

    @property
    def fields(self) -> dict[str, str | list[str]]:
        """The hidden and the checked fields of its form."""
        held: dict[str, list[str]] = {}
        main = self.html[self.html.index("<main") :]
        for tag in re.findall(r"<input[^>]*>", main):
            kind, name, value = (_attribute(tag, each) for each in ("type", "name", "value"))
            if kind == "hidden" or kind == "text" or " checked" in tag:
                held.setdefault(name, []).append(unescape(value))
        return {name: values if len(values) > 1 else values[0] for name, values in held.items()}

    def kind(self, name: str) -> str:
        """The type of the first field of this name."""
        tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', self.html)
        return _attribute(tag[0], "type") if tag else ""

    @property
    def textarea(self) -> str:
        """What the only large field of the form holds."""
        found = re.search(r"<textarea[^>]*>(.*?)</textarea>", self.html, re.S)
        return unescape(found[1]) if found else ""


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return found[1] if found else ""


class _Nowhere:
    """A next hop that nobody asks for anything here."""

    async def replay(
        self, envelope: Envelope, content: bytes, *, partial: bool, received: bytes = b""
    ) -> tuple[Reply, ...]:
        raise AssertionError("no letter is sent by these pages")


def _register(site: Site) -> None:
    lead = [Grant(address, GrantKind.PRODUCTION, origin="lead") for address in (LEAD, DEPUTY)]
    others = [Grant(OTHER_LEAD, GrantKind.PRODUCTION, origin="lead")]
    soon, later = NOW + timedelta(hours=2), NOW + timedelta(days=9)
    first = Publication(FIRST, "Children looked after", soon, LEAD, deputies=(DEPUTY,))
    other = Publication(OTHER, "Exam results", soon + timedelta(hours=1), OTHER_LEAD)
    far = Publication(LATER, "School census", later, LEAD)
    for entry, grants in ((first, lead), (other, others), (far, lead[:1])):
        publications.add(site.database, site.keys, entry, grants, "test", NOW)


def closed(
    address: str, *keys: str | None, group: Membership | None = None, like: str | None = None
) -> Outcome:
    """A recipient who is held because these publications (the first one unless said) are closed to them."""
    return Outcome(Recipient(address), Disposition.HOLD, keys or (FIRST,), group, like)


def listed(address: str = LISTED, *, waits: bool = False) -> Outcome:
    """A recipient who may have the mail: it was sent to them, or they wait with the rest."""
    return Outcome(Recipient(address), Disposition.HOLD if waits else Disposition.RELAY)


def about(key: str | None, part: str = "1") -> Finding:
    """A banner of another publication."""
    return replace(BANNER, publication=key, part=part, trace=(key or "").encode().ljust(32))


@contextmanager
def served(folder: Path) -> Iterator[Site]:
    """A site that answers, for as long as the block lasts."""
    site = Site(folder)
    loop = uvloop.new_event_loop()
    task: asyncio.Task[None] = loop.create_task(Pages(site.desk).run())
    thread = threading.Thread(target=_run, args=(loop, task))
    thread.start()
    try:
        wait_for(lambda: _answers(site.port), 60)
        yield site
    finally:
        # An open connection is waited for.
        site.close()
        loop.call_soon_threadsafe(task.cancel)
        thread.join(10)
        site.database.close()


def _run(loop: asyncio.AbstractEventLoop, task: asyncio.Task[None]) -> None:
    try:
        loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
    finally:
        loop.close()


def _answers(port: int) -> bool:
    try:
        return (
            httpx.get(
                f"http://127.0.0.1:{port}/static/console.css", trust_env=False, verify=False
            ).status_code
            == 200
        )
    except httpx.TransportError:
        return False
