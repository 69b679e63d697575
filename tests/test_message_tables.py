"""Tables that are written as text: what their reader sees of them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.message.tables import may_be_banner, other_forms
from gateway.rules import shipped_folder


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


def wordings() -> Iterator[str]:
    """Every way of saying every phrase of the shipped rules, but for the words that may stand between."""
    for name in ("embargo-banner", "pre-release-handling", "statutory-marking"):
        rule = tomllib.loads((shipped_folder() / f"{name}.toml").read_text())
        for phrase in (phrase for wording in rule["wording"] for phrase in wording["phrases"]):
            yield from map(" ".join, product(*(word.split("/") for word in phrase.split() if word != "...")))


def test_regression_phrases_of_the_rules_passed_down_a_column() -> None:
    """Whatever the rules look for is read down a column, too: `Not for broadcast before` was taken for names."""
    said = list(wordings())
    assert 100 < len(said)
    assert [] == [words for words in said if not may_be_banner(words)]


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
