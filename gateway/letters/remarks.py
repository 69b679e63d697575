"""What a lead should know before deciding: whom an address stands for or looks like, a suspension, a hint."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from gateway.incident import Addressee, Incident
from gateway.letters.form import moment, shown
from gateway.model import Membership


def of_recipient(one: Addressee, zone: ZoneInfo) -> Iterator[str]:
    """Short facts about an ineligible recipient, in plain words."""
    if one.suspended_until is not None:
        yield f"suspended until {moment(one.suspended_until, zone)}"
    if one.group is not None:
        yield f"a group: {_members(one.group)}"
    if one.resembles is not None:
        yield f"looks like {shown(one.resembles)}, who is on the list"


def of_sender(incident: Incident, zone: ZoneInfo) -> Iterator[str]:
    """The same about the sender, who has the material already."""
    closed = ", ".join(incident.sender_ineligible_for)
    if incident.sender_suspended_until is not None:
        yield f"the sender is suspended until {moment(incident.sender_suspended_until, zone)}"
        if closed:
            yield f"and may not have {closed}: a second leak, it had reached them before"
    elif closed:
        yield f"not on the list of {closed}: a second leak, it had reached them before"


def of_hints(incident: Incident) -> Iterator[str]:
    """Where a direction word stands beside a title: the place and no more, for the reader may not be on the list."""
    for hint in incident.hints:
        yield f"a direction word stands beside the title of {hint.publication}, part {hint.part}"


def _members(group: Membership) -> str:
    if not group.members:
        return "it has no members, so nobody can tell who reads it"
    if not group.unlisted:
        return "nobody can tell who reads it; a group in it is empty or contains itself"
    return f"{group.unlisted} of {group.members} members not listed"
