"""Threads: the mails of conversations in which a publication was found, by keyed digests of their Message-IDs.

A *root* is a mail in which the publication was found by its content, or that was registered.  What answers or forwards
a root belongs to its conversation, whatever its subject and text.  What stands further down belongs to it while the
subject goes on: people begin new subjects by answering old mail, and those must not wait for a lead for ever.  A mail
that was found by its thread alone is a *member*: it leads back to its root, but is none itself, so that a conversation
does not spread.

Pure: of a mail nothing is kept but digests under the installation's key; an entry says of one mail how it can be
pointed to, under which subject its root stood, and which root that was.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b
from typing import Final, Self

from gateway.features.lineage import Lineage, lineage, mentioned
from gateway.model import Message, PartKind
from gateway.traces import SIZE

_HEADER: Final = "header"
_KEPT: Final = "1/header"
"""Where the header of a file stands that is a mail kept by Outlook."""
_WORD: Final = 8
_ALIKE: Final = 2 / 3
"""Share of words (twice the common ones by all) above which a subject is still the same one."""
_ROOT, _DOUBTFUL = 1, 2
_FIXED: Final = struct.Struct(f"BB6x{SIZE}s{SIZE}s{SIZE}s{SIZE}s")
_NONE: Final = bytes(SIZE)

Subject = frozenset[bytes]
"""Keyed digests (8 bytes each) of the words of a subject."""


@dataclass(frozen=True, slots=True)
class Known:
    """One mail of a known conversation, as keyed digests (16 bytes; of zeros where it has no such thing).

    `mail` is that of its Message-ID, `index` and `conversation` are those of its Thread-Index and of its start;
    `origin` names its root, and `subject` is the root's.  `doubtful`: a banner left open whose it was.
    """

    mail: bytes
    index: bytes
    conversation: bytes
    origin: bytes
    subject: Subject
    root: bool = True
    doubtful: bool = False

    @property
    def name(self) -> bytes:
        """What it is known by: its Message-ID, else its Thread-Index."""
        return self.mail if self.mail != _NONE else self.index

    def packed(self) -> bytes:
        """As the store keeps it, sealed."""
        flags = _ROOT * self.root | _DOUBTFUL * self.doubtful
        fixed = _FIXED.pack(flags, len(self.subject), self.mail, self.index, self.conversation, self.origin)
        return fixed + b"".join(sorted(self.subject))


@dataclass(frozen=True, slots=True)
class Note:
    """One mail that is to be known from now on, in a conversation of one publication."""

    publication: str
    known: Known


def unpacked(joined: bytes) -> Iterator[Known]:
    """The entries of a packed set; ValueError where that is cut short."""
    position = 0
    while position < len(joined):
        try:
            flags, count, mail, index, conversation, origin = _FIXED.unpack_from(joined, position)
        except struct.error:
            raise ValueError("a set of threads is cut short") from None
        start = position + _FIXED.size
        position = start + count * _WORD
        if position > len(joined):
            raise ValueError("a set of threads is cut short")
        subject = _subject(joined[start:position])
        # A register holds many of them: what is equal is kept once.
        origin = mail if origin == mail else origin
        yield Known(mail, index, conversation, origin, subject, bool(flags & _ROOT), bool(flags & _DOUBTFUL))


@lru_cache(maxsize=4096)
def _subject(joined: bytes) -> Subject:
    return frozenset(joined[at : at + _WORD] for at in range(0, len(joined), _WORD))


@dataclass(frozen=True, slots=True)
class Keyed:
    """What one header says, as keyed digests; `answered` is that of the Thread-Index that it answers."""

    own: tuple[bytes, ...]
    parents: tuple[bytes, ...]
    further: tuple[bytes, ...]
    index: bytes
    conversation: bytes
    answered: bytes
    subject: Subject

    @classmethod
    def of(cls, key: bytes, found: Lineage) -> Self:
        """The digests of a lineage under the installation's key."""
        return cls(
            tuple(message_digest(key, each) for each in found.own),
            tuple(message_digest(key, each) for each in found.parents),
            tuple(message_digest(key, each) for each in found.further),
            _index_digest(key, found.index),
            _index_digest(key, found.conversation),
            _index_digest(key, found.answered),
            frozenset(
                _digest(key, b"subject", word.encode("utf-8", "replace"), _WORD) for word in found.words
            ),
        )


@dataclass(frozen=True, slots=True)
class Match:
    """A part of a mail that leads to a known one, of which publication; `trace` is what that rests on.

    The trace is the root's, so that a false alarm ends the whole conversation; under another subject it is one of its
    own: that somebody's lunch is no figure says nothing of the mail that they answered.
    """

    part: str
    publication: str
    known: Known
    trace: bytes


_Table = dict[bytes, list[tuple[str, Known]]]
"""Digest -> publications and their mails that it names."""


