"""Tests of gateway.features.records, labels and stems: what stands beside a figure, in tables and in sentences."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.features.atoms import Stems, Words
from gateway.features.records import read
from gateway.features.stems import stem

KEY = b"a key of this installation only."
HASHES = Stems(KEY)


def _label(text: str, mantissa: int) -> set[int]:
    """The hashed stems of the label of a figure."""
    reading = read(Words(KEY), text)
    at = reading.found.mantissa.tolist().index(mantissa)
    contexts = {int(reading.row[at]), int(reading.column[at])}
    return {stem for number in contexts for stem in reading.contexts[number].tolist()}


def _hashed(*stems: str) -> set[int]:
    return {HASHES[each] for each in stems}


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
    assert "" == stem(word)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=20))
@settings(deadline=None)
def test_a_stem_begins_its_word(word: str) -> None:
    """A stem is the beginning of its word, or nothing."""
    assert word.startswith(stem(word))


def test_a_sentence() -> None:
    """The label of a figure in a sentence are the words beside it, not those of the sentence that follows."""
    label = _label(
        "Fenwick let 48,310 rowing hulls. Nobody counts the dinghies of sailors in Outer Dale.", 4831
    )
    assert _hashed("fenwick", "rowing", "hull") <= label
    assert not _hashed("sailor", "dingh", "dal") & label


def test_a_paragraph_is_a_border() -> None:
    """Words of another paragraph are no label, wherever they stand."""
    label = _label("Sailors were many.\n\nFenwick let 48,310 hulls, they said\n\nDinghies were few.", 4831)
    assert not _hashed("sailor", "dingh") & label


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
    label = _label(table, 4831)
    assert _hashed("fenwick", "hull") <= label
    assert not _hashed("dal") & label


@pytest.mark.parametrize("name", ["tabs", "commas", "bars"])
def test_the_heading_of_another_column(name: str) -> None:
    """Where cells stand apart, the heading of another column is no label."""
    assert not _hashed("sailor") & _label(TABLES[name], 4831)


def test_places() -> None:
    """Figures of one column share its context, those of one row another; two paragraphs are two blocks."""
    reading = read(Words(KEY), TABLES["tabs"])
    first, beside, below, _ = range(4)
    assert reading.column[first] == reading.column[below] != reading.column[beside]
    assert reading.row[first] == reading.row[beside] != reading.row[below]
    assert 1 == len(set(reading.block.tolist()))
    prose = read(
        Words(KEY), "Fenwick let 48,310 hulls, they said.\n\nOuter Dale let 51,244 hulls, they said.\n"
    )
    assert 2 == len(set(prose.block.tolist()))
    assert prose.prose.all()


def test_a_sentence_with_grouped_digits_is_no_row_of_cells() -> None:
    """Commas of sentences and of thousands do not make comma-separated values."""
    text = "Fenwick had the most hulls (48,310), followed by Outer Dale (51,244) (see Table 3)."
    assert _hashed("fenwick") <= _label(text, 4831)
    assert read(Words(KEY), text).prose.all()


def test_another_key_knows_nothing() -> None:
    """Under another key the same words are other numbers."""
    assert HASHES["hull"] != Stems(b"another key of an installation..")["hull"]


@given(st.text(max_size=400))
@settings(deadline=None)
def test_any_text(text: str) -> None:
    """No text makes reading fail, and each figure has its contexts."""
    reading = read(Words(KEY), text)
    assert all(
        0 <= number < len(reading.contexts) for number in (*reading.row.tolist(), *reading.column.tolist())
    )


def test_a_heading_among_the_rows_parts_labels_but_no_column() -> None:
    """Rows under two headings of one table stand in one table and one column; a line without cells ends the table."""
    rows = "Hulls\tMay\t\nNew\t\nFenwick\t4831\t\nSaltby\t3097\t\nOld\t\nOstrey\t6483\t\n"
    reading = read(Words(KEY), f"{rows}Note on the whole\nGrimwade\t1268\t\n")
    assert [0, 0, 0, 1] == [sorted({*reading.block}).index(each) for each in reading.block]
    assert [0, 0, 0, 1] == [sorted({*reading.stack}).index(each) for each in reading.stack]
    assert reading.column[0] == reading.column[1] != reading.column[2]
