"""Cells of a workbook: they keep a number, and show it under its format, or as a day (days since the end of 1899)."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from gateway.message import number_formats

_FORMAT: Final = re.compile(rb"<(?:\w+:)?numFmt\s[^>]*>")
_STYLES: Final = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.S)
_STYLE: Final = re.compile(rb"<(?:\w+:)?xf\s[^>]*>")
_ID: Final = re.compile(rb"numFmtId\s*=\s*[\"'](\d+)[\"']")
_CODE: Final = re.compile(rb"formatCode\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_LITERAL: Final = re.compile(rb"&quot;.*?&quot;|\"[^\"]*\"|[\\_*].|\[[^\]]*\]")
_SAID: Final = re.compile('"([^"]{6,})"')
_OF_DATES: Final = re.compile(rb"[dmyh]", re.I)
_BUILT_IN: Final = frozenset(b"%d" % number for number in (*range(14, 23), *range(27, 37), *range(45, 48)))
"""Formats of dates and times that every program knows by number (ECMA-376 part 1, section 18.8.30)."""

_GENERAL: Final = "General"

_SERIAL: Final = re.compile(r"[0-9]{0,5}(?:\.[0-9]+)?(?:E-[0-9]{1,2})?\Z")
_DAY_ZERO: Final = datetime(1899, 12, 30)
_MINUTES: Final = 24 * 60
_SECONDS: Final = re.compile(r"-?[0-9]{1,10}(?:\.[0-9]+)?\Z")
_DAYS_TO_2001: Final = 36_892


def date_styles(styles: bytes) -> frozenset[str]:
    """The style numbers of `xl/styles.xml` whose cells show a day or a time of day."""
    section = _STYLES.search(styles)
    if section is None:
        return frozenset()
    formats = _BUILT_IN | {_id(tag) for tag in _FORMAT.findall(styles) if _shows_a_date(tag)}
    found = enumerate(_STYLE.findall(section[0]))
    return frozenset(str(number) for number, tag in found if _id(tag) in formats)


def number_codes(styles: bytes) -> Mapping[str, str]:
    """The formats of `xl/styles.xml` that show numbers, by the number of the style; those without one are General."""
    section = _STYLES.search(styles)
    if section is None:
        return {}
    own = {_id(tag): _code(tag) for tag in _FORMAT.findall(styles) if not _shows_a_date(tag)}
    known = {b"%d" % number: code for number, code in number_formats.BUILT_IN.items()} | own
    found = enumerate(map(_id, _STYLE.findall(section[0])))
    return {str(number): known[name] for number, name in found if known.get(name, _GENERAL) != _GENERAL}


def format_texts(styles: bytes) -> Iterator[str]:
    """The words that formats of `xl/styles.xml` show beside a number, or instead of it."""
    for tag in _FORMAT.findall(styles):
        yield from (said for said in _SAID.findall(_code(tag)) if " " in said)


def shown(number: str) -> str:
    """What such a cell shows: ` 28 March 2018 09:30`, or a part of that; empty where the number is no date."""
    if not number or not _SERIAL.match(number):
        return ""
    minutes = round(float(number) * _MINUTES)
    when = _DAY_ZERO + timedelta(minutes=minutes)
    day = f" {when.day} {when:%B %Y}" if minutes >= _MINUTES else ""
    return f"{day} {when:%H:%M}" if not day or minutes % _MINUTES else day


def since_2001(seconds: str) -> str:
    """What a cell shows that counts seconds from the beginning of 2001; empty where that is no day."""
    if not _SECONDS.match(seconds):
        return ""
    return shown(f"{_DAYS_TO_2001 + float(seconds) / 86_400:.10f}".rstrip("0").rstrip(".")).strip()


def _id(tag: bytes) -> bytes:
    match = _ID.search(tag)
    return match[1] if match is not None else b""


def _code(tag: bytes) -> str:
    match = _CODE.search(tag)
    return html.unescape((match[1] or match[2] or b"").decode("utf-8", "replace")) if match else ""


def is_date(number: int) -> bool:
    """Whether the built-in format of this number shows a day or a time of day."""
    return b"%d" % number in _BUILT_IN


def is_date_code(code: str) -> bool:
    """Whether a format of this code shows a day or a time of day."""
    return _OF_DATES.search(_LITERAL.sub(b"", code.encode("utf-8", "replace"))) is not None


def _shows_a_date(tag: bytes) -> bool:
    match = _CODE.search(tag)
    return match is not None and _OF_DATES.search(_LITERAL.sub(b"", match[1] or match[2] or b"")) is not None


def read_number(number: str, code: str | None) -> tuple[str, str]:
    """What a cell shows of its number under a format, and the number itself where that says more, else nothing."""
    if not number_formats.is_number(number):
        return number, ""
    size = float(number)
    if code is not None:
        return _shown(number, size, code)
    text = f"{size:.11g}"
    return (text, "") if "e" not in text else _slowly(number, None)


class _Simple(NamedTuple):
    """A section that floats can be shown by, much faster: what stands around the digits, and a format of Python."""

    before: str
    digits: str
    behind: str
    factor: float
    ones: float
    """How often the last digit shown goes into one."""


@lru_cache(maxsize=1024)
def _simple_sections(code: str) -> tuple[_Simple | None, ...]:
    """The sections of a code that are simple, None in the place of each other; none where a code has conditions."""
    sections = number_formats.sections_of(code) or ()
    return () if any(section.condition for section in sections) else tuple(map(_simple, sections))


def _simple(section: number_formats.Section) -> _Simple | None:
    odd = section.exponent or section.within or section.as_general or section.places.strip("0")
    if odd or len(section.whole.lstrip("#?")) != 1 or section.point != bool(section.places):
        return None
    before, behind = "".join(section.before).lstrip(), "".join(section.behind).rstrip()
    if len(before) + len(behind) > _AROUND:
        return None
    digits = f"{',' if section.grouped else ''}.{len(section.places)}f"
    factor = 10.0 ** (2 * min(section.percents, 2) - 3 * section.commas)
    return _Simple(before, digits, behind, factor, 10.0 ** len(section.places))


_AROUND: Final = 60
"""Characters around the digits of a simple section, at most."""
_NEARLY: Final = 1 + 1e-15
"""What comes out at half of the last digit by the 15 digits that programs take for true is rounded up."""
_EXACT: Final = 1e12


def _shown(number: str, size: float, code: str) -> tuple[str, str]:
    sections = _simple_sections(code)
    chosen = 1 if size < 0 and len(sections) > 1 else 2 if not size and len(sections) > 2 else 0
    section = sections[chosen] if sections else None
    scaled = abs(size) * section.factor if section is not None else _EXACT
    if section is None or scaled >= _EXACT:
        return _slowly(number, code)
    digits = format(scaled * _NEARLY, section.digits)
    text = f"{section.before}{digits}{section.behind}"
    if size < 0 and not chosen and digits.strip("0.,"):
        text = f"-{text}"
    less = size != 0 if section.factor != 1 else scaled * section.ones < 9.5 and float(digits) != scaled
    return text, general(size) if less else ""


def general(size: float) -> str:
    """A number as a cell without a format shows it."""
    text = f"{size:.11g}"
    return text if "e" not in text else number_formats.general(Decimal(repr(size)))


@lru_cache(maxsize=8192)
def _slowly(number: str, code: str | None) -> tuple[str, str]:
    kept = number_formats.value(number)
    if kept is None:
        return number, ""
    if code is None:
        return number_formats.general(kept), ""
    text = number_formats.shown(kept, code)
    return text, general(float(kept)) if says_less(text, kept) else ""


_PRINTED: Final = re.compile(r"(?:[0-9][0-9,]*)?\.?[0-9]+")
_HALF: Final = Decimal("0.5000001")
"""Of the last digit shown: so far a number may be from what is shown of it."""


def says_less(text: str, kept: Decimal) -> bool:
    """Whether what a cell shows is more than a rounding of its number: percentages, thousands, one digit, no number."""
    match = _PRINTED.search(text)
    if match is None:
        return bool(kept)
    digits = match[0].replace(",", "")
    places = len(digits.partition(".")[2])
    if abs(abs(kept) - Decimal(digits)) > _HALF.scaleb(-places):
        return True
    return abs(kept) != Decimal(digits) and len(digits.replace(".", "").lstrip("0")) < 2
