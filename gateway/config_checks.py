"""Faults that no single setting shows: listeners in each other's way, a relay to itself, files missing, wrong zones."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import datetime, timedelta
from ipaddress import ip_address
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gateway.setting_types import split_endpoint

if TYPE_CHECKING:
    from gateway.config import Settings

_EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 (compared, not bound)
_WILD = "*"
_KNOWN_ZONE = "Europe/London"
_AROUND_A_CHANGE = (datetime(2026, 3, 29, 0, 30), datetime(2026, 3, 29, 2, 30))


def conflicts(settings: Settings) -> list[str]:
    """`path: problem` for each setting that cannot stand beside another."""
    return [
        *_listeners_collide(settings),
        *_relays_to_itself(settings),
        *_times_disagree(settings),
        *_console_unsafe(settings),
    ]


def _listeners(settings: Settings) -> list[tuple[str, str]]:
    mail = [(f"smtp.listen.{at}", endpoint) for at, endpoint in enumerate(settings.smtp.listen)]
    return [*mail, ("metrics.listen", settings.metrics.listen), ("console.listen", settings.console.listen)]


def _listeners_collide(settings: Settings) -> Iterator[str]:
    for (first, one), (second, other) in combinations(_listeners(settings), 2):
        hosts = _same_port(one, other)
        if hosts is not None and (_WILD in hosts or hosts[0] == hosts[1]):
            yield f"{second}: {other} is taken by {first}"


def _relays_to_itself(settings: Settings) -> Iterator[str]:
    address = settings.next_hop.address
    if ":" not in address:
        return
    for path, endpoint in _listeners(settings):
        hosts = _same_port(address, endpoint)
        # On the same port of another machine there may well be a mail server.
        if hosts is not None and (hosts[0] == hosts[1] or (hosts[1] == _WILD and _loopback(hosts[0]))):
            yield f"next_hop.address: {address} is our own {path}: mail would go round in a circle"


def _times_disagree(settings: Settings) -> Iterator[str]:
    if settings.scan.document_deadline > settings.scan.deadline:
        yield "scan.document_deadline: must not be longer than scan.deadline"


def _console_unsafe(settings: Settings) -> Iterator[str]:
    console = settings.console
    try:
        url = urlsplit(console.base_url)
        _ = url.port
    except ValueError:
        yield f"console.url: {console.base_url} is no address of pages"
        return
    if url.path or url.query:
        yield f"console.url: {console.url} must end after the host: the pages are served from its root"
    if url.scheme == "http" and not _loopback(_host(url.hostname or "")):
        yield (
            f"console.url: {console.base_url} would send sign-in links and sessions in the clear: https, with "
            "tls_certificate and tls_key or a reverse proxy"
        )


def _same_port(one: str, other: str) -> tuple[str, str] | None:
    """Both hosts where the ports are the same."""
    (host, port), (other_host, other_port) = split_endpoint(one), split_endpoint(other)
    return (_host(host), _host(other_host)) if port == other_port else None


def _host(host: str) -> str:
    if host in _EVERY_ADDRESS:
        return _WILD
    return "127.0.0.1" if host.lower() == "localhost" else host.lower()


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def unusable_files(settings: Settings) -> list[str]:
    """`path: problem` for each file that the settings lean on and that cannot be used as it is now."""
    return [
        *_zone_data(),
        *_certificates(settings),
        *_authorities(settings),
        *_rules(settings),
        *_webhooks(settings),
        *_pictures(settings),
    ]


def _certificates(settings: Settings) -> Iterator[str]:
    yield from _certificate("smtp", settings.smtp.tls_certificate, settings.smtp.tls_key)
    yield from _certificate("console", settings.console.tls_certificate, settings.console.tls_key)


def _certificate(section: str, certificate: Path | None, key: Path | None) -> Iterator[str]:
    if certificate is None or key is None:
        return
    files = {f"{section}.tls_certificate": certificate, f"{section}.tls_key": key}
    problems = [line for name, path in files.items() if (line := _unreadable(name, path))]
    yield from problems
    if not problems:
        try:
            ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key)
        except (ssl.SSLError, OSError, ValueError) as error:
            reason = getattr(error, "reason", None) or type(error).__name__
            yield f"{section}.tls_certificate: {certificate} with {key}: {reason}"


def _unreadable(name: str, path: Path) -> str | None:
    try:
        path.open("rb").close()
    except OSError as error:
        return f"{name}: {path}: {error.strerror}"
    return None


def _authorities(settings: Settings) -> Iterator[str]:
    path = settings.next_hop.tls_ca
    if path is None:
        return
    try:
        ssl.create_default_context(cafile=str(path))
    except (ssl.SSLError, OSError) as error:
        yield f"next_hop.tls_ca: {path}: {error.strerror or 'holds no certificate'}"


def _rules(settings: Settings) -> Iterator[str]:
    folder = settings.rules.folder
    if folder is not None and not folder.is_dir():
        yield f"rules.folder: {folder}: is no folder"


def _webhooks(settings: Settings) -> Iterator[str]:
    """What its file holds is a secret and is not shown."""
    for name, webhook in settings.alerts.webhooks.items():
        path = f"alerts.webhooks.{name}.url_file: {webhook.url_file}"
        try:
            webhook.address()
        except OSError as error:
            yield f"{path}: {error.strerror}"
        except ValueError:
            yield f"{path}: holds no web address such as https://channel.department.example/..."


def _pictures(settings: Settings) -> Iterator[str]:
    from gateway import sight

    problem = sight.problem() if settings.scan.ocr else None
    if problem is not None:
        yield f"scan.ocr: {problem}"


def _zone_data() -> list[str]:
    """Why the time zone data of this machine cannot be relied on; nothing where they know British summer time."""
    try:
        zone = ZoneInfo(_KNOWN_ZONE)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return [f"policy.timezone: this machine has no time zone data for {_KNOWN_ZONE}; install tzdata"]
    offsets = [when.replace(tzinfo=zone).utcoffset() for when in _AROUND_A_CHANGE]
    if offsets != [timedelta(0), timedelta(hours=1)]:
        return [
            f"policy.timezone: time zone data are wrong: {_KNOWN_ZONE} changes on 29 March 2026; update tzdata"
        ]
    return []
