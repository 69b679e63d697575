"""Bulletins as a reader sees them: blocks of prose, headings, lists and tables out of their Markdown."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

_NAMES = "january february march april may june july august september october november december"
MONTHS = tuple(_NAMES.split())
_TAG = re.compile(r"<[^>]{1,400}>")
_IMAGE = re.compile(r"\[?!\[[^\]]*\]\([^)]*\)(?:\]\([^)]*\))?")
_LINK = re.compile(r"!?\[([^\]]*)\]\((?:[^()]|\([^()]*\))*\)")
_EMPHASIS = re.compile(r"\*\*|__|(?<!\w)\*(?=\w)|(?<=\w)\*(?!\w)|`")
_RULE = re.compile(r"[\s|:-]*-[\s|:-]*\Z")
_BULLET = re.compile(r"\s*[-*+] +")
_SENTENCE_END = re.compile(r"(?<=[.;?!])\s+(?=[A-Z£])")
_PROSE = 8
"""Words of the shortest block that is prose."""


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a bulletin: its kind (`heading`, `bullet`, `paragraph`, `table`), its text, or a table's rows."""

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Bulletin:
    """One publication of the source: `series` is shared by its editions, `order` sorts these."""

    id: str
    title: str
    date: str
    series: str
    blocks: tuple[Block, ...] = field(repr=False)
    tables: tuple[Path, ...] = ()

    @property
    def prose(self) -> list[str]:
        """Its paragraphs and list entries of some length."""
        return [
            block.text
            for block in self.blocks
            if block.kind in ("paragraph", "bullet") and len(block.text.split()) >= _PROSE
        ]

    @property
    def order(self) -> tuple[int, int]:
        """The year and month that the title names last."""
        words = re.findall(r"[a-z]+|\d{4}", self.title.lower())
        years = [int(word) for word in words if word.isdigit()]
        months = [MONTHS.index(word) + 1 for word in words if word in MONTHS]
        return years[-1] if years else 0, months[-1] if months else 0

    @property
    def topic(self) -> str:
        """The title without what says which edition it is."""
        words = re.findall(r"[A-Za-z]{2,}", self.title)
        return " ".join(word for word in words if word.lower() not in (*MONTHS, "edition", "year", "ending"))


def load(folder: Path, most: int | None = None) -> list[Bulletin]:
    """The bulletins of a folder, one sub-folder each with text.md, meta.json and tables/, in order of their names."""
    places = sorted(path.parent for path in folder.glob("*/text.md"))
    return [_load(place) for place in places[:most]]


def _load(place: Path) -> Bulletin:
    meta = json.loads((place / "meta.json").read_text(encoding="utf-8"))
    title = meta.get("name") or meta.get("title") or place.name
    text = (place / "text.md").read_text(encoding="utf-8")
    tables = sorted((place / "tables").glob("*")) if (place / "tables").is_dir() else []
    id_ = re.sub(r"[^a-z0-9-]+", "-", place.name.lower())[:60].strip("-")
    date = meta.get("date") or ""
    return Bulletin(id_, title, date, meta.get("edition_of") or id_, tuple(blocks(text)), tuple(tables))


def readable(line: str) -> str:
    """A line of Markdown as its reader sees it."""
    line = _LINK.sub(r"\1", _IMAGE.sub(" ", _TAG.sub(" ", line)))
    return " ".join(html.unescape(_EMPHASIS.sub("", line)).split())


def blocks(markdown: str) -> Iterator[Block]:
    """The blocks of a text, in order."""
    for table, lines in groupby(markdown.split("\n"), key=lambda line: line.lstrip().startswith("|")):
        if table:
            yield Block("table", rows=tuple(_rows(lines)))
        else:
            yield from filter(None, map(_block, lines))


def _rows(lines: Iterable[str]) -> Iterator[tuple[str, ...]]:
    for line in lines:
        if not _RULE.match(line):
            yield tuple(readable(cell) for cell in line.strip().strip("|").split("|"))


def _block(line: str) -> Block | None:
    if line.startswith("#"):
        kind, text = "heading", readable(line.lstrip("# "))
    elif match := _BULLET.match(line):
        kind, text = "bullet", readable(line[match.end() :])
    else:
        kind, text = "paragraph", readable(line)
    return Block(kind, text) if text else None


def sentences(paragraph: str) -> list[str]:
    """The sentences of a paragraph."""
    return _SENTENCE_END.split(paragraph)
