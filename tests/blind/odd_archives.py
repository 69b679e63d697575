"""Zip archives that lie, bombs, locked archives, names that programs stumble over, and what nothing here unpacks."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping

from tests.blind import Case, Matter, packing
from tests.blind.containers import LOADS, Load, Pack, case, file, first, spread
from tests.blind.packing import Files, zipped
from tests.papers import attached, bomb, locked, mail


def recursive(files: Files) -> bytes:
    """Sixteen archives in each of sixteen in each of sixteen and so on, with the files in all of them."""
    inner = zipped(files)
    for _ in range(6):
        inner = zipped({f"{number}.zip": inner for number in range(16)})
    return inner


def many(files: Files) -> bytes:
    """So many members that nobody looks at them."""
    return zipped({**{str(number): b"" for number in range(12_000)}, **files}, zipfile.ZIP_STORED)


def dense(files: Files) -> bytes:
    """A member that unpacks to ten thousand times what it takes, before the files."""
    once = zlib.compress(bytes(40_000_000), 9)[2:-4]
    name, size = b"zeros", 40_000_000_0
    fields = (20, 0, 8, 0, 0, 0, len(once), size, len(name), 0)
    body = struct.pack("<4s5H3L2H", b"PK\3\4", *fields) + name + once
    entry = packing.entry(name, b"", 0, 8, packed=len(once), size=size, crc=0)
    for member, data in files.items():
        entry += packing.entry(member.encode(), data, len(body))
        body += packing.local(member.encode(), data)
    return packing.ended(body, entry, len(files) + 1)


def overlapping(files: Files) -> bytes:
    """Two members that share their bytes."""
    name, data = list(files.items())[-1]
    body = packing.local(name.encode(), data)
    return packing.ended(body, packing.entry(name.encode(), data, 0) * 2, 2)


BOMBS: Mapping[str, Pack] = {
    "recursive": recursive,
    "many": many,
    "dense": dense,
    "overlapping": overlapping,
    "kernel": lambda files: bomb() + first(files),
}


def only_local(files: Files) -> bytes:
    """Members that no directory knows, before an archive that says nothing."""
    return b"".join(packing.local(name.encode(), data, 8) for name, data in files.items()) + zipped(
        {"a": b"x"}
    )


def between(files: Files) -> bytes:
    """The same between the members and the directory."""
    body = packing.local(b"a", b"x")
    hidden = b"".join(packing.local(name.encode(), data) for name, data in files.items())
    return packing.ended(body + hidden, packing.entry(b"a", b"x", 0), 1)


def told_twice(files: Files, **changed: int) -> bytes:
    """An archive whose directory says something else about its last member."""
    body = directory = b""
    for name, data in files.items():
        lie = changed if data is first(files) else {}
        directory += packing.entry(name.encode(), data, len(body), 8, **lie)
        body += packing.local(name.encode(), data, 8)
    return packing.ended(body, directory, len(files))


def other_name(files: Files) -> bytes:
    """Members with another name in the directory."""
    body = directory = b""
    for name, data in files.items():
        directory += packing.entry(b"x" * len(name), data, len(body))
        body += packing.local(name.encode(), data)
    return packing.ended(body, directory, len(files))


ODD_ZIPS: Mapping[str, tuple[str, Pack]] = {
    "before": ("Z04", only_local),
    "between": ("Z04", between),
    "behind": ("Z05", lambda files: zipped({"a": b"x"}) + zipped(files)),
    "in-front": ("Z05", lambda files: zipped(files) + zipped({"a": b"x"})),
    "other-name": ("Z06", other_name),
    "checksum": ("Z06", lambda files: told_twice(files, crc=1)),
    "size": ("Z06", lambda files: told_twice(files, size=5)),
    "packed": ("Z06", lambda files: told_twice(files, packed=9)),
    "program": ("Z07", lambda files: b"MZ" + bytes(200) + zipped(files)),
    "tail": ("Z07", lambda files: zipped(files) + b"junk " * 20_000),
    "cut": ("Z07", lambda files: zipped(files)[:-40]),
    "no-directory": ("Z07", lambda files: zipped(files)[: zipped(files).index(b"PK\1\2")]),
    "end-in-comment": (
        "Z07",
        lambda files: zipped(files)[:-2] + b"\x16\0" + struct.pack("<4s4H2LH", b"PK\5\6", *[0] * 7),
    ),
}


def flagged(files: Files, where: str) -> bytes:
    """An archive that says in one of its headers, or in both, that its last member is encrypted."""
    whole = bytearray(zipped({"t.bin": first(files)}))
    if where != "directory":
        whole[6] |= 1
    if where != "local":
        whole[whole.index(b"PK\1\2") + 8] |= 1
    return bytes(whole)


LOCKED: Mapping[str, Pack] = {
    "flag": lambda files: locked(zipped({"t.bin": first(files)})),
    "flag-local": lambda files: flagged(files, "local"),
    "flag-directory": lambda files: flagged(files, "directory"),
    "scrambled": lambda files: locked(zipped({"t.bin": bytes(b ^ 0x5A for b in first(files))})),
    "7z": packing.sevenzip_locked,
    "rar": lambda files: packing.rar(files, locked=True),
    "rar-names": packing.rar_locked_names,
    "rar-old": lambda files: packing.old_rar(files, flags=0x8004),
}


def with_method(number: int) -> Pack:
    """An archive whose members say they are packed in this way."""

    def pack(files: Files) -> bytes:
        whole = bytearray(zipped({"t.bin": first(files)}))
        directory = whole.index(b"PK\1\2")
        whole[8:10] = whole[directory + 10 : directory + 12] = number.to_bytes(2, "little")
        return bytes(whole)

    return pack


NAMES = (
    "../../etc/x",
    "/etc/x",
    "c:\\x\\y",
    "a\0b",
    "x" * 60_000,
    "con",
    "a/",
    "b" * 300 + ".txt",
    "\u202ex.txt",
    " ",
)


def names() -> Iterator[Case]:
    """Z10: names that programs stumble over."""
    for number, name in enumerate(NAMES):
        for load_name in ("text", "file"):
            pack: Pack = lambda files, name=name: told_twice({name.replace("\0", "_"): first(files)})  # type: ignore[misc]  # noqa: E731
            yield case("Z10", f"{number}-{load_name}", LOADS[load_name], pack)
    yield Case("Z10", "as-name", lambda matter: mail(attached(zipped({matter.text.replace("/", "_"): b"x"}))))
    comment: Callable[[Matter], bytes] = lambda matter: packing.ended(  # noqa: E731
        packing.local(b"a", b"x"), packing.entry(b"a", b"x", 0), 1, matter.text.encode()
    )
    yield Case("Z10", "as-comment", lambda matter: mail(attached(comment(matter))))
    twice: Pack = lambda files: told_twice({"a": b"x"})[:-22] and _same_names(files)  # noqa: E731
    for load_name in ("text", "file"):
        yield case("Z10", f"same-names-{load_name}", LOADS[load_name], twice)


def _same_names(files: Files) -> bytes:
    body = directory = b""
    for data in (b"harmless", first(files)):
        directory += packing.entry(b"same.txt", data, len(body))
        body += packing.local(b"same.txt", data)
    return packing.ended(body, directory, 2)


UNKNOWN: Mapping[str, bytes] = {
    "zst": b"\x28\xb5\x2f\xfd\x04",
    "lz4": b"\x04\x22\x4d\x18\x60",
    "Z": b"\x1f\x9d\x90",
    "cab": b"MSCF\0\0\0\0",
    "lzh": b"\x22\x00-lh5-\0\0\0\0",
    "arj": b"\x60\xea\x2c\0\x22\x0b\x01\x0b",
    "ace": b"\x7a\x00\x31\0\0\0\0**ACE**\0",
    "wim": b"MSWIM\0\0\0\xd0\0\0\0",
    "vhd": b"conectix\0\0\0\2",
    "rpm": b"\xed\xab\xee\xdb\3\0",
    "dmg": b"\x78\x01\x73\x0d\x62\x62\x60",
    "iso": bytes(32_769) + b"CD001\1\0",
}


def unsupported() -> Iterator[Case]:
    """Z09, Z13: what nothing here unpacks is named."""
    for number in (1, 6, 9, 10, 19, 93, 96, 97, 98, 99, 200):
        for load_name in ("text", "file"):
            yield case("Z09", f"{number}-{load_name}", LOADS[load_name], with_method(number), doubtful=True)
    for kind, magic in UNKNOWN.items():
        for load_name in ("text", "file"):
            pack: Pack = lambda files, magic=magic: magic + bytes(b ^ 0x5A for b in first(files)) * 9  # type: ignore[misc]  # noqa: E731
            yield case("Z13", f"magic-{kind}-{load_name}", LOADS[load_name], pack, doubtful=True)
    packs: Mapping[str, Pack] = {
        "rar-packed": lambda files: packing.rar(files, 3),
        "rar-old-packed": lambda files: packing.old_rar(files, 0x33),
        "7z-ppmd": lambda files: packing.sevenzip(files, packing.PPMD),
    }
    yield from spread("Z13", packs, doubtful=True)


def zip64(files: Files) -> bytes:
    """A zip file with wide fields."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            with packed.open(name, "w", force_zip64=True) as member:
                member.write(data)
    return out.getvalue()


