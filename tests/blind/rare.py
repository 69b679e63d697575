"""Archives that libarchive unpacks where it is installed: RAR, cabinets, lzh, disk images, zstd (Z09, Z13)."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator, Mapping

from gateway.message import libarchive
from tests.blind import Case, Matter, literals, packing, programs
from tests.blind.containers import LOADS, Load, Pack, case, first, spread
from tests.blind.packing import Files, tarred
from tests.papers import attached, mail

BY_HAND: Mapping[str, Pack] = {
    "rar-5-packed": lambda files: packing.rar(files, 3, pack=literals.rar5_packed),
    "rar-3-packed": lambda files: packing.old_rar(files, 0x33, pack=literals.rar3_packed),
    "lzh": literals.lzh,
    "cab": literals.cab,
    "cab-deflated": lambda files: literals.cab(files, deflated=True),
    "rpm": lambda files: literals.rpm(gzip.compress(packing.cpio(files))),
}
BY_PROGRAMS: Mapping[str, Pack] = {
    "7zz-ppmd": lambda files: programs.sevenzip(files, "-m0=PPMd"),
    "7zz-bcj2": lambda files: programs.sevenzip(
        files, "-m0=BCJ2", "-m1=LZMA", "-m2=LZMA", "-m3=LZMA", "-mb0:1", "-mb0s1:2", "-mb0s2:3"
    ),
    "7zz-lzma2": programs.sevenzip,
    "7zz-zip-ppmd": lambda files: programs.sevenzip(files, "-mm=PPMd", kind="zip"),
    "gcab": programs.cabinet,
    "genisoimage": programs.image,
    "tar.zst": lambda files: programs.zstd(tarred(files)),
    "zst": lambda files: programs.zstd(first(files)),
    "zst-twice": lambda files: programs.zstd(first(files)[:9]) + programs.zstd(first(files)[9:]),
    "lz4": lambda files: programs.lz4(first(files)),
}
LOCKED: Mapping[str, Pack] = {
    "7zz-ppmd": lambda files: programs.sevenzip(files, "-psecret", "-m0=PPMd"),
    "7zz-names": lambda files: programs.sevenzip(files, "-psecret", "-mhe=on"),
    "7zz-zip": lambda files: programs.sevenzip(files, "-psecret", kind="zip"),
    "7zz-zip-aes": lambda files: programs.sevenzip(files, "-psecret", "-mem=AES256", kind="zip"),
    "rar-5-packed": lambda files: packing.rar(files, 3, pack=literals.rar5_packed, locked=True),
}
MARKED: Mapping[str, Pack] = {
    "rar-claims-5": lambda files: packing.rar(files, 3),
    "rar-claims-3": lambda files: packing.old_rar(files, 0x33),
    "lzh-claims": lambda files: literals.lzh(files, b"-lh5-"),
}


def with_zstd(files: Files) -> bytes:
    """A zip archive whose members are packed as zstd (method 93)."""
    body = directory = b""
    for name, data in files.items():
        packed = programs.zstd(data)
        directory += packing.entry(name.encode(), data, len(body), 93, packed=len(packed))
        head = bytearray(packing.local(name.encode(), data))
        head[8:10], head[18:22] = b"\x5d\0", len(packed).to_bytes(4, "little")
        body += bytes(head[: 30 + len(name.encode())]) + packed
    return packing.ended(body, directory, len(files))


def behind(pack: Pack) -> Pack:
    """The files behind the end of an archive that says nothing."""
    return lambda files: pack({"a.txt": b"nothing to see here"}) + first(files)


def before(files: Files) -> bytes:
    """A disk image with a page of a PDF, as its first bytes say, in the space that it leaves free."""
    image = programs.image(files)
    return b"%PDF-1.4\n%%EOF\n".ljust(1024, b"\n") + image[1024:]


def cases_of_programs() -> Iterator[Case]:
    """What the programs write; none where one of them is missing."""
    yield from spread("Z13", BY_PROGRAMS)
    yield from spread("Z09", {"zstd": with_zstd})
    yield from spread("Z08", {name: pack for name, pack in LOCKED.items() if "7zz" in name}, doubtful=True)
    deflate64: Pack = lambda files: programs.sevenzip(files, "-mm=Deflate64", kind="zip")  # noqa: E731
    yield from spread("Z09", {"deflate64": deflate64}, doubtful=True)
    yield from spread("Z19", {"pdf-and-image": before}, doubtful=True)
    for name in ("zst", "lz4", "gcab", "genisoimage", "7zz-ppmd"):
        yield from spread("Z27", {f"behind-{name}": behind(BY_PROGRAMS[name])}, doubtful=True)
        for load_name, load in LOADS.items():
            yield Case("Z20", f"jpeg-{name}-{load_name}", _as_photo(load, BY_PROGRAMS[name]))


def _as_photo(load: Load, pack: Pack) -> Callable[[Matter], bytes]:
    return lambda matter: mail(attached(pack(load(matter)), "photo.jpg", "image/jpeg"))


def all_cases() -> Iterator[Case]:
    """Every case of this module; what needs a library or a program that is not installed is left out."""
    if libarchive.library() is None:
        return
    yield from spread("Z13", BY_HAND)
    yield from spread("Z08", {"rar-5-packed": LOCKED["rar-5-packed"]}, doubtful=True)
    yield from spread("Z13", MARKED, doubtful=True)
    yield case("Z13", "Z-text", LOADS["text"], lambda files: literals.compressed(first(files)))
    for depth in (2, 5, 8):
        mixed = nested_rare(depth)
        yield case("Z01", f"{depth}-rare", LOADS["letter"], mixed)
    for name in ("rar-5-packed", "cab", "lzh", "rpm"):
        yield from spread("Z27", {f"behind-{name}": behind(BY_HAND[name])}, doubtful=True)
    if not programs.missing():
        yield from cases_of_programs()


def nested_rare(depth: int) -> Pack:
    """Cabinets, RAR and lzh archives within one another, taking turns."""
    kinds = ("cab", "rar-5-packed", "lzh")

    def pack(files: Files) -> bytes:
        for level in range(depth):
            files = {f"level{level}.bin": BY_HAND[kinds[level % len(kinds)]](files)}
        return first(files)

    return pack
