"""Tests of gateway.features.labels: what stands beside a figure, in tables and in sentences."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.features.labels import REACH, Labelled, labelled, near, stem, stems
from gateway.features.numerals import folded_lines


def _of(text: str, mantissa: int) -> Labelled:
    return next(each for each in labelled(text) if each.figure.mantissa == mantissa)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("burglary", "burglaries"),
        ("vacancy", "vacancies"),
        ("export", "exports"),
        ("payment", "payments"),
        ("harboured", "harbours"),
        ("lettings", "letting"),
    ],
)
def test_one_stem(one: str, other: str) -> None:
    """Forms of one word have one stem."""
    assert stem(one) == stem(other)


@pytest.mark.parametrize("word", ["the", "increased", "million", "percent", "year"])
def test_words_that_say_nothing(word: str) -> None:
    """Words that stand beside figures of every kind are no labels."""
    assert stem(word) == ""


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=20))
@settings(deadline=None)
def test_a_stem_begins_its_word(word: str) -> None:
    """A stem is the beginning of its word, or nothing."""
    assert word.startswith(stem(word))


def test_a_sentence() -> None:
    """The label of a figure in a sentence are the words beside it, nearest first, not those of the next sentence."""
    folded = folded_lines("Lettings of boats in Upper Fenwick reached 48,310 hulls. Rowers disagree.")
    place = folded.index("48,310")
    found = near(folded, place, place + 6)
    assert {"fenwick", "boat", "lett", "hull"} <= set(found)
    assert "row" not in found
    assert found.index("fenwick") < found.index("boat")


@given(st.text(alphabet="abcdef .\n", max_size=500), st.integers(0, 500))
@settings(deadline=None)
def test_no_more_than_a_dozen_on_either_side(text: str, place: int) -> None:
    """However long a text is, a figure has no more labels than that."""
    folded = folded_lines(text)
    assert len(near(folded, min(place, len(folded)), min(place, len(folded)))) <= 2 * REACH


TABLES = {
    "tabs": "Boat lettings\n\nHarbour\tHulls\tSailors\nFenwick\t48310\t977\nOuter Dale\t51244\t1083\n",
    "commas": "Harbour,Hulls,Sailors\nFenwick,48310,977\nOuter Dale,51244,1083\n",
    "quoted": 'Harbour,Hulls,Sailors\n"Fenwick, Upper","48,310",977\n"Outer Dale","51,244","1,083"\n',
    "bars": "| Harbour | Hulls | Sailors |\n"
    "|---|---|---|\n| Fenwick | 48,310 | 977 |\n| Outer Dale | 51,244 | 1,083 |\n",
    "lines within rows": "Harbour\n\tHulls\n\tSailors\n\t\n"
    "Fenwick\n\t48,310\n\t977\n\t\nOuter Dale\n\t51,244\n\t1,083\n",
    "blanks": "Harbour Hulls Sailors\nFenwick 48310 977\nOuter Dale 51244 1083\n",
}


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_a_table(table: str) -> None:
    """A figure in a table has the headings of its row and of its column, in each form in which readers give tables."""
    found = _of(table, 4831)
    assert {"fenwick", "hull"} <= set(found.stems)
    assert "dal" not in found.stems


@pytest.mark.parametrize("name", ["tabs", "commas", "bars"])
def test_the_heading_of_another_column(name: str) -> None:
    """Where cells stand apart, the heading of another column is no label."""
    assert "sailor" not in _of(TABLES[name], 4831).stems


def test_places() -> None:
    """Figures of one column share a place, those of one row another, those of two paragraphs none."""
    table = TABLES["tabs"]
    above, below, beside = _of(table, 4831), _of(table, 51244), _of(table, 977)
    assert any(kind == "column" for kind, _ in set(above.blocks) & set(below.blocks))
    assert any(kind == "row" for kind, _ in set(above.blocks) & set(beside.blocks))
    assert not any(kind in ("row", "column") for kind, _ in set(below.blocks) & set(beside.blocks))
    prose = "Fenwick let 48,310 hulls last year, they said.\n\nOuter Dale let 51,244 hulls last year, they said.\n"
    assert not set(_of(prose, 4831).blocks) & set(_of(prose, 51244).blocks)


def test_a_sentence_with_grouped_digits_is_no_row_of_cells() -> None:
    """Commas of sentences and of thousands do not make comma-separated values."""
    text = "Fenwick had the most hulls (48,310), followed by Outer Dale (51,244) (see Table 3)."
    assert "fenwick" in _of(text, 4831).stems


def test_stems() -> None:
    """Each stem is given once, in the order of the text; a year stands for itself."""
    assert ["hull", "2013", "boat"] == stems("the hulls of 2013, hull by hull, and boats")


@given(st.text(max_size=400))
@settings(deadline=None)
def test_any_text(text: str) -> None:
    """No text makes reading fail."""
    assert all(each.blocks for each in labelled(text))
