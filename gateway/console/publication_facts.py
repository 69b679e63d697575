"""A publication in plain words: where it stands, what its lead must see, what can be done with it.

Pure.  Who may see what is the caller's matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from gateway.letters.form import left, moment, title
from gateway.model import LiveBy, Phase, Publication, State
from gateway.store.overview import Numbers

OVER = (State.LIVE, State.WITHDRAWN)

COLOURS = {
    Phase.DRAFT: "grey",
    Phase.EMBARGOED: "blue",
    Phase.WINDOW_OPEN: "turquoise",
    Phase.OVERDUE: "red",
    Phase.UNCONFIRMED: "orange",
    Phase.LIVE: "green",
    Phase.WITHDRAWN: "grey",
    Phase.PAUSED: "yellow",
}
_MEANS = {
    Phase.DRAFT: "Under embargo, but nobody has taken this entry yet: only its lead and deputies may have it.",
    Phase.EMBARGOED: "Under embargo. Early access has not begun: only those who make it may have it.",
    Phase.WINDOW_OPEN: "Under embargo. Early access has begun for those on the list.",
    Phase.OVERDUE: "Still under embargo, although its time has passed: nobody has confirmed that it is public.",
    Phase.UNCONFIRMED: "Its time has passed, so nothing of it is held any more. Confirm that it is public.",
    Phase.LIVE: "Public. Nothing of it is held, and what was registered of it is destroyed.",
    Phase.WITHDRAWN: "Taken back. Nothing of it is held; plan another time to put it under embargo again.",
    Phase.PAUSED: "Under embargo, whatever the time, until somebody resumes it.",
}
_ENDS = {
    LiveBy.CLOCK: "by the clock, at the planned time",
    LiveBy.URL: "when its public page answers",
    LiveBy.PERSON: "when a person confirms that it is public",
}
_AT_LIVE = {
    "send": "Held mail is sent when it is confirmed to be public.",
    "keep": "Held mail goes on waiting for a person then.",
}


@dataclass(frozen=True, slots=True)
class Look:
    """When it is, and in which zone times are told."""

    now: datetime
    zone: ZoneInfo

    def time(self, when: datetime) -> str:
        """A time as people there read it."""
        return moment(when, self.zone)


@dataclass(frozen=True, slots=True)
class Line:
    """One publication as every page names it; `countdown` is empty once it is over."""

    id: str
    title: str
    phase: str
    colour: str
    planned: str
    countdown: str
    numbers: Numbers
    warnings: tuple[str, ...]


def line(publication: Publication, numbers: Numbers, look: Look) -> Line:
    """The publication as a list shows it."""
    phase = publication.phase(look.now)
    return Line(
        publication.id,
        title(publication.title),
        phase.value,
        COLOURS[phase],
        look.time(publication.publishes_at),
        countdown(publication, look.now),
        numbers,
        tuple(warnings(publication, numbers, look.now)),
    )


def countdown(publication: Publication, now: datetime) -> str:
    """How long it is until the planned time, in words."""
    return "" if publication.state in OVER else left(publication.publishes_at - now)


def warnings(publication: Publication, numbers: Numbers, now: datetime) -> Iterator[str]:
    """What its lead must see before anything goes wrong."""
    if publication.state in OVER:
        return
    if publication.overdue(now):
        yield "Its planned time has passed. Confirm that it is public, or plan another time."
    if not numbers.team:
        yield "Only the lead and deputies have production access, so drafts of the team are held."
    if not numbers.pre_release:
        yield "The list for early access is empty: nobody else may have it before it is public."
    if numbers.unread:
        yield f"{_of(numbers.unread, numbers.documents)} could not be read completely."
    if not numbers.documents:
        yield "No documents are registered: copies of them are recognised only by a warning inside."


def _of(some: int, all_: int) -> str:
    return f"{some} of {all_} document{'' if all_ == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Page:
    """What the page of a publication says beside its `Line`."""

    meaning: str
    window: str
    history: tuple[str, ...]
    ends: str
    url: str
    at_live: str
    confirmed: str


def page(publication: Publication, look: Look) -> Page:
    """The publication's own page."""
    confirmed = publication.confirmed_at
    return Page(
        _MEANS[publication.phase(look.now)],
        look.time(publication.window_opens),
        tuple(history(publication, look)),
        _ENDS[publication.live_by],
        publication.url or "",
        _AT_LIVE.get(publication.at_live, ""),
        look.time(confirmed) if confirmed is not None else "",
    )


def history(publication: Publication, look: Look) -> Iterator[str]:
    """How its plan came about, the last change first."""
    for after, before in pairwise(publication.times):
        moved = "Postponed" if before < after else "Brought forward"
        yield f"{moved} from {look.time(before)} to {look.time(after)}"
    if publication.reissues:
        yield f"Reissued: this is edition {publication.reissues + 1}"
    for when in publication.public_times:
        yield f"An earlier edition was planned for {look.time(when)}"


@dataclass(frozen=True, slots=True)
class Step:
    """Something that can be done with a publication now: its page, the button, and when to choose it."""

    path: str
    label: str
    hint: str


PLAN = Step("plan", "Postpone or bring forward", "Its planned time changes; everything registered stays.")
AGAIN = Step("plan", "Plan another time", "It comes under embargo again.")
LIVE = Step("live", "Confirm that it is public", "The embargo ends now, and cannot come back.")
WITHDRAW = Step("withdraw", "Withdraw it", "It will not be published as planned.")
PAUSE = Step(
    "pause", "Pause it", "The embargo then lasts beyond the planned time, until somebody resumes it."
)
RESUME = Step("resume", "Resume it", "The planned time counts again.")
TAKE = Step("take", "Take this draft", "From then on everybody on its list counts.")
REISSUE = Step("reissue", "Reissue it", "A new edition comes under embargo, under the same name.")

_STEPS = {
    State.DRAFT: (TAKE, PLAN, WITHDRAW),
    State.EMBARGOED: (PLAN, LIVE, PAUSE, WITHDRAW),
    State.PAUSED: (RESUME, PLAN, LIVE, WITHDRAW),
    State.WITHDRAWN: (AGAIN,),
    State.LIVE: (REISSUE,),
}


def steps(publication: Publication, now: datetime) -> tuple[Step, ...]:
    """What can be done now, the likeliest first."""
    found = _STEPS[publication.state]
    if publication.overdue(now) and LIVE in found:
        return (LIVE, *(step for step in found if step is not LIVE))
    return found


def overlapping(one: Publication, others: Iterable[Publication]) -> tuple[Publication, ...]:
    """The publications that are open to readers of early access while `one` is, and still under embargo."""
    return tuple(
        other
        for other in others
        if other.id != one.id
        and other.state not in OVER
        and one.state not in OVER
        and other.window_opens < one.publishes_at
        and one.window_opens < other.publishes_at
    )
