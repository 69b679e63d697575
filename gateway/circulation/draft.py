"""What a circulation mail would make of the register, for a person to look at before it is taken."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from gateway.model import Grant
from gateway.registration import Traced

ORIGIN = "circulation"
"""The origin of the grants that a circulation mail proposes."""
_TITLE, _TIME = "title:", "planned time:"
"""How the problems begin that say what is wrong with either."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed entry; `title` "" and `publishes_at` None are what somebody has to say before it can be taken.

    `sender` is canonical, None where the mail names none; `sent_at` is the mail's own date.  `grants` hold a
    `production` one for the sender and `pre-release` ones for whom the mail names; `documents` are its attachments,
    `mail` is what it says itself.
    """

    title: str = ""
    publishes_at: datetime | None = None
    sender: str | None = None
    sent_at: datetime | None = None
    grants: tuple[Grant, ...] = ()
    documents: tuple[Traced, ...] = ()
    mail: Traced | None = None
    problems: tuple[str, ...] = field(default=())

    def said(self, title: str | None = None, publishes_at: datetime | None = None) -> Draft:
        """The draft with what a person says in place of what was read, and so without the doubts about that."""
        settled = (*([_TITLE] if title is not None else []), *([_TIME] if publishes_at is not None else []))
        return replace(
            self,
            title=title if title is not None else self.title,
            publishes_at=publishes_at if publishes_at is not None else self.publishes_at,
            problems=tuple(line for line in self.problems if not line.startswith(settled)),
        )

    @property
    def traces(self) -> tuple[Traced, ...]:
        """All that is to be registered: the attachments, and the mail."""
        return (*self.documents, *((self.mail,) if self.mail is not None else ()))
