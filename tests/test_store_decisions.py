"""Decisions about held mail: whose word is needed, in which order, and what is on record afterwards."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from gateway.incident import Verb
from gateway.model import GrantKind, State
from gateway.store import NotDone, audit, consents, decisions, grants, publications
from gateway.store.database import Database
from gateway.store.decisions import Decided, NotHeld, NotTheirs
from gateway.store.keys import Keys
from gateway.store.tables import ALIASES, AUDIT, CONSENTS, GROUP_MEMBERS, LETTERS, SUSPENSIONS
from tests.filed import LISTED, MINUTE, NOW, OUTSIDER, PLANNED, SECRET, SENDER
from tests.held import Held, held_store

A, B = "anna.lead@stats.example", "ben.lead@stats.example"


def nobody(_publication: str, _address: str) -> bool:
    """Nobody holds a grant."""
    return False


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    """A store that these tests share: each makes publications and mails of its own."""
    with held_store(tmp_path_factory.mktemp("held")) as made:
        yield made


def release(held: Held, ref: str, *keys: str | None, actor: str = A) -> Decided:
    """Somebody's consent for these publications (none given: for all)."""
    behalf = frozenset(keys) if keys else None
    return decisions.release(held.database, ref, None, "asked", actor, NOW, nobody, on_behalf=behalf)


def test_both_leads(held: Held) -> None:
    """A mail of two publications leaves with the second consent, and not before; each says whom it waits for."""
    one, two = held.publication(), held.publication()
    ref = held.mail({OUTSIDER: (one, two)})

    first = release(held, ref, one)

    assert Decided(ref, (OUTSIDER,), waiting_for=(two,)) == first
    assert {OUTSIDER: "held"} == held.state(ref)
    assert (None, None) == (
        held.incident(ref).recipients[0].decided_at,
        held.incident(ref).recipients[0].decided_by,
    )
    assert (two,) == consents.awaited(held.database, ref, NOW)

    second = release(held, ref, two, actor=B)

    assert Decided(ref, (OUTSIDER,), (OUTSIDER,), leaving=(OUTSIDER,)) == second
    assert {OUTSIDER: "releasing"} == held.state(ref)
    (person,) = held.incident(ref).recipients
    assert (B, NOW, True) == (person.decided_by, person.decided_at, person.without_grant)
    assert [(one, "release", A), (two, "release", B)] == [
        (said.publication, said.verb, said.given_by) for said in person.consents
    ]


def test_only_what_is_closed_needs_a_word(held: Held) -> None:
    """Each recipient needs the word for what is closed to them; one who waits with the others needs all of them."""
    one, two = held.publication(), held.publication()
    ref = held.mail({"a@policy.example": (one,), "b@policy.example": (two,), LISTED: ()})

    done = release(held, ref, one)

    assert ("a@policy.example", LISTED) == done.recipients
    assert ("a@policy.example",) == done.leaving
    assert {"a@policy.example": "releasing", "b@policy.example": "held", LISTED: "held"} == held.state(ref)
    release(held, ref, two, actor=B)
    assert {"releasing"} == set(held.state(ref).values())


def test_a_grant_is_as_good_as_a_word(held: Held) -> None:
    """For a publication that the person holds a valid grant for, nobody needs to consent."""
    one, two = held.publication(), held.publication()
    ref = held.mail({OUTSIDER: (one, two)})

    done = decisions.release(
        held.database, ref, None, "", A, NOW, lambda key, _: key == two, on_behalf=frozenset({one})
    )

    assert ((OUTSIDER,), ()) == (done.leaving, done.waiting_for)
    assert (OUTSIDER,) == done.without_grant


@pytest.mark.parametrize(
    ("change", "leaves"),
    [
        pytest.param(publications.go_live, True, id="live"),
        pytest.param(publications.withdraw, False, id="withdrawn"),
    ],
)
def test_what_is_public_needs_no_word(held: Held, change: Callable[..., object], leaves: bool) -> None:
    """A publication that is confirmed to be live needs no consent; a withdrawn one does."""
    one, two = held.publication(), held.publication()
    ref = held.mail({OUTSIDER: (one, two)})
    change(held.database, two, B, NOW)

    assert leaves == bool(release(held, ref, one).leaving)


