"""Cases about a registered bulletin: its sentences, figures and table in other forms, parts, words: C15 to C20, T17 to T22."""

# ruff: noqa: E501 (tables of one case a line)

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial

from gateway.features.figures import Figures, packed
from gateway.features.links import Links
from gateway.features.shingles import Texts, features
from gateway.material import link
from gateway.model import Part, PartKind, Register
from tests.blind import KEY, REGISTER, Case, Matter
from tests.blind.carriers import HELLO, Load, entity, multipart

SAID = """The unemployment rate was 4.7 per cent in the three months to March, up from 4.4 per cent. Of all lone parents 31.6 per cent were out of work.

There were 83,840 children looked after at the end of the year. In all 31,140 started to be looked after, and 52,480 were boys.
"""
ROWS: list[tuple[str, ...]] = [
    ("North East", "5,870", "114", "4,122", "318"), ("North West", "16,010", "98", "11,873", "642"), ("Yorkshire", "9,430", "84", "7,015", "471"),
    ("East Midlands", "6,520", "63", "4,391", "297"), ("West Midlands", "10,740", "82", "7,804", "533"), ("London", "10,200", "49", "8,366", "214"),
    ("South East", "11,480", "57", "8,935", "486"), ("South West", "6,730", "60", "5,219", "351"),
]  # fmt: skip
HEADS = ("Region", "Children", "Rate", "Placed", "Adopted")
FOLDER = "https://files.stats.example/preview/children-2027"
_OTHER = str.maketrans("0123456789", "6172938405")
"""Other figures of the same look, for the twins."""
_TWIN = {
    "children looked after": "tickets handed out",
    "started to be looked after": "came by train",
    "unemployment rate": "share of walkers",
    "lone parents": "late visitors",
    "out of work": "on the bus",
    "boys": "members",
}


@cache
def register() -> Register:
    """Where the bulletin, its table and its folder are registered."""
    table = "\n".join(" | ".join(row) for row in (HEADS, *ROWS))
    bulletin = f"{SAID}\n{table}\n"
    part = Part("1", PartKind.DOCUMENT, bulletin)
    return replace(
        REGISTER,
        texts=Texts.of({"cla": features(KEY, [bulletin])}),
        figures=Figures.of({"cla": [packed(KEY, [part])]}, {}),
        links=Links.of({"cla": [link(KEY, FOLDER)["link"]]}, {}),
    )


def mail(*texts: str) -> bytes:
    """A mail of these texts, each a part of its own."""
    return multipart(HELLO, *(entity(Load(text.encode(), b"text/plain; charset=utf-8")) for text in texts))


def twin(text: str) -> str:
    """The same form with other words and other figures."""
    for word, other in _TWIN.items():
        text = text.replace(word, other)
    text = re.sub(r"[0-9]", lambda digit: digit[0].translate(_OTHER), text)
    return re.sub(
        "four|seven|six|one|three|eight|hundred",
        lambda word: {"hundred": "thousand"}.get(word[0], "nine"),
        text,
    )


def known(row: str, texts: dict[str, str | tuple[str, ...]]) -> Iterator[Case]:
    """Cases of one text each, or of several parts."""
    for name, text in texts.items():
        parts = (text,) if isinstance(text, str) else text
        yield Case(row, f"bulletin-{name}", partial(_made, parts), register=register())


def _made(parts: tuple[str, ...], matter: Matter) -> bytes:
    return mail(*(parts if matter.planted else map(twin, parts)))


FIGURES = "83,840 children looked after, 31,140 started to be looked after, 52,480 boys"
RATES = "unemployment rate 4.7 per cent, lone parents out of work 31.6 per cent"


def _sign(of: str, other: str) -> str:
    return re.sub(rf"(?<=\d){re.escape(of)}(?=\d)", other, FIGURES if of == "," else RATES)


THOUSANDS = {
    f"thousands-{ord(sign):04x}": _sign(",", sign)
    for sign in " \u00a0\u2009\u202f\u2007.'\u2019\u066c\u2006\u200a"
} | {"thousands-none": FIGURES.replace(",", "")}
DECIMALS = {f"decimal-{ord(sign):04x}": _sign(".", sign) for sign in "·٫,∙⋅‧・．․"}
DIGITS = {
    f"digits-{name}": FIGURES.translate(str.maketrans("0123456789", digits))
    for name, digits in {"wide": "０１２３４５６７８９", "arabic": "٠١٢٣٤٥٦٧٨٩", "superscript": "⁰¹²³⁴⁵⁶⁷⁸⁹", "circled": "⓪①②③④⑤⑥⑦⑧⑨", "mathematical": "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗", "segments": "🯰🯱🯲🯳🯴🯵🯶🯷🯸🯹"}.items()
}  # fmt: skip
UNSEEN = {
    f"unseen-{ord(sign):04x}": sign.join(FIGURES)
    for sign in "\u200b\u200d\u2060\ufeff\u00ad\u034f\ufe0f\u0301\u0336"
}
WORDS = {
    "point": "the unemployment rate was four point seven per cent, and thirty one point six per cent of lone parents were out of work", "percent": "unemployment rate 4.7 percent; lone parents out of work 31.6 percent",
    "pc": "unemployment rate 4.7pc, lone parents out of work 31.6pc", "pct": "unemployment rate 4.7 pct, lone parents out of work 31.6 pct", "in-1000": "the unemployment rate was 47 in 1,000, and of lone parents 316 in 1,000 were out of work",
    "in-100": "the unemployment rate was 4.7 in 100, and of lone parents 31.6 in 100 were out of work", "thousandths": "the unemployment rate was 47‰, and of lone parents 316‰ were out of work",
    "counted": "eighty-three thousand eight hundred and forty children looked after at the end of the year, thirty-one thousand one hundred and forty started to be looked after",
    "thousand": "83.8 thousand children looked after; 31.1 thousand started to be looked after; 52.5 thousand boys", "k": "83.8k children looked after, 31.1k started to be looked after, 52.5k boys",
}  # fmt: skip
ENDS: dict[str, str | tuple[str, ...]] = {
    "figure-each": ("children looked after 83,840", "started to be looked after 31,140"), "rates": ("unemployment rate 4.7 per cent", "lone parents out of work 31.6 per cent", "hello"),
    "sentence": ("There were 83,840 children looked after at the", "end of the year. In all 31,140 started to be"), "row-each": tuple(" ".join(row) for row in ROWS), "cell-each": tuple(" ".join(row[:2]) for row in ROWS),
}  # fmt: skip


