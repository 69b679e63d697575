"""What is in many files and says nothing of one: logos, parts that office programs write into each, cards and keys.

As traces they would hold half of all mail, so nothing of it is registered with the file in which it stands.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import PurePosixPath

LARGEST = 200 * 1024 * 1024
"""Bytes; what is larger is not looked at."""
_MIN_TEXT = 100
"""Letters and digits that a part of an office file must carry."""
_IMAGES = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"II*\x00",
    b"MM\x00*",
    b"\x01\x00\x00\x00",
    b"\xd7\xcd\xc6\x9a",
)
_BITMAP = re.compile(rb"BM.{4}\0{4}", re.DOTALL)
_DRAWINGS = frozenset({"svg", "emf", "wmf"})
_CARDS = frozenset({"vcf", "asc", "p7s"})
_CARD_TYPES = frozenset(
    {"text/vcard", "text/x-vcard", "text/directory", "application/pgp-keys", "application/pgp-signature"}
)
"""What mail programs attach to every mail of a sender."""
_OFFICE_CONTENT = re.compile(
    r"word/(document|comments)\d*\.xml|xl/worksheets/[^/]+\.xml|xl/sharedStrings\.xml|xl/comments\d*\.xml"
    r"|ppt/(slides|notesSlides|comments)/[^/]+\.xml|(word|xl|ppt)/charts/chart\d*\.xml|(word|xl|ppt)/embeddings/[^/]+"
    r"|(.+/)?content\.xml"
)
_SHARED_STRING = re.compile(rb"<c [^>]*t=\"s\"[^>]*>.*?</c>", re.DOTALL)
_TAG = re.compile(rb"<[^>]*>")
_WORD = re.compile(rb"[0-9A-Za-z\x80-\xff]")
_OFFICE_MARKS = frozenset({"[Content_Types].xml", "mimetype"})

_DISCLAIMER = re.compile(
    r"\b(?:intended|named) (?:recipient|addressee)|\baddressees?\b|\breceived (?:this|it)\b[^.]{0,60}\bin error\b"
    r"|\bthis (?:e-?mail|message|communication) and (?:any|its|all|the)\b|\b(?:free (?:of|from)|for) (?:\w+ )?viruses\b"
    r"|\bregistered (?:office|number)\b|\b(?:company|charity|vat) (?:reg\w*|number|no)\b"
    r"|\b(?:calls|lines) (?:are |may be )?(?:cost|charged|open)\b|\bunsubscribe\b",
    re.IGNORECASE,
)


def is_disclaimer(text: str) -> bool:
    """Whether a text is, or holds, what a server or a sender puts under every mail: that often has numbers in it."""
    return _DISCLAIMER.search(text) is not None


def is_furniture(content: bytes, media_type: str = "", hint: str = "") -> bool:
    """Whether an inner file is a picture or a card, by its content, its media type or its suffix (`hint`)."""
    if content.startswith(_IMAGES) or _BITMAP.match(content) or media_type.startswith("image/"):
        return True
    return hint in _DRAWINGS or hint in _CARDS or media_type in _CARD_TYPES


def without_content(content: bytes) -> Iterator[bytes]:
    """Digests (SHA-256) of the members of a zip or office file that carry no content of their own."""
    if not content.startswith(b"PK\x03\x04"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            office = not _OFFICE_MARKS.isdisjoint(archive.namelist())
            for info in archive.infolist():
                if info.file_size > LARGEST or info.is_dir():
                    continue
                member = archive.read(info)
                if not _carries_content(info.filename, member, office=office):
                    yield sha256(member).digest()
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError, ValueError):
        # What is broken or encrypted here, `extract` has named as unreadable.
        return


def _carries_content(name: str, member: bytes, *, office: bool) -> bool:
    if is_furniture(member, hint=PurePosixPath(name).suffix.lower().lstrip(".")):
        return False
    if not office:
        return True
    if _OFFICE_CONTENT.fullmatch(name) is None:
        return False
    return "/embeddings/" in name or len(_WORD.findall(_text(member))) >= _MIN_TEXT


def _text(member: bytes) -> bytes:
    # A cell that only points to a shared string says nothing: the number is the same in many workbooks.
    return _TAG.sub(b"", _SHARED_STRING.sub(b"", member))