def test_the_clock_alone_is_no_consent(held: Held) -> None:
    """A planned time that has passed ends matching, but nobody has said that the publication is out."""
    one, two = held.publication(), held.publication(planned=NOW + MINUTE)
    ref = held.mail({OUTSIDER: (one, two)})

    done = decisions.release(
        held.database, ref, None, "", A, NOW + 2 * MINUTE, lambda *_: True, on_behalf=frozenset({one})
    )

    assert ((), (two,)) == (done.leaving, done.waiting_for)


def test_somebody_else_s(held: Held) -> None:
    """Whoever speaks for no publication of a recipient decides nothing about them, and is told who does."""
    one, two = held.publication(), held.publication()
    ref = held.mail({OUTSIDER: (one,)})
    database, none = held.database, frozenset[str | None]()
    calls: list[Callable[[], object]] = [
        lambda: release(held, ref, two),
        lambda: release(held, ref, None),
        lambda: decisions.discard(database, ref, "", A, NOW, on_behalf=frozenset({two})),
        lambda: decisions.false_alarm(database, ref, "", A, NOW, on_behalf=none),
        lambda: decisions.at_live(database, ref, None, Verb.SEND, "", A, NOW, on_behalf=none),
    ]
    for call in calls:
        with pytest.raises(NotTheirs, match=f"{OUTSIDER}: somebody else decides, for {one}"):
            call()
    assert [] == held.rows(CONSENTS, ref)


def test_said_already(held: Held) -> None:
    """A second consent for the same publication says who gave the first and when; another word may take its place."""
    one, two = held.publication(), held.publication()
    ref = held.mail({OUTSIDER: (one, two)})
    release(held, ref, one)

    with pytest.raises(
        NotHeld, match=f"decided already: release to {OUTSIDER} for {one} by {A} at 2018-03-26 10:39 UTC"
    ):
        release(held, ref, one, actor=B)
    decisions.at_live(held.database, ref, None, Verb.DROP, "", A, NOW, on_behalf=frozenset({one}))
    release(held, ref, one)
    release(held, ref, two)

    assert {OUTSIDER: "releasing"} == held.state(ref)
    with pytest.raises(NotHeld, match=f"{OUTSIDER} is releasing by {A} at 2018-03-26 10:39 UTC"):
        release(held, ref, two)


def test_one_refusal_is_enough(held: Held) -> None:
    """Who refuses wins over who has consented, for what is still held; the record says over whom."""
    one, two = held.publication(), held.publication()
    ref = held.mail({"a@policy.example": (one, two), "b@policy.example": (one,)})
    release(held, ref, one)

    done = decisions.discard(held.database, ref, "no", B, NOW, on_behalf=frozenset({two}))

    assert ("a@policy.example",) == done.recipients
    assert {"a@policy.example": "discarded", "b@policy.example": "releasing"} == held.state(ref)
    (entry,) = [row for row in held.rows(AUDIT, ref, "subject") if row["action"] == "incident discard"]
    assert [{"publication": one, "verb": "release", "by": A}] == entry["facts"]["against"]


def test_a_refusal_concerns_one_s_own(held: Held) -> None:
    """A lead refuses for the recipients to whom their publication is closed; the others stay held."""
    one, two = held.publication(), held.publication()
    ref = held.mail({"a@policy.example": (one,), "b@policy.example": (two,)})

    decisions.discard(held.database, ref, "", A, NOW, on_behalf=frozenset({one}))

    assert {"a@policy.example": "discarded", "b@policy.example": "held"} == held.state(ref)


def test_the_message_of_a_refusal(held: Held) -> None:
    """The letter to the sender has what the lead wrote, without control characters; the audit log has not."""
    ref = held.mail({OUTSIDER: (held.publication(),)})

    decisions.discard(
        held.database, ref, "", A, NOW, message="  Ask\x1b[31m the desk.\r\n\r\nThanks\u202e \n"
    )

    (letter,) = [row for row in held.rows(LETTERS, ref) if row["kind"] == "discarded"]
    assert {"recipients": [OUTSIDER], "message": "Ask[31m the desk.\n\nThanks"} == letter["facts"]
    assert "Thanks" not in str(held.rows(AUDIT, ref, "subject"))


def test_a_message_that_is_too_long(held: Held) -> None:
    """A message over the limit refuses nothing: half of it might say the opposite."""
    ref = held.mail({OUTSIDER: (held.publication(),)})

    with pytest.raises(NotDone, match="2001 characters, of at most 2000"):
        decisions.discard(held.database, ref, "", A, NOW, message="x" * 2001)

    assert {OUTSIDER: "held"} == held.state(ref)


