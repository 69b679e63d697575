"""Old Office files, objects in documents, mails and data kept as files, and what nothing here reads (D05 to D21)."""

from __future__ import annotations

import base64
import csv
import io
import json
import struct
from collections.abc import Callable, Iterator, Mapping

from tests.blind import Case, Matter
from tests.blind.containers import LOADS, first
from tests.blind.office import Write, changed, sent, spread
from tests.blind.packing import Files
from tests.blind.words import word
from tests.papers import attached, compound, mail, slides, workbook


def _package(name: str, data: bytes) -> bytes:
    """The stream of an object that is a file (Ole10Native)."""
    raw = name.encode() + b"\0"
    body = (
        b"\2\0"
        + raw
        + raw
        + b"\0\0\3\0"
        + struct.pack("<L", len(raw))
        + raw
        + struct.pack("<L", len(data))
        + data
    )
    return struct.pack("<L", len(body)) + body


def embedded(data: bytes) -> bytes:
    """An object that is a file, as documents hold it."""
    return compound({"\1Ole10Native": _package("a.txt", data)})


def _macro(text: str) -> bytes:
    """A project of macros whose source says it, packed without any copying."""
    source = f'Attribute VB_Name = "A"\r\nSub A()\r\nMsgBox "{text}"\r\nEnd Sub\r\n'.encode()
    chunk = b"".join(b"\0" + source[at : at + 8] for at in range(0, len(source), 8))
    packed = b"\1" + struct.pack("<H", 0xB000 | (len(chunk) - 1)) + chunk
    # The writer makes no folders: their names stand in those of the streams as readers see them.
    return compound({"Module1": b"\0" * 9 + packed})


def _records(*pairs: tuple[int, bytes]) -> bytes:
    return b"".join(struct.pack("<2H", number, len(body)) + body for number, body in pairs)


BOF = (0x0809, struct.pack("<HH", 0x0600, 5) + bytes(12))


def _book(*pairs: tuple[int, bytes]) -> bytes:
    return compound({"Workbook": _records(BOF, *pairs, (0x000A, b""))})


def _pieces(text: str) -> bytes:
    """A Word file whose remark stands in a piece of its own."""
    stream, table = bytearray(2048), bytearray()
    struct.pack_into("<HH", stream, 0, 0xA5EC, 0x00C1)
    raw = text.encode("utf-16-le")
    stream[1024:1024] = b""
    stream[1024 : 1024 + len(raw)] = raw
    described = struct.pack("<2L", 0, len(text)) + struct.pack("<HLH", 0, 1024, 0)
    table += b"\2" + struct.pack("<L", len(described)) + described
    struct.pack_into("<2L", stream, 0x01A2, 0, len(table))
    return compound({"WordDocument": bytes(stream), "0Table": bytes(table)})


OLD: Mapping[str, Write] = {
    "word-wide": lambda text: compound({"WordDocument": b"\xec\xa5" + bytes(500) + text.encode("utf-16-le")}),
    "word-narrow": lambda text: compound({"WordDocument": b"\xec\xa5" + bytes(500) + text.encode()}),
    "word-pieces": _pieces,
    "excel-header": lambda text: _book((0x0014, struct.pack("<HB", len(text), 0) + text.encode())),
    "excel-remark": lambda text: _book(
        (0x001C, bytes(8)), (0x01B6, bytes(18)), (0x003C, b"\1" + text.encode("utf-16-le"))
    ),
    "excel-chart": lambda text: _book((0x100D, b"\0\0" + bytes([len(text)]) + b"\0" + text.encode())),
    "excel-message": lambda text: _book(
        (0x01BE, bytes(4) + struct.pack("<HB", len(text), 0) + text.encode())
    ),
    "excel-pivot": lambda text: _book((0x00CD, struct.pack("<HB", len(text), 0) + text.encode())),
    "excel-drawing": lambda text: _book((0x00EC, bytes(20) + text.encode("utf-16-le"))),
    "slides-wide": lambda text: compound(
        {"PowerPoint Document": struct.pack("<HHL", 0, 0x0FA0, 2 * len(text)) + text.encode("utf-16-le")}
    ),
    "slides-narrow": lambda text: compound(
        {"PowerPoint Document": struct.pack("<HHL", 0, 0x0FA8, len(text)) + text.encode()}
    ),
    "other": lambda text: compound({"Quill": text.encode("utf-16-le")}),
    "macro": _macro,
}


