"""PDF files locked so that anybody may read them: the same file without its lock (ISO 32000-2 section 7.6).

An owner's password forbids to print or to change a file, and the password to read it is empty.
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from gateway.message import pdf_syntax

_PAD: Final = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")
"""What fills an empty password."""
_ENCRYPT: Final = re.compile(rb"/Encrypt\s*(?:(\d{1,10})\s+\d{1,5}\s+R|<<)")
_ID: Final = re.compile(rb"/ID\s*\[\s*(\((?:[^()\\]++|\\.)*+\)|<[0-9A-Fa-f\s]*+>)", re.S)
_STRING: Final = rb"\s*(\(" + pdf_syntax.LITERAL + rb"\)|<[0-9A-Fa-f\s]*+>)"
_ANY_STRING: Final = re.compile(
    rb"(\d{1,10})\s+(\d{1,5})\s+obj\b|(?<![<\\])" + _STRING.removeprefix(rb"\s*"), re.S
)
_OBJECT: Final = re.compile(rb"(\d{1,10})\s+(\d{1,5})\s+obj\b")
_NEVER: Final = re.compile(rb"/Type\s*/XRef\b|/Filter\s*\[?\s*/Crypt\b")
_AES: Final = re.compile(rb"/CFM\s*/AESV2\b")
_DESCRIBED: Final = 4_096
"""Bytes of an object that says how a file is locked."""


@dataclass(frozen=True, slots=True)
class Lock:
    """The key of a file and the way its pieces are locked with it."""

    key: bytes
    aes: bool
    of_each: bool
    """Whether each object has a key of its own; since PDF 2.0 none has."""

    def opened(self, data: bytes, number: int, generation: int) -> bytes:
        """What stands in a string or a stream of an object."""
        key = self.key
        if self.of_each:
            salt = (
                struct.pack("<L", number)[:3]
                + struct.pack("<H", generation & 0xFFFF)
                + (b"sAlT" if self.aes else b"")
            )
            key = _md5(key + salt)[: min(16, len(key) + 5)]
        if not self.aes:
            return _rc4(key, data)
        plain = _aes(key, data[16:], data[:16]) if len(data) >= 32 else b""
        return plain[: -plain[-1]] if plain and plain[-1] <= 16 else plain


def lock(source: bytes) -> Lock | None:
    """The lock of a file that takes no password to be read; None of any other.  Total."""
    try:
        return _lock(source)
    except (ValueError, IndexError, struct.error):
        return None


def opened(source: bytes, streams: Iterable[tuple[int, int]]) -> bytes:
    """The file without its lock, where it has one that takes no password; else as it is.

    `streams` are the places where its streams begin and end.
    """
    found = lock(source)
    if found is None:
        return source
    pieces, position, here = list[bytes](), 0, (0, 0)
    for start, end in streams:
        text, here = _strings(source[position:start], found, here)
        data = source[start:end]
        secret = _NEVER.search(source[max(position, start - _DESCRIBED) : start]) is None
        pieces += [
            text,
            found.opened(data, *here) if secret else data,
            b"\n",
        ]
        position = end
    pieces.append(_strings(source[position:], found, here)[0])
    return b"".join(pieces).replace(b"/Encrypt", b"/Decrypt")


def _strings(source: bytes, found: Lock, here: tuple[int, int]) -> tuple[bytes, tuple[int, int]]:
    """A stretch of objects with their strings opened, and the last object in it."""
    pieces, position = list[bytes](), 0
    for match in _ANY_STRING.finditer(source):
        if match[1] is not None:
            here = int(match[1]), int(match[2])
            continue
        plain = found.opened(_raw(match[3]), *here)
        pieces += [source[position : match.start()], b"<" + plain.hex().encode() + b">"]
        position = match.end()
    return b"".join([*pieces, source[position:]]), here


def _lock(source: bytes) -> Lock | None:
    match = _ENCRYPT.search(source)
    if match is None:
        return None
    start = _object(source, int(match[1])) if match[1] else match.end()
    told = source[start : start + _DESCRIBED]
    if b"/Standard" not in told:
        return None
    revision, version = _number(told, b"R"), _number(told, b"V")
    key = _new_key(told, revision) if revision >= 5 else _old_key(told, revision, source)
    aes = version >= 5 or (version == 4 and _AES.search(told) is not None)
    return Lock(key, aes, version < 5) if key is not None else None


def _object(source: bytes, number: int) -> int:
    match = re.search(rb"(?<!\d)%d\s+\d{1,5}\s+obj\b" % number, source)
    if match is None:
        raise ValueError("no such object")
    return match.end()


def _number(told: bytes, name: bytes, default: int | None = None) -> int:
    match = re.search(rb"/%s\s+(-?\d{1,11})(?!\d)" % name, told)
    if match is None and default is None:
        raise ValueError("nothing is said of it")
    return int(match[1]) if match is not None else default or 0


def _value(told: bytes, name: bytes) -> bytes:
    match = re.search(rb"/%s" % name + _STRING, told, re.S)
    if match is None:
        raise ValueError("nothing is said of it")
    return _raw(match[1])


def _raw(string: bytes) -> bytes:
    return pdf_syntax.raw(string[1:-1] if string.startswith(b"(") else None, string[1:-1])


def _old_key(told: bytes, revision: int, source: bytes) -> bytes | None:
    """Algorithm 2, and 4 or 5 to see whether the empty password is the one."""
    match = _ID.search(source)
    name = _raw(match[1]) if match is not None else b""
    size = 5 if revision == 2 else min(16, _number(told, b"Length", 128 if revision == 4 else 40) // 8) or 5
    size = 16 if revision == 4 else size
    open_metadata = revision >= 4 and re.search(rb"/EncryptMetadata\s+false", told) is not None
    permissions = struct.pack("<L", _number(told, b"P") & 0xFFFFFFFF)
    key = _md5(_PAD + _value(told, b"O")[:32] + permissions + name + b"\xff\xff\xff\xff" * open_metadata)
    for _ in range(50 if revision >= 3 else 0):
        key = _md5(key[:size])
    key = key[:size]
    return key if _value(told, b"U").startswith(_check(key, revision, name)) else None


def _check(key: bytes, revision: int, name: bytes) -> bytes:
    if revision == 2:
        return _rc4(key, _PAD)
    value = _md5(_PAD + name)
    for round_ in range(20):
        value = _rc4(bytes(byte ^ round_ for byte in key), value)
    return value


def _new_key(told: bytes, revision: int) -> bytes | None:
    """Algorithm 2.A with an empty password."""
    user, locked = _value(told, b"U"), _value(told, b"UE")
    digest: Callable[[bytes], bytes] = (
        _hardened if revision >= 6 else lambda salt: hashlib.sha256(salt).digest()
    )
    if digest(user[32:40]) != user[:32]:
        return None
    return _aes(digest(user[40:48]), locked[:32], bytes(16))


def _hardened(salt: bytes) -> bytes:
    """Algorithm 2.B with an empty password."""
    key, number, last = hashlib.sha256(salt).digest(), 0, 0
    while number < 64 or last > number - 32:
        mixed = _aes(key[:16], key * 64, key[16:32], closing=True)
        make = (hashlib.sha256, hashlib.sha384, hashlib.sha512)[sum(mixed[:16]) % 3]
        key, last, number = make(mixed).digest(), mixed[-1], number + 1
    return key[:32]


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


def _rc4(key: bytes, data: bytes) -> bytes:
    from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4
    from cryptography.hazmat.primitives.ciphers import Cipher

    return Cipher(ARC4(key), None).decryptor().update(data)


def _aes(key: bytes, data: bytes, start: bytes, *, closing: bool = False) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    cipher = Cipher(algorithms.AES(key), modes.CBC(start))
    return (cipher.encryptor() if closing else cipher.decryptor()).update(data[: len(data) // 16 * 16])
