"""Tests of gateway.features.numerals: printed forms of figures, and what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.features.atoms import Atoms, Words
from gateway.features.figure import MOST_DIGITS, Unit, coarser, limited
from gateway.features.numberwords import Says
from gateway.features.numerals import Found, figures
from gateway.text import fold

KEY = b"a key of this installation only."


def _atoms(text: str) -> Atoms:
    return Words(KEY).read(fold(text))


def _found(text: str) -> Found:
    return figures(_atoms(text))


def _values(text: str) -> list[tuple[int, int, Unit]]:
    found = _found(text)
    columns = (found.mantissa.tolist(), found.exponent.tolist(), map(Unit, found.unit.tolist()))
    return list(zip(*columns, strict=True))


@pytest.mark.parametrize(
    ("printed", "mantissa", "exponent", "unit"),
    [
        ("48,310", 4831, 1, Unit.COUNT),
        ("48 310", 4831, 1, Unit.COUNT),
        ("48\u00a0310", 4831, 1, Unit.COUNT),
        ("48.3 thousand", 483, 2, Unit.COUNT),
        ("48k", 48, 3, Unit.COUNT),
        ("£9.6bn", 96, 8, Unit.MONEY),
        ("£9.6 billion", 96, 8, Unit.MONEY),
        ("€1.25m", 125, 4, Unit.MONEY),
        ("1.3 trillion", 13, 11, Unit.COUNT),
        ("5.8 per cent", 58, -1, Unit.PERCENT),
        ("5.8pc", 58, -1, Unit.PERCENT),
        ("5.8%", 58, -1, Unit.PERCENT),
        ("\uff15.8 %", 58, -1, Unit.PERCENT),
        ("0.4 percentage points", 4, -1, Unit.PERCENT),
        ("20%", 20, 0, Unit.PERCENT),
        ("30.60 million", 3060, 4, Unit.COUNT),
        ("121,000", 121, 3, Unit.COUNT),
        ("0.0583291", 583291, -7, Unit.PLAIN),
        ("twelve", 12, 0, Unit.PLAIN),
        ("twenty-five per cent", 25, 0, Unit.PERCENT),
        ("three million", 3, 6, Unit.COUNT),
        ("a quarter", 25, 0, Unit.PERCENT),
        ("two thirds", 67, 0, Unit.PERCENT),
        ("two-thirds", 67, 0, Unit.PERCENT),
        ("1 in 5", 20, 0, Unit.PERCENT),
        ("three out of ten", 30, 0, Unit.PERCENT),
    ],
)
def test_printed_forms(printed: str, mantissa: int, exponent: int, unit: Unit) -> None:
    """Every usual form of a figure is read as its value at its printed precision."""
    assert (mantissa, exponent, unit) in _values(f"It was {printed} of them, they said.")


@pytest.mark.parametrize(
    "text",
    [
        "in 2014 and 1999",
        "on 12 March, or March 12",
        "at 9.30am or 09:30, 11 am",
        "call 020 7946 0958",
        "call +44 20 7946 0958",
        "see page 12, table 14, section 33 and paragraph 45",
        "SW1A 2AA, EC1A 1BB",
        "ref 123456 and order no. 4711",
        "http://stats.example/12345/678?x=345",
        "mail 12345@dept.example",
        "version 1.22.33",
        "2011-12 and 16-64",
        "on 12/03/2014 and 2014-03-12",
        "aged 65",
        "an ABC123 or 12ab",
        "two or three of them",
    ],
)
def test_what_is_no_figure(text: str) -> None:
    """Dates, times, telephone numbers, places in a document, references and codes are no figures."""
    assert [] == _values(text)


@pytest.mark.parametrize("printed", ["-3.41%", "\u22123.41%", "(3,417)", "£-5.61m", "-£5.61m"])
def test_negative(printed: str) -> None:
    """Minus signs and the brackets of accounts make a figure negative, and its value is read all the same."""
    text = f"The change: {printed} so far"
    assert any(says & Says.NEGATIVE for says in _atoms(text).says.tolist())
    assert 1 == len(_values(text))


def test_a_row_of_cells_and_a_number_in_groups() -> None:
    """Where cells and groups of three digits look the same, both are read."""
    assert {(35, 1, Unit.PLAIN), (12, 0, Unit.PLAIN), (1235, 1, Unit.COUNT)} <= set(_values("12 350"))


def test_a_row_that_begins_with_a_month() -> None:
    """A number beside a month is a day only if it can be one."""
    assert [(1257, -1, Unit.PLAIN), (1144, -1, Unit.PLAIN)] == _values("Jun 125.7 114.4\nJul 12")


def test_the_place_of_a_figure() -> None:
    """The place covers the number with its unit, in atoms."""
    found = _found("We expect £9.6 billion\nin all")
    assert ([2], [4]) == (found.start.tolist(), found.end.tolist())


def test_several_numbers_without_a_space() -> None:
    """Marks keep numbers apart where spaces do not: cells of a file, a range with its unit."""
    assert [(48, 0), (51244, 0), (977, -1)] == [value[:2] for value in _values("48;51,244|97.7")]
    assert [(25, -1), (31, -1)] == [value[:2] for value in _values("2.5%-3.1%")]


@given(st.text(max_size=300))
@settings(deadline=None)
def test_any_text(text: str) -> None:
    """No text makes reading fail, figures come in order, and all lie within the text."""
    atoms = _atoms(text)
    found = figures(atoms)
    assert sorted(found.start.tolist()) == found.start.tolist()
    assert bool(((found.start >= 0) & (found.start < found.end) & (found.end <= len(atoms))).all())
    assert all(len(str(mantissa)) <= MOST_DIGITS for mantissa in found.mantissa.tolist())
    assert len(atoms) == atoms.counts.sum()


@given(st.text(alphabet="0123456789 .,%-{}()£mk", max_size=200))
@settings(deadline=None)
def test_text_of_digits(text: str) -> None:
    """Digits and marks in any order make reading fail no more than letters do."""
    assert all(mantissa > 0 for mantissa in _found(text).mantissa.tolist())


@given(st.integers(1000, 9_999_999))
@settings(deadline=None)
def test_separators_do_not_matter(value: int) -> None:
    """A number with commas, with spaces or with nothing between its thousands is the same figure."""
    plain = f"about {value} people" if value not in range(1900, 2100) else f"about {value:,} people"
    with_commas, with_spaces = f"about {value:,} people", f"about {value:,} people".replace(",", " ")
    assert _values(with_commas) == _values(plain)
    assert _values(with_commas)[0] in _values(with_spaces)


@given(st.integers(10, 9_999_999))
def test_coarser_forms(mantissa: int) -> None:
    """Each coarser form is the value rounded, to no fewer than two digits."""
    for rounded, dropped in coarser(mantissa):
        assert abs(rounded * 10**dropped - mantissa) * 2 <= 10**dropped
        assert rounded >= 9


@given(st.integers(0, 10**20), st.integers(-20, 5))
def test_limited(mantissa: int, exponent: int) -> None:
    """What is cut to the most digits told apart is the value rounded."""
    cut, power = limited(mantissa, exponent)
    assert abs(cut * 10 ** (power - exponent) - mantissa) * 2 <= 10 ** (power - exponent)