def _within(path: str) -> Callable[[Callable[[Files], bytes]], Callable[[Files], bytes]]:
    return lambda pack: lambda files: changed(word(), {path: pack(files)})


def objects_within() -> Iterator[Case]:
    """D10: files in documents in documents."""
    packs: Mapping[str, Callable[[Files], bytes]] = {
        "embedding": lambda files: changed(word(), {"word/embeddings/a.bin": first(files)}),
        "object": lambda files: changed(word(), {"word/embeddings/oleObject1.bin": embedded(first(files))}),
        "package": lambda files: changed(
            word(), {"word/embeddings/oleObject1.bin": compound({"Package": first(files)})}
        ),
        "contents": lambda files: compound({"CONTENTS": first(files)}),
        "book-in-slides": lambda files: changed(
            slides("x"),
            {"ppt/embeddings/b.xlsx": changed(workbook("x"), {"xl/embeddings/a.bin": first(files)})},
        ),
        "word-in-book-in-slides": lambda files: changed(
            slides("x"),
            {
                "ppt/embeddings/b.xlsx": changed(
                    workbook("x"),
                    {"xl/embeddings/c.docx": changed(word(), {"word/embeddings/d.bin": first(files)})},
                )
            },
        ),
        "active": lambda files: changed(
            word(), {"word/activeX/activeX1.bin": compound({"Contents": first(files)})}
        ),
    }
    for name, pack in packs.items():
        for load_name, load in LOADS.items():
            if load_name == "file" and name in ("package", "contents", "active"):
                # The writer fills whole sectors: it would not be the registered file.
                continue
            yield Case("D10", f"{name}-{load_name}", _packed(load, pack), doubtful=True)


def _packed(load: Callable[[Matter], Files], pack: Callable[[Files], bytes]) -> Callable[[Matter], bytes]:
    return lambda matter: mail(attached(pack(load(matter))))


def _broken_line(text: str) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerow(["a", text.replace(" ", "\n", 1)])
    return out.getvalue().encode()


KEPT: Mapping[str, tuple[str, Write]] = {
    "msg": (
        "D18",
        lambda text: compound(
            {"__properties_version1.0": bytes(64), "__substg1.0_1000001F": text.encode("utf-16-le")}
        ),
    ),
    "msg-narrow": (
        "D18",
        lambda text: compound({"__properties_version1.0": bytes(64), "__substg1.0_1000001E": text.encode()}),
    ),
    "msg-page": (
        "D18",
        lambda text: compound(
            {
                "__properties_version1.0": bytes(64),
                "__substg1.0_10130102": f"<html><p>{text}</p></html>".encode(),
            }
        ),
    ),
    "msg-rtf": (
        "D18",
        lambda text: compound(
            {
                "__properties_version1.0": bytes(64),
                "__substg1.0_10090102": struct.pack("<LL4sL", len(text) + 21, len(text) + 9, b"MELA", 0)
                + b"{\\rtf1 "
                + text.encode()
                + b"}",
            }
        ),
    ),
    "ics": (
        "D18",
        lambda text: (
            f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDESCRIPTION:{text[:20]}\r\n {text[20:]}\r\n"
            "END:VEVENT\r\nEND:VCALENDAR\r\n".encode()
        ),
    ),
    "vcf": ("D18", lambda text: f"BEGIN:VCARD\r\nVERSION:3.0\r\nNOTE:{text}\r\nEND:VCARD\r\n".encode()),
    "mht": (
        "D18",
        lambda text: (
            b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\n"
            b"Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + base64.encodebytes(f"<p>{text}</p>".encode())
            + b"--b--\r\n"
        ),
    ),
    "json": ("D20", lambda text: json.dumps({"a": [text]}).encode()),
    "json-escaped": ("D20", lambda text: b'{"a": "' + b"".join(b"\\u%04x" % ord(x) for x in text) + b'"}'),
    "ipynb": ("D20", lambda text: json.dumps({"cells": [{"outputs": [{"text": [text]}]}]}).encode()),
    "csv": ("D21", lambda text: f"a,b\r\n1,{text}\r\n".encode()),
    "csv-semicolon": ("D21", lambda text: f'a;b\r\n1;"{text}"\r\n'.encode()),
    "csv-tab": ("D21", lambda text: f"a\tb\r\n1\t{text}\r\n".encode()),
    "csv-cells": ("D21", lambda text: ";".join(text.split()).encode() + b"\r\n"),
    "csv-wide": ("D21", lambda text: f"a\tb\r\n1\t{text}\r\n".encode("utf-16")),
    "csv-wide-big": ("D21", lambda text: b"\xfe\xff" + f"a;b\r\n1;{text}\r\n".encode("utf-16-be")),
    "csv-wide-bare": ("D21", lambda text: f"a;b\r\n1;{text}\r\n".encode("utf-16-le")),
    "csv-broken-line": ("D21", _broken_line),
    "csv-quotes": ("D21", lambda text: f'a;"say ""{text}"""\r\n'.encode()),
}


