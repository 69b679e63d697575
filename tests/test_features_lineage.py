"""What a mail says of the mails before it: however programs fold, quote, cut and rename it."""

from __future__ import annotations

import time
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.features.lineage import lineage, mentioned, message_ids, subject_words, thread_index
from tests.pace import slowness

ROOT = "root.1@stats.example"
CONVERSATION = bytes(range(1, 23))
REPLY, AGAIN = b"reply", b"again"


@pytest.mark.parametrize(
    "value",
    [
        f"<{ROOT}>",
        f" <{ROOT}>\t",
        f"<{ROOT.upper()}>",
        ROOT,
        f"<{ROOT}",
        "<root.1@ stats.example>",
        f"(from Joe (of policy)) <{ROOT}> (Tue, 27 Mar)",
        f'Your message of "Tue, 27 Mar 2018" <{ROOT}>',
        f"Message from Joe {ROOT}",
        f"<{ROOT}>;",
    ],
)
def test_one_message_id(value: str) -> None:
    """A Message-ID is the same one folded, commented, in other case, in prose, and without its brackets."""
    assert [ROOT] == list(message_ids(value))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("<a.1@x.example> <b.2@x.example>", ["a.1@x.example", "b.2@x.example"]),
        ("<a.1@x.example><b.2@x.example>", ["a.1@x.example", "b.2@x.example"]),
        ("<a.1@x.example, <b.2@x.example", ["a.1@x.example", "b.2@x.example"]),
        ("a.1@x.example,b.2@x.example", ["a.1@x.example", "b.2@x.example"]),
        ("<20180327.ABC>", ["20180327.abc"]),
        ("20180327.ABC", ["20180327.abc"]),
        ("your mail of Monday", []),
        ("<>", []),
        ("<@>", []),
        ("", []),
    ],
)
def test_several_and_none(value: str, expected: list[str]) -> None:
    """Several stand in one field, with or without what separates them; words are none."""
    assert expected == list(message_ids(value))


def test_what_a_reply_says() -> None:
    """Its parents are what it answers and the last that it refers to; the rest stands further back."""
    found = lineage(
        "Message-ID: <me.0@x.example>\nIN-REPLY-TO : <a.1@x.example>\nReferences: <r.0@x.example> <b.2@x.example>\n"
        "X-Forwarded-Message-Id: <f.3@x.example>\nSubject: Re: Exports"
    )
    assert ("me.0@x.example",) == found.own
    assert ("a.1@x.example", "f.3@x.example", "b.2@x.example") == found.parents
    assert ("r.0@x.example",) == found.further
    assert {"exports"} == found.words


def test_references_cut_in_the_middle() -> None:
    """Of a long field both ends count: programs that shorten it keep the first and the last."""
    middle = "".join(f"<m.{number}@x.example> " for number in range(50_000))
    found = lineage(f"References: <first.1@x.example> {middle}<last.1@x.example>")
    assert ("last.1@x.example",) == found.parents
    assert "first.1@x.example" in found.further
    assert len(found.further) <= 200


def test_two_message_ids() -> None:
    """A mail that names itself twice is known by both names; by a thousand, only by the first and the last."""
    found = lineage("\n".join(f"Message-ID: <m.{number}@x.example>" for number in range(1000)))
    assert ("m.0@x.example", "m.999@x.example") == found.own


@pytest.mark.parametrize(
    "written",
    [
        b64encode(CONVERSATION + REPLY).decode(),
        b64encode(CONVERSATION + REPLY).decode().rstrip("="),
        " ".join(b64encode(CONVERSATION + REPLY).decode()),
    ],
)
def test_thread_index(written: str) -> None:
    """The conversation, and the mail that is answered, stand in a Thread-Index, folded or not padded too."""
    found = lineage(f"Thread-Index: {written}")
    assert (CONVERSATION, CONVERSATION) == (found.conversation, found.answered)
    assert CONVERSATION + REPLY == lineage(_index(CONVERSATION + REPLY + AGAIN)).answered
    assert b"" == lineage(_index(CONVERSATION)).answered