class Threads:
    """The known conversations of all publications."""

    def __init__(self, found: Iterable[tuple[str, Known]]) -> None:
        self._by_mail: _Table = {}
        self._by_index: _Table = {}
        self._by_conversation: _Table = {}
        for pair in found:
            for table, digest in (
                (self._by_mail, pair[1].mail),
                (self._by_index, pair[1].index),
                (self._by_conversation, pair[1].conversation),
            ):
                if digest != _NONE:
                    table.setdefault(digest, []).append(pair)

    @classmethod
    def of(
        cls, secret: Mapping[str, Sequence[bytes]], public: Mapping[str, Sequence[bytes]] | None = None
    ) -> Self:
        """The index of what is stored: publication -> packed sets; a mail that is public is in no conversation.

        ValueError where a set makes no sense.
        """
        over = {each.name for sets in (public or {}).values() for joined in sets for each in unpacked(joined)}
        return cls(
            (publication, known)
            for publication, sets in secret.items()
            for joined in sets
            for known in unpacked(joined)
            if known.name not in over
        )

    def __len__(self) -> int:
        return max(len(self._by_mail), len(self._by_index))

    def knows(self, publication: str, name: bytes) -> bool:
        """Whether a mail is in a conversation of a publication already."""
        found = (*_found(self._by_mail, (name,)), *_found(self._by_index, (name,)))
        return any(each == publication for each, _ in found)

    def leading(self, key: bytes, message: Message) -> Iterator[Match]:
        """Everything in a mail that leads to a known one, the header first; for each part and root the surest way."""
        subject: Subject = frozenset()
        for part in message.parts:
            if part.kind is not PartKind.HEADER:
                yield from self._quoted(key, part.path, part.text, subject)
            elif part.path.rpartition("/")[2] == _HEADER:
                keyed = Keyed.of(key, lineage(part.text))
                own = part.path == _HEADER
                subject = keyed.subject if own else subject
                yield from self._said(part.path, keyed, own=own)

    def _said(self, path: str, keyed: Keyed, *, own: bool) -> Iterator[Match]:
        """What a header leads to; that of an attached mail names that mail, too."""
        near = (*keyed.parents, *(() if own else keyed.own))
        indexes = (keyed.answered, *(() if own else (keyed.index,)))
        direct = (*_found(self._by_mail, near), *_found(self._by_index, indexes))
        distant = (
            *_found(self._by_mail, keyed.further),
            *_found(self._by_conversation, (keyed.conversation,)),
        )
        itself = keyed.own if own else ()
        yield from _matches(path, direct, distant, keyed.subject, itself)

    def _quoted(self, key: bytes, path: str, text: str, subject: Subject) -> Iterator[Match]:
        digests = [message_digest(key, each) for each in dict.fromkeys(mentioned(text))]
        yield from _matches(path, _found(self._by_mail, digests), (), subject)


def _found(table: _Table, digests: Iterable[bytes]) -> Iterator[tuple[str, Known]]:
    for digest in digests:
        yield from table.get(digest, ())


def _matches(
    path: str,
    direct: Iterable[tuple[str, Known]],
    distant: Iterable[tuple[str, Known]],
    subject: Subject,
    itself: Collection[bytes] = (),
) -> Iterator[Match]:
    """The way to each root that counts: straight to the root, or while the subject goes on."""
    seen: set[tuple[str, bytes]] = set()
    for near, pairs in ((True, direct), (False, distant)):
        for publication, known in pairs:
            if (publication, known.origin) in seen or known.mail in itself:
                continue
            goes_on = same_subject(known.subject, subject)
            if goes_on or (near and known.root):
                seen.add((publication, known.origin))
                yield Match(path, publication, known, _trace(known, subject, goes_on=goes_on))


def _trace(known: Known, subject: Subject, *, goes_on: bool) -> bytes:
    if goes_on:
        return known.origin
    return blake2b(b"".join((known.origin, *sorted(subject))), digest_size=SIZE).digest()


def same_subject(one: Subject, other: Subject) -> bool:
    """Whether a subject goes on: nearly the same words; none at all is a subject too."""
    return one == other or 2 * len(one & other) > _ALIKE * (len(one) + len(other))


def packed(key: bytes, message: Message) -> bytes:
    """A registered mail (a file of its own, or kept by Outlook) as a root; empty where it cannot be pointed to."""
    return b"".join(known.packed() for known in roots(key, message, (_HEADER, _KEPT)))


def count(joined: bytes) -> int:
    """How many entries a packed set has; ValueError where it is cut short."""
    return sum(1 for _ in unpacked(joined))


def roots(key: bytes, message: Message, paths: Sequence[str] = (_HEADER,)) -> tuple[Known, ...]:
    """The entries by which a mail is known as a root: one for each Message-ID, or one for its Thread-Index alone.

    Its own header stands at the first of these `paths` at which there is one.
    """
    texts = {part.path: part.text for part in reversed(message.parts) if part.path in paths}
    own = next((texts[path] for path in paths if path in texts), "")
    keyed = Keyed.of(key, lineage(own))
    names = keyed.own or ((_NONE,) if keyed.index != _NONE else ())
    made = (Known(name, keyed.index, keyed.conversation, _NONE, keyed.subject) for name in names)
    return tuple(replace(known, origin=known.name) for known in made)


def message_digest(key: bytes, message_id: str) -> bytes:
    """The keyed digest (16 bytes) of a Message-ID as `gateway.features.lineage` gives it."""
    return _digest(key, b"message-id", message_id.encode("utf-8", "replace"), SIZE)


def _index_digest(key: bytes, index: bytes) -> bytes:
    return _digest(key, b"thread-index", index, SIZE) if index else _NONE


def _digest(key: bytes, what: bytes, content: bytes, size: int) -> bytes:
    return blake2b(content, key=key, digest_size=size, person=what).digest()
