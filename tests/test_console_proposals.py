"""Proposals: a draft waits for who made it, for a while, and for nobody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gateway.circulation import Draft
from gateway.console.proposals import LASTS, MOST, Proposals

NOW = datetime(2018, 3, 27, tzinfo=UTC)
ANN, BEN = "ann@stats.example", "ben@stats.example"


def test_fetched_by_its_owner() -> None:
    """Who handed in the mail fetches its draft as often as they correct the form; another person never."""
    kept = Proposals()
    token = kept.keep(ANN, Draft("T"), NOW)
    assert Draft("T") == kept.fetch(ANN, token, NOW) == kept.fetch(ANN, token, NOW)
    assert kept.fetch(BEN, token, NOW) is None
    assert kept.fetch(ANN, token + "x", NOW) is None


def test_it_does_not_wait_for_ever() -> None:
    """After its time a draft is gone."""
    kept = Proposals()
    token = kept.keep(ANN, Draft("T"), NOW)
    assert kept.fetch(ANN, token, NOW + LASTS - timedelta(seconds=1)) is not None
    assert kept.fetch(ANN, token, NOW + LASTS) is None


def test_memory_is_bounded() -> None:
    """Beyond a number the oldest goes."""
    kept = Proposals()
    tokens = [kept.keep(ANN, Draft(str(number)), NOW) for number in range(MOST + 1)]
    assert kept.fetch(ANN, tokens[0], NOW) is None
    assert all(kept.fetch(ANN, token, NOW) is not None for token in tokens[1:])
