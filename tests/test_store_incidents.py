"""Incidents in the store: one transaction, resends, and decisions of which exactly one wins."""

from __future__ import annotations

import multiprocessing
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from gateway.model import Disposition, Recipient, Register
from gateway.replies import StoreUnavailable
from gateway.store import audit, decisions, incidents, letters
from gateway.store.database import Database
from gateway.store.decisions import NoSuchIncident, NotAmong, NotHeld, grants_in
from gateway.store.keys import Keys, open_content
from gateway.store.register import load_register
from gateway.store.tables import AUDIT, CONTENTS, INCIDENTS, LETTERS
from tests.filed import (
    CONTENT,
    DEPUTY,
    FALLBACK,
    LEAD,
    LISTED,
    MINUTE,
    NOW,
    OUTSIDER,
    SECRET,
    SENDER,
    file,
    found,
    register_publication,
    standings,
)

Store = tuple[Database, Keys]


def everybody(_publication: str, _address: str) -> bool:
    """A register in which everything is open to everybody."""
    return True


def owed(database: Database) -> set[tuple[str, str]]:
    """Kind and address of each letter owed."""
    with database.read() as connection:
        query = select(LETTERS.c.kind, LETTERS.c.address).where(LETTERS.c.state == letters.OWED)
        return {(row.kind, row.address) for row in connection.execute(query)}


def sealed(database: Database, ref: str = "HOLD2345") -> bytes | None:
    """The sealed content of an incident."""
    with database.read() as connection:
        content: bytes | None = connection.execute(
            select(CONTENTS.c.sealed).where(CONTENTS.c.ref == ref)
        ).scalar()
        return content


def count(database: Database, table: object) -> int:
    """How many rows a table has."""
    with database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]


def test_split_hold(store: Store) -> None:
    """A split mail is held for the ineligible and at once being released to the eligible; content is sealed."""
    database, keys = store
    register_publication(database, keys)

    recorded = file(database, keys, held=[OUTSIDER], relayed=[LISTED])

    assert incidents.Recorded("HOLD2345", fresh=True) == recorded
    assert {OUTSIDER: "held", LISTED: "releasing"} == standings(database)
    assert "held" == found(database).state
    content = sealed(database)
    assert content is not None
    assert SECRET.encode() not in content
    assert keys.held_private is not None
    assert CONTENT == open_content(keys.held_private, "HOLD2345", content)
    assert {("alert", LEAD), ("notice", SENDER)} == owed(database)


def test_whole_hold(store: Store) -> None:
    """Where the publication says whole, the eligible wait too."""
    database, keys = store

    file(database, keys, held=[OUTSIDER, LISTED])

    assert {OUTSIDER: "held", LISTED: "held"} == standings(database)


@pytest.mark.parametrize(
    ("kind", "observed", "state"),
    [(Disposition.REJECT, False, "rejected"), (Disposition.RELAY, True, "observed")],
)
def test_without_custody(store: Store, kind: Disposition, observed: bool, state: str) -> None:
    """A refused or observed mail is recorded with its alert; no content is kept and no notice is owed."""
    database, keys = store
    register_publication(database, keys)

    file(database, keys, kind=kind, observed=observed)

    assert state == found(database).state
    assert sealed(database) is None
    assert {("alert", LEAD)} == owed(database)


@pytest.mark.parametrize(
    ("publications", "asked"),
    [
        pytest.param(("cla-2018",), {LEAD}, id="lead"),
        pytest.param((None,), set(FALLBACK), id="nobody-registered-it"),
        pytest.param(("cla-2018", None), {LEAD, *FALLBACK}, id="both"),
        pytest.param(("cla-2018", "sfr-2018"), {LEAD, "other@stats.example"}, id="two-leads"),
        pytest.param(("cla-2018", "same-2018"), {LEAD}, id="one-lead-twice"),
    ],
)
def test_who_is_alerted(store: Store, publications: tuple[str | None, ...], asked: set[str]) -> None:
    """One alert goes to each lead concerned, to the fallback where nobody registered the publication; none twice."""
    database, keys = store
    register_publication(database, keys)
    register_publication(database, keys, name="sfr-2018", lead="other@stats.example")
    register_publication(database, keys, name="same-2018", lead=LEAD.upper())

    file(database, keys, publications=publications)

    assert asked == {address for kind, address in owed(database) if kind == "alert"}


