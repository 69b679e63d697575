"""Run by Alembic: migrate over the connection, inside the transaction, that `store/schema.py` hands in."""

from __future__ import annotations

from alembic import context

from gateway.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"], target_metadata=METADATA, compare_type=True
)
context.run_migrations()
