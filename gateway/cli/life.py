"""`publication postpone | live | withdraw | pause | resume | take | reissue`: every change of a publication's life."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.common import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    actor,
    open_store,
    settings_from,
    tell,
)
from gateway.cli.publication_facts import believed_now, show_one
from gateway.cli.typed import time_of

if TYPE_CHECKING:
    from gateway.config import Settings
    from gateway.model import Publication

Id = Annotated[str, typer.Argument(metavar="ID", help="Lower-case letters, digits and hyphens.")]


def register(group: typer.Typer) -> None:
    """Add the commands to the group `publication`."""
    for command in (postpone, live, withdraw, pause, resume, take, reissue):
        group.command()(command)


def postpone(
    id: Id,
    to: Annotated[str, typer.Option(metavar="TIME", help="The new time, later or earlier.")],
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
) -> None:
    """Postpone, or bring forward, also after the old time has passed; a withdrawn publication comes back."""
    from gateway.store import publications

    settings = settings_from(config)
    when = time_of("--to", to, settings.policy.zone)
    database, _ = open_store(settings)
    _changed(publications.postpone(database, id, when, actor(), datetime.now(UTC)), settings, json)


def _changed(publication: Publication, settings: Settings, json: bool) -> None:
    if not publication.embargoed(believed_now(settings)):
        tell(f"{publication.id}: warning: its planned time is past, so nothing is under embargo")
    show_one(publication, settings, json)


def live(id: Id, config: ConfigOption = DEFAULT_CONFIG, json: JsonOption = False) -> None:
    """Confirm that a publication is public, at whatever time: its embargo ends and its traces are destroyed."""
    from gateway.store import publications

    _change(config, json, id, publications.go_live)


def withdraw(id: Id, config: ConfigOption = DEFAULT_CONFIG, json: JsonOption = False) -> None:
    """Take a publication back: its embargo ends unpublished; `postpone` plans it again."""
    from gateway.store import publications

    _change(config, json, id, publications.withdraw)


def pause(
    id: Id,
    reason: Annotated[str, typer.Option(metavar="R", help="Why, for the audit log.")],
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
) -> None:
    """Mark a publication as paused; its embargo goes on."""
    from gateway.store import publications

    settings = settings_from(config)
    database, _ = open_store(settings)
    show_one(publications.pause(database, id, reason, actor(), datetime.now(UTC)), settings, json)


def resume(id: Id, config: ConfigOption = DEFAULT_CONFIG, json: JsonOption = False) -> None:
    """End a pause: the planned time counts again."""
    from gateway.store import publications

    settings = settings_from(config)
    database, _ = open_store(settings)
    _changed(publications.resume(database, id, actor(), datetime.now(UTC)), settings, json)


def take(id: Id, config: ConfigOption = DEFAULT_CONFIG, json: JsonOption = False) -> None:
    """Make an entry of a draft: from now on everybody on its list counts."""
    from gateway.store import publications

    settings = settings_from(config)
    database, _ = open_store(settings)
    _changed(publications.take(database, id, actor(), datetime.now(UTC)), settings, json)


def reissue(
    id: Id,
    publishes_at: Annotated[str, typer.Option(metavar="TIME", help="When the new edition is published.")],
    config: ConfigOption = DEFAULT_CONFIG,
    opens_at: Annotated[
        str | None, typer.Option(metavar="TIME", help="When its pre-release access begins.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Put a live publication under a new embargo: nothing is registered for it yet, and only its makers may have it."""
    from gateway.store import publications

    settings = settings_from(config)
    zone = settings.policy.zone
    when = time_of("--publishes-at", publishes_at, zone)
    opens = time_of("--opens-at", opens_at, zone) if opens_at else None
    database, keys = open_store(settings)
    show_one(
        publications.reissue(database, keys, id, when, opens, actor(), datetime.now(UTC)), settings, json
    )


def _change(config: Path, json: bool, id: str, change: Callable[..., Publication]) -> None:
    settings = settings_from(config)
    database, _ = open_store(settings)
    show_one(change(database, id, actor(), datetime.now(UTC)), settings, json)
