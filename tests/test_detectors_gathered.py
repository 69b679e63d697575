"""Wording whose letters do not stand together."""

# ruff: noqa: E501 (tables of one case a line)

from __future__ import annotations

import pytest

from gateway.detectors.gathered import gathered
from gateway.detectors.page import LETTERS, Page
from gateway.detectors.rule import Phrase, Wording
from gateway.text import fold, translate

PHRASES = (
    Phrase("embargoed until/till"),
    Phrase("not for publication before"),
    Phrase("strictly ... embargoed"),
)
WORDING = Wording(PHRASES, frozenset(["embargo", "publication"]))


def _read(text: str) -> list[str]:
    folded = fold(text)
    return [page.text for page in gathered(Page("1", folded, translate(folded, LETTERS)), [WORDING])]


APART = [
    "E M B A R G O E D  U N T I L 9:30am on 12 May 2027", "E.M.B.A.R.G.O.E.D U-N-T-I-L 9:30am on 12 May 2027", "EMBAR-\nGOED UNTIL 9:30am on 12 May 2027",
    "E\nM\nB\nA\nR\nG\nO\nE\nD\nuntil 9:30am on 12 May 2027", "3MB4 RG0ED UNT1L 9:30am on 12 May 2027",
]  # fmt: skip


@pytest.mark.parametrize("text", APART)
def test_letters_apart_are_put_together(text: str) -> None:
    """The words of a rule come out whole, with the time that is named beside them."""
    (found,) = _read(f"Dear all, {text} as agreed")
    assert "embargoed until" in found
    assert "12 may 2027" in " ".join(found.split())


@pytest.mark.parametrize(
    "word", ["embagoed", "embargod", "embargeod", "emabrgoed", "imbargoed", "embarrgoed"]
)
def test_one_mistake_is_corrected(word: str) -> None:
    """A letter more, less, other or out of order leaves the word what it is."""
    assert ["embargoed until 12 may 2027"] == _read(f"{word} until 12 May 2027")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Embargoed until 12 May 2027",
        "The oil embargo. Until then",
        "embarked until noon",
        "a re lease of life",
        "i t i s n o t",
    ],
)
def test_ordinary_text_is_read_once(text: str) -> None:
    """What stands there as it should, or is another word, is not read again."""
    assert [] == _read(text)
