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
from itertools import islice

Answer = tuple[int, str, str]
"""Code, enhanced code and text of a reply."""
Ticket = tuple[object, int]
"""A worker's connection to the office, and the number that the worker gave to one delivery of a mail."""

_REMEMBERED = 100_000
"""Mails and contents kept: a bound for memory (about 50 MB); the oldest answers go first."""
_UNHEARD_FOR = 14_400.0
"""Seconds that an unheard answer stands for a resend: clients try again within 30 minutes to 4 hours (RFC 5321 section
4.5.4.1).  Later the same bytes are a new mail: some machines send the same notice every day and never say QUIT."""
_GIVEN_UP = 5.0
"""Seconds after which a client that has said nothing may be gone without our seeing it."""
_LOOKED_AT = 4
"""Entries looked at for each mail that begins: more than one, so that they grow fewer."""
FAILURES_BEFORE_UNREADABLE = 3


@dataclass(slots=True)
class Work:
    """One delivery in progress; `orphaned` once its client is gone."""

    began: float
    orphaned: bool = False
    waiting: dict[Ticket, object] = field(default_factory=dict)


@dataclass(slots=True)
class Entry:
    """One mail: who works on it, answers given but not known to be heard, and the answer for a resend."""

    work: dict[Ticket, Work] = field(default_factory=dict)
    given: dict[Ticket, Answer] = field(default_factory=dict)
    answer: Answer | None = None
    durable: bool = False
    begun: float = 0.0

    @property
    def empty(self) -> bool:
        """Whether nothing is remembered here."""
        return not (self.work or self.given or self.answer)

    def old(self, now: float) -> bool:
        """Whether an answer that nobody heard is too old to be one to a resend."""
        return not (self.work or self.durable) and now - self.begun > _UNHEARD_FOR


class ResendMemory:
    """Entries by mail fingerprint, scanner failures and releases by content fingerprint.  Not thread-safe: one loop."""

    def __init__(self) -> None:
        self._entries: OrderedDict[bytes, Entry] = OrderedDict()
        self._tickets: dict[Ticket, bytes] = {}
        self._waiting: dict[Ticket, bool] = {}
        self._failures: OrderedDict[bytes, int] = OrderedDict()
        self.released: dict[bytes, dict[str, frozenset[str | None]]] = {}

    def begin(self, mail: bytes, ticket: Ticket, now: float, question: object) -> Answer | bool:
        """The answer already given; True: go on, the mail is yours; False: `question` waits for somebody's work."""
        self._trim(now)
        if mail in self._entries and self._entries[mail].old(now):
            self._drop(mail)
        entry = self._entries.setdefault(mail, Entry())
        self._entries.move_to_end(mail)
        lost = self._waiting.pop(ticket, False)
        if entry.answer is not None:
            if not entry.durable:
                # Whoever is told now may be the one who hears.
                entry.given[ticket] = entry.answer
                self._tickets[ticket] = mail
            return entry.answer
        for work in entry.work.values():
            if work.orphaned or now - work.began > _GIVEN_UP:
                work.waiting[ticket] = question
                self._waiting[ticket] = lost
                return False
        entry.work[ticket] = Work(now, orphaned=lost)
        entry.begun = now
        self._tickets[ticket] = mail
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
        return [question for waiter, question in work.waiting.items() if waiter in self._waiting]

    def heard(self, ticket: Ticket) -> None:
        """The client has heard the answer: the same bytes sent again are a new mail."""
        entry = self._entries.get(self._tickets.get(ticket, b""))
        if (
            entry is not None
            and entry.given.pop(ticket, None) is not None
            and entry.answer
            and not entry.durable
        ):
            # A resend has heard what the first delivery did not: that settles it for both.
            entry.answer = None
            for other in tuple(entry.given):
                del entry.given[other], self._tickets[other]
        self._forget(ticket)

    def lost(self, ticket: Ticket) -> None:
        """The client sends no more, or went away, before it was known to have heard."""
        if ticket in self._waiting:
            self._waiting[ticket] = True
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

    def withdraw(self, worker: object) -> None:
        """Questions of a worker that vanished are answered to nobody, and take over nothing."""
        self._waiting = {ticket: lost for ticket, lost in self._waiting.items() if ticket[0] is not worker}

    def failed(self, content: bytes) -> None:
        """The scanner died over this content."""
        self._failures[content] = self._failures.pop(content, 0) + 1
        while len(self._failures) > _REMEMBERED:
            self._failures.popitem(last=False)

    def failures(self, content: bytes) -> int:
        """How often the scanner died over this content."""
        return self._failures.get(content, 0)

    def _trim(self, now: float) -> None:
        """Forget what is too old or too much, from the oldest on; what is at work or in the store is passed over."""
        for mail, entry in tuple(islice(self._entries.items(), _LOOKED_AT)):
            too_much = len(self._entries) > _REMEMBERED
            if entry.work or (entry.durable and not too_much):
                self._entries.move_to_end(mail)
            elif too_much or entry.old(now):
                self._drop(mail)
            else:
                return

    def _drop(self, mail: bytes) -> None:
        for ticket in self._entries.pop(mail).given:
            del self._tickets[ticket]
