"""What a scanner process answers, as JSON on the wire: what it read of a document, or what it saw in a file.

A scanner never gets a key: what it saw in a file that is to be registered is made into features by whoever asked.
"""

from __future__ import annotations

import json
from typing import Any

from gateway.material import Material
from gateway.message import limits
from gateway.model import Document, Leaf, Link, Message, Part, PartKind, Reason, Unreadable
from gateway.registration import Looked

NONSENSE = (ValueError, KeyError, TypeError)
"""What the readers here raise for anything that is no such answer."""


def unread(path: str, reason: Reason) -> Message:
    """A document of which nothing could be read."""
    return Message(unreadable=(Unreadable(path, reason),))


def too_large(path: str) -> bytes:
    """The answer of whichever work ran out of memory."""
    return _line({**_record(unread(path, Reason.TOO_LARGE)), "digests": [], "about": []})


def packed(found: Message) -> bytes:
    """What was read, for the wire."""
    return _line(_record(found))


def _line(record: dict[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _record(found: Message) -> dict[str, Any]:
    return {
        "parts": [[part.path, part.kind.value, part.text] for part in found.parts],
        "leaves": [
            [leaf.path, leaf.sha256.hex(), leaf.size, leaf.picture, leaf.recording] for leaf in found.leaves
        ],
        "unreadable": [[mark.path, mark.reason.value] for mark in found.unreadable],
        "links": [[link.path, link.url] for link in found.links],
    }


def message_in(answer: bytes | bytearray, document: Document) -> Message:
    """What was read, if the answer speaks of this document only: a scanner taken over by its input cannot speak of
    others.  Raises one of `NONSENSE`."""
    found = _message(_opened(answer))
    within = (document.path, f"{document.path}/")
    things: tuple[Part | Leaf | Unreadable | Link, ...] = (
        *found.parts,
        *found.leaves,
        *found.unreadable,
        *found.links,
    )
    if not all(thing.path == within[0] or thing.path.startswith(within[1]) for thing in things):
        raise ValueError("an answer about something else")
    if len(found.links) > limits.LINKS:
        raise ValueError("more links than are read")
    return found


def _opened(answer: bytes | bytearray) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(str(answer, "utf-8", "surrogatepass"))
    return record


def _message(record: dict[str, Any]) -> Message:
    return Message(
        tuple(Part(path, PartKind(kind), text) for path, kind, text in record["parts"]),
        tuple(
            Leaf(path, bytes.fromhex(digest), size, bool(picture), bool(recording))
            for path, digest, size, picture, recording in record["leaves"]
        ),
        tuple(Unreadable(path, Reason(reason)) for path, reason in record["unreadable"]),
        tuple(Link(path, url) for path, url in record["links"]),
    )


def packed_look(looked: Looked) -> bytes:
    """What was seen in a file, for the wire."""
    record = {
        **_record(looked.material.message),
        "leaves": [],
        "digests": sorted(digest.hex() for digest in looked.digests),
        "about": sorted(looked.material.about),
    }
    return _line(record)


def look_in(answer: bytes | bytearray) -> Looked:
    """What was seen in a file.  Raises one of `NONSENSE`."""
    record = _opened(answer)
    digests = frozenset(map(bytes.fromhex, record["digests"]))
    if any(len(digest) != 32 for digest in digests):
        raise ValueError("no SHA-256")
    found = _message(record)
    unreadable = tuple(f"{mark.path}: {mark.reason.value}" for mark in found.unreadable)
    return Looked(digests, Material(found, frozenset(map(int, record["about"]))), unreadable)
