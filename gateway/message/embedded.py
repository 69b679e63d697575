"""What stands inside a text: parts with headers of their own, files in uuencode, base64 or hexadecimal.

A mail whose headers hide its structure shows it in its text all the same: wherever a line names a content type or a
transfer encoding, a part begins, whatever stands around it.  Old mail programs make files of uuencode in a text, and
people paste base64.  One expression looks for all that; only where it finds something does any of the rest run.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from gateway.message import limits, sniff, transfer

Bytes = bytes | memoryview

_FIELD_LINE: Final = rb"[ \t]{0,8}content-t(?:ype|ransfer-encoding)[ \t]*:"
_SIGN: Final = re.compile(
    rb"\n[ \t>]{0,8}+(?:[A-Za-z0-9+/]{60}|[Cc][Oo][Nn][Tt][Ee][Nn][Tt]-[Tt]|begin[ -]|=ybegin |\([Tt]his file must)"
)
"""What may begin a line; no case is ignored and nothing is tried twice, because every line of every mail is tried."""
_SHAPE: Final = bytes(
    ord("a") if code in b"+/" or (code < 128 and chr(code).isalnum()) else 32 for code in range(256)
)
_SHORT: Final = 2_048
"""Bytes of a text of which every place is looked at."""
_LONG_LINES: Final = 120
"""Characters to a line on average from which on lines are not what somebody typed into a mail program of old."""
_ENCODED: Final = b"a" * 60
"""Letters, digits, plus and slash in one piece: what prose never has, and base64 and hexadecimal have in every line."""
_PART: Final = re.compile(rb"\n" + _FIELD_LINE, re.I)
_BLANK_LINE: Final = re.compile(rb"\n[ \t]*\r?\n")
_HEADER_LINE: Final = re.compile(rb"[ \t]*[!-9;-~]{1,200}[ \t]*:|[ \t]+[^\s]")
_FOREIGN: Final = re.compile(rb"\n(?:=ybegin |\(this file must be converted with binhex)", re.I)
_UU: Final = re.compile(rb"\n([ \t>]{0,8}+)begin(?:-base64)? [0-7]{3,6}(?: |\r?\n)")
_PIECE: Final = re.compile(rb"[A-Za-z0-9+/]+=*")
_BETWEEN: Final = re.compile(
    rb"(?:\\[rn])*[\"'+, \t]{0,8}\r?\n[ \t>\"']{0,16}|(?:\\[rn])+|[\"'],[ \t]{0,2}[\"']"
)
"""Between two lines of an encoded file: also in a quoted reply, and as a string of a program or a notebook."""
_HEXADECIMAL: Final = b"0123456789ABCDEFabcdef"
_STEM: Final = re.compile(rb"[^\s]+")


_STEP: Final = 1_000_000
"""Bytes of a text that is looked at in pieces first."""
_OVERLAP: Final = 256
"""Bytes that two such pieces have in common: no sign is as long."""
_SCRAP: Final = 130
"""Letters of a line that is a digest rather than a file, unless it says something: SHA-512 takes 128 of them."""
_FEW: Final = 8
"""Different bytes of what says nothing; the shortest line of a table has more."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """What stands inside a text: parts (headers and body), decoded files, whether there is what nobody here decodes.

    `guesses` are files that may be none: lines that look encoded, and whether a last line was left out.  `more`: there
    are more of any of them than are read.
    """

    parts: tuple[bytes, ...] = ()
    files: tuple[bytes, ...] = ()
    guesses: tuple[tuple[bytes, bool], ...] = ()
    foreign: bool = False
    more: bool = False


def look(data: Bytes, *, thorough: bool = False) -> Embedded | None:
    """What stands inside this text; None, after one pass, for nearly every text.  Total, linear.

    Lines that look encoded are found where they begin; in a short text, one of long lines, or if it is asked for
    (`thorough`), wherever they stand.
    """
    if _plain(data, thorough=thorough):
        return None
    text = b"\n" + bytes(data)
    thorough = thorough or len(text) < _SHORT or len(text) > _LONG_LINES * text.count(b"\n")
    shape = text.translate(_SHAPE) if thorough else b""
    if _ENCODED not in shape and _SIGN.search(text) is None:
        return None
    shape = shape or text.translate(_SHAPE)
    encoded = _ENCODED in shape
    parts, files = list(_parts(text)), list(_uuencoded(text))
    guesses = list(islice(_guesses(text, shape), limits.FOUND + 1)) if encoded else []
    return Embedded(
        tuple(parts[: limits.PARTS]),
        tuple(files[: limits.PARTS]),
        tuple(guesses[: limits.FOUND]),
        _FOREIGN.search(text) is not None,
        max(len(parts), len(files)) > limits.PARTS or len(guesses) > limits.FOUND,
    )


def _plain(data: Bytes, *, thorough: bool) -> bool:
    """Whether a very long text has no sign of anything: it is not copied as a whole to see that."""
    if len(data) <= _STEP:
        return False
    lines = sum(bytes(data[at : at + _STEP]).count(b"\n") for at in range(0, len(data), _STEP))
    thorough = thorough or len(data) >= _LONG_LINES * lines
    pieces = (bytes(data[max(0, at - _OVERLAP) : at + _STEP]) for at in range(0, len(data), _STEP))
    return not any(_has_sign(b"\n" + piece, thorough=thorough) for piece in pieces)


def _has_sign(text: bytes, *, thorough: bool) -> bool:
    return _SIGN.search(text) is not None or (thorough and _ENCODED in text.translate(_SHAPE))


def _parts(text: bytes) -> Iterator[bytes]:
    """Header blocks that name a type or an encoding, each with what follows up to the next of them."""
    blocks = list(_blocks(text))
    # The line above the first block is what parts them, whatever it looks like; the last part ends with its like.
    stem = _stem(text, blocks[0][0]) if blocks else b""
    for number, (start, body) in enumerate(blocks):
        following = blocks[number + 1][0] if number + 1 < len(blocks) else len(text)
        yield text[start : _without_delimiter(text, body, following, stem)]


def _blocks(text: bytes) -> Iterator[tuple[int, int]]:
    """Where each header block starts and where its body does."""
    position = 0
    for _ in range(limits.PARTS + 1):
        match = _PART.search(text, position)
        if match is None:
            return
        start = _block_start(text, match.start(), position)
        blank = _BLANK_LINE.search(text, match.end())
        body = blank.end() if blank is not None else len(text)
        yield start, body
        # The line break before the body is that of a header block that begins there.
        position = max(body - 1, match.end())


def _block_start(text: bytes, line_break: int, floor: int) -> int:
    """The start of the first line of a block, going up from the line behind `line_break` while lines are fields."""
    while line_break > floor:
        above = text.rfind(b"\n", floor, line_break)
        if above < 0 or not _HEADER_LINE.match(text, above + 1, line_break):
            break
        line_break = above
    return line_break + 1


def _stem(text: bytes, start: int) -> bytes:
    """The first word of the line above a block, if there is one right above."""
    above = text.rfind(b"\n", 0, max(0, start - 1)) + 1
    word = _STEM.search(text, above, max(above, start - 1))
    return word[0] if word is not None else b""


def _without_delimiter(text: bytes, body: int, end: int, stem: bytes) -> int:
    """Where a part's body ends: before the line that parts it from the next one, or closes all."""
    if end < len(text):
        end = text.rfind(b"\n", body, max(body, end - 1)) if text[end - 2 : end] != b"\n\n" else end
        return max(body, end)
    for mark in filter(None, (stem, b"--")):
        closing = text.find(b"\n" + mark, body - 1)
        if closing >= 0:
            return max(body, closing - (text[closing - 1 : closing] == b"\r"))
    return end


