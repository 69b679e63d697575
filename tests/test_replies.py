"""Replies: a table that cannot lie, and foreign text made safe."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import replies
from gateway.replies import NextHopLost, Reply, reply_for


@given(st.integers(), st.text())
def test_foreign_replies_are_always_safe(code: int, text: str) -> None:
    """Whatever a next hop says becomes one printable ASCII line of at most 512 octets with an honest code."""
    reply = Reply.foreign(code, text)
    line = f"{reply}\r\n"
    assert len(line) <= 512
    assert line[:-2].isascii()
    assert line[:-2].isprintable()
    assert reply.code == code or reply is replies.NEXT_HOP_GARBLED


def test_a_reply_injection_stays_one_line() -> None:
    """CR and LF inside a next hop's text do not make a second reply."""
    assert "550 5.1.1 no such 250 2.0.0 Ok" == str(Reply.foreign(550, "5.1.1 no such\r\n250 2.0.0 Ok"))


@pytest.mark.parametrize(("code", "enhanced"), [(250, "5.0.0"), (550, "4.7.1"), (199, ""), (600, "")])
def test_code_and_enhanced_code_agree(code: int, enhanced: str) -> None:
    """A table entry whose two codes disagree cannot be made."""
    with pytest.raises(ValueError, match=r"agree|code"):
        Reply(code, enhanced, "text")


def test_a_bug_never_speaks_and_is_never_permanent() -> None:
    """An unknown exception is 451 with a reference and nothing of its own text."""
    reply = reply_for(ValueError("4.7 per cent"), "ABCDEFGH23")
    assert "451 4.3.0 Temporary failure, reference ABCDEFGH23" == str(reply)


def test_an_error_knows_its_reply() -> None:
    """What is raised decides what is answered; its inside text is for the log."""
    assert replies.NEXT_HOP_LOST is reply_for(NextHopLost("inside"), "X")


def test_own_replies_of_the_contract() -> None:
    """The replies that others rely on have the codes of the contract."""
    table = {
        replies.HELD: "250 2.0.0",
        replies.REJECTED: "550 5.7.1",
        replies.INTERNAL: "451 4.3.0",
        replies.SCAN_UNFINISHED: "451 4.3.0",
        replies.STORE_UNAVAILABLE: "452 4.3.1",
        replies.NEXT_HOP_DOWN: "451 4.4.1",
        replies.RELAYING_DENIED: "550 5.7.1",
        replies.BARE_CONTROL: "550 5.6.11",
    }
    assert list(table.values()) == [f"{reply.code} {reply.enhanced}" for reply in table]
