"""The shipped banner rules on invented mail: every wording x time x wrapping, and what must pass."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from gateway.detectors import find
from gateway.model import Finding, LiveBy, Message, Part, PartKind, Publication, Register, State
from gateway.rules import load, shipped_folder
from tests.pace import slowness

RULES = load(shipped_folder())
LONDON = ZoneInfo("Europe/London")
PLANNED = datetime(2026, 6, 11, 9, 30, tzinfo=LONDON)
NOW = datetime(2026, 6, 10, 10, 39, tzinfo=LONDON)
TICK = timedelta(microseconds=1)

WORDINGS = (
    "RESTRICTED UNTIL PUBLISHED AT {}",
    "EMBARGOED UNTIL {}",
    "Strictly embargoed until {}",
    "STRICTLY EMBARGOED: {}",
    "Embargoed for publication until {}",
    "Embargo: {}",
    "EMBARGOED UNTIL RELEASE AT {}",
    "Transmission of material in this release is embargoed until USDL-26-1347 {}",
    "For release at {}",
    "NOT FOR PUBLICATION OR BROADCAST BEFORE {}",
    "EMBARGOED UNTIL {} - DO NOT PUBLISH BEFORE THIS TIME",
    "'Official-SENSITIVE' Please do not circulate or forward this submission or any of the pre-release access "
    "documents more widely - only those on the pre-release access lists are able to view this before {}.",
    "This mail is not to be forwarded or discussed with individuals not on the PRA list until {}",
    "Pre-release access will be available from 10 June 2026 at 09:30 until it is published on {}.",
    "RESTRICTED STATISTICS until {}",
    "This is under strict embargo until {}",
    "UNDER EMBARGO UNTIL {}",
    "Not for release before {}",
    "OFFICIAL-SENSITIVE - RESTRICTED UNTIL {} (pre-release access)",
    "Embargo lifts at {}",
)
TIMES = (
    "9:30AM ON THURSDAY 11 JUNE 2026",
    "9.30am on 11 June 2026",
    "0930 on Thursday 11 June",
    "09:30 BST 11/06/2026",
    "11/06/26 @ 9.30am",
    "2026-06-11 09:30",
    "June 11, 2026 9:30 AM",
    "9.30 a.m., 11th June",
    "11 June 2026, 09:30hrs",
    "9.30am tomorrow (Thursday 11 June)",
    "9.30am on Wednesday 11 June 2026",
)
WRAPPINGS = {
    "plain": str,
    "a word a line": lambda text: text.replace(" ", "\n"),
    "quoted": lambda text: "> > " + text.replace(" ", "\n> >  "),
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
    "table cells": lambda text: "| " + text.replace(" ", " | ") + " |",
    "bold words": lambda text: " ".join(f"**{word}**" for word in text.split()),
    "tabs": lambda text: text.replace(" ", "\t"),
    "unseen characters": "\u200b".join,
    "full-width": lambda text: text.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)}),
}


def publication(
    key: str = "looked-after", title: str = "Children looked after in England", **facts: Any
) -> Publication:
    """A publication at the planned time, or as said."""
    planned = Publication(key, title, PLANNED, "lead@stats.example")
    return replace(planned, **facts)


def register(*publications: Publication) -> Register:
    """A register of these, without grants and files."""
    return Register(1, {each.id: each for each in publications}, MappingProxyType({}), MappingProxyType({}))


def mail(body: str, subject: str = "Figures") -> Message:
    """A message with a header and one body."""
    return Message((Part("header", PartKind.HEADER, f"Subject: {subject}"), Part("1", PartKind.BODY, body)))


def found(
    body: str, *publications: Publication, now: datetime = NOW, subject: str = "Figures"
) -> set[object]:
    """Of each finding its publication, or the publications in doubt."""
    return {_what(each) for each in find(RULES, mail(body, subject), register(*publications), now)}


def _what(finding: Finding) -> object:
    return finding.candidates or finding.publication


@pytest.mark.parametrize("wrap", WRAPPINGS.values(), ids=WRAPPINGS.keys())
def test_every_wording_with_every_time(wrap: object) -> None:
    """Before the planned time each belongs to its publication, or to nobody known; from then on it is no finding."""
    assert callable(wrap)
    for wording, planned in product(WORDINGS, TIMES):
        body = f"Dear all,\n\nThe tables are attached. {wrap(wording.format(planned))}\n\nRegards\nA Person"
        outcome = (
            found(body, publication()),
            found(body),
            found(body, publication(), now=PLANNED - TICK),
            found(body, publication(), now=PLANNED),
            found(body, now=PLANNED + timedelta(days=1)),
        )
        known = {"looked-after"}
        assert (known, {None}, known, set(), set()) == outcome, (wording, planned)


@pytest.mark.parametrize(
    "body",
    [
        "REPORT OF A BREACH. Date: 27 March 2018. The mail began in bold red: RESTRICTED UNTIL PUBLISHED AT 9:30AM ON "
        "WEDNESDAY 28 MARCH 2018. You must not forward this email or discuss the contents with people it has not been "
        "sent to - this includes indications such as 'favourable'. Any correspondence containing figures from "
        "these statistics before publication must replicate this text and be restricted to those on the PRA list.",
        "Example: EMBARGOED UNTIL 9.30am on 5 May 2021. Do not forward it to those not on the PRA list.",
        "Besides production staff, the following post holders were given pre-release access up to 24 hours before "
        "release: Minister; Private Secretary x2.\n\nThis email is confidential; do not forward or copy it.",
        "OFFICIAL-SENSITIVE: STAFF. He is on restricted duties until 9 July 2026. RESTRICTED - POLICY.",
        "Please do not forward this email. If you received it in error, delete it.",
        "This image is restricted until published. Ask the photo library.",
        "The deposit is restricted until publication of the thesis; embargo end date 2027-06-05.",
        "Embargo: For immediate release\n\nFigures of 10 June 2026",
        "EMBARGO: IMMEDIATE",
        "FOR IMMEDIATE RELEASE June 9, 2026. For embargoed releases see our site.",
        "Would you like releases under embargo? Please say so by 9.30am on 12 June 2026.",
        "Would you like to receive our releases under strict embargo?",
        "The arms embargo lasts until 31 December 2027. After the oil embargo of 1973 prices rose.",
        "GDP is due for release at 7:00am on 12 June 2026; it is scheduled for release on 12 June 2026 at 9.30am.",
        "The statistics will be published at 9.30am on 16 June 2026.",
        "Parking is restricted until 9 July 2026. The road is restricted until 6pm on Thursday 2 July 2026.",
        "FYI\n\n> Sent: 27 March 2018 09:30\n> Subject: STRICTLY EMBARGOED\n> EMBARGOED UNTIL 9.30am on 28 March 2018\n"
        "> Figures for the year to 31 March 2030 are planned.",
        "Released at 11.30 am (Canberra time) 25 June 2027",
        "The embargo has been lifted. The report is out and no longer restricted until published.",
        "We keep back cells to protect confidential statistics of single firms.",
        "The Code says that pre-release access must be kept to a minimum, and that nothing is shared before release.",
        "The statistics were embargoed until 9:30am yesterday (9 June 2026).",
        "Embargoed until 8.30 a.m. (EDT) Friday, October 6, 2017",
    ],
)
def test_passes(body: str) -> None:
    """Old banners, reports that quote them, calendars, markings and footers are no finding."""
    assert (set(), set()) == (found(body), found(body, publication()))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            "EMBARGOED UNTIL 9.30am on 11 June 2026\n\n> EMBARGOED UNTIL 9.30am on 11 May 2026",
            "looked-after",
            id="new-over-old",
        ),
        pytest.param(
            "> EMBARGOED UNTIL 9.30am on 11 May 2026\n\nEMBARGOED UNTIL 9.30am on 11 June 2026",
            "looked-after",
            id="old-over-new",
        ),
        pytest.param(
            "Embargoed until 9.30am tomorrow\n\n> EMBARGOED UNTIL 9.30am on 11 May 2026",
            "looked-after",
            id="tomorrow-over-old",
        ),
        pytest.param("embargoed until 9.30am tomorrow", "looked-after", id="tomorrow"),
        pytest.param("under strict embargo until 9:30 a.m. on Thursday", "looked-after", id="weekday"),
        pytest.param("STRICTLY EMBARGOED", None, id="no-date"),
        pytest.param("STRICTLY EMBARGOED: children looked after", "looked-after", id="no-date-but-title"),
        pytest.param(
            "RESTRICTED UNTIL PUBLISHED. Children looked after", "looked-after", id="common-words-but-title"
        ),
        pytest.param("restricted until published (looked-after)", "looked-after", id="common-words-but-id"),
        pytest.param("Embargoed until the minister has spoken", None, id="date-cannot-be-read"),
        pytest.param("Embargoed until 31 June 2026", None, id="no-such-day"),
        pytest.param(
            "RESTRICTED UNTIL PUBLISHED AT 9:30PM ON THURSDAY 11 JUNE 2026", None, id="wrong-half-of-the-day"
        ),
        pytest.param(
            "RESTRICTED UNTIL PUBLISHED AT 9:30PM ON 11 JUNE 2026: children looked after",
            "looked-after",
            id="wrong-half-but-title",
        ),
        pytest.param(
            "RESTRICTED UNTIL PUBLISHED (data to 31 March 2026) AT 9:30AM ON 11 JUNE 2026",
            "looked-after",
            id="two-dates",
        ),
        pytest.param("Restricted until published on 11 June 2026", "looked-after", id="date-only"),
        pytest.param(
            "11 June 2026 | Embargo: 9.30 am | 12/2026", "looked-after", id="date-in-the-cell-before"
        ),
        pytest.param(
            "9.30 am | Embargo: 11 June 2026 | 12/2026", "looked-after", id="time-in-the-cell-before"
        ),
        pytest.param(
            "Pre-release access material, not to be forwarded before Thursday 11 June",
            "looked-after",
            id="reworded",
        ),
        pytest.param(
            "Sent: 9 June 2026 08:00\nSubject: EMBARGOED UNTIL 9.30am tomorrow",
            "looked-after",
            id="sent-line-is-no-banner",
        ),
        pytest.param(
            "RESTR1CTED UNT1L PUBL1SHED AT 9:30AM ON 11 JUNE 2026", "looked-after", id="figures-for-letters"
        ),
        pytest.param("EMB\u0410RG\u041eED UNTIL 9:30AM ON 11 JUNE 2026", "looked-after", id="look-alikes"),
        pytest.param(
            "You must not forward this email or discuss the contents with people it has not been sent to",
            None,
            id="handling-alone",
        ),
        pytest.param(
            "Usual restrictions apply - only people who have been invited to preview the release can access the link",
            None,
            id="notice-with-link",
        ),
        pytest.param(
            "CONFIDENTIAL STATISTICS\nPre-release Access to Official Statistics (Scotland) Order 2008",
            None,
            id="statutory",
        ),
        pytest.param("EMBARGOED: 9.30AM, THURSDAY 11 JUNE 2026", "looked-after", id="the-longer-word"),
        pytest.param(
            "RESTRICTED UNTIL PUBLISHED AT 9:30AM ON THURSDAY 10 JUNE 2026",
            "looked-after",
            id="weekday-right-and-day-wrong",
        ),
        pytest.param(
            "RESTRICTED UNTIL PUBLISHED AT 9:30AM ON THURSDAY 11 JUNE 2025",
            "looked-after",
            id="weekday-right-and-year-wrong",
        ),
        pytest.param("Restricted till published at 9.30 on 11 June", "looked-after", id="till"),
        pytest.param("EMBARGOED UNTIL 00:01 FRIDAY 12 JUNE 2026", None, id="another-department"),
        pytest.param("EMBARGOED UNTIL 8.30am GMT 11 June 2026", "looked-after", id="right-in-gmt"),
        pytest.param(
            "EMBARGOED UNTIL 4:30 a.m. EDT, Thursday, June 11, 2026", "looked-after", id="right-in-new-york"
        ),
    ],
)
def test_finds(body: str, expected: str | None) -> None:
    """What a person would take for a live banner is one finding, of the publication where time or words say which."""
    assert {expected} == found(body, publication())


def test_a_banner_in_the_subject() -> None:
    """The header is a part like any other."""
    (finding,) = find(
        RULES,
        mail("See below", "RESTRICTED UNTIL PUBLISHED AT 9:30AM ON 11 JUNE 2026"),
        register(publication()),
        NOW,
    )
    assert ("header", "embargo-banner", "looked-after") == (finding.part, finding.rule, finding.publication)


BANNER = "RESTRICTED UNTIL PUBLISHED AT 9:30AM ON THURSDAY 11 JUNE 2026"
OTHER = publication("exclusions", "Permanent exclusions and suspensions in England")


@pytest.mark.parametrize(
    ("body", "subject", "expected"),
    [
        pytest.param(BANNER, "Figures", {("exclusions", "looked-after")}, id="nothing-decides"),
        pytest.param(f"{BANNER} Children looked after", "Figures", {"looked-after"}, id="title"),
        pytest.param(BANNER, "Children looked after", {"looked-after"}, id="title-in-the-subject"),
        pytest.param(
            f"{BANNER} permanent exclusions: suspension", "Figures", {"exclusions"}, id="most-of-a-title"
        ),
        pytest.param(f"{BANNER} exclusions", "Figures", {"exclusions"}, id="id"),
        pytest.param(
            f"{BANNER} exclusions; children looked after",
            "Figures",
            {"exclusions", "looked-after"},
            id="both-named",
        ),
        pytest.param(
            "Embargoed until 9.30am tomorrow",
            "Figures",
            {("exclusions", "looked-after")},
            id="only-time-of-day",
        ),
        pytest.param(
            "Embargoed until 9.30am tomorrow", "exclusions", {"exclusions"}, id="time-of-day-and-words"
        ),
    ],
)
def test_several_at_the_same_time(body: str, subject: str, expected: set[object]) -> None:
    """Words decide between publications of one time; where they do not, it is one finding in doubt between them."""
    assert expected == found(body, publication(), OTHER, subject=subject)


def test_a_banner_that_names_two_times() -> None:
    """A banner with the planned times of two publications belongs to both."""
    later = publication("exclusions", OTHER.title, publishes_at=PLANNED + timedelta(days=1))
    body = "EMBARGOED UNTIL 9.30am on 11 June 2026 (England) and 9.30am on 12 June 2026 (Wales)"
    assert {"looked-after", "exclusions"} == found(body, publication(), later)


def test_a_title_within_a_longer_one() -> None:
    """A publication whose title is part of another's is not meant where the longer title stands."""
    short, long = publication("gcse", "GCSE results"), publication("gcse-regional", "Regional GCSE results")
    assert {"gcse-regional"} == found(f"{BANNER} Regional GCSE results", short, long)


