"""`demo`: the origin case end to end on this machine, in a temporary folder, in a table that a statistician reads."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.common import NOT_DONE

if TYPE_CHECKING:
    from rich.console import Console

    from gateway.demo.site import Site
    from gateway.demo.story import Step


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo")(demo)


def demo(
    once: Annotated[
        bool, typer.Option("--once", help="End after the story; status 0 only if all went as told.")
    ] = False,
) -> None:
    """Show a release, its access list, two leaks and the publication, with a gateway of its own on loopback."""
    from rich.console import Console

    from gateway.demo.site import Site

    console = Console(highlight=False)
    with _ends_tidily(), Site() as site:
        steps = _steps(site, console)
        _table(steps, console)
        good = all(step.as_told for step in steps)
        console.print("Every step went as told." if good else "NOT every step went as told.", style="bold")
        if not good:
            console.print(site.log(), markup=False)
        if not once:
            _stay(site, console)
    raise typer.Exit(0 if good else NOT_DONE)


def _steps(site: Site, console: Console) -> list[Step]:
    """Every step up to the first that cannot be done at all."""
    from gateway.demo.site import SiteError
    from gateway.demo.story import Step, tell

    steps: list[Step] = []
    with console.status("") as status:
        for name, step in tell(site):
            status.update(f"{name} ...")
            try:
                steps.append(step())
            except (SiteError, OSError) as error:
                steps.append(Step(name, str(error) or type(error).__name__, False))
                break
    return steps


def _table(steps: list[Step], console: Console) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table("", "What is done", "What comes of it", "As told", box=box.SIMPLE_HEAD)
    for number, step in enumerate(steps, 1):
        verdict = Text("ok", style="green") if step.as_told else Text("NOT", style="bold red")
        table.add_row(str(number), Text(step.what), Text(step.seen), verdict)
    console.print(table)


def _stay(site: Site, console: Console) -> None:
    """Leave everything running for the curious until Ctrl-C."""
    from gateway.demo.site import SiteError
    from gateway.demo.story import linger

    try:
        link = linger(site)
    except SiteError as error:
        link = f"(none: {error})"
    for line in _invitation(site, link):
        console.print(line, soft_wrap=True, markup=False)
    with suppress(KeyboardInterrupt):
        while True:
            signal.pause()


def _invitation(site: Site, link: str) -> list[str]:
    config = f"--config {site.config}"
    return [
        "",
        "The gateway stays up until Ctrl-C. Everything is in " + str(site.folder),
        f"  SMTP       127.0.0.1:{site.smtp_port}   (what passes lands in {site.folder}/arrived)",
        f"  metrics    {site.metrics_url}",
        "The same files are under embargo again, and Nadia has forwarded them. The link in Helen's alert signs in:",
        f"  {link}",
        "Or by commands:",
        f"  embargo-gateway scan {site.folder}/forward.eml {config}",
        f"  curl --url smtp://127.0.0.1:{site.smtp_port} --mail-from nadia.khan@policy.department.example"
        f" --mail-rcpt editor@newspaper.example --upload-file {site.folder}/forward.eml",
        f"  embargo-gateway incident list {config}",
    ]


@contextmanager
def _ends_tidily() -> Iterator[None]:
    """SIGTERM ends the demo as Ctrl-C does: the gateway is stopped and the folder removed."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
