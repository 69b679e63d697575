"""What could not be read is said, with its place and reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from gateway.detectors import find
from gateway.model import Detector, Disposition, Finding, Leaf, Message, Reason, Register, Unreadable
from gateway.rules import load, shipped_folder


def test_each_place_is_a_finding() -> None:
    """Every unreadable place is one finding with its reason, that asks to hold and names no publication."""
    message = Message(unreadable=(Unreadable("2", Reason.ENCRYPTED), Unreadable("3/1", Reason.DEADLINE)))
    expected = tuple(
        Finding("unreadable-content", Detector.UNREADABLE, part, asks=Disposition.HOLD, reason=reason)
        for part, reason in (("2", Reason.ENCRYPTED), ("3/1", Reason.DEADLINE))
    )
    assert expected == find(
        load(shipped_folder()), message, Register.empty(), datetime(2018, 3, 27, tzinfo=UTC)
    )


def test_a_mail_that_was_read_whole_has_none() -> None:
    """Nothing unreadable, nothing found."""
    assert () == find(load(shipped_folder()), Message(), Register.empty(), datetime(2018, 3, 27, tzinfo=UTC))


def test_pictures_count_from_a_size_that_is_set() -> None:
    """Without the setting no picture is a finding; with it those are that are as large."""
    small, large = Leaf("1", bytes(32), 4_999, picture=True), Leaf("2", bytes(32), 5_000, picture=True)
    message = Message(leaves=(small, large, Leaf("3", bytes(32), 9_000)))
    rules, now = load(shipped_folder()), datetime(2018, 3, 27, tzinfo=UTC)
    assert () == find(rules, message, Register.empty(), now)
    (found,) = find(replace(rules, images=5_000), message, Register.empty(), now)
    assert ("2", Reason.IMAGE) == (found.part, found.reason)
