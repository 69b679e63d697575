"""Folding: what a reader sees as equal compares equal."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.text import fold, words
from tests.pace import slowness


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        pytest.param("RESTRICTED\u00a0until\r\n  published", "restricted until published", id="no-break-space"),
        pytest.param("re\u00adstricted un\u200btil \u202ea\u2066b\ufe0f", "restricted until ab", id="unseen"),
        pytest.param("\uff32\uff25\uff33\uff34 \uff14\uff0e\uff17", "rest 4.7", id="full-width"),
        pytest.param("\U0001d411\U0001d404\U0001d412\U0001d413", "rest", id="mathematical"),
        pytest.param("Official\u2013Sensitive \u2014 \u2011 \u2212", "official-sensitive - - -", id="dashes"),
        pytest.param("\u201cup\u201d \u2018up\u2019 \u00abx\u00bb `y` \"z\"", "'up' 'up' 'x' 'y' 'z'", id="quotes"),
        pytest.param("\u0415MB\u0410RG\u041eED", "embargoed", id="cyrillic"),
        pytest.param("\u0395\u039c\u0392\u0391RG\u039fED", "embargoed", id="greek-capitals"),
        pytest.param("e\u0301mba\u0308\u0336rgo", "embargo", id="stacked-marks"),
        pytest.param("\u0669:\u0663\u0660", "9:30", id="digits-of-other-scripts"),
        pytest.param("> > RESTRICTED\n>> UNTIL\n > PUBLISHED", "restricted until published", id="quoted"),
        pytest.param("a > b\nc", "a > b c", id="a-sign-within-a-line-stays"),
        pytest.param("emb\x00argo\x08ed", "embargoed", id="controls"),
        pytest.param("a\u2028> b\u0085>c", "a b c", id="line-breaks-of-other-kinds"),
        pytest.param("\ud800x\udfff", "x", id="lone-surrogates"),
        pytest.param("", "", id="nothing"),
    ],
)  # fmt: skip
def test_reads_alike(text: str, folded: str) -> None:
    """Spellings that a reader takes for each other have one folded form."""
    assert folded == fold(text)


@given(st.text(st.characters() | st.sampled_from(" \t\r\n>\x1f\u2028\u200d\u0301\u00a0"), max_size=200))
def test_folding_twice_changes_nothing(text: str) -> None:
    """Fold is idempotent, for whatever text, surrogates included."""
    once = fold(text)
    assert once == fold(once)


def test_every_character_is_stable() -> None:
    """No code point has a folded form that folds on; of ideographs, syllables and private use, samples."""
    spans = [
        (0, 0x3500),
        (0xA000, 0xAC80),
        (0xD780, 0xE010),
        (0xF8F0, 0x17100),
        (0x1B000, 0x20010),
        (0xE0000, 0xE0200),
    ]
    once = fold("x".join(chr(code) for span in spans for code in range(*span)))
    assert once == fold(once)


@given(st.text(st.characters(exclude_characters=">"), max_size=80), st.text(max_size=20))
def test_white_space_of_any_kind_is_one_space(text: str, more: str) -> None:
    """A folded text has no white space but single spaces between other characters."""
    folded = fold(text + " \n" + more)
    assert " ".join(folded.split()) == folded


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("RESTRICTED " * 100_000, id="ascii"),
        pytest.param(" \n" * 500_000, id="white-space"),
        pytest.param("> " * 500_000, id="quote-marks"),
        pytest.param("\n>" * 500_000, id="quoted-empty-lines"),
        pytest.param("\u00a0x" * 250_000, id="no-break-spaces"),
        pytest.param("a" + "\u0301" * 500_000, id="stacked-marks"),
    ],
)
def test_a_megabyte_takes_linear_time(text: str) -> None:
    """A megabyte of anything folds within a moment, on whatever machine the tests run."""
    started = time.perf_counter()
    fold(text)
    assert time.perf_counter() - started < 5 * slowness()


def test_words_are_letters_and_figures() -> None:
    """Punctuation parts words and is none."""
    assert ["official", "sensitive", "9", "30am"] == words("official-sensitive: 9.30am")


def test_a_long_text_of_short_runs_folds_as_its_pieces() -> None:
    """Bytes that were taken for text have a letter beyond ASCII after each other one, and cost no more than letters."""
    piece = "Ab\u00e9\u0420 \u2013\x07z\r\n\u00a0> Q" * 10
    whole = fold(piece * 1500)
    assert fold(piece * 20) == whole[: len(fold(piece * 20))]
    assert fold(whole) == whole