@pytest.mark.parametrize(
    ("sender", "held", "noticed"),
    [
        pytest.param(SENDER, [OUTSIDER], True, id="plain"),
        pytest.param(None, [OUTSIDER], False, id="null-sender"),
        pytest.param(SENDER, [Recipient(OUTSIDER, ("NOTIFY=NEVER",))], False, id="never"),
        pytest.param(
            SENDER, [Recipient(OUTSIDER, ("NOTIFY=NEVER",)), "b@policy.example"], True, id="never-for-one"
        ),
    ],
)
def test_notice(store: Store, sender: str | None, held: list[str | Recipient], noticed: bool) -> None:
    """A held mail's sender gets a notice; the null sender never, nobody who said NOTIFY=NEVER for all held."""
    database, keys = store

    file(database, keys, held=held, sender=sender)

    assert noticed == (("notice", SENDER) in owed(database))


def test_a_resend_adds_nothing(store: Store) -> None:
    """The same mail again meets the same incident: no second alert, no second content, no second audit entry."""
    database, keys = store
    file(database, keys)
    before = count(database, LETTERS), count(database, AUDIT), count(database, CONTENTS)

    again = file(database, keys, "OTHER234", fingerprint=b"HOLD2345")

    assert incidents.Recorded("HOLD2345", fresh=False) == again
    assert before == (count(database, LETTERS), count(database, AUDIT), count(database, CONTENTS))
    assert {"held": 1} == incidents.counts(database)


def test_a_resend_is_known_while_anybody_waits(store: Store) -> None:
    """A hold answers its resend until the last recipient is decided about; after that it is a new question."""
    database, keys = store
    file(database, keys)
    decisions.discard(database, "HOLD2345", "", "test", NOW)

    assert file(database, keys, "AGAIN234", fingerprint=b"HOLD2345").fresh


def test_no_custody_never_answers_a_hold(store: Store) -> None:
    """A mail that was only observed or refused before is held when it is to be held: 250 without custody loses it."""
    database, keys = store
    file(database, keys, "OBSERVED1", kind=Disposition.RELAY, observed=True, fingerprint=b"same")
    file(database, keys, "REJECTED1", kind=Disposition.REJECT, fingerprint=b"same")

    held = file(database, keys, "HOLD2345", fingerprint=b"same")

    assert held.fresh
    assert sealed(database) is not None
    assert ("HOLD2345", "hold") == incidents.find_by_fingerprint(database, b"same", NOW)


@pytest.mark.parametrize(("age", "fresh"), [(timedelta(days=6), False), (timedelta(days=8), True)])
def test_refused_again(store: Store, age: timedelta, fresh: bool) -> None:
    """A refused mail sent again within seven days is the same incident."""
    database, keys = store
    file(database, keys, "REJECTED1", kind=Disposition.REJECT, fingerprint=b"same")

    again = file(database, keys, "REJECTED2", kind=Disposition.REJECT, fingerprint=b"same", now=NOW + age)

    assert fresh == again.fresh


def test_two_workers_with_one_mail(store: Store) -> None:
    """A mail that reaches several workers at once is one incident."""
    database, keys = store
    gate = threading.Barrier(4)

    def send(number: int) -> incidents.Recorded:
        gate.wait()
        return file(database, keys, f"WORKER{number:02}", fingerprint=b"same")

    with ThreadPoolExecutor(4) as pool:
        recorded = list(pool.map(send, range(4)))

    assert 1 == sum(one.fresh for one in recorded)
    assert 1 == len({one.ref for one in recorded})
    assert 1 == count(database, INCIDENTS)
    assert [] == audit.verify(database)


def test_nothing_is_half_recorded(store: Store) -> None:
    """Where the audit entry cannot be written there is no incident, no content and no letter either."""
    database, keys = store
    with database.write() as connection:
        connection.execute(text("DROP TABLE audit"))

    with pytest.raises(StoreUnavailable):
        file(database, keys)

    assert 0 == count(database, INCIDENTS) + count(database, LETTERS) + count(database, CONTENTS)


