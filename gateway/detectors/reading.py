"""A message as the detectors of what was copied read it: all its parts, one after the other, as chunks.

The pages are folded for the detectors of wording; what they fold is taken down here as it passes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from gateway.detectors.page import Page, pages
from gateway.features.vocabulary import PIECE, Chunks, Vocabulary
from gateway.model import Message, Part, PartKind
from gateway.text import fold


@dataclass(frozen=True, slots=True)
class Segment:
    """Chunks of one part; of a header only its subject is `said` by a person."""

    path: str
    chunks: Chunks
    said: bool = True


@dataclass(slots=True)
class Reading:
    """What has passed of one message so far."""

    vocabulary: Vocabulary
    segments: list[Segment] = field(default_factory=list)

    def pages(self, message: Message) -> Iterator[Page]:
        """The pages of a message, taken down as they pass."""
        parts = {part.path: part for part in message.parts if part.kind is PartKind.HEADER}
        for page in pages(message):
            if (header := parts.get(page.path)) is not None and page.fresh:
                self._take(page.path, fold(_subject(header)))
            self._take(page.path, page.fresh, said=header is None)
            yield page

    def _take(self, path: str, folded: str, *, said: bool = True) -> None:
        start = 0
        while start < len(folded):
            space = folded.rfind(" ", start, start + PIECE)
            end = space if space > start and start + PIECE < len(folded) else start + PIECE
            self.segments.append(Segment(path, self.vocabulary.read(folded[start:end]), said))
            start = end

    @property
    def words(self) -> npt.NDArray[np.uint64]:
        """The words of all segments as keyed hashes."""
        return Chunks.joined([each.chunks for each in self.segments]).words

    def paths(self, places: npt.NDArray[np.int64]) -> tuple[str, ...]:
        """The parts in which words stand, by their places in the order of all words; each once, in order."""
        ends = np.cumsum([len(each.chunks.words) for each in self.segments])
        numbers = np.unique(np.searchsorted(ends, places, "right")).tolist()
        return tuple(dict.fromkeys(self.segments[number].path for number in numbers))


def _subject(part: Part) -> str:
    """What of a header a person wrote: the rest is dates, addresses and numbers of machines."""
    return "\n".join(line for line in part.text.splitlines() if line.lower().startswith("subject:"))
