"""The vocabulary: chunks as numbers, whatever was read before and however often."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.features import vocabulary
from gateway.features.shingles import Features, hashes, whole, words
from gateway.features.vocabulary import PIECE, Vocabulary, lent
from gateway.text import fold

KEY = bytes(range(32))
SHARED = Vocabulary(KEY)


def plainly(folded: str) -> Features:
    """The same word by word."""
    return hashes(KEY).of(words(whole(folded).encode()))


@given(st.text(st.sampled_from("ab1é,.- ~£"), max_size=60))
def test_words_are_those_of_the_text(text: str) -> None:
    """Chunk by chunk the same words come out as of the whole text, also of one that was met before."""
    folded = fold(text)
    for one in (Vocabulary(KEY), SHARED, SHARED):
        np.testing.assert_array_equal(plainly(folded), one.read(folded).words)


def test_a_word_parted_at_the_end_of_a_line_is_one() -> None:
    """However many pieces there are."""
    read = SHARED.read
    np.testing.assert_array_equal(read("one statistical word").words, read("one statis- tical word").words)
    np.testing.assert_array_equal(read("one statistical word").words, read("one sta- tis- tical word").words)


def test_a_hyphen_at_the_very_end() -> None:
    """Nothing follows that could belong to it."""
    np.testing.assert_array_equal(plainly("statis-"), SHARED.read("statis-").words)


def test_it_forgets_and_knows_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is remembered is bounded; what was forgotten is looked at anew."""
    monkeypatch.setattr(vocabulary, "_MOST", 5)
    one = Vocabulary(KEY)
    for start in range(0, 60, 3):
        folded = " ".join(f"word{number}" for number in range(start, start + 12))
        np.testing.assert_array_equal(plainly(folded), one.read(folded).words)


def test_a_piece_of_nothing_but_new_chunks() -> None:
    """As many chunks as a piece can hold are told apart, though many want the same slot."""
    text = " ".join(chr(0x4E00 + number) for number in range(PIECE // 2))
    assert 0 == len(SHARED.read(text).words)
    numbers = " ".join(map(str, range(10_000, 10_000 + PIECE // 6)))
    np.testing.assert_array_equal(plainly(numbers), Vocabulary(KEY).read(numbers).words)


def test_each_caller_has_one_of_its_own() -> None:
    """Two threads never read with the same one, and one that is given back is lent again."""
    with lent(KEY) as first, lent(KEY) as second:
        assert first is not second
    with lent(KEY) as third:
        assert third in (first, second)


def test_lines_of_many_words_are_forgotten_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table without spaces has few chunks of very many words: what is remembered stays bounded, and is right."""
    monkeypatch.setattr("gateway.features.vocabulary._MOST_SAID", 1000)
    one, sizes = Vocabulary(KEY), list[int]()
    for start in range(10):
        line = ",".join(f"{start}{number:04}x" for number in range(700))
        found = one.read(line).words
        assert np.array_equal(hashes(KEY).of(words(line.encode())), found)
        sizes.append(len(one._hashes))
    assert max(sizes) <= 1000 + 700
