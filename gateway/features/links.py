"""Links: registered addresses and folders on the web, as keyed digests of their canonical forms.

A registered page is found with whatever parameters are added to it, a folder with whatever stands below it.  What
becomes of an address is a few digests: one that says that its host is registered at all, by which nearly all foreign
addresses are turned away; one for the page with the parameters it needs; one for the folder.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import chain, combinations
from typing import Any, Final, NamedTuple, TypeVar

from gateway.features.places import Place, authority_of, host_of, places
from gateway.features.rewriters import unwrapped
from gateway.features.spelled import addresses
from gateway.traces import SIZE

_Answer = TypeVar("_Answer")

_LEADING: Final = ("page\n", "folder\n")
_FEW: Final = 6
"""Parameters that pages need of which every selection is looked up; of more, one, two or all of them."""
_REMEMBERED: Final = 50_000
"""Addresses that are remembered while one mail is read, and hosts unless somebody says how many."""
_SHORT: Final = 1_000
"""Characters of an address that is remembered."""
_WRAPPED: Final = 40
"""Characters from which an address at the end of a line may have been broken there before its inner one began."""
_LINE: Final = re.compile(
    r"(?:URL=|<string>)?((?:https?|file)://\S+?|\\\\\S.*?)(?:</string>)?", re.IGNORECASE
)
_SHORTCUT: Final = re.compile(
    r"\[[\w{}.-]+\]|[\w-]+=.*|<[?!].*>|</?(?:plist|dict)\b.*>|<key>.*</key>|<(?:string|integer|date|real)>[^:]*</\w+>"
)
"""The lines of a Windows or macOS shortcut that say nothing of where it leads."""


class Match(NamedTuple):
    """A registered link that an address leads to: its trace (16 bytes), and the publications that registered it."""

    trace: bytes
    ids: frozenset[str]


def packed(key: bytes, urls: Iterable[str]) -> bytes:
    """What is kept of registered addresses, under the installation's key.

    Raises ValueError for one that leads nowhere.
    """
    hashed = _hasher(key)
    found: set[bytes] = set()
    for url in urls:
        leads = places(url)
        if not leads:
            raise ValueError("is no address of a page or folder")
        found.update(hashed(text) for place in leads for text in _registered(place))
    return b"".join(sorted(found))


def is_whole_host(url: str) -> bool:
    """Whether an address is a folder that holds all of its host."""
    return any(place.folder and not place.path for place in places(url))


def listed(text: str) -> tuple[str, ...]:
    """The addresses in a text that holds nothing else, such as a shortcut; empty for any other text."""
    found: list[str] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        match = _LINE.fullmatch(line)
        if match is not None:
            found.append(match[1])
        elif _SHORTCUT.fullmatch(line) is None:
            return ()
    return tuple(dict.fromkeys(url for url in found if places(url)))


def _registered(place: Place) -> Iterator[str]:
    yield _mark("host", place.host)
    if place.folder:
        yield _folder(place.host, place.path)
        return
    yield _page(place, place.wanted)
    for parameter in place.wanted:
        yield _asks(place, parameter)
    if place.wanted:
        yield _mark("asks", _page(place, ()))


def _mark(kind: str, text: str) -> str:
    return f"{kind}\n{text}"


def _page(place: Place, wanted: Iterable[str]) -> str:
    return _mark("page", "\n".join((place.host, "/".join(place.path), *sorted(wanted))))


def _asks(place: Place, parameter: str) -> str:
    """That a page needs a parameter: whatever else an address has need not be looked at."""
    return _mark("asks", _page(place, (parameter,)))


def _folder(host: str, path: Sequence[str]) -> str:
    return _mark("folder", "\n".join((host, *path)))


def count(joined: bytes) -> int:
    """How many pages and folders are in a set: the last bit of a digest says whether it is one, or only a mark."""
    return sum(digest[-1] & 1 for digest in _digests(joined))


def _hasher(key: bytes) -> Callable[[str], bytes]:
    """What makes digests of texts under a key: setting it up takes as long as using it."""
    keyed = blake2b(key=key, digest_size=SIZE, person=b"link")

    def hashed(text: str) -> bytes:
        one = keyed.copy()
        one.update(text.encode("utf-8", "replace"))
        digest = one.digest()
        return digest[:-1] + bytes((digest[-1] | 1 if text.startswith(_LEADING) else digest[-1] & 0xFE,))

    return hashed


@dataclass(frozen=True, slots=True)
class Links:
    """The digests of all registered addresses with the publications they belong to, and those of public ones."""

    _owners: Mapping[bytes, frozenset[str]] = field(default_factory=dict, repr=False)
    _public: frozenset[bytes] = field(default=frozenset(), repr=False)

    @classmethod
    def of(cls, secret: Mapping[str, Sequence[bytes]], public: Mapping[str, Sequence[bytes]]) -> Links:
        """The index of sets by publication, each as `packed` makes them; a public address is no trace of any."""
        owners: dict[bytes, frozenset[str]] = {}
        for name, sets in secret.items():
            for digest in chain.from_iterable(map(_digests, sets)):
                owners[digest] = owners.get(digest, frozenset()) | {name}
        every = chain.from_iterable(public.values())
        return cls(owners, frozenset(chain.from_iterable(map(_digests, every))))

    def __len__(self) -> int:
        return len(self._owners)

    def __contains__(self, digest: bytes) -> bool:
        return digest in self._owners

    def matches(self, digests: Iterable[bytes]) -> Iterator[Match]:
        """What is registered of the forms of a place, given from the page to the root; nothing beyond a public one."""
        for digest in digests:
            if digest in self._public:
                return
            if digest in self._owners:
                yield Match(digest, self._owners[digest])


def _digests(joined: bytes) -> Iterator[bytes]:
    """The digests of a set; ValueError where it is cut short."""
    if len(joined) % SIZE:
        raise ValueError("a set of links is cut short")
    return (joined[start : start + SIZE] for start in range(0, len(joined), SIZE))


def _selections(wanted: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The selections of parameters that a registered page may need, the largest first."""
    sizes = range(len(wanted), 0, -1) if len(wanted) <= _FEW else (len(wanted), 2, 1)
    for size in sizes:
        yield from combinations(wanted, size)


