"""The alert says everything a lead needs to decide, and nothing of the mail."""

from __future__ import annotations

import email
import email.policy
from datetime import timedelta
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.incident import Addressee, Concern, Standing
from gateway.letters.alert import Circumstances, alert, grouped
from gateway.letters.form import shown
from gateway.model import Detector, Finding, Reason
from tests.filed import (
    BANNER,
    DEPUTY,
    FALLBACK,
    LEAD,
    LISTED,
    NOW,
    OUTSIDER,
    PLANNED,
    SECRET,
    SENDER,
    example,
)

LONDON = ZoneInfo("Europe/London")
WHY = "The text says itself that it is under embargo."


def at(**changes: Any) -> Circumstances:
    """The lead on an ordinary morning."""
    facts: dict[str, Any] = {"sender": "gateway@stats.example", "to": LEAD, "now": NOW, "zone": LONDON}
    return Circumstances(**{**facts, "whys": {"embargo-banner": WHY}, **changes})


def parsed(content: bytes) -> EmailMessage:
    """The mail as a mail program reads it, after checks that hold for every letter."""
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert all(len(line) <= 998 for line in content.split(b"\r\n"))
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert [] == message.defects
    return message


def words(content: bytes) -> str:
    """The text of a letter with its lines joined."""
    return " ".join(parsed(content).get_content().split())


def test_what_the_lead_reads() -> None:
    """Publication, time left, rule and why, part, sender, recipients, reference and the commands to decide."""
    asked = [(NOW + timedelta(minutes=10), [DEPUTY]), (NOW + timedelta(minutes=30), FALLBACK)]
    text = words(alert(example(), at(next_asked=asked)))

    for fact in (
        "Children looked after (cla-2018)",
        "planned for Wednesday 28 March 2018 09:30 BST, in 1 d 21 h",
        "Reference HOLD2345",
        f"Sender {SENDER}",
        f"Held for {OUTSIDER} (cla-2018)",
        "1 person on the list: relayed now.",
        f"embargo-banner in part 1/1: {WHY}",
        "embargo-gateway incident show HOLD2345",
        f'embargo-gateway incident release HOLD2345 --recipient {OUTSIDER} --reason "..."',
        "embargo-gateway incident discard HOLD2345",
        f"Monday 26 March 2018 11:49 BST: {DEPUTY}",
        f"Monday 26 March 2018 12:09 BST: {FALLBACK[0]}",
        "Nothing expires into sending.",
    ):
        assert fact in text


def test_headers() -> None:
    """An alert is an automatic mail that nobody's out-of-office answers, from the gateway to the lead."""
    message = parsed(alert(example(), at()))

    assert "[embargo-gateway] Held: HOLD2345 (cla-2018)" == message["Subject"]
    assert "gateway@stats.example" == message["From"]
    assert LEAD == message["To"]
    assert "auto-generated" == message["Auto-Submitted"]
    assert "All" == message["X-Auto-Response-Suppress"]
    assert NOW == message["Date"].datetime
    assert message["Message-ID"].endswith("@stats.example>")


def test_observed_says_first_that_it_was_sent() -> None:
    """In monitor mode the first line says that the mail was sent."""
    recipients = (Addressee(OUTSIDER, Standing.OBSERVED, ineligible_for=("cla-2018",)),)
    content = alert(example(state=Standing.OBSERVED, disposition="observe", recipients=recipients), at())

    assert parsed(content).get_content().startswith("THE MAIL WAS SENT.")
    assert "release HOLD2345" not in words(content)


def test_refused() -> None:
    """A refused mail leaves nothing to decide: nobody got it."""
    recipients = (Addressee(OUTSIDER, Standing.REJECTED, ineligible_for=("cla-2018",)),)
    text = words(alert(example(state=Standing.REJECTED, disposition="reject", recipients=recipients), at()))

    assert "was refused. Nobody got it." in text
    assert "discard" not in text


@pytest.mark.parametrize(
    ("changes", "fact"),
    [
        pytest.param({"sender": None}, "Sender <> (an automatic mail)", id="null-sender"),
        pytest.param(
            {"sender_ineligible_for": ("cla-2018",)}, "not on the list of cla-2018: a second leak", id="leak"
        ),
        pytest.param(
            {"publications": (None,), "concerns": ()}, "nobody here has registered", id="unregistered"
        ),
        pytest.param(
            {"findings": (Finding("unreadable", Detector.UNREADABLE, "2/1", reason=Reason.ENCRYPTED),)},
            "unreadable in part 2/1 (encrypted)",
            id="unreadable",
        ),
    ],
)
def test_other_facts(changes: dict[str, Any], fact: str) -> None:
    """What is unusual about a mail is said."""
    assert fact in words(alert(example(**changes), at()))


