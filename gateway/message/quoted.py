"""Quoted-printable that readers decode in different ways: equals signs that encode nothing, letters of both cases."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gateway.message import limits

_NOTHING: Final = rb"=(?![0-9A-Fa-f]{2}|[ \t]*(?:\r*\n|\Z))"
_STRAY: Final = re.compile(rb"=(?![0-9A-F]{2}|\r*\n)(?:" + _NOTHING[1:] + rb"|[a-f][0-9A-F])")
"""An equals sign before anything but two hexadecimal digits or a line's end (RFC 2045 section 6.7), or before `a5`."""
_READINGS: Final = (
    (re.compile(_NOTHING), b"=3D"),
    (re.compile(_NOTHING), b""),
    (re.compile(_NOTHING + rb"[^=\r\n]?"), b""),
    (re.compile(_NOTHING + rb"[^=\r\n]{0,2}"), b""),
)
"""What readers make of such a sign: they show it, or leave it out, or it takes one or two characters along."""
_SMALL: Final = re.compile(rb"=[a-f](?=[0-9A-F])")
"""To readers that want capitals alone, no code."""
_LINE: Final = re.compile(rb"(?:[^\n]*=[ \t]*\r*\n)*[^\n]*\n?")
_ODD: Final = re.compile(rb"=(?![0-9A-F]{2}|\r*\n)")
_LONG: Final = 16_384
"""Bytes from which on an array is quicker than an expression."""
_STEP: Final = 1_048_576
_EQUALS: Final = ord("=")
_CODE, _RETURN, _ANY = 1, 2, 4


def _bits(said: dict[bytes, int], otherwise: int) -> NDArray[np.uint8]:
    table = np.full(256, otherwise, np.uint8)
    for codes, bits in said.items():
        table[list(codes)] = bits
    return table


_DIGITS: Final = b"0123456789ABCDEF"
_FIRST: Final = _bits({_DIGITS: _CODE, b"\r": _RETURN, b"\n": _ANY}, 0)
_SECOND: Final = _bits({_DIGITS: _CODE | _ANY, b"\n": _RETURN | _ANY}, _ANY)
"""What a character may be behind an equals sign, and the one after it: together regular if they share a bit."""


def is_regular(buffer: bytes, start: int, end: int) -> bool:
    """Whether in `buffer[start:end]` all equals signs stand before two capital digits or a line's end; linear."""
    if end - start >= _LONG and all(_is_regular(buffer, at, end) for at in range(start, end, _STEP)):
        return True
    return _ODD.search(buffer, start, end) is None


def _is_regular(buffer: bytes, start: int, end: int) -> bool:
    """The same of a piece that is not the last, with ends of lines that have at most one return; else False."""
    signs = np.frombuffer(buffer, np.uint8, min(_STEP, end - start), start) == _EQUALS
    places = np.flatnonzero(signs) + start
    if len(places) == 0:
        return True
    if places[-1] + 2 >= end:
        return False
    codes = np.frombuffer(buffer, np.uint8)
    return bool(np.all(_FIRST[codes[places + 1]] & _SECOND[codes[places + 2]]))


def is_strict(buffer: bytes, start: int, end: int) -> bool:
    """Whether all readers decode `buffer[start:end]` alike, or next to; one pass."""
    return _STRAY.search(buffer, start, end) is None


def is_riddled(region: bytes) -> bool:
    """Whether there are more signs that encode nothing than are mended: no text that a person wrote."""
    if region.count(b"=") <= limits.STRAY_SIGNS:
        return False
    return next(islice(_STRAY.finditer(region), limits.STRAY_SIGNS, None), None) is not None


def readings(region: bytes, *, lines: bool) -> Iterator[tuple[bytes, bool]]:
    """What readers may decode text that is not strict to, beside what `binascii` does; and whether few would.

    `lines`: only of the lines that are not; the soft line breaks (section 6.7, rule 5) belong to a line.  Nothing of
    what `is_riddled`.
    """
    if lines:
        region = b"".join(each for each in _LINE.findall(region) if _STRAY.search(each))
    if is_riddled(region):
        return
    if re.search(_NOTHING, region):
        yield from ((binascii.a2b_qp(stray.sub(instead, region)), False) for stray, instead in _READINGS)
    if _SMALL.search(region):
        yield binascii.a2b_qp(_SMALL.sub(b"", region)), True
