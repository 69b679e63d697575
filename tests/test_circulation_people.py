"""People in headers: who would be given access is the address itself, never a name that looks like one."""

from __future__ import annotations

from email.message import Message

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.address import canonical
from gateway.circulation.people import Person, named_in


def named(value: str) -> tuple[tuple[Person, ...], tuple[str, ...]]:
    """People and problems of one header."""
    headers = Message()
    headers["To"] = value
    found = named_in(headers, "To")
    return found.people, found.problems


@pytest.mark.parametrize(
    ("value", "people"),
    [
        ("a@x.example", [Person("a@x.example")]),
        (
            '"Ellis, Tom (Press)" <Tom@X.example>, Bob <b@x.example>;',
            [Person("tom@x.example", "Ellis, Tom (Press)"), Person("b@x.example", "Bob")],
        ),
        ("a@x.example; b@x.example", [Person("a@x.example"), Person("b@x.example")]),
        ("PRA list: a@x.example, b@x.example;", [Person("a@x.example"), Person("b@x.example")]),
        ("=?utf-8?q?Jos=C3=A9=2C_Smith?= <j@x.example>", [Person("j@x.example", "José, Smith")]),
        ("a@x.example (Ann)", [Person("a@x.example")]),
        ("'jo@x.example' <jo@x.example>, JO@x.example", [Person("jo@x.example")]),
        ("<mailto:a@x.example>", [Person("a@x.example")]),
        ("undisclosed-recipients:;", []),
        ("", []),
    ],
)
def test_people(value: str, people: list[Person]) -> None:
    """Each person once, by canonical address, with the name that was shown."""
    assert (tuple(people), ()) == named(value)


def test_a_name_gives_no_access() -> None:
    """An address in a display name is not taken for the person."""
    assert ((Person("thief@evil.example"),), ()) == named("minister@x.example <thief@evil.example>")


def test_what_is_no_address_is_said() -> None:
    """Exchange's own names, patterns and names alone are problems, and the others are still read."""
    people, problems = named("Jo </o=ExchangeLabs/cn=jo>, Smith, *, a@x.example, b@[x, @x.example")

    assert (Person("a@x.example"),) == people
    assert 5 == len(problems)
    assert "To: 'Jo </o=ExchangeLabs/cn=jo>' is no address that can be on a list" == problems[0]


@given(st.text(alphabet='ab@.<>"\\,;:() \t\x00é', max_size=60))
def test_total(value: str) -> None:
    """Any header gives an answer, and only canonical addresses."""
    people, _ = named(value.replace("\n", " "))
    assert all(canonical(one.address) == one.address for one in people)
