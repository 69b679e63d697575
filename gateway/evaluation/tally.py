"""What an evaluation adds up to: found and held for each kind, by detector, at each threshold, and the time it took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median, quantiles
from typing import Any, Final

from gateway.evaluation.deciding import Judged

THRESHOLDS: Final = tuple(step / 2 for step in range(4, 25))
"""From 2 to 12 by halves: what a figures threshold may be."""
_OF_FIGURES: Final = 0.5
"""Share of a kind's leaks that must score anything for it to be one that leaks figures."""
_FEW: Final = 20


@dataclass(frozen=True, slots=True)
class Leaks:
    """One kind of leak: `by` detector how many it found, `alone` how many no other found; `missed` are paths.

    `elsewhere` were held as well, but for another publication only.
    """

    kind: str
    mails: int
    found: int
    elsewhere: int
    by: Mapping[str, int]
    alone: Mapping[str, int]
    missed: tuple[str, ...] = field(default=(), repr=False)

    @property
    def share(self) -> float:
        """Of all mails."""
        return self.found / self.mails


@dataclass(frozen=True, slots=True)
class Innocent:
    """One kind of innocent mail: how many were held all the same, `by` which detector; `held_paths` names them."""

    kind: str
    mails: int
    held: int
    by: Mapping[str, int]
    held_paths: tuple[str, ...] = field(default=(), repr=False)

    @property
    def share(self) -> float:
        """Of all mails."""
        return self.held / self.mails


@dataclass(frozen=True, slots=True)
class Step:
    """Seconds of processor time that one step took a mail, over `mails` that were timed."""

    name: str
    mails: int
    median: float
    most: float
    """What 95 of 100 mails took at most."""


@dataclass(frozen=True, slots=True)
class Point:
    """One threshold: the share of each kind of figure leak whose figures reach it, and innocent mails that do."""

    threshold: float
    found: Mapping[str, float]
    held: int


@dataclass(frozen=True, slots=True)
class Tally:
    """All results of one evaluation."""

    publications: int
    documents: int
    threshold: float
    leaks: tuple[Leaks, ...]
    innocent: tuple[Innocent, ...]
    steps: tuple[Step, ...]
    curve: tuple[Point, ...]
    problems: tuple[str, ...] = ()

    def record(self) -> dict[str, Any]:
        """Everything, for JSON."""
        return {
            **asdict(self),
            "leaks": [{**asdict(kind), "share": kind.share} for kind in self.leaks],
            "innocent": [{**asdict(kind), "share": kind.share} for kind in self.innocent],
        }


def tally(
    judged: Iterable[Judged], *, publications: int, documents: int, threshold: float, problems: Iterable[str]
) -> Tally:
    """Add up what was decided of each mail."""
    everything = tuple(judged)
    read = [one for one in everything if not one.problem]
    leaks, innocent = _by_kind(read, leak=True), _by_kind(read, leak=False)
    return Tally(
        publications,
        documents,
        threshold,
        tuple(_leaks(kind, mails) for kind, mails in leaks.items()),
        tuple(_innocent(kind, mails) for kind, mails in innocent.items()),
        tuple(_steps(read)),
        _curve(leaks, [mail.score for mails in innocent.values() for mail in mails]),
        (*problems, *(f"{one.name}: {one.problem}" for one in everything if one.problem)),
    )


def _by_kind(judged: Sequence[Judged], *, leak: bool) -> dict[str, list[Judged]]:
    found: dict[str, list[Judged]] = {}
    for one in judged:
        if one.source.leak is leak:
            found.setdefault(one.source.kind, []).append(one)
    return dict(sorted(found.items()))


def _leaks(kind: str, mails: Sequence[Judged]) -> Leaks:
    found = [mail for mail in mails if mail.found]
    missed = tuple(mail.name for mail in mails if not mail.found)
    alone = Counter(mail.by[0] for mail in found if len(mail.by) == 1)
    elsewhere = sum(mail.held and not mail.found for mail in mails)
    return Leaks(kind, len(mails), len(found), elsewhere, _by(found), dict(alone), missed)


def _innocent(kind: str, mails: Sequence[Judged]) -> Innocent:
    held = [mail for mail in mails if mail.held]
    return Innocent(kind, len(mails), len(held), _by(held), tuple(mail.name for mail in held))


def _by(mails: Iterable[Judged]) -> dict[str, int]:
    return dict(Counter(detector for mail in mails for detector in mail.by))


def _steps(judged: Sequence[Judged]) -> Iterable[Step]:
    timed = [mail.seconds for mail in judged if mail.seconds]
    for name in timed[0] if timed else ():
        took = [seconds[name] for seconds in timed]
        most = quantiles(took, n=20)[-1] if len(took) >= _FEW else max(took)
        yield Step(name, len(took), median(took), most)


def _curve(leaks: Mapping[str, Sequence[Judged]], innocent: Sequence[float]) -> tuple[Point, ...]:
    scores = {kind: [mail.score for mail in mails] for kind, mails in leaks.items()}
    of_figures = {
        kind: each for kind, each in scores.items() if _reach(each, THRESHOLDS[0]) >= _OF_FIGURES * len(each)
    }
    return tuple(
        Point(
            threshold,
            {kind: _reach(each, threshold) / len(each) for kind, each in of_figures.items()},
            _reach(innocent, threshold),
        )
        for threshold in THRESHOLDS
    )


def _reach(scores: Sequence[float], threshold: float) -> int:
    return sum(score >= threshold for score in scores)
