"""The order in which a page shows what it holds, where its styles say another one than that of the source.

By rank and place (CSS Flexbox 5.4, CSS Grid 8, CSS Positioned Layout 3, SVG 2 11.5), from the other side (Flexbox 5.1,
CSS 2 9.5.1, CSS Writing Modes 2.1), and column by column (HTML 4.9).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import zip_longest
from typing import Final

from selectolax.lexbor import LexborNode

from gateway.message import hidden, limits, style, tables
from gateway.message.selectors import Choice, inner_first

Piece = tuple[int, str]
"""Which element, by its number in the tree (0 for a text alone), and what it says."""
Rank = tuple[float, float]
"""How far down and how far right: pixels, lines of a grid, or an order, whatever is said."""

_SAID: Final = re.compile(
    r"(?<![\w-])(order|left|top|right|bottom|inset|margin-left|margin-top|grid-(?:area|row|column)(?:-start)?|translate"
    r"|transform)\s*:\s*([^;{}]*)",
    re.I,
)
_NUMBER: Final = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(?:e[+-]?\d{1,2})?([a-z]{0,4})", re.I)
_PIXELS: Final = {
    "em": 16.0,
    "rem": 16.0,
    "ch": 8.0,
    "pt": 4 / 3,
    "cm": 37.8,
    "mm": 3.78,
    "in": 96.0,
    "vw": 15.0,
    "pc": 16.0,
}
_MOVED: Final = re.compile(r"translate(x|y|3d)?\(([^)]*)", re.I)
_REVERSED: Final = re.compile(r"(?:row|column|wrap)-reverse", re.I)
_FLOATING: Final = re.compile(r"float\s*:\s*(?:right|inline-end)", re.I)
_RIGHT_TO_LEFT: Final = re.compile(r"direction\s*:\s*rtl", re.I)
_DRAWN: Final = "svg text,svg tspan"
_PARTS: Final = {"caption": -2.0, "thead": -1.0, "tfoot": 1.0}
"""Where the parts of a table stand, wherever they are in the source (CSS 2, 17.2 and 17.4.1)."""
_TABLE: Final = re.compile(r"<table\b", re.I)
_ROW: Final = re.compile(r"<tr\b[^<>]*>", re.I)
_CELL: Final = re.compile(r"<t[dh]\b[^<>]*>", re.I)
_TAG: Final = re.compile(r"<[^<>]*>")
_FEWEST_ROWS: Final = 3
_FEWEST_PIECES: Final = 2
_PIECE: Final = 12
"""Characters of a cell that holds a piece of a word."""
_CELL_LETTERS: Final = 40
"""Characters of a cell of a table that may be read down, on average, tags counted apart."""
_LONGEST: Final = 500
"""Characters of a text with a place of its own: longer ones are read by themselves."""


@lru_cache(maxsize=8192)
def rank(declarations: str) -> Rank | None:
    """What declarations say of the place of an element; None where they say nothing."""
    down = right = 0.0
    found = False
    for given, value in _SAID.findall(declarations):
        name = given.lower()
        if name in ("transform", "translate"):
            numbers = _moved(value if name == "transform" else f"translate({value})")
        else:
            numbers = _placed(name, _numbers(value))
        if numbers is not None:
            down, right, found = down + numbers[0], right + numbers[1], True
    return (down, right) if found else None


def _numbers(value: str) -> list[float]:
    return [float(number) * _PIXELS.get(unit.lower(), 1.0) for number, unit in _NUMBER.findall(value)]


def _placed(name: str, numbers: list[float]) -> Rank | None:
    if not numbers:
        return None
    if name in ("grid-area", "inset"):
        at = 1 if name == "grid-area" else 3
        return numbers[0], numbers[at] if len(numbers) > at else numbers[-1]
    sign = -1 if name in ("right", "bottom") else 1
    down = name in ("top", "bottom", "margin-top", "grid-row", "grid-row-start")
    return (sign * numbers[0], 0.0) if down else (0.0, sign * numbers[0])


def _moved(value: str) -> Rank | None:
    match = _MOVED.search(value)
    numbers = _numbers(match[2]) if match is not None else []
    if match is None or not numbers:
        return None
    if (match[1] or "").lower() == "y":
        return numbers[0], 0.0
    return (numbers[1] if len(numbers) > 1 else 0.0), numbers[0]


class Layout:
    """Where the elements of a page stand, as far as its styles and its drawings say so; looked up once."""

    def __init__(
        self, choice: Choice, sheets: tuple[str, ...], said: str, *, drawn: bool, headed: bool
    ) -> None:
        self.choice = choice
        self.ranks: dict[int, tuple[LexborNode, Rank]] = {}
        self.turned: dict[int, LexborNode] = {}
        self.floating: set[int] = set()
        self._left = limits.ARRANGED
        lower = said.lower()
        for node, declarations in self._styled(sheets, lower):
            self._take(node, declarations)
        if drawn:
            for node in choice.of(_DRAWN):
                self._drawn(node)
        if headed:
            below = "caption-side" in lower and "bottom" in lower
            for node in choice.of("thead,tfoot,caption"):
                place = _PARTS[node.tag or ""]
                self.ranks[node.mem_id] = node, (-place if below and node.tag == "caption" else place, 0.0)

    def _styled(self, sheets: tuple[str, ...], lower: str) -> Iterator[tuple[LexborNode, str]]:
        """Elements with the declarations that may say where they stand."""
        if not _says(lower):
            return
        for rule in dict.fromkeys(rule for sheet in sheets for rule in style.rules(sheet)):
            if _says(rule.declarations):
                yield from ((node, rule.declarations) for node in self.choice.of(rule.selector))
        yield from (
            (node, style.plain(node.attributes.get("style") or "")) for node in self.choice.of("[style]")
        )
        yield from ((node, "direction:rtl") for node in self.choice.of("[dir=rtl i]"))

    def _take(self, node: LexborNode, declarations: str) -> None:
        place, told = rank(declarations), _told(declarations)
        if place is not None:
            self.ranks[node.mem_id] = node, place
        if "reversed" in told:
            self.turned[node.mem_id] = node
        if "rtl" in told:
            within = self.choice.within
            lines = within(node, "tr") or (node, *within(node, "p,div,td,li,span"))
            self.turned.update((each.mem_id, each) for each in lines)
        if "floating" in told:
            self.floating.add(node.mem_id)
            self.ranks.setdefault(node.mem_id, (node, (0.0, 0.0)))

    def _drawn(self, node: LexborNode) -> None:
        given = node.attributes
        moved = _moved(given.get("transform") or "") or (0.0, 0.0)
        across, down = (_numbers(given.get(name) or "") for name in ("x", "y"))
        if across or down or moved != (0.0, 0.0):
            place = ((down or [0.0])[0] + moved[0], (across or [0.0])[0] + moved[1])
            self.ranks[node.mem_id] = node, place

    def lines(self) -> Iterator[str]:
        """The texts of all elements with a place of their own, in the order of these places: row by row, and down."""
        texts = [(place, self._text(node)) for node, place in self.ranks.values()]
        short = [(place, text) for place, text in texts if text and len(text) <= _LONGEST]
        if len({place for place, _ in short}) > 1:
            for key in (_by_row, _by_column):
                in_order = [text for _, text in sorted(short, key=key)]
                yield "".join(in_order)
                yield " ".join(text.strip() for text in in_order)

    def arrange(self) -> Iterator[str]:
        """Put what elements hold into the order in which it is shown; each is also said with blanks between."""
        parents = {}
        for node, _ in self.ranks.values():
            parent = node.parent
            if parent is not None:
                parents[parent.mem_id] = parent
        for parent in inner_first((parents | self.turned).values()):
            pieces = list(self._pieces(parent))
            if len(pieces) < _FEWEST_PIECES or parent.tag in ("html", "head"):
                continue
            ordered = self._ordered(pieces, turned=parent.mem_id in self.turned)
            if ordered != pieces:
                texts = [text for _, text in ordered]
                yield hidden.without_marks(" ".join(text.strip() for text in texts if text.strip()))
                _replace(parent, "".join(texts))

    def _ordered(self, pieces: list[Piece], *, turned: bool) -> list[Piece]:
        nowhere = (0.0, 0.0)
        placed = sorted(
            pieces, key=lambda piece: self.ranks[piece[0]][1] if piece[0] in self.ranks else nowhere
        )
        right = [piece for piece in placed if piece[0] in self.floating]
        placed = [piece for piece in placed if piece[0] not in self.floating]
        return [*(reversed(placed) if turned else placed), *reversed(right)]

    def _pieces(self, parent: LexborNode) -> Iterator[Piece]:
        """What stands in an element: each child with its text, what marks enclose as one."""
        said, whose, depth = "", 0, 0
        for child in parent.iter(include_text=True):
            text = self._text(child)
            depth += hidden.opens(text)
            said += text
            whose = child.mem_id if child.is_element_node else whose
            if depth <= 0:
                yield whose, said
                said, whose, depth = "", 0, 0
        if said:
            yield whose, said

    def _text(self, node: LexborNode) -> str:
        """The text of an element, until that has been too much; the choice says so."""
        text = node.text(deep=True) if self._left > 0 else ""
        self._left -= len(text) + 1
        self.choice.exceeded = self.choice.exceeded or self._left <= 0
        return text


def _by_row(each: tuple[Rank, str]) -> Rank:
    return each[0]


def _by_column(each: tuple[Rank, str]) -> Rank:
    return each[0][::-1]


def _replace(parent: LexborNode, text: str) -> None:
    """Let an element hold nothing but this text."""
    children = list(parent.iter(include_text=True))
    children[0].insert_before(text)
    for child in children:
        child.decompose()


def columns(source: str) -> Iterator[str]:
    """The columns of tables with small cells, each from top to bottom; `source` is the page's."""
    for table in _TABLE.split(source)[1:]:
        rows = [_CELL.split(row)[1:] for row in _ROW.split(table)[1:]]
        count = sum(map(len, rows))
        if (
            len(rows) >= _FEWEST_ROWS
            and count > len(rows)
            and len(_TAG.sub("", table)) <= count * _CELL_LETTERS
        ):
            for column in zip_longest(*(row for row in rows if len(row) > 1), fillvalue=""):
                whole = html.unescape(_TAG.sub("", "\0".join(column)))
                cells = [cell.strip("\r\n\t") for cell in whole.split("\0")]
                if tables.may_be_banner(said := " ".join(cell.strip() for cell in cells)):
                    yield said
                if max(map(len, cells)) <= _PIECE:
                    yield "".join(cells)


@lru_cache(maxsize=8192)
def _says(said: str) -> bool:
    return bool(_told(said)) or _SAID.search(said) is not None


@lru_cache(maxsize=8192)
def _told(declarations: str) -> frozenset[str]:
    """Which of the ways to show things from the other side declarations name."""
    lower = declarations.lower()
    if "reverse" not in lower and "float" not in lower and "rtl" not in lower:
        return frozenset()
    ways = {"reversed": _REVERSED, "floating": _FLOATING, "rtl": _RIGHT_TO_LEFT}
    return frozenset(way for way, said in ways.items() if said.search(lower) is not None)
