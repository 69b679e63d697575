"""Delivery reports say what failed in the form of RFC 3464, from envelope facts alone."""

from __future__ import annotations

from email.message import Message

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.letters.dsn import Failure, decoded, report
from tests.filed import NOW, OUTSIDER, SENDER, example
from tests.test_letters_alert import parsed


def made(*failures: Failure, parameters: tuple[str, ...] = ()) -> bytes:
    """A report about these failures."""
    return report(example(parameters=parameters), failures, "gateway@stats.example", "mx.stats.example", NOW)


def fields(content: bytes) -> list[Message]:
    """The groups of fields of the machine-readable part: of the mail, then of each recipient."""
    _, status = parsed(content).iter_parts()
    assert "message/delivery-status" == status.get_content_type()
    groups = status.get_payload()
    assert isinstance(groups, list)
    return [group for group in groups if isinstance(group, Message) and group.keys()]


def test_report() -> None:
    """A report is a multipart/report to the sender with a text and a delivery-status part, and no original."""
    content = made(Failure(OUTSIDER, "550 5.1.1"))
    message = parsed(content)
    text, _ = message.iter_parts()
    mail, recipient = fields(content)

    assert "multipart/report" == message.get_content_type()
    assert "delivery-status" == message.get_param("report-type")
    assert SENDER == message["To"]
    assert f"{OUTSIDER}: there is no such mailbox (550 5.1.1)" in " ".join(text.get_content().split())
    assert "dns; mx.stats.example" == mail["Reporting-MTA"]
    assert f"rfc822;{OUTSIDER}" == recipient["Final-Recipient"]
    assert ("failed", "5.1.1", "smtp; 550 5.1.1") == (
        recipient["Action"],
        recipient["Status"],
        recipient["Diagnostic-Code"],
    )


def test_the_clients_own_names_come_back() -> None:
    """ENVID and ORCPT come back decoded from xtext (RFC 3461)."""
    failure = Failure(OUTSIDER, "550 5.1.1", original="rfc822;out+2Bsider@policy.example")
    mail, recipient = fields(made(failure, parameters=("RET=HDRS", "ENVID=QQ+2B314159")))

    assert "QQ+314159" == mail["Original-Envelope-Id"]
    assert "rfc822;out+sider@policy.example" == recipient["Original-Recipient"]


@pytest.mark.parametrize(
    ("failure", "status", "said"),
    [
        pytest.param(
            Failure(OUTSIDER, "450 4.2.2", expired=True),
            "4.2.2",
            "the mailbox is full, and the time",
            id="full",
        ),
        pytest.param(Failure(OUTSIDER, "", expired=True), "4.4.7", "did not answer in time", id="no-answer"),
        pytest.param(
            Failure(OUTSIDER, "554 5.9.9"), "5.9.9", "the mail system refused it", id="unknown-status"
        ),
        pytest.param(Failure(OUTSIDER, "550"), "5.0.0", "the mail system refused it (550)", id="no-status"),
    ],
)
def test_why(failure: Failure, status: str, said: str) -> None:
    """The status is the next hop's; the words are ours, never the next hop's."""
    content = made(failure)
    text, _ = parsed(content).iter_parts()

    assert status == fields(content)[1]["Status"]
    assert said in " ".join(text.get_content().split())


def test_each_recipient_has_its_group() -> None:
    """Several failures are one report."""
    content = made(*(Failure(f"p{number}@policy.example", "550 5.1.1") for number in range(60)))

    assert 61 == len(fields(content))


def test_addresses_that_are_not_ascii() -> None:
    """The machine-readable part stays 7-bit (RFC 6533)."""
    assert (
        "utf-8;j\\x{F6}rg@policy.example"
        == fields(made(Failure("jörg@policy.example", "550 5.1.1")))[1]["Final-Recipient"]
    )


def test_nobody_writes_to_the_null_sender() -> None:
    """There is no report about a mail without a sender."""
    with pytest.raises(ValueError, match="null sender"):
        report(example(sender=None), [], "gateway@stats.example", "mx.stats.example", NOW)


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126)))
def test_xtext_makes_no_fields(value: str) -> None:
    """Whatever a client hides in xtext, no line break or control character comes out."""
    assert decoded(value).isprintable()
    assert decoded(value).isascii()


@given(
    st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=90),
    st.text(max_size=60).filter(bool),
)
def test_nothing_breaks_the_form(envelope: str, address: str) -> None:
    """Whatever stands in the envelope, the report is one well-formed mail with one group for the recipient."""
    content = made(Failure(address, "550 5.1.1"), parameters=(f"ENVID={envelope}",))

    assert 2 == len(fields(content))
