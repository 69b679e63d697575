"""Hints: a direction word beside the title of what was found, and no word of what it was."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gateway.detectors.hint import hints
from gateway.model import Detector, Finding, Hint, Message, Part, PartKind, Publication, Register

LIVE = datetime(2018, 3, 28, 8, 30, tzinfo=UTC)
TITLES = {"cla": "Children looked after in England 2018", "gdp": "GDP growth quarterly estimate"}
REGISTER = Register(
    1, {key: Publication(key, title, LIVE, "lead@stats.example") for key, title in TITLES.items()}, {}, {}
)


def message(*texts: str) -> Message:
    """A mail of some parts."""
    return Message(tuple(Part(str(number), PartKind.BODY, text) for number, text in enumerate(texts, 1)))


def found(*publications: str, detector: Detector = Detector.BANNER, part: str = "1") -> list[Finding]:
    """A finding for each of these."""
    return [Finding("rule", detector, part, publication) for publication in publications]


@pytest.mark.parametrize(
    "text",
    [
        "The children looked after figures are better than expected.",
        "Favourable news on tomorrow's CHILDREN LOOKED AFTER release",
        "> Children\n> looked\n> after:\n> a record high, I hear",
        "Looked after children are up on last year",
        "The number of looked after children fell sharply",
    ],
)
def test_a_direction_word_beside_the_title_is_a_hint(text: str) -> None:
    """In any order, over lines, whatever else stands between them."""
    assert (Hint("cla", "1"),) == hints(message(text), REGISTER, found("cla"))


@pytest.mark.parametrize(
    "text",
    [
        "The children looked after release is tomorrow.",
        "Favourable weather. " + "Nothing else of note here. " * 8 + "Children looked after is tomorrow.",
        "Unfavourable exchange rates, I fear, for children",
        "",
    ],
)
def test_the_title_alone_or_far_away_is_none(text: str) -> None:
    """Nor is a direction word without the title."""
    assert () == hints(message(text), REGISTER, found("cla"))


def test_nothing_is_looked_for_where_nothing_was_found() -> None:
    """A hint is told of an incident that exists anyway, and of its publications only."""
    text = "Children looked after fell, GDP better than expected: the quarterly growth estimate"
    assert () == hints(message(text), REGISTER, [])
    assert () == hints(message(text), REGISTER, [Finding("rule", Detector.BANNER, "1")])
    assert () == hints(message(text), REGISTER, found("unknown"))
    assert (Hint("cla", "1"),) == hints(message(text), REGISTER, found("cla"))
    doubt = [Finding("rule", Detector.BANNER, "1", None, ("cla", "gdp"))]
    assert {Hint("cla", "1"), Hint("gdp", "1")} == set(hints(message(text), REGISTER, doubt))


def test_a_direction_word_of_the_title_itself_says_nothing() -> None:
    """`GDP growth` is what the release is called."""
    assert () == hints(message("GDP growth is out tomorrow"), REGISTER, found("gdp"))
    assert (Hint("gdp", "1"),) == hints(message("GDP growth looking good"), REGISTER, found("gdp"))


def test_each_part_is_told_but_not_the_registered_file() -> None:
    """That the release itself says how the figures went is no news."""
    text = "Children looked after: the number rose"
    findings = [*found("cla"), *found("cla", detector=Detector.FILE, part="2")]
    assert (Hint("cla", "1"), Hint("cla", "3")) == hints(message(text, text, text), REGISTER, findings)
