"""Documents that unpack to very much, run in circles, or declare what nobody may follow (Z15 to Z17)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.sax.saxutils import quoteattr

from tests.blind import Case
from tests.blind.office import Write, changed, sent
from tests.blind.pages import PAGE, objects, shown, stream
from tests.blind.words import word
from tests.papers import workbook

ENTITY = "<?xml version='1.0'?><!DOCTYPE a [%s]><a>%s</a>"
DECLARED: Mapping[str, Write] = {
    "entity": lambda text: (ENTITY % (f"<!ENTITY e {quoteattr(text)}>", "&e;")).encode(),
    "laughs": lambda text: (
        ENTITY
        % (
            "<!ENTITY a 'x'>"
            + "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9)),
            "&j;",
        )
    ).encode(),
    "external": lambda text: (ENTITY % ("<!ENTITY e SYSTEM 'file:///etc/passwd'>", "&e;")).encode(),
    "parameter": lambda text: (ENTITY % ("<!ENTITY % e SYSTEM 'https://x.example/'> %e;", "x")).encode(),
}


def _footnotes(part: str | bytes) -> bytes:
    return changed(word(), {"word/footnotes.xml": part})


def _strings(text: str) -> bytes:
    many = "<si><t>a</t></si>" * 300_000
    return changed(workbook("x"), {"xl/sharedStrings.xml": f"<sst>{many}<si><t>{text}</t></si></sst>"})


HOSTILE: Mapping[str, tuple[str, Write]] = {
    "strings": ("Z16", _strings),
    "attribute": ("Z16", lambda text: _footnotes(f"<a b='{'x' * 30_000_000}'>{text}</a>")),
    "deep": ("Z16", lambda text: _footnotes("<a>" * 9000 + text + "</a>" * 9000)),
    "dense": (
        "Z17",
        lambda text: objects(PAGE, stream(bytes(90_000_000), b"/Type/ObjStm"), stream(shown(text))),
    ),
    "circle": ("Z17", lambda text: objects(PAGE, b"<</Type/Pages/Kids[2 0 R 5 0 R]>>", stream(shown(text)))),
}


def _part(write: Write) -> Write:
    return lambda text: _footnotes(write(text))


def all_cases() -> Iterator[Case]:
    """Every case of this module."""
    for name, write in DECLARED.items():
        yield Case("Z15", name, sent(_part(write)), doubtful=True)
    for name, (row, write) in HOSTILE.items():
        yield Case(row, name, sent(write), doubtful=True)
