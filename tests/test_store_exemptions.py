"""False alarms: the mail goes, its evidence is none again for that publication, and nobody was shown what it was."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

import pytest
from sqlalchemy import select

from gateway.detectors import find
from gateway.model import (
    Detector,
    Envelope,
    Finding,
    Leaf,
    Message,
    Part,
    PartKind,
    Policy,
    Reason,
    Recipient,
    Register,
    Scope,
    Unreadable,
)
from gateway.policy import decide
from gateway.rules import load, shipped_folder
from gateway.store import NotDone, decisions, exemptions, publications
from gateway.store.register import load_register
from gateway.store.tables import AUDIT, EXEMPTIONS, INCIDENT_FINDINGS
from tests.filed import LEAD, LISTED, NOW, OUTSIDER
from tests.held import Held, held_store

RULES = load(shipped_folder())
BANNER = "RESTRICTED UNTIL PUBLISHED AT 9:30AM ON WEDNESDAY 28 MARCH 2018."
CANARY = "canary72670"
COURSE = (
    f"{BANNER} In this course, {CANARY}, you will learn how such a notice looks and what it asks of you. " * 8
)
FIGURES = (
    f"{BANNER} The figures for this year differ from those of last year in many places, as we show. " * 8
)
TRACE = b"t" * 16


@pytest.fixture
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    """A store of its own: what is exempt in it concerns every mail."""
    with held_store(tmp_path_factory.mktemp("held")) as made:
        yield made


def read(text: str) -> Message:
    """A mail with this text."""
    return Message((Part("header", PartKind.HEADER, "subject: course"), Part("1", PartKind.BODY, text)))


def sure(key: str | None, trace: bytes = TRACE, *candidates: str) -> Finding:
    """A banner of a publication."""
    return Finding("embargo-banner", Detector.BANNER, "1", key, candidates, trace=trace)


def alarm(held: Held, ref: str, *keys: str | None) -> decisions.Decided:
    """Somebody who speaks for these publications (none given: for all) says that it was none."""
    behalf = frozenset(keys) if keys else None
    return decisions.false_alarm(held.database, ref, "a course", LEAD, NOW, on_behalf=behalf)


def register(held: Held) -> Register:
    """The register as workers have it."""
    return load_register(held.database, held.keys)


def test_from_the_mail_to_the_next_one(held: Held) -> None:
    """The same text passes from now on, for everybody; another mail with the same banner is still held."""
    one = held.publication()

    def disposition(text: str) -> str:
        known = register(held)
        findings = find(RULES, read(text), known, NOW)
        return decide(
            Envelope(LISTED, (Recipient(OUTSIDER),)), findings, known, Policy(), NOW
        ).disposition.word

    epoch = held.database.epoch()
    ref = held.mail({OUTSIDER: (one,)}, findings=find(RULES, read(COURSE), register(held), NOW))
    assert "hold" == disposition(COURSE)

    done = alarm(held, ref)

    assert ((OUTSIDER,), (), 1) == (done.leaving, done.without_grant, done.remembered)
    assert {OUTSIDER: "releasing"} == held.state(ref)
    assert "false alarm: a course" == held.incident(ref).recipients[0].reason
    assert epoch < held.database.epoch()
    assert ("relay", "hold") == (disposition(COURSE), disposition(FIGURES))
    assert CANARY not in str([held.rows(AUDIT), held.rows(EXEMPTIONS), held.rows(INCIDENT_FINDINGS)])
    (kept,) = exemptions.listed(held.database)
    assert (one, "banner", ref, LEAD) == (kept.publication, kept.detector, kept.ref, kept.exempted_by)

    exemptions.forget(held.database, kept.id, LEAD, NOW)

    assert "hold" == disposition(COURSE)
    with pytest.raises(NotDone, match="no such exemption"):
        exemptions.forget(held.database, kept.id, LEAD, NOW)


def test_only_for_one_s_own(held: Held) -> None:
    """A lead's false alarm is one for their publication; the other lead still decides, and their evidence counts."""
    one, two = held.publication(), held.publication()
    ref = held.mail(
        {OUTSIDER: (one, two)}, findings=[sure(one), sure(two, b"u" * 16), sure(None, b"v" * 16, one, two)]
    )

    done = alarm(held, ref, one)

    assert ((), (two,), 2) == (done.leaving, done.waiting_for, done.remembered)
    assert {(one, TRACE), (one, b"v" * 16)} == register(held).exempt
    done = alarm(held, ref, two)
    assert ((OUTSIDER,), 2) == (done.leaving, done.remembered)
    assert {(one, TRACE), (one, b"v" * 16), (two, b"u" * 16), (two, b"v" * 16)} == register(held).exempt