def test_no_release_without_audit(store: Store) -> None:
    """Where the audit entry cannot be written nothing is released."""
    database, keys = store
    file(database, keys)
    with database.write() as connection:
        connection.execute(text("DROP TABLE audit"))

    with pytest.raises(StoreUnavailable):
        decisions.release(database, "HOLD2345", None, "", "test", NOW, everybody)

    assert {OUTSIDER: "held"} == standings(database)


def test_release_to_some(store: Store) -> None:
    """A release concerns whom it names, however people write the address; the others stay held."""
    database, keys = store
    file(database, keys, held=["Ann@policy.example", "bob@policy.example"])

    done = decisions.release(database, "HOLD2345", [" ann@POLICY.example"], "asked", "lead", NOW, everybody)

    assert ("Ann@policy.example",) == done.recipients
    assert {"Ann@policy.example": "releasing", "bob@policy.example": "held"} == standings(database)
    assert "held" == found(database).state
    assert ("lead", "asked") == (
        found(database).recipients[0].decided_by,
        found(database).recipients[0].reason,
    )


@pytest.mark.parametrize(
    ("named", "error"),
    [(["stranger@policy.example"], NotAmong), (["b@policy.example", "a@policy.example"], NotHeld)],
)
def test_a_wrong_name_releases_nobody(store: Store, named: list[str], error: type[Exception]) -> None:
    """A recipient who is not in the mail, or not held any more, spoils the whole release."""
    database, keys = store
    file(database, keys, held=["a@policy.example", "b@policy.example"])
    decisions.release(database, "HOLD2345", ["a@policy.example"], "", "lead", NOW, everybody)
    before = standings(database)

    with pytest.raises(error):
        decisions.release(database, "HOLD2345", named, "", "lead", NOW, everybody)

    assert before == standings(database)


def test_no_such_incident(store: Store) -> None:
    """An unknown reference is named as such."""
    database, _ = store
    with pytest.raises(NoSuchIncident, match=r"NOSUCH12: no such incident"):
        decisions.release(database, "NOSUCH12", None, "", "lead", NOW, everybody)
    with pytest.raises(NoSuchIncident, match=r"NOSUCH12: no such incident"):
        decisions.discard(database, "NOSUCH12", "", "lead", NOW)


@pytest.mark.parametrize(("kind", "observed"), [(Disposition.REJECT, False), (Disposition.RELAY, True)])
def test_nothing_to_decide(store: Store, kind: Disposition, observed: bool) -> None:
    """A refused or observed mail can be neither released nor discarded."""
    database, keys = store
    file(database, keys, kind=kind, observed=observed)

    with pytest.raises(NotHeld):
        decisions.release(database, "HOLD2345", None, "", "lead", NOW, everybody)
    with pytest.raises(NotHeld):
        decisions.discard(database, "HOLD2345", "", "lead", NOW)


def test_discard(store: Store) -> None:
    """Discarding deletes the content, ends the alert, and owes the sender a notice."""
    database, keys = store
    register_publication(database, keys)
    file(database, keys)

    decisions.discard(database, "HOLD2345", "not for them", "lead", NOW)

    assert {OUTSIDER: "discarded"} == standings(database)
    assert sealed(database) is None
    assert {("discarded", SENDER)} == owed(database)
    assert [(NOW, timedelta(0))] == incidents.decided_since(database, NOW - MINUTE)


def test_discard_while_others_get_it(store: Store) -> None:
    """The content stays while an eligible recipient of the same mail still waits for it."""
    database, keys = store
    file(database, keys, held=[OUTSIDER], relayed=[LISTED])

    decisions.discard(database, "HOLD2345", "", "lead", NOW)

    assert {OUTSIDER: "discarded", LISTED: "releasing"} == standings(database)
    assert sealed(database) is not None