KEYS = st.sampled_from([("one",), ("two",), ("three",), ("one", "two"), ("two", "three")])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    closed=st.sets(st.sampled_from(["one", "two", "three"]), min_size=1),
    given_=st.lists(st.tuples(KEYS, st.sampled_from(Verb)), max_size=6),
)
def test_no_order_lets_anybody_leave_too_early(
    held: Held, closed: set[str], given_: list[tuple[tuple[str, ...], Verb]]
) -> None:
    """Law: whatever is said in whatever order, a recipient leaves exactly when the last word for each is a release."""
    names = _three(held)
    ref = held.mail({OUTSIDER: tuple(names[key] for key in sorted(closed))})
    last: dict[str, Verb] = {}
    for keys, verb in given_:
        behalf = frozenset(names[key] for key in keys)
        try:
            if verb is Verb.RELEASE:
                decisions.release(held.database, ref, None, "", A, NOW, nobody, on_behalf=behalf)
            else:
                decisions.at_live(held.database, ref, None, verb, "", A, NOW, on_behalf=behalf)
        except (NotHeld, NotTheirs):
            continue
        last |= dict.fromkeys(closed.intersection(keys), verb)
        free = closed == {key for key, word in last.items() if word is Verb.RELEASE}
        assert {OUTSIDER: "releasing" if free else "held"} == held.state(ref)
        if free:
            break


def _three(held: Held) -> dict[str, str]:
    known = {one.title: one.id for one in publications.listed(held.database)}
    for title in ("one", "two", "three"):
        if title not in known:
            known[title] = held.publication(title=title)
    return known


# Access together with a release.


def admit(
    held: Held,
    ref: str,
    *keys: str,
    kind: GrantKind = GrantKind.PRODUCTION,
    reason: str = "quality assurance",
) -> Decided:
    """Access and release by somebody who speaks for these publications."""
    behalf = frozenset[str | None](keys)
    signed = date(2018, 3, 20)
    return decisions.grant_and_release(
        held.database, ref, None, kind, reason, signed, A, NOW, nobody, on_behalf=behalf
    )


def test_grant_and_release(held: Held) -> None:
    """Each person gets a grant by hand for each publication of the lead's; it counts at once, and the epoch says so."""
    one, two = held.publication(), held.publication()
    ref = held.mail({"New.Person@policy.example": (one, two)})
    epoch = held.database.epoch()

    done = admit(held, ref, one)

    assert Decided(ref, ("New.Person@policy.example",), waiting_for=(two,)) == done
    (given_,) = [g for g in grants.listed(held.database, one) if g.origin == "hand"]
    assert ("new.person@policy.example", GrantKind.PRODUCTION, "quality assurance", date(2018, 3, 20)) == (
        given_.address,
        given_.kind,
        given_.reason,
        given_.declared_on,
    )
    assert not [g for g in grants.listed(held.database, two) if g.origin == "hand"]
    assert epoch < held.database.epoch()
    done = admit(held, ref, two)
    assert (("New.Person@policy.example",), ()) == (done.leaving, done.without_grant)


def test_a_grant_that_begins_later(held: Held) -> None:
    """Pre-release access before the window opens is no valid grant: the release is recorded as one without."""
    one = held.publication(opens_at=PLANNED - timedelta(hours=1))
    ref = held.mail({OUTSIDER: (one,)})

    done = admit(held, ref, one, kind=GrantKind.PRE_RELEASE)

    assert ((OUTSIDER,), (OUTSIDER,)) == (done.leaving, done.without_grant)