def test_nothing_to_remember(held: Held) -> None:
    """Evidence without a trace cannot be remembered: the mail goes, and the answer says so."""
    ref = held.mail({OUTSIDER: (held.publication(),)})

    done = alarm(held, ref)

    assert ((OUTSIDER,), 0) == (done.leaving, done.remembered)
    assert () == exemptions.listed(held.database)


def test_of_an_unknown_publication(held: Held) -> None:
    """For a banner that nobody registered the false alarm is remembered for the unknown publication."""
    ref = held.mail({OUTSIDER: (None,)}, findings=[sure(None)])

    assert 1 == alarm(held, ref, None).remembered
    assert {(None, TRACE)} == register(held).exempt


def test_remembered_once(held: Held) -> None:
    """The same evidence in a second mail is remembered already."""
    one = held.publication()
    refs = [held.mail({OUTSIDER: (one,)}, findings=[sure(one), sure(one)]) for _ in range(2)]

    assert [1, 1] == [alarm(held, ref).remembered for ref in refs]
    assert 1 == len(exemptions.listed(held.database))


def test_it_ends_with_the_embargo(held: Held) -> None:
    """Once a publication is live its exemptions are gone, and what its findings rested on; those of others stay."""
    one, two = held.publication(), held.publication()
    ref = held.mail({OUTSIDER: (one, two)}, findings=[sure(one), sure(two)])
    alarm(held, ref)

    publications.go_live(held.database, one, LEAD, NOW)

    assert [two] == [each.publication for each in exemptions.listed(held.database)]
    with held.database.read() as connection:
        rows = connection.execute(select(INCIDENT_FINDINGS.c.publication, INCIDENT_FINDINGS.c.trace)).all()
    assert {(one, None), (two, TRACE)} == {tuple(row) for row in rows}


def test_an_unreadable_file(held: Held) -> None:
    """An unreadable file that was a false alarm for one publication counts for the sender's next one, then for none."""
    one, two = held.publication(), held.publication()
    message = Message(
        leaves=(Leaf("2", sha256(b"locked").digest(), 6),), unreadable=(Unreadable("2", Reason.ENCRYPTED),)
    )

    def concerned() -> list[str | None]:
        known = register(held)
        findings = find(RULES, message, known, NOW)
        made = decide(Envelope(LEAD, (Recipient(OUTSIDER),)), findings, known, Policy(), NOW)
        # It is recorded with the publication that the policy found for it.
        assert all(finding.trace for finding in made.findings)
        if made.publications:
            ref = held.mail({OUTSIDER: made.publications}, findings=made.findings)
            assert 1 == alarm(held, ref, *made.publications).remembered
        return list(made.publications)

    assert [one] == concerned()
    assert [two] == concerned()
    assert [] == concerned()


def test_a_strangers_locked_file_stays_evidence_for_listed_senders(held: Held) -> None:
    """Of a locked file beside an unregistered banner the false alarm says nothing once a listed person sends it."""
    locked = Message(
        leaves=(Leaf("2", sha256(b"theirs").digest(), 6),), unreadable=(Unreadable("2", Reason.ENCRYPTED),)
    )
    one, known = held.publication(), register(held)
    findings = find(RULES, locked, known, NOW)
    alarm(held, held.mail({OUTSIDER: (None,)}, findings=[*findings, sure(None)]), None)
    known = register(held)

    def decided(sender: str, scope: Scope) -> tuple[str, tuple[str | None, ...]]:
        envelope = Envelope(sender, (Recipient(OUTSIDER),))
        made = decide(envelope, find(RULES, locked, known, NOW), known, Policy(unreadable=scope), NOW)
        return made.disposition.word, made.publications

    assert {(None, findings[0].trace), (None, TRACE)} <= known.exempt
    for scope in (Scope.LISTED, Scope.EVERYONE):
        assert ("hold", (one,)) == decided(LEAD, scope)
        assert ("relay", ()) == decided("stranger@elsewhere.example", scope)
