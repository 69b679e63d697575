"""Workbooks in binary forms, made record by record: xls (BIFF8), xlsb (BIFF12), and the locks of Office."""

from __future__ import annotations

import base64
import hashlib
import struct
from collections.abc import Mapping

from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.papers import archive, compound

PASSWORD = "VelvetSweatshop"
Record = tuple[int, bytes]


def biff(*records: Record) -> bytes:
    """A stream of BIFF8 records."""
    return b"".join(struct.pack("<2H", number, len(body)) + body for number, body in records)


BEGIN_BOOK: Record = (0x0809, struct.pack("<HH", 0x0600, 0x0005) + bytes(12))
BEGIN_SHEET: Record = (0x0809, struct.pack("<HH", 0x0600, 0x0010) + bytes(12))
BEGIN_MACROS: Record = (0x0809, struct.pack("<HH", 0x0600, 0x0040) + bytes(12))
END: Record = (0x000A, b"")


def strings(*texts: str) -> Record:
    """The table of strings that cells share, narrow letters."""
    told = b"".join(struct.pack("<HB", len(text), 0) + text.encode("latin-1") for text in texts)
    return 0x00FC, struct.pack("<2L", len(texts), len(texts)) + told


def style(number: int) -> Record:
    """A style with the format of this number."""
    return 0x00E0, struct.pack("<2H", 0, number) + bytes(16)


def code(number: int, text: str) -> Record:
    """A number format of the book's own."""
    return 0x041E, struct.pack("<2HB", number, len(text), 0) + text.encode("latin-1")


def shared(row: int, column: int, number: int) -> Record:
    """A cell that shows a string of the table."""
    return 0x00FD, struct.pack("<3HL", row, column, 0, number)


def real(row: int, column: int, style_number: int, number: float) -> Record:
    """A cell that keeps a number."""
    return 0x0203, struct.pack("<3Hd", row, column, style_number, number)


def formula(row: int, column: int, tokens: bytes, value: bytes) -> Record:
    """A cell with a formula and what it came to (eight bytes)."""
    return 0x0006, struct.pack("<3H", row, column, 0) + value + bytes(6) + struct.pack(
        "<H", len(tokens)
    ) + tokens


def token(text: str) -> bytes:
    """A string among the tokens of a formula."""
    return bytes([0x17, len(text), 0]) + text.encode("latin-1")


def old_book(*sheet: Record, before: tuple[Record, ...] = ()) -> bytes:
    """An xls of one sheet; `before` stands among what is said of the whole book."""
    return compound({"Workbook": biff(BEGIN_BOOK, *before, END, BEGIN_SHEET, *sheet, END)})


