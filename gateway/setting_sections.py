"""The sections of the settings file: every key with its type and its default."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator

from gateway.model import FIGURES_THRESHOLD, Detector, Mixed, OnFinding, Policy, Scope
from gateway.setting_types import (
    Address,
    Duration,
    Endpoint,
    File,
    Flag,
    HeaderName,
    HostName,
    Network,
    NextHopAddress,
    StoreUrl,
    TimeZone,
    WebhookName,
    WebUrl,
    Whole,
    web_url,
)


class Section(BaseModel):
    """One table of the file: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=False)


class Smtp(Section):
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


class NextHop(Section):
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


class Store(Section):
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


class PolicySettings(Section):
    """`[policy]`: what findings lead to."""

    on_finding: OnFinding = OnFinding.HOLD
    mixed: Mixed = Mixed.SPLIT
    unregistered: Literal["hold", "observe"] = "hold"
    unreadable: Scope = Scope.LISTED
    monitored: frozenset[Detector] = frozenset()
    figures_threshold: float = Field(default=FIGURES_THRESHOLD, ge=2, le=50, allow_inf_nan=False)
    timezone: TimeZone = "Europe/London"

    @property
    def values(self) -> Policy:
        """The part that `decide` needs."""
        return Policy(self.on_finding, self.mixed, self.unregistered, self.unreadable, self.monitored)

    @property
    def zone(self) -> ZoneInfo:
        """The zone of times that carry none."""
        return ZoneInfo(self.timezone)


class Webhook(Section):
    """`[alerts.webhooks.NAME]`: a channel that hears of incidents; its URL is a secret, so it may stand in a file."""

    url: WebUrl | None = Field(default=None, repr=False)
    url_file: File | None = None
    shape: Literal["json", "teams", "slack"] = "json"

    @model_validator(mode="after")
    def _one_url(self) -> Webhook:
        if (self.url is None) == (self.url_file is None):
            raise ValueError("needs url or url_file, not both")
        return self

    def address(self) -> str:
        """The URL, the file read anew each time; raises OSError, and ValueError where it holds none."""
        if self.url_file is None:
            return self.url or ""
        return web_url(self.url_file.read_text(encoding="utf-8").strip())


class Alerts(Section):
    """`[alerts]`: who writes to the leads, and who hears of it when they do not answer."""

    sender: Address = "embargo-gateway@department.example"
    fallback: tuple[Address, ...] = Field(default=("head-of-profession@department.example",), min_length=1)
    operator: Address | None = None
    deputies_after: Duration = timedelta(minutes=10)
    fallback_after: Duration = timedelta(minutes=30)
    group_within: Duration = timedelta(seconds=60)
    remind_every: Duration = timedelta(hours=1)
    nag_every: Duration = timedelta(hours=1)
    webhooks: dict[WebhookName, Webhook] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _order(self) -> Alerts:
        if self.fallback_after < self.deputies_after:
            raise ValueError("fallback_after must not come before deputies_after")
        return self


class Metrics(Section):
    """`[metrics]`: where `/metrics` and `/ready` are served."""

    listen: Endpoint = "127.0.0.1:9108"


class Console(Section):
    """`[console]`: the pages for leads: where they are served, under which address people reach them, who may sign in.

    Leads and deputies come from the register, the heads of profession are `alerts.fallback`.  `proxy` are the
    addresses of a reverse proxy whose `identity_header` says who somebody is; without it people sign in by mail.
    """

    listen: Endpoint = "127.0.0.1:8080"
    url: WebUrl | None = None
    operators: tuple[Address, ...] = ()
    auditors: tuple[Address, ...] = ()
    proxy: tuple[Network, ...] = ()
    identity_header: HeaderName = "X-Forwarded-Email"
    tls_certificate: File | None = None
    tls_key: File | None = None
    link_lasts: Duration = timedelta(minutes=30)
    alert_link_lasts: Duration = timedelta(hours=24)
    idle: Duration = timedelta(minutes=15)
    session_lasts: Duration = timedelta(hours=8)
    max_upload_bytes: Whole = Field(default=52_428_800, ge=1024)

    @model_validator(mode="after")
    def _pairs(self) -> Console:
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("tls_certificate and tls_key go together")
        if self.alert_link_lasts > timedelta(hours=24):
            raise ValueError("alert_link_lasts: a link in an alert lasts 24h at most")
        return self

    @property
    def base_url(self) -> str:
        """The address under which people reach the pages, without a slash at its end."""
        scheme = "https" if self.tls_certificate is not None else "http"
        return (self.url or f"{scheme}://{self.listen}").rstrip("/")


class Clock(Section):
    """`[clock]`: when time alone may end an embargo.

    `synchronised`: `required`, or `auto`: required where this machine has a time service at all; `ignored` never.
    """

    synchronised: Literal["auto", "required", "ignored"] = "auto"
    poll_url_every: Duration = timedelta(seconds=15)


class Workers(Section):
    """`[workers]`: processes that speak SMTP, and processes that read documents."""

    count: Whole = Field(default=2, ge=1, le=64)
    scanners: Whole = Field(default=2, ge=1, le=64)


class Scan(Section):
    """`[scan]`: deadlines and limits of reading one mail or one document; which pictures and recordings ask a person.

    `ocr`: the words of pictures are read, where tesseract is installed.
    """

    deadline: Duration = timedelta(seconds=60)
    document_deadline: Duration = timedelta(seconds=10)
    document_memory_bytes: Whole = Field(default=2_147_483_648, ge=268_435_456)
    images: Whole | None = Field(default=None, ge=1)
    recordings: Whole | None = Field(default=None, ge=1)
    ocr: Flag = False


class RegisterSettings(Section):
    """`[register]`: how long the last good snapshot may serve when the store cannot be read."""

    max_age: Duration = timedelta(minutes=10)


class Log(Section):
    """`[log]`: how log lines look and how many there are."""

    format: Literal["console", "json"] = "json"
    level: Literal["debug", "info", "warning", "error"] = "info"


class RulesSettings(Section):
    """`[rules]`: a folder of rules instead of the shipped ones."""

    folder: File | None = None