class Lookup:
    """What one mail's addresses lead to in one index; each host and each address is looked up once.

    `crowded`: there were more than so many `hosts`, and no other was looked up.
    """

    def __init__(self, links: Links, key: bytes, hosts: int = _REMEMBERED) -> None:
        self.crowded = False
        self._hosts = hosts
        self._links = links
        self._hashed = _hasher(key)
        self._known: dict[str, bool] = {}
        self._above: dict[tuple[str, tuple[str, ...]], tuple[bytes, ...]] = {}
        self._led: dict[str, tuple[Match, ...]] = {}
        self._shown: dict[str, tuple[tuple[str, ...], bool]] = {}

    def in_text(self, text: str) -> Iterator[tuple[str, Match]]:
        """The addresses in a text, or inside those, that lead to something registered, with what that is."""
        for shown, longer, bracketed in addresses(text):
            if self.crowded:
                return
            known = self._shown.get(shown)
            if known is None:
                known = _remembered(self._shown, shown, self._looked_at(tuple(unwrapped(shown))))
            leading, goes_on = known
            yield from self._all(leading)
            if bracketed or goes_on:
                for whole in longer:
                    yield from self._all(unwrapped(whole))

    def _looked_at(self, inside: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
        """Those of an address and the ones inside it that lead somewhere, and whether the next line may matter."""
        return tuple(each for each in inside if self._matches(each)), self._may_go_on(inside)

    def behind(self, address: str) -> Iterator[tuple[str, Match]]:
        """The same of an address that is given as such."""
        yield from self._all(unwrapped(address))
        if any(map(str.isspace, address)) or "://" not in address:
            yield from self.in_text(address)

    def _all(self, found: Iterable[str]) -> Iterator[tuple[str, Match]]:
        for address in found:
            yield from ((address, match) for match in self._matches(address))

    def _matches(self, address: str) -> tuple[Match, ...]:
        """What an address leads to; one that a mail has again and again is looked up once."""
        if not self._on_known_host(address):
            return ()
        known = self._led.get(address)
        if known is None:
            forms = (self._links.matches(self._forms(place)) for place in places(address))
            known = _remembered(self._led, address, tuple(chain.from_iterable(forms)))
        return known

    def _forms(self, place: Place) -> Iterator[bytes]:
        """The digests of a place: of the page with what is asked for, of the page, of the folders that hold it."""
        if place.wanted and self._hashed(_mark("asks", _page(place, ()))) in self._links:
            asked = [each for each in sorted(place.wanted) if self._hashed(_asks(place, each)) in self._links]
            for some in _selections(asked):
                yield self._hashed(_page(place, some))
        yield self._hashed(_page(place, ()))
        yield self._hashed(_folder(place.host, place.path))
        yield from self._folders_above(place.host, place.path)

    def _folders_above(self, host: str, path: tuple[str, ...]) -> tuple[bytes, ...]:
        """Those above a path, the nearest first; many addresses of a mail stand in the same folder."""
        if not path:
            return ()
        known = self._above.get((host, path[:-1]))
        if known is None:
            depths = range(len(path) - 1, -1, -1)
            above = tuple(self._hashed(_folder(host, path[:depth])) for depth in depths)
            known = _remembered(self._above, (host, path[:-1]), above)
        return known

    def _may_go_on(self, inside: Sequence[str]) -> bool:
        """Whether the next line may make it one that matters: its host is known, or not yet told in full."""
        whole = inside[0]
        if len(whole) >= _WRAPPED and len(inside) == 1:
            return True
        return any(self._on_known_host(address) or _ends_in_host(address) for address in inside)

    def _on_known_host(self, address: str) -> bool:
        authority = authority_of(address)
        known = self._known.get(authority)
        if known is None:
            if len(self._known) >= self._hosts:
                self.crowded = True
                return False
            host = host_of(authority)
            known = bool(host) and self._hashed(_mark("host", host)) in self._links
            self._known[authority] = known
        return known


def _remembered(kept: dict[Any, _Answer], asked: Hashable, answer: _Answer) -> _Answer:
    """The answer, kept for the next time; of very many nothing is."""
    if len(kept) >= _REMEMBERED:
        kept.clear()
    if not isinstance(asked, str) or len(asked) <= _SHORT:
        kept[asked] = answer
    return answer


def _ends_in_host(address: str) -> bool:
    return len(authority_of(address)) == len(address)
