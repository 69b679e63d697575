"""Lines of values parted by commas or bars become lines with tabs; sentences and grouped numbers stay as they are."""

from __future__ import annotations

import pytest

from gateway.features.cells import parted


def test_rows_of_values_parted_by_commas_have_a_tab_for_each_comma() -> None:
    """Every row has as many cells as the first, whether a cell is empty, quoted or looks like digits in groups."""
    rows = ["Place,Jan,Feb,Mar", "North West,104,220,317", "2003 Q1,,981,18.5", '"Mull, Iona",7,812,44']

    assert [
        "Place\tJan\tFeb\tMar",
        "North West\t104\t220\t317",
        "2003 Q1\t\t981\t18.5",
        "Mull, Iona\t7\t812\t44",
    ] == (parted(rows))


def test_what_could_be_digits_in_groups_follows_the_rows_beside_it() -> None:
    """The number 5 of a name and two values of three digits are three cells in a table of three cells a row."""
    assert ["Age 4\t1.5\t2.5", "Age 5\t104\t220"] == parted(["Age 4,1.5,2.5", "Age 5,104,220"])


@pytest.mark.parametrize(
    "line",
    [
        "Leeds 12,345 6,789,012 4,321",
        "In all, of 3,412 asked, 1,204 said yes, 14 no.",
        "One comma,only",
        "a\tb,c,d,e",
    ],
)
def test_digits_in_groups_and_sentences_are_no_cells(line: str) -> None:
    """A comma that groups digits, or that a space follows, parts nothing."""
    assert [line] == parted([line])


def test_bars_part_cells() -> None:
    """A table drawn with bars has its cells parted by tabs."""
    assert ["a \t 1 \t 2"] == [line.strip() for line in parted(["| a | 1 | 2 |"])]
