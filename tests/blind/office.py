"""Packages of Office: how their parts are changed, and mails with them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping

from tests.blind import Case, Matter
from tests.papers import attached, mail

Parts = Mapping[str, str | bytes]
Write = Callable[[str], bytes]
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
C = 'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def saved(document: object) -> bytes:
    """What a library writes."""
    out = io.BytesIO()
    document.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def changed(data: bytes, added: Parts, swaps: Mapping[str, tuple[str, str]] | None = None) -> bytes:
    """The package with parts added or replaced, and with text swapped in others."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename in added:
                continue
            part = old.read(info)
            for name, (before, after) in (swaps or {}).items():
                if name == info.filename:
                    assert before.encode() in part, (name, before)
                    part = part.replace(before.encode(), after.encode(), 1)
            new.writestr(info, part)
        for name, text in added.items():
            new.writestr(name, text)
    return out.getvalue()


def spread(row: str, writes: Mapping[str, Write], *, doubtful: bool = False) -> Iterator[Case]:
    """Each way to write the wording, as a file that says nothing about itself."""
    for name, write in writes.items():
        yield Case(row, name, sent(write), doubtful)


def sent(write: Write) -> Callable[[Matter], bytes]:
    """Mails with such a file attached."""
    return lambda matter: mail(attached(write(matter.text)))
