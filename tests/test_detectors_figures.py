"""Tests of gateway.detectors.figures: findings for copied figures, and when there are none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

import pytest

from gateway.detectors import figures
from gateway.detectors.reading import Reading
from gateway.detectors.rule import Rule, RuleSet
from gateway.features.figures import Figures, packed
from gateway.features.vocabulary import Vocabulary
from gateway.model import (
    FIGURES_THRESHOLD,
    Detector,
    Disposition,
    Finding,
    Message,
    Part,
    PartKind,
    Publication,
    Register,
    State,
)

KEY = b"a key of this installation only."
NOW = datetime(2031, 5, 6, 8, 0, tzinfo=UTC)
BOATS = Publication("boats", "Boat lettings", NOW + timedelta(hours=1), "lead@stats.example")
BULLETIN = """Lettings of rowing boats in Upper Fenwick reached 48,312 hulls, up 6.8 per cent on last spring.

Takings of the harbour offices came to £9.64 billion, of which sailors of dinghies paid 37.5 per cent.
"""
LEAK = (
    "Rowing boat lettings in Fenwick are 48.3 thousand, harbour office takings £9.64bn, 37.5pc from dinghies."
)
RULES = RuleSet((Rule("copied-figures", "Copied figures", Detector.FIGURES, "Figures are in the mail."),))


def _register(publication: Publication = BOATS) -> Register:
    nothing = Register.empty()
    part = Part("1", PartKind.DOCUMENT, BULLETIN)
    index = Figures.of({publication.id: [packed(KEY, [part])]}, {})
    known = MappingProxyType({publication.id: publication})
    return Register(0, known, nothing.grants, nothing.files, trace_key=KEY, figures=index)


def _mail(text: str, path: str = "1", kind: PartKind = PartKind.BODY) -> Message:
    return Message((Part("header", PartKind.HEADER, "Subject: lines\n"), Part(path, kind, text)))


def _find(rules: RuleSet, message: Message, register: Register, now: datetime) -> Iterator[Finding]:
    reading = Reading(Vocabulary(KEY))
    assert list(reading.pages(message))
    return figures.find(rules, reading, register, now)


def test_copied_figures() -> None:
    """Figures with their labels are a finding of their publication, at the part where they stand."""
    (finding,) = _find(RULES, _mail(LEAK, "2/1", PartKind.DOCUMENT), _register(), NOW)
    assert ("copied-figures", Detector.FIGURES, "2/1") == (finding.rule, finding.detector, finding.part)
    assert ("boats", Disposition.HOLD) == (finding.publication, finding.asks)


def test_in_the_subject() -> None:
    """Of the header the subject is read, dates and addresses are not."""
    header = f"Date: 6 May 2031\nSubject: {LEAK}\n"
    message = Message((Part("header", PartKind.HEADER, header),))
    assert ["header"] == [each.part for each in _find(RULES, message, _register(), NOW)]


@pytest.mark.parametrize("figure", ["48,312", "£9.64 billion", "37.5 per cent"])
def test_one_figure_is_never_a_finding(figure: str) -> None:
    """One figure asks for nothing, even if any score would do."""
    message = _mail(f"They say {figure}. Rowing boats, harbour takings, dinghies, lettings! {figure}!")
    assert [] == list(_find(replace(RULES, figures_threshold=0.0), message, _register(), NOW))


def test_the_threshold_is_a_setting() -> None:
    """With a threshold out of reach nothing is found."""
    assert [] == list(_find(replace(RULES, figures_threshold=1000.0), _mail(LEAK), _register(), NOW))


@pytest.mark.parametrize(
    "publication",
    [
        replace(BOATS, state=State.LIVE),
        replace(BOATS, state=State.WITHDRAWN),
        replace(BOATS, publishes_at=NOW),
    ],
    ids=["live", "withdrawn", "its time has come"],
)
def test_after_publication(publication: Publication) -> None:
    """What is public is no finding."""
    assert [] == list(_find(RULES, _mail(LEAK), _register(publication), NOW))


def test_without_rule_or_figures() -> None:
    """Without a rule, or in a register without figures, there is nothing to find."""
    assert [] == list(_find(RuleSet(), _mail(LEAK), _register(), NOW))
    assert [] == list(_find(RULES, _mail(LEAK), Register.empty(), NOW))


def test_deep_in_a_long_text() -> None:
    """A leak far down in a very long text is found as at the top."""
    padding = "the quick brown fox jumps over a lazy dog\n" * 40_000
    assert 1 == len(list(_find(RULES, _mail(padding + LEAK), _register(), NOW)))


def test_an_explanation() -> None:
    """Whoever asks hears for each part which publication agrees, how well, and by how many figures."""
    register = _register()
    assert register.figures is not None
    ((path, agreement),) = figures.explain(_mail(LEAK), register)
    assert ("1", "boats", 3) == (path, agreement.publication, agreement.figures)
    assert agreement.score >= FIGURES_THRESHOLD


def test_text_of_digits() -> None:
    """Hundreds of thousands of figures in a mail are read in little time."""
    text = " ".join(str(number * 7919 % 999_983) for number in range(60_000))
    assert [] == list(_find(RULES, _mail(text), _register(), NOW))
