"""Plans for publication: what waits for it, what happens then, and who is asked meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from gateway.incident import Verb
from gateway.model import GrantKind
from gateway.store import NotDone, audit, decisions, escalations, publications
from gateway.store.decisions import Decided, NotHeld
from gateway.store.escalations import Patience
from gateway.store.tables import AUDIT, CONTENTS, LETTERS
from tests.filed import FALLBACK, LISTED, MINUTE, NOW, OUTSIDER
from tests.held import Held, held_store

A, B = "anna.lead@stats.example", "ben.lead@stats.example"
WORDS = (None, *Verb)
LATER = NOW + timedelta(days=2)
PATIENCE = Patience(10 * MINUTE, 30 * MINUTE, FALLBACK)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    """A store that these tests share."""
    with held_store(tmp_path_factory.mktemp("held")) as made:
        yield made


def nobody(_publication: str, _address: str) -> bool:
    """Nobody holds a grant."""
    return False


def say(held: Held, ref: str, key: str, verb: Verb | None, by: str = A) -> None:
    """One lead's word on everybody in a mail."""
    behalf = frozenset[str | None]({key})
    if verb is Verb.RELEASE:
        decisions.release(held.database, ref, None, "why", by, NOW, nobody, on_behalf=behalf)
    elif verb is not None:
        decisions.at_live(held.database, ref, None, verb, "why", by, NOW, on_behalf=behalf)


def outcomes(first: Verb | None, second: Verb | None) -> tuple[str, str, str]:
    """The state after both leads' words, after the first publication is live, and after both are."""
    at_once = "releasing" if (first, second) == (Verb.RELEASE, Verb.RELEASE) else "held"
    waits = "releasing" if second is Verb.RELEASE else "held"
    one = "discarded" if first is Verb.DROP else waits
    asked_for = "releasing" if first or second else "held"
    both = "discarded" if Verb.DROP in (first, second) else asked_for
    return at_once, one, one if one != "held" else both


@pytest.mark.parametrize("swapped", [False, True], ids=["in-order", "the-other-first"])
def test_every_pair_of_words(held: Held, swapped: bool) -> None:
    """The whole table: two publications, each lead silent or with one of three words, before and after each is live.

    Which of them is published first makes no other difference.
    """
    one, two = held.publication(), held.publication()
    pairs = [(first, second) for first in WORDS for second in WORDS]
    refs = {pair: held.mail({OUTSIDER: (two, one) if swapped else (one, two)}) for pair in pairs}
    for (first, second), ref in refs.items():
        for key, verb, by in (
            ((two, second, B), (one, first, A)) if swapped else ((one, first, A), (two, second, B))
        ):
            say(held, ref, key, verb, by)

    def states() -> dict[tuple[Verb | None, Verb | None], str]:
        return {pair: held.state(ref)[OUTSIDER] for pair, ref in refs.items()}

    def expected(step: int) -> dict[tuple[Verb | None, Verb | None], str]:
        return {(a, b): outcomes(*((b, a) if swapped else (a, b)))[step] for a, b in pairs}

    assert expected(0) == states()
    for step, key in enumerate((two, one) if swapped else (one, two), 1):
        publications.go_live(held.database, key, A, LATER)
        assert expected(step) == states()


def test_sent_when_live(held: Held) -> None:
    """A plan tells what it waits for; once live the mail goes in the name of who planned it, and needs no grant."""
    one = held.publication()
    ref = held.mail({OUTSIDER: (one,), LISTED: ()})

    done = decisions.at_live(held.database, ref, None, Verb.SEND, "as agreed", A, NOW)

    assert Decided(ref, (OUTSIDER, LISTED), until_live=(one,)) == done
    assert {"held"} == set(held.state(ref).values())
    assert held.incident(ref).recipients[0].decided_at is None
    publications.go_live(held.database, one, "somebody else", LATER)
    assert [("releasing", A, "as agreed", LATER, False)] * 2 == [
        (r.standing, r.decided_by, r.reason, r.decided_at, r.without_grant)
        for r in held.incident(ref).recipients
    ]
    (entry,) = [row for row in held.rows(AUDIT, ref, "subject") if row["action"] == "incident release"]
    assert ("gateway", one, A) == (entry["actor"], entry["facts"]["live"], entry["facts"]["planned_by"])


