"""Whom the address of a stranger looks like: what counts, and what must not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.likeness import Likeness
from tests.pace import within

JOHN, ANNA = "john.smith@policy.example", "anna.marsh@policy.example"
NUMBER, PRESS, BOB = "u10452@policy.example", "press@policy.example", "bob@policy.example"
MARY = "mary.o-brien@health.example"
FIRST = [
    *("james", "mary", "robert", "linda", "michael", "susan", "david", "karen"),
    *("william", "nancy", "richard", "lisa", "joseph", "betty", "thomas", "helen"),
]
LAST = [
    *("smith", "jones", "taylor", "brown", "williams", "wilson", "johnson"),
    *("davies", "patel", "robinson", "wright", "thompson", "evans", "walker"),
]
LISTED = Likeness([JOHN, ANNA, NUMBER, PRESS, BOB, MARY])


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        pytest.param("john.smth@policy.example", JOHN, id="one-less"),
        pytest.param("john.smithh@policy.example", JOHN, id="one-more"),
        pytest.param("john.smitt@policy.example", JOHN, id="another"),
        pytest.param("jonh.smith@policy.example", JOHN, id="two-swapped"),
        pytest.param("johnsmith@policy.example", JOHN, id="without-the-dot"),
        pytest.param("john.smith2@policy.example", JOHN, id="a-number-more"),
        pytest.param("john.smith@polcy.example", JOHN, id="in-the-domain"),
        pytest.param("press@p0licy.example", PRESS, id="a-nought-for-an-o"),
        pytest.param("anna.rnarsh@policy.example", ANNA, id="rn-for-m"),
        pytest.param("u1o452@policy.example", NUMBER, id="an-o-for-a-nought"),
        pytest.param("john.smith@xn--plicy-jye.example", JOHN, id="cyrillic-o-in-the-domain"),
        pytest.param("jоhn.smith@policy.example", JOHN, id="cyrillic-o-in-the-name"),
        pytest.param("bobb@policy.example", BOB, id="a-short-name-made-longer"),
        pytest.param("john.smith@mail.example", JOHN, id="same-name-elsewhere"),
        pytest.param("john.smith1984@mail.example", JOHN, id="with-a-number"),
        pytest.param("john_smith+stats@mail.example", JOHN, id="with-a-tag"),
        pytest.param("smith.john@mail.example", JOHN, id="the-other-way-round"),
        pytest.param("john.q.smith@mail.example", JOHN, id="middle-initial"),
        pytest.param("j.smith@mail.example", JOHN, id="initial"),
        pytest.param("jsmith@mail.example", JOHN, id="initial-joined"),
        pytest.param("maryobrien@mail.example", MARY, id="all-joined"),
    ],
)
def test_looks_like(address: str, expected: str) -> None:
    """A slip, a look-alike, or the same name at another domain."""
    assert expected == LISTED.of(address)


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("jane.smith@policy.example", id="another-first-name"),
        pytest.param("jane.smith@mail.example", id="with-the-same-initial-elsewhere"),
        pytest.param("john.smythe@policy.example", id="two-edits"),
        pytest.param("john.jones@policy.example", id="another-surname"),
        pytest.param("josh.smith@policy.example", id="two-letters-of-four"),
        pytest.param("peter.brown@policy.example", id="a-stranger"),
        pytest.param("u10453@policy.example", id="the-next-number"),
        pytest.param("u10542@policy.example", id="digits-swapped"),
        pytest.param("rob@policy.example", id="three-letters-all-differ-by-one"),
        pytest.param("press@health.example", id="a-function-elsewhere"),
        pytest.param("press.office@health.example", id="a-function-of-two-words"),
        pytest.param("bob@mail.example", id="too-short-to-be-a-name"),
        pytest.param("jxsmith@mail.example", id="no-initial"),
        pytest.param("a@b", id="tiny"),
        pytest.param('"a b"@policy.example', id="quoted"),
        pytest.param("x@xn--zzzzzzzz.example", id="no-such-idna"),
        pytest.param("x@[192.0.2.1]", id="literal"),
    ],
)
def test_does_not_look_like(address: str) -> None:
    """People of one place, functions and numbered accounts are not taken for one another."""
    assert LISTED.of(address) is None


def test_different_people_of_one_department() -> None:
    """Of 224 people with common names at one domain none looks like another."""
    people = [f"{one}.{other}@policy.example" for one in FIRST for other in LAST]
    likeness = Likeness(people[::4])
    alike = [one for at, one in enumerate(people) if at % 4 and likeness.of(one)]
    assert [] == alike


_locals = st.text("abcdefgh.19", min_size=4, max_size=12).filter(
    lambda local: ".." not in local and local.strip(".") == local
)


@given(_locals, st.integers(0, 30), st.sampled_from("xyz"))
def test_one_letter_is_always_noticed(local: str, at: int, letter: str) -> None:
    """One letter put into a name, in place of one, or taken out, is noticed wherever it stands."""
    listed = f"{local}@policy.example"
    place = at % len(local)
    more = f"{local[:place]}{letter}{local[place:]}@policy.example"
    other = f"{local[:place]}{letter}{local[place + 1 :]}@policy.example"
    assert [listed, listed] == [Likeness([listed]).of(each) for each in (more, other)]


@given(st.text(max_size=40), st.text(max_size=40))
def test_anything_has_an_answer(one: str, other: str) -> None:
    """Whatever is on the list or asked for, there is an answer, and it stands on the list."""
    assert Likeness([one]).of(other) in (one, None)


def test_a_thousand_recipients() -> None:
    """A list of 49 and 1,000 recipients, most of them like somebody, take less than 50 ms."""
    names = [f"{one}.{other}" for one in FIRST[:7] for other in LAST[:7]]
    asked = [f"{name}{number}@other{number % 7}.example" for number in range(21) for name in names][:1000]

    def found() -> int:
        likeness = Likeness(f"{name}@policy.example" for name in names)
        return sum(likeness.of(address) is not None for address in asked)

    assert within(0.05, found)
    assert 1000 == found()