def _uuencoded(text: bytes) -> Iterator[bytes]:
    """Files in uuencode, one behind the other."""
    starts = [(match.start() + 1, match[1]) for match in _UU.finditer(text)]
    for number, (start, quote) in enumerate(starts):
        end = starts[number + 1][0] if number + 1 < len(starts) else len(text)
        if quote:
            bare = text[start:end].removeprefix(quote).replace(b"\n" + quote, b"\n")
            yield bytes(transfer.decode("uuencode", bare, 0, len(bare)).data)
        else:
            yield bytes(transfer.decode("uuencode", text, start, end).data)


def _guesses(text: bytes, shape: bytes) -> Iterator[tuple[bytes, bool]]:
    """Runs of lines that look like base64 or like hexadecimal, decoded, and whether without a last line.

    The last line of a run may not belong to it: it may be a word of whoever pasted the rest.
    """
    position = 0
    while (start := shape.find(_ENCODED, position)) >= 0:
        lines, position = _run(text, start)
        joined = b"".join(lines)
        if len(lines) == 1 and len(joined) < _SCRAP and _says_nothing(joined):
            continue
        yield from ((found, False) for found in _decoded(joined))
        if len(lines) > 1 and not joined.endswith(b"=") and len(lines[-1]) < len(lines[0]):
            yield from ((found, True) for found in _decoded(b"".join(lines[:-1])))


def _run(text: bytes, start: int) -> tuple[list[bytes], int]:
    """The lines of a run that begins at `start`, bare, and where it ends: behind its first shorter line."""
    lines: list[bytes] = []
    between: re.Match[bytes] | None = None
    while (match := _PIECE.match(text, between.end() if between else start)) is not None:
        lines.append(match[0])
        start = match.end()
        between = _BETWEEN.match(text, start)
        if between is None or match[0].endswith(b"=") or len(match[0]) < len(lines[0]):
            break
    return lines, start


def _says_nothing(letters: bytes) -> bool:
    return all(sniff.kind(found) is sniff.Kind.UNKNOWN for found in _decoded(letters))


def _decoded(letters: bytes) -> Iterator[bytes]:
    # Most of what is not hexadecimal shows it at its start.
    if letters[:2] in (b"0x", b"0X"):
        letters = letters[2:]
    if not (
        letters[:60].translate(None, _HEXADECIMAL)
        or letters.translate(None, _HEXADECIMAL)
        or len(letters) % 2
    ):
        yield binascii.unhexlify(letters)
    decoded = bytes(transfer.decode("base64", letters, 0, len(letters)).data)
    if not _is_monotonous(decoded):
        yield decoded


def _is_monotonous(data: bytes) -> bool:
    """Whether it is long and the same few bytes again and again: lines of one letter decode to that, no text does."""
    few = bytes(set(data[:_SHORT]))
    return len(data) > _SHORT and len(few) < _FEW and not data.translate(None, few)
