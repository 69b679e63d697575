"""What reading any archive takes: members, a budget for what they unpack to, and why one cannot be read."""

from __future__ import annotations

from dataclasses import dataclass, field

from gateway.message import limits
from gateway.model import Reason

Bytes = bytes | memoryview


class Unreadable(Exception):
    """An archive or a member cannot be read; `read` is what could be had of it all the same."""

    def __init__(self, reason: Reason, read: bytes = b"") -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.read = read


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of an archive as far as it could be read, and what is wrong with it; the name may be unknown."""

    name: str
    data: Bytes
    fault: Reason | None = None


@dataclass(slots=True)
class Budget:
    """What may still be unpacked for one document of a mail, in bytes."""

    left: int = field(default_factory=lambda: limits.EXPANDED_BYTES)

    def take(self, size: int) -> None:
        """Raises Unreadable (too-large) when there is not so much left."""
        if size > self.left:
            raise Unreadable(Reason.TOO_LARGE)
        self.left -= size

    def allowed(self, packed: int) -> int:
        """Bytes that so many packed bytes may unpack to."""
        return min(self.left, max(limits.EXPANSION_FREE_BYTES, packed * limits.EXPANSION))
