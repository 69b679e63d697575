"""Addresses as people and programs write them in text: in prose, in angle brackets, broken over lines, made harmless.

Text in, strings out that may be addresses; `gateway.features.places` says what each leads to.  Where one ends nobody
can tell if its line does: whoever asks says whether more of it is worth a look.  Each character is looked at a bounded
number of times.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import Final, NamedTuple

from gateway.features.places import opened
from gateway.features.rewriters import LONGEST

_BROKEN_LINES: Final = 4
"""Lines over which an address may go on, unless it stands in angle brackets."""
_BRACKETED_LINES: Final = 40

_SCHEME: Final = re.compile(r"(?:h(?:tt|xx)ps?|s?ftps?|file)\Z", re.IGNORECASE)
_BODY: Final = re.compile(rf"[^\s<>\"]{{1,{LONGEST}}}")
_NEXT_LINE: Final = re.compile(r"[ \t]*\r?\n[> \t]*([^\s<>\"]{1,998})")
_SHARE: Final = re.compile(r"\\\\[\w.-]{1,255}\\[^<>\"|?*\r\n]{1,500}")
_MOST_WORDS: Final = 16
"""Words of a path on a file server that may hold spaces: nobody can tell where it ends in a sentence."""
_BARE: Final = re.compile(r"\.[A-Za-z]{2,24}(?::[0-9]{1,5})?/")
_HOST: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-"
_LONGEST_HOST: Final = 255
_ENCODED: Final = re.compile(r"(?:h(?:tt|xx)ps?)%(?:25){0,4}3a%(?:25){0,4}2f", re.IGNORECASE)
_INSIDE: Final = ("=", "/", "_", "-")
_WWW: Final = ("www.", "WWW.", "Www.")

_AT_END: Final = ".,;:!?'*_~|`\u2019\u201d\u2026\u00bb\u3002\uff09\u300d"
_CLOSING: Final = {")": "(", "]": "[", "}": "{"}
_UNSEEN: Final = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_WIDE: Final = "\uff1a\uff0f\uff0e\u3002\u2044\u2215\u2024"
_LOOK_ALIKES: Final = {"\u2044": "/", "\u2215": "/", "\u2024": ".", "\u3002": "."}


class Address(NamedTuple):
    """An address as far as its line goes, and each way in which it may go on; `bracketed`: it stands in `<` and `>`."""

    shown: str
    longer: Iterator[str]
    bracketed: bool = False


def addresses(text: str) -> Iterator[Address]:
    """Whatever may be an address of the web or of a file server in a text, in no order; some of them twice."""
    text = _visible(text)
    if "[" in text:
        text = text.replace("[:]//", "://")
    if "://" in text:
        yield from _with_scheme(text)
    # One letter is found much faster than two.
    if "%" in text and "%2" in text:
        yield from _encoded(text)
    for www in _WWW:
        if www[0] in text and www in text:
            yield from _www(text, www)
    if "/" in text:
        yield from _bare(text)
    if "\\" in text and "\\\\" in text:
        yield from _on_file_servers(text)


def _visible(text: str) -> str:
    """Without what nobody sees, and with wide forms and look-alikes of the signs of an address as themselves."""
    if "\\" in text and ":\\/" in text:
        # As programs write it for one another: `https:\/\/host\/path`.
        text = text.replace("\\/", "/")
    if text.isascii():
        return text
    if any(sign in text for sign in _WIDE):
        text = unicodedata.normalize("NFKC", text)
    for sign in _UNSEEN:
        text = text.replace(sign, "")
    for sign, meant in _LOOK_ALIKES.items():
        text = text.replace(sign, meant)
    return text


def _with_scheme(text: str) -> Iterator[Address]:
    """Addresses that say `://`; an address inside another one is not looked for here."""
    position = text.find("://")
    while position >= 0:
        scheme = _SCHEME.search(text, max(0, position - 5), position)
        body = _BODY.match(text, position)
        end = body.end() if body is not None else position + 3
        if scheme is not None:
            yield from _spelled(text, scheme.start())
        position = text.find("://", max(end, position + 3))


def _spelled(text: str, start: int, as_address: Callable[[str], str] = str) -> Iterator[Address]:
    """The address that begins at a place."""
    body = _BODY.match(text, start)
    if body is not None:
        bracketed = text[start - 1 : start] == "<"
        longer = _longer(text, body[0], body.end(), bracketed=bracketed)
        yield Address(as_address(_trimmed(body[0])), map(as_address, longer), bracketed)


def _longer(text: str, whole: str, end: int, *, bracketed: bool) -> Iterator[str]:
    """The address with one more line, with two, and so on; in brackets only with all."""
    for _ in range(_BRACKETED_LINES if bracketed else _BROKEN_LINES):
        more = _NEXT_LINE.match(text, end)
        if more is None or len(whole) > LONGEST or "://" in more[1] or _ENCODED.match(more[1]):
            break
        # An `=` at the end of a line is where quoted-printable breaks it, in mail that nobody decoded.
        whole, end = whole.removesuffix("=") + more[1], more.end()
        if not bracketed:
            yield _trimmed(whole)
    if bracketed:
        yield whole


def _with_http(address: str) -> str:
    return f"http://{address}"


def _trimmed(address: str) -> str:
    """The address without the signs of the sentence that it stands in."""
    if address[-1].isalnum() or address[-1] in "/=":
        return address
    closing = "".join(sign for sign, opening in _CLOSING.items() if opening not in address)
    return address.rstrip(_AT_END + closing)


def _encoded(text: str) -> Iterator[Address]:
    """Addresses that are percent-encoded as a whole; inside of another one they are found with that."""
    position = 0
    while (match := _ENCODED.search(text, position)) is not None:
        position = match.end()
        if text[match.start() - 1 : match.start()] not in _INSIDE:
            yield from _spelled(text, match.start(), opened)
            body = _BODY.match(text, position)
            position = body.end() if body is not None else position


def _www(text: str, www: str) -> Iterator[Address]:
    position = text.find(www)
    while position >= 0:
        body = _BODY.match(text, position)
        end = body.end() if body is not None else position + 4
        if not text[position - 1 : position].isalnum() and text[position - 1 : position] not in ("/", "."):
            yield from _spelled(text, position, _with_http)
        position = text.find(www, end)


def _bare(text: str) -> Iterator[Address]:
    """`host.example/path` without a scheme."""
    position = 0
    while (match := _BARE.search(text, position)) is not None:
        before = text[max(0, match.start() - _LONGEST_HOST) : match.start()]
        start = match.start() - len(before) + len(before.rstrip(_HOST))
        body = _BODY.match(text, match.end())
        position = body.end() if body is not None else match.end()
        if start < match.start() and text[start - 1 : start] not in ("/", "\\", "@", "%"):
            yield from _spelled(text, start, _with_http)


def _on_file_servers(text: str) -> Iterator[Address]:
    r"""`\\server\share\folder`, to the end of the line, and to the end of each of its first words."""
    for match in _SHARE.finditer(text):
        first, *more = match[0].split(" ", _MOST_WORDS)
        words = accumulate(more[: _MOST_WORDS - 1], "{} {}".format, initial=first)
        yield Address(_trimmed(first), map(_trimmed, words), bracketed=True)
