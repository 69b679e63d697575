"""The tables.  Migrations in `store/migrations/` bring an older database to this shape.

Times are stored as UTC; `Moment` turns them into aware values and refuses naive ones.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

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
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from gateway.model import aware

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """An aware time: UTC in the database, UTC when read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        aware(value, "moment")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else self.utc(value)

    @staticmethod
    def utc(value: datetime) -> datetime:
        """What the database gave, as an aware time."""
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


EPOCH = Table(
    # One row.  `value` grows with every change that a worker must know of.
    "epoch",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("value", Integer, nullable=False),
)

INSTALLATION = Table(
    # One row.  `key_check` is a keyed hash: the store belongs to exactly one set of keys.
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
    # The publication's own key, sealed under the installation's; NULL once destroyed.
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
    # What was registered.  `label` (the file's name) is sealed under the publication's key, like the traces.
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
    # One sealed set of keyed hashes for each document and kind (`file`, later `text`, `figures`, `link`).
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
    # 0 the leads were asked, 1 their deputies too, 2 the fallback addresses too.
    Column("escalation", Integer, nullable=False),
    # When the last recipient that waited for a person was decided about.
    Column("decided_at", Moment, index=True),
    Column("damaged", Boolean, nullable=False),
    # Which office relays it now, and until when that holds without renewal.
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
    # NULL for an eligible recipient of a split mail: nobody had to decide.
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
    # Held content, sealed to the public key of the installation; gone when nobody waits for it any more.
    "contents",
    METADATA,
    Column("ref", ForeignKey("incidents.ref"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

LETTERS = Table(
    # What we owe: alerts to leads, notices and DSNs to senders.  A letter is `owed` until it is `sent`, or
    # `undeliverable`, or `lapsed`: an alert for which there is nothing left to decide.
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
    # What the next hop offered in EHLO when it was last met.
    "next_hop_offers",
    METADATA,
    Column("next_hop", Text, primary_key=True),
    Column("features", JSON, nullable=False),
    Column("met_at", Moment, nullable=False),
)

AUDIT = Table(
    # A hash chain: `hash` covers the entry and the previous hash.
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
