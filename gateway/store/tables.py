"""The tables.  Migrations in `store/migrations/` bring an older database to this shape."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Integer, LargeBinary, String, Table, Text

from gateway.store.columns import METADATA, Moment
from gateway.store.console_tables import SESSIONS, SIGN_IN_LINKS
from gateway.store.incident_tables import (
    CONSENTS,
    CONTENTS,
    INCIDENT_FINDINGS,
    INCIDENT_RECIPIENTS,
    INCIDENTS,
    LETTERS,
)
from gateway.store.register_tables import (
    ALIASES,
    DOCUMENTS,
    EXEMPTIONS,
    GRANTS,
    GROUP_MEMBERS,
    PUBLICATIONS,
    SUSPENSIONS,
    TRACES,
)
from gateway.store.thread_tables import THREADS

__all__ = [
    "ALIASES",
    "AUDIT",
    "CONSENTS",
    "CONTENTS",
    "DOCUMENTS",
    "EPOCH",
    "EXEMPTIONS",
    "GRANTS",
    "GROUP_MEMBERS",
    "INCIDENTS",
    "INCIDENT_FINDINGS",
    "INCIDENT_RECIPIENTS",
    "INSTALLATION",
    "LETTERS",
    "METADATA",
    "OFFERS",
    "PUBLICATIONS",
    "SESSIONS",
    "SIGN_IN_LINKS",
    "SUSPENSIONS",
    "THREADS",
    "TRACES",
    "Moment",
]

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
    # The latest time at which an office trusted its clock; a start with a clock that is not begins there.
    Column("trusted_at", Moment),
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
