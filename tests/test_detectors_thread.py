"""Known conversations: what leads to a publication under embargo is a finding, and what was found is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway.detectors import find, thread
from gateway.features.threads import Note, Threads, packed, roots
from gateway.model import Detector, Disposition, Finding, Message, Part, PartKind, Publication, Register
from gateway.rules import load, shipped_folder

RULES = load(shipped_folder())
LIVE = datetime(2018, 3, 28, 8, 30, tzinfo=UTC)
NOW = LIVE - timedelta(hours=20)
KEY = bytes(range(32))
ROOT, OTHER, ME = "<root.1@stats.example>", "<other.2@stats.example>", "<me.3@policy.example>"
SUBJECT = "Children looked after"


def mail(**fields: str) -> Message:
    """A mail of these fields, with a text that says nothing."""
    header = "\n".join(f"{name.replace('_', '-')}: {value}" for name, value in fields.items())
    return Message((Part("header", PartKind.HEADER, header), Part("1", PartKind.BODY, "As discussed.")))


ROOT_MAIL = mail(message_id=ROOT, subject=SUBJECT)
OWN = roots(KEY, ROOT_MAIL)[0]


def register(*ids: str, exempt: frozenset[tuple[str | None, bytes]] = frozenset(), **sets: bytes) -> Register:
    """Publications, the second two hours after the first; all know the root, or the sets given for them."""
    known = {
        name: Publication(name, "Title", LIVE + timedelta(hours=2 * number), "lead@stats.example")
        for number, name in enumerate(ids)
    }
    threads = Threads.of({name: [sets.get(name, packed(KEY, ROOT_MAIL))] for name in ids})
    return Register(1, known, {}, {}, KEY, exempt=exempt, threads=threads)


def finding(
    publication: str | None, *candidates: str, part: str = "header", trace: bytes = OWN.origin
) -> Finding:
    """What leads to a known mail."""
    return Finding(
        "known-thread", Detector.THREAD, part, publication, candidates, Disposition.HOLD, trace=trace
    )


REPLY = mail(message_id=ME, in_reply_to=ROOT, subject=f"Re: {SUBJECT}")


@pytest.mark.parametrize(
    ("now", "expected"),
    [(NOW, ("a", "b")), (LIVE, ("b",)), (LIVE + timedelta(hours=2), ())],
    ids=["both", "one-is-live", "all-public"],
)
def test_until_publication(now: datetime, expected: tuple[str, ...]) -> None:
    """A conversation is one of each publication that knows it, for as long as that is under embargo."""
    assert tuple(map(finding, expected)) == find(RULES, REPLY, register("a", "b"), now)


def test_nothing_known() -> None:
    """Without conversations, or for a publication that is gone, nothing is found."""
    assert () == find(RULES, REPLY, Register(1, {}, {}, {}, KEY), NOW)
    assert () == find(RULES, REPLY, replace(register("a"), publications={}), NOW)


def test_each_place() -> None:
    """A mail that answers a root, and has it attached, is found in both places."""
    both = REPLY + Message((Part("2/header", PartKind.HEADER, f"message-id: {ROOT}\nsubject: {SUBJECT}"),))
    assert {finding("a"), finding("a", part="2/header")} == set(find(RULES, both, register("a"), NOW))


def test_doubtful() -> None:
    """What answers a mail that may have been of either of two publications may be of either, too."""
    doubtful = replace(OWN, doubtful=True).packed()
    both = register("a", "b", "c", a=doubtful, b=doubtful, c=packed(KEY, mail(message_id=OTHER)))
    assert (finding(None, "a", "b"),) == find(RULES, REPLY, both, NOW)
    assert (finding("b"),) == find(RULES, REPLY, both, LIVE)
    sure = register("a", "b", "c", a=doubtful, b=doubtful, c=packed(KEY, ROOT_MAIL))
    assert {finding("c"), finding(None, "a", "b")} == set(find(RULES, REPLY, sure, NOW))


def test_false_alarm() -> None:
    """A root that somebody called a false alarm for one publication leads nowhere for that one."""
    assert (finding("b"),) == find(
        RULES, REPLY, register("a", "b", exempt=frozenset({("a", OWN.origin)})), NOW
    )


def test_false_alarm_about_another_subject() -> None:
    """Called one under another subject, it leads nowhere under that subject."""
    lunch = mail(in_reply_to=ROOT, subject="Lunch")
    (found,) = find(RULES, lunch, register("a"), NOW)
    told = register("a", exempt=frozenset({("a", found.trace)}))
    assert () == find(RULES, lunch, told, NOW)
    assert (finding("a"),) == find(RULES, REPLY, told, NOW)


BANNER = Finding("embargo-banner", Detector.BANNER, "1", "a")


def test_content_makes_a_root() -> None:
    """A mail with the publication in it is a root under its own subject, for each publication found."""
    message = mail(message_id=ME, subject="Lines", in_reply_to=ROOT)
    (mine,) = roots(KEY, message)
    found = (BANNER, replace(BANNER, publication="b"), finding("a"))
    assert {Note("a", mine), Note("b", mine)} == set(thread.notes(message, found, register("a", "b")))


def test_a_thread_makes_a_member() -> None:
    """A mail found by its thread alone leads back to the root, under the root's subject whatever its own."""
    message = mail(message_id=ME, subject="Lunch", in_reply_to=ROOT)
    (note,) = thread.notes(message, (finding("a"),), register("a"))
    (mine,) = roots(KEY, message)
    assert replace(mine, origin=OWN.origin, subject=OWN.subject, root=False) == note.known
    # So that what answers it under its own subject is none, and under the root's one is.
    next_ = register("a", a=OWN.packed() + note.known.packed())
    assert () == find(RULES, mail(in_reply_to=ME, references=f"{ROOT} {ME}", subject="Re: Lunch"), next_, NOW)
    assert (finding("a"),) == find(RULES, mail(in_reply_to=ME, subject=SUBJECT), next_, NOW)


