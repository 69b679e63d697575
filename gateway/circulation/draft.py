"""What a circulation mail would make of the register: a frozen value that can travel, as JSON, and come back."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from gateway.address import canonical
from gateway.letters.form import one_line
from gateway.model import Grant, GrantKind, aware
from gateway.registration import Traced

ORIGIN = "circulation"
"""The origin of the grants that a circulation mail proposes."""
_TITLE, _TIME = "title:", "planned time:"
"""How the problems begin that say what is wrong with either."""
_VERSION = 1
_DIGEST_BYTES = 32


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed entry; `title` "" and `publishes_at` None are what somebody has to say before it can be taken.

    `sender` is canonical, None where the mail names none; `sent_at` is the mail's own date.  `grants` hold a
    `production` one for the sender and `pre-release` ones for whom the mail names; `documents` are its attachments.
    """

    title: str = ""
    publishes_at: datetime | None = None
    sender: str | None = None
    sent_at: datetime | None = None
    grants: tuple[Grant, ...] = ()
    documents: tuple[Traced, ...] = ()
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

    def to_json(self) -> str:
        """All of it as a line of JSON, trace digests and names included: for those who may see the mail."""
        return json.dumps(
            {
                "version": _VERSION,
                "title": self.title,
                "publishes_at": _text(self.publishes_at),
                "sender": self.sender,
                "sent_at": _text(self.sent_at),
                "grants": [_grant_record(grant) for grant in self.grants],
                "documents": [_document_record(one) for one in self.documents],
                "problems": list(self.problems),
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Draft:
        """The draft in a text that `to_json` wrote; ValueError for any other text."""
        try:
            record = json.loads(text)
            if record["version"] != _VERSION:
                raise ValueError("another version")
            return cls(
                title=_string(record["title"]),
                publishes_at=_moment(record["publishes_at"]),
                sender=_address(record["sender"]) if record["sender"] is not None else None,
                sent_at=_moment(record["sent_at"]),
                grants=tuple(map(_grant, record["grants"])),
                documents=tuple(map(_document, record["documents"])),
                problems=tuple(map(_string, record["problems"])),
            )
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise ValueError("this is no draft of a circulation mail") from None


def _text(when: datetime | None) -> str | None:
    return when.isoformat() if when is not None else None


def _grant_record(grant: Grant) -> dict[str, str]:
    return {
        "address": grant.address,
        "kind": grant.kind.value,
        "reason": grant.reason,
        "name": grant.name,
    }


def _document_record(one: Traced) -> dict[str, Any]:
    return {
        "name": one.name,
        "size": one.size,
        "digests": sorted(digest.hex() for digest in one.digests),
        "unreadable": list(one.unreadable),
    }


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    value.encode()
    return value


def _place(value: Any) -> str:
    place = _string(value)
    if place.count(": ") != 1:
        raise ValueError("no place and reason")
    return place


def _moment(value: Any) -> datetime | None:
    if value is None:
        return None
    when = datetime.fromisoformat(value)
    aware(when, "time")
    return when


def _address(value: Any) -> str:
    # Whatever came back may have been changed on its way: only a canonical address may become a grant.
    if canonical(_string(value)) != value:
        raise ValueError("not canonical")
    return _string(value)


def _grant(record: Any) -> Grant:
    return Grant(
        _address(record["address"]),
        GrantKind(record["kind"]),
        one_line(_string(record["reason"])),
        origin=ORIGIN,
        name=one_line(_string(record["name"])),
    )


def _document(record: Any) -> Traced:
    digests = frozenset(bytes.fromhex(digest) for digest in record["digests"])
    if not digests or any(len(digest) != _DIGEST_BYTES for digest in digests):
        raise ValueError("no digest")
    size = record["size"]
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise TypeError
    return Traced(_string(record["name"]), size, digests, tuple(map(_place, record["unreadable"])))
