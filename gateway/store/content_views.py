"""Views of held content: each is in the audit log before anything is shown."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from gateway.store import NotDone, audit
from gateway.store.database import Database
from gateway.store.tables import CONTENTS


class NothingKept(NotDone):
    """There is no content: nobody waits for the mail any more, or it was never held."""


def view(database: Database, ref: str, reason: str, actor: str, now: datetime) -> bytes:
    """The sealed content of a held mail, once it is recorded who looks at it and why.

    Raises NothingKept where there is none, StoreUnavailable where it cannot be recorded: then nothing may be shown.
    """
    with database.write() as connection:
        sealed = connection.execute(select(CONTENTS.c.sealed).where(CONTENTS.c.ref == ref)).scalar()
        if sealed is None:
            raise NothingKept(ref, "the mail is not kept here any more")
        audit.append(connection, now, actor, "incident view", ref, {"reason": reason})
    return bytes(sealed)
