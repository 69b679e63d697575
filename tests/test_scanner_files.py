"""What a scanner does to the world while it opens documents, as the kernel sees it: nothing."""

from __future__ import annotations

import json
import re
import shutil
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import papers
from tests.binary_books import agile
from tests.blind.kept import OLD

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed"),
]

SCANNER = """
import socket, sys
from datetime import timedelta
from gateway.scanner import serve
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen()
serve(listener, timedelta(seconds=30), 2**31)
"""
CALLS = (
    "open,openat,openat2,creat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mknod,mknodat,"
    "truncate,memfd_create,connect,execve,accept4,accept"
)
CHANGES = re.compile(
    r"O_WRONLY|O_RDWR|O_CREAT|creat\(|mkdir|rename|link|mknod|truncate|memfd_create|connect\(|execve\("
)
DOCUMENTS = {
    "pdf": papers.pdf(),
    "docx": papers.word(),
    "xlsx": papers.workbook(),
    "locked": agile(papers.workbook()),
    "doc": OLD["word-pieces"](papers.BANNER),
    "ppt": OLD["slides-wide"](papers.BANNER),
    "zip": papers.archive({"a.txt": papers.BANNER.encode(), "b.pdf": papers.pdf()}),
    "broken": papers.pdf()[:300],
}


def ask(place: Path, data: bytes) -> dict[str, object]:
    """The scanner's answer about one document."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(60)
        connection.connect(str(place))
        question = json.dumps({"work": "read", "path": "1", "hint": "", "size": len(data)}).encode()
        connection.sendall(struct.pack("!Q", len(question)) + question + data)
        with connection.makefile("rb") as answers:
            assert b"\1" == answers.read(1)
            (length,) = struct.unpack("!Q", answers.read(8))
            answer: dict[str, object] = json.loads(answers.read(length))
            return answer


@pytest.fixture
def traced(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """A scanner under strace: its socket, and the record of its calls; it may keep files in a folder of its own."""
    place, record, folder = tmp_path / "scanner", tmp_path / "calls", tmp_path / "own"
    folder.mkdir(mode=0o700)
    command = ["strace", "--follow-forks", "--seccomp-bpf", f"--trace={CALLS}", f"--output={record}"]
    command += [sys.executable, "-c", SCANNER, str(place)]
    environment = {"PATH": "/usr/bin:/bin", "TMPDIR": str(folder), "PYTHONPATH": ":".join(sys.path)}
    with subprocess.Popen(command, env=environment, start_new_session=True) as scanner:
        deadline = time.monotonic() + 60
        while not place.exists() and scanner.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        yield place, record
        scanner.terminate()
        for line in record.read_text().splitlines()[:1]:
            subprocess.run(["kill", line.split()[0]], check=False)


def test_a_scanner_opens_nothing_for_writing(traced: tuple[Path, Path], tmp_path: Path) -> None:
    """From its first document on, no file is made, changed or written, no program started and nobody called.

    Before that the library of PDFs is unpacked into the scanner's own folder, and nothing into that of everybody.
    """
    place, record = traced
    for data in DOCUMENTS.values():
        assert ask(place, data)
    calls = record.read_text().splitlines()
    served = next(number for number, line in enumerate(calls) if re.search(r"accept4?\(", line))
    changes = [
        line for line in calls if CHANGES.search(line) and "/dev/null" not in line and " = -1 " not in line
    ]
    assert [] == [line for line in calls[served:] if line in changes]
    before = [line for line in changes if "execve" not in line and "__pycache__" not in line]
    assert before, "the library was not seen to be unpacked"
    assert [] == [line for line in before if str(tmp_path / "own") not in line]