def test_dropped_when_live(held: Held) -> None:
    """A mail that is dropped is deleted, and its sender is told."""
    one = held.publication()
    ref = held.mail({OUTSIDER: (one,)})
    say(held, ref, one, Verb.DROP)

    publications.go_live(held.database, one, A, LATER)

    assert {OUTSIDER: "discarded"} == held.state(ref)
    assert [] == held.rows(CONTENTS, ref)
    assert [[OUTSIDER]] == [
        row["facts"]["recipients"] for row in held.rows(LETTERS, ref) if row["kind"] == "discarded"
    ]


@pytest.mark.parametrize(
    ("at_live", "word", "expected"),
    [
        ("keep", None, "held"),
        ("send", None, "releasing"),
        ("send", Verb.DROP, "discarded"),
        ("keep", Verb.SEND, "releasing"),
    ],
)
def test_the_publication_s_own_plan(held: Held, at_live: str, word: Verb | None, expected: str) -> None:
    """`at_live` of the publication counts for whoever has no other word; without it a person decides."""
    one = held.publication(at_live=at_live)
    ref = held.mail({OUTSIDER: (one,)})
    say(held, ref, one, word)

    publications.go_live(held.database, one, A, LATER)

    assert {OUTSIDER: expected} == held.state(ref)
    assert ("gateway" if word is None else A) == (held.incident(ref).recipients[0].decided_by or "gateway")


def test_a_plan_is_no_promise(held: Held) -> None:
    """Until then a planned mail can still be released or refused, and what was decided is not decided again."""
    one = held.publication()
    sent, refused = held.mail({OUTSIDER: (one,)}), held.mail({OUTSIDER: (one,)})
    say(held, sent, one, Verb.DROP)
    say(held, refused, one, Verb.SEND)

    say(held, sent, one, Verb.RELEASE)
    decisions.discard(held.database, refused, "", A, NOW)
    publications.go_live(held.database, one, A, LATER)

    assert ({OUTSIDER: "releasing"}, {OUTSIDER: "discarded"}) == (held.state(sent), held.state(refused))
    assert NOW == held.incident(sent).recipients[0].decided_at


def test_a_grant_given_meanwhile(held: Held) -> None:
    """When the plan is carried out, a publication that the person has access to by then keeps nothing back."""
    one, two = held.publication(), held.publication(planned=LATER + timedelta(days=1))
    ref, other = held.mail({OUTSIDER: (one, two)}), held.mail({OUTSIDER: (two,)})
    say(held, ref, one, Verb.SEND)
    decisions.grant_and_release(
        held.database, other, None, GrantKind.PRODUCTION, "helps now", None, B, NOW, nobody
    )

    publications.go_live(held.database, one, A, LATER)

    assert {OUTSIDER: "releasing"} == held.state(ref)
    assert not held.incident(ref).recipients[0].without_grant


def test_nothing_to_wait_for(held: Held) -> None:
    """What is live, withdrawn or unregistered will not go live: the lead is told why, and nothing is recorded."""
    one, two = held.publication(), held.publication()
    ref = held.mail({OUTSIDER: (one,), LISTED: (two, None)})
    publications.go_live(held.database, one, A, NOW)
    publications.withdraw(held.database, two, A, NOW)

    why = ", ".join(sorted((f"{one} is live", f"{two} is withdrawn")))
    with pytest.raises(NotDone, match=f"an unregistered publication is not registered, {why}"):
        decisions.at_live(held.database, ref, None, Verb.SEND, "", A, NOW)
    with pytest.raises(ValueError, match="wait for publication"):
        decisions.at_live(held.database, ref, None, Verb.RELEASE, "", A, NOW)


def test_withdrawn(held: Held) -> None:
    """Nothing leaves by itself when a publication is withdrawn; planned anew it settles what waits."""
    one = held.publication(at_live="send")
    ref = held.mail({OUTSIDER: (one,)})
    say(held, ref, one, Verb.SEND)

    publications.withdraw(held.database, one, A, NOW)
    assert {OUTSIDER: "held"} == held.state(ref)
    publications.postpone(held.database, one, LATER, A, NOW)
    publications.go_live(held.database, one, A, LATER)
    assert {OUTSIDER: "releasing"} == held.state(ref)


