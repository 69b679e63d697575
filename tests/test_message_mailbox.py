"""Boxes of mails."""

from __future__ import annotations

from gateway.message import mailbox
from gateway.message.entries import Budget

BOX = (
    b"From a@x.example Mon\nSubject: one\n\nhello\n>From here\n\nFrom b@x.example Mon\nSubject: two\n\nbye\n"
)


def test_mails_come_out_one_by_one() -> None:
    """Lines that were kept from looking like a border are as they were sent."""
    one, two = mailbox.mails(BOX, Budget())
    assert (b"Subject: one\n\nhello\nFrom here", b"Subject: two\n\nbye\n") == (one.data, two.data)
    assert {mailbox.NAME} == {one.name, two.name}


def test_a_line_of_text_is_no_border() -> None:
    """Behind a border stands a header."""
    (one,) = mailbox.mails(b"From a Mon\nSubject: one\n\nhello\n\nFrom here on it rains.\n", Budget())
    assert bytes(one.data).endswith(b"it rains.\n")
