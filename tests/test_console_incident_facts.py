"""An incident in words, for every kind of recipient and for whoever looks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.console.incident_facts import Look, facts, only_unreadable, version
from gateway.detectors.rule import LONDON
from gateway.incident import Addressee, Concern, Consent, Incident, Standing, Verb
from gateway.model import Detector, Finding, Membership, Reason
from tests.filed import DEPUTY, LEAD, LISTED, NOW, OUTSIDER, PLANNED, SENDER, example

LOOK = Look(NOW, LONDON, whys={"embargo-banner": "It is marked."}, fallback=("head@stats.example",))
FIRST = Concern("cla-2018", "Children looked after", PLANNED, LEAD)
SECOND = Concern("exams", "Exam results", PLANNED, "other@stats.example")


def held(*consents: Consent, closed: tuple[str | None, ...] = ("cla-2018",), **more: object) -> Addressee:
    """A recipient who waits, and what has been said."""
    return Addressee(OUTSIDER, Standing.HELD, ineligible_for=closed, consents=consents, **more)  # type: ignore[arg-type]


def said(key: str | None, verb: Verb, by: str = LEAD) -> Consent:
    """A lead's word."""
    return Consent(key, verb, by, NOW)


def of_two(*recipients: Addressee) -> Incident:
    """An incident of two publications."""
    return example(recipients=recipients, publications=("cla-2018", "exams"), concerns=(FIRST, SECOND))


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (held(), "Waiting. Not sent."),
        (Addressee(OUTSIDER, Standing.RELEASING), "Being sent now"),
        (Addressee(OUTSIDER, Standing.RELAYED), "Sent when the mail came"),
        (Addressee(OUTSIDER, Standing.OBSERVED), "Sent: nothing is held back at present, only recorded"),
        (Addressee(OUTSIDER, Standing.REJECTED), "Refused when it came"),
        (Addressee(OUTSIDER, Standing.REJECTED, last_code="550 5.1.1"), "Could not be delivered"),
        (
            Addressee(
                OUTSIDER,
                Standing.RELEASED,
                without_grant=True,
                decided_by=DEPUTY,
                decided_at=NOW,
                reason="so\nthat",
            ),
            f"Sent, without access: decided by {DEPUTY}, 11:39 today. Reason: sothat",
        ),
        (
            Addressee(OUTSIDER, Standing.DISCARDED, decided_by="gateway", decided_at=NOW),
            "Not sent: decided by the gateway, 11:39 today",
        ),
    ],
)
def test_each_state_has_its_words(one: Addressee, words: str) -> None:
    """What has become of the mail for a recipient is said in words, with who decided, when and why."""
    made = facts(example(recipients=(one,)), LOOK)
    assert [words] == [person.state for person in (*made.closed, *made.open)]


@pytest.mark.parametrize(
    ("recipients", "words"),
    [
        ((held(),), "No. Nobody has got this mail."),
        (
            (held(), Addressee(LISTED, Standing.RELAYED)),
            "Yes, to 1 of 2 recipients, who are on the access list.",
        ),
        (
            (held(), Addressee(LISTED, Standing.RELEASED, ineligible_for=("cla-2018",))),
            "Yes, to 1 of 2 recipients; 1 of these not on the access list.",
        ),
    ],
)
def test_it_is_said_what_was_sent_already(recipients: tuple[Addressee, ...], words: str) -> None:
    """Whether anybody has the mail is the first question of a lead."""
    assert words == facts(example(recipients=recipients), LOOK).sent


def test_a_group_and_a_look_alike_are_pointed_out() -> None:
    """How many of a group are not listed, and whom an address looks like."""
    odd = held(group=Membership(41, 3), resembles=LISTED)
    assert (
        f"Looks like {LISTED}, who is on the list. A slip of the keyboard?",
        "A group: 3 of 41 members not listed.",
    ) == facts(example(recipients=(odd,)), LOOK).closed[0].notes


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "On the access list."),
        ({"sender_ineligible_for": ("cla-2018",)}, "Not on the access list of Children looked after."),
        ({"sender": None}, ""),
        ({"concerns": (), "publications": (None,)}, ""),
    ],
)
def test_the_sender_is_listed_or_not(changes: dict[str, object], words: str) -> None:
    """A sender without access had the material already; of an unknown publication nothing is known."""
    note = facts(example(**changes), LOOK).sender_note
    assert note.startswith(words)
    assert bool(words) == bool(note)


