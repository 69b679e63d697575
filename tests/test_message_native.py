"""The document library: what it reads, and that its faults are ours to name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.message import native
from gateway.model import Reason
from tests.papers import BANNER, pdf


def test_pdf_is_read() -> None:
    """The text of a page comes back."""
    assert BANNER in native.read(memoryview(pdf()), native.PDF).text


def test_a_pdf_without_a_word_is_not_read() -> None:
    """A scan shows a reader what it does not show us: that is said, not passed over."""
    assert Reason.UNSUPPORTED is native.read(pdf(""), native.PDF).reason
    assert native.read(pdf("A word"), native.PDF).reason is None


def test_locked_pdf_is_encrypted() -> None:
    """A page behind a password is named as encrypted."""
    assert Reason.ENCRYPTED is native.read(pdf(password="secret"), native.PDF).reason


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4\n", pdf()[:200]])
def test_broken_pdf_is_broken(data: bytes) -> None:
    """What is no PDF is broken, not an error."""
    assert Reason.BROKEN is native.read(data, native.PDF).reason


def test_broken_old_files_are_broken() -> None:
    """The library's panics and errors over old Office files are a reason."""
    for media_type in ("application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"):
        assert (
            Reason.BROKEN is native.read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), media_type).reason
        )


def test_runs_find_text_of_both_widths() -> None:
    """What nothing can read still shows its text, in one byte a letter or in two."""
    found = native.runs(b"\0\1RESTRICTED\0\2" + "until published".encode("utf-16-le") + b"\0\0")
    assert ["until published", "RESTRICTED"] == [line for line in found.splitlines() if len(line) > 8]


def test_library_is_loaded_only_when_a_document_is_opened() -> None:
    """Workers read mail without paying for the document library."""
    script = "import sys, gateway.message, gateway.scanner; assert 'kreuzberg' not in sys.modules"
    subprocess.run([sys.executable, "-c", script], check=True)


def test_nothing_of_a_document_is_left_on_disk(tmp_path: Path) -> None:
    """Neither a cache nor a temporary file keeps what a document says."""
    script = (
        "from gateway.message import native\nfrom tests.papers import pdf\n"
        "assert native.read(pdf('SECRETWORD'), native.PDF).text\n"
    )
    places = {name: str(tmp_path / name) for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME")}
    for place in places.values():
        Path(place).mkdir()
    subprocess.run([sys.executable, "-c", script], check=True, env={**os.environ, **places}, cwd=Path.cwd())
    left = [file for file in tmp_path.rglob("*") if file.is_file() and b"SECRETWORD" in file.read_bytes()]
    assert [] == left
