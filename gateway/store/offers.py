"""What the next hop offered in EHLO when it was last met: kept, so that a restart does not forget it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import delete, insert, select

from gateway.store.database import Database
from gateway.store.tables import OFFERS


def last_met(database: Database, next_hop: str) -> Mapping[str, str]:
    """EHLO keywords and their arguments; empty before the first meeting.  Raises StoreUnavailable."""
    with database.read() as connection:
        found = connection.execute(
            select(OFFERS.c.features).where(OFFERS.c.next_hop == next_hop)
        ).scalar_one_or_none()
    return found or {}


def remember(database: Database, next_hop: str, features: Mapping[str, str]) -> None:
    """Keep what was offered now; raises StoreUnavailable."""
    with database.write() as connection:
        connection.execute(delete(OFFERS).where(OFFERS.c.next_hop == next_hop))
        connection.execute(
            insert(OFFERS).values(next_hop=next_hop, features=dict(features), met_at=datetime.now(UTC))
        )
