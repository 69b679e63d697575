"""A temporary folder that is ours alone.

The PDF library is unpacked into the folder for temporary files and loaded from there: in one that others can write to
they would decide what this process runs.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def temporary_folder(wanted: Path | None = None) -> Iterator[Path]:
    """Have this process and its children keep temporary files in a new folder of mode 0700, removed at the end.

    It lies in `wanted` if programs may be run from there (/run often forbids it), else where temporary files lie.
    """
    places = [Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")]  # noqa: S108  (a new folder in it)
    place = next(filter(_runs_programs, [wanted, *places] if wanted else places), places[0])
    before = os.environ.get("TMPDIR"), tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix="embargo-gateway-", dir=place) as folder:
        os.environ["TMPDIR"] = tempfile.tempdir = folder
        try:
            yield Path(folder)
        finally:
            _restore(*before)


def _restore(variable: str | None, folder: str | None) -> None:
    tempfile.tempdir = folder
    if variable is None:
        del os.environ["TMPDIR"]
    else:
        os.environ["TMPDIR"] = variable


def _runs_programs(place: Path) -> bool:
    try:
        return os.access(place, os.W_OK | os.X_OK) and not os.statvfs(place).f_flag & os.ST_NOEXEC
    except OSError:
        return False
