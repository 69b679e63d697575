"""Whether parts with headers of their own, or files, may stand in a leaf as text."""

from __future__ import annotations

from typing import Final

from gateway.message import cms, media_types
from gateway.message.sniff import Kind

Bytes = bytes | memoryview

_CLOSED: Final = frozenset({*Kind} - {Kind.TEXT, Kind.HTML, Kind.PGP, Kind.UNKNOWN})
"""Kinds of leaves that are no text, in which no text can stand either."""
_MAILS: Final = ("text/", "message/")
"""Families of types in which a mail is no file of its own: what stands in it is looked for here."""


def may_hold_parts(found: Kind, media_type: str, data: Bytes) -> bool:
    """Whether to look for parts in a leaf of this kind and declared type; signed mail is taken out as a whole."""
    if media_type in media_types.SMIME:
        return not cms.is_signed(bytes(data[:64]))
    return found not in _CLOSED or (found in (Kind.MAIL, Kind.MAILBOX) and media_type.startswith(_MAILS))
