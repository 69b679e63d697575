"""Files that stand whole in an address (`data:`, RFC 2397): in attributes of a page and in its styles."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Final

from gateway.message import charsets, transfer

_PARTS: Final = re.compile(r"\s*data:([^,]{0,200}),", re.I)
_IN_STYLE: Final = re.compile(
    r"\"\s*(data:(?:[^\"\\]|\\.)*+)|'\s*(data:(?:[^'\\]|\\.)*+)|\(\s*(data:[^\s()\"']*+)", re.I | re.S
)
_IN_LIST: Final = re.compile(r"(?<!\S)data:\S+", re.I)
_LISTED: Final = re.compile(r"\s[\d.]+[wx]\s*(?:,|\Z)|,\s+\S|\A\s*(?!data:)\S", re.I)
"""What a list of sources has, and a single one has not: widths and densities, a second address."""
_CHARSET: Final = re.compile(r";charset=[\"']?([\w:.-]{1,40})", re.I)
_PERCENT: Final = re.compile(rb"(?:%[0-9A-Fa-f]{2})+")
_UNSEEN_BREAKS: Final = str.maketrans("", "", "\t\r\n")
_SPOKEN: Final = ("text/", "image/svg", "application/xhtml", "application/xml", ";")
_UNSAID: Final = re.compile(r"<(?:style|title|desc|metadata|script)\b[^<]*|<[^<>]*>", re.I)
_WEB: Final = ("https://", "http://")
_BEHIND_SCHEME: Final = 6
_LONGEST: Final = 1_000
"""Characters of a picture or a frame that stand in the middle of a text; what says more is read by itself."""


def holds(value: str) -> bool:
    """Whether an attribute holds a file; the scheme may have any case, and line breaks in it (WHATWG URL, 4.4)."""
    # Of an address of the web the scheme is another one; if there is no second colon, that is all.
    if value.startswith(_WEB) and value.find(":", _BEHIND_SCHEME) < 0:
        return False
    return "data:" in typed(value).lower()


def typed(value: str) -> str:
    """An address without the line breaks that browsers leave out of it."""
    return value if value.isprintable() else value.translate(_UNSEEN_BREAKS).strip()


def in_list(value: str) -> Iterator[str]:
    """Such addresses in an attribute: the one that it is, or those of a list of sources (`srcset`)."""
    if not holds(value):
        return
    address = typed(value)
    yield from (
        _IN_LIST.findall(address) if _LISTED.search(address) else [address] * bool(_PARTS.match(address))
    )


def in_style(declarations: str) -> Iterator[str]:
    """Such addresses in a sheet or in declarations."""
    yield from ("".join(found) for found in _IN_STYLE.findall(declarations))


def content(address: str) -> bytes:
    """The file; text in a charset that no reader guesses comes as UTF-8.  Empty for another address."""
    return _content(address)[1]


def style(address: str) -> str:
    """The sheet that an address holds; empty where it holds another file."""
    kind, data = _content(address)
    return charsets.decode(data) if kind.startswith("text/css") else ""


def _content(address: str) -> tuple[str, bytes]:
    match = _PARTS.match(address)
    if match is None:
        return "", b""
    how = match[1].lower().replace(" ", "")
    data = _PERCENT.sub(
        lambda codes: bytes.fromhex(codes[0].replace(b"%", b"").decode()),
        address[match.end() :].encode("utf-8", "replace"),
    )
    if how.endswith(";base64"):
        data = bytes(transfer.decode("base64", data, 0, len(data)).data)
    charset = _CHARSET.search(how)
    if charset is not None and how.startswith(_SPOKEN):
        data = charsets.decode(data, charset[1]).encode("utf-8", "replace")
    return how, data


def words(address: str) -> str:
    """What the file says that an address holds, if it is a drawing or a text and says little; empty for others."""
    kind, data = _content(address)
    if kind and not kind.startswith(_SPOKEN):
        return ""
    return words_of(charsets.decode(data[: 16 * _LONGEST]))


def words_of(source: str) -> str:
    """What a small page or drawing says, tags cut out; empty where that is much."""
    said = html.unescape(_UNSAID.sub("", source)) if source else ""
    return said if len(said) <= _LONGEST else ""
