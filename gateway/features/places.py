"""Places on the web: what an address points to, in one form however it is written.

Scheme, letter case, `www.`, default port, user, encoding (several times over), dot segments, default page names,
tracking parameters and the order of parameters make no difference.  Sharing links of SharePoint, OneDrive, Google and
Dropbox are known by what they share, not by how they were made.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

_PARTS: Final = re.compile(
    r"(?:([a-z][a-z0-9+.-]{0,30}):)?[/\\]{2,}([^/\\?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?",
    re.IGNORECASE | re.DOTALL,
)
_AUTHORITY: Final = re.compile(r"(?:([a-z][a-z0-9+.-]{0,30}):)?[/\\]{2,}([^/\\?#]*)", re.IGNORECASE)
_SCHEMES: Final = frozenset({"http", "https", "ftp", "ftps", "sftp", "file", "hxxp", "hxxps", "fxp"})
_ALSO: Final = {"docs.google.com": "drive.google.com"}
"""Hosts under which the same things stand."""
_SERVICES: Final = frozenset({"drive.google.com", "onedrive.live.com", "1drv.ms", "dropbox.com"})
_NOTHING: Final = frozenset[str]()
_PORTS: Final = frozenset({"", "80", "443", "21", "445"})
_DEPTH: Final = 32
"""Folders of a path that are looked at; what stands deeper is still below them."""
_ENCODINGS: Final = 4
"""Percent-encodings on top of one another that are taken off."""
_PARAMETERS: Final = 40

_TRACKING: Final = re.compile(
    r"(?:utm_|mc_|mkt_|_hs|hsa_|vero_|oly_|pk_|mtm_|piwik_|matomo_|trk|sc_c|at_)[a-z0-9_]*=|_ga=|_gl=|ref=|ref_src=|s_cid="
    r"|(?:fb|g|d|ms|y|tw|li_fat_|tt|wickedc|irc)cl?id=|igshid=|[gw]braid=|_openstat=|elq[a-z]*=|cmpid=|ocid="
)
_SESSION: Final = re.compile(r";(?:jsessionid|sid|phpsessid)=[^/]*")
_FRONT_PAGES: Final = frozenset(
    {"index.html", "index.htm", "index.php", "index.aspx", "default.aspx", "default.asp", "default.htm"}
)
_FILE_NAME: Final = re.compile(r".*\.[a-z0-9]{2,5}\Z")
_NOT_HEX: Final = re.compile("[^0-9a-f]")
_KIND: Final = re.compile(":[a-z]:")
_GUID: Final = 32
"""Hexadecimal digits of the number by which a library knows a file."""
_ENCODED: Final = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_DOT: Final = re.compile(r"\[(?:\.|dot)\]|\((?:\.|dot)\)", re.IGNORECASE)
"""A dot as people write it who do not want a link to be followed by mistake."""


@dataclass(frozen=True, slots=True)
class Place:
    """A host, the folders and the page below it, and what else must be asked for; all in small letters.

    `wanted` are `name=value` parameters and a `#/route`; `folder`: the address ends in a slash, so it stands for all
    that is below it.
    """

    host: str
    path: tuple[str, ...] = ()
    wanted: frozenset[str] = frozenset()
    folder: bool = False


def decoded(text: str) -> str:
    """The text with one percent-encoding taken off; what is no encoding stays."""
    return _ENCODED.sub(_bytes, text) if "%" in text else text


def opened(address: str) -> str:
    """An address that may be percent-encoded as a whole, as it was before."""
    for _ in range(_ENCODINGS):
        if "://" in address:
            break
        address = decoded(address)
    return address


def _bytes(match: re.Match[str]) -> str:
    return bytes.fromhex(match[0].replace("%", "")).decode("utf-8", "replace")


def authority_of(url: str) -> str:
    """The start of an address that names its host, as it is written; empty where it names none."""
    start = _AUTHORITY.match(url)
    return "" if start is None else start[0]


def host_of(url: str) -> str:
    """The host of an address in one form, with a port that is not the usual one; empty where there is none."""
    start = _AUTHORITY.match(url)
    return "" if start is None else _host(start[1], start[2])


def places(url: str) -> tuple[Place, ...]:
    """Where an address leads; more than one where it says so in two ways, none where it is no address of a page."""
    parts = _PARTS.match(url)
    host = "" if parts is None else _host(parts[1], parts[2])
    if parts is None or not host:
        return ()
    path = _plain(parts[3]).replace("\\", "/")
    wanted = _parameters(parts[4] or "", parts[5] or "") if parts[4] or parts[5] else _NOTHING
    folder = path.endswith("/")
    if host in _SERVICES or "sharepoint" in host:
        place = Place(host, _segments(path), wanted, folder)
        return tuple(_shared(place)) or (place,)
    return (Place(host, _segments(path), wanted, folder and not wanted),)


def _host(scheme: str | None, authority: str) -> str:
    if scheme is not None and scheme.lower() not in _SCHEMES:
        return ""
    name = authority.rpartition("@")[2].lower()
    if "%" in name or not name.isascii():
        name = _plain(name)
    if "[" in name or "(" in name:
        name = _DOT.sub(".", name)
    name, _, port = name.partition(":") if name.count(":") == 1 else (name, "", "")
    name = name.strip(". \t").removeprefix("www.")
    if "xn--" in name:
        name = ".".join(map(_international, name.split(".")))
    return _ALSO.get(name, name) if port in _PORTS else f"{name}:{port}"


def _international(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return unicodedata.normalize("NFKC", label[4:].encode("ascii").decode("punycode")).casefold()
    except (UnicodeError, ValueError, OverflowError):
        return label


def _plain(text: str) -> str:
    """The text without any percent-encoding, in one form of each letter, small."""
    for _ in range(_ENCODINGS):
        if "%" not in text:
            break
        text = decoded(text)
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()


def _segments(path: str) -> tuple[str, ...]:
    found: list[str] = []
    for segment in (_SESSION.sub("", path) if ";" in path else path).split("/"):
        name = segment.strip()
        if name == "..":
            del found[-1:]
        elif name not in ("", "."):
            found.append(name)
    if found and found[-1] in _FRONT_PAGES:
        found.pop()
    return tuple(found[:_DEPTH])


def _parameters(query: str, fragment: str) -> frozenset[str]:
    """The parameters that tell pages apart, and the route of a page that finds its way behind the `#`."""
    pairs = (
        _plain(pair.removeprefix("amp;")).strip() for pair in query.split("&", _PARAMETERS)[:_PARAMETERS]
    )
    kept = {pair for pair in pairs if pair and _TRACKING.match(pair) is None}
    if fragment.startswith(("/", "!")):
        kept.add("#" + _plain(fragment).strip("!/ "))
    return frozenset(kept)


def _shared(place: Place) -> Iterator[Place]:
    """The same place by what is shared there, for services that make many links to one thing."""
    given = dict(pair.partition("=")[::2] for pair in place.wanted)
    if place.host == "drive.google.com":
        yield from _google(place, given)
    elif place.host == "onedrive.live.com":
        yield from (Place(place.host, (given[name],)) for name in ("resid", "id") if given.get(name))
    elif place.host in _SERVICES:
        yield Place(place.host, place.path)
    else:
        yield from _sharepoint(place, given)


def _google(place: Place, given: dict[str, str]) -> Iterator[Place]:
    """`/document/d/ID/edit`, `/document/d/e/ID/pub`, `/drive/u/0/folders/ID`, `/open?id=ID`."""
    for mark in ("d", "folders"):
        if mark in place.path[:-1]:
            rest = place.path[place.path.index(mark) + 1 :]
            yield Place(place.host, (rest[1] if rest[0] == "e" and len(rest) > 1 else rest[0],))
            return
    if given.get("id"):
        yield Place(place.host, (given["id"],))


def _sharepoint(place: Place, given: dict[str, str]) -> Iterator[Place]:
    """`/:w:/r/PATH?d=wGUID`, `/:w:/s/SITE/ID?e=X`, `/Doc.aspx?sourcedoc={GUID}`, `/AllItems.aspx?id=PATH`."""
    number = _NOT_HEX.sub("", given.get("sourcedoc") or given.get("uniqueid") or given.get("d", "")[1:])
    if len(number) == _GUID:
        yield Place(place.host, ("sourcedoc", number))
    if place.path[-1:] in (("allitems.aspx",), ("onedrive.aspx",)) and given.get("id"):
        yield _path(place.host, _segments(given["id"]))
    elif given.get("share") or given.get("docid"):
        yield Place(place.host, (given.get("share") or given["docid"],))
    elif "sourcedoc" not in given:
        yield _linked(place)


def _linked(place: Place) -> Place:
    """Of `/:f:/r/PATH` the path itself; after any other letter than `r` stands the number of a share."""
    path = place.path
    if len(path) < 2 or _KIND.fullmatch(path[0]) is None:
        return replace(place, wanted=frozenset())
    return _path(place.host, path[2:]) if path[1] == "r" else Place(place.host, path[1:])


def _path(host: str, path: tuple[str, ...]) -> Place:
    """A file, or a folder, which has no suffix."""
    return Place(host, path, folder=bool(path) and _FILE_NAME.match(path[-1]) is None)
