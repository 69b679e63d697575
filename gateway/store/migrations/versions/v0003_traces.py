"""The third schema: traces of what was copied out."""

from __future__ import annotations

from alembic import op
from sqlalchemy import JSON, Column, ForeignKey, Integer, LargeBinary, String

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add what is new; each part has a function of its own."""
    _documents()
    _threads()
    _hints()


def _documents() -> None:
    op.add_column("documents", Column("counts", JSON, nullable=False, server_default="{}"))
    op.add_column("documents", Column("epoch", Integer, nullable=False, server_default="0"))


def _threads() -> None:
    op.create_table(
        "threads",
        Column("id", Integer, primary_key=True),
        Column("publication", String(64), ForeignKey("publications.id"), nullable=False),
        Column("ref", String(16), index=True),
        Column("mail", LargeBinary, nullable=False),
        Column("origin", LargeBinary, nullable=False),
        Column("sealed", LargeBinary, nullable=False),
    )
    op.create_index("ix_threads_mail", "threads", ["publication", "mail"])


def _hints() -> None:
    op.add_column("incidents", Column("hints", JSON, nullable=False, server_default="[]"))
