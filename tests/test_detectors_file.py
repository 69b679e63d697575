"""Registered files: byte for byte the same, while their publication is under embargo."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from gateway.detectors import find
from gateway.model import Detector, Disposition, Finding, Leaf, Message, Publication, Register
from gateway.rules import load, shipped_folder
from gateway.traces import file_hash

RULES = load(shipped_folder())
LIVE = datetime(2018, 3, 28, 8, 30, tzinfo=UTC)
NOW = LIVE - timedelta(hours=1)
KEY = bytes(range(32))
TABLE, LOGO = sha256(b"table").digest(), sha256(b"logo").digest()


def register(key: bytes = KEY, *ids: str) -> Register:
    """Publications, the second two hours after the first, that all registered the same table."""
    known = {
        name: Publication(name, "Title", LIVE + timedelta(hours=2 * index), "lead@stats.example")
        for index, name in enumerate(ids)
    }
    return Register(1, known, {}, {file_hash(KEY, TABLE): frozenset(ids)}, key)


def finding(part: str, publication: str) -> Finding:
    """What a registered file in a part is."""
    return Finding("registered-file", Detector.FILE, part, publication, asks=Disposition.HOLD)


MAIL = Message(leaves=(Leaf("2", LOGO, 4), Leaf("3/1", TABLE, 5), Leaf("4", TABLE, 5)))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(
            NOW, (finding("3/1", "a"), finding("3/1", "b"), finding("4", "a"), finding("4", "b")), id="both"
        ),
        pytest.param(LIVE, (finding("3/1", "b"), finding("4", "b")), id="one-is-live"),
        pytest.param(LIVE + timedelta(hours=2), (), id="all-public"),
    ],
)
def test_registered_files(now: datetime, expected: tuple[Finding, ...]) -> None:
    """Each place of a registered file is a finding for each publication that is still under embargo."""
    assert expected == find(RULES, MAIL, register(KEY, "a", "b"), now)


def test_another_installation_s_key_finds_nothing() -> None:
    """The traces of one installation say nothing under the key of another."""
    assert () == find(RULES, MAIL, register(bytes(32), "a"), NOW)


def test_a_trace_whose_publication_is_gone() -> None:
    """A trace that outlived its publication is no finding."""
    known = Register(1, {}, {}, {file_hash(KEY, TABLE): frozenset({"gone"})}, KEY)
    assert () == find(RULES, MAIL, known, NOW)
