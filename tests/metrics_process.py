"""A small supervisor for the tests: counts in forked children, shows the sum, ends when its input closes.

`forked` runs this file as a process with PROMETHEUS_MULTIPROC_DIR set, as the real supervisor sets it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from gateway import metrics

CHILDREN = 3
PUBLICATION = "cla-2018"


@contextmanager
def forked(folder: Path) -> Iterator[int]:
    """The port of a process whose forked children have counted."""
    root = str(Path(__file__).parent.parent)
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(folder), "PYTHONPATH": root}
    command = [sys.executable, __file__]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.communicate(timeout=10)


def main() -> None:
    """Serve until standard input closes."""
    metrics.born([PUBLICATION, "never-attacked"])
    for number in range(CHILDREN):
        pid = os.fork()
        if pid == 0:
            count(number)
            os._exit(0)
        os.waitpid(pid, 0)
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
    print(server.port, flush=True)  # noqa: T201 - the parent reads it.
    sys.stdin.read()
    server.close()


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
