"""The command line: `embargo-gateway GROUP COMMAND`, one file for each group.

Only the group that is called is imported, and each command imports what it needs when it runs.
"""

from __future__ import annotations

import sys
from contextlib import nullcontext
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from gateway import __version__

if TYPE_CHECKING:
    import typer

GROUPS = (
    "run",
    "check",
    "publication",
    "access",
    "directory",
    "document",
    "incident",
    "scan",
    "demo",
    "explain",
    "audit",
    "evaluate",
)
_OPENS_DOCUMENTS = ("publication", "document", "scan", "explain", "evaluate")


def main() -> None:
    """Run one command and exit with its status: 0 done, 1 not done, 2 wrong call or configuration."""
    arguments = sys.argv[1:]
    if arguments == ["--version"]:
        sys.stdout.write(f"embargo-gateway {__version__}\n")
        return
    from gateway.cli.common import run_app
    from gateway.cli.private import temporary_folder

    with temporary_folder() if arguments[:1] and arguments[0] in _OPENS_DOCUMENTS else nullcontext():
        status = run_app(application(arguments), arguments)
    sys.exit(status)


def application(arguments: list[str]) -> typer.Typer:
    """The commands, or only the group that `arguments` call."""
    import typer

    app = typer.Typer(
        name="embargo-gateway",
        help="Keeps statistics under embargo with the people on their access list.",
        add_completion=False,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    # A callback keeps the name of a command also while only one is registered; `main` answers `--version`.
    app.callback()(_options)
    called = arguments[0] if arguments and arguments[0] in GROUPS else None
    for name in (called,) if called else GROUPS:
        if find_spec(f"gateway.cli.{name}") is not None:
            import_module(f"gateway.cli.{name}").register(app)
    return app


def _options() -> None:
    """Keeps statistics under embargo with the people on their access list.  --version prints the version."""
