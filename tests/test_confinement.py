"""What a scanner may still do, once it is confined."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import os, signal
from gateway import confinement
answer = os.dup(1)
confinement._TASKS = 60
confinement.confine(1 << 30)
if os.getuid() == 0:
    os.setgid(54321)
    os.setuid(54321)
forks = 0
while forks < 200:
    try:
        if os.fork() == 0:
            signal.pause()
    except BlockingIOError:
        break
    forks += 1
os.write(answer, str(forks).encode())
os.killpg(0, signal.SIGKILL)
"""


def test_processes_are_bounded_and_end_with_their_group() -> None:
    """A fork bomb comes to the limit, whoever the user is but root, and one signal ends all of it."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, timeout=60, check=False)
    assert (-9, b"") == (done.returncode, done.stderr)
    assert int(done.stdout) < 60
