"""Files within files: archives of all kinds, nested, odd, locked and hostile ones, and files behind other files."""

from __future__ import annotations

import base64
import bz2
import gzip
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Mapping

from tests.blind import Case, Matter, packing
from tests.blind.packing import Files, zipped
from tests.papers import attached, mail

Load = Callable[[Matter], Files]
Pack = Callable[[Files], bytes]


def text(matter: Matter) -> Files:
    """A note."""
    return {"note.txt": matter.text.encode()}


def page(matter: Matter) -> Files:
    """A page."""
    return {"note.html": f"<html><body><p>{matter.text}</p></body></html>".encode()}


def file(matter: Matter) -> Files:
    """The registered workbook, behind another file."""
    return {"readme.txt": b"see the table", "t.xlsx": matter.file}


def letter(matter: Matter) -> Files:
    """A mail whose text is encoded."""
    head = b"From: a@x.example\r\nMIME-Version: 1.0\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return {"m.eml": head + base64.encodebytes(matter.text.encode())}


def letter_with_file(matter: Matter) -> Files:
    """A mail with the registered workbook, under a name that does not say so."""
    return {"m.dat": mail(attached(matter.file, "t.xlsx"))}


LOADS: Mapping[str, Load] = {
    "text": text,
    "page": page,
    "file": file,
    "letter": letter,
    "letter-with-file": letter_with_file,
}


def first(files: Files) -> bytes:
    """The last file alone, for what holds one only."""
    return list(files.values())[-1]


def mailbox(files: Files) -> bytes:
    """A box of two mails, the second with the files attached."""
    other = b"From a@x.example Mon May 10 09:00:00 2027\nSubject: one\n\nhello\n\n"
    held = mail(*(attached(data, name) for name, data in files.items())).replace(b"\r\n", b"\n")
    return other + b"From b@x.example Mon May 10 09:01:00 2027\n" + held


PACKS: Mapping[str, Pack] = {
    "zip": zipped,
    "zip-stored": lambda files: zipped(files, zipfile.ZIP_STORED),
    "zip-bzip2": lambda files: zipped(files, zipfile.ZIP_BZIP2),
    "zip-lzma": lambda files: zipped(files, zipfile.ZIP_LZMA),
    "zip-streamed": packing.streamed,
    "7z": packing.sevenzip,
    "7z-copy": lambda files: packing.sevenzip(files, packing.COPY),
    "7z-packed-header": lambda files: packing.sevenzip(files, packed_header=True),
    "rar": packing.rar,
    "rar-old": packing.old_rar,
    "tar": packing.tarred,
    "tar-gnu": lambda files: packing.tarred(files, tarfile.GNU_FORMAT),
    "tar-ustar": lambda files: packing.tarred(files, tarfile.USTAR_FORMAT),
    "tar.gz": lambda files: gzip.compress(packing.tarred(files)),
    "tar.bz2": lambda files: bz2.compress(packing.tarred(files)),
    "tar.xz": lambda files: lzma.compress(packing.tarred(files)),
    "cpio": packing.cpio,
    "cpio-old": packing.odd_cpio,
    "ar": packing.ar,
    "mailbox": mailbox,
}
SINGLE: Mapping[str, Pack] = {
    "gz": lambda files: gzip.compress(first(files)),
    "gz-twice": lambda files: gzip.compress(first(files)[:40]) + gzip.compress(first(files)[40:]),
    "bz2": lambda files: bz2.compress(first(files)),
    "xz": lambda files: lzma.compress(first(files)),
    "lzma": lambda files: lzma.compress(first(files), lzma.FORMAT_ALONE),
    "bare": first,
}


def case(row: str, name: str, load: Load, pack: Pack, *, doubtful: bool = False) -> Case:
    """A mail with one attachment that says nothing about itself."""
    return Case(row, name, lambda matter: mail(attached(pack(load(matter)))), doubtful)


def spread(row: str, packs: Mapping[str, Pack], *, doubtful: bool = False) -> Iterator[Case]:
    """Each way to pack with each load."""
    for name, pack in packs.items():
        for load_name, load in LOADS.items():
            yield case(row, f"{name}-{load_name}", load, pack, doubtful=doubtful)


