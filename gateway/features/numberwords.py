"""Words beside numbers that say what they are: units, magnitudes, months, places in a document, numbers in words."""

from __future__ import annotations

from typing import Final

from gateway.text import words


class Says:
    """What an atom says, as flags; three bits from POWER_AT on say how many thousands a word stands for."""

    NOTHING: Final = 0
    NUMBER: Final = 1
    MONEY: Final = 1 << 1
    PERCENT: Final = 1 << 2
    SAID: Final = 1 << 3
    """The unit or magnitude stands in the chunk itself."""
    YEAR: Final = 1 << 4
    DIGITS: Final = 1 << 5
    """Nothing but digits, a bracket before them at most."""
    THREE: Final = 1 << 6
    """Three digits that may go on from a number before."""
    FIRST: Final = 1 << 7
    """One to three digits that may go on in the next atom."""
    SMALL: Final = 1 << 8
    """A bare whole number of one or two digits: it may be a day."""
    PHONE: Final = 1 << 9
    ENDS: Final = 1 << 10
    """The end of a sentence."""
    MONTH: Final = 1 << 11
    PLACE: Final = 1 << 12
    TIME: Final = 1 << 13
    """After a number: it is a time, or the size of a file."""
    PER: Final = 1 << 14
    CENT: Final = 1 << 15
    PERCENT_WORD: Final = 1 << 16
    POINTS: Final = 1 << 17
    MONEY_WORD: Final = 1 << 18
    WORD: Final = 1 << 19
    SPELLED: Final = 1 << 20
    FRACTION: Final = 1 << 21
    OF: Final = 1 << 22
    """Between two numbers: one in five, three out of ten."""
    OUT: Final = 1 << 23
    NEGATIVE: Final = 1 << 24
    LINE: Final = 1 << 25
    CELL: Final = 1 << 26
    TAIL: Final = 1 << 27
    """A mark after a number, by which what follows is not its unit."""
    COMMON: Final = 1 << 31
    """A content word that is in every kind of mail."""
    THAN: Final = 1 << 33
    """After it stands what something is compared with."""
    AGO: Final = 1 << 34
    """Before it stands what was so earlier."""
    ITEM: Final = 1 << 32
    """After it a number of one or two digits is that of a thing or an age."""


POWER_AT: Final = 28
LINE, CELL = "{", "}"
"""Marks of the end of a line and of a cell in text that keeps them."""


POWERS: Final = {
    **dict.fromkeys(("thousand", "thousands", "k", "000s"), 1),
    **dict.fromkeys(("million", "millions", "mn", "m"), 2),
    **dict.fromkeys(("billion", "billions", "bn", "b"), 3),
    **dict.fromkeys(("trillion", "trillions", "tn"), 4),
}
PERCENTS: Final = frozenset(words("percent percentage pc ppt ppts pp")) | {"%", "per-cent"}
MONEYS: Final = frozenset(words("pound pounds euro euros dollar dollars pence p gbp eur usd"))
THINGS: Final = frozenset(
    ("kb", "mb", "gb", "tb", "bytes", "kilobytes", "megabytes", "px", "pixels", "dpi", "mbps", "mhz", "ghz")
)
"""Units after which a number is a size of a file or of a screen."""
TIMES: Final = frozenset(
    ("am", "pm", "a.m", "p.m", "a.m.", "p.m.", "hrs", "hours", "o'clock", "bst", "gmt", "utc")
)
MONTHS: Final = frozenset(
    words("""
    jan january feb february mar march apr april may jun june jul july aug august sep sept september oct october nov
    november dec december
    """)
)
PLACES: Final = frozenset(
    words("""
    p pp page pages para paras paragraph paragraphs section sections sec table tables fig figs chart charts chapter
    chapters annex appendix no nos ref refs reference references version versions ver room floor ext extension tel
    telephone phone fax mobile mob box vol bug ticket invoice id isbn issn rfc port article regulation code postcode
    zip sip build width height
    """)
)
"""Words after which a bare number names a place or a thing and counts nothing."""
ITEMS: Final = frozenset(
    words("""
    figure figures number line lines item items step steps note notes footnote footnotes issue volume part parts order
    case rule series account level grade age aged ages
    """)
)
"""Words after which a small number may name a thing, a large one may not."""
ONES: Final = words(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen"
)
TENS: Final = words("twenty thirty forty fifty sixty seventy eighty ninety")
SPELLED: Final = {
    **{word: number for number, word in enumerate(ONES, 1)},
    **{word: 10 * number for number, word in enumerate(TENS, 2)},
    **{
        f"{ten}-{one}": 10 * tens + ones
        for tens, ten in enumerate(TENS, 2)
        for ones, one in enumerate(ONES[:9], 1)
    },
    "a": 1,
    "an": 1,
}
PARTS: Final = {
    f"{part}{s}": whole
    for part, whole in {
        "half": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10
    }.items()
    for s in ("", "s")
}  # fmt: skip
FIXED: Final[dict[str, int]] = {
    **dict.fromkeys(MONTHS, Says.MONTH),
    **dict.fromkeys(PLACES, Says.PLACE),
    **dict.fromkeys(ITEMS, Says.ITEM),
    **dict.fromkeys((*TIMES, *THINGS), Says.TIME),
    **dict.fromkeys(PERCENTS, Says.PERCENT_WORD),
    **dict.fromkeys(MONEYS, Says.MONEY_WORD),
    **{word: power << POWER_AT for word, power in POWERS.items()},
    **dict.fromkeys(PARTS, Says.FRACTION),
    **dict.fromkeys(("compared", "from", "than", "versus", "against", "exceeding"), Says.THAN),
    **dict.fromkeys(("ago", "earlier", "previous", "previously", "before"), Says.AGO),
    "per": Says.PER,
    "cent": Says.CENT,
    "points": Says.POINTS,
    "point": Says.POINTS,
    "in": Says.OF,
    "of": Says.OF,
    "out": Says.OUT,
    "p": Says.PLACE | Says.MONEY_WORD,
}
