"""Cells of a workbook that show a day or a time of day, and keep a number: days since the end of 1899."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

_FORMAT: Final = re.compile(rb"<(?:\w+:)?numFmt\s[^>]*>")
_STYLES: Final = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.S)
_STYLE: Final = re.compile(rb"<(?:\w+:)?xf\s[^>]*>")
_ID: Final = re.compile(rb"numFmtId\s*=\s*[\"'](\d+)[\"']")
_CODE: Final = re.compile(rb"formatCode\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_LITERAL: Final = re.compile(rb"&quot;.*?&quot;|\"[^\"]*\"|\\.|\[[^\]]*\]")
_OF_DATES: Final = re.compile(rb"[dmyh]", re.I)
_BUILT_IN: Final = frozenset(b"%d" % number for number in (*range(14, 23), *range(27, 37), *range(45, 48)))
"""Formats of dates and times that every program knows by number (ECMA-376 part 1, section 18.8.30)."""

_SERIAL: Final = re.compile(r"[0-9]{0,5}(?:\.[0-9]+)?(?:E-[0-9]{1,2})?\Z")
_DAY_ZERO: Final = datetime(1899, 12, 30)
_MINUTES: Final = 24 * 60


def date_styles(styles: bytes) -> frozenset[str]:
    """The style numbers of `xl/styles.xml` whose cells show a day or a time of day."""
    section = _STYLES.search(styles)
    if section is None:
        return frozenset()
    formats = _BUILT_IN | {_id(tag) for tag in _FORMAT.findall(styles) if _shows_a_date(tag)}
    found = enumerate(_STYLE.findall(section[0]))
    return frozenset(str(number) for number, tag in found if _id(tag) in formats)


def shown(number: str) -> str:
    """What such a cell shows: ` 28 March 2018 09:30`, or a part of that; empty where the number is no date."""
    if not number or not _SERIAL.match(number):
        return ""
    minutes = round(float(number) * _MINUTES)
    when = _DAY_ZERO + timedelta(minutes=minutes)
    day = f" {when.day} {when:%B %Y}" if minutes >= _MINUTES else ""
    return f"{day} {when:%H:%M}" if not day or minutes % _MINUTES else day


def _id(tag: bytes) -> bytes:
    match = _ID.search(tag)
    return match[1] if match is not None else b""


def _shows_a_date(tag: bytes) -> bool:
    match = _CODE.search(tag)
    return match is not None and _OF_DATES.search(_LITERAL.sub(b"", match[1] or match[2] or b"")) is not None
