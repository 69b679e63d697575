"""Rows of tables as text: cells in their columns, whatever the attributes say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.message.rows import Rows


def row(*cells: tuple[dict[str, str], str]) -> str:
    """The text of a row of cells, each with its attributes."""
    rows = Rows([])
    rows.begin_row()
    for attributes, text in cells:
        rows.begin_cell(attributes)
        rows.pieces.append(text)
        rows.end_cell()
    rows.pieces.append("\n")
    rows.end_row()
    rows.end()
    return "".join(rows.pieces)


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        (("A1", "B1"), "0\t1\t\n"),
        (("A1", "D1"), "0\t\t\t1\t\n"),
        (("C7", "D7"), " \t\t0\t1\t\n"),
        (("", "B1"), "0\t1\t\n"),
        (("B1", "A1"), " \t0\t1\t\n"),
        (("A1", "XFD1"), "0\t1\t\n"),
        (("A1", "ZZZZZ9"), "0\t1\t\n"),
        (("A1", "\N{ARABIC-INDIC DIGIT ONE}"), "0\t1\t\n"),
    ],
)
def test_places_of_cells(places: tuple[str, ...], expected: str) -> None:
    """Columns that a program left out are put back, unless that would be the rest of the sheet."""
    assert expected == row(*(({"r": place}, str(number)) for number, place in enumerate(places)))


@given(
    st.lists(
        st.tuples(st.sampled_from(["", "A1", "C1", "ZZ1", "1"]), st.sampled_from(["", "2", "x", "70000"]))
    )
)
def test_any_attributes(cells: list[tuple[str, str]]) -> None:
    """No attribute makes a row fail, nor long."""
    told = "table:number-columns-repeated"
    text = row(*(({"r": place, told: times}, "a") for place, times in cells))
    assert text.count("a") <= 64 * len(cells)
    assert text.endswith("\n")
