"""The table of threads: mails in which a publication was found, and those that belong to their conversations."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from gateway.store.columns import METADATA

THREADS = Table(
    # One mail in a conversation of one publication, sealed under its key.  `mail` and `origin` are keyed digests by
    # which it and its root are known again; `ref` is its incident, NULL for one that was relayed to listed people.
    "threads",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("publication", ForeignKey("publications.id"), nullable=False),
    Column("ref", String(16), index=True),
    Column("mail", LargeBinary, nullable=False),
    Column("origin", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

Index("ix_threads_mail", THREADS.c.publication, THREADS.c.mail)
