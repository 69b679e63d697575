"""Tests of gateway.features.figures and agreement: figures as features, and how a text agrees with them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gateway.features.agreement import agreements, on_record
from gateway.features.figures import Features, Figures, Keyed, features, without_public

KEY = b"a key of this installation only."

BULLETIN = """Boat lettings, Upper Fenwick

Lettings of rowing boats in Upper Fenwick reached 48,312 hulls, up 6.8 per cent on the spring before.

Takings of the harbour offices came to £9.64 billion, of which sailors of dinghies paid 37.5 per cent.

Mooring permits fell to 1,726,400 in Outer Dale; the waiting list of yachts holds 21,877 owners.
"""
TABLE = "Harbour\tHulls\tSailors\n" + "".join(
    f"{name}\t{hulls:,}\t{sailors}\n"
    for name, hulls, sailors in (
        ("Fenwick", 48312, 977.4),
        ("Outer Dale", 51244, 183.6),
        ("Saltby", 30977, 264.9),
        ("Grimwade", 12681, 318.2),
        ("Thornmouth", 77519, 452.7),
        ("Ostrey", 64833, 831.5),
    )
)


@pytest.fixture(scope="module")
def index() -> Figures:
    """An index of one publication with prose and a table."""
    return Figures(KEY, {"boats": features(KEY, [BULLETIN, TABLE])})


def _score(index: Figures, text: str) -> float:
    return next((each.score for each in agreements(index, text)), 0.0)


@pytest.mark.parametrize(
    "lines",
    [
        "Rowing boat lettings in Fenwick are 48.3 thousand, harbour office takings £9.64bn.",
        "FYI: lettings of rowing boats 48 312; sailors of dinghies paid 37.5pc of takings",
        "1.7264m mooring permits in Outer Dale!\n\nAnd the yachts' waiting list: 21,877 owners.",
    ],
)
def test_press_lines(index: Figures, lines: str) -> None:
    """Two figures with their labels in other words and other printed forms agree beyond chance."""
    assert _score(index, lines) >= 5.0


def test_cells_in_any_order(index: Figures) -> None:
    """Cells of one column without any heading agree as figures that stand together."""
    best = agreements(index, "as promised\n77,519\n12,681\n48,312\n64,833\n30,977\n")[0]
    assert "together" == best.kind
    assert best.score >= 5.0


@pytest.mark.parametrize(
    "text",
    [
        "The printer on floor 3 has 48 sheets left, 12 of them torn, and costs £9.60 a day.",
        "Rowing boat lettings in Fenwick are 51.9 thousand, harbour office takings £8.11bn.",
        "Minutes of 12 March 2014, 9.30am, room 48312, call 020 7946 0958",
    ],
)
def test_innocent_text(index: Figures, text: str) -> None:
    """Other figures about the same matter, and the same digits where they are no figures, do not agree."""
    assert _score(index, text) < 3.0


@given(
    st.sampled_from(["48,312", "£9.64 billion", "37.5 per cent", "1,726,400", "21,877"]),
    st.text(alphabet="abcdefgh ,.\n", max_size=80),
)
@settings(max_examples=60, deadline=None)
def test_one_bare_figure_never_agrees(figure: str, around: str) -> None:
    """One figure is never evidence, whatever it is and whatever stands around it, however often it is said."""
    index = Figures(KEY, {"boats": features(KEY, [BULLETIN])})
    assert [] == agreements(index, f"{around} {figure} rowing boats lettings harbour {figure} {around}")


@given(st.integers(1000, 9_999_999), st.integers(0, 4), st.booleans())
@settings(max_examples=150, deadline=None)
def test_forms_compare_at_the_coarser_precision(
    value: int, dropped: int, registered_is_coarser: bool
) -> None:
    """A figure printed at any two precisions and in any forms is on record as the same."""
    dropped = min(dropped, len(str(value)) - 2)
    rounded = (value + 10**dropped // 2) // 10**dropped * 10**dropped
    # One digit alone is in every mail and is not looked up.
    assume(len(str(rounded).rstrip("0")) > 1)
    fine, coarse = f"takings of £{value:,} in Saltby", f"takings of £{_in_words(rounded)} in Saltby"
    registered, said = (coarse, fine) if registered_is_coarser else (fine, coarse)
    index = Figures(KEY, {"boats": features(KEY, [f"Report: {registered}."])})
    assert 1 == len(on_record(index, f"hello, {said}, goodbye"))


def _in_words(value: int) -> str:
    """The value in thousands or millions where that loses nothing."""
    for power, word in ((10**6, "million"), (10**3, "thousand")):
        if value >= power and value % (power // 1000) == 0:
            return f"{value / power:.3f}".rstrip("0").rstrip(".") + f" {word}"
    return f"{value:,}"


@given(st.permutations(BULLETIN.replace(";", ".").split(". ")), st.integers(0, 4))
@settings(max_examples=40, deadline=None)
def test_more_evidence_never_lowers_the_score(sentences: list[str], count: int) -> None:
    """Another sentence of the publication at the end of a text never makes it agree less."""
    index = Figures(KEY, {"boats": features(KEY, [BULLETIN])})
    fewer, more = ". ".join(sentences[:count]), ". ".join(sentences[: count + 1])
    assert _score(index, f"{fewer}. ") <= _score(index, f"{more}. ") + 1e-9


def test_figures_far_away_take_nothing_off(index: Figures) -> None:
    """A mail full of other figures says what it says."""
    lines = "Rowing boat lettings in Fenwick are 48.3 thousand, harbour office takings £9.64bn."
    other = "\n".join(f"Invoice {number}: paid {number * 7919}.37 by card" for number in range(100, 160))
    assert _score(index, lines) <= _score(index, f"{lines}\n\n{other}") + 1e-9


def test_parts_of_a_score(index: Figures) -> None:
    """An agreement says how many figures it rests on, what each adds, and where they stand."""
    (best,) = agreements(index, "Rowing boat lettings in Fenwick are 48,312, office takings £9.64bn.")
    assert ("boats", 2, 2) == (best.publication, best.figures, len(best.gains))
    assert 0 <= best.start < best.end


def test_a_percentage_is_no_money() -> None:
    """Units that are both known must be the same."""
    index = Figures(KEY, {"boats": features(KEY, ["Sailors paid £37.5m and £21.9m in Saltby."])})
    assert [] == agreements(index, "Sailors paid 37.5 per cent and 21.9 per cent in Saltby.")


def test_a_share_kept_as_a_fraction() -> None:
    """A cell with a fraction agrees with the percentage that a sheet shows for it."""
    index = Figures(KEY, {"boats": features(KEY, ["Harbour\tShare\nSaltby\t0.0583291\nOstrey\t0.1247\n"])})
    assert 2 == agreements(index, "Share: Saltby 5.83%, Ostrey 12.5%")[0].figures


def test_another_key_knows_nothing() -> None:
    """Under another key the same figures are other features."""
    one, other = features(KEY, [BULLETIN]), features(b"another", [BULLETIN])
    assert not np.intersect1d(one, other).size


def test_features_are_sorted_and_each_once() -> None:
    """A set of features is the same whatever the order of the texts."""
    found = features(KEY, [BULLETIN, TABLE])
    assert np.array_equal(np.unique(found), found)
    assert np.array_equal(found, features(KEY, [TABLE, BULLETIN]))


def test_what_is_public_is_no_trace() -> None:
    """Figures of the previous edition, registered as public, are no evidence; new ones go on being."""
    old = "Lettings of rowing boats in Upper Fenwick reached 48,312 hulls. Sailors paid 37.5 per cent of takings."
    own = without_public(features(KEY, [BULLETIN]), features(KEY, [old]))
    index = Figures(KEY, {"boats": own})
    assert [] == agreements(index, old)
    assert agreements(index, "1.7264m mooring permits in Outer Dale, and 21,877 owners of yachts wait.")


def test_an_index_of_nothing() -> None:
    """Without publications nothing agrees."""
    empty: dict[str, Features] = {}
    assert [] == agreements(Figures(KEY, empty), BULLETIN)
    assert [] == agreements(Figures(KEY, {"boats": features(KEY, [])}), BULLETIN)


@given(st.lists(st.tuples(st.integers(1, 10**7 - 1), st.integers(-9, 9)), min_size=1))
@settings(deadline=None)
def test_many_values_as_one(figures: list[tuple[int, int]]) -> None:
    """Values worked out together are those worked out one by one."""
    keyed = Keyed(KEY)
    mantissas, exponents = (np.array(column, np.int64) for column in zip(*figures, strict=True))
    one_by_one = [keyed.value(*figure) << 28 for figure in figures]
    assert one_by_one == keyed.values(mantissas, exponents).tolist()


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_text(text: str) -> None:
    """No text makes looking up fail."""
    index = Figures(KEY, {"boats": features(KEY, [BULLETIN, TABLE, text])})
    assert all(each.figures > 1 for each in agreements(index, text + BULLETIN))