def test_a_monitored_publication_in_a_held_mail() -> None:
    """Who gets a held mail because the publication closed to them is only monitored is not listed as held."""
    people = (
        Addressee(OUTSIDER, Standing.HELD, ineligible_for=("cla-2018",)),
        Addressee(LISTED, Standing.RELAYED, ineligible_for=("sfr-2018",)),
    )
    text = words(alert(example(recipients=people), at()))

    assert "A mail to 1 person not on the access list is held" in text
    assert (
        f"Held for {OUTSIDER} (cla-2018) SENT in monitor mode, although not on the list, to {LISTED}" in text
    )


def test_overdue() -> None:
    """A planned time that has passed is called overdue."""
    assert "overdue by 2 h 05 min" in words(alert(example(), at(now=PLANNED + timedelta(hours=2, minutes=5))))


def test_deputies_know_that_they_stand_in() -> None:
    """Who is asked later reads that nobody has decided."""
    assert "Nobody has decided yet" in words(alert(example(), at(level=1, to=DEPUTY)))


def test_a_long_list_is_cut() -> None:
    """A mail to a thousand people names fifty of them and says how many more there are."""
    people = tuple(
        Addressee(f"p{n}@policy.example", Standing.HELD, ineligible_for=(None,)) for n in range(1000)
    )
    content = alert(example(recipients=people), at())

    assert "and 950 more" in words(content)
    assert "--recipient ADDRESS" in words(content)
    assert len(content) < 8000


@pytest.mark.parametrize(
    "address",
    ['"$(reboot)"@policy.example', '"a b"@policy.example', "o'hara@policy.example", "jö@policy.example"],
)
def test_no_address_reaches_the_shell(address: str) -> None:
    """An address that a shell or an eye could misread does not stand in the command to copy."""
    content = alert(
        example(recipients=(Addressee(address, Standing.HELD, ineligible_for=("cla-2018",)),)), at()
    )

    assert "--recipient ADDRESS" in words(content)
    assert shown(address) in words(content)
    assert content.isascii()


def test_a_title_in_any_language() -> None:
    """A title that is not ASCII makes a UTF-8 letter; its line breaks do not make lines."""
    concern = Concern("cla-2018", "Ystadegau\r\nplant – Cymru\u202e", PLANNED, LEAD)
    message = parsed(alert(example(concerns=(concern,)), at()))

    assert "Ystadegau plant – Cymru (cla-2018)" in message.get_content()


def test_a_storm_is_one_letter() -> None:
    """A grouped alert names every incident."""
    many = [example(ref=f"HOLD{number:04}") for number in range(500)]
    content = grouped(many, at())

    assert all(f"HOLD{number:04} Held (cla-2018)" in words(content) for number in range(500))
    assert "[embargo-gateway] 500 incidents: HOLD0000 and others" == parsed(content)["Subject"]


def test_a_storm_says_what_was_sent() -> None:
    """A grouped alert says first how many of the mails were sent."""
    content = grouped([example(), example(ref="OBSERVE1", disposition="observe")], at())

    assert parsed(content).get_content().startswith("1 OF THESE MAILS WERE SENT")


texts = st.text(st.characters(codec="utf-8"), max_size=80)


@given(title=texts, why=texts, address=texts.filter(bool))
def test_nothing_breaks_the_form(title: str, why: str, address: str) -> None:
    """Whatever stands in a title, a rule's sentence or an address, the letter is one well-formed mail."""
    one = Addressee(address, Standing.HELD, ineligible_for=("cla-2018",))
    incident = example(recipients=(one,), concerns=(Concern("cla-2018", title, PLANNED, LEAD),))
    message = parsed(alert(incident, at(whys={"embargo-banner": why})))

    assert "[embargo-gateway] Held: HOLD2345 (cla-2018)" == message["Subject"]
    assert {"From", "To", "Subject", "Date"} <= set(message.keys())


def test_no_content() -> None:
    """An incident knows no content, so no letter can say any; its findings are rule and place only."""
    assert SECRET not in words(alert(example(findings=(BANNER,)), at()))
    assert LISTED not in words(alert(example(), at()))


def test_the_link_comes_first() -> None:
    """The way into the console stands above facts and commands, whole on a line of its own, and in no header."""
    url = "https://console.stats.example/sign-in/" + "s" * 43
    for content in (
        alert(example(), at(link=url)),
        grouped([example(), example(ref="HOLD3456")], at(link=url)),
    ):
        text = parsed(content).get_content().replace("\r\n", "\n")
        assert f"\n{url}\n" in text
        assert 1 == content.count(url.encode())
        assert text.index(url) < text.index("HOLD2345") < text.index("embargo-gateway incident show")
    observed = parsed(alert(example(disposition="observe"), at(link=url))).get_content()
    assert "See more here:" in observed