@pytest.mark.parametrize(
    ("facts", "now", "expected"),
    [
        pytest.param(
            {"publishes_at": PLANNED + timedelta(days=7), "former_times": (PLANNED,)},
            PLANNED + timedelta(hours=1),
            {"looked-after"},
            id="postponed",
        ),
        pytest.param({"live_by": LiveBy.PERSON}, PLANNED + timedelta(days=2), {"looked-after"}, id="overdue"),
        pytest.param(
            {"live_by": LiveBy.URL, "url": "https://stats.example/x"},
            PLANNED + TICK,
            {"looked-after"},
            id="page-does-not-answer",
        ),
        pytest.param({"state": State.PAUSED}, NOW, {"looked-after"}, id="paused"),
        pytest.param({"state": State.LIVE}, NOW, set(), id="published-early"),
        pytest.param({"state": State.WITHDRAWN}, NOW, set(), id="withdrawn"),
    ],
)
def test_the_register_is_the_clock(facts: dict[str, Any], now: datetime, expected: set[object]) -> None:
    """A banner that names any planned time of a publication lives and ends with its embargo, whatever its date says."""
    assert expected == found(BANNER, publication(**facts), now=now)


def test_a_live_publication_does_not_hide_another_at_the_same_time() -> None:
    """One of two is live: without words the banner is the other's; with the live one's title it is nobody's."""
    live = publication("exclusions", OTHER.title, state=State.LIVE)
    assert ({"looked-after"}, set()) == (
        found(BANNER, publication(), live),
        found(BANNER, publication(), live, subject="Permanent exclusions and suspensions"),
    )


