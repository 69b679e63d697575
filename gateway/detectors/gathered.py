"""Wording whose letters do not stand together: spaced out, in cells, with signs between them, misspelt.

A page is read again without all that is neither letter nor figure.  Where the words of a rule stand there and not in
the page, they are put together, with what is before and after them, for the banner detector to judge.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Final

from gateway.detectors.page import LETTERS, Page
from gateway.detectors.rule import Wording
from gateway.text import translate

_SEPARATORS: Final = bytes(code for code in range(128) if not chr(code).isalnum())
_SHORTEST: Final = 5
"""Letters of a word that stands in other words by chance too often if it is shorter."""
_BEFORE, _AFTER = 160, 600
"""Characters around the words in which a time may stand, apart as it may be."""
_MOST: Final = 1_000
"""Places of one page that are put together; where there are more, what the others say is open."""
_IN_TIMES: Final = re.compile(r"(?<![0-9])[:./-]|[:./-](?![0-9])|[^a-z0-9:./-]")
_PIECES: Final = re.compile(
    r"(\d+(?:[:./-]\d+)*)|(january|february|march|april|may|june|july|august|september|october|november|december"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday|noon|midnight)|((?<=\d)(?:am|pm))(?:on|at)?"
)
_WORD: Final = re.compile(r"[a-z]{5,16}")
_KNOWN: Final = (
    "embargoed", "embargo", "embargoes", "restricted", "confidential", "published", "publication", "until",
)  # fmt: skip
_SIGNS: Final = (
    "mbarg",
    "argoed",
    "emba",
    "rgoe",
    "restri",
    "stricted",
    "confiden",
    "dential",
    "unti",
    "untl",
    "ublish",
)
"""Pieces of which a word with one mistake still has one."""

_Span = tuple[int, int, str]
"""Where a phrase stands among nothing but letters and figures, from and to, and its words."""


def gathered(page: Page, wordings: Iterable[Wording]) -> Iterator[Page]:
    """The page again where words of these wordings stand in it apart, or with one mistake.

    Nothing for nearly every page, after one pass; linear.
    """
    whole = page.letters.encode("ascii", "ignore")
    squeezed = whole.translate(None, _SEPARATORS)
    several = tuple(wordings)
    # Many wordings have the same anchors.
    anchors = {each for wording in several for each in wording.anchors if len(each) >= _SHORTEST}
    met = {anchor for anchor in anchors if _is_apart(anchor.encode(), squeezed, whole)}
    apart = [wording for wording in several if not met.isdisjoint(wording.anchors)]
    if apart and (found := _all_spans(squeezed.decode(), apart)):
        text = " ".join(_together(page, found[:_MOST]))
        yield replace(_page(page, text), endless=len(found) > _MOST)
    if any(sign in page.letters for sign in _SIGNS) and (text := _corrected(page.text)) != page.text:
        yield _page(page, text)


def _is_apart(anchor: bytes, squeezed: bytes, whole: bytes) -> bool:
    return anchor in squeezed and squeezed.count(anchor) > whole.count(anchor)


def _page(page: Page, text: str) -> Page:
    return replace(page, text=text, letters=translate(text, LETTERS), fresh="")


def _all_spans(squeezed: str, wordings: Iterable[Wording]) -> list[_Span]:
    """Where the phrases of wordings stand in the squeezed page, in order."""
    return sorted({span for wording in wordings for span in _spans(squeezed, wording)})


def _together(page: Page, found: Iterable[_Span]) -> Iterator[str]:
    """The phrases that were found in the squeezed page, with what is around them."""
    places = [at for at, letter in enumerate(page.letters) if letter.isascii() and letter.isalnum()]
    for start, end, said in found:
        first, last = places[start], places[end - 1] + 1
        yield _spelled(page.text[max(0, first - _BEFORE) : first])
        yield said
        yield _spelled(page.text[last : last + _AFTER])


def _spans(squeezed: str, wording: Wording) -> Iterator[_Span]:
    for phrase in wording.phrases:
        pattern = _squeezed(phrase.spelled)
        for match in pattern.finditer(squeezed) if pattern is not None else ():
            yield match.start(), match.end(), " ".join(match.groups())


@lru_cache(maxsize=512)
def _squeezed(slots: tuple[tuple[str, ...], ...]) -> re.Pattern[str] | None:
    """A phrase as it reads without its spaces; none for one of a single word, or one that leaves some open."""
    if len(slots) < 2:
        return None
    words = (
        "|".join(sorted((word.replace(" ", "") for word in slot), key=len, reverse=True)) for slot in slots
    )
    return re.compile("".join(f"({word})" for word in words))


def _spelled(text: str) -> str:
    """Text of which nothing is left but letters and figures, with spaces around what dates and times are made of."""
    return _PIECES.sub(
        lambda match: f" {match[0]} " if match[3] is None else f" {match[3]} ", _IN_TIMES.sub("", text)
    )


def _corrected(text: str) -> str:
    """Text whose misspelt words of embargoes are as they should be."""
    # Each word is looked at once, and nothing is written anew where all are right, as in nearly every text.
    meant = {word: known for word in set(_WORD.findall(text)) if (known := _known(word)) != word}
    return _WORD.sub(lambda match: meant.get(match[0], match[0]), text) if meant else text


def _known(word: str) -> str:
    """The known word that one with a single mistake means, else the word itself."""
    # Most words are turned away at next to no cost: bytes that were taken for text have a million different ones.
    return _meant(word) if word.startswith(_STARTS) or word.endswith(_ENDS) else word


_STARTS: Final = tuple({known[: len(known) // 2 - 1] for known in _KNOWN})
_ENDS: Final = tuple({known[len(known) // 2 + 1 :] for known in _KNOWN})
"""Where a known word has one mistake it still begins or ends like this: two letters in the middle may have changed."""


@lru_cache(maxsize=8192)
def _meant(word: str) -> str:
    return next((known for known in _KNOWN if word not in _KNOWN and _is_one_off(word, known)), word)


def _is_one_off(word: str, known: str) -> bool:
    """Whether a letter more, less, other or two in the wrong order make the one the other."""
    if abs(len(word) - len(known)) > 1:
        return False
    start = next(
        (at for at, pair in enumerate(zip(word, known, strict=False)) if pair[0] != pair[1]),
        min(len(word), len(known)),
    )
    one, other = word[start:], known[start:]
    return (
        one[1:] == other[1:]
        or one[1:] == other
        or one == other[1:]
        or (one[:2] == other[1::-1] and one[2:] == other[2:])
    )
