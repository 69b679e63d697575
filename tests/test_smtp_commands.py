"""Arguments of MAIL and RCPT: strict, and kept as they were written."""

from __future__ import annotations

import pytest

from gateway import replies
from gateway.replies import Reply
from gateway.smtp.commands import CommandError, declared_size, features_needed, hostname, mail, rcpt

OFFERED = {"SIZE", "8BITMIME", "SMTPUTF8", "DSN"}


def test_parameters_keep_their_case() -> None:
    """ENVID and ORCPT mean something to their sender in the case they were given (RFC 3461)."""
    sender, parameters = mail("FROM:<a@dept.example> RET=hdrs ENVID=AbC+3Dx BODY=8BITMIME", OFFERED)
    assert ("a@dept.example", ("RET=hdrs", "ENVID=AbC+3Dx", "BODY=8BITMIME")) == (sender, parameters)
    recipient = rcpt(
        "TO:<b@dept.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;Bob@dept.example", OFFERED, utf8=False
    )
    assert ("NOTIFY=SUCCESS,FAILURE", "ORCPT=rfc822;Bob@dept.example") == recipient.parameters


def test_null_sender() -> None:
    """The null reverse-path is None, never a string."""
    assert (None, ()) == mail("FROM:<>", OFFERED)


@pytest.mark.parametrize(
    ("argument", "reply"),
    [
        ("a@dept.example", replies.BAD_ARGUMENT),
        ("FROM:a@dept.example", replies.BAD_ARGUMENT),
        ("FROM:<a@dept.example", replies.BAD_ARGUMENT),
        ("FROM:<a@dept.example>x", replies.BAD_ARGUMENT),
        ("FROM:<a@dept.example>,<b@dept.example>", replies.BAD_ARGUMENT),
        ("FROM:<a@dept.example> MT-PRIORITY=3", replies.BAD_PARAMETER),
        ("FROM:<a@dept.example> AUTH=<>", replies.BAD_PARAMETER),
        ("FROM:<a@dept.example> BODY=BINARYMIME", replies.BAD_ARGUMENT),
        ("FROM:<a@dept.example> SMTPUTF8=x", replies.BAD_ARGUMENT),
        ("FROM:<a@dept.example> SIZE=1 SIZE=2", replies.BAD_ARGUMENT),
        ("FROM:<a@dept.example> SIZE=-1", replies.BAD_ARGUMENT),
        ("FROM:<a(x)@dept.example>", replies.BAD_SENDER),
        ("FROM:<bücher@dept.example>", replies.NEEDS_SMTPUTF8),
    ],
)
def test_refusals_of_mail(argument: str, reply: Reply) -> None:
    """Each fault of MAIL has its reply."""
    with pytest.raises(CommandError) as caught:
        mail(argument, OFFERED)
    assert reply == caught.value.reply


def test_what_is_not_offered_is_refused() -> None:
    """A parameter of an extension that the next hop lacks gets 555."""
    with pytest.raises(CommandError) as caught:
        rcpt("TO:<b@dept.example> NOTIFY=NEVER", {"SIZE"}, utf8=False)
    assert replies.BAD_PARAMETER == caught.value.reply


def test_a_recipient_is_somebody() -> None:
    """The null path is no recipient; postmaster without a domain is one."""
    with pytest.raises(CommandError):
        rcpt("TO:<>", OFFERED, utf8=False)
    assert "postmaster" == rcpt("TO:<postmaster>", OFFERED, utf8=False).address


def test_features_and_size() -> None:
    """The next hop must offer what the parameters need; SIZE can be left out."""
    assert {"8BITMIME", "DSN"} == features_needed(("SIZE=3", "BODY=8BITMIME", "RET=FULL"))
    assert 1234 == declared_size(("size=1234",))
    assert declared_size(()) is None


@pytest.mark.parametrize("argument", ["", "a b", "a\rb", "x" * 300])
def test_hostname(argument: str) -> None:
    """What stands in our Received line is one printable word."""
    with pytest.raises(CommandError):
        hostname(argument)
