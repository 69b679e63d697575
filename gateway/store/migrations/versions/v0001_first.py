"""The first schema, as it was: a copy of the tables, so that later changes of `store/tables.py` do not reach it."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    insert,
)

revision = "0001"
down_revision = None

Moment = DateTime(timezone=True)
METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

EPOCH = Table(
    "epoch",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("value", Integer, nullable=False),
)

INSTALLATION = Table(
    "installation",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", String(32), nullable=False),
    Column("key_check", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
)

PUBLICATIONS = Table(
    "publications",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("title", Text, nullable=False),
    Column("publishes_at", Moment, nullable=False),
    Column("opens_at", Moment),
    Column("lead", Text, nullable=False),
    Column("deputies", JSON, nullable=False),
    Column("state", String(16), nullable=False),
    Column("live_by", String(16), nullable=False),
    Column("url", Text),
    Column("at_live", String(16), nullable=False),
    Column("market_sensitive", Boolean, nullable=False),
    Column("on_finding", String(16)),
    Column("mixed", String(16)),
    Column("former_times", JSON, nullable=False),
    Column("pause_reason", Text),
    Column("confirmed_at", Moment),
    Column("created_at", Moment, nullable=False),
    Column("sealed_key", LargeBinary),
)

GRANTS = Table(
    "grants",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("publication", ForeignKey("publications.id"), nullable=False, index=True),
    Column("address", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("origin", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("starts_at", Moment),
    Column("ends_at", Moment),
)

DOCUMENTS = Table(
    "documents",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("publication", ForeignKey("publications.id"), nullable=False, index=True),
    Column("label", LargeBinary, nullable=False),
    Column("public", Boolean, nullable=False),
    Column("size", Integer),
    Column("unreadable", JSON, nullable=False),
    Column("added_at", Moment, nullable=False),
)

TRACES = Table(
    "traces",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("document", ForeignKey("documents.id"), nullable=False, index=True),
    Column("publication", ForeignKey("publications.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

INCIDENTS = Table(
    "incidents",
    METADATA,
    Column("ref", String(16), primary_key=True),
    Column("digest", LargeBinary, nullable=False, index=True),
    Column("content_digest", LargeBinary, nullable=False, index=True),
    Column("state", String(16), nullable=False, index=True),
    Column("disposition", String(16), nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("sender", Text),
    Column("parameters", JSON, nullable=False),
    Column("client_ip", Text, nullable=False),
    Column("helo", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("publications", JSON, nullable=False),
    Column("sender_ineligible_for", JSON, nullable=False),
    Column("escalation", Integer, nullable=False),
    Column("decided_at", Moment, index=True),
    Column("damaged", Boolean, nullable=False),
    Column("claimed_by", Text),
    Column("claimed_until", Moment),
)

INCIDENT_RECIPIENTS = Table(
    "incident_recipients",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("ref", ForeignKey("incidents.ref"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("address", Text, nullable=False),
    Column("parameters", JSON, nullable=False),
    Column("state", String(16), nullable=False),
    Column("ineligible_for", JSON, nullable=False),
    Column("without_grant", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", Moment),
    Column("releasing_since", Moment),
    Column("in_doubt", Boolean, nullable=False),
    Column("last_code", String(16)),
    Column("decided_at", Moment),
    Column("decided_by", Text),
    Column("decision_reason", Text),
)

INCIDENT_FINDINGS = Table(
    "incident_findings",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("ref", ForeignKey("incidents.ref"), nullable=False, index=True),
    Column("rule", Text, nullable=False),
    Column("detector", String(16), nullable=False),
    Column("publication", String(64)),
    Column("candidates", JSON, nullable=False),
    Column("part", Text, nullable=False),
    Column("asks", String(16), nullable=False),
    Column("reason", String(16)),
)

CONTENTS = Table(
    "contents",
    METADATA,
    Column("ref", ForeignKey("incidents.ref"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

LETTERS = Table(
    "letters",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("ref", ForeignKey("incidents.ref"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("level", Integer, nullable=False),
    Column("address", Text, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("created_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", Moment),
    Column("last_code", String(16)),
    Column("claimed_by", Text),
    Column("claimed_until", Moment),
    Column("sent_at", Moment),
)

OFFERS = Table(
    "next_hop_offers",
    METADATA,
    Column("next_hop", Text, primary_key=True),
    Column("features", JSON, nullable=False),
    Column("met_at", Moment, nullable=False),
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("previous", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)

Index("ix_letters_due", LETTERS.c.state, LETTERS.c.next_attempt_at)


def upgrade() -> None:
    """Create every table and the one row of the epoch."""
    METADATA.create_all(op.get_bind())
    op.execute(insert(EPOCH).values(id=1, value=0))
