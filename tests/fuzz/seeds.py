"""Seeds: what entries begin with, taken apart from the mails of `tests.blind` or from any folder of mails and files."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path

from gateway import message
from gateway.message import sniff
from gateway.message.leaves import Bytes, Collector
from gateway.message.sniff import Kind
from gateway.message.structure import Plan
from gateway.model import Document
from tests.fuzz.entries import MEMBER
from tests.fuzz.known import BULLETIN, FOLDER

LARGEST = 65_536
"""Bytes of a seed: more only makes every try slow."""
_PACKED = re.compile(rb"/FlateDecode(.{0,200}?>>\s*)stream\r?\n(.*?)\r?\n?endstream", re.S)
_ENTRY_OF = {
    Kind.ZIP: "zip", Kind.SEVENZIP: "7z", Kind.RAR: "rar", Kind.TAR: "tape", Kind.CPIO: "tape", Kind.AR: "tape",
    Kind.GZIP: "stream", Kind.BZIP2: "stream", Kind.XZ: "stream", Kind.LZMA: "stream", Kind.COMPOUND: "compound",
    Kind.RTF: "rtf", Kind.TNEF: "tnef", Kind.PDF: "pdf", Kind.XML: "xml", Kind.MAIL: "box", Kind.MAILBOX: "box",
    Kind.HTML: "page", Kind.TEXT: "text",
}  # fmt: skip
Seeds = dict[str, dict[bytes, None]]


class _Keeper(Collector):
    """Keeps every leaf that is come by, at whatever depth."""

    def __init__(self, kept: list[bytes]) -> None:
        super().__init__()
        self.kept = kept

    def another(self) -> Collector:
        return _Keeper(self.kept)

    def content(self, path: str, plan: Plan, data: Bytes, *, quiet: bool) -> None:
        if len(data) <= LARGEST:
            self.kept.append(bytes(data))
        super().content(path, plan, data, quiet=quiet)


def of(contents: Iterable[bytes]) -> Seeds:
    """Seeds for every entry, from mails and files."""
    seeds: Seeds = defaultdict(dict)
    for text in (BULLETIN, FOLDER, BULLETIN[:200] + FOLDER):
        seeds["words"][text.encode()] = None
    for content in contents:
        if len(content) <= LARGEST:
            _add(seeds, content)
    return seeds


def _add(seeds: Seeds, content: bytes) -> None:
    seeds["mail"][content] = seeds["whole"][content] = None
    for leaf in dict.fromkeys(_leaves(content)):
        seeds["file"][leaf] = None
        entry = _ENTRY_OF.get(sniff.kind(leaf), "file")
        seeds[entry][leaf] = None
        if entry == "text":
            seeds["words"][leaf] = None
        if entry == "zip":
            seeds["package"].update(dict.fromkeys(_members(leaf)))
        if entry == "pdf":
            seeds["pdf"][_PACKED.sub(_unpacked, leaf)[:LARGEST]] = None


def _leaves(content: bytes) -> list[bytes]:
    """What stands in a mail or a file, it included where it is no mail."""
    kept: list[bytes] = []
    reading = message.read(content, collector=_Keeper(kept))
    waiting = [*reading.documents]
    if sniff.kind(content) in _ENTRY_OF:
        kept.append(content)
        waiting.append(Document("1", "", content))
    for document in waiting:
        if len(document.data) <= LARGEST:
            message.extract(document, _Keeper(kept))
    return kept


def _members(data: bytes) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            named = [(each.filename.encode(), opened.read(each)) for each in opened.infolist()[:100]]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, zlib.error, ValueError):
        return
    joined = MEMBER.join(name + b"\n" + content for name, content in named)
    if len(joined) <= LARGEST:
        yield joined


def _unpacked(match: re.Match[bytes]) -> bytes:
    """A stream of a PDF as it is before it is packed."""
    try:
        return match[1] + b"stream\n" + zlib.decompressobj().decompress(match[2], LARGEST) + b"\nendstream"
    except zlib.error:
        return match[0]


def planted(every: int = 1) -> Iterator[bytes]:
    """The mails that `tests.blind` hides something in, one of so many, but for the heavy ones."""
    from tests import test_blind_documents, test_blind_mime
    from tests.blind import PLANTED

    light = (
        each for each in test_blind_documents.CASES if not each.id.startswith(test_blind_documents.HEAVY)
    )
    for case in islice(chain(test_blind_mime.cases(), light), 0, None, every):
        yield case.make(PLANTED)


def files(folder: Path) -> Iterator[bytes]:
    """Every file of a folder and of those in it."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.stat().st_size <= LARGEST:
            yield path.read_bytes()
