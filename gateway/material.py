"""What is read of a file that is to be registered, and the features that are made of it under the installation's key.

The reading opens hostile input and so is done where no key is; the features are made where the key is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from types import MappingProxyType

from gateway.furniture import is_disclaimer, is_furniture, without_content
from gateway.message import Collector, extract, read
from gateway.message.sniff import Bytes
from gateway.message.structure import Plan
from gateway.model import Document, Message, Part, PartKind

TEXT, FIGURES, LINK, THREAD = "text", "figures", "link", "thread"
"""Kinds of features; each is one packed set for a document."""

MOST_TEXT, MOST_FIGURES = 8_000_000, 2_000_000
"""Characters of a file whose words and figures become traces: a thousand pages are three million.  Tables of open data
are larger, and every worker would carry each of their cells."""
_WRAPPED = range(60, 131)
"""Characters of a line that a program broke: a shorter or longer one ends its paragraph."""
_HANDLING = re.compile(
    r"\bpre-?release\b|\bPRA\b|embargo|\b(?:restricted|confidential) (?:until|statistics)|official[ -]sensitive"
    r"|\b(?:not|never) (?:be )?(?:forward|disclos|discuss|shar|circulat|cop(?:y|ied)|releas|publish|quot|pass)"
    r"|\b(?:before|prior to|until) (?:its |their |the )?(?:publi(?:cation|shed)|release)\b",
    re.IGNORECASE,
)
_UNTIL = re.compile(
    r"\b(?:restricted|confidential|embargo\w*|protected|sensitive)\b[^.!?]{0,60}?\b(?:until|till|to|before)\b"
    r"(?:[^!?]{0,100}?\b20\d\d\b)?",
    re.IGNORECASE,
)
"""The restriction itself: often a heading, which no full stop parts from what follows."""
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_LONGEST_SENTENCE = 1000
"""What has no full stop for so long is no sentence: a table, or a page of a listing."""
_FIGURE = re.compile(
    r"[£$€] ?\d|\d ?(?:%|per ?cent|percentage point|pc\b|(?:thousand|million|billion|trillion|bn|m|k)\b)"
    r"|(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d.,]?\d)|(?<![\d.,:/])\d+\.\d+(?![\d.:/]| ?[ap]\.?m\b)",
    re.IGNORECASE,
)
"""What makes a paragraph of a mail one about figures; dates, times, rooms and telephone numbers are none of these."""


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that was read; `about` are the numbers of parts that are about a file rather than what it says.

    `idle` are the digests (SHA-256) of inner files that say nothing of this one, where they are known.
    """

    message: Message = field(default_factory=Message)
    about: frozenset[int] = frozenset()
    idle: frozenset[bytes] = frozenset()

    def __add__(self, other: Material) -> Material:
        first = len(self.message.parts)
        about = self.about | {first + number for number in other.about}
        return Material(self.message + other.message, about, self.idle | other.idle)

    @property
    def said(self) -> tuple[Part, ...]:
        """What the file says to its readers: its parts without properties, headers of mails and file names."""
        return tuple(
            part
            for number, part in enumerate(self.message.parts)
            if number not in self.about and part.kind is not PartKind.HEADER
        )


@dataclass(slots=True)
class _Sorting(Collector):
    """A collector that remembers which parts are about the file, and which files in it are in many others."""

    apart: set[int] = field(default_factory=set)
    idle: set[bytes] = field(default_factory=set)

    def about(self, path: str, text: str) -> None:
        first = len(self.parts)
        Collector.about(self, path, text)
        self.apart.update(range(first, len(self.parts)))

    def another(self) -> _Sorting:
        return _Sorting(idle=self.idle)

    def content(self, path: str, plan: Plan, data: Bytes, *, quiet: bool) -> None:
        whole = bytes(data)
        if _is_body(plan) or is_furniture(whole, plan.media_type, plan.hint):
            self.idle.add(sha256(whole).digest())
        self.idle.update(without_content(whole))
        Collector.content(self, path, plan, data, quiet=quiet)

    def picture(self, path: str, data: Bytes) -> None:
        self.idle.add(sha256(data).digest())
        Collector.picture(self, path, data)

    def material(self) -> Material:
        return Material(self.reading().message, frozenset(self.apart), frozenset(self.idle))


def _is_body(plan: Plan) -> bool:
    """Whether a part is text of a mail: a footer that a list or a server adds to every mail is such a part."""
    return plan.media_type in ("text/plain", "text/html") and not plan.attachment and not plan.names


def of_document(document: Document) -> Material:
    """What is read of a document: any file but a mail.  Total."""
    collector = _Sorting(idle=set(without_content(bytes(document.data))))
    extract(document, collector)
    return collector.material()


def of_mail(content: bytes) -> Material:
    """What is read of a mail, with all that is attached to it.  Total."""
    collector = _Sorting()
    reading = read(content, collector=collector)
    return sum(map(of_document, reading.documents), collector.material())


def of_mail_alone(content: bytes) -> Material:
    """What a mail says itself: no attachment, not even one of plain text.  Total."""
    message = read(content).message
    attached = (number for number, part in enumerate(message.parts) if part.kind is PartKind.DOCUMENT)
    return Material(message, frozenset(attached))


def exceeds(material: Material) -> bool:
    """Whether a file says more than becomes traces."""
    return sum(len(part.text) for part in material.said) > MOST_FIGURES


