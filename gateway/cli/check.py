"""`check`: everything that would keep the gateway from serving, found without changing anything."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import typer

from gateway.cli.common import (
    DEFAULT_CONFIG,
    WRONG_CALL,
    ConfigOption,
    JsonOption,
    emit,
    fail,
    settings_from,
    tell,
)

if TYPE_CHECKING:
    from gateway.config import Settings


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(check)


def check(config: ConfigOption = DEFAULT_CONFIG, json: JsonOption = False) -> None:
    """Check configuration, rules with their examples, register, store and keys; print every problem."""
    from gateway.config_checks import unusable_files
    from gateway.store.installation import inspect

    settings = settings_from(config)
    found = inspect(settings.store.url, settings.store.key_folder)
    tell(found.notes)
    tell(_clock(settings))
    problems = [*unusable_files(settings), *_rules(settings), *found.problems]
    if problems:
        fail(problems, WRONG_CALL)
    emit({"problems": 0}, "ok", as_json=json)


def _rules(settings: Settings) -> Iterable[str]:
    from gateway.rules import RuleError, load

    try:
        load(settings.rules.folder, settings.policy.zone, settings.policy.figures_threshold)
    except RuleError as error:
        return tuple(error.problems)
    return ()


def _clock(settings: Settings) -> Iterable[str]:
    """What keeps time from ending an embargo now: for the operator, as it may pass by itself."""
    from gateway.clock import Clock

    if why := Clock(settings.clock.synchronised).look().why:
        yield f"clock.synchronised: the clock {why}: until that is over time alone ends no embargo"