def _decide(url: str, which: str, gate: object, answers: object) -> None:
    database = Database(url)
    gate.wait()  # type: ignore[attr-defined]
    try:
        if which == "discard":
            decisions.discard(database, "HOLD2345", "", which, NOW)
        else:
            decisions.release(database, "HOLD2345", None, "", which, NOW, everybody)
        answers.put(("done", which))  # type: ignore[attr-defined]
    except NotHeld as error:
        answers.put(("not held", str(error)))  # type: ignore[attr-defined]
    database.close()


@pytest.mark.parametrize(
    "both",
    [("release", "release again"), ("discard", "discard"), ("release", "discard")],
    ids="+".join,
)
def test_exactly_one_decision_wins(store: Store, both: tuple[str, str]) -> None:
    """Of two processes that decide at once one does, and the other is told who did."""
    database, keys = store
    file(database, keys)
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload([__name__])
    gate, answers = processes.Barrier(2), processes.Queue()
    people = [processes.Process(target=_decide, args=(database.url, which, gate, answers)) for which in both]
    for person in people:
        person.start()
    got = sorted(answers.get(timeout=30) for _ in people)
    for person in people:
        person.join()

    assert ["done", "not held"] == [word for word, _ in got]
    assert f"by {got[0][1]} at 2018-03-26 10:39 UTC" in got[1][1]
    with database.read() as connection:
        made = connection.execute(select(AUDIT.c.action).where(AUDIT.c.actor.in_(both))).scalars().all()
    assert 1 == len(made)


def test_released_without_grant(store: Store) -> None:
    """Who has no grant valid now is recorded as released without one; a lead holds a grant by being lead."""
    database, keys = store
    register_publication(database, keys)
    file(database, keys, held=[OUTSIDER, LEAD])
    granted = grants_in(load_register(database, keys), NOW)

    done = decisions.release(database, "HOLD2345", None, "", "lead", NOW, granted)

    assert (OUTSIDER,) == done.without_grant
    assert [True, False] == [one.without_grant for one in found(database).recipients]


def test_unknown_publications_have_no_grants() -> None:
    """Nobody holds a grant for a publication that is not registered."""
    assert not grants_in(Register.empty(), NOW)("cla-2018", DEPUTY)


def test_released_mail_is_known(store: Store) -> None:
    """Released mail that passes again is known by its content, for the recipients it was released to only."""
    database, keys = store
    file(database, keys, held=["A@policy.example", "b@policy.example"], relayed=[LISTED])
    assert {} == incidents.released_to(database)

    decisions.release(database, "HOLD2345", ["a@policy.example"], "", "lead", NOW, everybody)

    released = {b"cHOLD2345": {"a@policy.example": frozenset({"cla-2018"})}}
    assert released == incidents.released_to(database)


def test_for_the_gauges(store: Store) -> None:
    """The store counts incidents by state, says since when mail is held, and which mails it would know again."""
    database, keys = store
    file(database, keys, "HOLD0001", now=NOW)
    file(database, keys, "REJECT01", kind=Disposition.REJECT)
    file(database, keys, "OBSERVE1", kind=Disposition.RELAY, observed=True)

    assert {"held": 1, "rejected": 1, "observed": 1} == incidents.counts(database)
    assert NOW == incidents.oldest_held(database)
    known = {(b"HOLD0001", "HOLD0001", "held"), (b"OBSERVE1", "OBSERVE1", "observed")}
    assert known == set(incidents.open_fingerprints(database))
    assert 3 == letters.count_owed(database)


def test_a_thousand_recipients(store: Store) -> None:
    """A mail to a thousand people is one incident that names them all, in order."""
    database, keys = store
    people = [f"p{number}@policy.example" for number in range(1000)]

    file(database, keys, held=people)

    assert people == [one.address for one in found(database).recipients]


def test_the_audit_log_names_no_content(store: Store) -> None:
    """Neither the audit log nor any other table but the sealed content holds a word of the mail."""
    database, keys = store
    file(database, keys)
    decisions.discard(database, "HOLD2345", "", "lead", NOW)

    with database.read() as connection:
        for table in (INCIDENTS, LETTERS, AUDIT):
            assert SECRET not in str(connection.execute(select(table)).all())
