"""Archives that only libarchive reads, packed by hand in the plainest way there is: every byte has a code of its own.

RAR 3 and 5 with 256 codes of eight bits, which are the bytes themselves; lzh and cabinets with stored files; `.Z` with
codes that are never joined; a package of RPM around any archive.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Mapping

Files = Mapping[str, bytes]


def _bits(text: str) -> bytes:
    """Ones and zeros, highest first, filled up to whole bytes."""
    text += "0" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, "big") if text else b""


def _one_or_none(used: int, all_codes: int) -> str:
    """Twenty lengths of the codes that lengths are told in (eight: `1`, none: `0`), and so many of either."""
    told = "".join("0001" if length in (0, 8) else "0000" for length in range(20))
    return told + "1" * used + "0" * (all_codes - used)


def rar5_packed(data: bytes) -> bytes:
    """One block of RAR 5: tables of 306, 64, 16 and 44 codes, of which the first 256 are used, and the bytes."""
    block = _bits(_one_or_none(256, 430) + "".join(f"{byte:08b}" for byte in data))
    used = (20 * 4 + 430 + 8 * len(data)) % 8 or 8
    flags = 0xC0 | (len(struct.pack("<L", len(block)).rstrip(b"\0")) - 1) << 3 | (used - 1)
    size = struct.pack("<L", len(block))[: (flags >> 3 & 3) + 1]
    check = 0x5A ^ flags
    for byte in size:
        check ^= byte
    return bytes([flags, check]) + size + block


def rar3_packed(data: bytes) -> bytes:
    """One block of RAR 3: no prediction, no old table, codes for all bytes and for the end, and the bytes.

    The last byte and the end take nine bits, the others eight; lengths are told as `0` for eight, `10` for none and
    `11` for nine.
    """
    told = "".join({0: "0010", 8: "0001", 9: "0010"}.get(length, "0000") for length in range(20))
    lengths = "0" * 255 + "11" * 2 + "10" * (404 - 257)
    codes = (f"{byte:08b}" if byte < 255 else "111111110" for byte in data)
    return _bits(f"00{told}{lengths}{''.join(codes)}11111111100")


def lzh(files: Files, method: bytes = b"-lh0-") -> bytes:
    """An lzh archive of level 0 with stored files."""
    out = b""
    for name, data in files.items():
        raw = name.encode()
        head = method + struct.pack("<LLLBBB", len(data), len(data), 0x21, 0x20, 0, len(raw))
        head += raw + struct.pack("<H", _crc16(data))
        out += bytes([len(head), sum(head) & 0xFF]) + head + data
    return out + b"\0"


def _crc16(data: bytes) -> int:
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc


def cab(files: Files, *, deflated: bool = False, utf8: bool = False) -> bytes:
    """A cabinet of one folder, stored or deflated (MSZIP); all files together have at most 32 KiB."""
    whole = b"".join(files.values())
    packed = b"CK" + zlib.compress(whole, 9)[2:-4] if deflated else whole
    listed, position = b"", 0
    for name, data in files.items():
        listed += struct.pack("<LLHHHH", len(data), position, 0, 0x21, 0, 0xA0 if utf8 else 0x20)
        listed += name.encode() + b"\0"
        position += len(data)
    start = 36 + 8 + len(listed)
    block = struct.pack("<HH", len(packed), len(whole)) + packed
    block = struct.pack("<L", _cab_sum(packed, _cab_sum(block[:4], 0))) + block
    head = struct.pack(
        "<4sLLLLLBBHHHHH", b"MSCF", 0, start + len(block), 0, 44, 0, 3, 1, 1, len(files), 0, 0, 0
    )
    return head + struct.pack("<LHH", start, 1, int(deflated)) + listed + block


def _cab_sum(data: bytes, seed: int) -> int:
    """Words joined by exclusive or; of the last one to three bytes the first stands highest."""
    for (word,) in struct.iter_unpack("<L", data[: len(data) // 4 * 4]):
        seed ^= word
    return seed ^ int.from_bytes(data[len(data) // 4 * 4 :], "big")


def compressed(data: bytes) -> bytes:
    """A file of compress (`.Z`) with codes of nine bits; it must be short enough to need no longer ones."""
    codes: Iterable[int] = data[:250]
    text = "".join(reversed([f"{code:09b}" for code in codes]))
    text = "0" * (-len(text) % 8) + text
    return b"\x1f\x9d\x90" + int(text, 2).to_bytes(len(text) // 8, "little")


def rpm(payload: bytes, said: bytes = b"a\0package") -> bytes:
    """A package of RPM: lead, signature, a header with some words, and an archive."""
    lead = b"\xed\xab\xee\xdb\3\0\0\0\0\1" + b"p-1".ljust(66, b"\0") + struct.pack(">HH", 1, 5) + bytes(16)
    head = b"\x8e\xad\xe8\1\0\0\0\0" + struct.pack(">LL", 0, len(said)) + said
    return lead + b"\x8e\xad\xe8\1\0\0\0\0" + bytes(8) + head + payload
