"""Shingles: the same words give the same features however they were pasted; the index knows whose they are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.features.shingles import LENGTH, STOCK, Features, Texts, features, shingles, whole, words
from gateway.features.vocabulary import Vocabulary
from gateway.text import fold

KEY = bytes(range(32))
PROSE = "Landings of herring at Brinmouth fell by 72,670 tonnes, or 4.7 per cent, after the harbour had been closed."
VOCABULARY = st.text("abcdefghij", min_size=1, max_size=6)


def of(text: str) -> Features:
    """The shingles of a text, as a mail gives them."""
    return shingles(Vocabulary(KEY).read(fold(text)).words)


def owners(texts: Texts, found: Features) -> list[tuple[int, str]]:
    """Where something registered stands, and whose it is."""
    shared = texts.shared(found)
    return [(place, texts.ids[owner]) for place, owner in zip(shared.places, shared.owners, strict=True)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("72,670 people", b"72670 people", id="thousands"),
        pytest.param("1,234,567.5", b"12345675", id="millions"),
        pytest.param("rose by 4.7%.", b"rose by 47", id="percent"),
        pytest.param("12,345 and 12,3456", b"12345 and 12 3456", id="not-thousands"),
        pytest.param("north,south,4.5", b"north south 45", id="comma-separated"),
        pytest.param("statis-\ntics of 2010", b"statistics of 2010", id="parted-word"),
        pytest.param("year-on-\nyear", b"yearonyear", id="parted-at-its-own-hyphen"),
        pytest.param("up - as before - again", b"up as before again", id="dashes"),
        pytest.param("> a quoted\n> > line", b"a quoted line", id="quoted"),
        pytest.param("oﬃcial ﬁgures’ worth", b"official figures worth", id="ligatures"),
        pytest.param("• café\u00a0£11.4bn | x", b"cafe 114bn x", id="other-signs"),
        pytest.param("", b"", id="nothing"),
    ],
)
def test_words(text: str, expected: bytes) -> None:
    """A figure is one word whatever groups its thousands, and a word parted at the end of a line is one word."""
    assert expected.split() == words(whole(fold(text)).encode())


def test_every_run_of_words_is_a_shingle() -> None:
    """A text has one shingle fewer for each word that a shingle is longer than one; a short one has none."""
    assert len(PROSE.replace(",", "").split()) - LENGTH + 1 == len(of(PROSE))
    assert 0 == len(of("only four words here"))
    assert 0 == len(of(""))


@given(st.lists(VOCABULARY, min_size=LENGTH, max_size=30), st.integers(0, 25))
def test_a_shingle_is_the_same_wherever_it_stands(found: list[str], start: int) -> None:
    """The shingles of a passage are those that stand in the whole text at its place."""
    whole, passage = of(" ".join(found)), of(" ".join(found[start:]))
    assert whole[start:].tolist() == passage.tolist()


@given(st.permutations(range(LENGTH)))
def test_the_order_of_words_counts(order: list[int]) -> None:
    """The same words in another order are another shingle."""
    found = ["herring", "landings", "fell", "by", "half"]
    same = of(" ".join(found)) == of(" ".join(found[index] for index in order))
    assert (order == sorted(order)) == bool(same[0])


def test_another_key_gives_other_features() -> None:
    """What one installation stores says nothing under the key of another."""
    assert 0 == len(np.intersect1d(features(KEY, [PROSE]), features(bytes(32), [PROSE])))


def test_features_are_sorted_and_each_is_there_once() -> None:
    """A document that says the same twice has no more features."""
    found = features(KEY, [PROSE, PROSE])
    assert np.unique(features(KEY, [PROSE])).tolist() == found.tolist()
    assert 0 == len(np.setdiff1d(found, of(PROSE)))
    assert 0 == len(features(KEY, []))


@pytest.mark.parametrize(
    "text",
    [
        "and at the end of the year in which this was",
        "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
        "2009 2010 2011 2012 2013 2014 2015 2016",
        "1 2 3 4 5 6 7 8 9 10 11 12",
        "North East North West East Midlands West Midlands East of England London South East South West Wales",
        "the Office for National Statistics (ONS) and the",
    ],
)
def test_words_that_say_nothing_are_no_features(text: str) -> None:
    """Grammar, periods, plain numbers and the regions are in every table and mail."""
    assert 0 == len(features(KEY, [text]))


def test_a_table_is_read_down_its_columns_too() -> None:
    """Cells of a column, or a table turned on its side, are known as its rows are."""
    rows = [[f"port{row}", f"{row * 1371 + 5}", f"{row * 913 + 7}"] for row in range(1, 8)]
    known = features(KEY, ["\n".join("\t".join(row) for row in rows)])
    in_cells = features(KEY, ["\n".join("\n\t".join(row) for row in rows)])
    for lines in (rows, list(map(list, zip(*rows, strict=True))), [[row[1]] for row in rows]):
        for known_by in (known, in_cells):
            assert np.isin(of("\n".join("  ".join(line) for line in lines)), known_by).all()


def test_whose_shingles_a_text_has() -> None:
    """Each place is named once for each publication that has its words, in the order of places."""
    first, second = "one lone heron stood near Brinmouth", "lone heron stood near Brinmouth pier"
    texts = Texts.of({"b": features(KEY, [second]), "a": features(KEY, [first])})
    assert [(0, "a"), (1, "a"), (1, "b"), (2, "b")] == owners(
        texts, of("one lone heron stood near Brinmouth pier")
    )
    assert [] == owners(texts, of("nothing of this is registered anywhere at all"))
    assert ("a", "b") == texts.ids
    assert 4 == len(texts)


def test_what_is_public_is_no_trace() -> None:
    """The words of any public document are left out for all publications."""
    found = features(KEY, [PROSE])
    texts = Texts.of(
        {"a": found, "b": found[2:]}, [found[:5], features(KEY, ["quite another public text here"])]
    )
    assert 2 * len(found[5:]) == len(texts)


def test_a_stock_phrase_is_no_trace() -> None:
    """What many publications have is a phrase of the office; one fewer, and it is theirs."""
    stock, own = features(KEY, [PROSE]), features(KEY, ["gannets nested beneath Corrie lighthouse"])
    sets = {f"p{number}": stock for number in range(STOCK - 1)}
    assert len(stock) * (STOCK - 1) == len(Texts.of(sets))
    assert 1 == len(Texts.of({**sets, "q": np.union1d(stock, own)}))


def test_an_index_of_nothing() -> None:
    """Where nothing is registered nothing is found."""
    for texts in (Texts(), Texts.of({}), Texts.of({"a": features(KEY, [])})):
        assert 0 == len(texts)
        assert [] == owners(texts, of(PROSE))


@given(st.lists(st.integers(0, 2**64 - 1), max_size=60), st.lists(st.integers(0, 2**64 - 1), max_size=60))
def test_the_index_finds_just_what_is_in_it(registered: list[int], others: list[int]) -> None:
    """Any number that is registered is found, and no other."""
    texts = Texts.of({"a": np.unique(np.array(registered, np.uint64))})
    asked = [*registered, *others]
    expected = [(place, "a") for place, value in enumerate(asked) if value in set(registered)]
    assert expected == owners(texts, np.array(asked, np.uint64))


def test_a_large_register_stays_small() -> None:
    """Fourteen bytes a shingle at most: a hundred publications of 65,000 words take less than 100 MB."""
    numbers = np.random.default_rng(4).integers(0, 2**64, 200_000, dtype=np.uint64)
    assert Texts.of({"a": np.unique(numbers)}).size <= 14 * 200_000


@pytest.mark.parametrize(
    "text",
    [
        "RESTRICTED UNTIL PUBLISHED AT 9:30AM ON WEDNESDAY 28 MARCH 2018",
        "OFFICIAL-SENSITIVE: embargoed until 00:01hrs on Friday 30th March 2018. Not for onward circulation.",
        "You must not forward this email or discuss the contents with people it has not been sent to - this includes "
        'indications such as "favourable" or "unfavourable".',
    ],
)
def test_what_restricts_every_publication_is_no_trace(text: str) -> None:
    """Two releases of one morning carry the same banner: it must not hold the one for the list of the other."""
    assert [] == features(KEY, [text]).tolist()


def test_of_very_many_places_each_shingle_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mail that says the same thousands of times takes no more memory than one that says it once."""
    monkeypatch.setattr("gateway.features.shingles._MANY", 10)
    found = features(
        KEY, ["thirteen quite telling words stand here one after another and make nine shingles"]
    )
    index = Texts.of({"a": found, "b": found})
    shared = index.shared(np.tile(found, 5))
    assert list(np.repeat(np.arange(len(found)), 2)) == shared.places.tolist()
    assert [0, 1] * len(found) == shared.owners.tolist()
