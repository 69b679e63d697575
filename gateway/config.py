"""The settings: one TOML file into one frozen object; every problem is reported at once with its path.

Every default stands in `setting_sections`.  Durations are written `90s`, `10m`, `24h`, `7d`.  Secrets are
files, never values or environment variables.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from gateway.config_checks import conflicts
from gateway.setting_sections import (
    Alerts,
    Clock,
    Console,
    Log,
    Metrics,
    NextHop,
    PolicySettings,
    RegisterSettings,
    RulesSettings,
    Scan,
    Section,
    Smtp,
    Store,
    Workers,
)

_TOML_PLACE = re.compile(r"(?P<what>.*) \(at (?P<where>[^()]*)\)\Z", re.DOTALL)
_WORDS = {
    "tuple_type": "must be a list",
    "frozen_set_type": "must be a list",
    "too_short": "must hold at least one entry",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "string_type": "must be text in quotes",
    "path_type": "must be a path in quotes",
}
"""What pydantic says in the words of Python, said in those of TOML."""


class ConfigError(Exception):
    """The configuration cannot be used; `problems` holds one `path: problem` line for each fault."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class Settings(Section):
    """Everything that can be set, with its default."""

    smtp: Smtp = Smtp()
    next_hop: NextHop = NextHop()
    store: Store = Store()
    policy: PolicySettings = PolicySettings()
    alerts: Alerts = Alerts()
    metrics: Metrics = Metrics()
    console: Console = Console()
    clock: Clock = Clock()
    workers: Workers = Workers()
    scan: Scan = Scan()
    register_: RegisterSettings = Field(default=RegisterSettings(), alias="register")
    log: Log = Log()
    rules: RulesSettings = RulesSettings()


def parse(text: str) -> Settings:
    """The settings in a TOML text; raises ConfigError with a line for each problem."""
    try:
        raw: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([_syntax(str(error))]) from None
    try:
        settings = Settings.model_validate(raw)
    except ValidationError as error:
        raise ConfigError(_lines(error)) from None
    problems = conflicts(settings)
    if problems:
        raise ConfigError(problems)
    return settings


def _syntax(message: str) -> str:
    match = _TOML_PLACE.match(message)
    return f"file: {match['where']}: {match['what']}" if match else f"file: {message}"


def _lines(error: ValidationError) -> list[str]:
    items = error.errors(include_url=False, include_input=False)
    places = [item["loc"] for item in items]
    # An item that fails makes its list fail too ("at least 1 item"): only the item is a problem.
    own = [
        item
        for item in items
        if not any(len(at) > len(item["loc"]) and at[: len(item["loc"])] == item["loc"] for at in places)
    ]
    return sorted(_line(item) for item in own)


def _line(item: Any) -> str:
    path = ".".join(str(step) for step in item["loc"]) or "file"
    if item["type"] == "extra_forbidden":
        return f"{path}: unknown setting{_suggestion(item['loc'])}"
    if item["type"] == "model_type":
        return f"{path}: must be a table, [{path}]"
    return f"{path}: {_WORDS.get(item['type'], item['msg'].removeprefix('Value error, '))}"


def _suggestion(place: tuple[int | str, ...]) -> str:
    model: type[BaseModel] = Settings
    for step in place[:-1]:
        section = next(
            (field for name, field in model.model_fields.items() if step in (name, field.alias)), None
        )
        if section is None or not isinstance(section.default, BaseModel):
            return ""
        model = type(section.default)
    names = [field.alias or name for name, field in model.model_fields.items()]
    near = difflib.get_close_matches(str(place[-1]), names, n=1)
    return f"; did you mean {near[0]}?" if near else ""


def load(path: Path) -> Settings:
    """The settings in a file; raises ConfigError, also where the file cannot be read."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise ConfigError([f"{path}: {reason}"]) from None
    return parse(text)
