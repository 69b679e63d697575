"""Documents to text."""

from __future__ import annotations

from gateway.model import Document, Message, Reason, Unreadable


def extract(document: Document) -> Message:
    return Message((), (), (Unreadable(document.path, Reason.UNSUPPORTED),))


def prepare() -> None:
    """Load the document library."""
