"""Cells of a table that a text parts by bars or by bare commas, as a reader of tables gives them: parted by tabs."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from typing import Final

_QUOTED: Final = re.compile(r'"[^"]*"')
_GROUPED: Final = re.compile(r"(?<![\w.,])\d{1,3}(?:,\d{3})+(?!\d)")
"""A number in groups of three digits where no comma before it parts cells."""
_SEPARATED: Final = re.compile(r'(?:^|,)(?:"([^"]*)"|([^,]*))')
_FEWEST_COMMAS: Final = 2


def parted(lines: Sequence[str]) -> list[str]:
    """Lines whose cells bars or bare commas part, with tabs; others as they are (a text without its line ends)."""
    commas = [_commas(line) for line in lines]
    # A line that could be numbers in groups as well is what those with as many commas are.
    widths = {bare for bare, grouped in commas if bare - grouped >= _FEWEST_COMMAS}
    return [_cells(line, bare, widths) for line, (bare, _) in zip(lines, commas, strict=True)]


def _commas(line: str) -> tuple[int, int]:
    """How many commas may part cells, and how many of these may group digits: none where a space follows one."""
    if line.count(",") < _FEWEST_COMMAS or "\t" in line:
        return 0, 0
    bare = _QUOTED.sub("", line)
    if ", " in bare:
        return 0, 0
    grouped = sum(each.count(",") for each in _GROUPED.findall(bare)) if " " in bare else 0
    return bare.count(","), grouped


def _cells(line: str, commas: int, widths: Container[int]) -> str:
    if "\t" in line:
        return line
    if line.count("|") >= 2:
        return line.strip().strip("|").replace("|", "\t")
    if commas in widths:
        return "\t".join(first or second for first, second in _SEPARATED.findall(line))
    return line
