"""Faults of the storage under a running gateway: a hold is deferred, clean mail flows, nothing is lost."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import warm
from tests.running import Gateway
from tests.sink import Sink, wait_for
from tests.talking import Talk, banner, letter, planned

WHEN = planned()
EMBARGOED = letter(banner(WHEN))
OUTSIDER, LEAD = "outsider@policy.example", "lead@stats.example"

needs_root = pytest.mark.skipif(os.getuid() != 0, reason="mounting needs root")
needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A next hop."""
    server = Sink()
    yield server
    server.close()


@contextlib.contextmanager
def mounted(*arguments: str, at: Path) -> Iterator[None]:
    """A mount for the time of a block; skips where the machine forbids it."""
    at.mkdir(exist_ok=True)
    if subprocess.run(["mount", *arguments, str(at)], check=False, capture_output=True).returncode:
        pytest.skip("this machine forbids mounting")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(at)], check=False)


@contextlib.contextmanager
def running(folder: Path, sink: Sink, *, disk: Path | None = None) -> Iterator[Gateway]:
    """A gateway of one worker with a publication under embargo."""
    gateway = Gateway(folder, sink.port, workers=1, store=f"sqlite:///{disk or folder}/store.db")
    gateway.call("publication", "add", "cla-2018", "--title", "Children", "--publishes-at",
                 WHEN.isoformat(), "--lead", LEAD)  # fmt: skip
    gateway.start()
    try:
        yield gateway
    finally:
        gateway.stop()


def send(gateway: Gateway, content: bytes = EMBARGOED) -> str:
    """One mail to an outsider."""
    talk = Talk(gateway.port)
    reply = talk.mail("sender@policy.example", [OUTSIDER], content)
    talk.quit()
    return reply


def meet_next_hop(gateway: Gateway) -> None:
    """Have what the next hop offers on record, so that the next write of the worker is that of a hold."""
    talk = Talk(gateway.port)
    assert talk.mail("sender@policy.example", ["warm@up.example"], letter("warm")).startswith("250")
    talk.quit()
    with contextlib.closing(sqlite3.connect(gateway.folder / "store.db")) as store:
        count = "SELECT count(*) FROM next_hop_offers"
        assert wait_for(lambda: store.execute(count).fetchone() != (0,))


