"""Views of held content: on record before anything is shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from gateway.store import decisions
from gateway.store.content_views import NothingKept, view
from gateway.store.database import Database
from gateway.store.installation import open_store
from gateway.store.keys import Keys, open_content
from gateway.store.tables import AUDIT
from tests.filed import CONTENT, LEAD, NOW, SECRET, file, register_publication

Store = tuple[Database, Keys]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with one held mail."""
    database, keys = open_store(f"sqlite:///{tmp_path}/store.db", tmp_path / "keys")
    register_publication(database, keys)
    file(database, keys)
    yield database, keys
    database.close()


def test_a_view_is_on_record_without_content(store: Store) -> None:
    """The sealed content is handed out together with an entry that says who, which mail, why, and not what."""
    database, keys = store
    assert keys.held_private is not None
    sealed = view(database, "HOLD2345", "to decide", LEAD, NOW)
    assert CONTENT == open_content(keys.held_private, "HOLD2345", sealed)
    with database.read() as connection:
        entries = connection.execute(select(AUDIT).order_by(AUDIT.c.seq)).all()
    assert (LEAD, "incident view", "HOLD2345", {"reason": "to decide"}) == tuple(
        getattr(entries[-1], name) for name in ("actor", "action", "subject", "facts")
    )
    assert all(SECRET not in str(entry.facts) for entry in entries)


def test_what_is_not_kept_cannot_be_viewed(store: Store) -> None:
    """After the last decision, and for a mail that never was, there is nothing to show and nothing to record."""
    database, _ = store
    decisions.discard(database, "HOLD2345", "no", LEAD, NOW)
    for ref in ("HOLD2345", "NOSUCHREF"):
        with pytest.raises(NothingKept):
            view(database, ref, "to decide", LEAD, NOW)
    with database.read() as connection:
        assert "incident view" not in set(connection.execute(select(AUDIT.c.action)).scalars())
