"""What a channel (a chat room, a pager) is told of incidents: where to look and how urgent it is, no more.

A channel has many readers: it reads no address, and like every letter nothing of what a mail contains.  Titles and
planned times are public: they stand in the calendar of releases.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from gateway.incident import Incident, Standing
from gateway.letters.form import left, moment, title

VERSION = 1
_DISPOSITIONS = {"hold": "held", "reject": "refused", "observe": "sent"}
_HEADS = {"hold": "Held", "reject": "Refused", "observe": "SENT, only observed"}
_ASKED = {
    1: "Nobody has decided yet: the deputies are asked.",
    2: "Nobody has decided yet: the fallback is asked.",
}
_MOST_SHOWN = 10
_MOST_FINDINGS = 5
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class News:
    """One incident, and who is asked about it: 0 the leads, 1 their deputies, 2 the fallback addresses."""

    incident: Incident
    level: int = 0


@dataclass(frozen=True, slots=True)
class Bearings:
    """What a message needs beside the incidents: the console's address without a slash at its end, time and zone."""

    console: str
    now: datetime
    zone: ZoneInfo

    def link(self, ref: str) -> str:
        """The page of an incident: who opens it has to sign in."""
        return f"{self.console}/incidents/{ref}"


def message(shape: str, news: Sequence[News], at: Bearings) -> bytes:
    """The body of a POST (JSON, UTF-8) in the shape `json`, `teams` or `slack`; `news` is not empty."""
    makers = {"json": _plain, "teams": _teams, "slack": _slack}
    return json.dumps(makers[shape](news, at), ensure_ascii=False).encode()


def _plain(news: Sequence[News], at: Bearings) -> dict[str, Any]:
    if len(news) == 1:
        return {"version": VERSION, "event": "incident", **_facts(news[0], at)}
    told = [_facts(one, at) for one in news]
    return {"version": VERSION, "event": "incidents", "count": len(told), "incidents": told}


def _facts(one: News, at: Bearings) -> dict[str, Any]:
    incident = one.incident
    planned = incident.publishes_at
    return {
        "reference": incident.ref,
        "disposition": _DISPOSITIONS[incident.disposition],
        "escalation": one.level,
        "received_at": incident.received_at.isoformat(),
        "publications": [
            {"id": each.id, "title": title(each.title), "publishes_at": each.publishes_at.isoformat()}
            for each in incident.concerns
        ],
        "unregistered": _unregistered(incident),
        "minutes_to_publication": (planned - at.now) // _MINUTE if planned is not None else None,
        "findings": [{"rule": rule, "part": part} for rule, part in _places(incident)],
        "not_listed": len(incident.ineligible),
        "waiting": len(incident.among(Standing.HELD)),
        "link": at.link(incident.ref),
    }


def _unregistered(incident: Incident) -> bool:
    return None in incident.publications or not incident.concerns


def _places(incident: Incident) -> list[tuple[str, str]]:
    return list(dict.fromkeys((finding.rule, finding.part) for finding in incident.findings))


def _head(news: Sequence[News]) -> str:
    if len(news) == 1:
        incident = news[0].incident
        return f"{_HEADS[incident.disposition]}: {incident.ref}"
    return f"{len(news)} incidents: {news[0].incident.ref} and others"


def _lines(one: News, at: Bearings) -> list[str]:
    """What is said of a single incident, line by line."""
    incident = one.incident
    number = len(incident.ineligible)
    lines = [_asked(one)] if one.level else []
    lines += [
        f"{title(each.title)} ({each.id}), planned for {moment(each.publishes_at, at.zone)},"
        f" {left(each.publishes_at - at.now)}"
        for each in incident.concerns
    ]
    lines += ["A publication that nobody here has registered"] if _unregistered(incident) else []
    lines.append(f"{number} recipient{'s' if number != 1 else ''} not on the access list")
    return [*lines, *_found(incident)]


def _asked(one: News) -> str:
    return _ASKED.get(one.level, "")


def _found(incident: Incident) -> list[str]:
    places = _places(incident)
    lines = [f"{rule} in part {part}" for rule, part in places[:_MOST_FINDINGS]]
    more = len(places) - len(lines)
    return [*lines, *([f"and {more} more findings"] if more > 0 else [])]


def _summary(one: News, at: Bearings) -> str:
    """One of several incidents on one line."""
    incident = one.incident
    names = ", ".join(publication or "unregistered" for publication in incident.publications)
    planned = incident.publishes_at
    when = f", {left(planned - at.now)}" if planned is not None else ""
    return f"{_HEADS[incident.disposition]}: {incident.ref} ({names or 'unregistered'}){when}. {_asked(one)}".strip()


def _body(news: Sequence[News], at: Bearings) -> list[str]:
    if len(news) == 1:
        return _lines(news[0], at)
    lines = [_summary(one, at) for one in news[:_MOST_SHOWN]]
    more = len(news) - _MOST_SHOWN
    return [*lines, *([f"and {more} more"] if more > 0 else [])]


def _target(news: Sequence[News], at: Bearings) -> tuple[str, str]:
    """What the link says, and where it leads."""
    if len(news) == 1:
        return f"Open {news[0].incident.ref}", at.link(news[0].incident.ref)
    return "Open what waits", at.console


def _teams(news: Sequence[News], at: Bearings) -> dict[str, Any]:
    # A RichTextBlock takes text as it is; a TextBlock would read Markdown out of a title.
    words, link = _target(news, at)
    head = {"type": "TextRun", "text": _head(news), "weight": "Bolder", "size": "Large"}
    runs = [[head], *([{"type": "TextRun", "text": line}] for line in _body(news, at))]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [{"type": "RichTextBlock", "inlines": inlines} for inlines in runs],
        "actions": [{"type": "Action.OpenUrl", "title": words, "url": link}],
    }
    kind = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": kind, "contentUrl": None, "content": card}]}


def _slack(news: Sequence[News], at: Bearings) -> dict[str, Any]:
    words, link = _target(news, at)
    text = "\n".join(_body(news, at))
    return {
        "text": _escaped(_head(news)),
        "blocks": [
            {"type": "header", "text": _unformatted(_head(news))},
            {"type": "section", "text": _unformatted(text)},
            {"type": "section", "text": {"type": "mrkdwn", "text": f"<{link}|{words}>"}},
        ],
    }


def _unformatted(text: str) -> Mapping[str, Any]:
    # Slack takes at most 3,000 characters of one text; a title cannot call a channel out of plain text.
    return {"type": "plain_text", "text": text[:3000], "emoji": False}


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
