"""PDF files that anybody may read, but not change: everything beside the pages is read, too."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable

import pytest
from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.message import pdf_lock

TEXT = b"RESTRICTED UNTIL PUBLISHED"
SECRET = bytes(range(32))
START = bytes(16)


def aes(key: bytes, data: bytes, start: bytes = START) -> bytes:
    """Whole blocks under a key."""
    return Cipher(algorithms.AES(key), modes.CBC(start)).encryptor().update(data)


def padded(data: bytes) -> bytes:
    """Up to the end of a block, and how much that took."""
    missing = 16 - len(data) % 16
    return data + bytes([missing]) * missing


def of_2008(revision: int) -> tuple[bytes, Callable[[int, bytes], bytes]]:
    """What a file of PDF 1.4 (RC4) or 1.6 (AES, revision 4) says of its lock, and the lock."""
    name, permissions = b"\1" * 16, -44
    key = hashlib.md5(pdf_lock._PAD + b"o" * 32 + struct.pack("<l", permissions) + name).digest()
    for _ in range(50):
        key = hashlib.md5(key).digest()
    user = pdf_lock._check(key, revision, name)
    method = b"/CF<</StdCF<</CFM/AESV2>>>>" if revision == 4 else b""
    told = b"/Filter/Standard/V %d/R %d/Length 128/P %d/O<%s>/U<%s>%s" % (
        revision if revision == 4 else 2, revision, permissions, (b"o" * 32).hex().encode(),
        (user + bytes(16)).hex().encode(), method,
    )  # fmt: skip

    def locked(number: int, data: bytes) -> bytes:
        salt = struct.pack("<L", number)[:3] + b"\0\0" + (b"sAlT" if revision == 4 else b"")
        own = hashlib.md5(key + salt).digest()
        if revision == 4:
            return START + aes(own, padded(data))
        return Cipher(ARC4(own), None).encryptor().update(data)

    return told, locked


def of_2017(revision: int) -> tuple[bytes, Callable[[int, bytes], bytes]]:
    """The same of PDF 1.7 extended (revision 5) and 2.0 (revision 6)."""
    digest = pdf_lock._hardened if revision == 6 else lambda salt: hashlib.sha256(salt).digest()
    user = digest(b"v" * 8) + b"v" * 8 + b"k" * 8
    told = b"/Filter/Standard/V 5/R %d/P -44/O<%s>/U<%s>/UE<%s>" % (
        revision, b"00" * 48, user.hex().encode(), aes(digest(b"k" * 8), SECRET).hex().encode(),
    )  # fmt: skip
    return told, lambda number, data: START + aes(SECRET, padded(data))


def file(told: bytes, locked: Callable[[int, bytes], bytes]) -> tuple[bytes, list[tuple[int, int]]]:
    """A file with a locked string and a locked stream, and where the stream is."""
    string = b"<" + locked(1, TEXT).hex().encode() + b">"
    head = b"1 0 obj<</Title%s>>endobj 2 0 obj<</Length 9>>stream\n" % string
    data = locked(2, b"page " + TEXT)
    tail = b"\nendstream endobj trailer<</ID[<%s>]/Encrypt<<%s>>>>" % (b"01" * 16, told)
    return head + data + tail, [(len(head), len(head) + len(data))]


@pytest.mark.parametrize(
    "lock", [of_2008(3), of_2008(4), of_2017(5), of_2017(6)], ids=["rc4", "aes", "aes256", "pdf2"]
)
def test_strings_and_streams_are_opened(lock: tuple[bytes, Callable[[int, bytes], bytes]]) -> None:
    """Each kind of lock that takes no password to be read."""
    plain = pdf_lock.opened(*file(*lock))
    assert b"<" + TEXT.hex().encode() + b">" in plain
    assert b"page " + TEXT in plain


@pytest.mark.parametrize("lock", [of_2008(3), of_2017(5)], ids=["rc4", "aes256"])
def test_a_password_is_not_guessed(lock: tuple[bytes, Callable[[int, bytes], bytes]]) -> None:
    """A file that takes one stays as it is."""
    told, locked = lock
    source, streams = file(told.replace(b"/U<", b"/U<00"), locked)
    assert source == pdf_lock.opened(source, streams)


def test_locks_of_others_are_left_alone() -> None:
    """Certificates, rights management, and nothing at all."""
    assert pdf_lock.lock(b"trailer<</Encrypt<</Filter/Adobe.PubSec/V 4>>>>") is None
    assert pdf_lock.lock(b"trailer<</Encrypt 9 0 R>>") is None
    assert pdf_lock.lock(b"trailer<<>>") is None


@settings(max_examples=25)
@given(st.binary(max_size=200))
def test_any_description_ends(data: bytes) -> None:
    """Whatever says how a file is locked."""
    for revision in (b"2", b"4", b"6"):
        pdf_lock.lock(b"/Encrypt<</Standard/V 4/R " + revision + b"/P 1/O<00>/U<00>/UE<00>" + data)
