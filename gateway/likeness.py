"""Which listed address a recipient's looks like: a slip of the pen, a look-alike, or a name in another place.

Mail to `jane.smth@` or to `jane.smith@` at a private provider is more often than not meant for the Jane Smith on the
list.  What counts, in this order:

1. Drawn alike: the same after folding and with `rn` for `m`, `0` for `o`, `1` for `l` and such.
2. One edit: a character more, less, another, or two swapped, in the name or in the domain.  Not a digit for a
   digit: numbered accounts (`u10452`) all differ so.  Not in names under four characters: they all differ so too.
3. The same name at another domain: dots, order, digits, tags and middle initials aside, `j.smith` and `jsmith` being
   names of `john.smith`, but `jane.smith` not.  Not the names of functions, which every domain has.

A look-up costs the same however long the list is: each address is filed under all that one deletion makes of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import idna

from gateway.text import fold, words

_DRAWN = str.maketrans("015$|", "olssl")
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_SHORT = 4
_DECEPTIVE = re.compile(r"[^a-z.@-]|xn--")
_APART = re.compile(r"[^a-z]+")
_FUNCTIONS = frozenset(
    words(
        "accounts admin analysis briefing comms communications contact correspondence data desk enquiries enquiry "
        "events finance governance hello help helpdesk info information inquiries mail mailbox media minister "
        "ministers news noreply office permanent policy post postmaster press pressoffice private privateoffice "
        "publications reception secretary security service statistics stats support team user webmaster"
    )
)


class Likeness:
    """A list of canonical addresses, filed so that what looks like one of them is found at once."""

    def __init__(self, listed: Iterable[str]) -> None:
        self._drawn: dict[str, str] = {}
        self._edits: dict[str, dict[str, list[str]]] = {}
        self._full: dict[str, list[str]] = {}
        self._brief: dict[str, list[str]] = {}
        for address in sorted(set(listed)):
            self._drawn.setdefault(_skeleton(address), address)
            for same, other in _sides(address):
                _file(self._edits.setdefault(same, {}), _shorter(other), address)
            names = _names(address)
            _file(self._full, names.full, address)
            _file(self._brief, names.brief, address)

    def of(self, address: str) -> str | None:
        """The address on the list that another canonical one looks like, if any."""
        return self._drawn.get(_skeleton(address)) or self._slip(address) or self._namesake(address)

    def _slip(self, address: str) -> str | None:
        for same, other in _sides(address):
            filed = self._edits.get(same)
            near = (one for key in _shorter(other) for one in filed.get(key, ())) if filed else ()
            found = next((one for one in near if _one_edit(address, one)), None)
            if found is not None:
                return found
        return None

    def _namesake(self, address: str) -> str | None:
        names, domain = _names(address), _halves(address)[1]
        same = [one for name in names.full for one in self._full.get(name, ())]
        same += [one for name in names.full for one in self._brief.get(name, ())]
        # Two full names that share an initial are names of two people.
        same += [one for name in names.brief for one in self._full.get(name, ())]
        return next((one for one in same if _halves(one)[1] != domain), None)


def _file(shelf: dict[str, list[str]], keys: Iterable[str], address: str) -> None:
    for key in keys:
        shelf.setdefault(key, []).append(address)


def _halves(address: str) -> tuple[str, str]:
    local, _, domain = address.rpartition("@")
    return local, domain


def _skeleton(address: str) -> str:
    """The address as somebody sees it who looks for a moment."""
    # Nearly all addresses are letters and dots, in which only pairs can deceive.
    seen = fold(_shown(address)).translate(_DRAWN) if _DECEPTIVE.search(address) else address
    for pair, one in _PAIRS:
        seen = seen.replace(pair, one)
    return seen


def _shown(address: str) -> str:
    """With the domain in its own script."""
    local, domain = _halves(address)
    try:
        return f"{local}@{idna.decode(domain)}" if "xn--" in domain else address
    except (idna.IDNAError, UnicodeError):
        return address


def _sides(address: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """What addresses that are one edit apart have in common, and where they differ: name or domain."""
    local, domain = _halves(address)
    return ("@" + domain, local), (local + "@", domain)


def _shorter(text: str) -> Iterator[str]:
    yield text
    yield from (text[:at] + text[at + 1 :] for at in range(len(text)))


def _one_edit(one: str, other: str) -> bool:
    """Whether one edit that counts makes one address of another."""
    start = _common(one, other)
    end = _common(one[start:][::-1], other[start:][::-1])
    left, right = one[start : len(one) - end], other[start : len(other) - end]
    in_name = _halves(one)[1] == _halves(other)[1]
    if in_name and max(len(_halves(one)[0]), len(_halves(other)[0])) < _SHORT:
        return False
    if in_name and len(left) == len(right) and (left + right).isdigit():
        return False
    return max(len(left), len(right)) == 1 or (len(left) == 2 and left == right[::-1])


def _common(one: str, other: str) -> int:
    """How many characters two texts begin with together."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


class _Names(NamedTuple):
    """How a name may be written without separators: as it stands, and with one initial for the first word."""

    full: tuple[str, ...] = ()
    brief: tuple[str, ...] = ()


def _names(address: str) -> _Names:
    parts = [part for part in _APART.split(fold(_halves(address)[0].partition("+")[0])) if part]
    if sum(map(len, parts)) < _SHORT or _FUNCTIONS.issuperset(parts):
        return _Names()
    bare = [part for at, part in enumerate(parts) if len(part) > 1 or at in (0, len(parts) - 1)]
    full = tuple({"".join(each): None for each in (parts, bare, reversed(parts), reversed(bare))})
    if len(bare) < 2 or min(len(bare[0]), len(bare[-1])) < 2:
        return _Names(full)
    return _Names(full, (bare[0][0] + bare[-1], bare[-1] + bare[0][0]))