def readiness(gateway: Gateway) -> str:
    """What `/ready` says, 200 as an empty text."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{gateway.metrics_port}/ready", timeout=30):
            return ""
    except urllib.error.HTTPError as error:
        return error.read().decode()


def becomes_ready(gateway: Gateway) -> bool:
    """Whether `/ready` comes to say 200."""
    return bool(wait_for(lambda: readiness(gateway) == "", 60))


def deferred_and_flowing(gateway: Gateway, sink: Sink) -> None:
    """A hold is deferred with 452, a clean mail is relayed, and nothing of the held one leaves."""
    assert send(gateway)[:9] == "452 4.3.1"
    before = len(sink.to(OUTSIDER))
    assert send(gateway, letter("ordinary"))[:3] == "250"
    assert before + 1 == len(sink.to(OUTSIDER))


def refused(gateway: Gateway) -> tuple[int, str]:
    """Exit status and last words of a `run` that must not become ready."""
    started = warm.start("gateway", ["run", "--config", str(gateway.config)], dict(os.environ))
    with started.stderr as said:
        lines = said.read().decode().splitlines()
    assert "ready" not in lines
    return started.wait(30), lines[-1]


@needs_root
def test_a_full_disk(sink: Sink, tmp_path: Path) -> None:
    """While the disk is full a hold gets 452 and `/ready` says so; with room again all goes on by itself (F-D01)."""
    disk = tmp_path / "disk"
    with (
        mounted("-t", "tmpfs", "-o", "size=3m", "tmpfs", at=disk),
        running(tmp_path, sink, disk=disk) as gateway,
    ):
        with (disk / "filler").open("wb", buffering=0) as filler, contextlib.suppress(OSError):
            while filler.write(bytes(4096)):
                pass
        deferred_and_flowing(gateway, sink)
        assert readiness(gateway) == "the store's disk is full\n"
        assert gateway.metric('embargo_gateway_errors_total{kind="store"}') >= 1
        (disk / "filler").unlink()
        assert send(gateway).startswith("250 2.0.0 Held")
        assert ([["held"], True], "") == (
            [[i["state"] for i in gateway.incidents()], becomes_ready(gateway)],
            "",
        )
        assert wait_for(lambda: sink.to(LEAD))
        gateway.stop()


@needs_root
def test_a_start_on_a_full_disk(sink: Sink, tmp_path: Path) -> None:
    """A full disk keeps no gateway from starting: clean mail needs none of it."""
    disk = tmp_path / "disk"
    with mounted("-t", "tmpfs", "-o", "size=3m", "tmpfs", at=disk):
        with running(tmp_path, sink, disk=disk):
            pass
        with (disk / "filler").open("wb", buffering=0) as filler, contextlib.suppress(OSError):
            while filler.write(bytes(4096)):
                pass
        gateway = Gateway(tmp_path, sink.port, workers=1, store=f"sqlite:///{disk}/store.db").start()
        deferred_and_flowing(gateway, sink)
        assert 0 == gateway.stop()


@needs_root
def test_a_store_that_becomes_read_only(sink: Sink, tmp_path: Path) -> None:
    """A file system that turns read-only defers holds; written to again, it takes them (F-D06)."""
    disk = tmp_path / "disk"
    disk.mkdir()
    with running(tmp_path, sink, disk=disk) as gateway:
        # A journal that is there just then, and cannot be deleted, is a failed sync.
        wait_for(lambda: time.time() - (disk / "store.db").stat().st_mtime > 1)
        with mounted("--bind", str(disk), at=disk):
            subprocess.run(["mount", "-o", "remount,bind,ro", str(disk)], check=True)
            deferred_and_flowing(gateway, sink)
            assert readiness(gateway) == "the store is read-only\n"
        assert send(gateway).startswith("250 2.0.0 Held")
        assert becomes_ready(gateway)


def test_a_store_that_is_deleted(sink: Sink, tmp_path: Path) -> None:
    """A deleted store takes nothing and is not made anew, empty; put back, it serves again (F-D08)."""
    store = tmp_path / "store.db"
    with running(tmp_path, sink) as gateway:
        shutil.copy(store, tmp_path / "backup.db")
        store.unlink()
        deferred_and_flowing(gateway, sink)
        assert readiness(gateway) != ""
        assert not store.exists()
        (tmp_path / "backup.db").rename(store)
        assert send(gateway).startswith("250 2.0.0 Held")
        assert becomes_ready(gateway)
        assert 1 == len(gateway.incidents())


def test_a_store_that_is_replaced(sink: Sink, tmp_path: Path) -> None:
    """After a restored backup has taken its name, a worker reads the new file, not the one that it has open."""
    store = tmp_path / "store.db"
    with running(tmp_path, sink) as gateway:
        shutil.copy(store, tmp_path / "backup.db")
        (tmp_path / "backup.db").rename(store)
        gateway.call("publication", "withdraw", "cla-2018")
        time.sleep(1)
        # Withdrawn in the new file: the banner is nobody's now.
        assert send(gateway) == "250 2.0.0 Ok: taken"


@contextlib.contextmanager
def failing(pid: int, calls: str = "fsync,fdatasync", error: str = "EIO") -> Iterator[None]:
    """Every such call of a process fails."""
    line = [
        "strace",
        "-f",
        "-qq",
        "-o",
        "/dev/null",
        "-e",
        f"trace={calls}",
        "-e",
        f"inject={calls}:error={error}",
    ]
    tracer = subprocess.Popen([*line, "-p", str(pid)], stderr=subprocess.DEVNULL)
    if not wait_for(lambda: f"TracerPid:\t{tracer.pid}" in Path(f"/proc/{pid}/status").read_text(), 60):
        tracer.kill()
        pytest.skip("this machine forbids tracing")
    try:
        yield
    finally:
        tracer.terminate()
        tracer.wait(10)


@needs_strace
@pytest.mark.parametrize("error", ["EDQUOT", "EIO"])
def test_a_refused_write_passes(sink: Sink, tmp_path: Path, error: str) -> None:
    """A write that a quota, a limit or the disk refuses defers the hold, no more: nothing was half done (F-D03)."""
    with running(tmp_path, sink) as gateway:
        talk = Talk(gateway.port)
        (worker,) = gateway.children("worker")
        with failing(worker, "pwrite64", error):
            deferred_and_flowing(gateway, sink)
        assert talk.mail("sender@policy.example", [OUTSIDER], EMBARGOED).startswith("250 2.0.0 Held")
        talk.quit()
        assert 1 == len(gateway.incidents())


@needs_strace
def test_a_failed_sync_of_a_worker_is_final(sink: Sink, tmp_path: Path) -> None:
    """The mail is deferred, no second try is a success, the service ends with 1; the next start goes on (F-D04)."""
    with running(tmp_path, sink) as gateway:
        meet_next_hop(gateway)
        talk = Talk(gateway.port)
        (worker,) = gateway.children("worker")
        assert gateway.process is not None
        with failing(worker):
            assert talk.mail("sender@policy.example", [OUTSIDER], EMBARGOED)[:9] == "452 4.3.1"
            assert talk.reply()[:9] in ("421 4.3.2", "")
            assert 1 == gateway.process.wait(10)
        assert any("store failed" in line for line in gateway.log)
        assert [] == sink.to(OUTSIDER)
        gateway.log.clear()
        gateway.start()
        assert send(gateway).startswith("250 2.0.0 Held")
        assert 1 == len(gateway.incidents())
        assert 0 == gateway.stop()


@needs_strace
def test_a_failed_sync_of_the_office_is_final(sink: Sink, tmp_path: Path) -> None:
    """The office's first failed sync ends the service too; the alert that it owed leaves after the next start."""
    with running(tmp_path, sink) as gateway:
        assert gateway.process is not None
        with failing(gateway.children("any")[0]):
            assert send(gateway).startswith("250 2.0.0 Held")
            assert 1 == gateway.process.wait(20)
        assert [] == sink.to(LEAD)
        gateway.log.clear()
        gateway.start()
        assert wait_for(lambda: sink.to(LEAD))
        assert ["sent"] == [incident["alert"] for incident in gateway.incidents()]


