"""Pre-flight in words: for every recipient the reason that is true, and nothing about other people's publications."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gateway.console.preflight_facts import Facts, Sight, facts, place
from gateway.console.publication_facts import Look
from gateway.message.names import Attachment
from gateway.model import (
    Detector,
    Disposition,
    Envelope,
    Finding,
    Grant,
    GrantKind,
    Message,
    OnFinding,
    Policy,
    Publication,
    Reason,
    Recipient,
    Register,
    State,
    Unreadable,
)
from gateway.policy import decide
from tests.filed import LEAD, OUTSIDER, PLANNED

PRA, QA = GrantKind.PRE_RELEASE, GrantKind.PRODUCTION
ENTRY = Publication("cla-2018", "Children looked after", PLANNED, LEAD)
OPEN = PLANNED - timedelta(hours=2)
FILE = Finding("registered-file", Detector.FILE, "2/1", "cla-2018")
ANN = "annette@policy.example"
HOLD, EMPTY = Policy(), Message()


def register(*grants: Grant, entry: Publication = ENTRY, **more: object) -> Register:
    """A register of one publication with these grants."""
    held = {grant.address: (grant,) for grant in grants}
    return Register(1, {entry.id: entry}, {entry.id: held}, {}, **more)  # type: ignore[arg-type]


def told(
    known: Register,
    *recipients: str,
    now: datetime = OPEN,
    policy: Policy = HOLD,
    finding: Finding = FILE,
    sender: str = LEAD,
    visible: frozenset[str] = frozenset({"cla-2018"}),
    message: Message = EMPTY,
) -> Facts:
    """What somebody reads about a mail with one finding."""
    envelope = Envelope(sender, tuple(map(Recipient, recipients)))
    decision = decide(envelope, (finding,), known, policy, now)
    attachments = (Attachment("2", ("Tables.xlsx",), "application/x", 1),)
    look = Look(now, ZoneInfo("Europe/London"))
    return facts(decision, message, Sight(known, visible, {"registered-file": "A file."}, attachments, look))


def notes(found: Facts) -> str:
    """The notes of the only recipient."""
    (only,) = found.people
    return " ".join(only.notes)


@pytest.mark.parametrize(
    ("grant", "now", "words"),
    [
        (None, OPEN, "Not on the list for “Children looked after”."),
        (Grant(ANN, PRA), PLANNED - timedelta(days=3), "not before Tuesday 27 March 2018 09:30 BST"),
        (
            Grant(ANN, QA, starts_at=PLANNED - timedelta(hours=1)),
            OPEN,
            "not before Wednesday 28 March 2018 08:30 BST",
        ),
        (Grant(ANN, QA, ends_at=PLANNED - timedelta(hours=9)), OPEN, "but no longer"),
    ],
)
def test_why_a_person_would_not_get_it(grant: Grant | None, now: datetime, words: str) -> None:
    """Who is not listed, not yet or no longer, is told apart."""
    known = register(*([grant] if grant else []))
    found = told(known, ANN, now=now)
    assert ("Would be held", True) == (found.people[0].verdict, words in notes(found))


def test_draft_suspension_and_group() -> None:
    """An entry nobody has taken, a suspended person, and a group with unlisted members are said to be that."""
    taken = register(Grant(ANN, QA), entry=replace(ENTRY, state=State.DRAFT))
    assert "nobody has taken that draft yet" in notes(told(taken, ANN))
    suspended = register(Grant(ANN, QA), suspended={ANN: PLANNED})
    assert "Suspended until Wednesday 28 March 2018 09:30 BST." == notes(told(suspended, ANN))
    grouped = register(Grant(ANN, QA), groups={"team@policy.example": (ANN, OUTSIDER)})
    assert "1 of 2 members are not listed" in notes(told(grouped, "team@policy.example"))
    assert f"Looks like {ANN}" in notes(told(register(Grant(ANN, QA)), "anette@policy.example"))


def test_headings() -> None:
    """The heading says for how many it would be held, refused, or only recorded."""
    known = register(Grant(ANN, QA))
    assert "It would be held for 1 of 2" == told(known, ANN, OUTSIDER).heading
    assert "It would be held for everybody" == told(known, OUTSIDER).heading
    assert "Everybody would get it" == told(known, ANN).heading
    refused = told(known, ANN, OUTSIDER, policy=Policy(on_finding=OnFinding.REJECT))
    assert ("It would be refused for everybody", "Would be refused") == (
        refused.heading,
        refused.people[0].verdict,
    )
    watched = told(known, OUTSIDER, policy=Policy(on_finding=OnFinding.MONITOR))
    assert ("It would be sent, and recorded", "orange") == (watched.heading, watched.people[0].colour)


def test_places_are_named_as_the_writer_knows_them() -> None:
    """A file by its name and what is inside it by its path; text and headers by what they are."""
    unread = Message(unreadable=(Unreadable("2/1", Reason.ENCRYPTED), Unreadable("2/1", Reason.ENCRYPTED)))
    found = told(register(), OUTSIDER, message=unread)
    assert (
        ("A file. It points to “Children looked after”.", ("Tables.xlsx, part 1 inside",)),
    ) == found.found
    assert ("Tables.xlsx, part 1 inside: it is encrypted",) == found.unread
    sight = Sight(register(), frozenset(), {}, (), Look(OPEN, ZoneInfo("UTC")))
    assert ["the subject or another header line", "the text (part 1)"] == [
        place(path, sight) for path in ("3/header", "1")
    ]


def test_others_publications_and_the_sender() -> None:
    """A publication that is not theirs to see goes by its id; a sender who is not listed is told."""
    found = told(register(Grant(ANN, PRA)), ANN, now=PLANNED - timedelta(days=3), visible=frozenset())
    assert "Not on the list for another publication (cla-2018)." == notes(found)
    assert "Children" not in str(found)
    assert "already" in told(register(), OUTSIDER, sender=OUTSIDER).sender[0]
    unknown = replace(FILE, publication=None, asks=Disposition.HOLD)
    assert "a publication that nobody here has registered" in notes(
        told(register(), OUTSIDER, finding=unknown)
    )


def test_whole_mail_waits() -> None:
    """Who is listed and waits with the others is told why."""
    known = register(Grant(ANN, QA))
    found = told(known, ANN, OUTSIDER, policy=Policy(on_finding=OnFinding.REJECT))
    assert "others who are not would get the same mail" in " ".join(found.people[0].notes)
    assert datetime(2018, 3, 28, 8, 30, tzinfo=UTC) == PLANNED