def _first(parts: Iterable[Part], most: int) -> Iterator[Part]:
    """The parts up to so many characters; the last one is cut."""
    left = most
    for part in parts:
        if left <= 0:
            return
        yield part if len(part.text) <= left else replace(part, text=part.text[:left])
        left -= len(part.text)


def features(material: Material, key: bytes) -> Mapping[str, bytes]:
    """The packed set of each kind of feature, under the installation's key (32 bytes); kinds without any are left out.

    Pure; a report of fifty pages takes about a second.
    """
    made = {kind: make(key, material) for kind, make in _MAKERS.items()}
    return MappingProxyType(
        {kind: packed for kind, packed in made.items() if packed and _COUNTS[kind](packed)}
    )


def counts(made: Mapping[str, bytes]) -> Mapping[str, int]:
    """How many features of each kind: runs of words, figures, links, threads.

    Raises KeyError for a kind that there is not, ValueError for a set that makes no sense.
    """
    return MappingProxyType({kind: _COUNTS[kind](packed) for kind, packed in made.items()})


def _text(key: bytes, material: Material) -> bytes:
    from gateway.features import shingles

    return shingles.features(key, _texts(material)).tobytes()


def _texts(material: Material) -> Iterator[str]:
    """The texts whose words are traces.

    How material is to be handled is not, wherever it stands: a banner stands word for word in the mails and on the
    covers of every other publication, too.  So do greetings and signatures: of a mail itself only paragraphs with
    figures count.
    """
    for part in _first(_prose(material), MOST_TEXT):
        if part.kind is PartKind.BODY:
            own = _of_a_mail(part).text
            yield _without_handling("\n".join(filter(_FIGURE.search, paragraphs(own))))
        else:
            yield _without_handling(part.text)


def _of_a_mail(part: Part) -> Part:
    """A text of a mail without the paragraphs that stand under every mail."""
    if not is_disclaimer(part.text):
        return part
    return replace(part, text="\n".join(each for each in paragraphs(part.text) if not is_disclaimer(each)))


def _without_handling(text: str) -> str:
    """The text without its sentences on how to handle it, unless they say figures."""
    if _HANDLING.search(text) is None and _UNTIL.search(text) is None:
        return text
    return "\n".join(
        sentence
        for paragraph in paragraphs(_UNTIL.sub("\n\n", text))
        for sentence in _SENTENCE_END.split(paragraph)
        if len(sentence) > _LONGEST_SENTENCE or _HANDLING.search(sentence) is None or _FIGURE.search(sentence)
    )


def _prose(material: Material) -> Iterator[Part]:
    """What is said, but for files of nothing but links."""
    from gateway.features import links

    return (part for part in material.said if not links.listed(part.text))


def paragraphs(text: str) -> Iterator[str]:
    """The paragraphs of a text: they end at an empty line, at a row of a table, at a line not broken for its length."""
    lines: list[str] = []
    for line in text.splitlines():
        lines.append(line)
        if len(line.rstrip()) not in _WRAPPED or "\t" in line:
            yield "\n".join(lines)
            lines.clear()
    yield "\n".join(lines)


def _figures(key: bytes, material: Material) -> bytes:
    from gateway.features import figures

    said = (_of_a_mail(part) if part.kind is PartKind.BODY else part for part in _prose(material))
    return figures.packed(key, tuple(_first(said, MOST_FIGURES)))


def _links(key: bytes, material: Material) -> bytes:
    """The addresses of files that hold nothing else: a sheet with one, beside others, only says where to look.

    What a mail says itself is a file of its own; all of a host it does not mean.
    """
    from gateway.features import links

    files: dict[str, list[tuple[str, ...]]] = {}
    for part in material.said:
        told = links.listed(part.text)
        if part.kind is PartKind.BODY:
            told = tuple(url for url in told if not links.is_whole_host(url))
        files.setdefault("mail" if part.kind is PartKind.BODY else part.path, []).append(told)
    return links.packed(key, (url for each in files.values() if all(each) for told in each for url in told))


def link(key: bytes, url: str) -> Mapping[str, bytes]:
    """The features of an address on the web; ValueError for one that leads nowhere."""
    from gateway.features import links

    return MappingProxyType({LINK: links.packed(key, [url])})


def _threads(key: bytes, material: Material) -> bytes:
    from gateway.features import threads

    return threads.packed(key, material.message)


_MAKERS: Mapping[str, Callable[[bytes, Material], bytes]] = {
    TEXT: _text,
    FIGURES: _figures,
    LINK: _links,
    THREAD: _threads,
}


def _count_numbers(packed: bytes) -> int:
    count, rest = divmod(len(packed), 8)
    if rest:
        raise ValueError("a set is cut short")
    return count


def _count_figures(packed: bytes) -> int:
    from gateway.features import packing

    return sum(map(len, packing.unpack(packed)))


def _count_links(packed: bytes) -> int:
    from gateway.features import links

    return links.count(packed)


def _count_threads(packed: bytes) -> int:
    from gateway.features import threads

    return sum(1 for _ in threads.unpacked(packed))


_COUNTS: Mapping[str, Callable[[bytes], int]] = {
    TEXT: _count_numbers,
    FIGURES: _count_figures,
    LINK: _count_links,
    THREAD: _count_threads,
}
