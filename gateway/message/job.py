"""A document that waits to be opened, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.model import Document

Bytes = bytes | memoryview


@dataclass(frozen=True, slots=True)
class Job:
    """A document to open, how deep it stands, and in how many archives; `quiet`: unknown kinds in it are no news."""

    document: Document
    depth: int = 0
    archives: int = 0
    quiet: bool = False

    @property
    def path(self) -> str:
        return self.document.path

    @property
    def data(self) -> Bytes:
        return self.document.data
