"""What a mail says of the mails before it: Message-IDs, the Thread-Index of Outlook, and the subject.

Total: any text gives an answer.  Mail programs fold, quote, comment, cut, change the case of and forget the brackets of
what they copy, so all of that is undone here; how much of it is looked at is limited, as its sender may write anything.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from gateway.text import fold

CONVERSATION: Final = 22
"""Bytes of a Thread-Index that name its conversation; each reply adds `_STEP` to them (MS-OXOMSG 2.2.1.3)."""
_STEP: Final = 5
_VALUE: Final = 65_536
"""Characters of one field that are read: half from its start and half from its end, for what is cut is the middle."""
_IDS: Final = 100
"""Message-IDs of one field that count, from its start and as many from its end; threads of people stay below 50."""
_LONGEST: Final = 250
_SHORTEST: Final = 5
_MENTIONS: Final = 20_000
"""Places of one text that are looked at as quoted Message-IDs; a directory of a department has fewer addresses."""
_SUBJECT: Final = 1_000
_WORDS: Final = 24

_COMMENT: Final = re.compile(r"\([^()]*\)")
_TOKEN: Final = re.compile(r"<([^<>]+)>?|([^\s<>,;]+)")
_RUN: Final = re.compile(r"[^\s<>,;:\"'()\[\]@]+")
_LITERAL: Final = re.compile(r"\[[0-9a-f.:]{1,60}\]", re.I)
_TAG: Final = re.compile(r"\[(?!was\b)[^\[\]]*\]")
_PREFIX: Final = re.compile(
    r"(?:\w{1,4}|antwort|doorst|forward(?:ed)?|weitergeleitet|automatic reply|auto(?:matic)? response|out of office"
    r"|accepted|declined|tentative|undeliverable|recall|read|not read|official(?:[- ]sensitive)?)"
    r"(?: ?[\[(]?[0-9]{1,3}[\])]?)? ?: *"
)
_WAS: Final = re.compile(r"[\[(] ?was\b.*|\bwas ?:.*")
_PARENTS: Final = ("in-reply-to", "x-forwarded-message-id")
_WANTED: Final = frozenset({"message-id", "references", "thread-index", "subject", *_PARENTS})


@dataclass(frozen=True, slots=True)
class Lineage:
    """What one header says: its own Message-IDs, those of the mails that it answers, and those further back.

    `index` is its Thread-Index, decoded (empty where it has none, or no proper one), `words` are those of its subject.
    """

    own: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    further: tuple[str, ...] = ()
    index: bytes = b""
    words: frozenset[str] = frozenset()

    @property
    def conversation(self) -> bytes:
        """The start of the Thread-Index that all mails of a conversation have."""
        return self.index[:CONVERSATION]

    @property
    def answered(self) -> bytes:
        """The Thread-Index of the mail that this one answers; empty for the first of a conversation."""
        return self.index[:-_STEP] if len(self.index) >= CONVERSATION + _STEP else b""


def lineage(header: str) -> Lineage:
    """What a header block says; every field stands on one line, as `gateway.message` gives it."""
    fields = _fields(header)
    own = _spread(fields.get("message-id", ()))
    references = _spread(fields.get("references", ()))
    answered = _spread(value for name in _PARENTS for value in fields.get(name, ()))
    # Whoever answers puts the mail that they answer last.
    parents = tuple(dict.fromkeys((*answered, *references[-1:])))
    further = tuple(each for each in references if each not in parents)
    indexes = [found for value in fields.get("thread-index", ()) if (found := thread_index(value))]
    subject = " ".join(fields.get("subject", ())[:1])
    # A header with several Message-IDs was written by no mail program: one reads the first, another the last.
    ends = tuple(dict.fromkeys((*own[:1], *own[-1:])))
    return Lineage(ends, parents, further, indexes[0] if indexes else b"", subject_words(subject))


def _fields(header: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in header.split("\n"):
        name, colon, value = line.partition(":")
        if colon and len(name) < 40 and (name := name.strip().lower()) in _WANTED:
            found.setdefault(name, []).append(value)
    return found


def _spread(values: Iterable[str]) -> tuple[str, ...]:
    """The Message-IDs of some fields, each once, in order, at most `_IDS` from both ends."""
    found = tuple(dict.fromkeys(each for value in values for each in message_ids(value)))
    return found if len(found) <= 2 * _IDS else (*found[:_IDS], *found[-_IDS:])


def message_ids(value: str) -> Iterator[str]:
    """The Message-IDs of a field's value, in a form that compares equal; also those that lost their brackets."""
    if len(value) > _VALUE:
        value = value[: _VALUE // 2] + " " + value[-_VALUE // 2 :]
    tokens = _TOKEN.findall(_without_comments(value))
    alone = len(tokens) == 1
    for bracketed, bare in tokens:
        found = _plain(bracketed or bare)
        if _SHORTEST <= len(found) <= _LONGEST and (bracketed or "@" in found[1:-1] or alone):
            yield found


def _without_comments(value: str) -> str:
    for _ in range(5):
        if "(" not in value:
            break
        value = _COMMENT.sub(" ", value)
    return value


def _plain(message_id: str) -> str:
    """White space inside is what a fold left behind; no two mails differ by case alone."""
    return "".join(message_id.split()).strip(",;").lower()


def mentioned(text: str) -> Iterator[str]:
    """Whatever in a text may be a quoted Message-ID: it has an `@`.  Addresses are among them, and do no harm."""
    at = text.find("@")
    for _ in range(_MENTIONS):
        if at < 0:
            return
        # What stands before it is read from there to the left: searched for, it would cost the square of its length.
        before = _RUN.match(text[max(0, at - _LONGEST) : at][::-1])
        after = _RUN.match(text, at + 1, at + _LONGEST) or _LITERAL.match(text, at + 1)
        if before and after:
            yield f"{before[0][::-1]}@{after[0].rstrip('.')}".lower()
        at = text.find("@", at + 1)


def thread_index(value: str) -> bytes:
    """The bytes of a Thread-Index; empty where that is no proper one."""
    text = "".join(value[:_VALUE].split())
    try:
        found = b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""
    return found if len(found) >= CONVERSATION and (len(found) - CONVERSATION) % _STEP == 0 else b""


def subject_words(subject: str) -> frozenset[str]:
    """The words of a subject, without what mail programs and gateways put before it: `Re:`, `AW:`, `[EXTERNAL]`.

    Of `Lunch (was: Figures)` it is the words before the bracket: it says itself that it goes on to something else.
    """
    folded = _WAS.sub("", _TAG.sub(" ", fold(subject[:_SUBJECT]))).strip()
    while match := _PREFIX.match(folded):
        folded = folded[match.end() :]
    return frozenset(dict.fromkeys(re.findall(r"\w+", folded)[:_WORDS]))
