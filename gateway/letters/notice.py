"""Notices to a sender: their mail is held, or was discarded; for whom, and whom to ask.

The sender knows what they wrote, but others may read their mailbox: a notice says nothing of the content
either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from textwrap import wrap
from zoneinfo import ZoneInfo

from gateway.incident import Incident, Standing, may_notify
from gateway.letters.form import WIDTH, Heading, compose, listed, moment, one_line, paragraph, shown

MAX_MESSAGE = 2000
"""Characters of what somebody may write to the sender."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Who writes, when, in which zone, and whom the sender can ask."""

    sender: str
    now: datetime
    zone: ZoneInfo
    ask: Sequence[str]


def held(incident: Incident, desk: Desk) -> bytes:
    """Tell the sender that their mail waits for a decision; ValueError for a mail without a sender."""
    waiting = [one.address for one in incident.among(Standing.HELD) if may_notify(one.parameters)]
    lines = [
        *paragraph(
            f"Your mail of {moment(incident.received_at, desk.zone)} is held for review. It may carry "
            "statistics that are not public yet, and these recipients are not known to have access:"
        ),
        *listed([shown(address) for address in waiting]),
        "",
        *paragraph("It reaches them if the responsible person releases it."),
        *_whom_to_ask(incident, desk),
    ]
    return _letter(incident, desk, "Held for review", "held", lines)


def discarded(incident: Incident, recipients: Sequence[str], desk: Desk, message: str = "") -> bytes:
    """Tell the sender that their mail was deleted for these; ValueError for a mail without a sender.

    `message` is what the person who decided wants them to read (as `message_of` gives it).
    """
    lines = [
        *paragraph(
            f"Your mail of {moment(incident.received_at, desk.zone)} was held for review and has been "
            "discarded. It was not sent to:"
        ),
        *listed([shown(address) for address in recipients]),
        "",
        *_message(message),
        *_whom_to_ask(incident, desk),
    ]
    return _letter(incident, desk, "Not sent", "discarded", lines)


def message_of(text: str) -> str:
    """What somebody wrote to the sender, as it may stand in a letter: trimmed lines without control characters.

    Raises ValueError where it is longer than `MAX_MESSAGE`.
    """
    lines = [one_line(line.replace("\t", " ")).strip() for line in text.strip().splitlines()]
    kept = "\n".join(lines).strip()
    if len(kept) > MAX_MESSAGE:
        raise ValueError(f"the message to the sender has {len(kept)} characters, of at most {MAX_MESSAGE}")
    return kept


def _message(message: str) -> list[str]:
    if not message:
        return []
    # A word may be as long as the message: a line of a mail may not.
    wrapped = (part for line in message.split("\n") for part in wrap(line, WIDTH - 2) or [""])
    quoted = [f"  {part}".rstrip() for part in wrapped]
    return ["The person who decided about it writes:", "", *quoted, ""]


def _whom_to_ask(incident: Incident, desk: Desk) -> list[str]:
    return [
        *paragraph(f"Please give the reference {incident.ref} when you ask about it:"),
        *listed([shown(address) for address in desk.ask]),
    ]


def _letter(incident: Incident, desk: Desk, word: str, kind: str, lines: list[str]) -> bytes:
    if incident.sender is None:
        raise ValueError("no letter goes to the null sender")
    subject = f"[embargo-gateway] {word}: {incident.ref}"
    heading = Heading(desk.sender, incident.sender, subject, (kind, incident.ref), desk.now)
    return compose(heading, lines)
