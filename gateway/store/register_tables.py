"""The tables of the register: publications, grants, who stands for whom, and traces."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Date, ForeignKey, Integer, LargeBinary, String, Table, Text

from gateway.store.columns import METADATA, Moment

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
    # Planned times of earlier editions, which are public: their banners are none any more.
    Column("public_times", JSON, nullable=False, server_default="[]"),
    Column("pause_reason", Text),
    Column("confirmed_at", Moment),
    Column("created_at", Moment, nullable=False),
    # Who makes it, where that is another department; how often it was issued anew; when the lead was last nagged.
    Column("producer", Text),
    Column("reissues", Integer, nullable=False, server_default="0"),
    Column("nagged_at", Moment),
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
    # When the person signed the declaration, as the lead says.
    Column("declared_on", Date),
)

ALIASES = Table(
    # Another address of a person; both canonical.
    "aliases",
    METADATA,
    Column("address", String(320), primary_key=True),
    Column("person", Text, nullable=False),
)

GROUP_MEMBERS = Table(
    # A distribution list (`group`) or shared mailbox (`mailbox`) and one of its members; both canonical.
    "group_members",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("address", String(320), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("member", Text, nullable=False),
)

SUSPENSIONS = Table(
    # A person whom no grant makes eligible until a time.
    "suspensions",
    METADATA,
    Column("person", String(320), primary_key=True),
    Column("until", Moment, nullable=False),
    Column("reason", Text, nullable=False),
    Column("suspended_by", Text, nullable=False),
    Column("suspended_at", Moment, nullable=False),
)

EXEMPTIONS = Table(
    # A trace that somebody called a false alarm: a keyed digest, for one publication or (NULL) for an unknown one.
    "exemptions",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("publication", String(64)),
    Column("detector", String(16), nullable=False),
    Column("trace", LargeBinary, nullable=False),
    Column("ref", String(16), nullable=False),
    Column("exempted_by", Text, nullable=False),
    Column("exempted_at", Moment, nullable=False),
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
    # How many features of each kind it has; and the register's epoch when its traces were last written.
    Column("counts", JSON, nullable=False, server_default="{}"),
    Column("epoch", Integer, nullable=False, server_default="0"),
)

TRACES = Table(
    # One sealed set of keyed hashes for each document and kind: `file`, `text`, `figures`, `link`, `thread`; of public
    # documents `public` (files), `public-text` and so on.
    "traces",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("document", ForeignKey("documents.id"), nullable=False, index=True),
    Column("publication", ForeignKey("publications.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)
