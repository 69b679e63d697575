"""The report of an evaluation: Markdown for people, with the paths of what was missed and what was held in vain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from gateway.evaluation.tally import Innocent, Leaks, Step, Tally
from gateway.model import Detector

_MOST_PATHS = 200
"""Paths of one kind that are listed; the JSON has all."""


def share(part: int, whole: int) -> str:
    """A share as people read it; only all is 100 %."""
    percent = 100 * part / whole
    return f"{percent:.0f} %" if part in (0, whole) else f"{min(99.9, max(0.1, percent)):.1f} %"


def by_detector(counts: Mapping[str, int]) -> str:
    """`text 12, figures 3`, in the order of the detectors."""
    return ", ".join(f"{kind.value} {counts[kind.value]}" for kind in Detector if kind.value in counts)


def leak_rows(leaks: Sequence[Leaks]) -> list[dict[str, object]]:
    """One row for each kind of leak."""
    return [
        {
            "leaks": kind.kind,
            "mails": kind.mails,
            "found": kind.found,
            "share": share(kind.found, kind.mails),
            "held for another": kind.elsewhere,
            "by": by_detector(kind.by),
            "by this one only": by_detector(kind.alone),
        }
        for kind in leaks
    ]


def innocent_rows(innocent: Sequence[Innocent]) -> list[dict[str, object]]:
    """One row for each kind of innocent mail."""
    return [
        {
            "innocent": kind.kind,
            "mails": kind.mails,
            "held": kind.held,
            "share": share(kind.held, kind.mails),
            "by": by_detector(kind.by),
        }
        for kind in innocent
    ]


_STEPS = {
    "all": "all",
    "read": "reading and opening documents",
    "detect": "all detectors",
    "text": "of these, text",
    "figures": "of these, figures",
    "link": "of these, links",
    "thread": "of these, threads",
}


def step_rows(steps: Sequence[Step]) -> list[dict[str, object]]:
    """One row for each step, in milliseconds of processor time a mail."""
    return [
        {
            "milliseconds a mail": _STEPS.get(step.name, step.name),
            "mails": step.mails,
            "median": f"{1000 * step.median:.2f}",
            "95 of 100 below": f"{1000 * step.most:.2f}",
        }
        for step in steps
    ]


def curve_rows(tally: Tally) -> list[dict[str, object]]:
    """One row for each threshold of figures."""
    return [
        {
            "threshold": f"{point.threshold:g}",
            **{kind: f"{100 * reached:.1f} %" for kind, reached in point.found.items()},
            "innocent held": point.held,
        }
        for point in tally.curve
    ]


def markdown(tally: Tally, plot: str) -> str:
    """The whole report; `plot` is the file of the threshold curve beside it."""
    return "\n".join(_lines(tally, plot)) + "\n"


def _lines(tally: Tally, plot: str) -> Iterator[str]:
    yield "# Evaluation\n"
    yield f"{tally.publications} publications with {tally.documents} documents."
    yield f"The threshold of figures is {tally.threshold:g}.\n"
    if tally.leaks:
        yield "## Leaks\n\nFound means: held for the publication that leaked.\n"
        yield from _table(leak_rows(tally.leaks))
    if tally.innocent:
        yield "\n## Innocent mail\n"
        yield from _table(innocent_rows(tally.innocent))
    if tally.steps:
        yield "\n## Time\n\nProcessor time; that of a detector is what the mail takes longer because of it.\n"
        yield from _table(step_rows(tally.steps))
    yield f"\n## Threshold of figures\n\nBy figures alone.\n\n![share found and mails held at each threshold]({plot})\n"
    yield from _table(curve_rows(tally))
    yield from _paths("Missed", ((kind.kind, kind.missed) for kind in tally.leaks))
    yield from _paths("Held for nothing", ((kind.kind, kind.held_paths) for kind in tally.innocent))
    if tally.problems:
        yield "\n## Not read\n"
        yield from (f"- {_plain(problem)}" for problem in tally.problems)


def _table(rows: Sequence[Mapping[str, object]]) -> Iterator[str]:
    if rows:
        yield f"| {' | '.join(map(_plain, rows[0]))} |"
        yield "|---" * len(rows[0]) + "|"
    for row in rows:
        yield f"| {' | '.join(_plain(value) for value in row.values())} |"


def _paths(title: str, kinds: Iterable[tuple[str, Sequence[str]]]) -> Iterator[str]:
    listed = [(kind, paths) for kind, paths in kinds if paths]
    if listed:
        yield f"\n## {title}"
    for kind, paths in listed:
        yield f"\n{_plain(kind)}:\n"
        yield from (f"- {_plain(path)}" for path in paths[:_MOST_PATHS])
        if len(paths) > _MOST_PATHS:
            yield f"- and {len(paths) - _MOST_PATHS} more"


def _plain(value: object) -> str:
    """On one line, and nothing in it that Markdown takes for more than text."""
    text = "".join(char if char.isprintable() else " " for char in str(value))
    return "".join(f"\\{char}" if char in "\\|<>[]`*_" else char for char in text)
