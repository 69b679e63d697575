"""S/MIME that is signed and not detached: the mail within, which mail programs show and nobody needs a key for.

The structure is ASN.1 in BER (X.690): a tag, a length, a content; a length may be left open until two zero bytes, and a
string may come in pieces.  Only as much is read as stands before the mail.
"""

from __future__ import annotations

from typing import Final

from gateway.message import media_types

Bytes = bytes | memoryview

_SEQUENCE, _SET, _OID, _EXPLICIT = 0x30, 0x31, 0x06, 0xA0
_STRING, _PIECES = 0x04, 0x24
_END: Final = b"\0\0"
_SIGNED: Final = bytes.fromhex("2a864886f70d010702")
_OPEN: Final = 0x80
_LONGEST_LENGTH: Final = 8


def is_signed(start: bytes) -> bool:
    """Whether these first bytes of a file name it as CMS signed data, RFC 5652 section 5.1."""
    return _SIGNED in start[:64]


def signed_content(data: bytes) -> bytes | None:
    """What signed data encloses, empty where the signature stands alone; None for bytes that are not well-formed."""
    try:
        return _enclosed(data)
    except (ValueError, IndexError):
        return None


def encloses(media_type: str, data: Bytes) -> bool:
    """Whether what is called a signature holds what it signs, which whoever opens it sees."""
    return media_type in media_types.SMIME_SIGNATURES and bool(signed_content(bytes(data)))


def _enclosed(data: bytes) -> bytes:
    """RFC 5652 section 5.1: version, digest algorithms, then the content's type and, if it is not detached, itself."""
    position = _into(data, 0, _SEQUENCE)
    start, end = _known(data, position, _OID)
    if data[start:end] != _SIGNED:
        raise ValueError("not signed data")
    position = _into(data, _into(data, end, _EXPLICIT), _SEQUENCE)
    position = _behind(data, _behind(data, position))
    tag, start, stop = _element(data, position)
    if tag != _SEQUENCE:
        raise ValueError("no content info")
    position = _known(data, start, _OID)[1]
    if position == stop or data[position : position + 2] == _END:
        return b""
    return _string(data, _into(data, position, _EXPLICIT))


def _element(data: bytes, position: int) -> tuple[int, int, int | None]:
    """Tag of the element at a position, where its content starts, and where it ends unless that is left open."""
    tag, length, start = data[position], data[position + 1], position + 2
    if length == _OPEN:
        return tag, start, None
    if length > _OPEN:
        size = length - _OPEN
        if size > _LONGEST_LENGTH:
            raise ValueError("too long a length")
        length, start = int.from_bytes(data[start : start + size], "big"), start + size
    if start + length > len(data):
        raise ValueError("cut off")
    return tag, start, start + length


def _known(data: bytes, position: int, tag: int) -> tuple[int, int]:
    """Where the content of an element of this tag starts and ends."""
    found, start, end = _element(data, position)
    if found != tag or end is None:
        raise ValueError("something else")
    return start, end


def _into(data: bytes, position: int, tag: int) -> int:
    """Where the content of an element of this tag starts, however long it is."""
    found, start, _ = _element(data, position)
    if found != tag:
        raise ValueError("something else")
    return start


def _behind(data: bytes, position: int) -> int:
    """Where the element behind this one starts; elements of open length may nest as deep as they like."""
    waiting = 0
    while True:
        if waiting and data[position : position + 2] == _END:
            waiting, position = waiting - 1, position + 2
        else:
            _, start, end = _element(data, position)
            waiting, position = waiting + (end is None), start if end is None else end
        if not waiting:
            return position


def _string(data: bytes, position: int) -> bytes:
    """The octet string at a position, whole or in pieces of pieces."""
    tag, start, end = _element(data, position)
    if tag == _STRING and end is not None:
        return data[start:end]
    pieces: list[bytes] = []
    waiting, position = int(end is None), start
    if tag != _PIECES:
        raise ValueError("no string")
    while waiting or (end is not None and position < end):
        if waiting and data[position : position + 2] == _END:
            waiting, position = waiting - 1, position + 2
            continue
        tag, start, stop = _element(data, position)
        if tag == _STRING and stop is not None:
            pieces.append(data[start:stop])
        elif tag != _PIECES:
            raise ValueError("no string")
        waiting += stop is None
        position = stop if tag == _STRING and stop is not None else start
    return b"".join(pieces)
