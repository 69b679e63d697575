"""Faults that no single setting shows: listeners in each other's way, a relay to itself, files missing."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from ipaddress import ip_address
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.setting_types import split_endpoint

if TYPE_CHECKING:
    from gateway.config import Settings

_EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 (compared, not bound)
_WILD = "*"


def conflicts(settings: Settings) -> list[str]:
    """`path: problem` for each setting that cannot stand beside another."""
    return [*_listeners_collide(settings), *_relays_to_itself(settings), *_times_disagree(settings)]


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
    """`path: problem` for each file that is named in the settings and cannot be used as it is now."""
    return [*_certificates(settings), *_authorities(settings), *_rules(settings), *_webhooks(settings)]


def _certificates(settings: Settings) -> Iterator[str]:
    certificate, key = settings.smtp.tls_certificate, settings.smtp.tls_key
    if certificate is None or key is None:
        return
    problems = [line for name in ("tls_certificate", "tls_key") if (line := _unreadable(settings, name))]
    yield from problems
    if not problems:
        try:
            ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key)
        except (ssl.SSLError, OSError, ValueError) as error:
            reason = getattr(error, "reason", None) or type(error).__name__
            yield f"smtp.tls_certificate: {certificate} with {key}: {reason}"


def _unreadable(settings: Settings, name: str) -> str | None:
    path: Path = getattr(settings.smtp, name)
    try:
        path.open("rb").close()
    except OSError as error:
        return f"smtp.{name}: {path}: {error.strerror}"
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
