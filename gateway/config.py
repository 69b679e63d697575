"""The settings: one TOML file into one frozen object; every problem is reported at once with its path.

Durations are written `90s`, `10m`, `24h`, `7d`.  Secrets are files, never values and never environment variables.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from gateway.address import typed
from gateway.model import Detector, Mixed, OnFinding, Policy, Scope

DEFAULT_PATH = Path("/etc/embargo-gateway/gateway.toml")
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d)\Z")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_PORTS = range(1, 65536)


class ConfigError(Exception):
    """The configuration cannot be used; `problems` holds one `path: problem` line for each fault."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def _duration(value: object) -> timedelta:
    match = _DURATION.match(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError('a duration is a number with a unit, such as "90s", "10m", "24h"')
    return timedelta(seconds=float(match[1]) * _UNITS[match[2]])


def _positive(value: timedelta) -> timedelta:
    if value <= timedelta(0):
        raise ValueError("must be above zero")
    return value


def _endpoint(value: str) -> str:
    host, colon, port = value.rpartition(":")
    if not (host and colon and port.isascii() and port.isdigit() and int(port) in _PORTS):
        raise ValueError(f"must be HOST:PORT, not {value!r}")
    return value


def _next_hop(value: str) -> str:
    if not value or any(char.isspace() for char in value):
        raise ValueError("must be HOST:PORT or a domain")
    return _endpoint(value) if ":" in value else value


def _network(value: object) -> IPv4Network | IPv6Network:
    network = ip_network(str(value))
    if network.prefixlen == 0:
        raise ValueError(f"{value} would let everybody in")
    return network


Duration = Annotated[timedelta, BeforeValidator(_duration), AfterValidator(_positive)]
Endpoint = Annotated[str, AfterValidator(_endpoint)]
Address = Annotated[str, AfterValidator(typed)]
Network = Annotated[IPv4Network | IPv6Network, BeforeValidator(_network)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


class Smtp(_Section):
    """`[smtp]`: where mail comes in, from whom, and how much of it."""

    listen: tuple[Endpoint, ...] = Field(("127.0.0.1:2525",), min_length=1)
    clients: tuple[Network, ...] = (ip_network("127.0.0.0/8"),)
    hostname: str | None = None
    max_message_bytes: int = Field(52_428_800, ge=1024)
    max_recipients: int = Field(1000, ge=100)
    max_connections: int = Field(2000, ge=1)
    command_timeout: Duration = timedelta(minutes=5)
    data_timeout: Duration = timedelta(minutes=3)
    min_bytes_per_second: int = Field(100, ge=0)
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    require_tls: bool = False

    @model_validator(mode="after")
    def _pairs(self) -> Smtp:
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("tls_certificate and tls_key go together")
        if self.require_tls and self.tls_certificate is None:
            raise ValueError("require_tls needs tls_certificate and tls_key")
        return self


class NextHop(_Section):
    """`[next_hop]`: the mail server behind us, by address or by the MX of a domain."""

    address: Annotated[str, AfterValidator(_next_hop)] = "127.0.0.1:2526"
    tls: Literal["none", "opportunistic", "required"] = "opportunistic"
    tls_name: str | None = None
    tls_ca: Path | None = None
    max_connections: int = Field(20, ge=1, le=50)
    connect_timeout: Duration = timedelta(seconds=30)
    command_timeout: Duration = timedelta(minutes=5)
    final_timeout: Duration = timedelta(seconds=540)
    retry_for: Duration = timedelta(days=5)


class Store(_Section):
    """`[store]`: the database, and the folder of the keys (default: beside an SQLite file)."""

    url: str = "sqlite:////var/lib/embargo-gateway/store.db"
    keys: Path | None = None

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
    timezone: str = "Europe/London"

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
    fallback: tuple[Address, ...] = Field(("head-of-profession@department.example",), min_length=1)
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

    count: int = Field(2, ge=1, le=64)
    scanners: int = Field(2, ge=1, le=64)


class Scan(_Section):
    """`[scan]`: deadlines and limits of reading one mail or one document."""

    deadline: Duration = timedelta(seconds=60)
    document_deadline: Duration = timedelta(seconds=10)
    document_memory_bytes: int = Field(2_147_483_648, ge=268_435_456)


class RegisterSettings(_Section):
    """`[register]`: how long the last good snapshot may serve when the store cannot be read."""

    max_age: Duration = timedelta(minutes=10)


class Log(_Section):
    """`[log]`: how log lines look and how many there are."""

    format: Literal["console", "json"] = "json"
    level: Literal["debug", "info", "warning", "error"] = "info"


class RulesSettings(_Section):
    """`[rules]`: a folder of rules instead of the shipped ones."""

    folder: Path | None = None


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
    register_: RegisterSettings = Field(RegisterSettings(), alias="register")
    log: Log = Log()
    rules: RulesSettings = RulesSettings()


def parse(text: str) -> Settings:
    """The settings in a TOML text; raises ConfigError with a line for each problem."""
    try:
        raw: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"file: not TOML: {error}"]) from None
    try:
        return Settings.model_validate(raw)
    except ValidationError as error:
        raise ConfigError(sorted(_line(item) for item in error.errors())) from None


def _line(item: Any) -> str:
    path = ".".join(str(step) for step in item["loc"]) or "file"
    if item["type"] == "extra_forbidden":
        return f"{path}: unknown setting"
    return f"{path}: {item['msg'].removeprefix('Value error, ')}"


def load(path: Path) -> Settings:
    """The settings in a file; raises ConfigError, also where the file cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise ConfigError([f"{path}: {reason}"]) from None
    return parse(text)
