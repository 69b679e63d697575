"""The bars that a terminal shows while mails or documents are read."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from gateway.cli.common import tell
from gateway.mailfiles import MailFile, files


@contextmanager
def progress(
    paths: Sequence[Path], problems: list[str]
) -> Iterator[tuple[Iterable[Path], Callable[[MailFile], None]]]:
    """The files to read, and what to call after each mail; on a terminal it moves a bar."""

    def problem(line: str) -> None:
        problems.append(line)
        tell(line)

    found = files(paths, problem, tell)
    if not sys.stderr.isatty():
        yield found, lambda _mail: None
        return
    from rich.console import Console
    from rich.progress import Progress

    listed = list(found)
    total = sum(path.stat().st_size for path in listed if path.is_file())
    # On one terminal the lines go above the bar; where they go to a file or a pipe they must not be redirected.
    both = sys.stdout.isatty()
    with Progress(console=Console(stderr=True), transient=True, redirect_stdout=both) as bar:
        task = bar.add_task("scanning", total=total)
        yield listed, lambda mail: bar.advance(task, len(mail.content))


@contextmanager
def counted(paths: Sequence[Path], what: str) -> Iterator[Iterable[Path]]:
    """The files, with a bar on a terminal that counts them."""
    if not sys.stderr.isatty():
        yield paths
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    both = sys.stdout.isatty()
    with Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=both) as bar:
        yield bar.track(paths)
