"""What a scanner process answers, as JSON on the wire: what it read of a document, or the traces of a file."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from gateway.model import Document, Leaf, Message, Part, PartKind, Reason, Unreadable
from gateway.registration import Traced

NONSENSE = (ValueError, KeyError, TypeError)
"""What the readers here raise for anything that is no such answer."""


def unread(path: str, reason: Reason) -> Message:
    """A document of which nothing could be read."""
    return Message(unreadable=(Unreadable(path, reason),))


def too_large(path: str) -> bytes:
    """The answer of whichever work ran out of memory."""
    record: dict[str, Any] = json.loads(packed(unread(path, Reason.TOO_LARGE)))
    return json.dumps({**record, "digests": []}).encode()


def packed(found: Message) -> bytes:
    """What was read, for the wire."""
    record = {
        "parts": [[part.path, part.kind.value, part.text] for part in found.parts],
        "leaves": [[leaf.path, leaf.sha256.hex(), leaf.size] for leaf in found.leaves],
        "unreadable": [[mark.path, mark.reason.value] for mark in found.unreadable],
    }
    return json.dumps(record, ensure_ascii=False).encode("utf-8", "surrogatepass")


def message_in(answer: bytes | bytearray, document: Document) -> Message:
    """What was read, if the answer speaks of this document only: a scanner taken over by its input cannot speak of
    others.  Raises one of `NONSENSE`."""
    record: dict[str, Any] = json.loads(str(answer, "utf-8", "surrogatepass"))
    found = Message(
        tuple(Part(path, PartKind(kind), text) for path, kind, text in record["parts"]),
        tuple(Leaf(path, bytes.fromhex(digest), size) for path, digest, size in record["leaves"]),
        tuple(Unreadable(path, Reason(reason)) for path, reason in record["unreadable"]),
    )
    within = (document.path, f"{document.path}/")
    things: tuple[Part | Leaf | Unreadable, ...] = (*found.parts, *found.leaves, *found.unreadable)
    if not all(thing.path == within[0] or thing.path.startswith(within[1]) for thing in things):
        raise ValueError("an answer about something else")
    return found


def packed_traces(traced: Traced) -> bytes:
    """The traces of a file, for the wire."""
    record = {
        "digests": sorted(digest.hex() for digest in traced.digests),
        "unreadable": [place.split(": ") for place in traced.unreadable],
    }
    return json.dumps(record).encode()


def traces_in(answer: bytes | bytearray, name: str, content: bytes) -> Traced:
    """The traces of the file called `name`, its own digest among them.  Raises one of `NONSENSE`."""
    record: dict[str, Any] = json.loads(answer)
    digests = {sha256(content).digest(), *map(bytes.fromhex, record["digests"])}
    if any(len(digest) != 32 for digest in digests):
        raise ValueError("no SHA-256")
    marks = (Unreadable(path, Reason(reason)) for path, reason in record["unreadable"])
    return Traced(
        name, len(content), frozenset(digests), tuple(f"{mark.path}: {mark.reason.value}" for mark in marks)
    )
