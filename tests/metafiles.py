"""Windows metafiles written by hand, record by record, that draw a text in all the ways there are."""

from __future__ import annotations

import struct

WIDE = "utf-16-le"


def _even(data: bytes, size: int = 4) -> bytes:
    return data + bytes(-len(data) % size)


def record(kind: int, body: bytes) -> bytes:
    """One record of an EMF."""
    body = _even(body)
    return struct.pack("<2L", kind, 8 + len(body)) + body


def emf(*records: bytes, description: str = "") -> bytes:
    """An EMF of these records ([MS-EMF] section 2.3.4.2)."""
    said = _even((description + "\0").encode(WIDE)) if description else b""
    told = (len(said) // 2, 88) if said else (0, 0)
    size = 88 + len(said)
    end = record(14, bytes(12))
    length = size + sum(map(len, records)) + len(end)
    header = struct.pack("<2L", 1, size) + bytes(32) + b" EMF"
    header += struct.pack("<3L2H2L", 0x10000, length, len(records) + 2, 1, 0, *told)
    return header.ljust(88, b"\0") + said + b"".join(records) + end


def written(text: str, *, wide: bool = True, options: int = 0) -> bytes:
    """ExtTextOutW or ExtTextOutA."""
    raw = text.encode(WIDE if wide else "cp1252")
    body = (
        bytes(16)
        + struct.pack("<L2f", 1, 1.0, 1.0)
        + struct.pack("<2l3L", 5, 5, len(text), 76, options)
        + bytes(20)
    )
    return record(84 if wide else 83, body + raw)


def poly(texts: list[str]) -> bytes:
    """PolyTextOutW."""
    start = 40 + 40 * len(texts)
    objects, strings = b"", b""
    for text in texts:
        objects += struct.pack("<2l3L16xL", 5, 5, len(text), start + len(strings), 0, 0)
        strings += _even(text.encode(WIDE))
    return record(97, bytes(16) + struct.pack("<L2fL", 1, 1.0, 1.0, len(texts)) + objects + strings)


def small(text: str, *, narrow: bool = False, box: bool = True) -> bytes:
    """SmallTextOut."""
    options = (0x200 if narrow else 0) | (0 if box else 0x100)
    head = struct.pack("<2l3L2f", 5, 5, len(text), options, 1, 1.0, 1.0) + (bytes(16) if box else b"")
    return record(108, head + text.encode("cp1252" if narrow else WIDE))


def comment(content: bytes) -> bytes:
    """A comment."""
    return record(70, struct.pack("<L", len(content)) + content)


def plus(kind: int, body: bytes) -> bytes:
    """A comment that holds one record of EMF+."""
    body = _even(body)
    return comment(b"EMF+" + struct.pack("<2H2L", kind, 0, 12 + len(body), len(body)) + body)


def plus_string(text: str) -> bytes:
    """DrawString of EMF+."""
    return plus(0x401C, struct.pack("<3L4f", 0, 0, len(text), 0, 0, 9, 9) + text.encode(WIDE))


def plus_driver(text: str, flags: int = 1) -> bytes:
    """DrawDriverString of EMF+."""
    return plus(0x4036, struct.pack("<4L", 0, flags, 0, len(text)) + text.encode(WIDE) + bytes(8 * len(text)))


def plus_picture(file: bytes) -> bytes:
    """A picture as an object of EMF+."""
    return plus(0x4008, struct.pack("<6L", 0xDBC01002, 1, 0, 0, 0, 0) + struct.pack("<L", 1) + file)


def bitmap(device_independent: bytes, *, kind: int = 81, at: int = 80) -> bytes:
    """StretchDIBits with a BMP file's header and pixels."""
    header, pixels = device_independent[14:54], device_independent[54:]
    body = bytes(40) + struct.pack("<4L", at, len(header), at + len(header), len(pixels)) + bytes(at - 64)
    return record(kind, body + header + pixels)


def wmf(*orders: bytes, placeable: bool = True) -> bytes:
    """A WMF of these records ([MS-WMF] section 2.3.2)."""
    head = b"\xd7\xcd\xc6\x9a" + bytes(18) if placeable else b""
    body = b"".join(orders) + struct.pack("<LH", 3, 0)
    return head + struct.pack("<3HLHLH", 1, 9, 0x300, (18 + len(body)) // 2, 1, 9, 0) + body


def order(function: int, body: bytes) -> bytes:
    """One record of a WMF."""
    body = _even(body, 2)
    return struct.pack("<LH", 3 + len(body) // 2, function) + body


def text_out(text: str) -> bytes:
    """TextOut."""
    return order(0x0521, struct.pack("<H", len(text)) + _even(text.encode("cp1252"), 2) + bytes(4))


def ext_text_out(text: str, options: int = 0) -> bytes:
    """ExtTextOut, with a rectangle where the options name one."""
    box = bytes(8) if options & 6 else b""
    return order(0x0A32, struct.pack("<2h2H", 5, 5, len(text), options) + box + text.encode("cp1252"))


def along(enhanced: bytes, piece: int = 60) -> list[bytes]:
    """Comments of a WMF that carry an EMF along in pieces."""
    orders = []
    for at in range(0, len(enhanced), piece):
        part = enhanced[at : at + piece]
        head = struct.pack(
            "<2H4sLLHLLLLL", 15, 34 + len(part), b"WMFC", 1, 0x10000, 0, 0, 1, len(part), 0, len(enhanced)
        )
        orders.append(order(0x0626, head + part))
    return orders
