"""How much of a document is registered, as numbers by name and in words: for commands and pages alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

_BY_KIND = {"text": "runs", "figures": "figures", "link": "links", "thread": "threads"}
"""Kind of feature -> its name in a record."""
_WORDS = {
    "digests": ("digest", "digests"),
    "runs": ("run of words", "runs of words"),
    "figures": ("figure", "figures"),
    "links": ("link", "links"),
    "threads": ("thread", "threads"),
}


def amounts(digests: int, counts: Mapping[str, int]) -> dict[str, int]:
    """How much there is of each kind, by name; `counts` go by kind of feature."""
    return {"digests": digests, **{name: counts.get(kind, 0) for kind, name in _BY_KIND.items()}}


def summed(found: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The amounts of several documents together."""
    every = list(found)
    return {name: sum(each[name] for each in every) for name in _WORDS}


def in_words(found: Mapping[str, int]) -> str:
    """`3 digests, 1,204 runs of words, 1 figure`: digests always, the rest where there is any."""
    told = [name for name in _WORDS if found[name] or name == "digests"]
    return ", ".join(f"{found[name]:,} {_WORDS[name][found[name] != 1]}" for name in told)
