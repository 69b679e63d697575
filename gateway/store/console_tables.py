"""The tables of the console: one-time links and sessions."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, Table, Text

from gateway.store.columns import METADATA, Moment

SIGN_IN_LINKS = Table(
    # One-time links to a mailbox: only the hash is kept.  `path` is the page that it leads to.
    "sign_in_links",
    METADATA,
    Column("hash", LargeBinary(32), primary_key=True),
    Column("address", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)

SESSIONS = Table(
    # Who is signed in to the console; only the hash of the cookie is kept.
    "sessions",
    METADATA,
    Column("hash", LargeBinary(32), primary_key=True),
    Column("address", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
)
