"""Lists below a header line: columns known by many names, in any order, with titles above them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gateway.address import typed
from gateway.sheets import Cell, Line, SheetError, Tables

_HEADER_WITHIN = 30
"""Rows among which the header is looked for: lists carry titles and explanations above it, not pages."""
_BRACKETED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>\s*[;,]?\Z")
_DOMAIN = re.compile(r"(?:\*?@|\*\.)?[^@\s]+\.[^@\s]+\Z|[^@]*\*.*|@.*")


@dataclass(frozen=True, slots=True)
class Headed:
    """A table: the field of each column (None: not used), names of unused columns, and the rows below the header."""

    fields: tuple[str | None, ...]
    unused: tuple[str, ...]
    rows: tuple[Line, ...]

    def values(self, line: Line) -> dict[str, Cell]:
        """The cells of a row by field; raises SheetError where it is wider than the header."""
        if any(cell != "" for cell in line.cells[len(self.fields) :]):
            raise SheetError("more cells than the header line has columns")
        pairs = zip(self.fields, line.cells, strict=False)
        return {field: cell for field, cell in pairs if field is not None}

    @property
    def known(self) -> int:
        """How many of its columns mean something."""
        return sum(field is not None for field in self.fields)


class Columns:
    """What the columns of a kind of list are called: field -> names, of letters only, joined by `|`.

    A header line has all of `must`; `missing` is what a list without one is told that it has no header line with.
    """

    def __init__(self, names: Mapping[str, str], *, must: tuple[str, ...], missing: str) -> None:
        self._fields = {name: field for field, called in names.items() for name in called.split("|")}
        self._must = frozenset(must)
        self._missing = missing

    def find(self, found: Tables) -> Headed:
        """The one table of a file that is such a list; raises SheetError where there is none, or several."""
        fitting = [table for lines in found.tables if (table := self._below_header(lines)) is not None]
        if not fitting:
            raise SheetError(f"has no header line with {self._missing}")
        if len(fitting) > 1 and not found.readings:
            raise SheetError("more than one sheet looks like the list; keep it on one")
        # The right delimiter is the one with which the header makes most sense.
        return max(fitting, key=lambda table: (table.known, len(table.fields)))

    def _below_header(self, lines: list[Line]) -> Headed | None:
        for at, line in enumerate(lines[:_HEADER_WITHIN]):
            fields = tuple(self._field(cell) for cell in line.cells)
            if self._must.issubset(fields):
                twice = sorted({field for field in fields if field and fields.count(field) > 1})
                if twice:
                    raise SheetError(f"line {line.number}: two columns for {twice[0]}")
                named = zip(fields, line.cells, strict=True)
                unused = tuple(str(cell) for field, cell in named if field is None and cell != "")
                return Headed(fields, unused, tuple(lines[at + 1 :]))
        return None

    def _field(self, cell: Cell) -> str | None:
        return self._fields.get(letters(cell)) if isinstance(cell, str) else None


def letters(text: str) -> str:
    """The letters of a name, without case: `E-mail address` is `emailaddress`."""
    return "".join(char for char in text.casefold() if char.isalpha())


def text_of(values: Mapping[str, Cell], field: str) -> str:
    """A cell as text, empty where there is none."""
    cell = values.get(field, "")
    return cell if isinstance(cell, str) else cell.isoformat()


def mailbox(text: str) -> tuple[str, str]:
    """Name and canonical address of `a@b`, `Name <a@b>` or `mailto:a@b`; raises SheetError or AddressError."""
    if not text:
        raise SheetError("no address")
    bracketed = _BRACKETED.match(text)
    name, bare = (bracketed["name"].strip(" \"'"), bracketed["address"]) if bracketed else ("", text)
    bare = re.sub(r"\Amailto:", "", bare.strip().strip("'").rstrip(";,"), flags=re.IGNORECASE).strip()
    if _DOMAIN.match(bare):
        raise SheetError(f"{bare!r}: a grant is to a person, never to a domain or a pattern")
    if bare.count("@") > 1:
        raise SheetError("more than one address in a cell")
    return name, typed(bare)