def in_parts() -> Iterator[Case]:
    """Z12, Z27: one file over several attachments."""
    for load_name, load in LOADS.items():
        yield case("Z12", f"zip64-{load_name}", load, zip64)
        last: Pack = lambda files: packing.ended(b"", packing.entry(b"a", b"x", 0), 1, disk=2)  # noqa: E731
        yield case("Z12", f"last-disk-{load_name}", load, last, doubtful=True)
    for load_name in ("file", "letter-with-file", "page"):
        for count in (2, 3, 5):
            yield Case(
                "Z12", f"zip-{count}-{load_name}", _split(LOADS[load_name], zipped, count), doubtful=True
            )
    for count in (2, 3):
        yield Case("Z27", f"file-{count}", _split(file, first, count), doubtful=True)


def _split(load: Load, pack: Pack, count: int) -> Callable[[Matter], bytes]:
    def make(matter: Matter) -> bytes:
        whole = pack(load(matter))
        size = -(-len(whole) // count)
        pieces = [whole[start : start + size] for start in range(0, len(whole), size)]
        return mail(*(attached(piece, f"t.{number:03}") for number, piece in enumerate(pieces, 1)))

    return make


def all_cases() -> Iterator[Case]:
    """Every case of this module."""
    for name, bomb_pack in BOMBS.items():
        for load_name in ("text", "file"):
            row = {"recursive": "Z02", "many": "Z11", "dense": "Z11"}.get(name, "Z03")
            yield case(row, f"{name}-{load_name}", LOADS[load_name], bomb_pack, doubtful=True)
    for name, (row, pack) in ODD_ZIPS.items():
        for load_name, load in LOADS.items():
            yield case(row, f"{name}-{load_name}", load, pack, doubtful=True)
    yield from spread("Z08", LOCKED, doubtful=True)
    yield from names()
    yield from unsupported()
    yield from in_parts()
