"""The header of a mail that Outlook has kept (.msg): the fields that lead to other mails, as a header has them."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from typing import Final

from gateway.message import charsets
from gateway.message.compound import CompoundFile

_TEXTS: Final = (
    ("Subject", "0037"),
    ("Message-ID", "1035"),
    ("In-Reply-To", "1042"),
    ("References", "1039"),
)
_INDEX: Final = "__substg1.0_00710102"


def header(compound: CompoundFile) -> str:
    """The fields of the message itself ([MS-OXPROPS]), not of those in it, one a line; empty where there are none.

    Raises Broken as `CompoundFile.read` does.
    """
    return "\n".join(f"{name}: {_one_line(value)}" for name, value in _fields(compound))


def _one_line(text: str) -> str:
    return " ".join(text.replace("\0", " ").split())


def _fields(compound: CompoundFile) -> Iterator[tuple[str, str]]:
    for name, number in _TEXTS:
        stream = compound.first(f"__substg1.0_{number}001f", f"__substg1.0_{number}001e")
        if stream is not None and stream.size:
            data = compound.read(stream)
            wide = stream.name.endswith("f")
            yield name, data.decode("utf-16-le", "replace") if wide else charsets.decode(data)
    index = compound.first(_INDEX)
    if index is not None and index.size:
        yield "Thread-Index", b64encode(compound.read(index)).decode()
