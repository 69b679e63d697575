"""Everybody at once: mails recorded, conversations remembered, copies relayed and letters sent beside each other."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select

from gateway.features.threads import Known, Note
from gateway.incident import Standing
from gateway.model import Disposition, Recipient
from gateway.replies import StoreUnavailable
from gateway.store import audit, incidents, letters, relays, threads
from gateway.store.database import Database
from gateway.store.incidents import Fingerprint
from gateway.store.keys import Keys
from gateway.store.register import load_register
from gateway.store.relays import Answer, Job
from gateway.store.tables import CONTENTS, INCIDENT_RECIPIENTS, INCIDENTS, THREADS
from gateway.store.traces import Memory
from tests import filed

SPLIT = ((Recipient(filed.LISTED), Disposition.RELAY), (Recipient(filed.OUTSIDER), Disposition.HOLD))


def digest(name: str) -> bytes:
    """Sixteen bytes that nothing else has."""
    return sha256(name.encode()).digest()[:16]


def note(name: str) -> Note:
    """A mail that is known from now on."""
    mail = digest(name)
    return Note("cla-2018", Known(mail, bytes(16), bytes(16), mail, frozenset()))


class Crowd:
    """Whoever writes to one store, until all copies of `mails` split mails are relayed."""

    def __init__(self, store: tuple[Database, Keys], mails: int) -> None:
        self.database, self.keys = store
        self.mails = mails
        self.relayed: Counter[str] = Counter()
        self.refused = 0
        self.done = threading.Event()

    def insist(self, step: Callable[[], object]) -> None:
        """Do a step; whoever is turned away comes again, as clients and the office do."""
        while True:
            try:
                step()
                return
            except StoreUnavailable:
                self.refused += 1

    def record(self, number: int) -> None:
        """A worker that splits mails."""
        print_ = Fingerprint(digest(f"mail {number}") * 2, digest(f"content {number}") * 2)
        mail = filed.mail([one for one, _ in SPLIT], content=filed.CONTENT + str(number).encode())
        ref = f"REF{number:07}"
        now = datetime.now(UTC)
        made = filed.decision(SPLIT)
        self.insist(
            lambda: incidents.record(
                self.database, self.keys, mail, made, print_, ref, now, (), notes=(note(ref),)
            )
        )

    def remember(self) -> None:
        """A worker that remembers what it relayed, and reads the register anew each time."""
        memory, number = Memory(), 0
        while not self.done.is_set():
            name = f"{threading.get_ident()} {number}"
            self.insist(lambda name=name: threads.remember(self.database, self.keys, [note(name)]))  # type: ignore[misc]
            self.insist(lambda: load_register(self.database, self.keys, memory))
            number += 1

    def relay(self, office: str) -> None:
        """An office: claims what is due, hears 250, and writes that down."""
        while not self.done.is_set():
            now = datetime.now(UTC)
            for ref in relays.due(self.database, now)[:4]:
                job = relays.claim(self.database, ref, office, now, now + timedelta(minutes=2))
                if job is not None:
                    self.relayed[ref] += len(job.waiting)
                    answers = [answer(job, index) for index in range(len(job.waiting))]
                    self.insist(
                        lambda job=job, answers=answers: relays.settle(  # type: ignore[misc]
                            self.database, job, office, answers, datetime.now(UTC)
                        )
                    )

    def write(self) -> None:
        """The same office's letters."""
        while not self.done.is_set():
            now = datetime.now(UTC)
            for letter in letters.due(self.database, now)[:4]:
                if letters.claim(self.database, [letter.id], "office", now, now + timedelta(minutes=3)):
                    letters.sent(self.database, [letter.id], now)

    def finished(self) -> bool:
        """Whether nobody is being released any more."""
        with self.database.read() as connection:
            states = connection.execute(select(INCIDENT_RECIPIENTS.c.state)).scalars().all()
        return 2 * self.mails == len(states) and Standing.RELEASING not in states


def answer(job: Job, index: int) -> Answer:
    """What 250 means for a recipient."""
    one = job.waiting[index]
    return Answer(one.id, one.addressee.address, Standing.RELAYED, "250 2.0.0")


@pytest.mark.long
def test_no_copy_stays_releasing(store: tuple[Database, Keys]) -> None:
    """Every copy is relayed once and soon written down as relayed, whoever else writes meanwhile; the log holds."""
    filed.register_publication(*store)
    crowd = Crowd(store, 60)
    with ThreadPoolExecutor(12) as pool:
        others = [
            *(pool.submit(crowd.remember) for _ in range(2)),
            *(pool.submit(crowd.relay, office) for office in ("one", "one", "two")),
            pool.submit(crowd.write),
        ]
        list(pool.map(crowd.record, range(crowd.mails)))
        began = time.monotonic()
        while not crowd.finished() and time.monotonic() - began < 60:
            time.sleep(0.1)
        crowd.done.set()
        for each in others:
            each.result()
    assert crowd.finished()
    assert 0 == crowd.refused
    assert {1: crowd.mails} == Counter(crowd.relayed.values())
    with crowd.database.read() as connection:
        states = connection.execute(select(INCIDENTS.c.state, INCIDENTS.c.claimed_by)).all()
        kept = connection.execute(select(CONTENTS.c.ref)).all()
        roots = connection.execute(select(THREADS.c.ref).where(THREADS.c.ref.is_not(None))).all()
    assert {(Standing.HELD, None): crowd.mails} == Counter((row.state, row.claimed_by) for row in states)
    assert crowd.mails == len(kept) == len(roots)
    assert [] == audit.verify(crowd.database)
