"""Macros: their source is read, and those that act unasked or without a source are named."""

from __future__ import annotations

import pytest

from gateway.message import vba
from gateway.message.documents import extract
from gateway.model import Document
from tests import binary_books as made

SOURCE = 'Sub {}()\r\nMsgBox "RESTRICTED UNTIL PUBLISHED"\r\nEnd Sub'


@pytest.mark.parametrize(
    ("name", "acts"),
    [("AutoOpen", True), ("auto_open", True), ("Workbook_Open", True), ("Ask", False), ("Reopen", False)],
)
def test_macros_that_start_unasked_are_named(name: str, acts: bool) -> None:
    """What they will show need not be in the file; one that waits to be asked shows what its source says."""
    message = extract(Document("1", "", made.project(SOURCE.format(name))))
    assert any("RESTRICTED UNTIL PUBLISHED" in part.text for part in message.parts)
    assert acts == bool(message.unreadable)


def test_a_module_without_source_is_named() -> None:
    """Programs run the compiled form, whether there is a source or not."""
    assert extract(Document("1", "", made.project(""))).unreadable


def test_what_stands_beside_modules_is_no_module() -> None:
    """The folder's list, and what programs keep for speed."""
    assert not any(vba.acts(name, "") for name in ("dir", "_VBA_PROJECT", "__SRP_0"))
    assert vba.acts("Module1", "")
