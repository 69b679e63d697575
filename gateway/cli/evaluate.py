"""`evaluate`: how much would be found, and held for nothing, of a department's own past mails and publications."""

from __future__ import annotations

import json as json_
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.common import (
    DEFAULT_CONFIG,
    NOT_DONE,
    ConfigOption,
    JsonOption,
    emit,
    emit_table,
    fail,
    rules_from,
    settings_from,
    tell,
)

if TYPE_CHECKING:
    from gateway.config import Settings
    from gateway.evaluation.folder import Folder
    from gateway.evaluation.tally import Tally
    from gateway.rules import RuleSet

_TIMED = 1000
"""Mails that are timed, spread over all: each is looked through several times for it."""
_PLOT = "threshold.svg"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("evaluate")(evaluate)


def evaluate(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="publications/, leaks/ and innocent/.")],
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the report goes; FOLDER/results unless given.")
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
) -> None:
    """Register a folder's publications, decide its mails, and say what was found and what was held for nothing.

    Nothing is kept but the report: results.json, results.md and threshold.svg.
    """
    from gateway.evaluation.folder import FolderError, read

    settings = _settings(config)
    rules = rules_from(settings)
    try:
        found = read(folder, settings.policy.zone)
    except FolderError as error:
        fail(error.problems)
    tell(found.notes)
    place = _room(out if out is not None else folder / "results")
    results = _results(found, rules, settings)
    tell(results.problems)
    _write(results, place)
    (_print_lines if json else _print_tables)(results)
    if results.problems:
        raise typer.Exit(NOT_DONE)


def _settings(config: Path) -> Settings:
    """The settings; before anything is configured, the defaults."""
    from gateway.config import Settings

    return settings_from(config) if config != DEFAULT_CONFIG or config.exists() else Settings()


def _results(found: Folder, rules: RuleSet, settings: Settings) -> Tally:
    from gateway.evaluation import deciding, registering
    from gateway.evaluation.tally import tally

    documents = {path for entry in found.entries for path in (*entry.documents, *entry.public)}
    with _bar("registering", len(documents)) as advance:
        registered = registering.register(found.entries, lambda _path: advance())
    problems = list(registered.problems)
    bench = deciding.Bench.of(rules, registered.register, settings.policy.values, found.entries)
    every = max(1, len(found.sources) // _TIMED)
    judged = []
    with _bar("scanning", len(found.sources)) as advance:
        mails = deciding.posted(found.sources, every, problems)
        for one in deciding.judged(bench, mails, settings.scan.deadline):
            judged.append(one)
            advance()
    return tally(
        judged,
        publications=len(found.entries),
        documents=sum(len(entry.documents) for entry in found.entries),
        threshold=rules.figures_threshold,
        problems=problems,
    )


@contextmanager
def _bar(what: str, total: int) -> Iterator[Callable[[], None]]:
    """What to call after each step; on a terminal it moves a bar."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda: progress.advance(task)


def _room(folder: Path) -> Path:
    """The folder for the report, where something can be written: after an hour's work it would be too late to say."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fail(f"{error.filename or folder}: {error.strerror or 'cannot be written'}")
    if not os.access(folder, os.W_OK | os.X_OK):
        fail(f"{folder}: Permission denied")
    return folder


def _write(results: Tally, folder: Path) -> None:
    from gateway.evaluation.plot import svg
    from gateway.evaluation.report import markdown

    written = {
        "results.json": json_.dumps(results.record(), indent=1, ensure_ascii=False) + "\n",
        "results.md": markdown(results, _PLOT),
        _PLOT: svg(results.curve, results.threshold),
    }
    try:
        for name, text in written.items():
            (folder / name).write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        fail(f"{error.filename or folder}: {error.strerror or 'cannot be written'}")


def _print_lines(results: Tally) -> None:
    record = results.record()
    for key, name in (("leaks", "leak"), ("innocent", "innocent")):
        for kind in record[key]:
            emit({name: kind.pop("kind"), **kind}, "", as_json=True)
    for step in results.steps:
        facts = asdict(step)
        emit({"step": facts.pop("name"), **facts}, "", as_json=True)
    for point in results.curve:
        emit(asdict(point), "", as_json=True)


def _print_tables(results: Tally) -> None:
    from gateway.evaluation import report

    tables = (
        report.leak_rows(results.leaks),
        report.innocent_rows(results.innocent),
        report.step_rows(results.steps),
        [row for row in report.curve_rows(results) if "." not in str(row["threshold"])],
    )
    for number, rows in enumerate(filter(None, tables)):
        if number:
            emit({}, "", as_json=False)
        emit_table(rows, as_json=False)
