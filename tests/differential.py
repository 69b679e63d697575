"""What Python's `email` sees of a mail and ours does not: `python -m tests.differential FOLDER` lists it, mail by mail.

Each mail is read by both policies of `email`.  What they show - texts, file names, header values, attached bytes - is
compared by folded words, and by digest, with what ours has seen.  A mail that ours calls unreadable in part promises
nothing about the rest, so what is missing there is listed apart, as marked.
"""

from __future__ import annotations

import re
import sys
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from functools import partial
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from quopri import decodestring

from gateway.mailfiles import mails
from gateway.message.charsets import codec_of
from gateway.scanner import read_here
from gateway.text import fold, words

POLICIES = {"default": policy.default, "compat32": policy.compat32}
_STRUCTURAL = re.compile(r"(?i)(?:content-(?:type|transfer-encoding|disposition)|mime-version)\Z")
"""Fields that `email` gives in a form of its own; their file names are compared by themselves."""
_TAGGED = frozenset({"html", "enriched", "richtext", "xml"})
_NO_PAGE = frozenset({"script", "style"})
_WESTERN = frozenset({"latin-1", "cp1252"})
_LOST = re.compile(r"[\ufffd\ud800-\udfff]|\\u(?:dc|fffd)|=\?.*\?=")
"""By what `email` says that it could not read what stood there."""
_SOURCE = re.compile(r"(?i)\s*(?:content-[a-z-]+\s*:.*|[A-Za-z0-9+/]{20,}={0,2}\s*\Z)")
"""Lines of source: `email` shows those of parts whose structure it has not found, and ours what they stand for."""
_ENCODED = re.compile(rb"[A-Za-z0-9+/]+={0,2}\Z")
_FIELD = re.compile(rb"[A-Za-z-]{1,50}:")
_BINARY = re.compile(rb"[\0-\x08\x0e-\x1a]")
_LINE_OF_BASE64 = 40
"""Characters that one line of encoded bytes has at least."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing that a reader shows: its kind, where, and what: folded, or of bytes the digest.

    The kinds are `text`, `header`, `name`, `bytes` and `source`; `text` is what it says, of bytes if they are UTF-8:
    another reader may cut them elsewhere.
    """

    kind: str
    place: str
    what: str
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """What one reader shows and ours does not; `marked`: ours says that it could not read all of the mail."""

    reader: str
    seen: Seen
    marked: bool


class Ours:
    """What our reader has seen of one mail, in forms that answer at once."""

    def __init__(self, content: bytes) -> None:
        message = read_here(content)
        self.marked = bool(message.unreadable)
        said = [fold(part.text) for part in message.parts]
        self._run = "".join("".join(words(text)) for text in said)
        self._words = {word for text in said for word in words(text)}
        self._words.update(word for link in message.links for word in words(fold(link.url)))
        self._digests = {leaf.sha256.hex() for leaf in message.leaves}

    def has(self, seen: Seen) -> bool:
        """Whether a thing is among what was seen: bytes by digest, else line by line what they say."""
        if seen.what in self._digests or (seen.kind == "source" and self._digests):
            return True
        return seen.text is not None and all(map(self._says, seen.text.split("\n")))

    def _says(self, line: str) -> bool:
        """Whether a line stands in our text, its words all do, or what it is in quoted-printable does."""
        said = words(_readable(line))
        if "".join(said) in self._run or self._words.issuperset(said):
            return True
        if "=" in line and self._words.issuperset(words(_readable(_unquoted(line)))):
            return True
        return _SOURCE.match(line) is not None and bool(self._digests)


def differences(content: bytes) -> Iterator[Difference]:
    """Everything that `email` shows of a mail, by either policy, and ours does not."""
    ours = Ours(content)
    for name, rules in POLICIES.items():
        for seen in dict.fromkeys(_shown(message_from_bytes(content, policy=rules))):
            if not ours.has(seen):
                yield Difference(name, seen, ours.marked)


def _shown(message: Message) -> Iterator[Seen]:
    for number, part in enumerate(_parts(message)):
        yield from (_said("header", number, value) for value in _header_values(part))
        name = _quietly(part.get_filename)
        if isinstance(name, str):
            yield _said("name", number, _decoded(name))
        if not part.is_multipart():
            yield from _body(part, number)


