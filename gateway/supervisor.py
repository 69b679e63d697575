"""The supervisor: one parent of W workers, the scanners and the office; it restarts who dies and feeds the watchdog.

It owns the listening sockets, so that a worker's death refuses nobody, and holds no mail itself.  Children are forked
from a process that has everything imported: a restart takes milliseconds.  It runs no thread and no loop, because a
fork copies neither.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

from gateway import log

_log = log.get(__name__)
_FRESH = 10.0
"""Seconds without a heartbeat after which a worker counts as hung."""
_HUNG = {"worker": 60.0, "office": 20.0}
"""Seconds without a heartbeat after which a child is killed: mail waits for a hung office, so it has less time."""
_BACK_OFF = (0.0, 0.1, 0.5, 1.0, 2.0, 5.0)
_STEADY = 30.0
"""Seconds a child must live for its next death to count as the first."""
_DRAIN = 75.0
"""Seconds for workers to end; above the worker's own 60 and below the unit's TimeoutStopSec."""
_RELOAD_PAUSE = 2.0
"""Seconds between two reloads: each is a generation of processes."""
_PR_SET_PDEATHSIG = 1


@dataclass(slots=True)
class Child:
    """One process: what it does, and when it was last heard.  `beat` is our end of its heartbeat pipe."""

    role: str
    body: Callable[[int], None]
    pid: int = 0
    beat: int = -1
    heard: float = 0.0
    began: float = 0.0
    deaths: int = 0
    due: float | None = 0.0


class Supervisor:
    """Keeps children alive until SIGTERM or SIGINT; SIGHUP calls `reload` and replaces who serves.

    A child that ends with status `final` ends the whole service: what it met concerns them all.
    """

    def __init__(
        self, ready: Callable[[], None], reload: Callable[[], bool], final: int | None = None
    ) -> None:
        self._children: list[Child] = []
        self._leaving: list[Child] = []
        self._final = final
        self._status = 0
        self._replaced_at = -_RELOAD_PAUSE
        self._ready = ready
        self._reload = reload
        self.each_round: Callable[[], object] = lambda: None
        """Called at least twice a second: what children are to inherit is kept up to date by it."""
        self._announced = False
        self._stopping = self._reloading = False
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_write, False)
        os.set_blocking(self._wake_read, False)

    def add(self, role: str, body: Callable[[int], None]) -> None:
        """Have a child that runs `body(heartbeat descriptor)`; roles are worker, scanner and office."""
        self._children.append(Child(role, body))

    def run(self) -> int:
        """Until told to stop; returns the exit status."""
        gc.freeze()
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        signal.signal(signal.SIGHUP, self._hang_up)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        while not self._stopping:
            self.each_round()
            self._start_due()
            self._listen(0.5)
            self._reap()
            self._replace_hung()
            self._announce()
            self._retire()
            if self._reloading and time.monotonic() - self._replaced_at >= _RELOAD_PAUSE:
                self._reloading = False
                self._replace()
        self._end()
        return self._status

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _hang_up(self, _number: int, _frame: FrameType | None) -> None:
        self._reloading = True

    def _start_due(self) -> None:
        now = time.monotonic()
        for child in self._children:
            if child.due is not None and child.due <= now:
                self._start(child, now)

    def _start(self, child: Child, now: float) -> None:
        read, write = os.pipe()
        os.set_blocking(read, False)
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._become(child, write, parent)
        os.close(write)
        child.pid, child.beat, child.began, child.heard, child.due = pid, read, now, 0.0, None

    def _become(self, child: Child, heartbeat: int, parent: int) -> None:
        """In the child: run its body and leave, whatever happens."""
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
                signal.signal(number, signal.SIG_DFL)
            # SIGUSR1 means something only once a worker has said so.
            for number in (signal.SIGINT, signal.SIGUSR1):
                signal.signal(number, signal.SIG_IGN)
            _die_with(parent)
            for each in self._everyone():
                if each.beat >= 0:
                    os.close(each.beat)
            child.body(heartbeat)
            status = 0
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 1
        except BaseException as error:
            _log.error("died", role=child.role, error=type(error).__name__, trace=log.trace(error))
        finally:
            sys.stderr.flush()
            os._exit(status)

    def _listen(self, seconds: float) -> None:
        beats = {child.beat: child for child in self._everyone() if child.beat >= 0}
        readable, _, _ = select.select([self._wake_read, *beats], [], [], seconds)
        for descriptor in readable:
            data = os.read(descriptor, 4096)
            child = beats.get(descriptor)
            if child is None:
                continue
            if data:
                child.heard = time.monotonic()
            else:
                os.close(descriptor)
                child.beat = -1

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            for child in self._everyone():
                if child.pid == pid:
                    self._died(child, status)

    def _everyone(self) -> list[Child]:
        return [*self._children, *self._leaving]

    def _died(self, child: Child, status: int) -> None:
        now = time.monotonic()
        code = os.waitstatus_to_exitcode(status)
        if child.role == "scanner":
            # What a document made it start would outlive it, and keep its worker waiting for an answer.
            with contextlib.suppress(OSError):
                os.killpg(child.pid, signal.SIGKILL)
        child.deaths = 0 if code == 0 or now - child.began > _STEADY else child.deaths + 1
        child.due = now + _BACK_OFF[min(child.deaths, len(_BACK_OFF) - 1)]
        child.pid = 0
        if child.beat >= 0:
            os.close(child.beat)
            child.beat = -1
        if child in self._leaving:
            self._leaving.remove(child)
        elif child.role != "scanner" or code not in (0, -signal.SIGALRM):
            _log.warning("child ended", role=child.role, code=code)
        if code == self._final:
            self._stopping, self._status = True, 1

    def _replace_hung(self) -> None:
        for child in self._everyone():
            if (
                child.role != "scanner"
                and child.pid
                and child.heard
                and time.monotonic() - child.heard > _HUNG[child.role]
            ):
                _log.error("child hung", role=child.role, pid=child.pid)
                os.kill(child.pid, signal.SIGKILL)
                child.heard = 0.0

    def _announce(self) -> None:
        """Say `ready` once, when every worker and the office live; then feed the watchdog while they do."""
        now = time.monotonic()
        serving = [child for child in self._children if child.role != "scanner"]
        if not all(child.heard for child in serving):
            return
        if not self._announced:
            self._announced = True
            self._ready()
            notify("READY=1")
        if all(now - child.heard < _FRESH for child in serving):
            notify("WATCHDOG=1")

    def _replace(self) -> None:
        """After a good reload every child has a successor; the office, of which there is one, is started again."""
        self._replaced_at = time.monotonic()
        try:
            good = self._reload()
        except Exception as error:
            good = False
            _log.error("bug", error=type(error).__name__, trace=log.trace(error))
        if not good:
            return
        for index, child in enumerate(self._children):
            if child.role != "office":
                self._children[index] = Child(child.role, child.body)
                if child.pid:
                    self._leaving.append(child)
            elif child.pid:
                os.kill(child.pid, signal.SIGTERM)

    def _retire(self) -> None:
        """Tell predecessors to go once every worker of the new generation accepts: there is never nobody."""
        if all(child.heard for child in self._children if child.role == "worker"):
            for child in self._leaving:
                if child.due is None:
                    accepts = child.role == "worker" and child.heard
                    os.kill(child.pid, signal.SIGUSR1 if accepts else signal.SIGTERM)
                    child.due = float("inf")

    def _end(self) -> None:
        """Workers first, so that they still have scanners and office for the mails at work."""
        notify("STOPPING=1")
        for roles in (("worker",), ("scanner", "office")):
            ending = [child for child in self._everyone() if child.role in roles and child.pid]
            for child in ending:
                os.kill(child.pid, signal.SIGTERM)
            self._await(ending)

    def _await(self, ending: list[Child]) -> None:
        end = time.monotonic() + _DRAIN
        while any(child.pid for child in ending) and time.monotonic() < end:
            self._listen(0.2)
            self._reap()
        for child in ending:
            if child.pid:
                os.kill(child.pid, signal.SIGKILL)


def _die_with(parent: int) -> None:
    """Have the kernel end this process when the supervisor is killed: nobody else would."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)


def notify(message: str) -> None:
    """Tell systemd (sd_notify(3)); nothing where nobody listens."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as link:
        try:
            link.sendto(message.encode(), "\0" + address[1:] if address.startswith("@") else address)
        except OSError:
            _log.warning("systemd not told", problem="notify socket")
