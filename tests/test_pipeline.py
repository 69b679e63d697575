"""The pipeline's own decisions: how a resend is known, and what a lead's release means for the same content."""

from __future__ import annotations

import asyncio
import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.clock import Clock
from gateway.config import Settings
from gateway.deciding import Deciding
from gateway.detectors.looking import Looking
from gateway.link import Begun, OfficeLink
from gateway.model import (
    Client,
    Decision,
    Disposition,
    Envelope,
    Mail,
    Message,
    Outcome,
    Part,
    PartKind,
    Policy,
    Recipient,
    Register,
)
from gateway.pipeline import Course, Pipeline, fingerprint, new_reference
from gateway.policy import excuse
from gateway.replies import OK, Reply
from gateway.rules import load
from gateway.scanner import NotTakenUp, Scanners
from gateway.smtp.next_hop import RegisterChanged
from gateway.smtp.passage import Passage
from gateway.trust import Reading

KEY = b"k" * 32
NOW = datetime(2018, 3, 27, 9, 39, tzinfo=UTC)
BODY = b"From: a@dept.example\r\nSubject: x\r\n\r\ntext\r\n"


def mail(
    content: bytes = BODY, sender: str | None = "a@dept.example", to: tuple[str, ...] = ("b@dept.example",)
) -> Mail:
    """A mail."""
    return Mail(Envelope(sender, tuple(map(Recipient, to))), content, Client("192.0.2.1"), NOW)


def test_a_resend_from_elsewhere_is_known() -> None:
    """Other trace lines and another order of recipients are the same mail."""
    one = mail(b"Received: from a by b; date\r\n" + BODY, to=("b@dept.example", "c@dept.example"))
    two = mail(b"Received: from x\r\n\tby y; other\r\n" + BODY, to=("c@dept.example", "b@dept.example"))
    assert fingerprint(KEY, one) == fingerprint(KEY, two)


@pytest.mark.parametrize(
    "other",
    [
        mail(BODY + b"more\r\n"),
        mail(sender="z@dept.example"),
        mail(sender=None),
        mail(to=("c@dept.example",)),
        mail(to=("b@dept.example", "b@dept.example")),
        mail(b"Subject: y\r\n" + BODY),
    ],
)
def test_another_mail_is_another(other: Mail) -> None:
    """Sender, recipients and content each make another mail."""
    assert fingerprint(KEY, mail()).mail != fingerprint(KEY, other).mail


def test_the_fingerprint_of_content_forgets_recipients() -> None:
    """What was released to one person is known again when it is sent to others too."""
    assert fingerprint(KEY, mail()).content == fingerprint(KEY, mail(to=("c@dept.example",))).content


def test_references_are_unlike() -> None:
    """A reference has ten letters and digits, and no two are alike."""
    made = {new_reference() for _ in range(1000)}
    assert len(made) == 1000
    assert all(len(ref) == 10 and ref.isalnum() and ref.isupper() for ref in made)


OUTCOMES = st.lists(
    st.builds(
        Outcome,
        st.builds(Recipient, st.sampled_from([f"{letter}@x.example" for letter in "abcdef"])),
        st.sampled_from([Disposition.RELAY, Disposition.HOLD]),
        st.sampled_from([(), ("p",)]),
    ).map(lambda o: o if o.ineligible_for else Outcome(o.recipient, Disposition.RELAY)),
    min_size=1,
    max_size=6,
)


@given(OUTCOMES, st.frozensets(st.sampled_from([f"{letter}@x.example" for letter in "abcdef"])))
def test_a_release_excuses_only_whom_it_names(outcomes: list[Outcome], released: frozenset[str]) -> None:
    """Released content goes to those it was released to; everybody else stays as decided."""
    decision = Decision(tuple(outcomes), publications=("p",))
    excused = excuse(decision, dict.fromkeys(released, frozenset({"p"})))
    for before, after in zip(decision.outcomes, excused.outcomes, strict=True):
        if before.recipient.address not in released and not before.eligible:
            assert before == after
        else:
            assert after.eligible or before == after


def test_a_rejected_mail_is_excused_whole_or_not_at_all() -> None:
    """DATA has one reply: while somebody is ineligible the mail is still rejected."""
    outcomes = tuple(
        Outcome(Recipient(a), Disposition.REJECT, ("p",)) for a in ("a@x.example", "b@x.example")
    )
    decision = Decision(outcomes, publications=("p",))
    assert decision == excuse(decision, {"a@x.example": frozenset({"p"})})
    both = dict.fromkeys(("a@x.example", "b@x.example"), frozenset({"p"}))
    assert Disposition.RELAY is excuse(decision, both).disposition


