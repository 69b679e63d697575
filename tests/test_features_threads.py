"""Which mail leads to a known one: straight to a root whatever its subject, further down while the subject goes on."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.features.threads import Known, Threads, count, packed, roots, unpacked
from gateway.model import Message, Part, PartKind

KEY = bytes(range(32))
ROOT, MEMBER = "<root.1@stats.example>", "<member.1@policy.example>"
SUBJECT = "Children looked after in England"
CONVERSATION = bytes(range(1, 23))


def mail(body: str = "", **fields: str) -> Message:
    """A mail as it is read; `in_reply_to` is the field In-Reply-To."""
    header = "\n".join(f"{name.replace('_', '-')}: {value}" for name, value in fields.items())
    return Message((Part("header", PartKind.HEADER, header), Part("1", PartKind.BODY, body)))


def attached(**fields: str) -> Message:
    """A mail with another one attached, of these fields."""
    inner = mail(**fields).parts[0]
    return mail(subject="for you") + Message((Part("2/header", PartKind.HEADER, inner.text),))


def index(*children: bytes) -> str:
    """A Thread-Index so far down its conversation."""
    return b64encode(CONVERSATION + b"".join(children)).decode()


CIRCULATION = mail(message_id=ROOT, subject=SUBJECT, thread_index=index(b"fifth"))
OWN = roots(KEY, CIRCULATION)[0]
ANSWER = replace(
    roots(KEY, mail(message_id=MEMBER, subject="something"))[0],
    origin=OWN.origin,
    subject=OWN.subject,
    root=False,
)
THREADS = Threads.of({"cla": [packed(KEY, CIRCULATION), ANSWER.packed()]})


def led(message: Message, threads: Threads = THREADS) -> list[str]:
    """The parts of a mail that lead to a known one."""
    return [match.part for match in threads.leading(KEY, message)]


@pytest.mark.parametrize(
    "message",
    [
        mail(in_reply_to=ROOT, subject="Lunch"),
        mail(in_reply_to=ROOT.upper().strip("<>"), subject="Lunch"),
        mail(references=f"<a.1@x.example> {ROOT}", subject="Lunch"),
        mail(x_forwarded_message_id=ROOT, subject="Lunch"),
        mail(thread_index=index(b"fifth", b"child"), subject="Lunch"),
        mail(f"see\n> Message-ID: {ROOT}\n", subject="Lunch"),
        mail(references=f"{ROOT} <b.2@x.example>", subject=f"RE: {SUBJECT}"),
        mail(references=f"{ROOT} <b.2@x.example>", subject=f"{SUBJECT} - lines to take"),
        mail(thread_index=index(b"other", b"child"), subject=f"FW: {SUBJECT}"),
        mail(in_reply_to=MEMBER, subject=f"[EXTERNAL] AW: {SUBJECT}"),
        mail(references=f"{MEMBER} <b.2@x.example>", subject=SUBJECT.upper()),
    ],
    ids=[
        "reply", "other-case", "last-reference", "forward", "outlook", "quoted", "further-down", "nearly-the-subject",
        "conversation", "answer-to-a-member", "below-a-member",
    ],
)  # fmt: skip
def test_leads(message: Message) -> None:
    """What answers or forwards a root leads there, and what stands below it under the same subject."""
    assert ["1" if "Message-ID" in message.parts[1].text else "header"] == led(message)


@pytest.mark.parametrize(
    "message",
    [
        mail(in_reply_to="<b.2@x.example>", subject=SUBJECT),
        mail(references=f"{ROOT} <b.2@x.example>", subject="Lunch on Friday"),
        mail(references=f"{ROOT} <b.2@x.example>", subject=f"Lunch (was: {SUBJECT})"),
        mail(references=f"{ROOT} <b.2@x.example>", subject=""),
        mail(thread_index=index(b"other", b"child"), subject="Lunch on Friday"),
        mail(in_reply_to=MEMBER, subject="Lunch on Friday"),
        mail("ask root@stats.example", subject=SUBJECT),
        CIRCULATION,
        Message(),
    ],
    ids=[
        "other-thread",
        "went-on",
        "said-so",
        "no-subject",
        "outlook",
        "member",
        "address",
        "itself",
        "nothing",
    ],
)
def test_does_not_lead(message: Message) -> None:
    """A conversation that went on to another subject is left, and a mail does not lead to itself."""
    assert [] == led(message)


def test_attached() -> None:
    """An attached mail counts as if it were sent: by its own name, and by what it answers."""
    assert ["2/header"] == led(attached(message_id=ROOT))
    assert ["2/header"] == led(attached(message_id="<c.3@x.example>", in_reply_to=ROOT))
    assert ["2/header"] == led(attached(thread_index=index(b"fifth")))
    assert [] == led(attached(message_id="<c.3@x.example>", in_reply_to=MEMBER))


def test_a_false_alarm_about_another_subject_is_not_one_about_the_thread() -> None:
    """Evidence under the thread's own subject is the root; under another one it is that root and that subject."""

    def traces(message: Message) -> set[bytes]:
        return {match.trace for match in THREADS.leading(KEY, message)}

    (same,) = traces(mail(in_reply_to=ROOT, subject=f"Re: {SUBJECT}"))
    (lunch,) = traces(mail(in_reply_to=ROOT, subject="Lunch"))
    (again,) = traces(mail(in_reply_to=ROOT, subject="Re: lunch"))
    (other,) = traces(mail(in_reply_to=ROOT, subject="Dinner"))
    assert OWN.origin == same
    assert lunch == again
    assert 3 == len({same, lunch, other})


def test_a_mail_without_message_id() -> None:
    """Such a mail is known by its Thread-Index; without that too there is nothing to know it by."""
    threads = Threads.of({"cla": [packed(KEY, mail(subject=SUBJECT, thread_index=index()))]})
    assert 1 == len(threads)
    assert ["header"] == led(mail(thread_index=index(b"child"), subject="Lunch"), threads)
    assert b"" == packed(KEY, mail(subject=SUBJECT))
    assert b"" == packed(KEY, Message())


def test_another_installation_s_key() -> None:
    """Under another key nothing is known."""
    assert [] == list(THREADS.leading(bytes(32), mail(in_reply_to=ROOT)))


def test_what_is_public_is_no_conversation() -> None:
    """A mail that was registered as public leads nowhere."""
    sets: Mapping[str, list[bytes]] = {"cla": [packed(KEY, CIRCULATION)]}
    assert not Threads.of(sets, sets)
    assert THREADS.knows("cla", OWN.name)
    assert not THREADS.knows("other", OWN.name)


DIGESTS = st.binary(min_size=16, max_size=16)
KNOWN = st.builds(
    Known,
    DIGESTS,
    DIGESTS,
    DIGESTS,
    DIGESTS,
    st.frozensets(st.binary(min_size=8, max_size=8), max_size=24),
    st.booleans(),
    st.booleans(),
)


@given(st.lists(KNOWN, max_size=5))
def test_packed_and_back(entries: list[Known]) -> None:
    """What is packed is what comes back, in order; and its length divides by 8, as all sets of traces do."""
    joined = b"".join(entry.packed() for entry in entries)
    assert entries == list(unpacked(joined))
    assert len(entries) == count(joined)
    assert 0 == len(joined) % 8


@given(KNOWN, st.integers(min_value=1))
def test_cut_short(entry: Known, cut: int) -> None:
    """A set that was cut short is an error, not a shorter set."""
    joined = entry.packed()
    with pytest.raises(ValueError, match="cut short"):
        list(unpacked(joined + joined[: len(joined) - 1 - cut % (len(joined) - 1)]))
