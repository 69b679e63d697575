"""What `run` sees to before it serves: sockets that can be bound, and a private place for what libraries unpack."""

from __future__ import annotations

import os
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.cli.private import temporary_folder
from tests.papers import attached, mail, pdf
from tests.running import COMMAND, Gateway
from tests.sink import Sink
from tests.talking import Talk, banner, planned

OUTSIDER = "outsider@policy.example"
NOEXEC = "noexec,nosuid,nodev,size=16m,mode=755"


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A next hop."""
    server = Sink()
    yield server
    server.close()


@pytest.fixture
def noexec() -> Iterator[Path]:
    """A folder from which nothing may be run, as /run is on Debian; its name is short, because socket paths are."""
    place = Path(tempfile.mkdtemp(prefix="run", dir="/tmp"))
    if os.getuid() != 0:
        pytest.skip("mounting needs root")
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", NOEXEC, "tmpfs", place], check=False, capture_output=True
    ).returncode:
        pytest.skip("this machine forbids mounting")
    yield place
    subprocess.run(["umount", "-l", place], check=True)
    place.rmdir()


def libraries(gateway: Gateway) -> set[Path]:
    """Where the processes of a gateway have loaded the PDF library from."""
    lines = [
        line.rstrip("\n").split(maxsplit=5)
        for pid in gateway.children("any")
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines()
    ]
    # Two that unpack it at the same time replace each other's file, which is then deleted under its name.
    return {Path(line[5].removesuffix(" (deleted)")) for line in lines if "pdfium" in line[-1]}


def test_documents_where_run_forbids_programs(
    sink: Sink, tmp_path: Path, noexec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a runtime folder on `noexec` a PDF is still read; its library lies in a folder that is ours alone."""
    when = planned()
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(noexec))
    gateway = Gateway(tmp_path, sink.port)
    gateway.call("publication", "add", "cla-2018", "--title", "Children", "--publishes-at",
                 when.isoformat(), "--lead", "lead@stats.example")  # fmt: skip
    gateway.start()
    try:
        talk = Talk(gateway.port)
        content = mail(attached(pdf(banner(when)), "a.pdf", "application/pdf"))
        assert talk.mail("sender@policy.example", [OUTSIDER], content).startswith("250 2.0.0 Held")
        talk.quit()
        assert ["cla-2018"] == gateway.incidents()[0]["publications"]
        (library,) = libraries(gateway)
        folder = library.parents[1]
        assert 0o700 == stat.S_IMODE(folder.stat().st_mode)
        assert not library.is_relative_to(noexec)
    finally:
        assert 0 == gateway.stop()
    assert ([], False) == (list(noexec.iterdir()), folder.exists())


def test_a_planted_library_is_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library that somebody has put into the common temporary folder is not the one that a command runs."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    planted = tmp_path / "kreuzberg-pdfium"
    planted.mkdir()
    for name in ("libpdfium.so", "pdfium.so"):
        (planted / name).write_bytes(b"not a library")
    (tmp_path / "release.pdf").write_bytes(pdf("Figures of the release, to be kept"))
    gateway = Gateway(tmp_path, 1)
    gateway.call("publication", "add", "cla-2018", "--title", "Children", "--publishes-at",
                 planned().isoformat(), "--lead", "lead@stats.example")  # fmt: skip
    # The private folder is made where the program begins, so it has to be the program itself.
    line = ["document", "add", "cla-2018", str(tmp_path / "release.pdf"), "--config", str(gateway.config)]
    done = subprocess.run([*COMMAND, *line], capture_output=True, text=True, timeout=60, check=True)
    assert "unreadable" not in done.stdout + done.stderr
    assert [b"not a library"] * 2 == [each.read_bytes() for each in planted.iterdir()]


def test_the_folder_goes_with_its_command(tmp_path: Path) -> None:
    """The private folder is closed to others, set for this process and its children, and gone afterwards."""
    before = os.environ.get("TMPDIR"), tempfile.tempdir
    with temporary_folder(tmp_path) as folder:
        assert (tmp_path, 0o700) == (folder.parent, stat.S_IMODE(folder.stat().st_mode))
        assert (str(folder), str(folder)) == (os.environ["TMPDIR"], tempfile.gettempdir())
    assert (False, before) == (folder.exists(), (os.environ.get("TMPDIR"), tempfile.tempdir))


@pytest.mark.long
def test_a_socket_path_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A runtime folder whose sockets would have too long a path is named, with status 2."""
    deep = tmp_path / ("d" * 90)
    deep.mkdir()
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(deep))
    gateway = Gateway(tmp_path, 1)
    line = [*COMMAND, "run", "--config", str(gateway.config)]
    done = subprocess.run(line, capture_output=True, text=True, timeout=30)
    assert 2 == done.returncode, done.stderr
    assert str(deep) in done.stderr
    assert "longer than the 107 bytes of a socket's path" in done.stderr
