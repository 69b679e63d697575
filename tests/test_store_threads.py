"""Conversations in the store: written with the incident, sealed, read again, and gone at publication."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from gateway.features.threads import Note, Threads, roots
from gateway.model import Disposition, Message, Part, PartKind, Recipient
from gateway.replies import RegisterUnreadable
from gateway.store import decisions, incidents, lives, publications, threads
from gateway.store.database import Database
from gateway.store.incidents import Fingerprint
from gateway.store.keys import Keys, unseal
from gateway.store.register import load_register
from gateway.store.tables import PUBLICATIONS, THREADS
from gateway.store.threads import Recollection
from tests.filed import FALLBACK, LEAD, NOW, OUTSIDER, PLANNED, decision, mail, register_publication

Store = tuple[Database, Keys]


def note(keys: Keys, number: int, publication: str = "cla-2018") -> Note:
    """A mail in which the publication was found."""
    header = f"Message-ID: <m.{number}@x.example>\nSubject: canary72670 {number}"
    (known,) = roots(keys.trace_key, Message((Part("header", PartKind.HEADER, header),)))
    return Note(publication, known)


def record(store: Store, ref: str, *notes: Note, kind: Disposition = Disposition.HOLD) -> None:
    """An incident of a mail that is to be known."""
    to = Recipient(OUTSIDER)
    known = Fingerprint(ref.encode(), ref.encode())
    made = decision([(to, kind)])
    incidents.record(*store, mail([to]), made, known, ref, NOW, FALLBACK, notes=notes)


def known(store: Store) -> Threads | None:
    """The conversations as workers have them."""
    return load_register(*store).threads


def rows(database: Database) -> list[tuple[str, str | None, bytes]]:
    """Publication, incident and sealed entry of every row."""
    with database.read() as connection:
        query = select(THREADS.c.publication, THREADS.c.ref, THREADS.c.sealed).order_by(THREADS.c.id)
        return [tuple(row) for row in connection.execute(query)]


@pytest.mark.parametrize("kind", [Disposition.HOLD, Disposition.REJECT])
def test_with_the_incident(store: Store, kind: Disposition) -> None:
    """What is held or refused is known when its incident is there, and every worker hears of it."""
    database, keys = store
    register_publication(database, keys)
    before = database.epoch()
    record(store, "HOLD2345", one := note(keys, 1), kind=kind)
    found = known(store)
    assert found is not None
    assert found.knows("cla-2018", one.known.name)
    assert database.epoch() > before


def test_nothing_found_changes_no_epoch(store: Store) -> None:
    """An incident without anything to know leaves the register alone, and so does a note that is known."""
    database, keys = store
    register_publication(database, keys)
    record(store, "HOLD2345", one := note(keys, 1))
    before = database.epoch()
    record(store, "HOLD2346")
    assert 0 == threads.remember(database, keys, [one])
    assert before == database.epoch()


def test_a_relayed_mail(store: Store) -> None:
    """Several notes are one write; each is kept once, and has no incident."""
    database, keys = store
    register_publication(database, keys)
    assert 2 == threads.remember(database, keys, [note(keys, 1), note(keys, 2)])
    assert 1 == threads.remember(database, keys, [note(keys, 2), note(keys, 3)])
    assert [None] * 3 == [ref for _, ref, _ in rows(database)]
    assert 3 == len(known(store) or ())


def test_a_publication_nobody_knows(store: Store) -> None:
    """A note of a publication that is gone, or of which the key is destroyed, is kept by nobody."""
    database, keys = store
    register_publication(database, keys)
    publications.go_live(database, "cla-2018", LEAD, NOW)
    assert 0 == threads.remember(database, keys, [note(keys, 1), note(keys, 2, "unheard-of")])


def test_it_is_sealed(store: Store) -> None:
    """An entry lies under its publication's key: neither its digests nor the subject's can be read without."""
    database, keys = store
    register_publication(database, keys)
    threads.remember(database, keys, [one := note(keys, 1)])
    ((_, _, sealed),) = rows(database)
    assert one.known.packed() not in sealed
    assert all(word not in sealed for word in one.known.subject)
    with database.write() as connection:
        connection.execute(update(THREADS).values(sealed=sealed[:-1] + bytes([sealed[-1] ^ 1])))
    with pytest.raises(RegisterUnreadable, match="cla-2018 does not open"):
        load_register(database, keys)


def test_gone_when_live(store: Store) -> None:
    """At publication the conversations go with the key; those of another publication stay."""
    database, keys = store
    register_publication(database, keys)
    register_publication(database, keys, name="other")
    record(store, "HOLD2345", note(keys, 1), note(keys, 1, "other"))
    publications.go_live(database, "cla-2018", LEAD, NOW)
    assert ["other"] == [publication for publication, _, _ in rows(database)]
    found = known(store)
    assert found is not None
    assert found.knows("other", note(keys, 1).known.name)
    assert not found.knows("cla-2018", note(keys, 1).known.name)


def test_gone_with_the_key(store: Store) -> None:
    """A day after the planned time they go with the key, though nobody has said that it is out."""
    database, keys = store
    register_publication(database, keys)
    threads.remember(database, keys, [note(keys, 1)])
    lives.destroy_keys(database, "cla-2018", "test", PLANNED + timedelta(days=1))
    assert [] == rows(database)
    assert None is known(store)


def test_a_withdrawn_one_may_come_back(store: Store) -> None:
    """While a publication is withdrawn its conversations are kept, unread, for another plan."""
    database, keys = store
    register_publication(database, keys)
    threads.remember(database, keys, [note(keys, 1)])
    publications.withdraw(database, "cla-2018", LEAD, NOW)
    assert None is known(store)
    publications.postpone(database, "cla-2018", PLANNED + timedelta(days=7), LEAD, NOW)
    assert 1 == len(known(store) or ())


def test_a_false_alarm_takes_the_root_away(store: Store) -> None:
    """Who says that it was none has not been in a conversation of the publication either; it stays one of the other."""
    database, keys = store
    register_publication(database, keys)
    register_publication(database, keys, name="other")
    record(store, "HOLD2345", one := note(keys, 1), note(keys, 1, "other"))
    done = decisions.false_alarm(
        database, "HOLD2345", "a course", LEAD, NOW, on_behalf=frozenset({"cla-2018"})
    )
    assert 0 == done.remembered
    assert {("cla-2018", one.known.origin)} == load_register(database, keys).exempt


def test_a_false_alarm_of_a_mail_that_was_relayed_before(store: Store) -> None:
    """A mail that listed people had already got is known from then; its own incident can still take that back."""
    database, keys = store
    register_publication(database, keys)
    threads.remember(database, keys, [one := note(keys, 1)])
    record(store, "HOLD2345", one)
    decisions.false_alarm(database, "HOLD2345", "a course", LEAD, NOW)
    assert {("cla-2018", one.known.origin)} == load_register(database, keys).exempt


def test_only_what_is_new_is_opened(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change of the register that is none of conversations gives the same index; a new row is all that is opened."""
    database, keys = store
    register_publication(database, keys)
    threads.remember(database, keys, [note(keys, 1)])
    recollection = Recollection()
    opened: list[bytes] = []
    nothing: dict[str, list[bytes]] = {}

    def watched(key: bytes, context: str, sealed: bytes) -> bytes:
        opened.append(sealed)
        return unseal(key, context, sealed)

    monkeypatch.setattr(threads, "unseal", watched)

    def load() -> Threads | None:
        opened.clear()
        with database.read() as connection:
            sealed_keys = {row.id: row.sealed_key for row in connection.execute(select(PUBLICATIONS))}
            return recollection.index(connection, sealed_keys, keys, nothing)

    first = load()
    assert 2 == len(opened)
    assert first is load()
    assert [] == opened
    threads.remember(database, keys, [note(keys, 2)])
    assert 2 == len(load() or ())
    assert 2 == len(opened)
    publications.go_live(database, "cla-2018", LEAD, NOW)
    with database.read() as connection:
        assert None is recollection.index(connection, {}, keys, {})
