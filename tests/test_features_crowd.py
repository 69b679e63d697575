"""What very many chunks say at once is what each of them says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.features import atoms as columns
from gateway.features.atoms import Sayings
from gateway.features.crowd import told
from gateway.features.saying import Atom, atoms, of_piece
from gateway.features.stems import STOP, SUFFIXES
from gateway.text import fold

KEY = bytes(range(32))
SHAPES = st.lists(
    st.sampled_from((*"0012345679", *"aabdenstwyz", *".,,.'-+/%£$:;()<>@_*\u00e9\u0436\u4e00"))
).map("".join)
WORDS = st.sampled_from(
    [*sorted(STOP)[::9], "hull", "www", "half", "bn", "one", *(f"hu{end}" for end in SUFFIXES)]
)
NUMBERS = st.one_of(
    st.integers(0, 10**22).map(str),
    st.integers(0, 10**16).map("{:,}".format),
    st.floats(0, 10**9, allow_nan=False).map("{:.3f}".format),
    st.sampled_from(
        ["20140312", "2027", "00", "012", "0", "00.5", "1.500k", "1,11", "9999999.5", "99999995"]
    ),
)
MARKS = st.sampled_from(
    ["", "", "", ".", ",", "%", "bn", "p", "(", ")", "\u00a3", "-", "'", "...", "!)", "abcde", "x", "@"]
)
CHUNKS = st.one_of(
    SHAPES,
    st.builds("{}{}{}".format, MARKS, WORDS | NUMBERS, MARKS),
    st.lists(NUMBERS, max_size=4).map(",".join),
)


@given(st.lists(CHUNKS.map(fold).filter(lambda chunk: " " not in chunk), min_size=1, max_size=40))
@example(
    [
        "a.b.",
        "20271301",
        "1.",
        ".5",
        "-5",
        "(5)",
        "(5.0)%",
        "w.www.",
        "abwww.",
        "a1",
        "12ab",
        "ab12",
        "1e5",
        "abc12",
        "1c8g5x",
    ]
)
def test_each_says_what_it_says_alone(chunks: list[str]) -> None:
    """Whatever is told of chunks, or of pieces of chunks, at once is what they say one by one."""
    for ask in (atoms, of_piece):
        found = told([chunk.encode() for chunk in chunks], ask)
        said = zip(found.which.tolist(), *found.numbers.tolist(), found.stems, strict=True)
        for which, *one in said:
            assert (chunks[which], ask(chunks[which])) == (chunks[which], [Atom(*one)])
        assert len(found.which) == len(np.unique(found.which))


@given(st.lists(CHUNKS.map(fold).filter(lambda chunk: " " not in chunk), min_size=1, max_size=40))
def test_a_text_is_the_same_read_either_way(chunks: list[str]) -> None:
    """The atoms of a text do not tell whether its chunks were met together."""
    alone, together = Sayings(KEY), Sayings(KEY)
    encoded = [chunk.encode() for chunk in chunks]
    alone.add(encoded)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(columns, "_MANY", 0)
        together.add(encoded)
    numbers = np.arange(len(chunks))
    one, other = alone.of(numbers), together.of(numbers)
    for name in ("says", "mantissa", "exponent", "stem", "counts"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