BINARY: Mapping[str, tuple[str, bytes]] = {
    "pst": ("D18", b"!BDN"),
    "one": ("D19", b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3"),
    "accdb": ("D19", b"\0\1\0\0Standard ACE DB\0"),
    "sqlite": ("D19", b"SQLite format 3\0"),
    "sav": ("D20", b"$FL2@(#) SPSS\0"),
    "dta": ("D20", b"\x76\2\1\0"),
    "sas7bdat": ("D20", bytes(12) + b"\xc2\xea\x81\x60"),
    "rdata": ("D20", b"RDX3\nX\n\0\0\0\3"),
    "parquet": ("D20", b"PAR1\x15\4\0"),
    "feather": ("D20", b"ARROW1\0\0"),
    "pickle": ("D20", b"\x80\4\x95\0\0\0\0\0\0\0\0"),
    "xlsb": ("D05", b"\x83\1\0"),
    "model": ("D05", b"\xff\0model\0\1\2"),
}


def unreadable() -> Iterator[Case]:
    """D05, D12, D16, D18 to D20: what is named, because nothing here can read it."""
    for name, (row, magic) in BINARY.items():
        for load_name in ("text", "file"):
            yield Case(row, f"{name}-{load_name}", _scrambled(magic, load_name), doubtful=True)
    for name in ("workbook.bin", "model/item.data"):
        member: Write = lambda text, name=name: changed(workbook("x"), {f"xl/{name}": _mixed(text.encode())})  # type: ignore[misc]  # noqa: E731
        yield Case("D05", name, sent(member), doubtful=True)
    for stream_name in ("EncryptedPackage", "\tDRMContent"):
        locked: Write = lambda text, name=stream_name: compound({name: _mixed(text.encode())})  # type: ignore[misc]  # noqa: E731
        yield Case("D12", stream_name.strip(), sent(locked), doubtful=True)


def _mixed(data: bytes) -> bytes:
    return bytes(byte ^ 0x5A for byte in data) + bytes(range(256)) * 4


def _scrambled(magic: bytes, load: str) -> Callable[[Matter], bytes]:
    return lambda matter: mail(attached(magic + _mixed(first(LOADS[load](matter)))))


def all_cases() -> Iterator[Case]:
    """Every case of this module."""
    yield from spread("D07", {f"old-{name}": write for name, write in OLD.items()}, doubtful=True)
    yield from objects_within()
    for name, (row, write) in KEPT.items():
        yield Case(row, name, sent(write))
    yield from unreadable()
