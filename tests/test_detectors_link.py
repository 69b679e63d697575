"""Registered links: found in any part of a mail, shown or not, until the embargo is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gateway.detectors import find
from gateway.detectors.link import explain
from gateway.detectors.rule import Rule, RuleSet
from gateway.features.links import Links, packed
from gateway.model import Detector, Finding, Link, Message, Part, PartKind, Publication, Register

LIVE = datetime(2018, 3, 28, 8, 30, tzinfo=UTC)
NOW = LIVE - timedelta(hours=1)
KEY = bytes(range(32))
RULES = RuleSet((Rule("registered-link", "Registered link", Detector.LINK, "A link of the publication."),))
FOLDER = "https://preview.stats.example/releases/cla-2018/"


def register(exempt: frozenset[tuple[str | None, bytes]] = frozenset(), **links: str) -> Register:
    """Publications with a link each; `late` is planned two hours after the others."""
    known = {
        name: Publication(name, "Title", LIVE + timedelta(hours=2 * (name == "late")), "lead@stats.example")
        for name in links
    }
    index = Links.of({name: [packed(KEY, [url])] for name, url in links.items()}, {})
    return Register(1, known, {}, {}, KEY, exempt=exempt, links=index)


def shown(text: str, path: str = "1") -> Message:
    """A mail that says something."""
    return Message((Part(path, PartKind.BODY, text),))


def hidden(url: str, path: str = "1") -> Message:
    """A mail that leads somewhere without saying so."""
    return Message((Part(path, PartKind.BODY, "click here"),), links=(Link(path, url),))


def finding(part: str, publication: str) -> Finding:
    """What a registered link in a part is."""
    return Finding("registered-link", Detector.LINK, part, publication)


@pytest.mark.parametrize("message", [shown(f"It is at {FOLDER}a.xlsx."), hidden(f"{FOLDER}a.xlsx?d=1")])
def test_a_link_is_a_finding_where_it_stands(message: Message) -> None:
    """Whether the reader sees the address or only what it is called."""
    assert (finding("1", "cla"),) == find(RULES, message, register(cla=FOLDER), NOW)


def test_it_is_one_finding_a_part() -> None:
    """However often it stands there; each part is told."""
    message = shown(f"{FOLDER}a {FOLDER}b <{FOLDER}>") + hidden(FOLDER) + hidden(FOLDER, "2/1")
    assert (finding("1", "cla"), finding("2/1", "cla")) == find(RULES, message, register(cla=FOLDER), NOW)


def test_it_is_over_with_the_embargo() -> None:
    """To the second, for each publication that registered the link."""
    known = register(cla=FOLDER, late=FOLDER)
    assert (finding("1", "late"),) == find(RULES, shown(FOLDER), known, LIVE)
    assert () == find(RULES, shown(FOLDER), known, LIVE + timedelta(hours=2))


def test_a_false_alarm_about_one_link_leaves_the_others() -> None:
    """What was said is said of one registered link, not of all of its publication."""
    (one,) = find(RULES, shown(FOLDER), register(cla=FOLDER), NOW)
    exempt = frozenset({("cla", one.trace)})
    assert () == find(RULES, shown(f"{FOLDER}other"), register(exempt, cla=FOLDER), NOW)
    assert (finding("1", "cla"),) == find(
        RULES, shown(f"{FOLDER}draft/x"), register(exempt, cla=f"{FOLDER}draft/"), NOW
    )


def test_nothing_is_found_where_nothing_is_registered() -> None:
    """No link at all, or another one."""
    assert () == find(RULES, shown(FOLDER), Register.empty(), NOW)
    assert () == find(RULES, shown("https://www.stats.example/"), register(cla=FOLDER), NOW)


def test_a_link_broken_over_lines_inside_a_rewriter_is_found() -> None:
    """As a mail program wraps what another one has rewritten, in a quoted reply."""
    coded = "https%3A%2F%2Fpreview.stats.example%2Freleases%2Fcla-2018%2Fa"
    whole = f"https://eur03.safelinks.protection.outlook.com/?url={coded}&data=05%7C01&reserved=0"
    for width in (30, 52, 60, 71, 76, 90):
        quoted = "".join(f"> {whole[at : at + width]}\r\n" for at in range(0, len(whole), width))
        assert (finding("1", "cla"),) == find(
            RULES, shown(f"See\r\n<{quoted[2:].rstrip()}>"), register(cla=FOLDER), NOW
        )
        assert (finding("1", "cla"),) == find(RULES, shown(f"See\r\n{quoted}ok"), register(cla=FOLDER), NOW)


def test_what_was_found_can_be_explained() -> None:
    """With the address that led there, for whoever may see content."""
    known = register(cla=FOLDER)
    assert known.links is not None
    url = "https://a.example/?u=https%3A%2F%2Fpreview.stats.example%2Freleases%2Fcla-2018%2Fx"
    ((path, address, match),) = explain(shown(url, "2/1"), known.links, KEY)
    assert ("2/1", f"{FOLDER}x", frozenset({"cla"})) == (path, address, match.ids)


def test_a_mail_of_more_hosts_than_are_looked_up_is_unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever puts an address behind very many others is not passed over in silence."""
    monkeypatch.setattr("gateway.detectors.link.HOSTS", 20)
    every = RuleSet((*RULES.rules, Rule("unread", "Unread", Detector.UNREADABLE, "Nobody has read it all.")))
    found = {}
    for many in (10, 30):
        text = "\n".join([*(f"https://host{number}.example/" for number in range(many)), FOLDER])
        found[many] = [each.detector for each in find(every, shown(text), register(cla=FOLDER), NOW)]
    assert {10: [Detector.LINK], 30: [Detector.UNREADABLE]} == found
