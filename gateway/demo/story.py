"""The steps of the story: what is done, what the gateway should make of it, and what it made of it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.demo import material
from gateway.demo.browser import NOWHERE, Browser
from gateway.demo.material import ID, Letter
from gateway.demo.sink import Arrived
from gateway.demo.site import Site, SiteError

_SEEN_WITHIN = 5.0
"""Seconds for a copy or an alert to arrive (the promise for alerts)."""
_REGISTER_SECONDS = 1.5
"""A changed register is in every worker within a second."""
_LINK = re.compile(r"https?://\S+")
_REFERENCE = re.compile(r"reference ([A-Z0-9]{8,16})")


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the table: what was done, what came of it, and whether that was as it should be."""

    what: str
    seen: str
    as_told: bool


def tell(site: Site) -> Iterator[tuple[str, Callable[[], Step]]]:
    """The steps in order: a name to show while one runs, and the step itself."""
    story = _Story(site)
    yield "registering the publication", story.register
    yield "importing its access list", story.access
    yield "registering its documents", story.documents
    yield "starting the gateway", story.start
    yield "sending the circulation mail", story.circulate
    yield "forwarding it", story.leak
    yield "waiting for the alert", story.alerted
    yield "opening the alert's link", story.sign_in
    yield "giving access", story.give_access
    yield "sending press lines", story.press
    yield "sending an ordinary mail", story.ordinary
    yield "counting", story.counted
    yield "publishing", story.publish
    yield "forwarding it again", story.lawful


def linger(site: Site) -> str:
    """Leave one forward waiting for the curious: the same files under a new embargo; the sign-in link of its alert."""
    story = _Story(site)
    times = ("--publishes-at", material.planned_time(story.opens + timedelta(days=3)).isoformat())
    title = f"{material.TITLE}, revised"
    site.command("publication", "add", material.NEXT_ID, "--title", title, "--lead", material.LEAD, *times)
    site.command("document", "add", material.NEXT_ID, *map(str, story.attached))
    time.sleep(_REGISTER_SECONDS)
    held = story.leak()
    if not story.refs:
        raise SiteError(f"the forward was not held: {held.seen}")
    return story.link(story.refs[-1])


