"""The nag: a planned time has passed, and nobody has said that the publication is out.

It says which publication, since when, and what to do; the lead and the deputies get it until one of them does it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from gateway.letters.form import Heading, compose, item, left, moment, paragraph, shown, title
from gateway.model import LiveBy, State


@dataclass(frozen=True, slots=True)
class Overdue:
    """The publication, as it stood when the nag was owed; `waiting` counts the mails held for it."""

    id: str
    title: str
    publishes_at: datetime
    live_by: LiveBy
    state: State = State.EMBARGOED
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who writes to whom, when, in which zone; `page` is the address of the publication's page, where there is one."""

    sender: str
    to: str
    now: datetime
    zone: ZoneInfo
    page: str | None = None


def overdue(publication: str, facts: Mapping[str, Any]) -> Overdue:
    """The publication from the facts of a letter owed (see `store.lives.nag`)."""
    return Overdue(
        publication,
        facts["title"],
        datetime.fromisoformat(facts["publishes_at"]),
        LiveBy(facts["live_by"]),
        State(facts["state"]),
        facts["waiting"],
    )


def nag(about: Overdue, at: Stamp) -> bytes:
    """The letter about one overdue publication."""
    subject = f"[embargo-gateway] Overdue: {about.id} is not confirmed as published"
    heading = Heading(at.sender, at.to, subject, ("nag", about.id, at.to), at.now)
    return compose(heading, _lines(about, at))


def _lines(about: Overdue, at: Stamp) -> list[str]:
    late = left(about.publishes_at - at.now)
    return [
        *paragraph("The planned time of this publication has passed, and nobody has said that it is public."),
        "Publication",
        *item(f"{title(about.title)} ({about.id})"),
        *item(f"    planned for {moment(about.publishes_at, at.zone)}, {late}"),
        "",
        *paragraph(_meaning(about)),
        *_waiting(about),
        "What you can do",
        *([f"  {shown(at.page)}"] if at.page else []),
        *_commands(about),
        "",
        *paragraph("You are asked again until one of these is done."),
    ]


def _meaning(about: Overdue) -> str:
    if about.state is State.PAUSED:
        return "It is paused, so it stays under embargo."
    if about.live_by is LiveBy.URL:
        return "Its public page does not answer yet, so it stays under embargo."
    if about.live_by is LiveBy.PERSON:
        return "It stays under embargo until a person confirms it."
    ended = "Its embargo ended at that time by the clock."
    return f"{ended} Held mail is not sent before a person confirms that it is public."


def _waiting(about: Overdue) -> list[str]:
    if not about.waiting:
        return []
    mails = "1 mail is" if about.waiting == 1 else f"{about.waiting} mails are"
    return paragraph(f"{mails} held for it.")


def _commands(about: Overdue) -> list[str]:
    resume = [f"  embargo-gateway publication resume {about.id}"] if about.state is State.PAUSED else []
    return [
        f"  embargo-gateway publication live {about.id}",
        *resume,
        f"  embargo-gateway publication postpone {about.id} --to TIME",
        f"  embargo-gateway publication withdraw {about.id}",
    ]
