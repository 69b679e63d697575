"""Proposals: drafts of circulation mails that wait in the office's memory for a person, who gets a token of them.

Traces of whole documents are too large for a form, and what came back with one could have been changed.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gateway.circulation import Draft

MOST = 20
"""Drafts that are kept at a time; beyond them the oldest goes."""
LASTS = timedelta(hours=2)


@dataclass(slots=True)
class Proposals:
    """Token -> who may take the draft, since when it waits, and the draft."""

    _kept: dict[str, tuple[str, datetime, Draft]] = field(default_factory=dict)

    def keep(self, owner: str, draft: Draft, now: datetime) -> str:
        """Keep a draft for somebody (an address); the token that fetches it."""
        self._kept = {token: kept for token, kept in self._kept.items() if now - kept[1] < LASTS}
        while len(self._kept) >= MOST:
            del self._kept[next(iter(self._kept))]
        token = secrets.token_urlsafe(24)
        self._kept[token] = (owner, now, draft)
        return token

    def fetch(self, owner: str, token: str, now: datetime) -> Draft | None:
        """The draft of a token; None where there is none, or it is another's, or too old."""
        kept = self._kept.get(token)
        if kept is None or kept[0] != owner or now - kept[1] >= LASTS:
            return None
        return kept[2]
