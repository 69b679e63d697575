"""Sign-in links and sessions of the console: made, used once, resumed, ended.  Only hashes of their secrets are kept.

A link is a secret that was mailed to one address.  Looking at it changes nothing; using it takes one transaction, in
which exactly one user of it wins and gets a session with a new secret of its own.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from gateway.store import audit
from gateway.store.database import Database
from gateway.store.tables import SESSIONS, SIGN_IN_LINKS

_SECRET_BYTES = 32
_KEPT = timedelta(days=7)
"""How long a link that is over can still be told from one that never was."""
_TOUCH = timedelta(seconds=20)
"""How old the last sign of life may be before a request is worth a write."""


@dataclass(frozen=True, slots=True)
class Link:
    """One link that was mailed: to whom, to which page it leads, and whether it was used."""

    address: str
    path: str
    expires_at: datetime
    used_at: datetime | None

    def good(self, now: datetime) -> bool:
        """Whether it still signs in."""
        return self.used_at is None and now < self.expires_at


def issue_link(database: Database, address: str, path: str, now: datetime, lasts: timedelta) -> str:
    """A new link for one address that leads to `path`; the secret (256 bits), which is kept nowhere."""
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    with database.write() as connection:
        _forget(connection, now)
        connection.execute(
            insert(SIGN_IN_LINKS).values(
                hash=_hash(secret), address=address, path=path, created_at=now, expires_at=now + lasts
            )
        )
    return secret


def find_link(database: Database, secret: str) -> Link | None:
    """The link of this secret, used or not; changes nothing."""
    with database.read() as connection:
        query = select(SIGN_IN_LINKS).where(SIGN_IN_LINKS.c.hash == _hash(secret))
        row = connection.execute(query).first()
    return _link(row) if row is not None else None


def use_link(
    database: Database, secret: str, now: datetime, lasts: timedelta, replaced: str | None = None
) -> str | None:
    """Sign in: the secret of a new session, or None where the link is no longer good.

    `replaced` is a session that the same browser had before; it ends.
    """
    session = secrets.token_urlsafe(_SECRET_BYTES)
    used = (
        update(SIGN_IN_LINKS)
        .where(
            SIGN_IN_LINKS.c.hash == _hash(secret),
            SIGN_IN_LINKS.c.used_at.is_(None),
            SIGN_IN_LINKS.c.expires_at > now,
        )
        .values(used_at=now)
        .returning(SIGN_IN_LINKS.c.address)
    )
    with database.write() as connection:
        address = connection.execute(used).scalar()
        if address is None:
            return None
        if replaced is not None:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.hash == _hash(replaced)))
        connection.execute(
            insert(SESSIONS).values(
                hash=_hash(session), address=address, created_at=now, seen_at=now, expires_at=now + lasts
            )
        )
        audit.append(connection, now, address, "signed in", address, {"by": "mail"})
    return session


def resume(database: Database, secret: str, now: datetime, idle: timedelta) -> str | None:
    """Whose session this is (address); None where there is none, or it was idle or open for too long."""
    with database.read() as connection:
        row = connection.execute(select(SESSIONS).where(SESSIONS.c.hash == _hash(secret))).first()
    if row is None or row.expires_at <= now or row.seen_at + idle <= now:
        return None
    if now - row.seen_at >= min(_TOUCH, idle / 3):
        with database.write() as connection:
            connection.execute(update(SESSIONS).where(SESSIONS.c.hash == row.hash).values(seen_at=now))
    return str(row.address)


def end(database: Database, secret: str, now: datetime) -> None:
    """Sign out; a session that is over already is no matter."""
    gone = delete(SESSIONS).where(SESSIONS.c.hash == _hash(secret)).returning(SESSIONS.c.address)
    with database.write() as connection:
        address = connection.execute(gone).scalar()
        if address is not None:
            audit.append(connection, now, address, "signed out", address, {})


def _forget(connection: Connection, now: datetime) -> None:
    """Delete what has been over for long."""
    connection.execute(delete(SIGN_IN_LINKS).where(SIGN_IN_LINKS.c.expires_at < now - _KEPT))
    over = or_(SESSIONS.c.expires_at < now, SESSIONS.c.seen_at < now - _KEPT)
    connection.execute(delete(SESSIONS).where(over))


def _hash(secret: str) -> bytes:
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _link(row: Row[tuple[object, ...]]) -> Link:
    return Link(row.address, row.path, row.expires_at, row.used_at)
