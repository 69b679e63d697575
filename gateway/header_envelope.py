"""An envelope for a mail that has none any more: read off its headers, for `scan`, never for relaying."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import getaddresses

from gateway.address import canonical
from gateway.model import Envelope, Recipient

_SENDER = ("Return-Path", "Sender", "From")
_RECIPIENTS = ("To", "Cc", "Bcc", "Resent-To", "Resent-Cc", "Resent-Bcc")
_DELIVERED = ("Delivered-To", "X-Original-To", "Envelope-To")
OUTSIDER = "unknown@outsider.invalid"
"""Stands for the recipients of a mail that names none: an address that is on no list."""
_MAX_HEADER = 1_048_576
_BARE = re.compile(r"[^\s<>()\[\],;:\"@]+@[^\s<>()\[\],;:\"@]+")


def envelope(content: bytes, sender: str | None = None, recipients: Sequence[str] = ()) -> Envelope:
    """The envelope of a mail: `sender` and `recipients` where given, else what its headers say.

    A `sender` of "" is the null sender.  Where nobody is named, the one recipient is `OUTSIDER`.
    """
    headers = BytesHeaderParser().parsebytes(content[:_MAX_HEADER])
    people = (
        recipients or _unique(_addresses(headers, _RECIPIENTS)) or _unique(_addresses(headers, _DELIVERED))
    )
    whose = sender if sender is not None else _sender(headers)
    return Envelope(whose or None, tuple(Recipient(address) for address in people or (OUTSIDER,)))


def _sender(headers: Message) -> str | None:
    if any(str(value).strip() == "<>" for value in headers.get_all("Return-Path", [])):
        return None
    for name in _SENDER:
        for address in _addresses(headers, (name,)):
            return address
    return None


def _addresses(headers: Message, names: Sequence[str]) -> Iterator[str]:
    for name in names:
        for value in headers.get_all(name, []):
            yield from (address for address in _in_field(str(value)) if "@" in address)


def _in_field(value: str) -> list[str]:
    try:
        return [address for _, address in getaddresses([value])]
    except RecursionError:
        # A field of thousands of brackets or groups inside each other is nothing that a person wrote.
        return _BARE.findall(value)


def _unique(addresses: Iterator[str]) -> tuple[str, ...]:
    """Each person once, as first written."""
    return tuple({canonical(address) or address: address for address in reversed([*addresses])}.values())[
        ::-1
    ]
