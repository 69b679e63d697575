"""The supervisor: ready when all accept, told to systemd, sockets inherited, children replaced."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import Gateway, free_port
from tests.sink import Sink, wait_for
from tests.talking import Talk, letter


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A next hop."""
    server = Sink()
    yield server
    server.close()


def test_systemd_is_told(sink: Sink, tmp_path: Path) -> None:
    """READY=1 comes once mail is accepted, then the watchdog is fed; STOPPING=1 comes at the end."""
    told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    told.bind(str(tmp_path / "notify"))
    told.settimeout(20)
    gateway = Gateway(tmp_path, sink.port)
    os.environ["NOTIFY_SOCKET"] = str(tmp_path / "notify")
    try:
        gateway.start()
    finally:
        del os.environ["NOTIFY_SOCKET"]
    assert b"READY=1" == told.recv(100)
    assert b"WATCHDOG=1" == told.recv(100)
    assert gateway.stop() == 0
    while (message := told.recv(100)) == b"WATCHDOG=1":
        pass
    assert b"STOPPING=1" == message


@pytest.mark.long
def test_the_watchdog_starves_when_a_worker_hangs(sink: Sink, tmp_path: Path) -> None:
    """A stopped worker is no live worker: systemd hears nothing more."""
    told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    told.bind(str(tmp_path / "notify"))
    told.settimeout(1)
    gateway = Gateway(tmp_path, sink.port)
    os.environ["NOTIFY_SOCKET"] = str(tmp_path / "notify")
    try:
        gateway.start()
        worker = gateway.children("any")[-1]
        os.kill(worker, signal.SIGSTOP)
        assert wait_for(lambda: _silent(told), 60)
        os.kill(worker, signal.SIGCONT)
        told.settimeout(10)
        assert b"WATCHDOG=1" == told.recv(100)
    finally:
        del os.environ["NOTIFY_SOCKET"]
        gateway.stop()


def test_inherited_sockets_win(sink: Sink, tmp_path: Path) -> None:
    """A socket from systemd is served instead of the configured address."""
    gateway = Gateway(tmp_path, sink.port)
    listener = socket.create_server(("127.0.0.1", free_port()))
    start = (
        "import os, sys; os.dup2(int(sys.argv[1]), 3); os.set_inheritable(3, True);"
        "os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS='1');"
        "os.execv(sys.executable, [sys.executable, '-m', 'gateway', 'run', '--config', sys.argv[2]])"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", start, str(listener.fileno()), str(gateway.config)],
        pass_fds=[listener.fileno()],
        stderr=subprocess.DEVNULL,
        cwd=Path(__file__).parent.parent,
    )
    try:
        talk = Talk(listener.getsockname()[1])
        assert talk.mail("a@x.example", ["b@x.example"], letter("text"))[:3] == "250"
        talk.quit()
        with pytest.raises(ConnectionRefusedError):
            Talk(gateway.port)
    finally:
        process.terminate()
        assert process.wait(60) == 0


def test_a_killed_supervisor_takes_its_children_along(sink: Sink, tmp_path: Path) -> None:
    """kill -9 of the supervisor leaves nobody who serves with old settings."""
    gateway = Gateway(tmp_path, sink.port).start()
    children = gateway.children("any")
    assert len(children) == 5
    gateway.kill()
    assert wait_for(lambda: not [pid for pid in children if Path(f"/proc/{pid}").exists()], 60)


def test_a_port_that_is_taken_is_named(sink: Sink, tmp_path: Path) -> None:
    """A listener that cannot be had ends the start with status 2 and its path."""
    gateway = Gateway(tmp_path, sink.port)
    with socket.create_server(("127.0.0.1", gateway.port)):
        done = gateway.call("run", check=False)
    assert (2, f"smtp.listen.0: 127.0.0.1:{gateway.port}: Address already in use\n") == (
        done.returncode,
        done.stderr,
    )


def _silent(told: socket.socket) -> bool:
    """Whether nothing was told within the socket's timeout."""
    try:
        told.recv(100)
    except TimeoutError:
        return True
    return False
