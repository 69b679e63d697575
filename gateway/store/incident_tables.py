"""The tables of incidents: recipients, findings, consents, held content, and the letters owed."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from gateway.store.columns import METADATA, Moment

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
    Column("sender_suspended_until", Moment),
    # Pairs of a publication and a part in which a direction word stands beside its title.
    Column("hints", JSON, nullable=False, server_default="[]"),
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
    # Of a group: how many members it has, and how many of them are ineligible.
    Column("members", Integer),
    Column("unlisted", Integer),
    # The listed address that this one looks like.
    Column("resembles", Text),
    Column("suspended_until", Moment),
)

CONSENTS = Table(
    # What one lead has said about one recipient for one publication (NULL: the unknown one): `release`, `send` or
    # `drop` once it is live.  A recipient leaves when every publication that is closed to them has consented.
    "consents",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("ref", ForeignKey("incidents.ref"), nullable=False, index=True),
    Column("recipient", ForeignKey("incident_recipients.id"), nullable=False),
    Column("publication", String(64)),
    Column("verb", String(16), nullable=False),
    Column("given_by", Text, nullable=False),
    Column("given_at", Moment, nullable=False),
    Column("reason", Text, nullable=False),
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
    # A keyed digest of what the evidence rests on, so that a false alarm can be remembered without showing it.
    Column("trace", LargeBinary),
)

CONTENTS = Table(
    # Held content, sealed to the public key of the installation; gone when nobody waits for it any more.
    "contents",
    METADATA,
    Column("ref", ForeignKey("incidents.ref"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

LETTERS = Table(
    # What we owe: alerts to leads (by mail, or to a webhook by its name), notices and DSNs to senders, and nags about
    # a publication, which have no incident.  A letter is `owed` until it is `sent`, or
    # `undeliverable`, or `lapsed`: an alert for which there is nothing left to decide.
    "letters",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("ref", ForeignKey("incidents.ref"), index=True),
    Column("publication", String(64)),
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

Index("ix_letters_due", LETTERS.c.state, LETTERS.c.next_attempt_at)
