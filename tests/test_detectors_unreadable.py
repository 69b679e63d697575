"""What could not be read is said, with its place and reason."""

from __future__ import annotations

from datetime import UTC, datetime

from gateway.detectors import find
from gateway.model import Detector, Disposition, Finding, Message, Reason, Register, Unreadable
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
