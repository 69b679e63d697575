"""The second schema: sessions of the console, consents, aliases, groups, letters without incident."""

from __future__ import annotations

from alembic import op
from sqlalchemy import JSON, Column, Date, DateTime, ForeignKey, Integer, LargeBinary, String, Text

revision = "0002"
down_revision = "0001"

Moment = DateTime(timezone=True)


def upgrade() -> None:
    """Add what is new, and let letters stand without an incident."""
    _columns()
    _people()
    _decisions()
    _sign_in()


def _columns() -> None:
    added = {
        "publications": (
            Column("producer", Text),
            Column("reissues", Integer, nullable=False, server_default="0"),
            Column("nagged_at", Moment),
            Column("public_times", JSON, nullable=False, server_default="[]"),
        ),
        "installation": (Column("trusted_at", Moment),),
        "grants": (Column("declared_on", Date),),
        "incidents": (Column("sender_suspended_until", Moment),),
        "incident_recipients": (
            Column("members", Integer),
            Column("unlisted", Integer),
            Column("resembles", Text),
            Column("suspended_until", Moment),
        ),
        "incident_findings": (Column("trace", LargeBinary),),
        "letters": (Column("publication", String(64)),),
    }
    for table, columns in added.items():
        for column in columns:
            op.add_column(table, column)
    with op.batch_alter_table("letters") as letters:
        letters.alter_column("ref", existing_type=String(16), nullable=True)


def _people() -> None:
    op.create_table(
        "aliases",
        Column("address", String(320), primary_key=True),
        Column("person", Text, nullable=False),
    )
    op.create_table(
        "group_members",
        Column("id", Integer, primary_key=True),
        Column("address", String(320), nullable=False, index=True),
        Column("kind", String(16), nullable=False),
        Column("member", Text, nullable=False),
    )
    op.create_table(
        "suspensions",
        Column("person", String(320), primary_key=True),
        Column("until", Moment, nullable=False),
        Column("reason", Text, nullable=False),
        Column("suspended_by", Text, nullable=False),
        Column("suspended_at", Moment, nullable=False),
    )


def _decisions() -> None:
    op.create_table(
        "exemptions",
        Column("id", Integer, primary_key=True),
        Column("publication", String(64)),
        Column("detector", String(16), nullable=False),
        Column("trace", LargeBinary, nullable=False),
        Column("ref", String(16), nullable=False),
        Column("exempted_by", Text, nullable=False),
        Column("exempted_at", Moment, nullable=False),
    )
    op.create_table(
        "consents",
        Column("id", Integer, primary_key=True),
        Column("ref", String(16), ForeignKey("incidents.ref"), nullable=False, index=True),
        Column("recipient", Integer, ForeignKey("incident_recipients.id"), nullable=False),
        Column("publication", String(64)),
        Column("verb", String(16), nullable=False),
        Column("given_by", Text, nullable=False),
        Column("given_at", Moment, nullable=False),
        Column("reason", Text, nullable=False),
    )


def _sign_in() -> None:
    op.create_table(
        "sign_in_links",
        Column("hash", LargeBinary(32), primary_key=True),
        Column("address", Text, nullable=False),
        Column("path", Text, nullable=False),
        Column("created_at", Moment, nullable=False),
        Column("expires_at", Moment, nullable=False),
        Column("used_at", Moment),
    )
    op.create_table(
        "sessions",
        Column("hash", LargeBinary(32), primary_key=True),
        Column("address", Text, nullable=False),
        Column("created_at", Moment, nullable=False),
        Column("seen_at", Moment, nullable=False),
        Column("expires_at", Moment, nullable=False),
    )
