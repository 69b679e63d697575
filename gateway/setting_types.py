"""The types of single settings: how each is written in TOML, and what is said where it is not."""

from __future__ import annotations

import re
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Strict

from gateway.address import AddressError, domain_ascii, typed

_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d)\Z")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_LONGEST = timedelta(days=366)
_ENDPOINT = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s:\[\]]+):(?P<port>[0-9]{1,5})\Z")
_URL = re.compile(r"https?://[^\s/?#@]+(?:[/?][^\s#]*)?\Z")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}\Z")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}\Z")
_SQLITE = re.compile(r"sqlite:////[^?]*[^?/]\Z")


def _duration(value: object) -> timedelta:
    match = _DURATION.match(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError('a duration is a number with a unit, such as "90s", "10m", "24h"')
    seconds = float(match[1]) * _UNITS[match[2]]
    if not 0 < seconds <= _LONGEST.total_seconds():
        raise ValueError("must be above zero and at most a year")
    return timedelta(seconds=seconds)


def split_endpoint(value: str) -> tuple[str, int]:
    """Host (without the brackets of an IPv6 address) and port of `HOST:PORT`; raises ValueError."""
    match = _ENDPOINT.match(value)
    if match is None or not 1 <= int(match["port"]) <= 65535:
        raise ValueError(f"must be HOST:PORT, such as 127.0.0.1:2525 or [::1]:2525, not {value!r}")
    return match["host"].strip("[]"), int(match["port"])


def _endpoint(value: str) -> str:
    split_endpoint(value)
    return value


def _next_hop(value: str) -> str:
    if ":" in value:
        return _endpoint(value)
    return _domain(value, f"must be HOST:PORT or a domain, not {value!r}")


def _host_name(value: str) -> str:
    return _domain(value, f"must be a host name, not {value!r}")


def _domain(value: str, problem: str) -> str:
    try:
        return domain_ascii(value)
    except AddressError:
        raise ValueError(problem) from None


def _network(value: object) -> IPv4Network | IPv6Network:
    if not isinstance(value, str):
        raise ValueError('must be a network such as "10.1.0.0/16"')
    network = ip_network(value)
    if network.prefixlen == 0:
        raise ValueError(f"{value} would let everybody in")
    return network


def _store_url(value: str) -> str:
    if value.startswith("sqlite:"):
        if _SQLITE.match(value) is None:
            raise ValueError(
                "must name a file by its whole path: sqlite:////var/lib/embargo-gateway/store.db"
            )
    elif not value.startswith("postgresql+psycopg://"):
        raise ValueError("must begin with sqlite://// or postgresql+psycopg://")
    return value


def _timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"unknown time zone {value!r}") from None
    return value


def web_url(value: str) -> str:
    """The value, where it is a web address; raises ValueError, which does not repeat it: it may be a secret."""
    if _URL.match(value) is None:
        raise ValueError("must be a web address such as https://embargo.department.example")
    return value


def _header_name(value: str) -> str:
    if _HEADER.match(value) is None:
        raise ValueError("must be the name of a header, such as X-Forwarded-Email")
    return value


def _webhook_name(value: str) -> str:
    if _NAME.match(value) is None:
        raise ValueError("a webhook's name has lower-case letters, digits and hyphens, at most 64")
    return value


def _absolute(value: Path) -> Path:
    if not value.is_absolute():
        raise ValueError("must be a whole path, beginning with /")
    return value


Whole = Annotated[int, Strict()]
Flag = Annotated[bool, Strict()]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Endpoint = Annotated[str, AfterValidator(_endpoint)]
NextHopAddress = Annotated[str, AfterValidator(_next_hop)]
HostName = Annotated[str, AfterValidator(_host_name)]
Address = Annotated[str, AfterValidator(typed)]
Network = Annotated[IPv4Network | IPv6Network, BeforeValidator(_network)]
StoreUrl = Annotated[str, AfterValidator(_store_url)]
TimeZone = Annotated[str, AfterValidator(_timezone)]
WebUrl = Annotated[str, AfterValidator(web_url)]
HeaderName = Annotated[str, AfterValidator(_header_name)]
WebhookName = Annotated[str, AfterValidator(_webhook_name)]
File = Annotated[Path, AfterValidator(_absolute)]
