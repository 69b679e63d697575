"""Our own `Received:` line, its signed mark, and the loops that it makes visible (RFC 5321 sections 4.4 and 6.3).

The mark lets us count how often a mail has passed *this* gateway whatever else stands in its header.  It grants
nothing: a mail with a mark is scanned like any other.  There is no `for` clause: it could name a blind-copy recipient.
"""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import format_datetime
from hashlib import blake2b

from gateway.model import Client

MAX_RECEIVED = 100
MAX_OWN = 10
"""Passes through this gateway before it is a loop: an internal mail passes twice, a forwarded one a few times more."""
_LONGEST_HEADER = 262_144
"""Octets of header that are looked at: who passes a mail on puts its lines on top."""
ROOM = 1024
"""Octets kept free below the next hop's SIZE for the line that we add."""
_HEADER_END = re.compile(rb"\r\n\r\n|\A\r\n")
_FIELD = re.compile(rb"^received[ \t]*:", re.I | re.M)
_MARK = re.compile(rb"\(embargo-gateway\) with [A-Z0-9]+ id ([A-Z0-9]{8,16})\.([0-9a-f]{16})")
_UNSAFE = re.compile(r"[^A-Za-z0-9.:_-]")
_TRACE = re.compile(rb"(?:received|return-path|delivered-to|authentication-results|x-received)[ \t]*:", re.I)


def line(key: bytes, ref: str, hostname: str, client: Client, when: datetime) -> bytes:
    """The line for one mail, with its CRLF: `ref` is the reference, `when` aware; at most 600 octets."""
    helo = _UNSAFE.sub("?", client.helo)[:120] or "unknown"
    ip = f"IPv6:{client.ip}" if ":" in client.ip else client.ip
    text = (
        f"Received: from {helo} ([{_UNSAFE.sub('?', ip)}])\r\n"
        f"\tby {hostname} (embargo-gateway) with {client.protocol} id {ref}.{_mark(key, ref)};\r\n"
        f"\t{format_datetime(when)}\r\n"
    )
    return text.encode("ascii")


def looping(key: bytes, content: bytes) -> bool:
    """Whether more than 100 servers, or we ourselves more than 10 times, have seen this content (bytes)."""
    end = _HEADER_END.search(content, 0, _LONGEST_HEADER)
    header = content[: end.end() if end else _LONGEST_HEADER]
    if len(_FIELD.findall(header)) > MAX_RECEIVED:
        return True
    if b"(embargo-gateway)" not in header:
        return False
    own = [ref for ref, mark in _MARK.findall(header) if mark.decode() == _mark(key, ref.decode())]
    return len(own) > MAX_OWN


def below_trace(content: bytes) -> memoryview:
    """The content below its leading trace headers: what stays the same when a server sends a mail again."""
    position = 0
    while position < _LONGEST_HEADER and _TRACE.match(content, position):
        position = _next_field(content, position)
    return memoryview(content)[position:]


def _next_field(content: bytes, position: int) -> int:
    while True:
        end = content.find(b"\n", position)
        if end < 0:
            return len(content)
        position = end + 1
        if content[position : position + 1] not in (b" ", b"\t") or position >= _LONGEST_HEADER:
            return position


def _mark(key: bytes, ref: str) -> str:
    return blake2b(ref.encode(), key=key, digest_size=8, person=b"received").hexdigest()
