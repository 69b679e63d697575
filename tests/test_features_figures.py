"""Tests of gateway.features.figures and agreement: sets of figures, the index, and how a text agrees with it."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gateway.features.agreement import Agreement, agreements
from gateway.features.atoms import Words
from gateway.features.figures import Figures, packed
from gateway.features.hits import hits
from gateway.features.numerals import figures
from gateway.features.packing import Set, unpack
from gateway.features.values import forms, keys, salt
from gateway.model import Part, PartKind
from gateway.text import fold

KEY = b"a key of this installation only."
SALT = salt(KEY)

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
LEAK = "Rowing boat lettings in Fenwick are 48.3 thousand, harbour office takings £9.64bn."


def _packed(*texts: str, key: bytes = KEY) -> bytes:
    return packed(key, [Part(str(number), PartKind.DOCUMENT, text) for number, text in enumerate(texts, 1)])


def _index(*texts: str, public: tuple[str, ...] = ()) -> Figures:
    return Figures.of({"boats": [_packed(*texts)]}, {"boats": [_packed(*public)]} if public else {})


@pytest.fixture(scope="module")
def index() -> Figures:
    """An index of one publication with prose and a table."""
    return _index(BULLETIN, TABLE)


def _agreements(index: Figures, text: str) -> list[Agreement]:
    return agreements(index, Words(KEY).read(fold(text)), SALT)


def _score(index: Figures, text: str) -> float:
    return next((each.score for each in _agreements(index, text)), 0.0)


def _on_record(index: Figures, text: str) -> int:
    """How many figures of a text some publication has, whatever stands beside them."""
    found = figures(Words(KEY).read(fold(text)))
    return len(set(hits(index, found, SALT)[0].figure.tolist()))


@pytest.mark.parametrize(
    "lines",
    [
        LEAK,
        "FYI: lettings of rowing boats 48 312; sailors of dinghies paid 37.5pc of takings",
        "1.7264m mooring permits in Outer Dale!\n\nAnd the yachts' waiting list: 21,877 owners.",
    ],
)
def test_press_lines(index: Figures, lines: str) -> None:
    """Two figures with their labels in other words and other printed forms agree beyond chance."""
    assert _score(index, lines) >= 5.0


def test_cells_in_any_order(index: Figures) -> None:
    """Cells of one column without any heading agree as figures that stand together."""
    best = _agreements(index, "as promised\n77,519\n12,681\n48,312\n64,833\n30,977\n")[0]
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
@settings(max_examples=40, deadline=None)
def test_one_bare_figure_never_agrees(figure: str, around: str) -> None:
    """One figure is never evidence, whatever it is and whatever stands around it, however often it is said."""
    text = f"{around} {figure} rowing boats lettings harbour {figure} {around}"
    assert [] == _agreements(_index(BULLETIN), text)


@given(st.integers(1000, 9_999_999), st.integers(0, 4), st.booleans())
@settings(max_examples=100, deadline=None)
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
    assert 1 == _on_record(_index(f"Report: {registered}."), f"hello, {said}, goodbye")


def _in_words(value: int) -> str:
    """The value in thousands or millions where that loses nothing."""
    for power, word in ((10**6, "million"), (10**3, "thousand")):
        if value >= power and value % (power // 1000) == 0:
            return f"{value / power:.3f}".rstrip("0").rstrip(".") + f" {word}"
    return f"{value:,}"


def test_figures_far_away_take_little_off(index: Figures) -> None:
    """A mail full of other figures says what it says; only that there were more to choose from counts."""
    other = "\n".join(f"Invoice {number}: paid {number * 7919}.37 by card" for number in range(100, 160))
    assert _score(index, f"{LEAK}\n\n{other}") >= _score(index, LEAK) - 2.0


def test_a_figure_of_another_value_counts_against(index: Figures) -> None:
    """Figures between that do not agree take something off."""
    other = LEAK.replace("thousand,", "thousand, 77.3 per cent of 819 and 4,433 of 61.7,")
    assert _score(index, other) < _score(index, LEAK)


def test_parts_of_a_score(index: Figures) -> None:
    """An agreement says how many figures it rests on, what each adds by value and by label, and what was taken off."""
    (best,) = _agreements(index, "Rowing boat lettings in Fenwick are 48,312, office takings £9.64bn.")
    assert ("boats", 2, ((48312, 0), (964, 7))) == (best.publication, best.figures, best.values)
    assert all(gain.value > 0 and gain.label > 0 for gain in best.stretch.gains)
    assert best.score == pytest.approx(sum(best.gains) - best.stretch.costs - best.stretch.chance)
    assert 0 <= best.start < best.end


def test_a_score_that_is_out_of_reach(index: Figures) -> None:
    """What scores less than is asked for is not given, and the rest is the same as otherwise."""
    atoms = Words(KEY).read(fold(LEAK))
    (best,) = agreements(index, atoms, SALT)
    assert [best] == agreements(index, atoms, SALT, best.score - 0.01)
    assert [] == agreements(index, atoms, SALT, best.score + 0.01)


def test_a_percentage_is_no_money() -> None:
    """Units that are both known must be the same."""
    index = _index("Sailors paid £37.5m and £21.9m in Saltby.")
    assert [] == _agreements(index, "Sailors paid 37.5 per cent and 21.9 per cent in Saltby.")


def test_another_key_knows_nothing() -> None:
    """Under another key the same figures are other values."""
    one, other = (
        next(iter(unpack(_packed(BULLETIN, key=key)))) for key in (KEY, b"another key of an installation..")
    )
    assert not np.intersect1d(one.key, other.key).size
    assert not np.intersect1d(one.stems, other.stems).size


def test_a_set_is_bytes() -> None:
    """A set holds as many records as figures, and says so of bytes of another make."""
    assert 6 == sum(map(len, unpack(_packed(BULLETIN))))
    with pytest.raises(ValueError, match="not a set of figures"):
        list(unpack(b"something else"))


def test_what_is_public_is_no_trace() -> None:
    """Figures of the previous edition, registered as public, are no evidence; new ones go on being."""
    old = "Lettings of rowing boats in Upper Fenwick reached 48,312 hulls. Sailors paid 37.5 per cent of takings."
    index = _index(BULLETIN, public=(old,))
    assert [] == _agreements(index, old)
    assert _agreements(index, "1.7264m mooring permits in Outer Dale, and 21,877 owners of yachts wait.")


def test_a_secret_figure_with_a_public_value() -> None:
    """Where a public figure has the same value, the words of a mail say which of the two it means."""
    secret = (
        "Sailors of dinghies paid 37.5 per cent of takings in Saltby, and 21.9 per cent of moorings there."
    )
    public = (
        "Owners of yachts in Ostrey won 37.5 per cent of all regattas, and lost 21.9 per cent of the others."
    )
    index = _index(secret, public=(public,))
    assert [] == _agreements(
        index, "Owners of yachts won 37.5pc of regattas and lost 21.9pc of others in Ostrey."
    )
    assert _agreements(index, "Sailors paid 37.5pc of dinghy takings in Saltby and 21.9pc of moorings.")


def test_what_was_so_before_counts_less() -> None:
    """What a publication compares its figures with has mostly been said by an earlier one."""
    now = "Lettings in Saltby reached 48,312 hulls in Fenwick. Sailors of dinghies paid 37.5 per cent of takings."
    then = (
        "Lettings in Saltby reached 48,312 hulls a year ago. Sailors of dinghies paid 37.5 per cent earlier."
    )
    lines = "lettings in Saltby: 48,312 hulls; sailors of dinghies paid 37.5pc"
    assert _score(_index(then), lines) < _score(_index(now), lines)


def test_several_publications() -> None:
    """Each publication is weighed by itself, and the best comes first."""
    other = "Kettles in Upper Fenwick numbered 48,312, and tea cost £7.17 billion."
    index = Figures.of({"boats": [_packed(BULLETIN), _packed(TABLE)], "tea": [_packed(other)]}, {})
    assert "boats" == _agreements(index, LEAK)[0].publication


def test_an_index_of_nothing() -> None:
    """Without publications nothing agrees."""
    assert [] == _agreements(Figures.of({}, {}), BULLETIN)
    assert [] == _agreements(_index(""), BULLETIN)


@given(st.lists(st.tuples(st.integers(10, 10**7 - 1), st.integers(-9, 9)), min_size=1))
@settings(deadline=None)
def test_forms_of_many(values: list[tuple[int, int]]) -> None:
    """Each figure has its own form first, and then only such as are rounded from it."""
    mantissas, exponents = (np.array(column, np.int64) for column in zip(*values, strict=True))
    made = forms(mantissas, exponents, np.full(len(values), 2), SALT)
    assert keys(mantissas, exponents, SALT).tolist() == made.key[made.own].tolist()
    assert (
        made.digits[~made.own] < np.array([len(str(m)) for m, _ in values])[made.figure[~made.own]] + 1
    ).all()


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_text(text: str) -> None:
    """No text makes looking up fail."""
    assert all(each.figures > 1 for each in _agreements(_index(BULLETIN, TABLE, text), text + BULLETIN))


@pytest.mark.parametrize("column", ["form", "row", "column", "block", "stack", "unit", "lengths"])
def test_a_set_that_points_beyond_itself_is_refused(column: str) -> None:
    """Whoever has the tracing key can write any set; none may end in every worker."""
    content = packed(KEY, [Part("1", PartKind.DOCUMENT, "It rose to 72,670 and 81,334 boats.")])
    (whole,) = unpack(content)
    at = [each.name for each in fields(Set)].index(column)
    values = getattr(whole, column)
    before = sum(getattr(whole, each.name).nbytes for each in fields(Set)[:at])
    start = len(content) - whole.size + before
    wrong = np.full_like(values, np.iinfo(values.dtype).max).tobytes()
    with pytest.raises(ValueError, match="beyond itself"):
        list(unpack(content[:start] + wrong + content[start + len(wrong) :]))