NESTING = ("zip", "7z", "tar", "tar.gz", "zip-stored", "ar", "cpio", "rar")


def nested(depth: int, kinds: tuple[str, ...]) -> Pack:
    """Archives of these kinds within one another, taking turns."""

    def pack(files: Files) -> bytes:
        for level in range(depth):
            files = {f"level{level}.bin": PACKS[kinds[level % len(kinds)]](files)}
        return first(files)

    return pack


def sent_and_packed(files: Files) -> bytes:
    """An archive with a mail with archives within one another."""
    return zipped({"m.eml": mail(attached(nested(3, ("zip", "7z", "tar.gz"))(files)))})


def archives_within() -> Iterator[Case]:
    """Z01, Z13, Z20: every kind with every load, and up to ten levels."""
    yield from spread("Z13", PACKS)
    yield from spread("Z20", SINGLE)
    for depth in range(1, 11):
        for kinds in (("zip",), ("tar",), ("7z", "zip"), ("zip", "tar", "ar", "cpio"), ("rar", "zip-stored")):
            for load_name in ("text", "file", "letter"):
                name = f"{depth}-{'-'.join(kinds)}-{load_name}"
                pack = nested(depth, kinds)
                yield case("Z01", name, LOADS[load_name], pack, doubtful=depth > 8)
    for load_name, load in LOADS.items():
        yield case("Z01", f"mail-in-archive-in-mail-{load_name}", load, sent_and_packed)


def odd_streams() -> Iterator[Case]:
    """Z14: compressed files and tapes that go on, lie or end before their time."""
    packs: Mapping[str, tuple[Pack, bool]] = {
        "gz-cut": (lambda files: gzip.compress(first(files))[:-9], True),
        "gz-tail": (lambda files: gzip.compress(b"x") + first(files), True),
        "gz-checksum": (lambda files: gzip.compress(first(files))[:-8] + bytes(8), True),
        "gz-zeros": (lambda files: gzip.compress(first(files)) + bytes(600), False),
        "bz2-twice": (lambda files: bz2.compress(first(files)[:30]) + bz2.compress(first(files)[30:]), False),
        "xz-twice": (lambda files: lzma.compress(first(files)[:30]) + lzma.compress(first(files)[30:]), False),
        "tar-behind": (lambda files: packing.tarred({"a": b"x"}) + packing.tarred(files), False),
        "tar-loose": (lambda files: packing.tarred({"a": b"x"}) + b"junk\n" * 200 + first(files), True),
        "tar-cut": (lambda files: packing.tarred(files)[:-10_000], True),
        "tar-negative": (lambda files: _sized(packing.tarred(files, tarfile.USTAR_FORMAT), b"\xff" * 12), True),
        "tar-huge": (lambda files: _sized(packing.tarred(files, tarfile.USTAR_FORMAT), b"77777777777\0"), True),
        "tar-old": (lambda files: _old_tar(packing.tarred(files, tarfile.USTAR_FORMAT)), False),
        "tar-long-name": (lambda files: packing.tarred({"d/" * 200 + "n": first(files)}), False),
    }  # fmt: skip
    for name, (pack, doubtful) in packs.items():
        for load_name in ("text", "file", "letter"):
            yield case("Z14", f"{name}-{load_name}", LOADS[load_name], pack, doubtful=doubtful)


def _checked(header: bytes) -> bytes:
    plain = header[:148] + b" " * 8 + header[156:]
    return plain[:148] + b"%06o\0 " % sum(plain) + plain[156:]


def _sized(tar: bytes, size: bytes) -> bytes:
    return _checked(tar[:124] + size + tar[136:512]) + tar[512:]


def _old_tar(tar: bytes) -> bytes:
    blocks = [tar[start : start + 512] for start in range(0, len(tar), 512)]
    return b"".join(_checked(one[:257] + bytes(255)) if one[257:262] == b"ustar" else one for one in blocks)


def all_cases() -> Iterator[Case]:
    """Every case of this module."""
    yield from archives_within()
    yield from odd_streams()
