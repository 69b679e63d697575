"""A publication as the commands print it: where it stands, and how its plan came about."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from gateway.cli.common import emit

if TYPE_CHECKING:
    from gateway.config import Settings
    from gateway.model import Publication


def show_one(publication: Publication, settings: Settings, json: bool) -> None:
    """Print one publication in full."""
    facts = record(publication, settings, believed_now(settings))
    lines = [
        f"{name.replace('_', ' '):17} {plain(value)}"
        for name, value in facts.items()
        if value not in (None, [])
    ]
    emit(facts, "\n".join(lines), as_json=json)


def believed_now(settings: Settings) -> datetime:
    """The time by which the gateway decides mails: where the clock is not trusted, the last one that was."""
    from gateway.clock import Clock
    from gateway.store import lives
    from gateway.store.database import Database

    demand = settings.clock.synchronised
    said = Clock(demand).look()
    if said.trusted:
        return said.now
    database = Database(settings.store.url)
    try:
        return Clock(demand, lives.trusted_at(database)).now()
    finally:
        database.close()


def plain(value: Any) -> str:
    """A value as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, list) else str(value)


def record(publication: Publication, settings: Settings, now: datetime) -> dict[str, Any]:
    """What `--json` prints: the state, the phase that time (`now`) has made of it; times in the zone of the policy."""
    zone = settings.policy.zone

    def local(when: datetime | None) -> str | None:
        return when.astimezone(zone).isoformat() if when is not None else None

    return {
        "id": publication.id,
        "title": publication.title,
        "state": publication.state.value,
        "phase": publication.phase(now).value,
        "history": _history(publication, local(publication.moved_from)),
        "publishes_at": local(publication.publishes_at),
        "opens_at": local(publication.window_opens),
        "former_times": [local(when) for when in publication.former_times],
        "confirmed_at": local(publication.confirmed_at),
        "lead": publication.lead,
        "deputies": list(publication.deputies),
        "producer": publication.producer,
        "live_by": publication.live_by.value,
        "url": publication.url,
        "at_live": publication.at_live,
        "market_sensitive": publication.market_sensitive,
    }


def _history(publication: Publication, moved_from: str | None) -> list[str]:
    moved = [f"{publication.moved} from {moved_from}"] if publication.moved else []
    return [*moved, f"reissued ({publication.reissues})"] if publication.reissues else moved
