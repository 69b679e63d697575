"""Numbers as people print them: every form of a figure in a text as one value with its printed precision.

What a chunk says by itself is known (`saying`); what the atoms beside it say decides here, for all at once, whether it
is a figure at all: years, dates, times, telephone numbers, references and the numbers of pages and tables are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from gateway.features.atoms import Atoms, Bits, Numbers
from gateway.features.figure import MOST_DIGITS, Unit
from gateway.features.found import NO_FIGURES, Found, begins, digits_of
from gateway.features.numberwords import POWER_AT, Says

_TENS: Final = 10 ** np.arange(18, dtype=np.int64)
_POWERS: Final = 7 << POWER_AT
_OWN_UNIT: Final = Says.MONEY | Says.PERCENT | Says.SAID
_AROUND: Final = 3
"""Atoms beside a number that may decide what it is."""
_MARGIN: Final = np.zeros(_AROUND, np.int64)
_UNITS: Final = _POWERS | Says.PER | Says.PERCENT_WORD | Says.MONEY_WORD
_LAST_SMALL: Final = 10
"""The last number in words that is a figure only with what it counts."""
_COUNTED: Final = _UNITS | Says.FRACTION | Says.OF | Says.OUT


def candidates(says: Numbers, mantissa: Numbers) -> Numbers:
    """Where figures may begin in a text of such atoms: a small number in words only beside what it may count."""
    at = np.flatnonzero(says & (Says.NUMBER | Says.SPELLED))
    own = says[at]
    words = np.flatnonzero(own & Says.SPELLED)
    if not len(words):
        return at
    told = own & Says.NUMBER
    after = says[np.minimum(at[words] + 1, len(says) - 1)]
    told[words] = (mantissa[at[words]] > _LAST_SMALL) | (after & _COUNTED)
    found: Numbers = at[np.flatnonzero(told)]
    return found


def figures(atoms: Atoms) -> Found:
    """The figures of a text; never raises."""
    at = candidates(atoms.says, atoms.mantissa)
    if not len(at):
        return NO_FIGURES
    says = np.concatenate((_MARGIN, atoms.says, _MARGIN))
    own, after = says[at + _AROUND], says[at + (_AROUND + 1)]
    numbers, words = at, at[:0]
    if _any(own, Says.SPELLED):
        spelled = (own & Says.SPELLED) != 0
        numbers, words = at[~spelled], at[spelled]
    parts = []
    if len(numbers):
        plain, first = _plain(atoms, says, numbers)
        parts += [plain, *_grouped(atoms, says, first)]
    if len(words):
        parts.append(_spelled(atoms, says, words))
    if _any(after, Says.OF | Says.OUT):
        parts.append(_shares(atoms, says, at))
    return _in_order([part for part in parts if len(part)])


def _any(says: Numbers, flags: int) -> bool:
    """Whether any of the atoms says one of these."""
    return bool(int(np.bitwise_or.reduce(says)) & flags)


def _numbered(found: Found) -> Found:
    """The figures of a text in order, with the numbers of their places."""
    slot = np.cumsum(begins(found.start)) - 1
    return Found(found.mantissa, found.exponent, found.unit, found.digits, found.start, found.end, slot)


@dataclass(frozen=True, slots=True)
class _Beside:
    """What stands after numbers and may be their unit: the flags there, the magnitude, how many atoms it takes."""

    thousands: Numbers
    percent: Bits
    money: Bits
    length: Numbers


def _beside(says: Numbers, last: Numbers) -> _Beside:
    """What the atoms after each place (of the text without its margin) say of the unit."""
    one = says[last + (_AROUND + 1)]
    if not _any(one, _UNITS):
        nothing, no = np.zeros(len(last), np.int64), np.zeros(len(last), np.bool_)
        return _Beside(nothing, no, no, nothing)
    two, three = says[last + (_AROUND + 2)], says[last + (_AROUND + 3)]
    open_ended = (says[last + _AROUND] & (Says.TAIL | Says.SAID)) == 0
    thousands = np.where(open_ended, (one & _POWERS) >> POWER_AT, 0)
    percent_cent = open_ended & ((one & Says.PER) != 0) & ((two & Says.CENT) != 0)
    percent_word = open_ended & ((one & Says.PERCENT_WORD) != 0)
    percent = percent_cent | percent_word
    money = open_ended & ((one & Says.MONEY_WORD) != 0)
    points = np.where(percent_cent, three, two) & Says.POINTS
    length = np.where(percent_cent, 2, np.where(percent_word | money | (thousands > 0), 1, 0))
    return _Beside(thousands, percent, money, length + (percent & (points != 0)))


def _plain(atoms: Atoms, says: Numbers, at: Numbers) -> tuple[Found, Found]:
    """Numbers that one atom says, with the unit after it, where what is beside them does not make them something else.

    Beside these are those with which a number in groups may begin.
    """
    own, after = says[at + _AROUND], says[at + (_AROUND + 1)]
    beside = _beside(says, at)
    said = ((own & _OWN_UNIT) != 0) | (beside.length > 0)
    other = _other(atoms, says, at)
    mantissa, exponent = atoms.mantissa[at], atoms.exponent[at] + 3 * beside.thousands
    digits = digits_of(mantissa)
    # One digit alone is in every mail.
    told = (digits > 1) | said | (exponent < 0)
    some = mantissa > 0
    kept = some & told & (said | ~other)
    unit = _units(
        exponent + digits,
        ((own & Says.PERCENT) != 0) | beside.percent,
        ((own & Says.MONEY) != 0) | beside.money,
        ((own & Says.SAID) != 0) | (beside.thousands > 0),
    )
    found = Found(mantissa, exponent, unit, digits, at, at + 1 + beside.length, at)
    going_on = ((own & Says.FIRST) != 0) & ((after & Says.THREE) != 0)
    first = NO_FIGURES if not going_on.any() else found.taken((kept | (some & ~other)) & going_on)
    return found if kept.all() else found.taken(np.flatnonzero(kept)), first


def _other(atoms: Atoms, says: Numbers, at: Numbers) -> Bits:
    """Which numbers are something else if nothing says their unit: years, times, telephone numbers, pages."""
    own, before, after = (says[at + (_AROUND + step)] for step in (0, -1, 1))
    other: Bits = ((own & (Says.YEAR | Says.PHONE)) | (after & Says.TIME)) != 0
    small = own & Says.SMALL
    if _any(before, Says.PLACE):
        # A number of a page or section is bare; one whose thousands are grouped by commas counts something.
        bare = ((own & Says.DIGITS) != 0) | (atoms.exponent[at] < 0)
        other |= bare & ((before & Says.PLACE) != 0)
    if _any(before | after, Says.MONTH | Says.ITEM):
        other |= (small != 0) & ((((before | after) & Says.MONTH) | (before & Says.ITEM)) != 0)
    if _any(atoms.says, Says.PHONE):
        phone = (own & Says.DIGITS) != 0
        if phone.any():
            other |= phone & _phones(atoms, at)
    return other


def _units(magnitude: Numbers, percent: Bits, money: Bits, power: Bits) -> Numbers:
    large = power | (magnitude > 3)
    plain = np.where(large, int(Unit.COUNT), int(Unit.PLAIN))
    return np.where(percent, int(Unit.PERCENT), np.where(money, int(Unit.MONEY), plain))


def _phones(atoms: Atoms, at: Numbers) -> Bits:
    """Whether each number belongs to a run of digits that begins like a telephone number."""
    digits = (atoms.says & Says.DIGITS) != 0
    begins = digits & ~np.concatenate(([False], digits[:-1]))
    run = np.cumsum(begins)
    # Inside a run three digits that begin with a nought may be a group of a number.
    calling = digits & ((atoms.says & Says.PHONE) != 0) & (begins | ((atoms.says & Says.THREE) == 0))
    calls = np.zeros(int(run[-1]) + 1, np.bool_)
    calls[run[calling]] = True
    found: Bits = calls[run[at]]
    return found


def _grouped(atoms: Atoms, says: Numbers, first: Found) -> list[Found]:
    """Numbers in groups of three digits that spaces keep apart, by the first group: two groups, and three."""
    if not len(first):
        return []
    two = _group(atoms, says, first, 1)
    open_ended = (says[first.start + _AROUND + 1] & Says.TAIL) == 0
    longer = first.taken(open_ended & ((says[first.start + _AROUND + 2] & Says.THREE) != 0))
    return [two, _group(atoms, says, longer, 2)] if len(longer) else [two]


def _group(atoms: Atoms, says: Numbers, first: Found, more: int) -> Found:
    total = first.mantissa * _TENS[first.exponent]
    for step in range(1, more + 1):
        at = first.start + step
        total = total * 1000 + atoms.mantissa[at] * _TENS[np.maximum(0, atoms.exponent[at])]
    beside = _beside(says, first.start + more)
    money = ((says[first.start + _AROUND] & Says.MONEY) != 0) | beside.money
    mantissa, exponent = _settled(total)
    exponent = exponent + 3 * beside.thousands
    digits = digits_of(mantissa)
    unit = _units(exponent + digits, beside.percent, money, beside.thousands > 0)
    end = first.start + more + 1 + beside.length
    return Found(mantissa, exponent, unit, digits, first.start, end, first.start)


def _settled(values: Numbers) -> tuple[Numbers, Numbers]:
    """Whole numbers without the noughts at their ends, and to so many digits as are told apart."""
    mantissa, exponent = values.copy(), np.zeros(len(values), np.int64)
    for _ in range(8):
        whole = (mantissa >= 100) & (mantissa % 10 == 0)
        mantissa, exponent = np.where(whole, mantissa // 10, mantissa), exponent + whole
    excess = np.maximum(0, digits_of(mantissa) - MOST_DIGITS)
    cut = (mantissa + _TENS[excess] // 2) // _TENS[excess]
    return cut, exponent + excess


def _spelled(atoms: Atoms, says: Numbers, at: Numbers) -> Found:
    """Numbers in words: twelve, twenty five, three million, two thirds; below eleven only with what they count."""
    one = says[at + _AROUND + 1]
    value, following = atoms.mantissa[at], atoms.mantissa[np.minimum(at + 1, len(atoms) - 1)]
    fraction = ((one & Says.FRACTION) != 0) & (value < following)
    compound = ((one & Says.SPELLED) != 0) & (value >= 20) & (value % 10 == 0) & (following < 10)
    last = at + (compound & ~fraction)
    value = np.where(compound, value + following, value)
    beside = _beside(says, last)
    counted = (beside.thousands > 0) | beside.percent
    whole = np.where(fraction, following, 1)
    mantissa = np.where(fraction, (200 * value + whole) // (2 * whole), value)
    exponent = 3 * np.where(fraction, 0, beside.thousands)
    kept = fraction | counted | (value > 10)
    digits = digits_of(mantissa)
    unit = _units(
        exponent + digits, beside.percent | fraction, beside.money & ~fraction, beside.thousands > 0
    )
    end = last + 1 + np.where(fraction, 1, beside.length)
    return Found(mantissa, exponent, unit, digits, at, end, at).taken(kept)


def _shares(atoms: Atoms, says: Numbers, at: Numbers) -> Found:
    """Shares: 1 in 5, three out of ten; as percentages printed to the unit."""
    own, after, next_but_one, last = (says[at + (_AROUND + step)] for step in range(4))
    bare = Says.SMALL | Says.SPELLED
    at = at[
        ((after & (Says.OF | Says.OUT)) != 0) & ((own & bare) != 0) & (((next_but_one | last) & bare) != 0)
    ]
    if not len(at):
        return NO_FIGURES
    out = (says[at + _AROUND + 1] & Says.OUT) != 0
    last = np.minimum(at + np.where(out, 3, 2), len(atoms) - 1)
    said = says[at + _AROUND + 1] | np.where(out, says[at + _AROUND + 2], 0)
    part, whole = atoms.mantissa[at], np.maximum(1, atoms.mantissa[last])
    fits = ((said & Says.OF) != 0) & ((says[last + _AROUND] & bare) != 0) & (atoms.exponent[last] == 0)
    fits &= (part < whole) & (part < 100) & (whole <= 100)
    mantissa = (200 * part + whole) // (2 * whole)
    unit = np.full(len(at), int(Unit.PERCENT))
    found = Found(mantissa, np.zeros_like(at), unit, digits_of(mantissa), at, last + 1, at)
    return found.taken(fits & (mantissa > 0))


def _in_order(parts: list[Found]) -> Found:
    """All readings by place; those of one place share its slot."""
    if not parts:
        return NO_FIGURES
    if len(parts) == 1:
        return _numbered(parts[0])
    whole = Found(
        np.concatenate([each.mantissa for each in parts]),
        np.concatenate([each.exponent for each in parts]),
        np.concatenate([each.unit for each in parts]),
        np.concatenate([each.digits for each in parts]),
        np.concatenate([each.start for each in parts]),
        np.concatenate([each.end for each in parts]),
        np.concatenate([each.slot for each in parts]),
    )
    whole = whole.taken(np.lexsort((-whole.end, whole.start)))
    return _numbered(whole)


__all__ = ["NO_FIGURES", "Found", "begins", "candidates", "digits_of", "figures"]
