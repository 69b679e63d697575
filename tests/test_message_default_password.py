"""Locks that open to anybody, and those that do not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.message import default_password
from gateway.message.compound import open_compound
from gateway.message.documents import extract
from gateway.model import Document, Message, Reason
from tests import binary_books as made
from tests.papers import compound, workbook


def read(data: bytes) -> Message:
    """All of it."""
    return extract(Document("1", "", data))


@pytest.mark.parametrize("lock", [made.agile, pytest.param(made.standard, marks=pytest.mark.long)])
def test_a_package_under_the_default_password_is_read(lock: object) -> None:
    """What Excel opens without asking is read, and is known again as the file that it was."""
    data = workbook("held back")
    message = read(lock(data))  # type: ignore[operator]
    assert any("held back" in part.text for part in message.parts)
    assert () == message.unreadable
    assert {len(data)} <= {leaf.size for leaf in message.leaves}


def test_a_package_under_another_password_is_named() -> None:
    """Nobody guesses."""
    assert {Reason.ENCRYPTED} == {place.reason for place in read(made.agile(b"x" * 64, "other")).unreadable}


@pytest.mark.parametrize("strong", [False, True])
def test_an_old_workbook_under_the_default_password_is_read(strong: bool) -> None:
    """Both ways to lock a workbook of 1997 to 2003."""
    strings = made.strings("held back", "x" * 3000)
    data = made.locked_book(
        made.shared(0, 0, 0), made.real(1, 1, 0, 72670.0), before=(strings,), strong=strong
    )
    message = read(data)
    assert any("held back" in part.text and "72670" in part.text for part in message.parts)
    assert () == message.unreadable


@pytest.mark.parametrize("strong", [False, True])
def test_an_old_workbook_under_another_password_is_named(strong: bool) -> None:
    """Its cells are not guessed either."""
    data = made.locked_book(
        made.shared(0, 0, 0), before=(made.strings("held back"),), password="other", strong=strong
    )
    assert {Reason.ENCRYPTED} == {place.reason for place in read(data).unreadable}


def test_a_lock_that_takes_too_long_is_not_tried() -> None:
    """A file that asks for ten million rounds is not worth a scanner's time."""
    slow = made.agile(b"x" * 64).replace(b'spinCount="1000"', b'spinCount="9999999"')
    assert {Reason.ENCRYPTED} == {place.reason for place in read(slow).unreadable}


@settings(max_examples=10, deadline=None)
@given(st.binary(max_size=300))
def test_any_description_of_a_lock_ends(info: bytes) -> None:
    """Whatever says how a file is locked, it is opened or not."""
    for head in (b"\4\0\4\0\x40\0\0\0", b"\3\0\2\0\x24\0\0\0\x20\0\0\0"):
        opened = open_compound(compound({"EncryptionInfo": head + info, "EncryptedPackage": bytes(64)}))
        assert default_password.package(opened) is None
    default_password.book(made.biff(made.BEGIN_BOOK, (0x2F, b"\1\0" + info)))