def _rows(rows: list[tuple[str, ...]], between: str = "\t") -> str:
    return "\n".join(between.join(row) for row in rows)


TABLES: dict[str, str | tuple[str, ...]] = {
    "transposed": _rows(list(zip(HEADS, *ROWS, strict=True))), "sorted": _rows(sorted(ROWS, key=lambda row: row[3])), "one-column": _rows([(row[0], row[3]) for row in ROWS]), "no-labels": "\n".join(row[3] for row in ROWS),
    "no-labels-sorted": "\n".join(sorted(row[3] for row in ROWS)), "some": "\n".join(row[3] for row in ROWS[:4]), "one-row": ", ".join(ROWS[1]), "other-labels": "\n".join(f"{chr(65 + n)}: {row[1]} {row[3]}" for n, row in enumerate(ROWS)),
    "by-hand": "north west 16010 kids, 11873 placed, 642 adopted; london 10200, 8366 placed and 214 adopted", "semicolons": _rows(ROWS, ";"), "bars": _rows(ROWS, " | "), "commas-quoted": "\n".join(",".join(f'"{cell}"' for cell in row) for row in ROWS),
    "latex": "\\\\\n".join(" & ".join(row).replace(",", "{,}") for row in ROWS), "latex-thin": "\\\\\n".join(" & ".join(row).replace(",", "\\,") for row in ROWS),
}  # fmt: skip
QUOTED: dict[str, str | tuple[str, ...]] = {
    "sentences": "> " + SAID.replace("\n", "\n> "), "figures": ">> children looked after: 83,840\n>> started to be looked after: 31,140\n>> boys: 52,480",
}  # fmt: skip
REWORDED = [
    ("not to be forwarded before Wednesday 12 May", "not to be opened before Wednesday 12 May"), ("Children looked after: not to be forwarded before Wednesday", "Summer party: not to be forwarded before Wednesday"),
    ("please do not share before 9:30 on Wednesday 12 May 2027", "please do not share before the party"), ("keep this to yourself until 9:30am on 12 May 2027", "keep this to yourself until the party"),
    ("not to be shared until Wednesday 12 May at 9:30am", "not to be shared until Friday 14 May at 7:30pm"), ("do not circulate until 12 May 2027", "do not circulate until 16 May 2027"),
    ("Not for onward circulation before 9:30am on 12 May", "The bus is not for hire before 9:30am on 12 May"), ("do not disclose the Children looked after figures before Wednesday", "do not disclose the winner before Wednesday"),
    ("Not to be forwarded before 9.30 Wednesday", "Not to be washed before 9.30 Wednesday"), ("embagoed until 9:30am on 12 May 2027", "embarked until 9:30am on 12 May 2027"),
    ("EMBARGOED UNTILL 9:30am on 12 May 2027", "OPEN UNTILL 9:30am on 12 May 2027"), ("emabrgoed until 12 May 2027 9:30am", "embanked until 12 May 2027 9:30am"),
    ("R E S T R I C T E D until published at 9:30am on 12 May 2027", "R E S T A U R A N T open at 9:30am on 12 May 2027"),
]  # fmt: skip


def _reworded(planted: str, twin: str, matter: Matter) -> bytes:
    return mail(planted if matter.planted else twin)


def _linked(url: str) -> Callable[[Matter], bytes]:
    return lambda matter: mail(f"it is here: {url if matter.planted else url.replace('children', 'canteen')}")


LINKS = [
    f"{FOLDER}", f"<{FOLDER}>", f"{FOLDER}?download=1", FOLDER.replace("https", "http"), FOLDER.upper().replace("HTTPS", "https").replace("/PREVIEW/CHILDREN-2027", "/preview/children-2027"),
    f"[the table]({FOLDER})", FOLDER.replace("/preview", "/\npreview"),
]  # fmt: skip


def figures() -> Iterator[Case]:
    """C15 to C17, C20: the figures of the bulletin as others write them."""
    yield from known("C15", dict(DIGITS))
    yield from known("C16", {**THOUSANDS, **DECIMALS})
    yield from known("C17", dict(UNSEEN))
    yield from known("C20", dict(WORDS))


def pieces() -> Iterator[Case]:
    """T17, T18, T20, T22: pieces of the bulletin, a link to it, a banner in somebody's own words."""
    yield from known("T17", ENDS)
    yield from known("T18", TABLES)
    yield from known("T22", QUOTED)
    for number, (planted, twin) in enumerate(REWORDED, 1):
        yield Case("T22", f"reworded-{number}", partial(_reworded, planted, twin), register=register())
    for number, url in enumerate(LINKS, 1):
        yield Case("T20", f"link-{number}", _linked(url), register=register())