def test_the_same_files_pass_after_publication() -> None:
    """A banner without a date yields to one with a date anywhere in the mail, before publication and after."""
    message = mail(
        f"{BANNER}\nYou must not forward this email or discuss the contents with people it has not been sent to"
    )
    message += Message((Part("2", PartKind.DOCUMENT, "STRICTLY EMBARGOED"),))
    known = register(publication())
    before, after = find(RULES, message, known, NOW), find(RULES, message, known, PLANNED)
    assert ({"looked-after"}, ()) == ({each.publication for each in before}, after)


def test_a_new_undated_banner_far_above_an_old_thread() -> None:
    """What is typed above a long old thread is not the thread's."""
    assert {None} == found(
        "STRICTLY EMBARGOED\n" + "Lines to take. " * 60 + "\n> EMBARGOED UNTIL 9.30am on 11 May 2026"
    )


def test_one_finding_for_each_part_and_publication() -> None:
    """The same banner twice in one part is one finding; in two parts it is two; the order is that of the parts."""
    message = mail(f"{BANNER}\n{BANNER}") + Message((Part("2", PartKind.DOCUMENT, BANNER),))
    findings = find(RULES, message, register(publication()), NOW)
    assert ["1", "2"] == [finding.part for finding in findings]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("RESTRICTED " * 100_000, id="restricted"),
        pytest.param("1,1,1," * 170_000, id="figures"),
        pytest.param("embargoed until " * 65_000, id="banners"),
        pytest.param("embargoed until 1,1,1 " * 50_000, id="near-dates"),
        pytest.param("embargoed a b c d e f " * 50_000, id="near-wording"),
        pytest.param("not forward release pra list " * 40_000, id="handling"),
        pytest.param("embargo " + " " * 1_000_000, id="white-space"),
        pytest.param("embargoed " + "| " * 500_000, id="cells"),
        pytest.param(
            "".join(f"embargoed until {i % 28 + 1} june {1970 + i % 50} " for i in range(25_000)), id="dates"
        ),
    ],
)
def test_a_megabyte_takes_linear_time(text: str) -> None:
    """A megabyte made to slow the patterns down is read in seconds, on whatever machine the tests run."""
    started = time.perf_counter()
    find(RULES, mail(text), register(publication()), NOW)
    assert time.perf_counter() - started < 10 * slowness()


def test_too_many_banners_to_read_are_held() -> None:
    """Past the limit of dated banners in one part the rest is not skipped in silence."""
    old = "".join(f"embargoed until 9.30 on {i % 28 + 1} june {1970 + i % 50}. " for i in range(2100))
    assert {None} == found(old)