def overwritten(store: Path, start: int, data: bytes) -> None:
    """Damage a file."""
    with store.open("r+b") as file:
        file.seek(start)
        file.write(data)


def test_a_damaged_store_is_refused(sink: Sink, tmp_path: Path) -> None:
    """Flipped bytes, a lost header, a cut-off end and an emptied file: no start, and why is said (F-D08)."""
    store, whole = tmp_path / "store.db", tmp_path / "whole"
    with running(tmp_path, sink) as gateway:
        pass
    shutil.copy(store, whole)
    pages = store.stat().st_size // 4096
    for start, data in (
        (0, b"no database"),
        (4096, os.urandom(4096 * 3)),
        (pages // 2 * 4096, bytes(4096 * 5)),
    ):
        shutil.copy(whole, store)
        overwritten(store, start, data)
        code, said = refused(gateway)
        assert (2, True) == (code, said.startswith("store.url: damaged: ")), said
    shutil.copy(whole, store)
    os.truncate(store, 4096 * (pages // 2))
    assert (2, "store.url: damaged: ") == ((found := refused(gateway))[0], found[1][:20])
    os.truncate(store, 0)
    assert (2, True) == (
        (found := refused(gateway))[0],
        "these keys were used with another store" in found[1],
    )


@pytest.mark.long
def test_a_second_gateway_is_refused(sink: Sink, tmp_path: Path) -> None:
    """One SQLite store has one gateway: a second says why it ends; after a kill the next begins (F-K23)."""
    with running(tmp_path, sink) as gateway:
        assert gateway.process is not None
        code, said = refused(gateway)
        assert (1, True) == (code, said.startswith("store.url: another gateway serves this store (process "))
        assert str(gateway.process.pid) in said
        assert send(gateway).startswith("250 2.0.0 Held")
        gateway.kill()
        gateway.log.clear()
        gateway.start()
        assert send(gateway).startswith("250 2.0.0 Held")
