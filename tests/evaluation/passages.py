"""Passages taken out of a bulletin, as they stand or with words changed."""

from __future__ import annotations

from random import Random

from tests.evaluation.bulletins import Bulletin

_FILLING = """
    perhaps green window carefully letter bridge station morning river paper quietly seven garden
    therefore holding winter copper simple under distance
"""
_OTHER_WORDS = _FILLING.split()
_EVERY = 8


def passage(rng: Random, bulletin: Bulletin, length: int) -> str:
    """So many words in a row, beginning anywhere in the prose; lines end where paragraphs do."""
    words = [(word, last) for text in bulletin.prose for word, last in _ending(text)]
    start = rng.randrange(max(1, len(words) - length))
    return "".join(word + ("\n" if last else " ") for word, last in words[start : start + length]).strip()


def _ending(text: str) -> list[tuple[str, bool]]:
    """The words of a paragraph, each with whether it is the last."""
    words = text.split()
    return [(word, number == len(words) - 1) for number, word in enumerate(words)]


def wrapped(text: str, width: int) -> str:
    """The text in lines of at most so many characters."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)


def changed(rng: Random, text: str) -> str:
    """The text with every eighth word another one."""
    words = text.split()
    first = rng.randrange(_EVERY)
    return " ".join(
        rng.choice(_OTHER_WORDS) if number % _EVERY == first else word for number, word in enumerate(words)
    )