def test_an_alias_is_the_person(held: Held) -> None:
    """Access is given to the person whom an address stands for."""
    one = held.publication()
    ref = held.mail({"second.name@policy.example": (one,)})
    with held.database.write() as connection:
        row = {"address": "second.name@policy.example", "person": "first.name@policy.example"}
        connection.execute(insert(ALIASES).values(**row))

    admit(held, ref, one)

    assert "first.name@policy.example" in [g.address for g in grants.listed(held.database, one)]


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        pytest.param("team@policy.example", "is a group", id="group"),
        pytest.param("away@policy.example", "is suspended until 2018-04-01", id="suspended"),
        pytest.param("who@policy..example", "can be on no list", id="no-canonical-form"),
    ],
)
def test_nobody_to_give_access_to(held: Held, address: str, problem: str) -> None:
    """A group, a suspended person or an address that is on no list gets no grant, and then nobody leaves."""
    one = held.publication()
    ref = held.mail({OUTSIDER: (one,), address: (one,)})
    members = {"address": "team@policy.example", "kind": "group", "member": LISTED}
    away = {"person": "away@policy.example", "until": NOW + timedelta(days=6), "reason": ""}
    with held.database.write() as connection:
        if "group" in problem:
            connection.execute(insert(GROUP_MEMBERS).values(**members))
        if "suspended" in problem:
            connection.execute(insert(SUSPENSIONS).values(**away, suspended_by=A, suspended_at=NOW))

    with pytest.raises(NotDone, match=problem):
        admit(held, ref, one)

    assert {"held"} == set(held.state(ref).values())
    assert not [g for g in grants.listed(held.database, one) if g.origin == "hand"]


def test_no_grant_for_what_nobody_registered(held: Held) -> None:
    """For an unregistered publication there is no access to give; a reason is needed in any case."""
    ref = held.mail({OUTSIDER: (None,)})

    with pytest.raises(NotDone, match="nobody registered the publication"):
        decisions.grant_and_release(
            held.database, ref, None, GrantKind.PRODUCTION, "why", None, A, NOW, nobody
        )
    with pytest.raises(NotDone, match="needs a reason"):
        admit(held, ref, "x", reason=" ")


# At the same time.


def test_two_leads_at_once(store: tuple[Database, Keys]) -> None:
    """Consents of both leads, access given elsewhere, a publication going live, all at once: nothing is stuck."""
    held = Held(*store)
    one, two, three = held.publication(), held.publication(), held.publication(at_live="send")
    ref, other = held.mail({OUTSIDER: (one, two)}), held.mail({OUTSIDER: (three,), LISTED: (one,)})
    work: list[Callable[[], object]] = [
        lambda: release(held, ref, one),
        lambda: release(held, ref, two, actor=B),
        lambda: publications.go_live(held.database, three, A, NOW),
        lambda: decisions.grant_and_release(
            held.database, other, [LISTED], GrantKind.PRODUCTION, "why", None, A, NOW, nobody
        ),
    ]
    gate = threading.Barrier(len(work))

    def do(call: Callable[[], object]) -> None:
        gate.wait()
        call()

    with ThreadPoolExecutor(len(work)) as pool:
        list(pool.map(do, work))

    assert {OUTSIDER: "releasing"} == held.state(ref)
    assert {OUTSIDER: "releasing", LISTED: "releasing"} == held.state(other)
    assert [] == audit.verify(held.database)


def test_release_against_refusal(store: tuple[Database, Keys]) -> None:
    """Of a last consent and a refusal at the same time exactly one wins, and the other is told."""
    held = Held(*store)
    one, two = held.publication(), held.publication()
    for _ in range(3):
        ref = held.mail({OUTSIDER: (one, two)})
        release(held, ref, one)
        gate = threading.Barrier(2)

        def decide(refuses: bool, ref: str = ref, gate: threading.Barrier = gate) -> str:
            gate.wait()
            try:
                if refuses:
                    decisions.discard(held.database, ref, "", A, NOW, on_behalf=frozenset({one}))
                else:
                    release(held, ref, two, actor=B)
            except NotHeld:
                return "not held"
            return "discarded" if refuses else "releasing"

        with ThreadPoolExecutor(2) as pool:
            answers = set(pool.map(decide, (True, False)))
        assert {"not held", held.state(ref)[OUTSIDER]} == answers


# What is written down.


def test_no_content_on_record(held: Held) -> None:
    """Neither consents nor letters nor the audit log hold a word of any mail, whatever was decided about it."""
    for table in (AUDIT, LETTERS, CONSENTS):
        written = str(held.rows(table))
        assert SECRET not in written
        assert "72,670" not in written
    assert [] == audit.verify(held.database)


def test_a_draft_gives_access_to_nobody_yet(held: Held) -> None:
    """A grant for a draft is not valid before the draft is taken."""
    one = held.publication(state=State.DRAFT)
    ref = held.mail({OUTSIDER: (one,)})

    assert (OUTSIDER,) == admit(held, ref, one).without_grant
    assert SENDER == held.incident(ref).sender
