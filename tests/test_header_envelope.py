"""Envelopes read off headers: for mails on disk that have lost their own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.header_envelope import OUTSIDER, envelope


def people(headers: str) -> tuple[str | None, tuple[str, ...]]:
    """Sender and recipients of a mail with these headers."""
    found = envelope(headers.encode("utf-8") + b"\n\nTo: not.me@body.example\n")
    return found.sender, found.addresses


@pytest.mark.parametrize(
    ("headers", "sender", "recipients"),
    [
        pytest.param("From: a@x.example\nTo: b@x.example", "a@x.example", ("b@x.example",), id="plain"),
        pytest.param(
            "From: a@x.example\nSender: s@x.example\nTo: b@x.example",
            "s@x.example",
            ("b@x.example",),
            id="sender-before-from",
        ),
        pytest.param(
            "Return-Path: <r@x.example>\nFrom: a@x.example\nTo: b@x.example",
            "r@x.example",
            ("b@x.example",),
            id="return-path-first",
        ),
        pytest.param(
            "Return-Path: <>\nFrom: a@x.example\nTo: b@x.example", None, ("b@x.example",), id="bounce"
        ),
        pytest.param(
            "From: a@x.example\nTo: B <b@x.example>, c@x.example\nCc: d@x.example\nBcc: e@x.example",
            "a@x.example",
            ("b@x.example", "c@x.example", "d@x.example", "e@x.example"),
            id="bcc-counts",
        ),
        pytest.param(
            "From: a@x.example\nTo: b@x.example\nResent-To: c@x.example",
            "a@x.example",
            ("b@x.example", "c@x.example"),
            id="resent",
        ),
        pytest.param(
            "From: a@x.example\nDelivered-To: d@x.example\nTo: undisclosed-recipients:;",
            "a@x.example",
            ("d@x.example",),
            id="delivered-to-only-if-nobody-else",
        ),
        pytest.param(
            "From: a@x.example\nDelivered-To: d@x.example\nTo: b@x.example",
            "a@x.example",
            ("b@x.example",),
            id="delivered-to-not-beside-others",
        ),
        pytest.param(
            "From: a@x.example\nTo: b@x.example, B@X.example\nCc: b@x.example",
            "a@x.example",
            ("b@x.example",),
            id="each-person-once",
        ),
        pytest.param("Subject: none", None, (OUTSIDER,), id="nobody"),
        pytest.param("", None, (OUTSIDER,), id="no-headers"),
    ],
)
def test_who_is_read(headers: str, sender: str | None, recipients: tuple[str, ...]) -> None:
    """Sender and recipients come from the fields that say most about the envelope; nobody is an outsider."""
    assert (sender, recipients) == people(headers)


def test_what_is_given_wins() -> None:
    """Given sender and recipients replace those of the headers, each on its own; "" is the null sender."""
    content = b"From: a@x.example\nTo: b@x.example\n\n"
    assert "g@x.example" == envelope(content, sender="g@x.example").sender
    assert ("b@x.example",) == envelope(content, sender="").addresses
    assert envelope(content, sender="").sender is None
    assert ("g@x.example",) == envelope(content, recipients=["g@x.example"]).addresses


@given(st.binary(max_size=300))
def test_any_bytes_have_an_envelope(content: bytes) -> None:
    """Whatever the bytes, there is an envelope with somebody in it."""
    for found in (envelope(content), envelope(b"To: " + content), envelope(b"From: =?" + content)):
        assert found.recipients


def test_a_field_nested_without_end_still_names_people() -> None:
    """A mail that overflows the reader of addresses is decided like any other."""
    nested = "group: " * 5_000 + "<a@x.example>, " + "(" * 5_000
    assert ("a@x.example",) == people(f"To: {nested}")[1]
