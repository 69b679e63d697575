"""Tables that are written as text: what their reader sees of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.message.tables import other_forms


def test_rows_of_sylk_are_rows() -> None:
    """A cell may leave out its row, and a semicolon is written twice."""
    source = (
        'ID;PX\nB;X2;Y2\nC;X1;Y1;K"Region"\nC;X2;K"Children"\nC;Y2;X1;K"North;;East"\nF;X2\nC;X2;K5870\nE\n'
    )
    (form,) = other_forms(source)
    assert ["North;East", "5870"] == form.splitlines()[-1].split("\t")[:2]
    assert "Children" in form.splitlines()[-2]


def test_rows_of_dif_are_rows() -> None:
    """Numbers stand in the line of their kind, texts in the next."""
    source = 'TABLE\n0,1\n"x"\nDATA\n0,0\n""\n-1,0\nBOT\n1,0\n"North East"\n0,5870\nV\n-1,0\nBOT\n0,1.5\nV\n-1,0\nEOD\n'
    (form,) = other_forms(source)
    assert ["North East\t5870\t", "1.5\t"] == form.strip("\n").split("\n")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_regression_words_down_a_column_passed(separator: str) -> None:
    """A sentence may stand in one column, a word a row, beside another column."""
    words = ["EMBARGOED", "UNTIL", "9:30am", "on", "12", "May"]
    table = "\n".join(f"{word}{separator}{number}" for number, word in enumerate(words))
    assert " ".join(words) in list(other_forms(table))


def test_a_letter_is_no_table() -> None:
    """Two lines with a comma have no columns; columns of numbers say nothing, and those of names what all tables do."""
    assert [] == list(other_forms("Dear Ann,\nplease come, if you can.\nYours\n"))
    assert [] == list(other_forms("1,2\n3,4\n5,6\n"))
    assert [] == list(other_forms("North East,2\nNorth West,4\nYorkshire and The Humber,6\n"))


@given(st.text(alphabet='IDCKXY;P"\n,0123V-BOTABLE\t|', max_size=200))
def test_any_text_has_its_forms(text: str) -> None:
    """Damage is no error."""
    assert all(
        isinstance(form, str) for start in ("", "ID;P", "TABLE\n0,1\n") for form in other_forms(start + text)
    )
