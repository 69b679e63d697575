"""The memory of resends: what is in progress, what was relayed and not heard, which incidents are open.

A client that did not hear our answer sends the same mail again, perhaps to another worker, perhaps from another
address.  It must get the same answer and cause no second relay, incident or alert (the gap of RFC 1047).  This memory
lives in the office process and serves all workers.  It is enough in memory: for holds the store itself answers, and a
crash leaves at most the mails in flight in doubt.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

Answer = tuple[int, str, str]
"""Code, enhanced code and text of a reply."""

_REMEMBERED = 100_000
"""Answers kept: a bound for memory (about 40 MB); the oldest go first."""
FAILURES_BEFORE_UNREADABLE = 3


@dataclass(slots=True)
class Entry:
    """One mail: `owner` works on it now, or `answer` is what its client was told."""

    owner: object | None = None
    answer: Answer | None = None
    durable: bool = False
    waiting: list[object] = field(default_factory=list)


class ResendMemory:
    """Entries by mail fingerprint, scanner failures and releases by content fingerprint.  Not thread-safe: one loop."""

    def __init__(self) -> None:
        self._entries: OrderedDict[bytes, Entry] = OrderedDict()
        self._failures: OrderedDict[bytes, int] = OrderedDict()
        self.released: dict[bytes, frozenset[str]] = {}

    def begin(self, mail: bytes, owner: object) -> Entry | None:
        """Claim a mail for `owner`: None means go on; an Entry is someone else's work or an answer already given."""
        entry = self._entries.get(mail)
        if entry is None:
            self._entries[mail] = Entry(owner=owner)
            self._trim()
            return None
        self._entries.move_to_end(mail)
        return entry

    def end(self, mail: bytes, answer: Answer | None, *, durable: bool) -> list[object]:
        """The work on a mail has ended; returns who waited for it.

        `answer` None forgets the mail: nothing was relayed or recorded, so a resend starts afresh.  `durable` says that
        the store holds an open incident: it answers whether the client heard or not.
        """
        entry = self._entries.pop(mail, None)
        waiting = entry.waiting if entry is not None else []
        if answer is not None:
            self._entries[mail] = Entry(answer=answer, durable=durable)
        return waiting

    def heard(self, mail: bytes) -> None:
        """The client has heard the answer: the same bytes sent again are a new mail."""
        entry = self._entries.get(mail)
        if entry is not None and entry.answer is not None and not entry.durable:
            del self._entries[mail]

    def know(self, open_incidents: dict[bytes, Answer]) -> None:
        """The store's open incidents answer their resends; those that are no longer open answer nothing.

        A mail that a worker has in hand is left alone: its `end` says what became of it.
        """
        for mail in [
            mail for mail, entry in self._entries.items() if entry.durable and mail not in open_incidents
        ]:
            del self._entries[mail]
        for mail, answer in open_incidents.items():
            if mail not in self._entries:
                self._entries[mail] = Entry(answer=answer, durable=True)

    def owned_by(self, owner: object) -> list[bytes]:
        """The mails that a worker was busy with when it vanished."""
        return [mail for mail, entry in self._entries.items() if entry.owner is owner]

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
            if entry.owner is not None:
                self._entries.move_to_end(mail)
                return
            del self._entries[mail]
