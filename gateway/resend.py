"""The memory of resends: what is in progress, what was relayed and not heard, which incidents are open.

A client that did not hear our answer sends the same mail again, perhaps to another worker, perhaps from another
address.  It must get the same answer and cause no second relay, incident or alert (the gap of RFC 1047).  This memory
lives in the office process and serves all workers.  It is enough in memory: for holds the store itself answers, and a
crash leaves at most the mails in flight in doubt.

Two mails that are equal to the byte need not be a resend: a client that still waits for its answer does not send
again.  So the same mail *joins* work in progress only where that work's client is gone, or has waited so long that it
may have given up unnoticed.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

Answer = tuple[int, str, str]
"""Code, enhanced code and text of a reply."""
Ticket = tuple[object, int]
"""A worker's connection to the office, and the number that the worker gave to one delivery of a mail."""

_REMEMBERED = 100_000
"""Mails and contents kept: a bound for memory (about 50 MB); the oldest answers go first."""
_GIVEN_UP = 5.0
"""Seconds after which a client that has said nothing may be gone without our seeing it."""
FAILURES_BEFORE_UNREADABLE = 3


@dataclass(slots=True)
class Work:
    """One delivery in progress; `orphaned` once its client is gone."""

    began: float
    orphaned: bool = False
    waiting: list[object] = field(default_factory=list)


@dataclass(slots=True)
class Entry:
    """One mail: who works on it, answers given but not known to be heard, and the answer for a resend."""

    work: dict[Ticket, Work] = field(default_factory=dict)
    given: dict[Ticket, Answer] = field(default_factory=dict)
    answer: Answer | None = None
    durable: bool = False

    @property
    def empty(self) -> bool:
        """Whether nothing is remembered here."""
        return not (self.work or self.given or self.answer)


class ResendMemory:
    """Entries by mail fingerprint, scanner failures and releases by content fingerprint.  Not thread-safe: one loop."""

    def __init__(self) -> None:
        self._entries: OrderedDict[bytes, Entry] = OrderedDict()
        self._tickets: dict[Ticket, bytes] = {}
        self._failures: OrderedDict[bytes, int] = OrderedDict()
        self.released: dict[bytes, frozenset[str]] = {}

    def begin(self, mail: bytes, ticket: Ticket, now: float, question: object) -> Answer | bool:
        """The answer already given; True: go on, the mail is yours; False: `question` waits for somebody's work."""
        entry = self._entries.setdefault(mail, Entry())
        self._entries.move_to_end(mail)
        if entry.answer is not None:
            if not entry.durable:
                # Whoever is told now may be the one who hears.
                entry.given[ticket] = entry.answer
                self._tickets[ticket] = mail
            return entry.answer
        for work in entry.work.values():
            if work.orphaned or now - work.began > _GIVEN_UP:
                work.waiting.append(question)
                return False
        entry.work[ticket] = Work(now)
        self._tickets[ticket] = mail
        self._trim()
        return True

    def end(self, ticket: Ticket, answer: Answer | None, *, durable: bool) -> list[object]:
        """The work has ended; returns who waited for it and must begin again.

        `answer` None: nothing was relayed or recorded, so a resend starts afresh.  `durable`: the store holds an open
        incident, which answers whether the client heard or not.
        """
        entry = self._entries.get(self._tickets.get(ticket, b""))
        work = entry.work.pop(ticket, None) if entry is not None else None
        if entry is None or work is None:
            return []
        if answer is None:
            self._forget(ticket)
        elif durable:
            entry.answer, entry.durable = answer, True
            self._forget(ticket)
        else:
            entry.given[ticket] = answer
            entry.answer = answer if work.orphaned or work.waiting else entry.answer
        return work.waiting

    def heard(self, ticket: Ticket) -> None:
        """The client has heard the answer: the same bytes sent again are a new mail."""
        entry = self._entries.get(self._tickets.get(ticket, b""))
        if entry is not None and entry.given.pop(ticket, None) is not None and entry.answer and not entry.durable:
            # A resend has heard what the first delivery did not: that settles it for both.
            entry.answer = None
            for other in tuple(entry.given):
                del entry.given[other], self._tickets[other]
        self._forget(ticket)

    def lost(self, ticket: Ticket) -> None:
        """The client sends no more, or went away, before it was known to have heard."""
        entry = self._entries.get(self._tickets.get(ticket, b""))
        if entry is None:
            return
        if ticket in entry.work:
            entry.work[ticket].orphaned = True
        elif ticket in entry.given:
            entry.answer = entry.given[ticket]

    def _forget(self, ticket: Ticket) -> None:
        mail = self._tickets.pop(ticket, b"")
        entry = self._entries.get(mail)
        if entry is not None and entry.empty:
            del self._entries[mail]

    def know(self, open_incidents: dict[bytes, Answer]) -> None:
        """The store's open incidents answer their resends; those that are no longer open answer nothing.

        A mail that a worker has in hand is left alone: its `end` says what became of it.
        """
        for mail in [
            mail for mail, entry in self._entries.items() if entry.durable and mail not in open_incidents
        ]:
            entry = self._entries[mail]
            entry.answer, entry.durable = None, False
            if entry.empty:
                del self._entries[mail]
        for mail, answer in open_incidents.items():
            if mail not in self._entries:
                self._entries[mail] = Entry(answer=answer, durable=True)

    def held_by(self, worker: object) -> list[tuple[Ticket, bytes]]:
        """Tickets and mails of a worker that vanished."""
        return [(ticket, mail) for ticket, mail in self._tickets.items() if ticket[0] is worker]

    def failed(self, content: bytes) -> None:
        """The scanner died over this content."""
        self._failures[content] = self._failures.pop(content, 0) + 1
        while len(self._failures) > _REMEMBERED:
            self._failures.popitem(last=False)

    def failures(self, content: bytes) -> int:
        """How often the scanner died over this content."""
        return self._failures.get(content, 0)

    def _trim(self) -> None:
        while len(self._entries) > _REMEMBERED:
            mail, entry = next(iter(self._entries.items()))
            if entry.work or entry.given:
                self._entries.move_to_end(mail)
                return
            del self._entries[mail]
