"""Archives as the programs write them that people pack with: 7-Zip, gcab, genisoimage, zstd, lz4, as installed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

Files = Mapping[str, bytes]

PROGRAMS = ("7zz", "gcab", "genisoimage", "zstd", "lz4")


def missing() -> tuple[str, ...]:
    """The programs that are not installed here."""
    return tuple(name for name in PROGRAMS if shutil.which(name) is None)


def written(files: Files, command: Sequence[str], *, out: str = "out") -> bytes:
    """What a program makes of the files, whose names are put behind its command; `out` is where it writes."""
    with tempfile.TemporaryDirectory() as folder:
        for name, data in files.items():
            (Path(folder) / name).write_bytes(data)
        run = subprocess.run([*command, *files], cwd=folder, capture_output=True, check=True)
        return (Path(folder) / out).read_bytes() if out else run.stdout


def sevenzip(files: Files, *options: str, kind: str = "7z") -> bytes:
    """An archive of 7-Zip."""
    return written(files, ("7zz", "a", "-bd", f"-t{kind}", *options, f"out.{kind}"), out=f"out.{kind}")


def cabinet(files: Files) -> bytes:
    """A deflated cabinet."""
    return written(files, ("gcab", "-c", "-z", "out"))


def image(files: Files) -> bytes:
    """A disk image with the directories of Windows and of Unix."""
    return written(files, ("genisoimage", "-quiet", "-J", "-r", "-o", "out"))


def zstd(data: bytes) -> bytes:
    """A zstd file."""
    return written({"in": data}, ("zstd", "-q", "-c"), out="")


def lz4(data: bytes) -> bytes:
    """An lz4 file."""
    return written({"in": data}, ("lz4", "-q", "-c"), out="")
