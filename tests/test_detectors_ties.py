"""Banners of an edition that is public, and the new embargo of the same publication."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.test_detectors_banner import BANNER, PLANNED, found, publication

TITLE = "Children looked after in England"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize("later", [5 * HOUR, 2 * DAY, 30 * DAY], ids=["same-day", "next-days", "next-month"])
@pytest.mark.parametrize("subject", ["Figures", TITLE], ids=["untitled", "titled"])
def test_a_banner_of_the_old_edition_is_over(later: timedelta, subject: str) -> None:
    """After a reissue mails that quote the first edition, which everybody has, are no findings."""
    reissued = publication(publishes_at=PLANNED + later, public_times=(PLANNED,), reissues=1)
    assert set() == found(BANNER, reissued, now=PLANNED + HOUR, subject=subject)


def test_a_banner_of_the_new_edition_holds() -> None:
    """The new time is under embargo, whether or not it is on the day of the old one."""
    for later in (5 * HOUR, 2 * DAY):
        planned = PLANNED + later
        reissued = publication(publishes_at=planned, public_times=(PLANNED,), reissues=1)
        local = planned.astimezone(ZoneInfo("Europe/London"))
        body = f"EMBARGOED UNTIL {local:%H.%M} on {local.day} June 2026"
        assert {"looked-after"} == found(body, reissued, now=PLANNED + HOUR)
        assert set() == found(body, reissued, now=planned)


def test_another_time_of_the_day_holds_by_its_title() -> None:
    """A slip in the time of the new edition's banner is no banner of the old one."""
    reissued = publication(publishes_at=PLANNED + 5 * HOUR, public_times=(PLANNED,), reissues=1)
    body = "EMBARGOED UNTIL 2.00pm on 11 June 2026"
    assert {"looked-after"} == found(body, reissued, now=PLANNED + HOUR, subject=TITLE)


def test_the_old_time_may_be_the_new_one_of_another() -> None:
    """What is over for one publication is the planned time of another: that one's banner it is."""
    reissued = publication(publishes_at=PLANNED + 5 * HOUR, public_times=(PLANNED,), reissues=1)
    other = publication("exclusions", "Permanent exclusions", live_by=reissued.live_by)
    assert {"exclusions"} == found(BANNER, reissued, other)
