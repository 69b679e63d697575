"""The alert: what a lead reads when mail was held, refused or observed, and how to decide.

It says which publication, which rule, where, who, by when; and nothing else, as its reader may not be on
the list.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from gateway.incident import Addressee, Incident, Standing
from gateway.letters import remarks
from gateway.letters.form import Heading, compose, item, left, listed, moment, paragraph, shown, title

_WORDS = {"hold": "Held", "reject": "Refused", "observe": "SENT, only observed"}
_SAFE = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\Z")
"""Addresses that may stand in a command which somebody copies into a shell."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the text needs beside the incident.

    `whys` maps rule id -> the rule's sentence; `next_asked` are the times and addresses of who is asked next; `link`
    leads this one reader to the console.
    """

    sender: str
    to: str
    now: datetime
    zone: ZoneInfo
    level: int = 0
    whys: Mapping[str, str] = field(default_factory=dict)
    next_asked: Sequence[tuple[datetime, Sequence[str]]] = ()
    link: str | None = None


def alert(incident: Incident, at: Circumstances) -> bytes:
    """The alert about one incident."""
    names = (
        ", ".join(publication or "unregistered" for publication in incident.publications) or "unregistered"
    )
    subject = f"[embargo-gateway] {_WORDS[incident.disposition]}: {incident.ref} ({names[:120]})"
    about = ("alert", incident.ref, at.to, str(at.level))
    return compose(Heading(at.sender, at.to, subject, about, at.now), _lines(incident, at))


def grouped(incidents: Sequence[Incident], at: Circumstances) -> bytes:
    """One alert about several incidents: every one is named."""
    subject = f"[embargo-gateway] {len(incidents)} incidents: {incidents[0].ref} and others"
    about = ("alerts", *(incident.ref for incident in incidents), at.to)
    return compose(Heading(at.sender, at.to, subject, about, at.now), _grouped_lines(incidents, at))


def _lines(incident: Incident, at: Circumstances) -> list[str]:
    return [
        *paragraph(_first(incident, at)),
        *_link(incident, at),
        *_publications(incident, at),
        f"Reference  {incident.ref}",
        f"Received   {moment(incident.received_at, at.zone)}",
        *_sender(incident, at.zone),
        "",
        *_recipients(incident, at.zone),
        "Found",
        *_findings(incident, at),
        "",
        *_what_to_do(incident),
        *_who_else(incident, at),
        *paragraph("This letter says nothing of what the mail contains, on purpose."),
    ]


def _first(incident: Incident, at: Circumstances) -> str:
    if incident.disposition == "observe":
        return "THE MAIL WAS SENT. Monitor mode held nothing back; it would otherwise have been stopped."
    people = _addressed(_stopped(incident))
    if incident.disposition == "reject":
        return f"A mail to {people} not on the access list was refused. Nobody got it."
    asked = " Nobody has decided yet; you are asked in the lead's place." if at.level else ""
    return f"A mail to {people} not on the access list is held and waits for your decision.{asked}"


def _addressed(stopped: Sequence[Addressee]) -> str:
    """How many people, or addresses where more than one person may read one of them."""
    if all(one.group is None for one in stopped):
        return _people(len(stopped))
    return "1 address" if len(stopped) == 1 else f"{len(stopped)} addresses"


def _link(incident: Incident, at: Circumstances) -> list[str]:
    if at.link is None:
        return []
    held = incident.disposition == "hold"
    return ["Decide here:" if held else "See more here:", at.link, *_about_link(), ""]


def _about_link() -> list[str]:
    return ["The link is for you alone: please do not forward this mail."]


def _people(number: int) -> str:
    return "1 person" if number == 1 else f"{number} people"


def _publications(incident: Incident, at: Circumstances) -> list[str]:
    lines = []
    for concern in incident.concerns:
        lines += item(f"{title(concern.title)} ({concern.id})")
        until = left(concern.publishes_at - at.now)
        lines += item(f"    planned for {moment(concern.publishes_at, at.zone)}, {until}")
    if None in incident.publications or not incident.concerns:
        lines += item("a publication that nobody here has registered")
    return ["Publication", *lines, ""]


def _sender(incident: Incident, zone: ZoneInfo) -> list[str]:
    name = shown(incident.sender) if incident.sender is not None else "<> (an automatic mail)"
    lines = [f"Sender     {name}"]
    return [*lines, *(line for remark in remarks.of_sender(incident, zone) for line in item(remark))]


def _recipients(incident: Incident, zone: ZoneInfo) -> list[str]:
    verb = {"hold": "Held for", "reject": "Refused for", "observe": "Sent, although not on the list, to"}
    lines = [verb[incident.disposition], *listed([_entry(one, zone) for one in _stopped(incident)]), ""]
    passed = [one for one in incident.ineligible if one not in _stopped(incident)]
    if passed:
        lines += [
            "SENT in monitor mode, although not on the list, to",
            *listed([_entry(one, zone) for one in passed]),
            "",
        ]
    others = [one for one in incident.recipients if not one.ineligible_for]
    got = sum(one.standing in (Standing.RELEASING, Standing.RELAYED, Standing.OBSERVED) for one in others)
    waits = sum(one.standing is Standing.HELD for one in others)
    if got:
        lines += [f"{_people(got)} on the list: relayed now.", ""]
    if waits:
        lines += [f"{_people(waits)} on the list: waiting with the rest.", ""]
    return lines


def _stopped(incident: Incident) -> list[Addressee]:
    """The ineligible recipients whom the incident is about.

    In a held mail a recipient whom nobody decided about, and who gets it all the same, is one that only a monitored
    publication is closed to.
    """
    if incident.disposition != "hold":
        return list(incident.ineligible)
    passing = (Standing.RELEASING, Standing.RELAYED)
    return [one for one in incident.ineligible if one.decided_at is not None or one.standing not in passing]


def _entry(one: Addressee, zone: ZoneInfo) -> str:
    closed = ", ".join(publication or "unregistered" for publication in one.ineligible_for)
    return "; ".join([f"{shown(one.address)} ({closed})", *remarks.of_recipient(one, zone)])


def _findings(incident: Incident, at: Circumstances) -> list[str]:
    entries = []
    for finding in incident.findings:
        why = at.whys.get(finding.rule, "")
        reason = f" ({finding.reason.value})" if finding.reason else ""
        entries.append(f"{finding.rule} in part {finding.part}{reason}{': ' + why if why else ''}")
    return listed(list(dict.fromkeys((*entries, *remarks.of_hints(incident)))))


def _what_to_do(incident: Incident) -> list[str]:
    show = f"  embargo-gateway incident show {incident.ref}"
    if incident.disposition != "hold":
        return ["To see more", show, ""]
    stopped = _stopped(incident)
    one = stopped[0].address if len(stopped) == 1 else ""
    address = one if _SAFE.match(one) else "ADDRESS"
    return [
        "What you can do",
        show,
        f'  embargo-gateway incident release {incident.ref} --recipient {address} --reason "..."',
        f"  embargo-gateway incident discard {incident.ref}",
        "",
    ]


def _who_else(incident: Incident, at: Circumstances) -> list[str]:
    if incident.disposition != "hold":
        return []
    asked = [f"{moment(when, at.zone)}: {', '.join(map(shown, who))}" for when, who in at.next_asked if who]
    lines = ["If nobody decides, these are asked next", *listed(asked), ""] if asked else []
    return [*lines, *paragraph("The mail stays held until a person decides. Nothing expires into sending.")]


def _grouped_lines(incidents: Sequence[Incident], at: Circumstances) -> list[str]:
    sent = [incident for incident in incidents if incident.disposition == "observe"]
    lines: list[str] = []
    if sent:
        lines += paragraph(f"{len(sent)} OF THESE MAILS WERE SENT: monitor mode held nothing back.")
    lines += paragraph(f"{len(incidents)} incidents since the last alert to you, in one letter.")
    if at.link is not None:
        lines += ["See and decide here:", at.link, *_about_link(), ""]
    for incident in incidents:
        lines += item(_summary(incident))
    commands = [
        "For each reference",
        "  embargo-gateway incident show REFERENCE",
        '  embargo-gateway incident release REFERENCE --recipient ADDRESS --reason "..."',
        "  embargo-gateway incident discard REFERENCE",
        "",
    ]
    return [*lines, "", *commands]


def _summary(incident: Incident) -> str:
    names = ", ".join(publication or "unregistered" for publication in incident.publications)
    sender = shown(incident.sender) if incident.sender is not None else "<>"
    closed = incident.ineligible
    first = shown(closed[0].address) if closed else "nobody"
    more = f" and {len(closed) - 1} more" if len(closed) > 1 else ""
    return (
        f"{incident.ref} {_WORDS[incident.disposition]} ({names or 'unregistered'}) {sender} to {first}{more}"
    )
