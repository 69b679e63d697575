"""What a scanner process gives up before it opens what came from outside."""

from __future__ import annotations

import os
import resource
import signal
from typing import Final

from gateway import message

_TASKS: Final = 4_096
"""Processes and threads of this user, everything counted: what a fork bomb comes to where nothing else bounds it.

No number of its own: the kernel counts for the user, and the library of documents hangs where it gets no thread.
"""


def confine(memory_bytes: int) -> None:
    """Give up what opening a document does not need; libraries are loaded before, while files may still be written.

    The process leads a group of its own, with which its supervisor ends whatever it has started.
    """
    message.prepare()
    os.setpgid(0, 0)
    for number in (signal.SIGALRM, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM, signal.SIGTERM, signal.SIGINT})
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_DATA, memory_bytes)
    _limit(resource.RLIMIT_NPROC, _TASKS)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)


def _limit(resource_number: int, value: int) -> None:
    """Lower a limit for good, or leave it where it is lower already."""
    _, hard = resource.getrlimit(resource_number)
    bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(resource_number, (bound, bound))
