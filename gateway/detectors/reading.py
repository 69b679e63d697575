"""A message as the detectors of what was copied read it: all its parts, one after the other, as chunks.

The pages are folded for the detectors of wording; what they fold is taken down here as it passes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from gateway.detectors.page import Page, pages
from gateway.features.spoken import as_figures
from gateway.features.vocabulary import PIECE, Chunks, Vocabulary
from gateway.model import Message, PartKind
from gateway.text import fold

_MACHINES: Final = (
    "received:", "message-id:", "in-reply-to:", "references:", "date:", "return-path:", "delivered-to:",
    "thread-index:", "dkim-", "arc-", "authentication-results:", "received-spf:", "mime-version:", "content-", "x-ms-",
    "x-mailman-", "x-google-", "x-forefront-", "x-originating-ip:", "list-", "user-agent:", "x-mailer:",
)  # fmt: skip
"""Fields of a header that programs write and fill with marks that no other mail has."""
_LONGEST_NAME: Final = 32
_PROSE: Final = re.compile(r"(?<![A-Za-z])(?:[A-Za-z]++,?+ ){6}")
"""Words in a row that no program writes into such a field: somebody did, and some mail programs show it."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Chunks of one part, up to the number `end`; of a header only its subject is `said` by a person."""

    path: str
    end: int
    said: bool = True


@dataclass(slots=True)
class Reading:
    """What has passed of one message so far."""

    vocabulary: Vocabulary
    segments: list[Segment] = field(default_factory=list)
    _waiting: list[str] = field(default_factory=list)
    _size: int = 0
    _end: int = 0
    _read: list[Chunks] = field(default_factory=list)

    def pages(self, message: Message) -> Iterator[Page]:
        """The pages of a message, taken down as they pass."""
        headers = {part.path: part.text for part in message.parts if part.kind is PartKind.HEADER}
        for page in pages(message):
            if page.path in headers:
                self._take_header(page.path, headers.pop(page.path))
            elif page.fresh:
                self._take(page.path, as_figures(page.fresh))
            yield page

    def _take_header(self, path: str, text: str) -> None:
        lines = [line for line in text.splitlines() if _is_said(line)]
        subject = [line for line in lines if line.lower().startswith("subject:")]
        self._take(path, as_figures(fold("\n".join(subject))))
        self._take(path, fold("\n".join(line for line in lines if line not in subject)), said=False)

    def _take(self, path: str, folded: str, *, said: bool = True) -> None:
        for start, end in _pieces(folded):
            if self._size + end - start >= PIECE:
                self._flush()
            piece = folded[start:end]
            self._waiting.append(piece)
            self._size += len(piece) + 1
            self._end += piece.count(" ") + 1
            self.segments.append(Segment(path, self._end, said))

    def _flush(self) -> None:
        if self._waiting:
            self._read.append(self.vocabulary.read(" ".join(self._waiting)))
            self._waiting, self._size = [], 0

    def chunks(self) -> Chunks:
        """The chunks of all segments, one after the other."""
        self._flush()
        self._read = [Chunks.joined(self._read)]
        return self._read[0]

    def paths(self, places: npt.NDArray[np.int64]) -> tuple[str, ...]:
        """The parts in which chunks stand, by their numbers in the order of all; each once, in order."""
        ends = [each.end for each in self.segments]
        numbers = np.unique(np.searchsorted(ends, places, "right")).tolist()
        return tuple(dict.fromkeys(self.segments[number].path for number in numbers))


def _is_said(line: str) -> bool:
    return not line[:_LONGEST_NAME].lower().startswith(_MACHINES) or _PROSE.search(line) is not None


def _pieces(folded: str) -> Iterator[tuple[int, int]]:
    """Where the pieces of a text begin and end: between two chunks, if any end in time."""
    start = 0
    while len(folded) - start >= PIECE:
        space = folded.rfind(" ", start, start + PIECE)
        end = space if space >= 0 else start + PIECE - 1
        yield start, end
        start = end + (space >= 0)
    yield start, len(folded)
