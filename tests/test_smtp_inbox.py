"""The inbox: only CRLF ends a line, only CRLF.CRLF ends content, however the bytes are cut."""

from __future__ import annotations

import asyncio
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import replies
from gateway.smtp.inbox import COMMAND_LIMIT, LINE_LIMIT, ContentTooBig, Gone, Inbox, LineFault, content_fault

MARKS = {
    "CRLF": b"\r\n",
    "LF": b"\n",
    "CR": b"\r",
    "CRCRLF": b"\r\r\n",
    "NUL": b"\r\n\0",
    "SP": b"\r\n ",
    "LFCRLF": b"\n\r\n",
}


def fed(*pieces: bytes, end: bool = True) -> Inbox:
    """An inbox that has been sent these pieces."""
    inbox = Inbox()
    for piece in pieces:
        inbox.feed(piece)
    if end:
        inbox.end()
    return inbox


def content_of(*pieces: bytes, limit: int = 10**6) -> bytes:
    """The content read from these pieces."""
    return asyncio.run(fed(*pieces).content(limit))


@pytest.mark.parametrize(("before", "after"), list(itertools.product(MARKS, MARKS)))
def test_only_one_mark_ends_content(before: str, after: str) -> None:
    """Of the 49 look-alikes around a dot exactly those that are CRLF.CRLF end content; the others are then refused."""
    body = b"text" + MARKS[before] + b"." + MARKS[after] + b"MAIL FROM:<evil@x.example>\r\n.\r\n"
    content = content_of(body)
    ends = MARKS[before].endswith(b"\r\n") and MARKS[after].startswith(b"\r\n")
    assert ends == (b"MAIL" not in content)
    if not ends and (before, after) != ("SP", "CRLF"):
        doubt = content_fault(content) is not None
        plain = before in ("CRLF", "SP") and after in ("CRLF", "SP")
        assert doubt or plain


@given(
    st.binary(max_size=400).filter(
        lambda b: content_fault(b.replace(b"\r", b"").replace(b"\n", b"\r\n")) is None
    ),
    st.integers(1, 7),
)
def test_content_is_what_was_sent(raw: bytes, step: int) -> None:
    """Dots come back as they were whatever the lines are and however the bytes are cut."""
    content = raw.replace(b"\r", b"").replace(b"\n", b"\r\n")
    content += b"" if not content or content.endswith(b"\r\n") else b"\r\n"
    lines = content.split(b"\r\n")
    wire = b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines) + b".\r\nQUIT\r\n"
    inbox = fed(*(wire[i : i + step] for i in range(0, len(wire), step)))

    async def both() -> tuple[bytes, bytes | None]:
        return await inbox.content(10**6), await inbox.line()

    assert (content, b"QUIT") == asyncio.run(both())


def test_too_big_is_read_to_its_end() -> None:
    """Content over the limit is thrown away up to its dot, so that the next command is a command."""
    inbox = fed(b"x" * 5000 + b"\r\n", b"y" * 5000 + b"\r\n.\r\nNOOP\r\n")

    async def both() -> bytes | None:
        with pytest.raises(ContentTooBig):
            await inbox.content(2000)
        return await inbox.line()

    assert asyncio.run(both()) == b"NOOP"


@pytest.mark.parametrize(("extra", "fits"), [(0, True), (1, False)])
def test_the_limit_to_the_octet(extra: int, fits: bool) -> None:
    """The limit counts content as it is, without the dots of transparency."""
    content = b".\r\n" * 10 + b"a" * extra
    wire = content.replace(b".", b"..") + (b"\r\n" if extra else b"") + b".\r\n"
    limit = 30
    if fits:
        assert content == content_of(wire, limit=limit)
    else:
        with pytest.raises(ContentTooBig):
            content_of(wire, limit=limit)


def test_a_client_that_vanishes_has_sent_no_mail() -> None:
    """Content without its final dot is no content."""
    with pytest.raises(Gone):
        content_of(b"half a mail\r\n.")


@pytest.mark.parametrize(
    ("wire", "reply"),
    [
        (b"NOOP\n", replies.BAD_LINE),
        (b"NO\rOP\r\n", replies.BAD_LINE),
        (b"NO\0OP\r\n", replies.BAD_LINE),
        (b"N" * (COMMAND_LIMIT + 1) + b"\r\n", replies.COMMAND_TOO_LONG),
        (b"N" * 200_000 + b"\r\n", replies.COMMAND_TOO_LONG),
    ],
)
def test_bad_lines(wire: bytes, reply: replies.Reply) -> None:
    """A malformed line is one fault, and the line behind it is read as it should be."""

    async def both() -> bytes | None:
        inbox = fed(wire, b"QUIT\r\n")
        with pytest.raises(LineFault) as caught:
            await inbox.line()
        assert reply == caught.value.reply
        return await inbox.line()

    assert asyncio.run(both()) == b"QUIT"


def test_waiting_lines_of_one_kind() -> None:
    """Only whole lines of the kind asked for are taken ahead."""
    inbox = fed(b"rcpt TO:<a@x.example>\r\nRCPT TO:<b@x.example>\r\nDATA\r\n")
    assert b"rcpt TO:<a@x.example>" == inbox.waiting_line(b"RCPT ")
    assert b"RCPT TO:<b@x.example>" == inbox.waiting_line(b"RCPT ")
    assert inbox.waiting_line(b"RCPT ") is None


@pytest.mark.parametrize(
    ("content", "reply"),
    [
        (b"a\r\nb\r\n", None),
        (b"", None),
        (b"a\nb\r\n", replies.BARE_CONTROL),
        (b"a\rb\r\n", replies.BARE_CONTROL),
        (b"a\0b\r\n", replies.BARE_CONTROL),
        (b"x" * (LINE_LIMIT - 2) + b"\r\ny\r\n", None),
        (b"x" * LINE_LIMIT + b"\r\ny\r\n", replies.LINE_TOO_LONG),
    ],
)
def test_content_faults(content: bytes, reply: replies.Reply | None) -> None:
    """What another server could read differently is refused, long lines are tolerated up to the limit."""
    assert reply == content_fault(content)
