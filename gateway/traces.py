"""Keyed hashes of features: what the store keeps instead of the statistics.

A feature (a leaf's SHA-256, a text; later a shingle, a figure, a link) is hashed under the installation's one secret,
so that a stolen store tells nobody which documents it protects.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

SIZE = 16
"""Bytes of a trace: 128 bits keep chance collisions out of reach of any register."""


def file_hash(trace_key: bytes, sha256: bytes) -> bytes:
    """The trace (16 bytes) of a leaf's SHA-256 (32 bytes), under the installation's key (32 bytes)."""
    return blake2b(sha256, key=trace_key, digest_size=SIZE, person=b"file").digest()


def text_hash(trace_key: bytes, pieces: Iterable[bytes]) -> bytes:
    """The trace (16 bytes) of a text given in pieces; where one piece ends and the next begins counts too."""
    digest = blake2b(key=trace_key, digest_size=SIZE, person=b"text")
    for piece in pieces:
        digest.update(len(piece).to_bytes(8, "big"))
        digest.update(piece)
    return digest.digest()