class _Story:
    def __init__(self, site: Site) -> None:
        self.site = site
        now = datetime.now(UTC)
        self.planned = material.planned_time(now)
        self.opens = now - timedelta(hours=1)
        self.attached = (site.folder / "outcomes.docx", site.folder / "tables.xlsx")
        self.refs: list[str] = []
        self.browser = Browser()
        site.at_the_end(self.browser.close)
        self.decision = NOWHERE

    def register(self) -> Step:
        times = ("--publishes-at", self.planned.isoformat(), "--opens-at", self.opens.isoformat())
        self.site.command(
            "publication", "add", ID, "--title", material.TITLE, "--lead", material.LEAD, *times
        )
        when = f"{self.planned:%A} {self.planned.day} {self.planned:%B} at 9:30"
        return Step(f"Helen, who leads {ID}, registers it", f"under embargo until {when}", True)

    def access(self) -> Step:
        path = self.site.folder / "access-list.csv"
        material.write_list(path)
        self.site.command("access", "import", ID, str(path))
        listed = self._json("access", "list", ID)
        people = {record["address"] for record in listed}
        good = people == {material.LEAD, *(person[0] for person in material.LISTED)}
        return Step(
            "She imports the access list", f"{len(people)} people may have it, Helen among them", good
        )

    def documents(self) -> Step:
        material.write_report(self.attached[0], self.planned)
        material.write_tables(self.attached[1])
        self.site.command("document", "add", ID, *map(str, self.attached))
        count = len(self._json("document", "list", ID))
        return Step(
            "She registers the report and its tables",
            f"{count} documents known by their digests, words and figures",
            count == 2,
        )

    def start(self) -> Step:
        self.site.start()
        return Step("The mail team starts the gateway", "it accepts mail", True)

    def circulate(self) -> Step:
        letter = material.circulation(self.planned, self.attached)
        code, _ = self.site.send(letter)
        got = self._arrived(letter)
        seen = f"{len(got)} of {len(letter.recipients)} listed recipients have it; nothing is held"
        return Step("She mails the release to the list", seen, code == 250 and got == set(letter.recipients))

    def leak(self) -> Step:
        letter = material.forward(self.planned, self.attached)
        self._save("forward.eml", letter)
        return self._held(
            "Nadia forwards it to 7 people, of whom 1 is on the list", letter, material.UNLISTED
        )

    def alerted(self) -> Step:
        alert = self.site.sink.wait(self._is_alert(self.refs[-1]), _SEEN_WITHIN)
        if alert is None:
            return Step("The lead is told", "no alert within 5 seconds", False)
        text = alert.content.decode("utf-8", "replace")
        leaked = [word for word in material.SECRETS if word in text]
        named = sum(address in text for address in material.UNLISTED)
        seen = f"alert {self.refs[-1]} names {named} people and " + (
            "QUOTES CONTENT" if leaked else "no content"
        )
        return Step("Helen is told, by mail", seen, not leaked and named == len(material.UNLISTED))

    def sign_in(self) -> Step:
        what = "A mail scanner opens the alert's link, then Helen opens it and signs in"
        link = self.link(self.refs[-1])
        with Browser() as scanner:
            scanner.open(link)
        page = self.browser.open(link)
        page = self.browser.submit(page, page.forms[-1])
        self.decision = page
        return Step(what, "she sees what is held and why", self.refs[-1] in page.text and page.status == 200)

    def give_access(self) -> Step:
        what = f"She gives {material.SUCCESSOR} access and lets their copy go"
        page = self.browser.open(self.decision.link("/grant"))
        form = page.form("/grant")
        reason = {"why": "", "other": "takes over the briefing of the minister", "kind": "pre-release"}
        # The boxes stand in the order of the mail's recipients; hers is the first.
        chosen = [value for name, value in form.boxes if name == "recipient"][:1]
        page = self.browser.submit(page, form, recipient=chosen, **reason)
        got = self.site.sink.wait(lambda mail: mail.recipients == (material.SUCCESSOR,), _SEEN_WITHIN)
        seen = "1 copy delivered, 5 wait" if got else f"not delivered: {page.text[:200]}"
        return Step(what, seen, got is not None)

    def press(self) -> Step:
        letter = material.press_lines()
        self._save("press-lines.eml", letter)
        what = "Tom copies press lines of his own, no banner, no file, to a colleague"
        step = self._held(what, letter, (material.COLLEAGUE,))
        if not step.as_told:
            return step
        found = next(each for each in self._json("incident", "list") if each["ref"] == self.refs[-1])[
            "findings"
        ]
        kinds = sorted({finding["detector"] for finding in found})
        return Step(what, f"{step.seen}; found by {', '.join(kinds)}", kinds == ["figures"])

    def ordinary(self) -> Step:
        letter = material.ordinary()
        code, _ = self.site.send(letter)
        got = self._arrived(letter)
        as_told = code == 250 and got == set(letter.recipients)
        return Step(
            "Tom writes to a newspaper about something else", f"{len(got)} of 2 copies delivered", as_told
        )

    def counted(self) -> Step:
        blocked = self.site.blocked(ID)
        incidents = self._json("incident", "list")
        held = [r for each in incidents for r in each["recipients"] if r["state"] == "held"]
        seen = (
            f"{blocked} blocked attempts on the dashboard, {len(held)} recipients wait for Helen's decision"
        )
        return Step("The head of profession looks at the numbers", seen, (blocked, len(held)) == (2, 6))

    def publish(self) -> Step:
        self.site.command("publication", "live", ID)
        time.sleep(_REGISTER_SECONDS)
        state = self._json("publication", "show", ID)[0]["state"]
        return Step("The release is published", f"its state is {state}; the embargo is over", state == "live")

    def lawful(self) -> Step:
        letter = material.forward(self.planned, self.attached)
        code, _ = self.site.send(letter)
        got = self._arrived(letter)
        as_told = code == 250 and got == set(letter.recipients) and self.site.blocked(ID) == 2
        return Step(
            "Nadia forwards the same release to the same 7 people", f"{len(got)} of 7 have it", as_told
        )

    def _held(self, what: str, letter: Letter, ineligible: tuple[str, ...]) -> Step:
        """Send a mail that must be split: the listed get it, the others do not, and the reply has a reference."""
        code, text = self.site.send(letter)
        match = _REFERENCE.search(text)
        if code != 250 or match is None:
            return Step(what, f"answered {code} {text}", False)
        self.refs.append(match[1])
        wanted = set(letter.recipients) - set(ineligible)
        got = self._arrived(letter, len(wanted))
        seen = f"{len(letter.recipients) - len(got)} held, {len(got)} delivered; reference {match[1]}"
        return Step(what, seen, got == wanted)

    def _arrived(self, letter: Letter, wanted: int | None = None) -> set[str]:
        """Who has got a mail at the far side: it waits until `wanted` (default all) have, and looks once more."""
        enough = len(letter.recipients) if wanted is None else wanted
        mark = re.search(rb"^Message-ID: (.*)\r\n", letter.content, re.MULTILINE)
        key = mark[1] if mark else letter.content
        end = time.monotonic() + _SEEN_WITHIN
        got: set[str] = set()
        while len(got) < enough and time.monotonic() < end:
            self.site.sink.wait(lambda mail: key in mail.content, 0.2)
            got = {
                address for mail in self.site.sink.all() if key in mail.content for address in mail.recipients
            }
            time.sleep(0.05)
        return got

    def link(self, ref: str) -> str:
        """The link in the alert about an incident, as its reader would take it from the mail."""
        alert = self.site.sink.wait(self._is_alert(ref), _SEEN_WITHIN)
        found = _LINK.search(alert.content.decode("utf-8", "replace")) if alert is not None else None
        if found is None:
            raise SiteError("the alert carries no link")
        return found[0]

    def _is_alert(self, ref: str) -> Callable[[Arrived], bool]:
        return lambda mail: material.LEAD in mail.recipients and ref.encode() in mail.content

    def _save(self, name: str, letter: Letter) -> None:
        (self.site.folder / name).write_bytes(letter.content)

    def _json(self, *words: str) -> list[dict[str, Any]]:
        lines = self.site.command(*words, "--json").splitlines()
        try:
            return [json.loads(line) for line in lines]
        except ValueError:
            raise SiteError(f"`{' '.join(words)}` printed no JSON lines") from None
