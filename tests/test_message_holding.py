"""Which leaves may hold parts as text."""

from __future__ import annotations

from gateway.message import holding
from gateway.message.sniff import Kind


def test_mails_in_texts_and_in_unknown_kinds_of_messages_are_looked_through() -> None:
    """A kept mail is a file of its own under any type but a text's and a message's."""
    types = ("text/plain", "message/x-unknown", "application/octet-stream")

    assert [holding.may_hold_parts(Kind.MAIL, each, b"") for each in types] == [True, True, False]


def test_files_are_not_looked_through_as_text() -> None:
    """An archive has members, not parts in its text."""
    assert not holding.may_hold_parts(Kind.ZIP, "text/plain", b"PK")
