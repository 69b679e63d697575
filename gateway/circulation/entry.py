"""Takes a draft into the register: publication, grants and traces in one transaction with its audit entries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from gateway.circulation.draft import Draft
from gateway.model import Publication
from gateway.store import NotDone, audit, documents, publications
from gateway.store.database import Database
from gateway.store.documents import NewDocument
from gateway.store.keys import Keys


def register(
    database: Database,
    keys: Keys,
    draft: Draft,
    id: str,
    lead: str,
    producer: str,
    actor: str,
    now: datetime,
    *,
    deputies: Sequence[str] = (),
    market_sensitive: bool = False,
) -> Publication:
    """Register what a draft proposes, under embargo from now on; `lead` and `deputies` are canonical addresses.

    The access window is open: whoever the mail names has it.  Raises ValueError for an id that is none, NotDone where
    it is taken, or where the draft lacks a title or a planned time.
    """
    entry = replace(
        _publication(draft, id, lead, producer, now),
        deputies=tuple(deputies),
        market_sensitive=market_sensitive,
    )
    found = list(map(NewDocument.of, draft.traces))
    with database.write() as connection:
        publications.place(connection, keys, entry, draft.grants, actor, now)
        if found:
            documents.place(connection, keys, id, found, actor, now)
        facts = {"producer": producer, "granted": [grant.address for grant in draft.grants]}
        audit.append(connection, now, actor, "publication circulated", id, facts)
    return entry


def _publication(draft: Draft, id: str, lead: str, producer: str, now: datetime) -> Publication:
    if not draft.title:
        raise NotDone(id, "the mail names no title, so one has to be given")
    if draft.publishes_at is None:
        raise NotDone(id, "the mail names no planned time that is sure, so one has to be given")
    opens_at = min(draft.sent_at or now, now)
    opens = opens_at if opens_at < draft.publishes_at else None
    return Publication(id, draft.title, draft.publishes_at, lead, opens, producer=producer)
