"""The reminder to a sender whose mail still waits: since when, for whom, and whom to ask.

Like a notice it says nothing of the content: others may read the sender's mailbox.
"""

from __future__ import annotations

from collections.abc import Sequence

from gateway.incident import Addressee, Incident, Standing, may_notify
from gateway.letters.form import Heading, compose, item, left, listed, moment, paragraph, shown
from gateway.letters.notice import Desk


def waiting(incident: Incident) -> tuple[Addressee, ...]:
    """The recipients whom the sender's mail has not reached yet, and of whom we may speak."""
    held = incident.among(Standing.HELD) if incident.sender is not None else ()
    return tuple(one for one in held if may_notify(one.parameters))


def reminder(incidents: Sequence[Incident], desk: Desk) -> bytes:
    """One letter about all mails of one sender that wait; ValueError where the first has no sender."""
    sender = incidents[0].sender
    if sender is None:
        raise ValueError("no letter goes to the null sender")
    refs = [incident.ref for incident in incidents]
    subject = f"[embargo-gateway] Still held: {refs[0]}{' and others' if len(refs) > 1 else ''}"
    heading = Heading(desk.sender, sender, subject, ("reminder", *refs), desk.now)
    return compose(heading, _lines(incidents, desk))


def _lines(incidents: Sequence[Incident], desk: Desk) -> list[str]:
    number = "Your mail" if len(incidents) == 1 else f"{len(incidents)} of your mails"
    verb = "waits" if len(incidents) == 1 else "wait"
    lines = paragraph(f"{number} still {verb} for a decision.")
    for incident in incidents:
        lines += _about(incident, desk)
    return [
        *lines,
        *paragraph("Please ask, with the reference:"),
        *listed([shown(address) for address in desk.ask]),
        "",
        *paragraph("You are reminded for as long as it waits."),
    ]


def _about(incident: Incident, desk: Desk) -> list[str]:
    since = left(incident.received_at - desk.now).removeprefix("overdue by ")
    return [
        f"Reference  {incident.ref}",
        *item(f"of {moment(incident.received_at, desk.zone)}, held for {since}; not sent yet to"),
        *listed([f"  {shown(one.address)}" for one in waiting(incident)]),
        "",
    ]
