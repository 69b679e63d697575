"""Trace files: what was sealed comes back under the same key, and anything else is refused with its reason."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import tracefile
from gateway.registration import Traced, trace
from gateway.tracefile import Unusable, key_file, key_in, opened, sealed
from tests.papers import word

KEY, OTHER = bytes(range(32)), bytes(32)
CANARY = "Zq7canary"
PAPER = trace(
    f"{CANARY}.docx", word(f"{CANARY} children looked after were 72,670 in number, up by 3.4 per cent"), KEY
)
LOCKED = Traced("locked \u202e.pdf", 12, frozenset({bytes(32), bytes(31) + b"\1"}), ("1/2: encrypted",))
WHOLE = sealed(KEY, [PAPER, LOCKED])


def test_there_and_back() -> None:
    """Names, sizes, digests, features with their counts, and what could not be read come back."""
    assert (PAPER, LOCKED) == opened(KEY, WHOLE)
    assert PAPER.counts
    assert () == opened(KEY, sealed(KEY, []))


def test_nothing_to_be_read() -> None:
    """No name, word, figure or digest of a document stands in the file, and no two files are alike."""
    told = (CANARY.encode(), b"children", b"72,670", b"docx", *PAPER.digests)
    assert [] == [word for word in told if word in WHOLE]
    assert WHOLE != sealed(KEY, [PAPER, LOCKED])


def test_another_installation() -> None:
    """A file that was made under another installation's key is said to be that."""
    with pytest.raises(Unusable, match="tracing key of another installation"):
        opened(OTHER, WHOLE)


def test_another_version() -> None:
    """A file of a later make is no damaged one."""
    later = bytearray(WHOLE)
    later[len(tracefile.MAGIC)] = 2
    with pytest.raises(Unusable, match="another version"):
        opened(KEY, bytes(later))


@given(st.integers(0, len(WHOLE) - 1))
def test_cut_short(length: int) -> None:
    """However much of it is missing, a file that is not whole is said to be cut short."""
    with pytest.raises(Unusable, match="is cut short"):
        opened(KEY, WHOLE[:length])


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_altered(place: int, change: int) -> None:
    """Wherever a byte was changed, nothing is taken from the file."""
    altered = bytearray(WHOLE)
    altered[place] ^= change
    with pytest.raises(Unusable):
        opened(KEY, bytes(altered))


@pytest.mark.parametrize(
    "change",
    [
        {"digests": []},
        {"digests": ["00"]},
        {"unreadable": ["somewhere"]},
        {"features": {"text": "AAAA"}},
        {"features": {"figures": "AAAA"}},
        {"features": {"link": "AAAA"}},
        {"features": {"thread": "AAAA"}},
        {"features": {"gossip": ""}},
        {"features": {"text": "!"}},
        {"features": 7},
        {"size": "much"},
    ],
    ids=str,
)
def test_written_by_somebody_with_the_key(change: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has the tracing key can seal anything; what makes no sense is refused all the same."""
    record = {**tracefile._record(PAPER), **change}
    monkeypatch.setattr(tracefile, "_record", lambda _: record)
    with pytest.raises(Unusable, match="is damaged"):
        opened(KEY, sealed(KEY, [PAPER]))


def test_the_key_travels() -> None:
    """A tracing key file holds the key and says what it is; anything else is refused."""
    assert KEY == key_in(key_file(KEY))
    for wrong in (b"", KEY, key_file(KEY)[:-2], key_file(KEY) * 2, b"\xff" * 95):
        with pytest.raises(Unusable, match="is no tracing key"):
            key_in(wrong)


def test_counts_are_not_believed() -> None:
    """How many features there are is counted anew."""
    assert json.dumps(dict(PAPER.counts)) not in str(WHOLE)
    boasting = replace(PAPER, counts={"text": 10**9})
    assert PAPER.counts == opened(KEY, sealed(KEY, [boasting]))[0].counts
