"""Sealed trace files: what `document trace` makes of documents on the statistician's own machine, and hands over.

A file begins with a magic and the name of its key, and is sealed (ChaCha20-Poly1305) under a key derived from the
installation's trace key.  It holds names, sizes, digests and keyed features: no word and no figure of a document.
"""

from __future__ import annotations

import json
import os
import re
import struct
from base64 import b64decode, b64encode
from collections.abc import Iterable
from hashlib import blake2b
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gateway import material
from gateway.registration import Traced

MAGIC: Final = b"embargo-gateway traces\n"
_VERSION: Final = 1
_HEAD: Final = struct.Struct("!B16s12sQ")
"""Version, name of the key, nonce, length of what follows."""
_KEY_FILE: Final = re.compile(r"embargo-gateway tracing key 1\n([0-9a-f]{64})\n", re.ASCII)
_KEY_BYTES, _DIGEST_BYTES = 32, 32


class Unusable(ValueError):
    """A trace file or tracing key that cannot be taken; the message says why."""


def key_file(key: bytes) -> bytes:
    """What a tracing key file holds: the installation's trace key (32 bytes) and nothing else."""
    return f"embargo-gateway tracing key 1\n{key.hex()}\n".encode()


def key_in(content: bytes) -> bytes:
    """The key in a tracing key file; raises Unusable."""
    found = _KEY_FILE.fullmatch(content.decode("ascii", "replace"))
    if found is None:
        raise Unusable("is no tracing key; `embargo-gateway document key` writes one")
    return bytes.fromhex(found[1])


def sealed(key: bytes, found: Iterable[Traced]) -> bytes:
    """A trace file of these files."""
    plain = json.dumps({"files": [_record(one) for one in found]}).encode("utf-8", "surrogatepass")
    nonce = os.urandom(12)
    head = MAGIC + _HEAD.pack(_VERSION, _name(key), nonce, len(plain) + 16)
    return head + ChaCha20Poly1305(_derived(key)).encrypt(nonce, plain, head)


def opened(key: bytes, content: bytes) -> tuple[Traced, ...]:
    """The files of which a trace file tells; raises Unusable for whatever is none, or not for this installation."""
    start = len(MAGIC) + _HEAD.size
    if not content.startswith(MAGIC) or len(content) < start:
        raise Unusable("is cut short: no whole trace file")
    version, name, nonce, length = _HEAD.unpack(content[len(MAGIC) : start])
    if version != _VERSION:
        raise Unusable("was made by another version of the gateway")
    if name != _name(key):
        raise Unusable("was made with the tracing key of another installation")
    if len(content) - start < length:
        raise Unusable("is cut short: no whole trace file")
    try:
        plain = ChaCha20Poly1305(_derived(key)).decrypt(nonce, content[start:], content[:start])
        return tuple(map(_traced, json.loads(plain.decode("utf-8", "surrogatepass"))["files"]))
    except (InvalidTag, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Unusable("is damaged, and nothing of it can be trusted") from None


def _name(key: bytes) -> bytes:
    """What tells an installation's files from another's, and nothing about its key."""
    return blake2b(key=key, digest_size=16, person=b"trace file").digest()


def _derived(key: bytes) -> bytes:
    info = b"embargo-gateway trace file"
    return HKDF(algorithm=hashes.SHA256(), length=_KEY_BYTES, salt=None, info=info).derive(key)


def _record(one: Traced) -> dict[str, Any]:
    return {
        "name": one.name,
        "size": one.size,
        "digests": sorted(digest.hex() for digest in one.digests),
        "unreadable": list(one.unreadable),
        "features": {kind: b64encode(packed).decode() for kind, packed in one.features.items()},
        "said": one.said,
    }


def _traced(record: dict[str, Any]) -> Traced:
    """The traces in a record; ValueError, KeyError or TypeError for any other, for a key holder may write anything."""
    digests = frozenset(map(bytes.fromhex, record["digests"]))
    features = {str(kind): b64decode(packed, validate=True) for kind, packed in record["features"].items()}
    unreadable = tuple(map(str, record["unreadable"]))
    if not digests or any(len(digest) != _DIGEST_BYTES for digest in digests):
        raise ValueError("no digest")
    if any(place.count(": ") != 1 for place in unreadable):
        raise ValueError("no place and reason")
    name, size, said = str(record["name"]), int(record["size"]), bool(record["said"])
    return Traced(name, size, digests, unreadable, features, material.counts(features), said)
