"""What findings rest on: all that a banner speaks for, not its words; and what is exempt stays out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from gateway.detectors import find
from gateway.model import (
    Finding,
    Leaf,
    Message,
    Part,
    PartKind,
    Publication,
    Reason,
    Register,
    Unreadable,
)
from gateway.rules import load, shipped_folder
from gateway.traces import file_hash

RULES = load(shipped_folder())
LIVE = datetime(2018, 3, 28, 8, 30, tzinfo=UTC)
NOW = LIVE - timedelta(hours=22)
KEY = bytes(range(32))
BANNER = "RESTRICTED UNTIL PUBLISHED AT 9:30AM ON WEDNESDAY 28 MARCH 2018."
UNDATED = "STRICTLY EMBARGOED. Children looked after."
TRAINING = f"{BANNER} In this course you will learn how such a notice looks, and what it asks of you. " * 8
OTHER = f"{BANNER} The figures for this year differ from those of last year in many places, as we show. " * 8
TABLE = sha256(b"table").digest()
CLA = Publication("cla", "Children looked after", LIVE, "lead@stats.example")
TWIN = replace(CLA, id="twin", title="Exam results")


def register(*exempt: tuple[str | None, bytes], others: Sequence[Publication] = ()) -> Register:
    """A register with one publication that has a file, and these exemptions."""
    known = {one.id: one for one in (CLA, *others)}
    files = {file_hash(KEY, TABLE): frozenset({"cla"})}
    return Register(1, known, {}, files, KEY, exempt=frozenset(exempt))


def mail(*texts: str, header: str = "subject: hello", leaves: Sequence[bytes] = ()) -> Message:
    """A mail with these texts as its parts, and leaves of these digests after them."""
    parts = [
        Part("header", PartKind.HEADER, header),
        *(Part(str(n), PartKind.BODY, text) for n, text in enumerate(texts, 1)),
    ]
    more = [Leaf(str(n), digest, 9) for n, digest in enumerate(leaves, len(texts) + 1)]
    return Message(tuple(parts), tuple(more))


def paper(text: str, *bodies: str, leaves: Sequence[bytes] = ()) -> Message:
    """A mail to which a file with this text is attached, and files of these digests."""
    sent = mail(*(bodies or ("Hello",)))
    attached = Part(str(len(sent.parts)), PartKind.DOCUMENT, text)
    digests = [sha256(text.encode()).digest(), *leaves]
    files = [Leaf(str(n), digest, 9) for n, digest in enumerate(digests, len(sent.parts))]
    return sent + Message((attached,), tuple(files))


def found(
    message: Message, *exempt: tuple[str | None, bytes], **facts: Sequence[Publication]
) -> tuple[Finding, ...]:
    """What is found while this is exempt."""
    return find(RULES, message, register(*exempt, **facts), NOW)


def traces(message: Message) -> dict[str, bytes]:
    """Part -> the trace of what was found there."""
    return {finding.part: finding.trace for finding in found(message)}


def exemptions(message: Message) -> list[tuple[str | None, bytes]]:
    """What a false alarm about this mail makes exempt."""
    return [
        (key, finding.trace)
        for finding in found(message)
        for key in ((finding.publication,) if finding.publication else finding.candidates or (None,))
    ]


def test_the_training_paper_and_no_other() -> None:
    """An exempt file is no evidence again, whatever mail it goes with; another one with the same banner is."""
    exempt = exemptions(paper(TRAINING))

    assert () == found(paper(TRAINING), *exempt)
    assert () == found(paper(TRAINING, "Dear all, here is the paper once more."), *exempt)
    assert ["2"] == [finding.part for finding in found(paper(OTHER), *exempt)]
    assert ["2"] == [finding.part for finding in found(paper(f"{TRAINING} 72,670"), *exempt)]


def test_a_covering_letter_does_not_take_other_figures_along() -> None:
    """The same long letter, or notice, with another file, or with more text beside it, is evidence as before."""
    letter, notice = exemptions(mail(TRAINING, leaves=[b"a" * 32])), exemptions(paper(TRAINING))

    assert () == found(mail(TRAINING, leaves=[b"a" * 32]), *letter)
    assert found(mail(TRAINING, leaves=[b"b" * 32]), *letter)
    assert found(mail(TRAINING), *letter)
    assert found(mail(TRAINING, "72,670", leaves=[b"a" * 32]), *letter)
    assert found(paper(TRAINING, leaves=[b"b" * 32]), *notice)
    assert found(mail(TRAINING), *notice)


def test_what_is_exempt_speaks_for_nothing() -> None:
    """A banner without a date does not yield to the dated one of an exempt text beside it."""
    exempt = exemptions(paper(TRAINING))

    assert ["1"] == [finding.part for finding in found(paper(TRAINING, UNDATED), *exempt)]


def test_only_for_that_publication() -> None:
    """What was a false alarm for one publication is evidence for another, and for one that nobody registered."""
    ((_, trace),) = set(exemptions(mail(TRAINING)))

    assert found(mail(TRAINING), ("other", trace), (None, trace))
    assert not found(mail(TRAINING), ("cla", trace))


def test_in_doubt_between_two() -> None:
    """A banner that may belong to two publications stays evidence until it is a false alarm for both."""
    both = {"others": (TWIN,)}
    (finding,) = set(found(mail(TRAINING), **both))
    assert ("cla", "twin") == finding.candidates

    assert found(mail(TRAINING), ("cla", finding.trace), **both)
    assert () == found(mail(TRAINING), ("cla", finding.trace), ("twin", finding.trace), **both)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(mail(BANNER, leaves=[sha256(b"another").digest()]), id="another-file"),
        pytest.param(mail(BANNER, "See below."), id="another-part"),
        pytest.param(mail(BANNER, header="subject: something else"), id="another-subject"),
    ],
)
def test_hardly_more_than_the_banner(other: Message) -> None:
    """Where a part says little else it stands for the whole mail: the same words around another file are evidence."""
    exempt = exemptions(mail(BANNER))

    assert () == found(mail(BANNER, header="received: again\nsubject: hello"), *exempt)
    assert found(other, *exempt)


def test_a_banner_in_the_subject() -> None:
    """A banner in the mail's header is exempt with this mail, however it was sent, and not with the next."""
    first = mail("As promised.", header=f"received: from a\nsubject: {BANNER}")
    exempt = exemptions(first)

    assert () == found(mail("As promised.", header=f"received: from b\nsubject: {BANNER}"), *exempt)
    assert found(mail("And this.", header=f"received: from a\nsubject: {BANNER}"), *exempt)


