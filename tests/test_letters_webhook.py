"""What channels are told, field by field: where to look and how urgent it is; no address, nothing of the mail."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from gateway.incident import Addressee, Concern, Incident, Standing
from gateway.letters.webhook import Bearings, News, message
from gateway.model import Detector, Finding
from tests.filed import BANNER, DEPUTY, LEAD, LISTED, NOW, OUTSIDER, PLANNED, SECRET, SENDER, example

AT = Bearings("https://embargo.stats.example", PLANNED - timedelta(minutes=65), ZoneInfo("Europe/London"))
SHAPES = ("json", "teams", "slack")
LINK = "https://embargo.stats.example/incidents/HOLD2345"


def told(shape: str, *news: News) -> Any:
    """The decoded message about these (or one held mail)."""
    return json.loads(message(shape, news or [News(example())], AT))


def test_json() -> None:
    """The flat object of one incident: every field."""
    assert {
        "version": 1,
        "event": "incident",
        "reference": "HOLD2345",
        "disposition": "held",
        "escalation": 0,
        "received_at": NOW.isoformat(),
        "publications": [
            {"id": "cla-2018", "title": "Children looked after", "publishes_at": PLANNED.isoformat()}
        ],
        "unregistered": False,
        "minutes_to_publication": 65,
        "findings": [{"rule": "embargo-banner", "part": "1/1"}],
        "not_listed": 1,
        "waiting": 1,
        "link": LINK,
    } == told("json")


def test_json_of_several() -> None:
    """Several incidents are a list of the same objects."""
    other = replace(example(), ref="HOLD9999", disposition="observe")
    found = told("json", News(example()), News(other, 1))

    assert (1, "incidents", 2) == (found["version"], found["event"], found["count"])
    assert [("HOLD2345", "held", 0), ("HOLD9999", "sent", 1)] == [
        (one["reference"], one["disposition"], one["escalation"]) for one in found["incidents"]
    ]
    assert set(told("json")) - {"version", "event"} == set(found["incidents"][0])


@pytest.mark.parametrize(
    ("disposition", "word", "head"),
    [("hold", "held", "Held"), ("reject", "refused", "Refused"), ("observe", "sent", "SENT, only observed")],
)
def test_dispositions(disposition: str, word: str, head: str) -> None:
    """Each kind of incident has its word in every shape."""
    news = News(replace(example(), disposition=disposition))
    assert word == told("json", news)["disposition"]
    assert f"{head}: HOLD2345" == told("slack", news)["text"]
    assert f"{head}: HOLD2345" == texts(told("teams", news))[0]


def test_an_unregistered_publication() -> None:
    """Where nobody registered the publication there is neither id nor time, and it is said."""
    news = News(example(publications=(None,), concerns=()))
    found = told("json", news)

    assert ([], True, None) == (found["publications"], found["unregistered"], found["minutes_to_publication"])
    assert "A publication that nobody here has registered" in texts(told("teams", news))


def test_an_overdue_publication() -> None:
    """After the planned time the minutes are negative."""
    late = Bearings(AT.console, PLANNED + timedelta(minutes=5), AT.zone)
    assert -5 == json.loads(message("json", [News(example())], late))["minutes_to_publication"]


def texts(card: Any) -> list[str]:
    """The lines of a Teams message, and of a Slack message."""
    if "attachments" in card:
        body = card["attachments"][0]["content"]["body"]
        return [run["text"] for block in body for run in block["inlines"]]
    return [block["text"]["text"] for block in card["blocks"]]


def test_teams() -> None:
    """A message with one Adaptive Card of plain text and a button that opens the incident."""
    found = told("teams")
    (attachment,) = found["attachments"]
    card = attachment["content"]

    assert "message" == found["type"]
    assert "application/vnd.microsoft.card.adaptive" == attachment["contentType"]
    assert ("AdaptiveCard", "1.4") == (card["type"], card["version"])
    assert {"RichTextBlock"} == {block["type"] for block in card["body"]}
    assert [{"type": "Action.OpenUrl", "title": "Open HOLD2345", "url": LINK}] == card["actions"]
    assert [
        "Held: HOLD2345",
        "Children looked after (cla-2018), planned for Wednesday 28 March 2018 09:30 BST, in 1 h 05 min",
        "1 recipient not on the access list",
        "embargo-banner in part 1/1",
    ] == texts(found)


def test_slack() -> None:
    """Text and blocks of plain text; the link alone is formatted, and made of nothing but settings and reference."""
    found = told("slack")
    header, section, link = found["blocks"]

    assert "Held: HOLD2345" == found["text"]
    assert ("header", "plain_text") == (header["type"], header["text"]["type"])
    assert ("section", "plain_text") == (section["type"], section["text"]["type"])
    assert "planned for Wednesday 28 March 2018 09:30 BST" in section["text"]["text"]
    assert {"type": "mrkdwn", "text": f"<{LINK}|Open HOLD2345>"} == link["text"]


@pytest.mark.parametrize("shape", SHAPES)
def test_no_address_and_nothing_of_the_mail(shape: str) -> None:
    """No message holds an address, or a part of the mail."""
    sent = message(shape, [News(example()), News(example(), 2)], AT).decode()
    for word in (SENDER, LEAD, DEPUTY, OUTSIDER, LISTED, "@", SECRET, "secret-table"):
        assert word not in sent


@pytest.mark.parametrize("shape", ["teams", "slack"])
def test_a_title_formats_nothing(shape: str) -> None:
    """A title that looks like markup stays text: it calls nobody and links nowhere."""
    title = "<!channel> [press](https://evil.example)\N{RIGHT-TO-LEFT OVERRIDE}\nx"
    concern = Concern("cla-2018", title, PLANNED, LEAD)
    found = told(shape, News(example(concerns=(concern,))))

    assert any("<!channel> [press](https://evil.example) x (cla-2018)" in line for line in texts(found))
    assert "evil" not in found.get("text", "")
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in "".join(texts(found))


@pytest.mark.parametrize(("level", "who"), [(1, "deputies"), (2, "fallback")])
def test_escalations(level: int, who: str) -> None:
    """Who is asked in the lead's place is said."""
    line = f"Nobody has decided yet: the {who}" + (" are" if level == 1 else " is") + " asked."
    assert line == texts(told("teams", News(example(), level)))[1]


def crowd() -> Incident:
    """An incident with a great many findings and recipients."""
    people = tuple(
        Addressee(f"p{number}@x.example", Standing.HELD, ineligible_for=("cla-2018",)) for number in range(60)
    )
    found = (BANNER, *(Finding("registered-file", Detector.FILE, f"2/{n}", "cla-2018") for n in range(90)))
    return example(recipients=people, findings=found)


def test_limits() -> None:
    """Big incidents, and a storm of them, stay below what Teams (28 KB) and Slack (3,000 characters a text) take."""
    news = [News(replace(crowd(), ref=f"HOLD{number:04}")) for number in range(40)]

    assert 60 == told("json", News(crowd()))["not_listed"]
    assert "and 86 more findings" in texts(told("teams", News(crowd())))
    assert len(message("teams", news, AT)) < 28_000
    assert all(len(text) < 3000 for text in texts(told("slack", *news)))
    assert "and 30 more" in texts(told("teams", *news))
    assert AT.console == told("teams", *news)["attachments"][0]["content"]["actions"][0]["url"]
