"""Archives that no library here writes: 7z, RAR (stored), cpio, ar; and zip records put together by hand."""

from __future__ import annotations

import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Mapping

Files = Mapping[str, bytes]
Pack = Callable[[bytes], bytes]


def zipped(files: Files, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return out.getvalue()


def streamed(files: Files) -> bytes:
    """A zip file whose sizes stand behind its members, as programs write that cannot go back."""

    class Out(io.RawIOBase):
        """A file that can only be written on."""

        def __init__(self) -> None:
            self.written = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:  # type: ignore[override]
            self.written += data
            return len(data)

    out = Out()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return bytes(out.written)


def tarred(files: Files, form: int = tarfile.PAX_FORMAT) -> bytes:
    """A tar file."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as packed:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            packed.addfile(info, io.BytesIO(data))
    return out.getvalue()


def _number(value: int) -> bytes:
    """A number of a 7z header, in nine bytes."""
    return b"\xff" + struct.pack("<Q", value)


def _names(files: Files) -> bytes:
    names = b"".join(name.encode("utf-16-le") + b"\0\0" for name in files)
    return b"\x11" + _number(len(names) + 1) + b"\0" + names


def _stream(start: int, packed: bytes, size: int, coder: bytes) -> bytes:
    """Pack and folder records of one stream through one coder."""
    return (
        b"\x06" + _number(start) + _number(1) + b"\x09" + _number(len(packed)) + b"\x00"
        + b"\x07\x0b" + _number(1) + b"\0" + _number(1) + coder + b"\x0c" + _number(size) + b"\0"
    )  # fmt: skip


COPY = b"\x01\x00"
LZMA2 = b"\x21\x21\x01\x18"
_AES = b"\x24\x06\xf1\x07\x01\x02\x13\x00"
PPMD = b"\x23\x03\x04\x01\x05\x06\0\0\0\x01"


def sevenzip(files: Files, coder: bytes = LZMA2, *, packed_header: bool = False) -> bytes:
    """A 7z file of one solid stream, through a coder as its header tells it."""
    whole = b"".join(files.values())
    packed = _lzma2(whole) if coder == LZMA2 else whole
    sizes = b"".join(b"" + _number(len(data)) for data in list(files.values())[:-1])
    substreams = b"\x08\x0d" + _number(len(files)) + (b"\x09" + sizes if sizes else b"")
    substreams += (
        b"\x0a\x01" + b"".join(struct.pack("<L", zlib.crc32(data)) for data in files.values()) + b"\0"
    )
    streams = b"\x04" + _stream(0, packed, len(whole), coder) + substreams + b"\0"
    listing = b"\x05" + _number(len(files)) + _names(files) + b"\0"
    header = b"\x01" + streams + listing + b"\0"
    if packed_header:
        small = _lzma2(header)
        listed = b"\x17" + _stream(len(packed), small, len(header), LZMA2) + b"\0"
        packed, header = packed + small, listed
    start = struct.pack("<QQL", len(packed), len(header), zlib.crc32(header))
    return b"7z\xbc\xaf\x27\x1c\0\4" + struct.pack("<L", zlib.crc32(start)) + start + packed + header


def sevenzip_locked(files: Files) -> bytes:
    """A 7z file as one with a password looks from outside."""
    return sevenzip(files, _AES)


def _lzma2(data: bytes) -> bytes:
    return lzma.compress(data, lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 24}])


def _vint(value: int) -> bytes:
    low = bytes([value & 0x7F | (0x80 if value > 0x7F else 0)])
    return low + (_vint(value >> 7) if value > 0x7F else b"")


def _block(kind: int, flags: int, body: bytes, data: bytes = b"", extra: bytes = b"") -> bytes:
    sizes = (_vint(len(extra)) if flags & 1 else b"") + (_vint(len(data)) if flags & 2 else b"")
    head = _vint(kind) + _vint(flags) + sizes + body + extra
    counted = _vint(len(head)) + head
    return struct.pack("<L", zlib.crc32(counted)) + counted + data


def rar(files: Files, method: int = 0, *, locked: bool = False, pack: Pack = bytes) -> bytes:
    """A RAR 5 file; with a method above 0 the files only claim to be packed, unless something packs them."""
    blocks = [_block(1, 0, _vint(0))]
    extra = _vint(3) + _vint(1) + b"\0\0" if locked else b""
    for name, data in files.items():
        raw = name.encode()
        body = _vint(4) + _vint(len(data)) + _vint(0) + struct.pack("<L", zlib.crc32(data))
        body += _vint(method << 7) + _vint(0) + _vint(len(raw)) + raw
        blocks.append(_block(2, 3 if locked else 2, body, pack(data), extra))
    return b"Rar!\x1a\x07\x01\0" + b"".join(blocks) + _block(5, 0, _vint(0))


def rar_locked_names(files: Files) -> bytes:
    """A RAR 5 file whose headers are encrypted."""
    return b"Rar!\x1a\x07\x01\0" + _block(4, 0, _vint(0) + _vint(0) + bytes(20)) + b"".join(files.values())


def old_rar(files: Files, method: int = 0x30, flags: int = 0x8000, pack: Pack = bytes) -> bytes:
    """A RAR 4 file."""
    out = b"Rar!\x1a\x07\0" + _old_block(0x73, 0, bytes(6))
    for name, data in files.items():
        raw, packed = name.encode(), pack(data)
        fields = struct.pack(
            "<LLBLLBBHL", len(packed), len(data), 0, zlib.crc32(data), 0, 29, method, len(raw), 0
        )
        out += _old_block(0x74, flags, fields + raw) + packed
    return out + _old_block(0x7B, 0, b"")


def _old_block(kind: int, flags: int, body: bytes) -> bytes:
    head = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
    return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head


def cpio(files: Files) -> bytes:
    """A cpio file in its newer form."""
    out = bytearray()
    for name, data in {**files, "TRAILER!!!": b""}.items():
        raw = name.encode() + b"\0"
        fields = [0, 0x81A4, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(raw), 0]
        out += b"070701" + b"".join(b"%08X" % value for value in fields) + raw
        out += bytes(-len(out) % 4) + data
        out += bytes(-len(out) % 4)
    return bytes(out)


def odd_cpio(files: Files) -> bytes:
    """A cpio file in its portable old form."""
    out = bytearray()
    for name, data in {**files, "TRAILER!!!": b""}.items():
        raw = name.encode() + b"\0"
        out += b"070707" + b"000001" * 7 + b"%011o" % 0 + b"%06o%011o" % (len(raw), len(data)) + raw + data
    return bytes(out)


def ar(files: Files) -> bytes:
    """An ar file."""
    out = bytearray(b"!<arch>\n")
    for name, data in files.items():
        out += f"{name[:15] + '/':<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(data):<10}".encode() + b"`\n" + data
        out += b"\n" * (len(data) % 2)
    return bytes(out)


def local(name: bytes, data: bytes, method: int = 0, flags: int = 0) -> bytes:
    """A zip member with its local header."""
    packed = data if method == 0 else zlib.compress(data)[2:-4]
    fields = (20, flags, method, 0, 0, zlib.crc32(data), len(packed), len(data), len(name), 0)
    return struct.pack("<4s5H3L2H", b"PK\3\4", *fields) + name + packed


def entry(name: bytes, data: bytes, offset: int, method: int = 0, flags: int = 0, **changed: int) -> bytes:
    """The directory entry of such a member; `crc`, `packed`, `size` may say something else."""
    packed = len(data) if method == 0 else len(zlib.compress(data)[2:-4])
    crc, packed = changed.get("crc", zlib.crc32(data)), changed.get("packed", packed)
    sizes = (crc, packed, changed.get("size", len(data)))
    return (
        struct.pack(
            "<4s6H3L5H2L",
            b"PK\1\2",
            20,
            20,
            flags,
            method,
            0,
            0,
            *sizes,
            len(name),
            0,
            0,
            0,
            0,
            0,
            offset,
        )
        + name
    )


def ended(body: bytes, directory: bytes, count: int, comment: bytes = b"", disk: int = 0) -> bytes:
    """Members, their directory and its end."""
    end = (disk, disk, count, count, len(directory), len(body), len(comment))
    return body + directory + struct.pack("<4s4H2LH", b"PK\5\6", *end) + comment