def test_files() -> None:
    """The trace of a registered file is the one that it is registered under; an exempt one is found no more."""
    sent = mail("Hello", leaves=[TABLE])

    assert {"2": file_hash(KEY, TABLE)} == traces(sent)
    assert () == found(sent, ("cla", file_hash(KEY, TABLE)))


def test_unreadable() -> None:
    """What could not be read rests on the file in that place, where there is one; whose it is, is the policy's to say.

    A false alarm about a stranger's locked file must not hide it from the policy when a listed sender sends it.
    """
    broken = (Unreadable("2", Reason.ENCRYPTED), Unreadable("9", Reason.BROKEN))
    sent = replace(mail("Hello", leaves=[b"z" * 32]), unreadable=broken)

    assert {"2": file_hash(KEY, b"z" * 32), "9": b""} == traces(sent)
    assert ["2", "9"] == [f.part for f in found(sent, (None, file_hash(KEY, b"z" * 32)))]


def test_two_banners_of_one_part() -> None:
    """Findings of one part have one trace, so that the same rule in it is found once."""
    twice = found(mail(f"{TRAINING}\n\n{TRAINING}"))

    assert len({(f.rule, f.part, f.publication) for f in twice}) == len(twice)
    assert 1 == len({f.trace for f in twice})
    assert "trace" not in repr(twice[0])