def _parts(message: Message) -> Iterator[Message]:
    """All parts at any depth: `walk` calls itself for each level, and a mail may have thousands."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        yield part
        if part.is_multipart():
            waiting += reversed(part.get_payload())  # type: ignore[arg-type]


def _header_values(part: Message) -> Iterator[str]:
    """The values as they are shown; dates only as they stand, for a policy writes them anew."""
    for name, raw in part.raw_items():
        if _STRUCTURAL.match(name):
            continue
        yield _decoded(str(raw))
        shown = _quietly(partial(part.policy.header_fetch_parse, name, raw))
        if shown is not None and not hasattr(shown, "datetime"):
            yield _decoded(str(shown))


def _decoded(value: str) -> str:
    """A value with its encoded words decoded, or as it stands where `email` finds none that it can."""
    decoded = _quietly(lambda: str(make_header(decode_header(value))))
    return decoded if isinstance(decoded, str) else value


def _said(kind: str, number: int, text: str) -> Seen:
    return Seen(kind, f"{number}", fold(text), text)


def _readable(text: str) -> str:
    """A text folded, without the words that `email` could not read."""
    if _LOST.search(text):
        text = " ".join(word for word in text.split() if not _LOST.search(word))
    return fold(text)


def _unquoted(line: str) -> str:
    return decodestring(line.encode("utf-8", "replace")).decode("utf-8", "replace")


def _body(part: Message, number: int) -> Iterator[Seen]:
    payload = _quietly(lambda: part.get_payload(decode=True))
    data = payload if isinstance(payload, bytes) else b""
    decoded = _still_encoded(data)
    if decoded is not None and _FIELD.match(decoded):
        yield from _shown(message_from_bytes(decoded, policy=part.policy))
    elif part.get_content_maintype() == "text" and not _BINARY.search(data):
        yield from _text(part, data, number)
    elif data.strip():
        # Where `email` finds no part in a multipart it shows the source, with all that is encoded in it.
        kind = "source" if part.get_content_maintype() == "multipart" else "bytes"
        yield Seen(kind, f"{number}", sha256(decoded or data).hexdigest(), _strictly(data, "utf-8"))


def _still_encoded(data: bytes) -> bytes | None:
    """Base64 that `email` has not decoded: an encoded container, or an encoding that it does not know by its name."""
    lines = data.split()
    if not any(len(line) >= _LINE_OF_BASE64 for line in lines) or not all(map(_ENCODED.match, lines)):
        return None
    decoded = _quietly(lambda: b64decode(data + b"=="))
    return decoded if isinstance(decoded, bytes) else None


def _text(part: Message, data: bytes, number: int) -> Iterator[Seen]:
    """The lines of a text in its own charset; what is UTF-8 is that, whatever its label says."""
    codec = codec_of(str(_quietly(part.get_content_charset) or "")) or "latin-1"
    unlabelled = _strictly(data, "utf-8") if codec in _WESTERN and not data.isascii() else None
    text = unlabelled or _strictly(data, codec)
    shown: list[object] = [text or data.decode("ascii", "replace")]
    if isinstance(part, EmailMessage) and text is not None and unlabelled is None:
        shown.append(_quietly(part.get_content))
    for text in dict.fromkeys(text for text in shown if isinstance(text, str)):
        tagged = part.get_content_subtype() in _TAGGED
        lines = _page_text(text) if tagged else text.split("\n")
        yield from (_said("text", number, line) for line in lines if line.strip())


def _strictly(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeError:
        return None


class _Text(HTMLParser):
    """The text of a page, piece by piece."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._within = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._within = tag

    def handle_data(self, data: str) -> None:
        if self._within not in _NO_PAGE:
            self.pieces.append(data)


def _page_text(source: str) -> list[str]:
    parser = _Text()
    _quietly(lambda: parser.feed(source))
    return parser.pieces


def _quietly(ask: object) -> object:
    """What `email` answers, or None: it raises errors of many kinds at odd mails."""
    assert callable(ask)
    try:
        answer: object = ask()
    except Exception:
        return None
    return answer


def _tell(*columns: str) -> None:
    sys.stdout.write("\t".join(columns) + "\n")


def main(folder: Path) -> int:
    """Print every difference below a folder, then the counts; 1 where something unmarked is missing."""
    counts: Counter[str] = Counter()
    for mail in (mail for path in sorted(folder.rglob("*")) if path.is_file() for mail in mails(path)):
        counts["mails"] += 1
        for found in differences(mail.content):
            word = "marked" if found.marked else "missing"
            counts[word] += 1
            _tell(word, found.reader, found.seen.kind, mail.name, found.seen.place, found.seen.what[:200])
    _tell(", ".join(f"{counts[word]} {word}" for word in ("mails", "missing", "marked")))
    return 1 if counts["missing"] else 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
