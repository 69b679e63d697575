"""Reads a circulation mail: subject, banner, people, attachments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.message import Message as Headers
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from gateway import registration, scanner
from gateway.circulation.attachments import Attachment, attachments
from gateway.circulation.draft import ORIGIN, Draft
from gateway.circulation.people import Person, named_in
from gateway.circulation.times import planned
from gateway.circulation.titles import title_in
from gateway.detectors.rule import RuleSet
from gateway.letters.form import moment as shown
from gateway.letters.form import title as one_line_title
from gateway.message.headers import decode_words
from gateway.model import Grant, GrantKind, Message, PartKind
from gateway.registration import Traced

SENDER_REASON = "sent the circulation mail"
RECIPIENT_REASON = "named in the circulation mail"
MAIL = "the circulation mail"
"""The name under which what the mail itself says is registered."""
_MAX_HEADER = 1_048_576
_FORWARDED = re.compile(r"\s*(?:re|fwd?)(?:\s?\[\d+\])?\s*:", re.IGNORECASE)
_OUTLOOK_ITEM = bytes.fromhex("d0cf11e0a1b11ae1")
_AHEAD = timedelta(days=1)


class NotAMail(ValueError):
    """The file is no mail that can be read; the message says what it seems to be."""


def read(
    content: bytes,
    zone: ZoneInfo,
    now: datetime,
    rules: RuleSet,
    key: bytes,
    *,
    message: Message | None = None,
    traces: Sequence[Traced] | None = None,
) -> Draft:
    """The draft that a circulation mail makes, its traces under the installation's `key`; raises NotAMail.

    `message` is what the scanners read of it and `traces` what they made of each of its `attachments`; without them
    both are done in this process, which is for files of the caller's own.
    """
    headers = _headers(content)
    message = scanner.read_here(content) if message is None else message
    found = attachments(content)
    sent, sent_problems = _sent(headers, now)
    time = planned(rules, message, sent or now, zone)
    sender, grants, people_problems = _people(headers)
    title = one_line_title(title_in(_subject(headers)))
    return Draft(
        title,
        time.at,
        sender,
        sent,
        grants,
        tuple(_traced(found, key) if traces is None else traces),
        registration.trace_mail(MAIL, content, key),
        (
            *([] if title else ["title: the subject names none"]),
            *sent_problems,
            *time.problems,
            *_past(time.at, now, zone),
            *people_problems,
            *_second_hand(headers, message),
            *_unread(message, found),
        ),
    )


def _headers(content: bytes) -> Headers:
    if content.startswith(_OUTLOOK_ITEM):
        raise NotAMail("is an Outlook item (.msg); save the mail as .eml")
    headers = BytesHeaderParser().parsebytes(content[:_MAX_HEADER])
    if not any(name in headers for name in ("From", "To", "Subject", "Date")):
        raise NotAMail("is no mail: it has no headers")
    return headers


def _subject(headers: Headers) -> str:
    return decode_words(" ".join(str(headers.get("Subject", "")).split()))


def _sent(headers: Headers, now: datetime) -> tuple[datetime | None, list[str]]:
    try:
        sent = parsedate_to_datetime(str(headers["Date"]))
    except (TypeError, ValueError, OverflowError):
        return None, ["date: the mail does not say when it was sent; today is taken for it"]
    sent = sent if sent.utcoffset() is not None else sent.replace(tzinfo=UTC)
    if sent > now + _AHEAD:
        return None, ["date: the mail says that it was sent in the future; today is taken for it"]
    return sent.astimezone(UTC), []


def _people(headers: Headers) -> tuple[str | None, tuple[Grant, ...], list[str]]:
    senders, others = named_in(headers, "From", "Sender"), named_in(headers, "To", "Cc")
    made = {one.address for one in senders.people}
    grants = [_grant(one, GrantKind.PRODUCTION, SENDER_REASON) for one in senders.people]
    grants += [
        _grant(one, GrantKind.PRE_RELEASE, RECIPIENT_REASON)
        for one in others.people
        if one.address not in made
    ]
    problems = [*senders.problems, *others.problems]
    if not senders.people:
        problems.append("From: the mail names no sender")
    if not others.people:
        problems.append("To: the mail names no recipients; give access by hand")
    return next((one.address for one in senders.people), None), tuple(grants), problems


def _grant(person: Person, kind: GrantKind, reason: str) -> Grant:
    return Grant(person.address, kind, reason, origin=ORIGIN, name=person.name)


def _traced(found: Iterable[Attachment], key: bytes) -> Iterator[Traced]:
    return (registration.trace(one.name, one.data, key) for one in found if not one.picture)


def _past(at: datetime | None, now: datetime, zone: ZoneInfo) -> list[str]:
    if at is None or at > now:
        return []
    return [f"planned time: {shown(at, zone)} is past, so nothing would be under embargo"]


def _second_hand(headers: Headers, message: Message) -> Iterator[str]:
    """What speaks for a mail that only passes the circulation mail on: then its recipients are others."""
    if _FORWARDED.match(_subject(headers)):
        yield "To: this mail was answered or forwarded; look whether it names those whom the producer wrote to"
    for part in message.parts:
        if part.kind is PartKind.HEADER and part.path.endswith("/header"):
            where = part.path.removesuffix("/header")
            yield f"part {where}: another mail; if that is the circulation mail, save it as a file of its own"


def _unread(message: Message, found: Iterable[Attachment]) -> Iterator[str]:
    for mark in message.unreadable:
        yield f"part {mark.path}: could not be read ({mark.reason.value}); only an exact copy is found"
    for one in found:
        if one.picture and len(one.data) > registration.SMALLEST:
            yield f"part {one.path}: an image, which is no trace; `document add` registers it if it shows figures"