def test_a_place_that_could_not_be_read_says_why() -> None:
    """What was found is the rule's sentence, once, with every place; what could not be read with its reason."""
    locked = Finding("unreadable-content", Detector.UNREADABLE, "2", "cla-2018", reason=Reason.ENCRYPTED)
    banner = Finding("embargo-banner", Detector.BANNER, "header", "cla-2018")
    incident = example(findings=(banner, replace(banner, part="1/1"), banner, locked))
    assert (
        ("It is marked.", ("in its subject or another header line", "in part 1/1")),
        ("Rule unreadable-content.", ("in part 2: it is encrypted",)),
    ) == facts(incident, LOOK).found
    assert (False, True) == (only_unreadable(incident), only_unreadable(example(findings=(locked,))))


def test_an_operator_sees_no_address() -> None:
    """Without the right to see addresses nothing on the page is one."""
    look = replace(LOOK, addresses=False, next_asked=((NOW, (DEPUTY,)),))
    one = held(said("cla-2018", Verb.RELEASE), resembles=LISTED, closed=("cla-2018", "exams"))
    decided = Addressee(LISTED, Standing.RELEASED, decided_by=LEAD, decided_at=NOW, reason=f"for {LISTED}")
    assert "@" not in str(facts(of_two(one, decided), look))


def test_the_one_who_looks_is_you() -> None:
    """Their own address is marked as theirs."""
    assert f"{SENDER} (you)" == facts(example(), replace(LOOK, me=(SENDER,))).sender


CASES = {
    "silence": ((held(closed=("cla-2018", "exams")),), (), False),
    "one has agreed": (
        (held(said("cla-2018", Verb.RELEASE), closed=("cla-2018", "exams")),),
        ("exams",),
        False,
    ),
    "one plans": ((held(said("exams", Verb.SEND), closed=("cla-2018", "exams")),), ("cla-2018",), False),
    "both have spoken": (
        (held(said("cla-2018", Verb.RELEASE), said("exams", Verb.DROP), closed=("cla-2018", "exams")),),
        (),
        True,
    ),
    "one of two recipients": ((held(said("exams", Verb.SEND), closed=("exams",)), held()), (), False),
    "who is on the list waits for both": ((held(said("exams", Verb.SEND), closed=()),), ("cla-2018",), False),
}


@pytest.mark.parametrize(("recipients", "missing", "planned"), CASES.values(), ids=CASES)
def test_it_is_said_whose_word_is_missing(
    recipients: tuple[Addressee, ...], missing: tuple[str, ...], planned: bool
) -> None:
    """Once somebody has spoken the page names the publications, and who answers for them, that have not."""
    titles = {"cla-2018": f"Children looked after: {LEAD}", "exams": "Exam results: other@stats.example"}
    made = facts(of_two(*recipients), replace(LOOK, next_asked=((NOW, (DEPUTY,)),)))
    assert (tuple(titles[key] for key in missing), planned) == (made.missing, made.planned)
    assert planned is not bool(made.next_asked)


def test_what_is_public_needs_nobodys_word() -> None:
    """A publication that is live is not waited for."""
    one = held(said("cla-2018", Verb.SEND), closed=("cla-2018", "exams"))
    assert () == facts(of_two(one), replace(LOOK, public=("exams",))).missing


def test_what_was_said_is_summed_up() -> None:
    """One line for each person, publication and word, with the number of recipients."""
    word = said("cla-2018", Verb.SEND)
    line = f"{LEAD} decided to send it when it is published, for Children looked after (2 of 2 recipients, 11:39 today)"
    assert (line,) == facts(of_two(held(word), held(word)), LOOK).said


@given(st.sampled_from(Standing), st.booleans())
def test_a_version_changes_with_decisions_only(state: Standing, speaks: bool) -> None:
    """Progress of those who do not wait changes no form; any word or decision about those who do changes it."""
    before = example(recipients=(held(), Addressee(LISTED, Standing.RELEASING)))
    moved = replace(before, recipients=(held(), Addressee(LISTED, state)), escalation=2)
    assert (state is Standing.HELD) == (version(before) != version(moved))
    words = (said("cla-2018", Verb.SEND),) if speaks else ()
    assert speaks == (
        version(before) != version(replace(before, recipients=(held(*words), before.recipients[1])))
    )


def test_times_of_another_day_are_written_out() -> None:
    """Only of today the hour is enough."""
    late = replace(LOOK, now=NOW + timedelta(days=1))
    assert ("11:39 today", "Monday 26 March 2018 11:39 BST") == (LOOK.time(NOW), late.time(NOW))


def test_who_sees_no_addresses_sees_no_titles() -> None:
    """To an operator a publication is its id, on the incident's page as on every other."""
    told = repr(
        facts(
            of_two(held(said("exams", Verb.SEND), closed=("cla-2018", "exams"))),
            replace(LOOK, addresses=False),
        )
    )
    assert "Children" not in told
    assert "Exam results" not in told
    assert "cla-2018" in told
