"""`audit verify`: whether the audit log is as it was written."""

from __future__ import annotations

from typing import Annotated

import typer

from gateway.cli.common import DEFAULT_CONFIG, ConfigOption, JsonOption, emit, fail, open_store, settings_from

group = typer.Typer(help="The audit log.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group to the command line."""
    app.add_typer(group, name="audit")


@group.callback()
def _group() -> None:
    """The audit log."""


@group.command()
def verify(
    config: ConfigOption = DEFAULT_CONFIG,
    head: Annotated[
        str | None, typer.Option(metavar="HEX", help="A head that was published earlier.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Find entries that were changed, removed, moved or doubled.

    That the newest entries were cut off shows only against a head published earlier: give it with --head.
    """
    from gateway.store import audit

    database, _ = open_store(settings_from(config))
    problems = audit.verify(database, _published(head))
    if problems:
        fail(problems)
    newest = audit.head(database).hex()
    checked = "also against the published head" if head else "cut-off newest entries show only with --head"
    emit({"problems": 0, "head": newest}, f"ok, head {newest} ({checked})", as_json=json)


def _published(head: str | None) -> bytes | None:
    if head is None:
        return None
    try:
        return bytes.fromhex(head)
    except ValueError:
        fail("--head: must be hexadecimal", 2)
