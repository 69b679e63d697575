"""Press lines of our own making: figures of a bulletin with their labels, in other words and other printed forms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from tests.evaluation.bulletins import MONTHS, Bulletin, sentences

_NUMBER = re.compile(
    r"(?<![\w.,/£-])(?P<money>£?)(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?P<part>\.\d+)?"
    r"(?P<unit>%|\s?per cent\b|\s?(?:thousand|million|billion)\b)?(?![\w,/-]?\d|\.\d)"
)
_WORD = re.compile(r"[A-Za-z][A-Za-z'-]{2,}")
_NAMED = re.compile(
    r"(?i)\b(?:table|tables|figure|figures|chart|map|section|annex|page|note|aged|age|ages)\s*$"
)
_SIZE = re.compile(r"(?i)\s?[kmg]b\b")
_FUNCTION_WORDS = """
    the and for from with that this these those were was are been being has have had not but than then also its their
    there which who whom whose what when where while will would could should may might can per cent million billion
    thousand year years month months quarter quarters latest compared compares comparison between during over under
    about around into onto out off most more less least fewer such same other others each both all any some only
    just very rose fell rise fall increase increased decrease decreased decline declined grew growth higher lower
    estimated estimate estimates accounted account accounting shows show showed shown figure figures table chart see
    number numbers total overall respectively followed first second third last previous since until ending against
"""
_EMPTY = frozenset(_FUNCTION_WORDS.split())
_REACH = 70
"""Characters of the clause before a figure in which its label is looked for; behind it, half as many."""
_TEMPLATES = (
    "{label}: {figure}",
    "{label} now at {figure}",
    "{figure} is what we will see for {label}",
    "on {label} the line is {figure}",
    "expect questions about {label}, which comes out at {figure}",
    "ministers can point to {figure} for {label}",
    "{figure} - {label}",
)
_INTRODUCTIONS = (
    "Draft lines on {topic} for tomorrow, please do not share:",
    "Suggested top lines ({topic}):",
    "For the morning call, on {topic} -",
    "Early sight of what we might say:",
    "Q and A, first cut:",
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure as it is printed, with the words of its label, and the sentence (by number) that it stands in."""

    money: str
    whole: str
    part: str
    unit: str
    label: tuple[str, ...]
    place: int

    @property
    def value(self) -> float:
        """The number as printed, without its unit."""
        return float(self.whole.replace(",", "") + self.part)

    @property
    def digits(self) -> int:
        """Significant digits."""
        printed = (self.whole.replace(",", "") + self.part).lstrip("0.").replace(".", "")
        return len(printed if self.part else printed.rstrip("0"))


def facts(bulletin: Bulletin) -> list[Fact]:
    """The figures of a bulletin's prose that have a label."""
    said = [sentence for text in bulletin.prose for sentence in sentences(text)]
    return [fact for place, sentence in enumerate(said) for fact in _facts(sentence, place)]


def _facts(sentence: str, place: int) -> Iterator[Fact]:
    for match in _NUMBER.finditer(sentence):
        label = _label(sentence, match)
        if label and not _is_other(sentence, match):
            unit = (match["unit"] or "").strip()
            yield Fact(match["money"], match["whole"], match["part"] or "", unit, label, place)


def _is_other(sentence: str, match: re.Match[str]) -> bool:
    """Whether a number is a year, a day, a table's, an age or the size of a file rather than a figure."""
    if _SIZE.match(sentence, match.end()):
        return True
    if match["unit"] or match["money"] or match["part"]:
        return False
    if _NAMED.search(sentence[: match.start()]):
        return True
    return "," not in match["whole"] and (int(match["whole"]) < 100 or 1800 <= int(match["whole"]) < 2100)


def _label(sentence: str, match: re.Match[str]) -> tuple[str, ...]:
    """The words of weight beside a figure, up to the next one on either side."""
    before = _NUMBER.split(sentence[max(0, match.start() - _REACH) : match.start()])[-1]
    behind = _NUMBER.split(sentence[match.end() : match.end() + _REACH // 2])[0]
    if len(before) == _REACH:
        before = before.partition(" ")[2]
    if match.end() + _REACH // 2 < len(sentence):
        behind = behind.rpartition(" ")[0]
    words = (*_weighty(before)[-3:], *_weighty(behind)[:2])
    return words if len(words) > 1 else ()


def _weighty(text: str) -> list[str]:
    words = _WORD.findall(text)
    return [word for word in words if word.lower() not in _EMPTY and word.lower() not in MONTHS]


def lines(rng: Random, bulletin: Bulletin, found: Sequence[Fact]) -> str | None:
    """Press lines with two to four different figures of one stretch of the bulletin; None where it has none."""
    strong = [fact for fact in found if fact.digits > 1]
    if len(strong) < 2:
        return None
    for _ in range(50):
        start = rng.choice(strong)
        near = {fact.whole + fact.part: fact for fact in strong if abs(fact.place - start.place) <= _STRETCH}
        if len(near) > 1:
            chosen = rng.sample(
                sorted(near.values(), key=lambda fact: fact.place), min(len(near), rng.choice(_FIGURES))
            )
            return _said(rng, bulletin, chosen)
    return None


_STRETCH = 6
"""Sentences from which the figures of one mail come."""
_FIGURES = (2, 2, 3, 3, 4)


def _said(rng: Random, bulletin: Bulletin, chosen: Sequence[Fact]) -> str:
    introduction = rng.choice(_INTRODUCTIONS).format(topic=bulletin.topic.lower())
    said = [
        rng.choice(_TEMPLATES).format(label=" ".join(fact.label).lower(), figure=printed(rng, fact))
        for fact in chosen
    ]
    joined = rng.choice((".\n", "\n- ", "; ", ", and "))
    first = "- " if joined == "\n- " else ""
    return f"{introduction}\n\n{first}{joined.join(said)}\n"


_SHORT = {
    "million": ("m", " million", "mn"),
    "billion": ("bn", " billion", "b"),
    "thousand": ("k", " thousand"),
}
_PERCENT = ("%", " per cent", "pc", " percent", " %")


def printed(rng: Random, fact: Fact) -> str:
    """A figure in another printed form, no coarser than three digits unless it was."""
    if fact.unit in ("%", "per cent"):
        return f"{fact.whole}{fact.part}{rng.choice(_PERCENT)}"
    if fact.unit:
        return f"{fact.money}{fact.whole}{fact.part}{rng.choice(_SHORT[fact.unit])}"
    return fact.money + rng.choice(list(_forms(fact)))


def _forms(fact: Fact) -> Iterator[str]:
    yield fact.whole + fact.part
    whole = fact.whole.replace(",", "")
    if fact.part or len(whole) < 4:
        return
    yield f"{int(whole):,}".replace(",", " ")
    yield whole
    number = int(whole)
    if len(whole) > 6:
        yield f"{number / 1e6:.2f} million"
        yield f"{number / 1e6:.2f}m"
    elif len(whole) == 6:
        yield f"{number / 1e3:.0f},000"
        yield f"{number / 1e3:.0f}k"
    elif len(whole) == 5:
        yield f"{number / 1e3:.1f} thousand"
        yield f"{number / 1e3:.1f}k"
