"""A publication and its list in plain words: what its lead must see, what can be done, and that no word gets lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.access_list import read_upload
from gateway.console.access_facts import carried, span
from gateway.console.publication_facts import (
    COLOURS,
    Look,
    history,
    line,
    overlapping,
    page,
    steps,
    warnings,
)
from gateway.console.publication_pages import proposed
from gateway.model import PUBLICATION_ID, Grant, GrantKind, LiveBy, Phase, Publication, State
from gateway.store.overview import Numbers
from tests.filed import DEPUTY, LEAD, PLANNED

LONDON = ZoneInfo("Europe/London")
DAY = timedelta(days=1)
ENTRY = Publication("cla-2018", "Children looked after", PLANNED, LEAD, deputies=(DEPUTY,))
FINE = Numbers(held=1, listed=4, pre_release=1, team=1, documents=2)


def at(when: datetime) -> Look:
    """Seen at this time."""
    return Look(when, LONDON)


def test_every_phase_has_words() -> None:
    """Every phase has a colour, a meaning and a countdown, or none once it is over."""
    seen = set()
    for state in State:
        for live_by in LiveBy:
            for now in (PLANNED - 3 * DAY, PLANNED - DAY / 2, PLANNED + DAY):
                entry = replace(ENTRY, state=state, live_by=live_by)
                shown = line(entry, FINE, at(now))
                seen.add(entry.phase(now))
                assert page(entry, at(now)).meaning
                assert bool(shown.countdown) == (state not in (State.LIVE, State.WITHDRAWN))
    assert seen == set(Phase) == set(COLOURS)


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        (replace(FINE, team=0), "drafts of the team are held"),
        (replace(FINE, pre_release=0), "list for early access is empty"),
        (replace(FINE, unread=1), "1 of 2 documents could not be read completely."),
        (replace(FINE, documents=0), "No documents are registered"),
    ],
)
def test_what_the_lead_must_see(numbers: Numbers, words: str) -> None:
    """Each thing that would go wrong is a warning of its own, and none once the publication is over."""
    (only,) = warnings(ENTRY, numbers, PLANNED - DAY)
    assert words in only
    assert () == tuple(warnings(replace(ENTRY, state=State.LIVE), numbers, PLANNED))
    assert () == tuple(warnings(ENTRY, FINE, PLANNED - DAY))


def test_overdue_comes_first() -> None:
    """Once the time has passed, confirming is what is offered first, and it is a warning."""
    assert ("plan", "live") == tuple(step.path for step in steps(ENTRY, PLANNED - DAY)[:2])
    assert "live" == steps(ENTRY, PLANNED)[0].path
    assert "has passed" in next(warnings(ENTRY, FINE, PLANNED))


def test_history_says_which_way_it_moved() -> None:
    """Former times are told as postponements and as bringing forward, the last first; editions too."""
    moved = replace(ENTRY, former_times=(PLANNED + DAY, PLANNED), reissues=1, public_times=(PLANNED - DAY,))
    forward, postponed, edition, earlier = history(moved, at(PLANNED))
    assert forward.startswith("Brought forward from Thursday 29 March 2018")
    assert postponed.startswith("Postponed from Wednesday 28 March 2018")
    assert "edition 2" in edition
    assert "An earlier edition" in earlier


def test_overlaps() -> None:
    """Two publications overlap while both are open to readers; not one after the other, and not once over."""
    later = replace(ENTRY, id="b", publishes_at=PLANNED + timedelta(hours=23))
    after = replace(ENTRY, id="c", publishes_at=PLANNED + DAY)
    gone = replace(later, id="d", state=State.WITHDRAWN)
    assert (later,) == overlapping(ENTRY, (ENTRY, later, after, gone))


def test_end_of_a_day() -> None:
    """An end at midnight is the end of the day before it."""
    until = datetime(2018, 3, 28, 23, tzinfo=UTC)
    grant = Grant("a@x.example", GrantKind.PRODUCTION, ends_at=until)
    assert "from now on until the end of 28 March 2018" == span(grant, at(PLANNED))
    hour = replace(grant, ends_at=until + timedelta(hours=1))
    assert span(hour, at(PLANNED)).endswith("Thursday 29 March 2018 01:00 BST")


@given(st.text(max_size=120))
def test_proposed_id(title: str) -> None:
    """What is proposed as an id is one, or nothing."""
    found = proposed(title)
    assert found == "" or PUBLICATION_ID.match(found)


times = st.none() | st.datetimes(datetime(2000, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC))
words = st.text(max_size=30)


@given(
    words,
    words,
    words,
    words,
    st.sampled_from(GrantKind),
    times,
    times,
    st.none() | st.dates(max_value=PLANNED.date()),
)
def test_list_comes_back_as_it_was_shown(
    name: str,
    role: str,
    organisation: str,
    reason: str,
    kind: GrantKind,
    starts: datetime | None,
    ends: datetime | None,
    declared: object,
) -> None:
    """What the page of a difference carries is read back as the very same list."""
    if starts and ends and starts >= ends:
        starts = None
    row = Grant("a@x.example", kind, reason, starts, ends, "import", name, role, organisation, declared)  # type: ignore[arg-type]
    once = read_upload("list.json", carried([row]).encode("utf-8", "replace"), LONDON).grants
    again = read_upload("list.json", carried(once).encode(), LONDON).grants
    assert once == again
    assert (kind, starts, ends, declared) == (
        once[0].kind,
        once[0].starts_at,
        once[0].ends_at,
        once[0].declared_on,
    )
