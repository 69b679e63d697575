"""Our Received line: safe, signed, and the loops that it shows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model import Client
from gateway.smtp.received import MAX_OWN, below_trace, line, looping
from tests.pace import within

KEY, OTHER = b"k" * 32, b"o" * 32
NOW = datetime(2018, 3, 27, 9, 39, tzinfo=UTC)


def own(key: bytes = KEY) -> bytes:
    """One line of ours."""
    return line(key, "ABCDEFGH23", "gateway.example", Client("192.0.2.1", "client.example"), NOW)


@given(st.text(), st.text(max_size=60))
def test_the_line_cannot_be_broken(helo: str, ip: str) -> None:
    """Whatever a client calls itself stays inside one header field."""
    text = line(KEY, "ABCDEFGH23", "gateway.example", Client(ip, helo), NOW)
    assert text.endswith(b"\r\n")
    assert all(part.startswith(b"\t") for part in text.split(b"\r\n")[1:-1])
    assert not text.replace(b"\r\n", b"").count(b"\n")


def test_a_hundred_servers_are_a_loop() -> None:
    """More than 100 Received lines are a loop (RFC 5321 section 6.3), in the header only."""
    one = b"Received: from a by b; Tue, 27 Mar 2018 09:39:00 +0000\r\n"
    assert not looping(KEY, one * 100 + b"\r\nbody\r\n")
    assert looping(KEY, one * 101 + b"\r\nbody\r\n")
    assert not looping(KEY, b"Subject: x\r\n\r\n" + one * 200)


def test_our_own_marks_count_and_forged_ones_do_not() -> None:
    """A mail that keeps coming back is a loop; somebody else's mark says nothing."""
    assert not looping(KEY, own() * MAX_OWN + b"\r\nbody\r\n")
    assert looping(KEY, own() * (MAX_OWN + 1) + b"\r\nbody\r\n")
    assert not looping(KEY, own(OTHER) * (MAX_OWN + 1) + b"\r\nbody\r\n")


@pytest.mark.parametrize(
    "trace",
    [
        b"",
        b"Received: from a\r\n\tby b;\r\n\tdate\r\n",
        b"Return-Path: <a@x.example>\r\nReceived: x\r\n y\r\n",
    ],
)
def test_a_resend_looks_the_same_below_its_trace(trace: bytes) -> None:
    """What a server adds on top each time it sends is no part of what identifies a mail."""
    rest = b"From: a@x.example\r\nReceived: lower down\r\n\r\nbody\r\n"
    assert rest == bytes(below_trace(trace + rest))


@pytest.mark.parametrize(
    "piece", [b"Received: x\r\n", b"Received: x\r\n" + b"\tby y\r\n" * 4000, b"X-Other: text\r\n"]
)
def test_endless_headers_take_no_time(piece: bytes) -> None:
    """50 MiB of header lines held up a whole worker for 8 seconds: only the first 256 KiB can be header."""
    content = piece * (50_000_000 // len(piece))
    assert within(0.5, lambda: (below_trace(content), looping(KEY, content)))
