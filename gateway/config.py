"""The settings: one TOML file into one frozen object; every problem is reported at once with its path.

Every default stands here.  Durations are written `90s`, `10m`, `24h`, `7d`.  Secrets are files, never values
or environment variables.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from gateway.config_checks import conflicts
from gateway.model import Detector, Mixed, OnFinding, Policy, Scope
from gateway.setting_types import (
    Address,
    Duration,
    Endpoint,
    File,
    Flag,
    HostName,
    Network,
    NextHopAddress,
    StoreUrl,
    TimeZone,
    Whole,
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


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=False)


class Smtp(_Section):
    """`[smtp]`: where mail comes in, from whom, and how much of it."""

    listen: tuple[Endpoint, ...] = Field(default=("127.0.0.1:2525",), min_length=1)
    clients: tuple[Network, ...] = (ip_network("127.0.0.0/8"),)
    hostname: HostName | None = None
    max_message_bytes: Whole = Field(default=52_428_800, ge=1024)
    max_recipients: Whole = Field(default=1000, ge=100)
    max_connections: Whole = Field(default=2000, ge=1)
    command_timeout: Duration = timedelta(minutes=5)
    data_timeout: Duration = timedelta(minutes=3)
    min_bytes_per_second: Whole = Field(default=100, ge=0)
    tls_certificate: File | None = None
    tls_key: File | None = None
    require_tls: Flag = False

    @model_validator(mode="after")
    def _pairs(self) -> Smtp:
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("tls_certificate and tls_key go together")
        if self.require_tls and self.tls_certificate is None:
            raise ValueError("require_tls needs tls_certificate and tls_key")
        return self


class NextHop(_Section):
    """`[next_hop]`: the mail server behind us, by address or by the MX of a domain."""

    address: NextHopAddress = "127.0.0.1:2526"
    tls: Literal["none", "opportunistic", "required"] = "opportunistic"
    tls_name: HostName | None = None
    tls_ca: File | None = None
    max_connections: Whole = Field(default=40, ge=10, le=50)
    connect_timeout: Duration = timedelta(seconds=30)
    command_timeout: Duration = timedelta(minutes=5)
    final_timeout: Duration = timedelta(seconds=540)
    retry_for: Duration = timedelta(days=5)


class Store(_Section):
    """`[store]`: the database, and the folder of the keys (default: beside an SQLite file)."""

    url: StoreUrl = "sqlite:////var/lib/embargo-gateway/store.db"
    keys: File | None = None

    @property
    def key_folder(self) -> Path:
        """Where the keys live; never inside the database."""
        if self.keys is not None:
            return self.keys
        if self.url.startswith("sqlite:///"):
            return Path(self.url.removeprefix("sqlite:///")).parent / "keys"
        return Path("/var/lib/embargo-gateway/keys")


class PolicySettings(_Section):
    """`[policy]`: what findings lead to."""

    on_finding: OnFinding = OnFinding.HOLD
    mixed: Mixed = Mixed.SPLIT
    unregistered: Literal["hold", "observe"] = "hold"
    unreadable: Scope = Scope.LISTED
    monitored: frozenset[Detector] = frozenset()
    timezone: TimeZone = "Europe/London"

    @property
    def values(self) -> Policy:
        """The part that `decide` needs."""
        return Policy(self.on_finding, self.mixed, self.unregistered, self.unreadable, self.monitored)

    @property
    def zone(self) -> ZoneInfo:
        """The zone of times that carry none."""
        return ZoneInfo(self.timezone)


class Alerts(_Section):
    """`[alerts]`: who writes to the leads, and who hears of it when they do not answer."""

    sender: Address = "embargo-gateway@department.example"
    fallback: tuple[Address, ...] = Field(default=("head-of-profession@department.example",), min_length=1)
    operator: Address | None = None
    deputies_after: Duration = timedelta(minutes=10)
    fallback_after: Duration = timedelta(minutes=30)
    group_within: Duration = timedelta(seconds=60)

    @model_validator(mode="after")
    def _order(self) -> Alerts:
        if self.fallback_after < self.deputies_after:
            raise ValueError("fallback_after must not come before deputies_after")
        return self


class Metrics(_Section):
    """`[metrics]`: where `/metrics` and `/ready` are served."""

    listen: Endpoint = "127.0.0.1:9108"


class Console(_Section):
    """`[console]`: where the pages for leads are served."""

    listen: Endpoint = "127.0.0.1:8080"


class Workers(_Section):
    """`[workers]`: processes that speak SMTP, and processes that read documents."""

    count: Whole = Field(default=2, ge=1, le=64)
    scanners: Whole = Field(default=2, ge=1, le=64)


class Scan(_Section):
    """`[scan]`: deadlines and limits of reading one mail or one document."""

    deadline: Duration = timedelta(seconds=60)
    document_deadline: Duration = timedelta(seconds=10)
    document_memory_bytes: Whole = Field(default=2_147_483_648, ge=268_435_456)


class RegisterSettings(_Section):
    """`[register]`: how long the last good snapshot may serve when the store cannot be read."""

    max_age: Duration = timedelta(minutes=10)


class Log(_Section):
    """`[log]`: how log lines look and how many there are."""

    format: Literal["console", "json"] = "json"
    level: Literal["debug", "info", "warning", "error"] = "info"


class RulesSettings(_Section):
    """`[rules]`: a folder of rules instead of the shipped ones."""

    folder: File | None = None


class Settings(_Section):
    """Everything that can be set, with its default."""

    smtp: Smtp = Smtp()
    next_hop: NextHop = NextHop()
    store: Store = Store()
    policy: PolicySettings = PolicySettings()
    alerts: Alerts = Alerts()
    metrics: Metrics = Metrics()
    console: Console = Console()
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
        section = next(field for name, field in model.model_fields.items() if step in (name, field.alias))
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
