"""The title of a publication out of the subject of a mail: without marks of answering, secrecy and time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_ANSWERED: Final = r"(?:re|fwd?|aw|wg|tr|sv|vs)(?:\s?\[\d+\])?"
_ANSWER: Final = re.compile(rf"\s*{_ANSWERED}\s*:\s*", re.IGNORECASE)
_TAG: Final = re.compile(r"\[([^\[\]]{0,80})\]|\{([^{}]{0,80})\}|\(([^()]{0,80})\)")
_SEPARATOR: Final = re.compile(r"\s*[:;]\s+|\s+[-–—/]+\s+|\s*\|\s*|\s*[*_~]{2,}\s*")
_WORDS: Final = (
    r"official(?:[\s-]*sensitive)?|restricted(?:[\s-]+statistics)?|confidential(?:[\s-]+statistics)?|in confidence"
    r"|(?:strictly |under )?embargo(?:ed)?|market[\s-]*sensitive|sensitive|protect(?:ed)?|secret|personal|commercial"
    r"|internal|external|private|urgent|important|action(?: required)?|for (?:information|action|briefing)"
    r"|not for (?:onward )?(?:circulation|publication|release|sharing)|do not forward"
    r"|pre-?release(?: access)?(?: (?:e?mail|material|version|copy|pack|list))?|pra(?: (?:e?mail|copy|pack))?"
    r"|draft|caution|encrypted|secure"
)
_MARK: Final = re.compile(rf"{_ANSWERED}|(?:{_WORDS})(?:[\s,/&-]+(?:and )?(?:{_WORDS}))*", re.IGNORECASE)
_UNTIL: Final = re.compile(
    rf"(?:{_WORDS})?\s*\b(?:until|till|not before|for release at|for publication at)\b.*"
    r"(?:\d|publi(?:shed|cation)|releas)",
    re.IGNORECASE,
)
_WHEN: Final = re.compile(
    r"(?=.*(?:\d[:.]\d\d|\d ?[ap]\.?m|noon|midday|midnight))"
    r"(?:(?:at|on|of|until|till|publication|published|the|am|pm|a\.m\.|p\.m\.|hrs|hours|noon|midday|midnight|bst|gmt"
    r"|utc|uk time|(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tue|wed|thu|fri|sat|sun"
    r"|(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}|\d{1,4}(?:st|nd|rd|th|am|pm)?)"
    r"(?:[\s,.:/-]+|\Z))+",
    re.IGNORECASE,
)
_LONGEST: Final = 500
"""Characters of a subject that are looked at."""
_SHOUTED: Final = re.compile(
    r"(?:OFFICIAL[\s-]*SENSITIVE|OFFICIAL|RESTRICTED|CONFIDENTIAL|EMBARGOED|MARKET[\s-]SENSITIVE|PRE-?RELEASE ACCESS"
    r"|PRA)\b[\s,-]+(?=\S)"
)
_ACCESS: Final = re.compile(r"pre-?release access (?:to|for|of)(?: the)?\s+", re.IGNORECASE)


def title_in(subject: str) -> str:
    """The title that a subject line (decoded) names; "" where it is made of marks alone."""
    text = _TAG.sub(
        lambda match: " " if _is_mark(_inner(match)) else match[0], " ".join(subject[:_LONGEST].split())
    )
    return " ".join("".join(_kept(text)).split())


def _inner(match: re.Match[str]) -> str:
    return next(group for group in match.groups() if group is not None)


def _kept(text: str) -> Iterator[str]:
    """The segments that are no marks, each but the first with the separator that stands before it."""
    before, start, first = "", 0, True
    for match in (*_SEPARATOR.finditer(text), None):
        piece = _bare(text[start : match.start() if match is not None else len(text)])
        if not _is_mark(piece):
            yield piece if first else f"{before}{piece}"
            first = False
        if match is not None:
            before, start = match[0], match.end()


def _is_mark(text: str) -> bool:
    plain = text.strip(" .,!*-")
    return not plain or any(form.fullmatch(plain) for form in (_MARK, _UNTIL, _WHEN))


def _bare(piece: str) -> str:
    """A segment without the marks that stand before its words with nothing between."""
    while match := _ANSWER.match(piece) or _SHOUTED.match(piece) or _ACCESS.match(piece):
        piece = piece[match.end() :]
    return piece.strip()