def _index(raw: bytes) -> str:
    return f"Thread-Index: {b64encode(raw).decode()}"


@pytest.mark.parametrize("value", ["", "short", "%%%%", b64encode(bytes(23)).decode(), "é" * 40])
def test_no_thread_index(value: str) -> None:
    """What is too short, of another length, or not base64, is none."""
    assert b"" == thread_index(value)


@pytest.mark.parametrize(
    "text",
    [
        f"-----Original Message-----\nMessage-ID: <{ROOT}>\nSubject: x",
        f"> Message-Id: <{ROOT.upper()}>",
        f"Nachrichten-ID: {ROOT}.",
        f"see mid:{ROOT}, please",
        f"[{ROOT}]",
        f"a@b {'@' * 500} <{ROOT}>",
    ],
)
def test_mentioned(text: str) -> None:
    """A Message-ID that is quoted in a text is found whatever the line is called."""
    assert ROOT in list(mentioned(text))


@pytest.mark.parametrize(
    "subject",
    [
        "Children looked after",
        "Re: children looked after",
        "AW: WG: Re[2]: Children  looked\tafter",
        "[EXTERNAL] RE: [OFFICIAL-SENSITIVE] Children looked after",
        "Automatic reply: Children looked after",
        "\u8f6c\u53d1: \u56de\u590d\uff1aChildren looked after",
        "FW: \u201cChildren looked\u00a0after\u201d",
        "Children looked after (was: Lunch)",
    ],
)
def test_one_subject(subject: str) -> None:
    """What programs and gateways put before a subject does not make another of it."""
    assert {"children", "looked", "after"} == subject_words(subject)


def test_another_subject() -> None:
    """Who goes on to another subject and says so has left the first."""
    assert {"lunch"} == subject_words("Lunch (was: Re: Children looked after)")
    assert {"lunch"} == subject_words("Re: Lunch [was Children looked after]")
    assert frozenset() == subject_words("Re: ")
    assert {"\u7edf\u8ba1"} == subject_words("\u56de\u590d: \u7edf\u8ba1")


@given(st.text(max_size=300))
def test_total(text: str) -> None:
    """Any text gives an answer, and none of it is longer than what it was made from."""
    found = lineage(text)
    assert all(len(each) <= len(text) for each in (*found.own, *found.parents, *found.further))
    list(mentioned(text))
    list(message_ids(text))


@given(st.text(st.sampled_from("abcdef.-+=_$"), min_size=4, max_size=60))
def test_the_same_wherever_it_stands(local: str) -> None:
    """A Message-ID in a field, and the same one quoted in a text, are one."""
    (stated,) = message_ids(f"<{local}@x.example>")
    assert [stated] == list(mentioned(f"Message-ID: <{local}@x.example>\n"))


@pytest.mark.parametrize(
    "header",
    [
        "References: " + "(" * 200_000,
        "References: " + "<" * 200_000,
        "In-Reply-To: <a.1@x.example>\n" * 8_000,
        "Subject: " + "re:" * 80_000,
        "Subject: " + "[" * 200_000,
        "Thread-Index: " + "A" * 200_000,
    ],
    ids=["comments", "brackets", "fields", "prefixes", "tags", "index"],
)
def test_hostile_headers(header: str) -> None:
    """A header made to cost time costs little."""
    began = time.process_time()
    lineage(header)
    assert time.process_time() - began < 2 * slowness()


@pytest.mark.parametrize("text", ["@" * 4_000_000, "a@" * 2_000_000, ("x" * 249 + "@") * 16_000])
def test_hostile_texts(text: str) -> None:
    """A text full of what looks like Message-IDs is looked at to a limit."""
    began = time.process_time()
    assert sum(1 for _ in mentioned(text)) <= 20_000
    assert time.process_time() - began < 2 * slowness()
