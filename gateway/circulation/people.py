"""The people in the headers of a mail: who sent it and whom it names, each with a canonical address.

Stricter than the library's parser, which takes an address out of a display name: these people are to be given access.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from typing import Final

from gateway.address import canonical
from gateway.letters.form import one_line, shown
from gateway.message.headers import decode_words

_GROUP: Final = re.compile(r'\s*(?:"(?:[^"\\]|\\.)*"|[^"<>,;:@]*):')
_COMMENT: Final = r"(?:\s*\([^()]*\))?"
_ENTRY: Final = re.compile(
    r'\s*(?:(?P<name>"(?:[^"\\]|\\.)*"|[^"<>,;]*)\s*<(?P<address>[^<>]*)>|(?P<bare>[^\s<>,;"()]+))'
    rf"{_COMMENT}\s*(?:[,;]+|\Z)"
)
_REST: Final = re.compile(r"[^,;]*(?:[,;]+|\Z)")
_MOST_NAME: Final = 100


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom a header names: canonical address, and the display name ("" where there is none)."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """The people of some headers, each once, and a line about every entry that is no usable address."""

    people: tuple[Person, ...] = ()
    problems: tuple[str, ...] = field(default=())


def named_in(headers: Message, *names: str) -> Named:
    """Whom these headers of a parsed mail name, in order."""
    people: dict[str, Person] = {}
    problems: list[str] = []
    for header in names:
        for value in headers.get_all(header, []):
            for entry in _entries(str(value)):
                if isinstance(entry, Person):
                    people.setdefault(entry.address, entry)
                else:
                    problems.append(f"{header}: {entry!r} is no address that can be on a list")
    return Named(tuple(people.values()), tuple(problems))


def _entries(value: str) -> Iterator[Person | str]:
    """A person, or what is written where none can be read."""
    # Without its line breaks a header is one line; groups and stray separators carry no address.
    text, position = " ".join(value.split()), 0
    while position < len(text):
        group = _GROUP.match(text, position)
        if group is not None:
            position = group.end()
            continue
        match = _ENTRY.match(text, position) or _REST.match(text, position)
        if match is None or match.end() == position:
            return
        position = match.end()
        if match.re is _REST:
            yield from filter(None, [_shortened(match[0])])
        else:
            yield _person(match)


def _person(match: re.Match[str]) -> Person | str:
    address = (match["address"] if match["bare"] is None else match["bare"]).strip()
    form = canonical(re.sub(r"\Amailto:", "", address, flags=re.IGNORECASE))
    return Person(form, _name(match["name"] or "")) if form is not None else _shortened(match[0])


def _name(text: str) -> str:
    plain = re.sub(r"\\(.)", r"\1", text.strip().strip("\"'"))
    name = one_line(" ".join(decode_words(plain).split())).strip("\"' ")
    return "" if "@" in name else name[:_MOST_NAME]


def _shortened(text: str) -> str:
    return shown(text.strip(" ,;"))[:_MOST_NAME]
