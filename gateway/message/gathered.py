"""What was read of one mail so far: texts, leaves, marks, links and documents, each up to its limit."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from gateway.message import charsets, headers, limits, written
from gateway.message.structure import Plan
from gateway.model import LONGEST_URL, Document, Leaf, Link, Message, Part, PartKind, Reason, Unreadable

Bytes = bytes | memoryview


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader made of a mail: what could be read here, and the documents that need a scanner.

    `pictures` are those in which there may be words; only a collector that was asked for them has any.
    """

    message: Message
    documents: tuple[Document, ...] = ()
    pictures: tuple[Document, ...] = ()


@dataclass(slots=True)
class Gathered:
    """Parts, leaves, marks, links and documents of one mail, counted; `inside` are parts in texts and signatures."""

    parts: list[Part] = field(default_factory=list)
    leaves: list[Leaf] = field(default_factory=list)
    marks: dict[Unreadable, None] = field(default_factory=dict)
    documents: list[Document] = field(default_factory=list)
    links: dict[tuple[str, str], None] = field(default_factory=dict)
    inside: deque[tuple[str, bytes, bool]] = field(default_factory=deque)
    found: set[tuple[bytes, bool]] = field(default_factory=set)
    within: int = 0
    allowance: int = field(default_factory=lambda: limits.FOUND_WITHIN)
    count: int = 0
    characters: int = field(default_factory=lambda: limits.TEXT_CHARACTERS)
    pictures: list[Document] | None = None

    def reading(self) -> Reading:
        """Everything gathered."""
        links = tuple([Link(*each) for each in self.links])
        found = Message(tuple(self.parts), tuple(self.leaves), tuple(self.marks), links)
        return Reading(found, tuple(self.documents), tuple(self.pictures or ()))

    def room(self) -> bool:
        """Count one more part; False when the mail has more than the limit."""
        self.count += 1
        return self.count <= limits.PARTS

    def news(self, path: str, data: Bytes, *, quiet: bool) -> bool:
        """Whether what was found in a text is to be read: once, and up to the limits, above which the place is marked.

        Without it a page in a page in a page, each of which shows itself in two ways, would be read as often as there
        are ways through them.
        """
        this = hashlib.sha256(data).digest(), quiet
        if this in self.found:
            return False
        self.found.add(this)
        self.allowance -= len(data) if self.within else 0
        if path.count("/") > limits.DEPTH:
            self.mark(path, Reason.TOO_DEEP)
            return False
        if len(self.found) > limits.FOUND or self.allowance < 0:
            self.mark(path, Reason.TOO_LARGE)
            return False
        return True

    def mark(self, path: str, reason: Reason) -> None:
        """Name a place as unreadable, once."""
        self.marks[Unreadable(path, reason)] = None

    def text(self, path: str, kind: PartKind, text: str) -> None:
        """Add text, unless there is nothing to see in it; above the limit it is cut, and the place marked."""
        if not text or text.isspace():
            return
        if len(text) > self.characters:
            self.mark(path, Reason.TOO_LARGE)
            text = text[: self.characters]
        self.characters -= len(text)
        if text:
            self.parts.append(Part(path, kind, text))

    def not_too_long(self, path: str, plan: Plan, data: Bytes) -> Bytes:
        """As much of a text as is decoded: the rest would be cut from what it says, but after taking the memory."""
        if len(data) <= limits.TEXT_BYTES:
            return data
        self.mark(path, Reason.TOO_LARGE)
        return charsets.beginning(data, plan.charset, limits.TEXT_CHARACTERS)

    def said(self, path: str, text: str) -> None:
        """Add what a document says."""
        self.text(path, PartKind.DOCUMENT, text)

    def about(self, path: str, text: str) -> None:
        """Add what is said about a document: its properties, its page headers, the names of files in it."""
        self.text(path, PartKind.DOCUMENT, text)

    def lead(self, path: str, addresses: Iterable[str]) -> None:
        """Add addresses that a part leads to without showing them; above the limit the place is marked."""
        for address in addresses:
            if len(self.links) >= limits.LINKS:
                self.mark(path, Reason.TOO_LARGE)
                return
            self.links[path, address[:LONGEST_URL]] = None

    def multipart(self, prefix: str, plan: Plan) -> None:
        """Hear of a multipart whose parts have paths below `prefix`: a Reading keeps nothing of it."""

    def file(self, path: str, data: Bytes, *, picture: bool = False, recording: bool = False) -> None:
        """Add a file by its digest."""
        self.leaves.append(Leaf(path, hashlib.sha256(data).digest(), len(data), picture, recording))

    def picture(self, path: str, data: Bytes) -> None:
        """Add a picture that stands in a document and is no file of its own there."""
        self.file(path, data, picture=True)

    def mail(self, path: str, _: Plan, data: bytes) -> None:
        """Add a mail that is kept as a file; what it holds is read apart."""
        self.file(path, data)

    def names(self, path: str, plan: Plan, header: str = "") -> None:
        """Add the file names and descriptions of a part, which are shown, and what else its header says."""
        said = [*plan.names]
        said += (line for line in header.split("\n") if headers.says_more(line))
        said += [form for name in plan.names for form in written.other_forms(name)]
        if said:
            self.parts.append(Part(path, PartKind.HEADER, "\n".join(said)))

    def add(self, reading: Reading) -> None:
        """Add what was read of a mail that stands inside."""
        self.parts += reading.message.parts
        self.leaves += reading.message.leaves
        self.documents += reading.documents
        for link in reading.message.links:
            self.lead(link.path, (link.url,))
        self.marks.update(dict.fromkeys(reading.message.unreadable))
