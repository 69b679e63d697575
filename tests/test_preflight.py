"""Pre-flight: whom people mean by what they paste, and that a draft is read as the mail that it would be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model import (
    Disposition,
    Envelope,
    Grant,
    GrantKind,
    Message,
    Part,
    PartKind,
    Policy,
    Publication,
    Recipient,
    Register,
)
from gateway.preflight import File, compose, foresee, people
from gateway.rules import load
from gateway.scanner import read_here
from tests.filed import LEAD, OUTSIDER, PLANNED
from tests.papers import BANNER, word

NOW = PLANNED - timedelta(hours=2)


@pytest.mark.parametrize(
    ("pasted", "addresses"),
    [
        ("a@x.example", ["a@x.example"]),
        ("a@x.example, b@x.example;c@x.example\nd@x.example\te@x.example", list("abcde")),
        ("a@x.example b@x.example", list("ab")),
        ("Ann <a@x.example>; Bob <b@x.example>", list("ab")),
        ("Smith, Jane <a@x.example>, Other, Bob <b@x.example>", list("ab")),
        ('"Smith, Jane (Policy)" <a@x.example>', list("a")),
        ("a@x.example <a@x.example>", list("a")),
        ("To: Ann <mailto:a@x.example>\nCc: 'b@x.example'", list("ab")),
        ("(a@x.example).", list("a")),
        ("A@X.example, a@x.EXAMPLE", ["A@X.example"]),
        ("  \n ; ,", []),
    ],
)
def test_addresses_as_people_paste_them(pasted: str, addresses: list[str]) -> None:
    """Every usual separator and dress of an address is understood, and a person counts once."""
    wanted = tuple(one if "@" in one else f"{one}@x.example" for one in addresses)
    assert (wanted, ()) == (people(pasted).addresses, people(pasted).problems)


@pytest.mark.parametrize(
    ("pasted", "problem"),
    [
        ("Private Office", "“Private Office” is not an address"),
        ("a@x.example; Press Office; b@x.example", "“Press Office” is not an address"),
        ("a@x.example, Press Office", "“Press Office” is not an address"),
        ("Ann <ann>", "“ann” is not an address"),
        ("a@@x.example", "“a@@x.example” is not an address"),
        ("*@x.example, @x.example", "“@x.example” is not an address"),
    ],
)
def test_nobody_is_left_out_in_silence(pasted: str, problem: str) -> None:
    """What is no address is said to be none."""
    assert problem in people(pasted).problems


@given(st.text(max_size=200))
def test_any_text_gives_people(pasted: str) -> None:
    """Whatever is pasted, every address that is found is one, and text is either found or a problem."""
    found = people(pasted)
    assert all("@" in one for one in found.addresses)
    if pasted.strip(" \t\r\n;,\x1f") and any(char.isalnum() for char in pasted) and ":" not in pasted:
        assert found.addresses or found.problems or '"' in pasted or "'" in pasted


def test_mail_file_alone_is_the_draft() -> None:
    """A draft that is a mail is looked at as it is."""
    assert b"Subject: x\r\n\r\ny" == compose(" ", [File("draft.eml", b"Subject: x\r\n\r\ny")])


def test_text_and_files_are_in_the_mail() -> None:
    """Pasted text and files of any name come back out of the mail that is made of them."""
    letter = File("old.eml", b"Subject: old\r\n\r\nolder\r\n")
    made = message_from_bytes(
        compose("Hällo\n", [File('te"st\r\nX: ä.csv', b"1,2\n"), letter]), policy=default
    )
    text, table, old = made.iter_parts()
    assert ("Hällo\n", 'te"stX: ä.csv', b"1,2\n") == (
        text.get_content(),
        table.get_filename(),
        table.get_payload(decode=True),
    )
    assert "old" == old.get_content()["Subject"]
    assert None is made["X"]


def test_document_is_read_in_the_draft() -> None:
    """A document picked beside the text is opened as an attachment is."""
    found = read_here(compose("", [File("draft.docx", word())]))
    assert any(BANNER in part.text for part in found.parts if part.path == "1")


def test_what_would_become_of_it() -> None:
    """The outcome is the policy's, by the register of now: who is listed would get it, who is not would be held."""
    entry = Publication("cla-2018", "Children looked after", PLANNED, LEAD)
    listed = Grant("a@x.example", GrantKind.PRE_RELEASE)
    register = Register(1, {entry.id: entry}, {entry.id: {listed.address: (listed,)}}, {})
    banner = "RESTRICTED STATISTICS until 9:30am on 28 March 2018"
    envelope = Envelope(LEAD, (Recipient("a@x.example"), Recipient(OUTSIDER)))
    message = Message((Part("1", PartKind.BODY, banner),))
    decision = foresee(load(None), message, envelope, register, Policy(), NOW)
    assert [Disposition.RELAY, Disposition.HOLD] == [one.disposition for one in decision.outcomes]
    late = foresee(load(None), message, envelope, register, Policy(), datetime(2018, 3, 28, 9, tzinfo=UTC))
    assert Disposition.RELAY is late.disposition
