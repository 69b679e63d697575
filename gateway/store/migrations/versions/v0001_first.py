"""The first schema."""

from __future__ import annotations

from alembic import op
from sqlalchemy import insert

from gateway.store.tables import EPOCH, METADATA

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table and the one row of the epoch."""
    METADATA.create_all(op.get_bind())
    op.execute(insert(EPOCH).values(id=1, value=0))
