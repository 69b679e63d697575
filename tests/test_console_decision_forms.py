"""The forms of decisions: what was typed is kept, and what is wrong is named at its field."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.console import decision_forms
from gateway.console.decision_forms import Form, Problem, chosen, declared, wrong_declaration, wrong_reason
from gateway.incident import Addressee, Standing
from gateway.letters.notice import MAX_MESSAGE

TODAY = date(2018, 3, 26)
NAMES = ("why", "other", "kind", "day", "month", "year", "verb", "seen", "message")


def test_typed_words_win_over_a_chosen_reason() -> None:
    """Somebody who types a reason means it, whatever is selected above."""
    assert ["mine", "chosen", ""] == [
        Form.of(fields, ()).reason
        for fields in ({"why": "chosen", "other": " mine "}, {"why": "chosen"}, {"why": "other"})
    ]


def test_a_reason_is_one_line() -> None:
    """A reason stands in the record as one line without signs that turn it around."""
    assert "a b c" == Form.of({"other": "a\r\nb\t c\u202e"}, ()).reason


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        (("", "", ""), None),
        (("26", "3", "2018"), None),
        (("27", "3", "2018"), "must be today or in the past"),
        (("1", "1", "1999"), "must be today or in the past"),
        (("31", "2", "2018"), "must be a real date"),
        (("1", "", "2018"), "must be a real date"),
        (("x", "1", "2018"), "must be a real date"),
        (("1", "1", "99999999999999999999"), "must be a real date"),
    ],
)
def test_a_declaration_has_a_real_date(typed: tuple[str, str, str], problem: str | None) -> None:
    """The date of a declaration may be missing, but not impossible or in the future."""
    form = Form(day=typed[0], month=typed[1], year=typed[2])
    found = wrong_declaration(form, TODAY)
    assert [] == found if problem is None else problem in found[0].text
    if problem is None:
        assert (date(2018, 3, 26) if typed[0] else None) == declared(form)


def test_a_reason_is_asked_for_where_it_is_needed() -> None:
    """Without a reason where one is needed, and with one that is too long, the form is wrong."""
    assert [Problem("why", "Select a reason, or write your own")] == wrong_reason(Form(), needed=True)
    assert [] == wrong_reason(Form(), needed=False)
    assert "other" == wrong_reason(Form(other="x" * 501), needed=False)[0].field


def test_only_held_recipients_can_be_chosen() -> None:
    """Positions that no form offered are nobody."""
    one = Addressee("a@policy.example", Standing.HELD)
    assert (one,) == chosen(Form(recipients=("0", "7", "x")), {"0": one, "2": one})


def test_a_message_fits_into_its_letter() -> None:
    """The limit of the form is that of the letter."""
    assert MAX_MESSAGE == decision_forms.MAX_MESSAGE


@given(st.dictionaries(st.sampled_from(NAMES), st.text(max_size=50)))
def test_any_form_can_be_taken(fields: dict[str, str]) -> None:
    """Whatever is posted becomes a form on whose one-line fields no line ends, and every check answers."""
    form = Form.of(fields, ())
    assert all(len(getattr(form, name).splitlines()) <= 1 for name in NAMES if name != "message")
    wrong_declaration(form, TODAY)
