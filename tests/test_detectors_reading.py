"""Reading: a message as one run of chunks, each of which knows its part."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.detectors import reading
from gateway.detectors.reading import Reading
from gateway.features.vocabulary import Vocabulary
from gateway.model import Message, Part, PartKind
from gateway.text import fold

KEY = bytes(range(32))


def read(*parts: Part) -> Reading:
    """All pages of a message have passed."""
    passed = Reading(Vocabulary(KEY))
    for _page in passed.pages(Message(parts)):
        pass
    return passed


@pytest.mark.parametrize("piece", [7, 40, 100_000])
@given(st.lists(st.text(st.sampled_from("ab1,. \n"), max_size=40), max_size=5))
def test_every_word_is_read_once_and_belongs_to_its_part(piece: int, texts: list[str]) -> None:
    """However long the pieces are in which it is read (a chunk longer than a piece is parted)."""
    texts = ["\n".join(line[:6] for line in text.split(" ")) for text in texts]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "PIECE", piece)
        passed = read(*(Part(str(number), PartKind.BODY, text) for number, text in enumerate(texts, 1)))
        chunks = passed.chunks()
    plain = [Vocabulary(KEY).read(fold(text)) for text in texts]
    expected = np.concatenate([np.empty(0, np.uint64), *(each.words for each in plain)])
    np.testing.assert_array_equal(expected, chunks.words)
    said = [str(number) for number, each in enumerate(plain, 1) for _ in each.words]
    places = np.repeat(np.arange(len(chunks.counts)), chunks.counts)
    assert said == [passed.paths(places[number : number + 1])[0] for number in range(len(places))]


def test_of_a_header_only_what_was_written_is_read() -> None:
    """What programs fill in is left out; the subject is marked as said by a person."""
    text = "Received: from mx1\nSubject: Landings of herring\nMessage-ID: <1@mx>\nComments: to the office\nDate: today"
    passed = read(Part("header", PartKind.HEADER, text), Part("1", PartKind.BODY, "Herring"))
    assert [("header", 4, True), ("header", 8, False), ("1", 9, True)] == [
        (each.path, each.end, each.said) for each in passed.segments
    ]
