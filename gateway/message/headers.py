"""Header blocks: where one ends, its text as a reader sees it, and the fields that give a part its structure.

Everything here is one pass over the block with expressions that cannot backtrack over each other's ground.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from gateway.message import charsets, limits, transfer

_BLANK_LINE: Final = re.compile(rb"\n\r?\n")
_FIELD_START: Final = re.compile(rb"[!-9;-~]{1,200}[ \t]*:")
_STRUCTURAL: Final = re.compile(
    r"\n([^a-zA-Z\n]{0,9}+)[Cc][Oo][Nn][Tt][Ee][Nn][Tt]-([TtDd][A-Za-z-]{3,16}+)([^\n]*)"
)
_NAMES: Final = frozenset({"type", "transfer-encoding", "disposition", "description"})
_FOLDED_FIELD: Final = re.compile(r"[ \t]content-(type|transfer-encoding)[ \t]*:([^\n]*)", re.I)
_NO_FIELD: Final = re.compile(r"\n(?![!-9;-~]{1,200}+[ \t]*+:|[ \t]*(?:\n|\Z))")
_NO_FIELD_LINE: Final = re.compile(rb"\n(?![!-9;-~]{1,200}[ \t]*:|[ \t])")
_ODD_BREAK: Final = re.compile(r"[\r\v\f\x85\u2028\u2029](?=[^a-z\n]{0,9}content-t)", re.I)
_LATE_FIELD: Final = re.compile(rb"\n[ \t]*content-t(?:ype|ransfer-encoding)[ \t]*:", re.I)
_LETTERS: Final = re.compile(rb"[A-Za-z0-9+/]{4,1000}=*[ \t]*\r?\n")
_INDENT: Final = re.compile(r"^[ \t]+", re.M)
_PLAIN_FIELD: Final = re.compile(
    r"content-(?:description[ \t]*:|(?:type|transfer-encoding|disposition)[ \t]*:[ \t]*[^\s;]*+"
    r"(?:[ \t;]++[a-z0-9*-]++=(?:\"[^\"\s]*+\"|[^\s;\"]*+))*+[ \t;]*\Z)",
    re.I,
)
"""A field of a part that says no more than what `Plan` knows of it: no other words in it."""
_WORDS_IN_WORDS: Final = 3
"""Times that encoded words are decoded: some programs encode what another has encoded before."""
_BEFORE_VALUE: Final = " \t:=\"'\0\xa0"
_ENCODED_WORD: Final = re.compile(r"=\?([^?\s*]{1,60})(?:\*[^?\s]{0,60})?\?([bBqQ])\?([^?\n]*)\?=")
_BETWEEN_WORDS: Final = re.compile(r"(\?=)\s+(?==\?)")
_PARAMETER: Final = re.compile(r';\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;]*))', re.S)
_PIECE: Final = re.compile(r"([^*]+)(?:\*([0-9]{1,4}))?(\*)?\Z")
_QUOTED_PAIR: Final = re.compile(r"\\(.)", re.S)
_COMMENT: Final = re.compile(r'"(?:[^"\\]|\\.)*"?|\((?:[^()\\]|\\.)*\)', re.S)
_TOKEN: Final = re.compile(r"[^\s;()\"]+/[^\s;()\"]+|[^\s;()\"]+")


@dataclass(frozen=True, slots=True)
class Block:
    """One header block: decoded text, structural fields in order, whether it broke off, and where the body starts.

    `doubtful`: what it says about the structure is written so that readers disagree whether it says so.
    """

    text: str
    fields: tuple[tuple[str, str], ...]
    body: int
    oversize: bool = False
    doubtful: bool = False

    def values(self, name: str) -> list[str]:
        """Values of `content-NAME` fields, unfolded, in the order they stand."""
        return [value for found, value in self.fields if found == name]


@dataclass(frozen=True, slots=True)
class ContentType:
    """A Content-Type value: `main/sub` in lower case, and parameters (RFC 2231 joined) by lower-case name."""

    value: str
    parameters: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def parameter(self, name: str) -> str:
        """The first value of a parameter, or the empty string."""
        return self.parameters.get(name, ("",))[0]


def read_block(buffer: bytes, start: int, limit: int) -> Block:
    """The header block of `buffer[start:limit]`: it ends at an empty line, or before a first line that is no header."""
    first = _skip_envelope_line(buffer, start, limit)
    late = not _FIELD_START.match(buffer, first, limit)
    if late and not _has_late_fields(buffer, first, limit):
        return Block("", (), _after_empty_line(buffer, start, limit))
    end, body = _end(buffer, first, limit)
    oversize = end - first > limits.HEADER_BYTES
    if oversize:
        end = body = first + limits.HEADER_BYTES
    text, broken = _unfolded(charsets.decode(buffer[first:end]), indented=late)
    fields, odd = _fields(text)
    oversize = oversize or (len(text) > limits.COMMENTS and text.count("(") > limits.COMMENTS)
    return Block(decode_words(text[1:]), fields, body, oversize, late or broken or odd)


def _end(buffer: bytes, first: int, limit: int) -> tuple[int, int]:
    """Where the block ends and where the body starts; without an empty line it ends where something else stands."""
    blank = _BLANK_LINE.search(buffer, first, limit)
    if blank is not None:
        return blank.start(), blank.end()
    line = _NO_FIELD_LINE.search(buffer, first, limit)
    return (limit, limit) if line is None else (line.start(), line.end())


def _has_late_fields(buffer: bytes, start: int, limit: int) -> bool:
    """Whether fields that name the structure stand below a first line that is none."""
    if _after_empty_line(buffer, start, limit) > start:
        return False
    blank = _BLANK_LINE.search(buffer, start, min(limit, start + limits.LATE_FIELDS))
    end = blank.start() if blank is not None else min(limit, start + limits.LATE_FIELDS)
    return _LATE_FIELD.search(b"\n" + buffer[start:end]) is not None


def _fields(text: str) -> tuple[tuple[tuple[str, str], ...], bool]:
    """The structural fields of an unfolded block, and whether some readers would not take them for that."""
    found: list[tuple[str, str]] = []
    odd, last = False, 0
    for match in _STRUCTURAL.finditer(text):
        before, name, rest = match.groups()
        name, bare = name.lower(), rest.lstrip(" \t")
        if name not in _NAMES:
            continue
        last = match.start()
        if not before and bare[:1] == ":" and (bare[1:].lstrip()[:1] != ":" or name[0] == "d"):
            found.append((name, bare[1:].strip()))
        else:
            odd = True
            found.append((name, bare.strip(_BEFORE_VALUE)))
        if "ontent-t" in rest.lower():
            odd = True
            found += [(each[1].lower(), each[2].strip()) for each in _FOLDED_FIELD.finditer(rest)]
    # Some readers end the headers at a line that is none, so what stands below it is structure to others only, and
    # their body, where it is encoded.
    end = len(text) if _is_encoded(found) else last
    return tuple(found), odd or (end > 0 and _NO_FIELD.search(text, 0, end) is not None)


def _is_encoded(found: list[tuple[str, str]]) -> bool:
    encodings = [value for name, value in found if name == "transfer-encoding"]
    return bool(encodings) and not transfer.IDENTITY.issuperset(map(transfer.token, encodings))


def _unfolded(text: str, *, indented: bool) -> tuple[str, bool]:
    """Every field on one line, behind a line break; and whether a break that not all take for one was meant."""
    text = text.replace("\r\n", "\n").removesuffix("\r")
    broken = 0
    if "\r" in text or "\v" in text or "\f" in text or not text.isascii():
        text, broken = _ODD_BREAK.subn("\n", text)
        text = text.replace("\r", "")
    if indented:
        text = _INDENT.sub("", text)
    return "\n" + text.replace("\n ", " ").replace("\n\t", "\t"), broken > 0


def _skip_envelope_line(buffer: bytes, start: int, limit: int) -> int:
    """Skip the `From ` line of a mailbox file, which some programs leave on top of a mail, quoted or not."""
    if buffer.startswith((b"From ", b">From "), start, limit):
        newline = buffer.find(b"\n", start, limit)
        return limit if newline < 0 else newline + 1
    return start


def _after_empty_line(buffer: bytes, start: int, limit: int) -> int:
    for empty in (b"\r\n", b"\n"):
        if buffer.startswith(empty, start, limit):
            return start + len(empty)
    return start


def begins_encoded(buffer: bytes, start: int, limit: int) -> bool:
    """Whether what stands here without a header looks like the rest of something in base64."""
    return _LETTERS.match(buffer, start, limit) is not None


def decode_words(text: str) -> str:
    """Text with its RFC 2047 encoded words decoded; neighbours of one charset are joined before they are decoded."""
    for _ in range(_WORDS_IN_WORDS):
        if "=?" not in text:
            break
        decoded = _decode_words(text)
        if decoded == text:
            break
        text = decoded
    return text


def _decode_words(text: str) -> str:
    joined = _BETWEEN_WORDS.sub(r"\1", text)
    pieces: list[str] = []
    pending: list[tuple[str, str]] = []
    charset, position = "", 0
    for match in _ENCODED_WORD.finditer(joined):
        if pending and (match.start() > position or match[1].lower() != charset):
            pieces.append(_words(pending, charset))
            pending.clear()
        pieces.append(joined[position : match.start()])
        charset, position = match[1].lower(), match.end()
        pending.append((match[2].lower(), match[3]))
    if pending:
        pieces.append(_words(pending, charset))
    pieces.append(joined[position:])
    return "".join(pieces)


def _words(words: list[tuple[str, str]], charset: str) -> str:
    """Neighbouring words of one charset; base64 that was cut between two groups of four is joined before all else."""
    if any(encoding == "b" and len(text) % 4 and "=" not in text for encoding, text in words[:-1]) and all(
        encoding == "b" for encoding, _ in words
    ):
        words = [("b", "".join(text for _, text in words))]
    return charsets.decode(b"".join(_word_bytes(*word) for word in words), charset)


def _word_bytes(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8", "replace")
    if encoding == "b":
        return bytes(transfer.decode("base64", data, 0, len(data)).data)
    return binascii.a2b_qp(data, header=True)


def says_more(line: str) -> bool:
    """Whether a field of a part, on one line, has words in it that `structure.plan` does not take out of it."""
    return bool(line) and _PLAIN_FIELD.match(line) is None


def content_type(value: str) -> ContentType:
    """A Content-Type value taken apart; whatever is no type comes back as the empty value."""
    token = _TOKEN.match(value.strip())
    return ContentType(token[0].lower() if token else "", parameters(value))


def without_comments(value: str, instead: str = " ") -> str:
    """The value with something instead of its RFC 5322 comments, innermost first; quoted strings stay."""
    for _ in range(limits.DEPTH):
        bare = _COMMENT.sub(lambda match: match[0] if match[0][0] == '"' else instead, value)
        if bare == value:
            break
        value = bare
    return value


def parameters(value: str) -> dict[str, tuple[str, ...]]:
    """Parameters of a structured value: all plain values of a name in order, the RFC 2231 reading first."""
    plain: dict[str, list[str]] = {}
    pieces: dict[str, list[dict[int, tuple[str, bool]]]] = {}
    for match in _limited(_PARAMETER.finditer(value)):
        quoted = match[2]
        text = _QUOTED_PAIR.sub(r"\1", quoted) if quoted is not None else match[3].strip()
        piece = _PIECE.match(match[1].lower())
        if piece is None:
            continue
        if piece[2] is None and piece[3] is None:
            plain.setdefault(piece[1], []).append(text)
        else:
            first, last = pieces.setdefault(piece[1], [{}, {}])
            last[int(piece[2] or 0)] = (text, piece[3] is not None)
            first.setdefault(int(piece[2] or 0), (text, piece[3] is not None))
    found = {name: [*dict.fromkeys(map(_joined, both))] for name, both in pieces.items()}
    for name, values in plain.items():
        found.setdefault(name, []).extend(values)
    return {name: tuple(values) for name, values in found.items()}


def _limited(matches: Iterator[re.Match[str]]) -> Iterator[re.Match[str]]:
    for _, match in zip(range(limits.PARAMETERS), matches, strict=False):
        yield match


def _joined(numbered: dict[int, tuple[str, bool]]) -> str:
    """RFC 2231 pieces in the order of their numbers, with the charset that the first one names."""
    charset = ""
    pieces: list[bytes] = []
    for number in sorted(numbered):
        text, extended = numbered[number]
        if extended and not pieces and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        data = text.encode("utf-8", "replace")
        pieces.append(binascii.a2b_qp(data.replace(b"%", b"=")) if extended else data)
    return charsets.decode(b"".join(pieces), charset)
