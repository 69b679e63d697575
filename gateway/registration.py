"""What of a file becomes traces when it is registered: its own digest, those of inner pieces of content, and features.

A logo, a theme, an empty sheet or the parts that an office program writes into every file are in half of all
mail: as traces they would hold it.  So an inner piece counts only if it is larger than 256 bytes and carries
text or data of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path, PurePosixPath

from gateway import furniture, material
from gateway.material import Material
from gateway.message import sniff
from gateway.model import Document

SMALLEST = 256
"""Bytes; an inner piece of this size or less is no trace."""
_MORE = "1: too-large"
"""What is said of a file of which not everything became traces."""
_MAILS = (".eml",)
_BLANK = b" \t\r\n\f\v\0\xa0\xef\xbb\xbf\xc2\xff\xfe"
"""Bytes of white space and of what says how a text is encoded."""


@dataclass(frozen=True, slots=True)
class Traced:
    """One file to register: name, size in bytes if known, digests (SHA-256, 32 bytes), what could not be read.

    `features` are packed sets by kind (`gateway.material`), `counts` how many features are in each.  `said`: there was
    something to read in it.
    """

    name: str
    size: int | None
    digests: frozenset[bytes]
    unreadable: tuple[str, ...] = field(default=())
    features: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    counts: Mapping[str, int] = field(default_factory=dict)
    said: bool = False

    @property
    def bare(self) -> bool:
        """Whether nothing but the file itself is protected: an excerpt of it would not be recognised."""
        return not self.said and not self.features


class Empty(ValueError):
    """The file is blank: as a trace it would match every empty attachment, or the empty text of a mail."""


def is_empty(content: bytes) -> bool:
    """Whether a file holds nothing but white space."""
    return not content.strip(_BLANK)


@dataclass(frozen=True, slots=True)
class Looked:
    """What a file shows to whoever has no key: digests (SHA-256), texts, and places that could not be read."""

    digests: frozenset[bytes]
    material: Material = field(repr=False)
    unreadable: tuple[str, ...] = ()


def trace_file(path: Path, key: bytes) -> Traced:
    """The traces of a file, under the installation's key.  Raises OSError, and Empty for a blank file."""
    return trace(path.name, path.read_bytes(), key)


def trace(name: str, content: bytes, key: bytes) -> Traced:
    """The traces of a file of this name; its suffix is only a hint.  Raises Empty."""
    return traced(name, content, look(name, content), key)


def traced(name: str, content: bytes, looked: Looked, key: bytes) -> Traced:
    """The traces of a file in which somebody has looked, its own digest among them."""
    digests = looked.digests | {sha256(content).digest()}
    made = material.features(looked.material, key)
    said = any(part.text.strip() for part in looked.material.said)
    more = (_MORE,) if material.exceeds(looked.material) and _MORE not in looked.unreadable else ()
    places = (*looked.unreadable, *more)
    return Traced(name, len(content), digests, places, made, material.counts(made), said)


def trace_mail(name: str, content: bytes, key: bytes) -> Traced:
    """The traces of a mail itself, without those of its attachments."""
    return traced(name, content, Looked(frozenset(), material.of_mail_alone(content)), key)


def trace_link(url: str, key: bytes) -> Traced:
    """The traces of an address on the web, of which nothing is fetched; ValueError for one that leads nowhere."""
    made = material.link(key, url)
    # A digest names it, so that the same address again is no other document.
    return Traced(
        url, None, frozenset({sha256(url.encode()).digest()}), (), made, material.counts(made), said=True
    )


def look(name: str, content: bytes) -> Looked:
    """Look into a file of this name.  Total; raises Empty for a blank file."""
    if is_empty(content):
        raise Empty
    own = sha256(content).digest()
    if len(content) > furniture.LARGEST:
        return Looked(frozenset({own}), Material(), (_MORE,))
    suffix = PurePosixPath(name).suffix.lower()
    found = _read(suffix, content)
    inner = {leaf.sha256 for leaf in found.message.leaves if leaf.size > SMALLEST} - found.idle
    unreadable = tuple(f"{place.path}: {place.reason.value}" for place in found.message.unreadable)
    return Looked(frozenset({own, *inner, *_in_mail(content)}), found, unreadable)


def _read(suffix: str, content: bytes) -> Material:
    if suffix not in _MAILS:
        return material.of_document(Document("1", suffix.lstrip("."), content))
    return material.of_mail(content)


def _in_mail(content: bytes) -> Iterator[bytes]:
    """Digests of a text file as mail programs send it unencoded: other line ends, one more or none at the end."""
    if len(content) <= SMALLEST or sniff.kind(content) not in (sniff.Kind.TEXT, sniff.Kind.HTML):
        return
    lines = content.replace(b"\r\n", b"\n").rstrip(b"\n")
    for end in (b"", b"\n", b"\n\n"):
        yield sha256(lines + end).digest()
        yield sha256((lines + end).replace(b"\n", b"\r\n")).digest()