def test_doubt_is_remembered() -> None:
    """A banner that left it open makes a doubtful root of each candidate, unless something else is sure."""
    message = mail(message_id=ME, subject="Lines")
    open_ = replace(BANNER, publication=None, candidates=("a", "b"))
    noted = thread.notes(message, (open_,), register("a", "b"))
    assert [("a", True), ("b", True)] == [(note.publication, note.known.doubtful) for note in noted]
    noted = thread.notes(message, (open_, BANNER), register("a", "b"))
    assert [("a", False), ("b", True)] == [(note.publication, note.known.doubtful) for note in noted]


@pytest.mark.parametrize(
    "found",
    [
        (),
        (Finding("unreadable-content", Detector.UNREADABLE, "2", "a"),),
        (replace(BANNER, publication=None),),
    ],
    ids=["nothing", "unreadable", "unregistered"],
)
def test_nothing_to_remember(found: tuple[Finding, ...]) -> None:
    """Where nothing of a registered publication was found, nothing is remembered."""
    assert () == thread.notes(mail(message_id=ME, subject="Lines"), found, register("a"))


def test_a_false_alarm_is_not_remembered_again() -> None:
    """A mail that was called a false alarm does not become a root when it comes again, nor do its answers."""
    told = register("a", exempt=frozenset({("a", OWN.origin)}))
    assert () == thread.notes(ROOT_MAIL, (BANNER,), told)
    assert () == thread.notes(REPLY, (finding("a"),), told)


def test_fresh() -> None:
    """What is known already need not be written again."""
    noted = thread.notes(ROOT_MAIL, (BANNER,), register("a"))
    assert () == thread.fresh(noted, register("a"))
    assert noted == thread.fresh(noted, register("a", a=b""))
    assert noted == thread.fresh(noted, Register(1, {}, {}, {}, KEY))
