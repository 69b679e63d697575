"""A process that has everything imported and forks the public command from itself.

A start of `embargo-gateway run` spends a second on imports and a tenth on all the rest; a whole test run starts it
a hundred times.  What is started here is the same command with the same arguments in a process of its own, which
ends as any other does: only its imports were done before.  How it starts from nothing has tests of its own.

Each start has a keeper, the parent of the command: it tells the test how the command ended, and ends the command
when the test has gone.  Both ends are sockets of whole messages.
"""

from __future__ import annotations

import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parent.parent
_MODULES = (
    *("alembic.command", "psycopg", "uvloop"),
    *("gateway.cli.run", "gateway.config_checks", "gateway.store.installation"),
    *("gateway.office", "gateway.scanner", "gateway.supervisor", "gateway.worker"),
)
_LARGEST = 131_072
"""Bytes of one request: mostly the environment."""


class Started:
    """One started command, with what `subprocess.Popen` offers of it; `stderr` is for reading."""

    def __init__(self, keeper: socket.socket, stderr: int) -> None:
        self.stderr = os.fdopen(stderr, "rb")
        self.returncode: int | None = None
        self._keeper = keeper
        self.pid = int(keeper.recv(32))

    def poll(self) -> int | None:
        """Its exit status (minus the signal's number where one ended it), or None while it runs."""
        return self._heard(0)

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status; raises subprocess.TimeoutExpired."""
        status = self._heard(timeout)
        if status is None:
            raise subprocess.TimeoutExpired("run", timeout or 0)
        return status

    def send_signal(self, number: int) -> None:
        """Send a signal; nothing where it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def _heard(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._keeper], [], [], timeout)[0]:
            self.returncode = int(self._keeper.recv(32))
            self._keeper.close()
        return self.returncode


class _Warm:
    """The warm process of this test process, there from the first start on."""

    def __init__(self) -> None:
        self._link, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # prometheus_client decides at its import whether several processes count together; each start has its own
        # folder for them, and nothing is written to this one once the imports are done.
        with tempfile.TemporaryDirectory() as folder:
            with theirs:
                subprocess.Popen(
                    [sys.executable, "-m", "tests.warm", str(theirs.fileno())],
                    pass_fds=[theirs.fileno()],
                    env=os.environ | {"PROMETHEUS_MULTIPROC_DIR": folder},
                    cwd=_ROOT,
                )
            if not self._link.recv(1):
                raise AssertionError("the imports of `run` fail")

    def start(self, module: str, arguments: Sequence[str], environment: dict[str, str]) -> Started:
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        reading, writing = os.pipe()
        wanted = {"module": module, "arguments": list(arguments), "environment": environment}
        with theirs:
            socket.send_fds(self._link, [json.dumps(wanted).encode()], [theirs.fileno(), writing])
        os.close(writing)
        return Started(mine, reading)


_warm: list[_Warm] = []


def start(module: str, arguments: Sequence[str], environment: dict[str, str]) -> Started:
    """`python -m module arguments` with this environment, in the folder of the project."""
    if not _warm:
        _warm.append(_Warm())
    return _warm[0].start(module, arguments, environment)


def _serve(link: socket.socket) -> dict[str, Any] | None:
    """Fork a keeper for each start that is asked for; returns in the new command with what it is, and at the end."""
    link.send(b"!")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        message, descriptors, _, _ = socket.recv_fds(link, _LARGEST, 2)
        if not message:
            return None
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.dup2(descriptors[1], 2)
            command = os.fork()
            if command == 0:
                for each in (*descriptors, link.detach()):
                    os.close(each)
                wanted: dict[str, Any] = json.loads(message)
                return wanted
            _keep(command, socket.socket(fileno=descriptors[0]), descriptors[1])
        for each in descriptors:
            os.close(each)


def _keep(command: int, test: socket.socket, stderr: int) -> None:
    """Tell the test the command's process, and how it ends; end it when the test has gone."""
    os.closerange(0, 3)
    os.close(stderr)
    test.send(str(command).encode())
    end = os.pidfd_open(command)
    if end not in select.select([test.fileno(), end], [], [])[0]:
        os.kill(command, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(command, 0)[1])
    try:
        test.send(str(status).encode())
    finally:
        os._exit(0)


def _main() -> None:
    for name in _MODULES:
        importlib.import_module(name)
    link = socket.socket(fileno=int(sys.argv[1]))
    wanted = _serve(link)
    if wanted is None:
        return
    os.environ.clear()
    os.environ.update(wanted["environment"])
    tempfile.tempdir = None
    sys.argv = [wanted["module"], *wanted["arguments"]]
    runpy.run_module(wanted["module"], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _main()
