"""What every command shares: its options, the settings and the store, output, and the three exit statuses."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from gateway.config import Settings
    from gateway.rules import RuleSet
    from gateway.store.database import Database
    from gateway.store.keys import Keys

DONE, NOT_DONE, WRONG_CALL = 0, 1, 2
DEFAULT_CONFIG = Path("/etc/embargo-gateway/gateway.toml")

ConfigOption = Annotated[
    Path,
    typer.Option(
        "--config", metavar="FILE", envvar="EMBARGO_GATEWAY_CONFIG", help="The configuration (TOML)."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON lines.")]


class _Ended(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def fail(problems: str | Iterable[str], code: int = NOT_DONE) -> NoReturn:
    """Print `path: problem` lines on standard error and end the command with `code`."""
    tell(problems)
    raise _Ended(code)


def tell(problems: str | Iterable[str]) -> None:
    """Print lines on standard error and go on: warnings."""
    for line in [problems] if isinstance(problems, str) else problems:
        sys.stderr.write(f"{line}\n")


def settings_from(path: Path) -> Settings:
    """The settings in `path`; ends the command with status 2 and every problem where they cannot be used."""
    from gateway.config import ConfigError, load

    try:
        return load(path)
    except ConfigError as error:
        fail(error.problems, WRONG_CALL)


def rules_from(settings: Settings) -> RuleSet:
    """The rules that the settings name; ends the command with status 2 and every problem where they cannot be used."""
    from gateway.rules import RuleError, load

    policy = settings.policy
    try:
        return load(
            settings.rules.folder,
            policy.zone,
            policy.figures_threshold,
            settings.scan.images,
            settings.scan.recordings,
        )
    except RuleError as error:
        fail(error.problems, WRONG_CALL)


def open_store(settings: Settings) -> tuple[Database, Keys]:
    """The store, created or upgraded where needed, and its keys; raises StoreRefused, StoreUnavailable."""
    from gateway.store import installation

    return installation.open_store(settings.store.url, settings.store.key_folder)


def actor() -> str:
    """Who calls, for the audit log: the login name, also behind sudo."""
    import getpass

    try:
        return f"cli:{os.environ.get('SUDO_USER') or getpass.getuser()}"
    except (KeyError, OSError):
        return f"cli:{os.getuid()}"


def emit(record: Mapping[str, Any], text: str, *, as_json: bool) -> None:
    """Print one result: `record` as a JSON line, or `text`."""
    sys.stdout.write((json.dumps(record, ensure_ascii=False) if as_json else text) + "\n")


def emit_table(rows: Sequence[Mapping[str, Any]], *, as_json: bool) -> None:
    """Print rows of the same keys: JSON lines, a rich table on a terminal, aligned columns elsewhere."""
    if as_json:
        for row in rows:
            emit(row, "", as_json=True)
    elif rows:
        cells = [[_cell(value) for value in row.values()] for row in rows]
        (_rich_table if sys.stdout.isatty() else _plain_table)(list(rows[0]), cells)


def _cell(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _rich_table(names: list[str], cells: list[list[str]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*names, box=box.SIMPLE)
    for row in cells:
        table.add_row(*map(Text, row))
    Console().print(table)


def _plain_table(names: list[str], cells: list[list[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(names, *cells, strict=True)]
    for row in (names, *cells):
        sys.stdout.write("  ".join(map(str.ljust, row, widths)).rstrip() + "\n")


def run_app(app: typer.Typer, arguments: list[str]) -> int:
    """Run a command; its exit status.  No traceback reaches the user, nor the text of a bug's error."""
    try:
        return _outcome(
            lambda: typer.main.get_command(app)(arguments, "embargo-gateway", standalone_mode=False)
        )
    except BrokenPipeError:
        # Whoever read our output has gone; Python must not complain once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NOT_DONE


def _outcome(call: Callable[[], object]) -> int:
    try:
        result = call()
        sys.stdout.flush()
    except (KeyboardInterrupt, typer.Abort):
        tell("embargo-gateway: interrupted")
        return NOT_DONE
    except BrokenPipeError:
        raise
    except Exception as error:
        return _explain(error)
    return result if isinstance(result, int) else DONE


def _explain(error: Exception) -> int:
    from gateway.replies import RegisterUnreadable, StoreUnavailable
    from gateway.store import NotDone, StoreRefused

    if isinstance(error, _Ended):
        return error.code
    if isinstance(error, typer.Exit):
        return int(error.exit_code)
    if hasattr(error, "format_message"):
        tell(_wrong_call(error))
        return WRONG_CALL
    if isinstance(error, NotDone | StoreRefused):
        tell(error.problems)
        return NOT_DONE if isinstance(error, NotDone) else WRONG_CALL
    known = isinstance(error, StoreUnavailable | RegisterUnreadable)
    tell(f"store: {error}" if known else _bug(error))
    return NOT_DONE


def _wrong_call(error: Any) -> str:
    context = getattr(error, "ctx", None)
    where = context.command_path if context is not None else "embargo-gateway"
    return f"{where}: {error.format_message()}"


def _bug(error: Exception) -> str:
    step = error.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    place = f"{Path(step.tb_frame.f_code.co_filename).name}:{step.tb_lineno}" if step is not None else "?"
    return f"internal error: {type(error).__name__} at {place}"
