"""Office files locked by the password that Excel tries before it asks, and so opens for anybody ([MS-OFFCRYPTO]).

Programs lock what a reader may not change in that way.  Nothing else is tried: other passwords are nobody's business.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import struct
from collections.abc import Callable
from typing import Final

from gateway.message import limits
from gateway.message.compound import CompoundFile

_PASSWORD: Final = "VelvetSweatshop".encode("utf-16-le")
_SEGMENT: Final = 4_096
_STANDARD_SPINS: Final = 50_000
_ATTRIBUTE: Final = re.compile(rb"\b(\w+)\s*=\s*[\"']([^\"']*)[\"']")
_KEY_DATA: Final = re.compile(rb"<(?:\w+:)?keyData\b([^>]*)>")
_BY_PASSWORD: Final = re.compile(rb"<(?:\w+:)?encryptedKey\b([^>]*)>")
_HASHES: Final = frozenset({"sha1", "sha256", "sha384", "sha512", "md5"})
_FOR_INPUT: Final = bytes.fromhex("fea7d2763b4b9e79")
_FOR_HASH: Final = bytes.fromhex("d7aa0f6d3061344e")
_FOR_KEY: Final = bytes.fromhex("146e0be7abacd0d6")
"""What the key of each value is made of, section 2.3.4.13."""
_SALT: Final = 16
_KEYS: Final = frozenset({128, 192, 256})
_FILEPASS: Final = 0x002F
_PLAIN: Final = frozenset([0x0809, _FILEPASS, 0x00E1, 0x00E2, 0x0138, 0x0194, 0x0195, 0x0196])
"""Records that are never locked; of those that name a sheet (0x0085) four bytes are not ([MS-XLS] 2.2.10)."""
_SHEET: Final = 0x0085
_RC4_BLOCK: Final = 1_024


def package(compound: CompoundFile) -> bytes | None:
    """The file in a locked package; None where it takes another password.  Raises Broken."""
    info, locked = compound.first("encryptioninfo"), compound.first("encryptedpackage")
    if info is None or locked is None:
        return None
    try:
        described, data = compound.read(info), compound.read(locked)
        agile = described[:4] == b"\4\0\4\0"
        opened = _agile(described[8:], data[8:]) if agile else _standard(described, data[8:])
        return opened[: int.from_bytes(data[:8], "little")] if opened is not None else None
    except (struct.error, ValueError, KeyError, IndexError, binascii.Error):
        return None


def book(stream: bytes) -> bytes | None:
    """The stream of an old workbook without its lock; None where it takes another password."""
    try:
        key = _book_key(stream)
        return _unlocked(stream, key) if key is not None else None
    except (struct.error, ValueError, IndexError):
        return None


def _hashed(name: str, *pieces: bytes) -> bytes:
    return hashlib.new(name, b"".join(pieces), usedforsecurity=False).digest()


def _spun(name: str, salt: bytes, spins: int) -> bytes:
    """The hash of the password, hashed again as often as the file says."""
    digest, make, number = _hashed(name, salt, _PASSWORD), getattr(hashlib, name), struct.Struct("<L").pack
    for spin in range(spins):
        digest = make(number(spin) + digest, usedforsecurity=False).digest()
    return bytes(digest)


def _fitted(digest: bytes, size: int) -> bytes:
    return digest[:size].ljust(size, b"\x36")


def _agile(described: bytes, data: bytes) -> bytes | None:
    """Section 2.3.4.10: a description in XML; the key of the file is locked by one made of the password."""
    kept, lock = _attributes(_KEY_DATA, described), _attributes(_BY_PASSWORD, described)
    name, spins = _hash(lock), int(lock["spinCount"])
    if spins > limits.SPINS:
        return None
    salt, size = base64.b64decode(lock["saltValue"]), int(lock["keyBits"]) // 8
    digest, start = _spun(name, salt, spins), _fitted(salt, int(lock["blockSize"]))

    def inner(purpose: bytes, value: str) -> bytes:
        key = _fitted(_hashed(name, digest, purpose), size)
        return _aes(key, base64.b64decode(lock[value]), start)

    told = inner(_FOR_INPUT, "encryptedVerifierHashInput")[: int(lock["saltSize"])]
    expected = inner(_FOR_HASH, "encryptedVerifierHashValue")
    if not expected.startswith(_hashed(name, told)):
        return None
    key = inner(_FOR_KEY, "encryptedKeyValue")[: int(kept["keyBits"]) // 8]
    return _segments(kept, key, data)


def _segments(kept: dict[str, str], key: bytes, data: bytes) -> bytes:
    name, salt, size = _hash(kept), base64.b64decode(kept["saltValue"]), int(kept["blockSize"])
    pieces = []
    for number, at in enumerate(range(0, len(data), _SEGMENT)):
        start = _fitted(_hashed(name, salt, struct.pack("<L", number)), size)
        pieces.append(_aes(key, data[at : at + _SEGMENT], start))
    return b"".join(pieces)


def _attributes(element: re.Pattern[bytes], described: bytes) -> dict[str, str]:
    match = element.search(described)
    pairs = _ATTRIBUTE.findall(match[1]) if match is not None else ()
    return {name.decode("ascii", "replace"): value.decode("ascii", "replace") for name, value in pairs}


def _hash(told: dict[str, str]) -> str:
    """The name of the hash.  Raises ValueError for one that no program writes."""
    name = told["hashAlgorithm"].replace("-", "").lower()
    if name not in _HASHES or told.get("cipherChaining", "") != "ChainingModeCBC":
        raise ValueError("not a lock that Excel makes")
    return name


def _standard(described: bytes, data: bytes) -> bytes | None:
    """Section 2.3.4.5: everything is locked by one key that is made of the password."""
    (header,) = struct.unpack_from("<L", described, 8)
    (bits,) = struct.unpack_from("<L", described, 28)
    verifier = 12 + header
    (salt_size,) = struct.unpack_from("<L", described, verifier)
    if salt_size != _SALT or bits not in _KEYS or len(described) < verifier + 72:
        return None
    salt = described[verifier + 4 : verifier + 20]
    digest = _hashed("sha1", _spun("sha1", salt, _STANDARD_SPINS), bytes(4))
    key = b"".join(_hashed("sha1", _mixed(digest, mask)) for mask in (0x36, 0x5C))[: bits // 8]
    told = _aes(key, described[verifier + 20 : verifier + 36])
    expected = _aes(key, described[verifier + 40 : verifier + 72])
    return _aes(key, data) if expected.startswith(_hashed("sha1", told)) else None


def _mixed(digest: bytes, mask: int) -> bytes:
    return bytes(byte ^ mask for byte in digest.ljust(64, b"\0"))


def _aes(key: bytes, data: bytes, start: bytes | None = None) -> bytes:
    """What whole blocks hold, one by one or (with a start) each mixed with the one before."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    mode = modes.CBC(start) if start is not None else modes.ECB()  # noqa: S305 - the format's
    return Cipher(algorithms.AES(key), mode).decryptor().update(data[: len(data) // 16 * 16])


def _rc4(key: bytes, data: bytes) -> bytes:
    from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4
    from cryptography.hazmat.primitives.ciphers import Cipher

    return Cipher(ARC4(key), None).decryptor().update(data)


_Key = Callable[[int], bytes]
"""The key of a block of 1,024 bytes, by its number."""


def _book_key(stream: bytes) -> _Key | None:
    """How the keys of a workbook are made, if its password is the one that everybody has."""
    position = 0
    for _ in range(limits.FIRST_RECORDS):
        number, length = struct.unpack_from("<2H", stream, position)
        if number == _FILEPASS:
            told = stream[position + 4 : position + 4 + length]
            if told[:2] != b"\1\0":
                return None
            return _short_key(told[6:]) if told[2:6] == b"\1\0\1\0" else _long_key(told[2:])
        position += 4 + length
    return None


def _short_key(told: bytes) -> _Key | None:
    """Section 2.3.6.2: keys of 40 bits."""
    salt, told_value, told_hash = told[:16], told[16:32], told[32:48]
    digest = _hashed("md5", (_hashed("md5", _PASSWORD)[:5] + salt) * 16)[:5]
    return _checked(
        lambda number: _hashed("md5", digest, struct.pack("<L", number)), "md5", told_value, told_hash
    )


def _long_key(told: bytes) -> _Key | None:
    """Section 2.3.5.2: keys by the programs' own library of ciphers."""
    (header,) = struct.unpack_from("<L", told, 8)
    (bits,) = struct.unpack_from("<L", told, 28)
    verifier = told[12 + header :]
    digest, size = _hashed("sha1", verifier[4:20], _PASSWORD), max(5, bits // 8)

    def key(number: int) -> bytes:
        short = _hashed("sha1", digest, struct.pack("<L", number))[:size]
        return short.ljust(16, b"\0") if size == 5 else short

    return _checked(key, "sha1", verifier[20:36], verifier[40:60])


def _checked(key: _Key, name: str, told_value: bytes, told_hash: bytes) -> _Key | None:
    plain = _rc4(key(0), told_value + told_hash)
    return key if plain[16:] == _hashed(name, plain[:16]) else None


def _unlocked(stream: bytes, key: _Key) -> bytes:
    """The stream with every record as it was before it was locked; the lock itself stays where it stands."""
    pieces = [
        _rc4(key(at // _RC4_BLOCK), stream[at : at + _RC4_BLOCK]) for at in range(0, len(stream), _RC4_BLOCK)
    ]
    plain = bytearray(b"".join(pieces))
    position = 0
    while position + 4 <= len(stream):
        number, length = struct.unpack_from("<2H", stream, position)
        kept = 4 + (length if number in _PLAIN else 4 if number == _SHEET else 0)
        plain[position : position + kept] = stream[position : position + kept]
        position += 4 + length
    return bytes(plain[: len(stream)])
