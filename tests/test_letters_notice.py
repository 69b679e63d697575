"""Notices tell a sender what became of their mail, for whom, and whom to ask."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from gateway.incident import Addressee, Standing
from gateway.letters.notice import MAX_MESSAGE, Desk, discarded, held, message_of
from tests.filed import LEAD, LISTED, NOW, OUTSIDER, SENDER, example
from tests.test_letters_alert import parsed, words

DESK = Desk("gateway@stats.example", NOW, ZoneInfo("Europe/London"), [LEAD])


def test_held() -> None:
    """The notice of a hold says when, for whom, the reference, and whom to ask; nothing of others."""
    content = held(example(), DESK)

    assert "[embargo-gateway] Held for review: HOLD2345" == parsed(content)["Subject"]
    assert SENDER == parsed(content)["To"]
    for fact in ("Monday 26 March 2018 11:39 BST", OUTSIDER, "HOLD2345", LEAD):
        assert fact in words(content)
    assert LISTED not in words(content)


def test_held_leaves_out_who_must_not_be_told_of() -> None:
    """A recipient given with NOTIFY=NEVER is not in the notice."""
    people = (
        Addressee("a@policy.example", Standing.HELD, ("NOTIFY=NEVER",), ("cla-2018",)),
        Addressee("b@policy.example", Standing.HELD, (), ("cla-2018",)),
    )
    text = words(held(example(recipients=people), DESK))

    assert "b@policy.example" in text
    assert "a@policy.example" not in text


def test_discarded() -> None:
    """The notice of a discard says for whom the mail was deleted, and whom to ask."""
    text = words(discarded(example(), [OUTSIDER], DESK))

    for fact in ("has been discarded", OUTSIDER, "HOLD2345", LEAD):
        assert fact in text


def test_discarded_with_a_message() -> None:
    """What the person who decided wrote stands in the letter line by line, before whom to ask; nothing breaks out."""
    wrote = message_of(
        " Not yet,\tplease.\r\n\r\n" + "x" * 1500 + "\r\nBcc: you@policy.example\x00\u2028Äußerst "
    )
    content = discarded(example(), [OUTSIDER], DESK, wrote)
    text = parsed(content).get_content().replace("\r\n", "\n")

    assert "The person who decided about it writes:\n\n  Not yet, please.\n\n  xxx" in text
    assert "\n  Bcc: you@policy.example\n  Äußerst\n" in text
    assert text.index("Äußerst") < text.index(LEAD)
    assert parsed(content)["Bcc"] is None
    assert 998 > max(map(len, content.split(b"\r\n")))


@pytest.mark.parametrize("text", ["", " \r\n\t ", "\u200b\n\u202e"])
def test_no_message(text: str) -> None:
    """Nothing that can be read is no message."""
    assert "" == message_of(text)
    assert "writes" not in words(discarded(example(), [OUTSIDER], DESK, message_of(text)))


def test_how_long_a_message_may_be() -> None:
    """A message is taken whole or not at all."""
    assert MAX_MESSAGE == len(message_of("x" * MAX_MESSAGE + " \n"))
    with pytest.raises(ValueError, match="has 2001 characters, of at most 2000"):
        message_of("x" * (MAX_MESSAGE + 1))


def test_nobody_writes_to_the_null_sender() -> None:
    """There is no notice to a mail without a sender."""
    with pytest.raises(ValueError, match="null sender"):
        held(example(sender=None), DESK)
    with pytest.raises(ValueError, match="null sender"):
        discarded(example(sender=None), [OUTSIDER], DESK)


def test_a_sender_that_is_not_ascii() -> None:
    """The address stands in the header as it is: the mail is sent with SMTPUTF8."""
    content = held(example(sender="jörg@policy.example"), DESK)

    assert "To: <jörg@policy.example>\r\n".encode() in content
