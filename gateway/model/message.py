"""What was read of a content: texts, leaves, links, and what could not be read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache

PART_PATH = re.compile(r"(?:[0-9]+/)*(?:[0-9]+|header)\Z")


@lru_cache(maxsize=1024)
def _is_path(path: str) -> bool:
    """Whether it is one; a page has hundreds of links, and all of them one path."""
    return PART_PATH.match(path) is not None


class PartKind(Enum):
    """Where a piece of text stood: in a header, in a text body, or in a document, archive member or attachment."""

    HEADER = "header"
    BODY = "body"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Part:
    """One readable piece of a mail: its positional path and its decoded text (not yet folded)."""

    path: str
    kind: PartKind
    text: str = field(repr=False)

    def __post_init__(self) -> None:
        if not _is_path(self.path):
            raise ValueError(f"part path {self.path!r}")


@dataclass(frozen=True, slots=True)
class Leaf:
    """One decoded leaf (attachment, archive member, embedded object): path, SHA-256 (32 bytes), size in bytes.

    `picture`: it is one, by its bytes, `recording`: it is sound or a film; what either shows is not read.
    """

    path: str
    sha256: bytes
    size: int
    picture: bool = False
    recording: bool = False

    def __post_init__(self) -> None:
        if len(self.sha256) != 32:
            raise ValueError("sha256 is 32 bytes")


LONGEST_URL = 8_192
"""Characters of a link's address that are kept: browsers and rewriters take fewer."""


@dataclass(frozen=True, slots=True)
class Link:
    """Where something in a mail leads without saying so in its text: path of the part, and the address."""

    path: str
    url: str = field(repr=False)

    def __post_init__(self) -> None:
        if not _is_path(self.path) or len(self.url) > LONGEST_URL:
            raise ValueError(f"a link in part {self.path!r}")


class Reason(Enum):
    """Why something could not be read: the closed list that alerts and metrics use."""

    ENCRYPTED = "encrypted"
    BROKEN = "broken"
    AMBIGUOUS = "ambiguous"
    TOO_DEEP = "too-deep"
    TOO_LARGE = "too-large"
    UNSUPPORTED = "unsupported"
    DEADLINE = "deadline"
    SCANNER = "scanner"
    IMAGE = "image"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A place in a mail that could not be read, and why."""

    path: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Message:
    """What was read of a content: texts, leaves, and what could not be read.  Nothing is skipped in silence.

    `links` are addresses that no text shows: targets of hyperlinks, of forms, of what a page or document refers to.
    """

    parts: tuple[Part, ...] = ()
    leaves: tuple[Leaf, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    links: tuple[Link, ...] = ()

    def __add__(self, other: Message) -> Message:
        return Message(
            self.parts + other.parts,
            self.leaves + other.leaves,
            self.unreadable + other.unreadable,
            self.links + other.links,
        )


@dataclass(frozen=True, slots=True)
class Document:
    """A leaf whose text needs the scanner: path, bytes, and a hint of its type (lower-case suffix or MIME type)."""

    path: str
    hint: str
    data: bytes | memoryview = field(repr=False)