def test_settled_once(held: Held) -> None:
    """Settling again finds nothing left to do."""
    one = held.publication(at_live="send")
    ref = held.mail({OUTSIDER: (one,)})
    publications.go_live(held.database, one, A, LATER)
    before = held.rows(AUDIT)

    with held.database.write() as connection:
        decisions.settle_live(connection, one, LATER)

    assert before == held.rows(AUDIT)
    assert {OUTSIDER: "releasing"} == held.state(ref)
    with pytest.raises(NotHeld):
        say(held, ref, one, Verb.SEND)


def asked(held: Held, ref: str) -> set[int]:
    """The levels that were asked about an incident, an hour after it came."""
    escalations.escalate(held.database, PATIENCE, NOW + timedelta(hours=1))
    return {row["level"] for row in held.rows(LETTERS, ref) if row["kind"] == "alert"}


@pytest.mark.parametrize(
    ("words", "levels"),
    [
        pytest.param((Verb.SEND, Verb.DROP), {0}, id="planned"),
        pytest.param((Verb.SEND, Verb.RELEASE), {0}, id="all-answered"),
        pytest.param((Verb.RELEASE, None), {0, 1, 2}, id="one-is-silent"),
        pytest.param((None, None), {0, 1, 2}, id="nobody-answers"),
    ],
)
def test_whoever_has_answered_is_left_in_peace(
    held: Held, words: tuple[Verb | None, Verb | None], levels: set[int]
) -> None:
    """Deputies and fallback are asked while any lead is silent, and not once each has said something."""
    one, two = held.publication(), held.publication()
    ref = held.mail({OUTSIDER: (one, two)})
    for key, verb in zip((one, two), words, strict=True):
        say(held, ref, key, verb)

    assert levels == asked(held, ref)


def test_a_plan_for_what_is_withdrawn_is_asked_about(held: Held) -> None:
    """A plan that will not come to pass is no answer: the next are asked."""
    one = held.publication()
    ref = held.mail({OUTSIDER: (one,)})
    say(held, ref, one, Verb.SEND)
    assert {0} == asked(held, ref)

    publications.withdraw(held.database, one, A, NOW)

    assert {0, 1, 2} == asked(held, ref)


@pytest.mark.parametrize(("at_live", "expected"), [("send", "releasing"), ("keep", "held")])
def test_published_while_the_mail_was_decided(held: Held, at_live: str, expected: str) -> None:
    """A mail that is recorded just after its publication went live follows the plan too, and nobody is asked."""
    one, two = held.publication(at_live=at_live), held.publication(at_live=at_live)
    for key in (one, two):
        publications.go_live(held.database, key, A, NOW)

    ref = held.mail({OUTSIDER: (one,), LISTED: (one, two)})
    waits = held.mail({OUTSIDER: (one, held.publication())})

    assert {OUTSIDER: expected, LISTED: expected} == held.state(ref)
    assert {OUTSIDER: "held"} == held.state(waits)
    assert expected == held.incident(ref).state
    owed = {row["kind"] for row in held.rows(LETTERS, ref) if row["state"] == "owed"}
    assert (set() if at_live == "send" else {"alert", "notice"}) == owed
    assert [] == audit.verify(held.database)


def test_words_of_an_earlier_edition_do_not_count(held: Held) -> None:
    """What a lead said of a mail that still waits lapses when the publication is reissued; the other lead's counts."""
    one, two = held.publication(), held.publication()
    said, planned = held.mail({OUTSIDER: (one, two)}), held.mail({OUTSIDER: (one, two)})
    decisions.release(held.database, said, None, "", A, NOW, nobody, on_behalf=frozenset({one}))
    say(held, planned, one, Verb.SEND)
    gone = held.mail({OUTSIDER: (one,)})
    decisions.release(held.database, gone, None, "", A, NOW, nobody)
    publications.go_live(held.database, one, A, LATER)
    publications.reissue(held.database, held.keys, one, LATER + timedelta(days=9), None, A, LATER)

    for ref in (said, planned):
        done = decisions.release(held.database, ref, None, "", A, LATER, nobody, on_behalf=frozenset({two}))
        assert ((), (one,)) == (done.leaving, done.waiting_for)
        assert {OUTSIDER: "held"} == held.state(ref)
    assert ["release"] == [said.verb for said in held.incident(gone).recipients[0].consents]
