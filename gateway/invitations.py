"""The addresses by which letters bring people to the console."""

from __future__ import annotations

from datetime import datetime

from gateway.config import Settings
from gateway.store import sessions
from gateway.store.database import Database


def link_url(settings: Settings, secret: str) -> str:
    """The page on which the link of this secret signs in."""
    return f"{settings.console.base_url}/sign-in/{secret}"


def alert_url(database: Database, settings: Settings, address: str, path: str, now: datetime) -> str:
    """Where an alert to `address` leads: to the page `path` by a sign-in link of its own (blocks; a write).

    A console behind a proxy learns from it who somebody is: there the page itself is enough.
    """
    if settings.console.proxy:
        return f"{settings.console.base_url}{path}"
    lasts = settings.console.alert_link_lasts
    return link_url(settings, sessions.issue_link(database, address, path, now, lasts))
