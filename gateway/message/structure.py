"""What a header block says about its body: shape, boundaries, encodings, names, and whether it contradicts itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final

from gateway.message import charsets, headers, limits, transfer
from gateway.model import PartKind

_PLAIN: Final = "text/plain"
_FORWARDED: Final = frozenset({"message/rfc822", "message/global", "message/news", "message/global-headers"})
_UNKNOWN_TYPE: Final = "application/octet-stream"
_MAIL_SUFFIXES: Final = frozenset({"eml", "mht", "mhtml"})
_SEPARATORS: Final = re.compile(r"[\s,;]+")
_ENCODINGS: Final = ("base64", "quoted-printable", "uuencode")
_SUFFIX: Final = re.compile(r"\.([A-Za-z0-9]{1,8})[\s.]*\Z")
_ENCODED_LOOK: Final = re.compile(rb"=(?:3D|20|0D|0A|\r?\n)", re.I)
_BLANK_LINE: Final = re.compile(rb"\n\r?\n")
_FIELD: Final = re.compile(rb"\s*[!-9;-~]{1,200}[ \t]*:")
_DECLARING: Final = frozenset({"type", "transfer-encoding", "disposition"})
_ORDINARY: Final = 80
"""Characters of a field above which it is not one that comes again in the next mail."""
_FEW: Final = 8
"""Fields of one header from which on it is no ordinary one either."""


class Shape(Enum):
    """How a body is read: its parts one by one, as a mail of its own, or as one leaf."""

    MULTIPART = "multipart"
    MESSAGE = "message"
    LEAF = "leaf"


@dataclass(frozen=True, slots=True)
class Plan:
    """How to read one body.

    `encodings` are the transfer encodings to try, never empty (`""` is none); `unknown_encoding`: one is named that
    nobody knows; `contradictory`: readers would disagree about the structure; `names` are file names and descriptions;
    `delsp`: a space before the end of a line is none of the text (RFC 3676 section 4.1).
    """

    shape: Shape
    media_type: str
    charset: str
    boundaries: tuple[bytes, ...]
    encodings: tuple[str, ...]
    unknown_encoding: bool
    contradictory: bool
    names: tuple[str, ...]
    attachment: bool
    smime_type: str = ""
    other_charsets: tuple[str, ...] = ()
    delsp: bool = False

    @property
    def kind(self) -> PartKind:
        """A text that is attached, or that comes as something other than text, is a document."""
        text = self.media_type.startswith("text/") and not self.attachment
        return PartKind.BODY if text else PartKind.DOCUMENT

    @property
    def digest(self) -> bool:
        """Whether parts without a type are mails (RFC 2046 section 5.1.5)."""
        return self.media_type == "multipart/digest"

    @property
    def encrypted(self) -> bool:
        """Whether the parts are what RFC 1847 encryption leaves of a mail."""
        return self.media_type == "multipart/encrypted"

    @property
    def hint(self) -> str:
        """Suffix of the first name that has one, else the media type: never the name itself."""
        suffixes = (match[1].lower() for name in self.names if (match := _SUFFIX.search(name)))
        return next(suffixes, self.media_type)

    def container_encoding(self, buffer: bytes, start: int, end: int) -> str | None:
        """The encoding that a multipart or a forwarded mail is in, or None where it stands there as it is.

        Encoding a container is against RFC 2045; programs that name one have often not applied it.
        """
        encoding = next((name for name in self.encodings if name), None)
        if encoding is None or (encoding != "quoted-printable" and _FIELD.match(buffer, start, end)):
            return None
        if encoding == "quoted-printable":
            blank = _BLANK_LINE.search(buffer, start, end)
            stop = blank.start() if blank is not None else end
            return encoding if _ENCODED_LOOK.search(buffer, start, stop) else None
        return encoding


def named(name: str, media_type: str = _UNKNOWN_TYPE) -> Plan:
    """The plan for a file of this name found in a document: what it is shows in its bytes, but for kept mails."""
    suffix = _SUFFIX.search(name)
    mail = suffix is not None and suffix[1].lower() in _MAIL_SUFFIXES
    shape = Shape.MESSAGE if mail else Shape.LEAF
    names = (name,) if name else ()
    return Plan(shape, media_type, "", (), ("",), False, False, names, attachment=True)


def plan(block: headers.Block, default: str) -> Plan:
    """The plan for a body under `block`; `default` is the media type where none is named."""
    fields = block.fields
    for name, value in fields:
        if len(value) > _ORDINARY or name not in _DECLARING or "boundary" in value or "name" in value:
            return _planned(block, default)
    return _remembered(fields, block.doubtful, default) if len(fields) < _FEW else _planned(block, default)


@lru_cache(maxsize=256)
def _remembered(fields: tuple[tuple[str, str], ...], doubtful: bool, default: str) -> Plan:
    """Most texts of most mails are declared in one of a few ways."""
    return _planned(headers.Block("", fields, 0, doubtful=doubtful), default)


def _planned(block: headers.Block, default: str) -> Plan:
    types, split = _types(block)
    chosen = _chosen(types, default)
    encodings, unknown, disagree = _encodings(block.values("transfer-encoding"))
    if block.doubtful and "" not in encodings:
        encodings = (*encodings, "")
    boundaries = _boundaries(types)
    attachment, names = _names(block, types)
    shape = _shape(chosen.value, boundaries, names)
    many = shape is Shape.MULTIPART and len(boundaries) > 1
    return Plan(
        shape=shape,
        media_type=chosen.value,
        charset=chosen.parameter("charset"),
        boundaries=boundaries,
        encodings=encodings,
        unknown_encoding=unknown,
        contradictory=split or disagree or many,
        names=names,
        attachment=attachment,
        smime_type=chosen.parameter("smime-type").lower(),
        other_charsets=_other_charsets(types) if types else (),
        delsp=chosen.parameter("delsp").lower() == "yes",
    )


def _types(block: headers.Block) -> tuple[list[headers.ContentType], bool]:
    """Every reading of the Content-Type fields, and whether they name different structures."""
    readings: list[headers.ContentType] = []
    for value in block.values("type")[: limits.BOUNDARIES]:
        readings.append(headers.content_type(value))
        bare = headers.without_comments(value) if "(" in value else value
        if bare != value:
            readings.append(headers.content_type(bare))
    return readings, len({_identity(reading) for reading in readings}) > 1


def _identity(reading: headers.ContentType) -> tuple[str, tuple[str, ...], str | None]:
    label = reading.parameter("charset")
    charset = charsets.codec_of(label) if charsets.is_apart(label) else None
    return reading.value or _PLAIN, reading.parameters.get("boundary", ()), charset


def _other_charsets(types: list[headers.ContentType]) -> tuple[str, ...]:
    """What is named as charset besides the first one."""
    if len(types) == 1 and len(types[0].parameters.get("charset", ())) <= 1:
        return ()
    named = dict.fromkeys(label for reading in types for label in reading.parameters.get("charset", ()))
    return tuple(named)[: limits.BOUNDARIES]


def _chosen(types: list[headers.ContentType], default: str) -> headers.ContentType:
    """The reading that shows most: a multipart before a forwarded mail before the first one named."""
    for family in ("multipart", "message/"):
        for reading in types:
            if reading.value.startswith(family):
                return reading
    if not types:
        return headers.ContentType(default)
    first = types[0]
    return first if "/" in first.value else headers.ContentType(_PLAIN, first.parameters)


def _boundaries(types: list[headers.ContentType]) -> tuple[bytes, ...]:
    values = (text for reading in types for text in reading.parameters.get("boundary", ()))
    encoded = (text.rstrip().encode("utf-8", "replace") for text in values)
    return tuple(dict.fromkeys(boundary for boundary in encoded if boundary))


def _shape(media_type: str, boundaries: tuple[bytes, ...], names: tuple[str, ...]) -> Shape:
    if media_type.startswith("multipart") and boundaries:
        return Shape.MULTIPART
    if media_type in _FORWARDED:
        return Shape.MESSAGE
    kept = any((match := _SUFFIX.search(name)) and match[1].lower() in _MAIL_SUFFIXES for name in names)
    return (
        Shape.MESSAGE if kept and media_type in (_UNKNOWN_TYPE, _PLAIN, "multipart/related") else Shape.LEAF
    )


def _encodings(values: list[str]) -> tuple[tuple[str, ...], bool, bool]:
    """Encodings to try, whether an unknown one is named, and whether readers would disagree which one holds."""
    found: list[str] = []
    unknown = disagree = False
    for value in values:
        bare = headers.without_comments(value) if "(" in value else value
        for word in filter(None, _SEPARATORS.split(bare)):
            known = transfer.token(word)
            if known is not None:
                found.append("" if known in transfer.IDENTITY else known)
                continue
            alike = [name for name in _ENCODINGS if name in word.lower()]
            unknown, disagree = unknown or not alike, disagree or bool(alike)
            found += ["", *alike]
    distinct = tuple(dict.fromkeys(found)) or ("",)
    return distinct, unknown, disagree or len(distinct) > 1


def _names(block: headers.Block, types: list[headers.ContentType]) -> tuple[bool, tuple[str, ...]]:
    """Whether the part is an attachment, and every name and description it has, decoded."""
    dispositions = block.values("disposition")
    found: list[str] = []
    for value in dispositions:
        found += headers.parameters(value).get("filename", ())
        if "\\" in value:
            # Programs write paths without escaping what stands in them, and readers show them as they are.
            found += headers.parameters(value.replace("\\", "\\\\")).get("filename", ())
        if "(" in value:
            found += headers.parameters(headers.without_comments(value, "")).get("filename", ())
    named = bool(found) or any(value.lower().startswith("attachment") for value in dispositions)
    found += (name for reading in types for name in reading.parameters.get("name", ()))
    found += block.values("description")
    return named, tuple(
        dict.fromkeys(headers.decode_words(text.replace("\0", " ")) for text in found if text)
    )
