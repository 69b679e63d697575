"""What the alert says of addresses, in plain words and without content."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from gateway.incident import Addressee, Standing
from gateway.letters.alert import alert
from gateway.letters.remarks import of_recipient, of_sender
from gateway.model import Membership
from tests.filed import LISTED, OUTSIDER, SENDER, example
from tests.test_letters_alert import at, words

LONDON = ZoneInfo("Europe/London")
UNTIL = datetime(2018, 6, 30, 0, 0, tzinfo=LONDON)


def held(
    group: Membership | None = None, like: str | None = None, until: datetime | None = None
) -> Addressee:
    """An ineligible recipient of whom this is known."""
    closed = ("cla-2018",)
    return Addressee(
        OUTSIDER, Standing.HELD, ineligible_for=closed, group=group, resembles=like, suspended_until=until
    )


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        pytest.param(held(), [], id="nothing"),
        pytest.param(held(Membership(41, 3)), ["a group: 3 of 41 members not listed"], id="group"),
        pytest.param(
            held(Membership(0, 0)),
            ["a group: it has no members, so nobody can tell who reads it"],
            id="empty",
        ),
        pytest.param(
            held(Membership(5, 0)),
            ["a group: nobody can tell who reads it; a group in it is empty or contains itself"],
            id="circle",
        ),
        pytest.param(held(like="a@b.example"), ["looks like a@b.example, who is on the list"], id="like"),
        pytest.param(
            held(like="ä@b.example"), ["looks like \\xe4@b.example, who is on the list"], id="escaped"
        ),
        pytest.param(held(until=UNTIL), ["suspended until Saturday 30 June 2018 00:00 BST"], id="suspended"),
    ],
)
def test_of_a_recipient(one: Addressee, expected: list[str]) -> None:
    """Each fact is one short phrase."""
    assert expected == list(of_recipient(one, LONDON))


def test_of_a_sender() -> None:
    """A sender without a grant is a second leak; one who is suspended is said to be."""
    leak = "not on the list of cla-2018: a second leak, it had reached them before"
    suspended = "the sender is suspended until Saturday 30 June 2018 00:00 BST"
    also = "and may not have cla-2018: a second leak, it had reached them before"
    assert [[], [leak], [suspended, also]] == [
        list(of_sender(example(**facts), LONDON))
        for facts in (
            {},
            {"sender_ineligible_for": ("cla-2018",)},
            {"sender_ineligible_for": ("cla-2018",), "sender_suspended_until": UNTIL},
        )
    ]


def test_what_the_lead_reads() -> None:
    """All of it stands in the alert, beside the address that it is about."""
    people = (held(Membership(41, 3)), held(like=LISTED), held(until=UNTIL))
    text = words(
        alert(
            example(recipients=people, sender_ineligible_for=("cla-2018",), sender_suspended_until=UNTIL),
            at(),
        )
    )
    assert "A mail to 3 addresses not on the access list is held" in text
    assert f"{OUTSIDER} (cla-2018); a group: 3 of 41 members not listed" in text
    assert f"{OUTSIDER} (cla-2018); looks like {LISTED}, who is on the list" in text
    assert f"{OUTSIDER} (cla-2018); suspended until Saturday 30 June 2018 00:00 BST" in text
    assert f"Sender {SENDER} the sender is suspended until Saturday 30 June 2018 00:00 BST" in text


def test_one_group_is_no_person() -> None:
    """A mail to a group alone is not said to be to one person."""
    text = words(alert(example(recipients=(held(Membership(2, 1)),)), at()))
    assert "A mail to 1 address not on the access list is held" in text
