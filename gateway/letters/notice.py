"""Notices to a sender: their mail is held, or was discarded; for whom, and whom to ask.

The sender knows what they wrote, but others may read their mailbox: a notice says nothing of the content
either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from gateway.incident import Incident, Standing, may_notify
from gateway.letters.form import Heading, compose, listed, moment, paragraph, shown


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


def discarded(incident: Incident, recipients: Sequence[str], desk: Desk) -> bytes:
    """Tell the sender that their mail was deleted for these; ValueError for a mail without a sender."""
    lines = [
        *paragraph(
            f"Your mail of {moment(incident.received_at, desk.zone)} was held for review and has been "
            "discarded. It was not sent to:"
        ),
        *listed([shown(address) for address in recipients]),
        "",
        *_whom_to_ask(incident, desk),
    ]
    return _letter(incident, desk, "Not sent", "discarded", lines)


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
