"""A small supervisor for the tests: counts in forked children, shows the sum, ends when its input closes.

`forked` runs this file as a process with PROMETHEUS_MULTIPROC_DIR set, as the real supervisor sets it.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from gateway import metrics

CHILDREN = 3
PUBLICATION = "cla-2018"


@dataclass(frozen=True)
class Gateway:
    """A running process of this file: its metrics port, and a way to let its children count."""

    port: int
    process: subprocess.Popen[str]

    def count(self) -> None:
        """Let every child count once more; returns when they have."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("count\n")
        self.process.stdin.flush()
        assert "counted\n" == self.process.stdout.readline()


@contextmanager
def forked(folder: Path) -> Iterator[Gateway]:
    """A process with forked children that have not counted yet, ended with the block."""
    root = str(Path(__file__).parent.parent)
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(folder), "PYTHONPATH": root}
    command = [sys.executable, __file__]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield Gateway(int(process.stdout.readline()), process)
        finally:
            process.communicate(timeout=10)


def main() -> None:
    """Serve until standard input closes; each line of it lets the children count."""
    metrics.born([PUBLICATION, "never-attacked"])
    children = [child(number) for number in range(CHILDREN)]
    store = metrics.StoreCollector()
    store.gauges = metrics.Gauges(
        incidents={"held": 2},
        oldest_hold=timedelta(minutes=90),
        alerts_owed=1,
        register_age=timedelta(milliseconds=250),
        embargo={PUBLICATION: timedelta(hours=-1), "never-attacked": timedelta(hours=3)},
        audit_head=bytes(range(32)),
    )
    server = metrics.serve("127.0.0.1:0", metrics.registry(store), lambda: None)
    say(str(server.port))
    for _ in sys.stdin:
        for line in children:
            line.sendall(b"?")
            line.recv(1)
        say("counted")
    server.close()


def say(word: str) -> None:
    """One line for the parent."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def child(number: int) -> socket.socket:
    """Fork a child that counts for every byte it gets, and answers with one; the parent's end."""
    ours, theirs = socket.socketpair()
    if os.fork() == 0:
        ours.close()
        while theirs.recv(1):
            count(number)
            theirs.sendall(b"!")
        os._exit(0)
    theirs.close()
    return ours


def count(number: int) -> None:
    """What one worker counts: each child holds twice, the last one rejects once too."""
    metrics.BLOCKED.labels(PUBLICATION, "hold").inc(2)
    metrics.MAILS.labels("hold").inc(2)
    metrics.MAILS.labels("relay").inc(10)
    metrics.SCAN_SECONDS.observe(0.02)
    metrics.DECISION_SECONDS.observe(400)
    metrics.UNREADABLE.labels("encrypted").inc()
    metrics.NEXT_HOP_REPLIES.labels("2xx").inc(10)
    metrics.ERRORS.labels("bug").inc()
    if number == CHILDREN - 1:
        metrics.BLOCKED.labels(PUBLICATION, "reject").inc()


if __name__ == "__main__":
    main()
