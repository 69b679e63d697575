"""A store full of held mail for tests of decisions: many incidents and publications in one file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Table, event, select

from gateway.incident import Incident
from gateway.model import Decision, Detector, Disposition, Finding, Outcome, Publication, Recipient
from gateway.store import incidents, publications
from gateway.store.database import Database
from gateway.store.incidents import Fingerprint
from gateway.store.installation import open_store
from gateway.store.keys import Keys
from tests.filed import DEPUTY, FALLBACK, LEAD, NOW, PLANNED, SENDER, found, mail, standings

Closed = Mapping[str, tuple[str | None, ...]]
"""Address of a recipient -> the publications that are closed to them; empty: they wait with the others."""


class Held:
    """A store; every publication and every mail in it has a name of its own."""

    def __init__(self, database: Database, keys: Keys) -> None:
        self.database, self.keys = database, keys
        self._numbers = count(1)

    def publication(self, *, planned: datetime = PLANNED, **facts: Any) -> str:
        """The id of a new publication under embargo."""
        name = f"pub-{next(self._numbers)}"
        entry = replace(
            Publication(name, "Children looked after", planned, LEAD, deputies=(DEPUTY,)), **facts
        )
        publications.add(self.database, self.keys, entry, [], "test", NOW)
        return name

    def mail(
        self,
        closed: Closed,
        *,
        findings: Sequence[Finding] = (),
        sender: str | None = SENDER,
        parameters: Mapping[str, tuple[str, ...]] | None = None,
    ) -> str:
        """The reference of a new held mail; where no findings are given, a banner of each publication without trace."""
        ref = f"HOLD{next(self._numbers):06}"
        people = [Recipient(address, (parameters or {}).get(address, ())) for address in closed]
        about = tuple(dict.fromkeys(key for keys in closed.values() for key in keys))
        outcomes = tuple(Outcome(one, Disposition.HOLD, closed[one.address]) for one in people)
        said = tuple(findings) or tuple(
            Finding("embargo-banner", Detector.BANNER, "1/1", key) for key in about
        )
        made = Decision(outcomes, said, about)
        known = Fingerprint(ref.encode(), b"c" + ref.encode())
        incidents.record(
            self.database, self.keys, mail(people, sender=sender), made, known, ref, NOW, FALLBACK
        )
        return ref

    def state(self, ref: str) -> dict[str, str]:
        """Address -> state."""
        return standings(self.database, ref)

    def incident(self, ref: str) -> Incident:
        """The incident."""
        return found(self.database, ref)

    def rows(self, table: Table, ref: str | None = None, column: str = "ref") -> list[dict[str, Any]]:
        """The rows of a table, or those of one incident."""
        query = select(table) if ref is None else select(table).where(table.c[column] == ref)
        with self.database.read() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]


@contextmanager
def held_store(folder: Path) -> Iterator[Held]:
    """A store that is not synced to the disk: many small transactions are quick."""
    database, keys = open_store(f"sqlite:///{folder}/store.db", folder / "keys")
    database.engine.dispose()
    event.listen(database.engine, "connect", lambda raw, _record: raw.execute("PRAGMA synchronous=OFF"))
    yield Held(database, keys)
    database.close()
