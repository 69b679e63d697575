"""Text of PDF and old Office files through kreuzberg, which is loaded only here and keeps nothing on disk."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from gateway.message import libarchive
from gateway.model import Reason

Bytes = bytes | memoryview

PDF: Final = "application/pdf"
_LOCKED: Final = re.compile(r"password|encrypt", re.I)
_PROPERTIES: Final = (
    "title",
    "subject",
    "keywords",
    "authors",
    "category",
    "summary",
    "comments",
    "description",
)
_UTF16_RUN: Final = re.compile(rb"(?:[\x20-\x7e\xa0-\xff\r\n\t]\0|[\x10-\x2f]\x20){6,}")
_ANY_RUN: Final = re.compile(rb"(?:[\x20-\x7e\xa0-\xff\r\n\t]\0|[^\0][\1-\6\x1e-\x21\xff]){6,}")
"""The same with letters of the other alphabets that look like ours, of two bytes each."""
_ADDRESS: Final = re.compile(rb"(?:(?:https?|file)://|\\\\(?=[\w.-]{2,99}\\))[!#-;=?-~]{3,2000}", re.I)
_WIDE_ADDRESS: Final = re.compile(
    rb"(?:h\0t\0t\0p\0(?:s\0)?|f\0i\0l\0e\0):\0/\0/\0(?:[!#-;=?-~]\0){3,2000}", re.I
)
_BYTE_RUN: Final = re.compile(rb"[\x20-\x7e\x91-\x97\xa0-\xff\r\n\t]{6,}")


@dataclass(frozen=True, slots=True)
class Native:
    """Text of a document, of its properties and of the files in it, and why it could not be read, if so."""

    text: str
    inner: tuple[str, ...] = ()
    reason: Reason | None = None
    about: str = ""
    links: tuple[str, ...] = ()

    @property
    def says(self) -> bool:
        """Whether there was any text."""
        return bool(self.text.strip() or self.about.strip())


def prepare() -> None:
    """Load the libraries and what one of them unpacks for itself, so that later they need no file and no time."""
    libarchive.library()
    read(_SMALLEST, PDF)


def read(data: Bytes, media_type: str) -> Native:
    """Text of one document.  What the library cannot read comes back with a reason, never as an error."""
    import kreuzberg

    try:
        result = kreuzberg.extract_bytes_sync(bytes(data), media_type, _config())
    except MemoryError:
        return Native("", reason=Reason.TOO_LARGE)
    except Exception as error:
        return Native("", reason=Reason.ENCRYPTED if _LOCKED.search(str(error)) else Reason.BROKEN)
    except BaseException as error:
        # A panic of the Rust core is no Exception; what asks this process to end must pass.
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        return Native("", reason=Reason.BROKEN)
    inner = tuple(_children(result))
    # A page without a word is a scan or a picture of one: a reader sees what we do not.
    blank = media_type == PDF and not result.content.strip() and not any(map(str.strip, inner))
    text, about = "\n".join(_texts(result)), "\n".join(_properties(result))
    links = tuple(str(link["url"]) for link in result.uris or ())
    return Native(text, inner, Reason.UNSUPPORTED if blank else None, about, links)


def pictures(data: Bytes) -> tuple[tuple[Any, ...], int]:
    """The pictures of a PDF file as files of their own (`data`, `page_number`, `width`, `height`), and its pages.

    What the library cannot open has none.
    """
    import kreuzberg

    try:
        result = kreuzberg.extract_bytes_sync(bytes(data), PDF, _with_pictures())
    except Exception:
        return (), 0
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        return (), 0
    return tuple(result.images or ()), int(result.get_page_count())


@cache
def _with_pictures() -> Any:
    """Pictures as they are, and nobody else who looks for words in them."""
    import kreuzberg

    # The stubs of the library do not know all that it takes.
    pictures: Any = kreuzberg.ImageExtractionConfig
    config: Any = kreuzberg.ExtractionConfig
    return config(
        use_cache=False,
        disable_ocr=True,
        enable_quality_processing=False,
        concurrency=kreuzberg.ConcurrencyConfig(max_threads=1),
        images=pictures(extract_images=True, auto_adjust_dpi=False, inject_placeholders=False),
        pages=kreuzberg.PageConfig(extract_pages=True),
        pdf_options=kreuzberg.PdfConfig(extract_images=True),
    )


@cache
def _config() -> Any:
    """No cache on disk, no reading of pictures, no rewriting of the text, notes at the margin included."""
    import kreuzberg

    return kreuzberg.ExtractionConfig(
        use_cache=False,
        enable_quality_processing=False,
        concurrency=kreuzberg.ConcurrencyConfig(max_threads=1),
        pdf_options=kreuzberg.PdfConfig(
            extract_images=False, extract_metadata=True, extract_annotations=True
        ),
    )


def _texts(result: Any) -> list[str]:
    texts = [result.content]
    texts += (str(note.content) for note in result.annotations or () if note.content)
    return texts


def _properties(result: Any) -> list[str]:
    texts: list[str] = []
    for name in _PROPERTIES:
        value = result.metadata.get(name)
        texts += [str(item) for item in value] if isinstance(value, list) else [str(value)] if value else []
    return texts


def _children(result: Any) -> list[str]:
    return [child["result"].content for child in result.children or ()]


def runs(data: bytes) -> str:
    """Whatever looks like text in an old Office stream: what is left when nothing can read it properly."""
    narrow = (match[0].decode("cp1252", "replace") for match in _BYTE_RUN.finditer(data))
    return "\n".join([*wide_runs(data), *narrow])


def wide_runs(data: bytes) -> Iterator[str]:
    """Whatever looks like text of two bytes a letter: in the letters of the West, then with those of others."""
    yield from (match[0].decode("utf-16-le", "replace") for match in _UTF16_RUN.finditer(data))
    for match in _ANY_RUN.finditer(data):
        said = match[0].decode("utf-16-le", "replace")
        if not said.isascii() and any(letter > "\xff" for letter in said):
            yield said


def addresses(data: bytes) -> tuple[str, ...]:
    """Addresses in an old Office stream, where fields and hyperlinks keep them in one or two bytes a letter."""
    wide = (match[0].decode("utf-16-le") for match in _WIDE_ADDRESS.finditer(data))
    narrow = (match[0].decode("ascii") for match in _ADDRESS.finditer(data))
    return tuple(dict.fromkeys((*wide, *narrow)))


_SMALLEST: Final = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
