"""Addresses inside addresses: what Safe Links, urldefense and other rewriters, redirects and trackers lead to.

None of them needs to be known by name: an address that stands inside another one, in a parameter or in the path, as it
is, percent-encoded or in base64, is what the outer one leads to.  Only urldefense has spellings of its own.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from collections import deque
from collections.abc import Iterator
from typing import Final

from gateway.features.places import decoded, opened

LONGEST: Final = 8_192
"""Characters of an address; browsers and rewriters take fewer."""
_MOST: Final = 24
"""Addresses that are taken out of one."""
_CHARACTERS: Final = 4 * LONGEST
"""Characters of all these together: long ones that hold one another would take as long as they are, squared."""
_DEPTH: Final = 6
"""Addresses within one another: a rewritten link that was rewritten again at each hop."""

_WITHIN: Final = 8
"""Characters of a scheme and what follows it."""
_VALUE: Final = re.compile(r"[?&;#]([^=&;#?]{0,64})=([^&;#]{4,})")
_INNER: Final = re.compile(
    r"(?:https?|hxxps?|ftp|file)(?::|%(?:25){0,4}3a)(?:/|\\|%(?:25){0,4}2f){1,3}", re.IGNORECASE
)
_HTTP_IN_BASE64: Final = re.compile(r"aHR0c[A-Za-z0-9_/+-]{10,}")
_V2: Final = str.maketrans("-_", "%/")
_DOMAIN: Final = "?domain="
_V3: Final = "/v3/__"
_STAND_IN: Final = re.compile(r"\*(?:\*(.))?", re.DOTALL)
_RUNS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_SHORT_START: Final = re.compile(r"(https?:/)(?=[^/])", re.IGNORECASE)


def holds_another(url: str) -> bool:
    """Whether there may be an address inside it: what costs next to nothing to see."""
    if url.find("://", _WITHIN) >= 0 or "%2" in url or "aHR0c" in url:
        return True
    return "-3A_" in url or "=www." in url or _V3 in url or _DOMAIN in url


def unwrapped(url: str) -> Iterator[str]:
    """The address, then every address inside it, each once and at most LONGEST characters of it."""
    if not holds_another(url):
        yield url[:LONGEST]
        return
    pending = deque([(url[:LONGEST], 0)])
    seen: set[str] = set()
    left = _CHARACTERS
    while pending and left > 0:
        one, depth = pending.popleft()
        if one in seen:
            continue
        seen.add(one)
        left -= max(len(one), _CHARACTERS // _MOST)
        yield one
        if depth < _DEPTH:
            pending += [(inner, depth + 1) for inner in _inside(one)]


def _inside(url: str) -> Iterator[str]:
    """The addresses that stand right inside one."""
    if "aHR0c" in url:
        yield from (_from_base64(found[0]) for found in _HTTP_IN_BASE64.finditer(url))
    if "urldefense" in url:
        yield from _urldefense(url)
    if _DOMAIN in url:
        # Mimecast tells no more than the host.
        yield f"http://{url.partition(_DOMAIN)[2].partition('&')[0]}/"
    path = url.partition("?")[0]
    if (match := _INNER.search(path, 1)) is not None:
        rest = url[match.start() :]
        yield _started(rest if "://" in match[0] else opened(rest))
    for match in _VALUE.finditer(url, len(path)):
        if _INNER.match(match[2]) or match[2].startswith("www."):
            yield _started(opened(match[2]))
    if url.find("://", len(path)) >= 0 and (match := _INNER.search(url, len(path))) is not None:
        # Nothing of it was encoded, so all that follows may be its own.
        yield url[match.start() :]


def _started(value: str) -> str:
    return f"http://{value}" if value.startswith("www.") else _SHORT_START.sub(r"\1/", value, count=1)


def _from_base64(text: str) -> str:
    """The text in base64 of either alphabet, with its padding or without."""
    whole = text.replace("+", "-").replace("/", "_")
    whole = whole[: len(whole) - (len(whole) % 4 == 1)]
    return urlsafe_b64decode(whole + "=" * (-len(whole) % 4)).decode("utf-8", "replace")


def _urldefense(url: str) -> Iterator[str]:
    """Proofpoint: version 2 writes `-3A` for `%3A` and `_` for `/`; version 3 keeps what it replaced behind `__;`."""
    _, third, rest = url.partition(_V3)
    inner, ends, packed = rest.partition("__;")
    if third and ends:
        yield _started(_restored(inner, packed.partition("!")[0]))
    elif "/v2/" in url:
        values = (match[2] for match in _VALUE.finditer(url) if match[1] == "u")
        yield from (decoded(value.translate(_V2)) for value in values)


def _restored(text: str, packed: str) -> str:
    """Each `*` was one character, `**X` a run of them as long as X says; they stand in base64 behind the address."""
    try:
        characters = iter(urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode("utf-8", "replace"))
    except ValueError:
        return text

    def original(match: re.Match[str]) -> str:
        count = 1 if match[1] is None else _RUNS.find(match[1]) + 2
        return "".join(character for _, character in zip(range(count), characters, strict=False))

    return _STAND_IN.sub(original, text)
