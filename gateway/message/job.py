"""A document that waits to be opened, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256

from gateway.model import Document

Bytes = bytes | memoryview


@dataclass(frozen=True)
class Job:
    """A document to open, how deep it stands, and in how many archives; `quiet`: unknown kinds in it are no news.

    `within` are the digests of the archives that it is in.
    """

    document: Document
    depth: int = 0
    archives: int = 0
    quiet: bool = False
    within: tuple[bytes, ...] = ()

    @cached_property
    def digest(self) -> bytes:
        """SHA-256 of its bytes; worked out once, and only where anybody asks."""
        return sha256(self.data).digest()

    @property
    def is_in_itself(self) -> bool:
        """Whether it is in an archive that is the same: what opens one finds another, without end."""
        return bool(self.within) and self.digest in self.within

    def deeper(self) -> Job:
        """The job for what is in this archive: no deeper a document than the archive itself."""
        return replace(
            self, archives=self.archives + 1, depth=self.depth - 1, within=(*self.within, self.digest)
        )

    def inner(self, document: Document) -> Job:
        """The job for a document found in this one."""
        return Job(document, self.depth + 1, self.archives, self.quiet, self.within)

    @property
    def path(self) -> str:
        return self.document.path

    @property
    def data(self) -> Bytes:
        return self.document.data