def test_a_release_for_one_publication_is_none_for_another() -> None:
    """The same content shows a trace of a second publication now: whose lead has decided nothing yet."""
    outcome = Outcome(Recipient("a@x.example"), Disposition.HOLD, ("p", "q"))
    decision = Decision((outcome,), publications=("p", "q"))
    assert decision == excuse(decision, {"a@x.example": frozenset({"p"})})
    assert Disposition.RELAY is excuse(decision, {"a@x.example": frozenset({"p", "q"})}).disposition


def pipeline(tmp_path: Path, kind: type[Pipeline] = Pipeline) -> Pipeline:
    """A pipeline without a scanner, without an office, and without a store that answers."""
    nothing: Any = None
    link = OfficeLink(str(tmp_path / "office"))
    scanners = Scanners(str(tmp_path / "scanners"), timedelta(seconds=1), timedelta(seconds=1))
    return kind(Settings(), load(None), nothing, nothing, nothing, link, scanners, "gateway.example")


def test_nobody_to_open_a_document_defers_however_often(tmp_path: Path) -> None:
    """Without scanners the third try counted as a fault of the content: relayed unread, from who is not listed."""
    attached = (
        b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.b64encode(b"%PDF-1.4 words")
        + b"\r\n"
    )
    letter = mail(attached)
    course = Course("ABCDEFGH23", fingerprint(KEY, letter), NOW)
    with pytest.raises(NotTakenUp):
        asyncio.run(pipeline(tmp_path)._read(letter, Begun(failures=9), course))


def test_much_text_of_a_small_mail_takes_a_thread(tmp_path: Path) -> None:
    """An archive of 100 KB can hold 20 MB of text: looking through it in the loop held up every other mail."""
    text = "restricted statistic until march\n" * 60_000
    message = Message((Part("1/1", PartKind.DOCUMENT, text),))

    async def turns() -> int:
        count = 0
        carries = pipeline(tmp_path)
        looking = Looking(carries._rules, message, NOW)
        task = asyncio.create_task(Deciding(mail(), looking, Policy(), {}, Register.empty).decided())
        while not task.done():
            await asyncio.sleep(0.001)
            count += 1
        return count

    assert asyncio.run(turns()) > 5


def test_a_mail_decided_anew_is_an_incident_of_its_own(tmp_path: Path) -> None:
    """Observed, then held because the register changed: under one reference the store refused the second record."""
    refs: list[str] = []

    class Changing(Pipeline):
        async def _carry_out(self, mail: Mail, passage: Passage, deciding: Deciding, course: Course) -> Reply:
            refs.append(course.ref)
            if len(refs) == 1:
                raise RegisterChanged
            return OK

    letter = mail()
    course = Course("ABCDEFGH23", fingerprint(KEY, letter), NOW)
    carries: Any = pipeline(tmp_path, Changing)
    carries._keys = SimpleNamespace(trace_key=KEY)
    carries._snapshot = SimpleNamespace(current=Register.empty)
    assert OK == asyncio.run(carries._carried(letter, None, Begun(), course))
    assert 2 == len(set(refs))


def test_a_mail_is_decided_by_the_trusted_clock(tmp_path: Path) -> None:
    """What counts is the time that has come for certain when the dot came, not what the machine's clock says."""
    seen: list[datetime] = []

    class Seeing(Pipeline):
        async def _answered(self, mail: Mail, passage: Passage, begun: Begun, course: Course) -> Reply:
            seen.append(course.as_of)
            return OK

    class Link:
        async def begin(self, *_: object) -> Begun:
            return Begun()

        def end(self, *_: object, **__: object) -> None:
            """Nobody waits."""

    late = Reading(NOW + timedelta(days=366), timedelta(hours=1), synchronised=False)
    carries: Any = pipeline(tmp_path, Seeing)
    carries._keys = SimpleNamespace(trace_key=KEY)
    carries._link = Link()
    carries._snapshot = SimpleNamespace(clock=Clock("required", NOW, lambda: late))
    assert OK == asyncio.run(carries.answer(mail(), None, 1))
    assert [NOW] == seen
