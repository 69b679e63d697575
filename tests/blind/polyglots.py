"""Files behind, in and under the name of other files: one thing is shown, and another unpacked."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping

from tests.blind import Case, Matter, packing
from tests.blind.containers import LOADS, PACKS, SINGLE, Load, Pack, case, first
from tests.blind.packing import zipped
from tests.papers import attached, mail

PNG = (
    b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + bytes([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]) + bytes(4)
    + b"\0\0\0\0IDAT" + bytes(4) + b"\0\0\0\0IEND\xaeB`\x82"
)  # fmt: skip
JPEG = (
    b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xda\0\x08\1\1\0\0\x3f\0" + b"abc" * 99 + b"\xff\xd9"
)
GIF = b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\1\0\1\0\0\2\2D\1\0;"
BMP = b"BM" + (58).to_bytes(4, "little") + bytes(4) + b"\x36\0\0\0\x28\0\0\0" + bytes(40)
WEBP = b"RIFF" + (104).to_bytes(4, "little") + b"WEBPVP8 " + bytes(96)
MP3 = b"ID3\4\0\0\0\0\0\0" + b"\xff\xfb\x90\0" * 500
MP4 = (24).to_bytes(4, "big") + b"ftypisom" + bytes(12) + (400).to_bytes(4, "big") + b"mdat" + bytes(392)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
HOSTS: Mapping[str, bytes] = {
    "png": PNG, "jpeg": JPEG, "gif": GIF, "bmp": BMP, "webp": WEBP, "mp3": MP3, "mp4": MP4, "pdf": PDF,
    "html": b"<html><body>hello</body></html>\n" * 200, "text": b"hello\n" * 1000, "rtf": b"{\\rtf1 hello}",
}  # fmt: skip
GUESTS: Mapping[str, Pack] = {
    "zip": zipped,
    "7z": packing.sevenzip,
    "rar": packing.rar,
    "bare": first,
}


def behind() -> Iterator[Case]:
    """Z19, Z27: a file behind another, that shows one thing and unpacks to another."""
    for host_name, host in HOSTS.items():
        for guest_name, guest in GUESTS.items():
            for load_name in ("text", "file"):
                pack: Pack = lambda files, host=host, guest=guest: host + guest(files)  # type: ignore[misc]  # noqa: E731
                row = "Z27" if guest_name == "bare" else "Z19"
                yield case(
                    row, f"{host_name}-{guest_name}-{load_name}", LOADS[load_name], pack, doubtful=True
                )
    for media_type in ("image/png", "image/jpeg", "text/plain", "text/html", "application/pdf", "audio/mpeg"):
        for load_name, load in LOADS.items():
            for pack_name, pack in {**PACKS, **SINGLE}.items():
                make = _declared(load, pack, media_type)
                yield Case("Z20", f"{media_type}-{pack_name}-{load_name}", make, doubtful=True)


def _declared(load: Load, pack: Pack, media_type: str) -> Callable[[Matter], bytes]:
    return lambda matter: mail(attached(pack(load(matter)), "holiday", media_type))


def encoded() -> Iterator[Case]:
    """Z26: a file written as letters in a file of text."""

    def lines(data: bytes) -> bytes:
        return base64.encodebytes(data)

    forms: Mapping[str, Callable[[bytes], bytes]] = {
        "txt": lines,
        "txt-one-line": base64.b64encode,
        "txt-after-words": lambda data: b"Please decode this:\n\n" + lines(data) + b"\nThank you\n",
        "json": lambda data: json.dumps({"name": "t.xlsx", "data": base64.b64encode(data).decode()}).encode(),
        "ipynb": lambda data: json.dumps({"cells": [{"text": ["a"], "b": base64.b64encode(data).decode()}]}).encode(),
        "pem": lambda data: b"-----BEGIN DATA-----\n" + lines(data) + b"-----END DATA-----\n",
        "data-url": lambda data: b"<a href='data:application/zip;base64," + base64.b64encode(data) + b"'>x</a>",
    }  # fmt: skip
    for name, form in forms.items():
        for load_name in ("file", "letter-with-file"):
            pack: Pack = lambda files, form=form: form(first(files))  # type: ignore[misc]  # noqa: E731
            # Whether the last, shorter line is part of it nobody can tell; without it the mail is cut.
            doubtful = load_name == "letter-with-file"
            yield case("Z26", f"{name}-{load_name}", LOADS[load_name], pack, doubtful=doubtful)


def all_cases() -> Iterator[Case]:
    """Every case of this module."""
    yield from behind()
    yield from encoded()
