"""Tests of gateway.features.together and order: cells of one row, column or table without a label among them."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from gateway.features.agreement import Agreement, agreements
from gateway.features.atoms import Words
from gateway.features.figures import Figures, packed
from gateway.features.numerals import figures
from gateway.features.order import expected
from gateway.features.values import salt
from gateway.model import Part, PartKind
from gateway.text import fold

KEY = b"a key of this installation only."
_RANDOM = Random(4)
GROWTH = [f"{_RANDOM.randint(-99, 99) / 10 or 1.1:.1f}" for _ in range(16)]
SHARES = [str(_RANDOM.randint(11, 98)) for _ in range(16)]
LEVELS = [str(_RANDOM.randint(1000, 9999)) for _ in range(16)]
TABLE = "Harbour\tGrowth\tShare\tLevel\t\n" + "".join(
    # Headings among the rows part the labels, but the columns go on.
    ("Other harbours\t\n" if number % 4 == 0 else "") + f"Quay\t{growth}\t{share}\t{level}\t\n"
    for number, (growth, share, level) in enumerate(zip(GROWTH, SHARES, LEVELS, strict=True))
)


@pytest.fixture(scope="module")
def index() -> Figures:
    """One publication with the table, and one with a large table of figures of the same kinds."""
    rows = ("\t".join(str(_RANDOM.randint(11, 9999)) for _ in range(12)) for _ in range(300))
    texts = {"boats": TABLE, "census": "\n".join(f"Place\t{row}" for row in rows)}
    parts = {name: [Part("1", PartKind.DOCUMENT, text)] for name, text in texts.items()}
    return Figures.of({name: [packed(KEY, each)] for name, each in parts.items()}, {})


def _best(index: Figures, text: str) -> Agreement | None:
    found = agreements(index, Words(KEY).read(fold(text)), salt(KEY), 5.0)
    return found[0] if found else None


@pytest.mark.parametrize("column", [GROWTH, SHARES, LEVELS])
@pytest.mark.parametrize("apart", ["\n", " ", "\t", "; "])
def test_a_column(index: Figures, column: list[str], apart: str) -> None:
    """A column of two digits or more is found, upwards and downwards, however its cells are parted."""
    for cells in (column, column[::-1], column[3:14]):
        found = _best(index, apart.join(cells))
        assert found is not None
        assert ("boats", "together") == (found.publication, found.kind)


def test_a_column_with_cells_left_out(index: Figures) -> None:
    """What is left out on the way takes off less than what follows adds."""
    found = _best(index, " ".join(cell for number, cell in enumerate(SHARES) if number not in (4, 9, 10)))
    assert found is not None
    assert "boats" == found.publication


def test_a_column_in_any_order(index: Figures) -> None:
    """All cells of a column are its own, whatever their order, because none of them is drawn twice."""
    found = _best(index, "\n".join(Random(1).sample(LEVELS, len(LEVELS))))
    assert found is not None
    assert "boats" == found.publication


def test_order_counts(index: Figures) -> None:
    """Two digits each are worth more in the order of their column than in any other."""
    shuffled = Random(2).sample(SHARES[:8], 8)
    scores = [
        max(
            (each.score for each in agreements(index, Words(KEY).read(fold(" ".join(cells))), salt(KEY))),
            default=0.0,
        )
        for cells in (SHARES[:8], shuffled)
    ]
    assert scores[0] > scores[1] + 2


@pytest.mark.parametrize(
    "text",
    [
        " ".join(map(str, range(11, 60))),
        " ".join(f"1.{number}" for number in range(1, 10)),
        " ".join([SHARES[0], SHARES[1], SHARES[0]] * 12),
        " ".join(str(Random(number).randint(11, 98)) for number in range(40)),
    ],
)
def test_figures_that_only_count_or_come_again(index: Figures, text: str) -> None:
    """Numbers of items, the same line over and over, and figures of two digits at random are no column."""
    assert _best(index, text) is None


def test_what_is_expected() -> None:
    """A figure that was said before can be foretold, above all after the same one as then."""
    found = figures(Words(KEY).read(fold("37 52 37 52 88 37")))
    assert [0.0, 0.0, 0.5, 0.6, 0.0, pytest.approx(1 / 3)] == expected(found).tolist()
    assert np.all(expected(found) < 1)