def locked_book(
    *sheet: Record, before: tuple[Record, ...] = (), password: str = PASSWORD, strong: bool = False
) -> bytes:
    """An xls under RC4 ([MS-OFFCRYPTO] 2.3.6, or 2.3.5 where it is `strong`)."""
    lock, key = _strong_lock(password) if strong else _weak_lock(password)
    plain = biff(BEGIN_BOOK, (0x002F, lock), *before, END, BEGIN_SHEET, *sheet, END)
    blocks = range(0, len(plain), 1024)
    mixed = bytearray(b"".join(_rc4(key(at // 1024), plain[at : at + 1024]) for at in blocks))
    position = 0
    while position + 4 <= len(plain):
        number, length = struct.unpack_from("<2H", plain, position)
        clear = 4 + (length if number in (0x0809, 0x002F) else 0)
        mixed[position : position + clear] = plain[position : position + clear]
        position += 4 + length
    return compound({"Workbook": bytes(mixed)})


def _weak_lock(password: str):  # type: ignore[no-untyped-def]
    salt, value = bytes(range(16)), bytes(range(100, 116))
    digest = _md5((_md5(password.encode("utf-16-le"))[:5] + salt) * 16)[:5]

    def key(block: int) -> bytes:
        return _md5(digest + struct.pack("<L", block))

    return struct.pack("<3H", 1, 1, 1) + salt + _rc4(key(0), value + _md5(value)), key


def _strong_lock(password: str):  # type: ignore[no-untyped-def]
    salt, value = bytes(range(16)), bytes(range(100, 116))
    digest = hashlib.sha1(salt + password.encode("utf-16-le"), usedforsecurity=False).digest()

    def key(block: int) -> bytes:
        return hashlib.sha1(digest + struct.pack("<L", block), usedforsecurity=False).digest()[:16]

    header = struct.pack("<8L", 4, 0, 0x6801, 0x8004, 128, 1, 0, 0) + "RC4\0".encode("utf-16-le")
    hashed = hashlib.sha1(value, usedforsecurity=False).digest()
    told = _rc4(key(0), value + hashed)
    verifier = struct.pack("<L", 16) + salt + told[:16] + struct.pack("<L", 20) + told[16:]
    return struct.pack("<3HLL", 1, 4, 2, 4, len(header)) + header + verifier, key


def agile(data: bytes, password: str = PASSWORD, spins: int = 1_000) -> bytes:
    """A locked package as Office writes it since 2010 ([MS-OFFCRYPTO] 2.3.4.10)."""
    salt, own, secret, value = (bytes([number]) * 16 for number in (1, 2, 3, 4))
    digest = hashlib.sha512(salt + password.encode("utf-16-le")).digest()
    for spin in range(spins):
        digest = hashlib.sha512(struct.pack("<L", spin) + digest).digest()

    def locked(purpose: str, plain: bytes) -> str:
        key = hashlib.sha512(digest + bytes.fromhex(purpose)).digest()[:16]
        return base64.b64encode(_aes(key, plain, salt)).decode()

    common = (
        'saltSize="16" blockSize="16" keyBits="128" cipherChaining="ChainingModeCBC" hashAlgorithm="SHA512"'
    )
    described = (
        f'<encryption xmlns:p="p"><keyData {common} saltValue="{base64.b64encode(own).decode()}"/><keyEncryptors>'
        f'<keyEncryptor><p:encryptedKey spinCount="{spins}" {common} saltValue="{base64.b64encode(salt).decode()}" '
        f'encryptedVerifierHashInput="{locked("fea7d2763b4b9e79", value)}" '
        f'encryptedVerifierHashValue="{locked("d7aa0f6d3061344e", hashlib.sha512(value).digest())}" '
        f'encryptedKeyValue="{locked("146e0be7abacd0d6", secret)}"/></keyEncryptor></keyEncryptors></encryption>'
    )
    padded = data + bytes(-len(data) % 16)
    pieces = [
        _aes(
            secret, padded[at : at + 4096], hashlib.sha512(own + struct.pack("<L", at // 4096)).digest()[:16]
        )
        for at in range(0, len(padded), 4096)
    ]
    return _locked_package(b"\4\0\4\0\x40\0\0\0" + described.encode(), b"".join(pieces), len(data))


def standard(data: bytes, password: str = PASSWORD) -> bytes:
    """A locked package as Office 2007 writes it ([MS-OFFCRYPTO] 2.3.4.5)."""
    salt, value = bytes(range(16)), bytes(range(50, 66))
    digest = _sha1(salt + password.encode("utf-16-le"))
    for spin in range(50_000):
        digest = _sha1(struct.pack("<L", spin) + digest)
    last = _sha1(digest + bytes(4)).ljust(64, b"\0")
    key = _sha1(bytes(byte ^ 0x36 for byte in last))[:16]
    header = struct.pack("<8L", 0x24, 0, 0x660E, 0x8004, 128, 24, 0, 0) + b"A\0\0\0"
    verifier = (
        struct.pack("<L", 16)
        + salt
        + _aes(key, value)
        + struct.pack("<L", 20)
        + _aes(key, _sha1(value) + bytes(12))
    )
    info = struct.pack("<2H2L", 3, 2, 0x24, len(header)) + header + verifier
    return _locked_package(info, _aes(key, data + bytes(-len(data) % 16)), len(data))


def _locked_package(info: bytes, locked: bytes, size: int) -> bytes:
    # The writer of compound files knows no short streams, and fills the last sector.
    return compound({"EncryptionInfo": info, "EncryptedPackage": struct.pack("<Q", size) + locked})


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


def _sha1(data: bytes) -> bytes:
    return hashlib.sha1(data, usedforsecurity=False).digest()


def _rc4(key: bytes, data: bytes) -> bytes:
    return Cipher(ARC4(key), None).encryptor().update(data)


def _aes(key: bytes, data: bytes, start: bytes | None = None) -> bytes:
    mode = modes.CBC(start) if start is not None else modes.ECB()
    return Cipher(algorithms.AES(key), mode).encryptor().update(data)


def project(source: str) -> bytes:
    """A project of macros with one module, as Office keeps it in a folder of a compound file."""
    code = f'Attribute VB_Name = "A"\r\n{source}\r\n'.encode("cp1252")
    chunk = b"".join(b"\0" + code[at : at + 8] for at in range(0, len(code), 8))
    packed = b"\1" + struct.pack("<H", 0xB000 | (len(chunk) - 1)) + chunk if source else b""
    return in_folder("VBA", {"dir": b"x", "_VBA_PROJECT": b"x", "Module1": bytes(9) + packed})


def in_folder(folder: str, streams: Mapping[str, bytes]) -> bytes:
    """A compound file whose streams stand in a folder: the first one made is turned into it."""
    data = bytearray(compound({folder: b"", **streams}))
    entries = 512 * data[48] + 512  # Behind the header: the directory, by the number of its first sector.
    first = entries + 128
    data[first + 66] = 1
    struct.pack_into("<3L", data, first + 68, 0xFFFFFFFF, 0xFFFFFFFF, 2)
    return bytes(data)


def biff12(*records: Record) -> bytes:
    """A part of an xlsb: numbers and lengths in seven bits a byte."""
    return b"".join(_seven(number) + _seven(len(body)) + body for number, body in records)


def _seven(number: int) -> bytes:
    low, high = number & 0x7F, number >> 7
    return bytes([low]) if not high else bytes([low | 0x80]) + _seven(high)


def wide(text: str) -> bytes:
    """A string as parts of an xlsb keep it."""
    return struct.pack("<L", len(text)) + text.encode("utf-16-le")


def cell(column: int, style_number: int = 0) -> bytes:
    """How the record of a cell begins."""
    return struct.pack("<2L", column, style_number)


ROW: Record = (0, struct.pack("<L", 0) + bytes(13))


def new_book(parts: Mapping[str, bytes]) -> bytes:
    """An xlsb of these parts."""
    return archive(
        {
            "[Content_Types].xml": b"<Types/>",
            "xl/workbook.bin": biff12((131, b""), (132, b"")),
            "xl/worksheets/sheet1.bin": biff12((129, b""), (130, b"")),
            **parts,
        }
    )


def sheet12(*records: Record) -> dict[str, bytes]:
    """The part of one sheet."""
    return {"xl/worksheets/sheet1.bin": biff12((129, b""), (145, b""), ROW, *records, (146, b""), (130, b""))}
