"""What a scanner process gives up before it opens what came from outside."""

from __future__ import annotations

import os
import resource
import signal

from gateway import message


def confine(memory_bytes: int) -> None:
    """Give up what opening a document does not need; libraries are loaded before, while files may still be written."""
    message.prepare()
    for number in (signal.SIGALRM, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM, signal.SIGTERM, signal.SIGINT})
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_DATA, memory_bytes)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)


def _limit(resource_number: int, value: int) -> None:
    """Lower a limit for good, or leave it where it is lower already."""
    _, hard = resource.getrlimit(resource_number)
    bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(resource_number, (bound, bound))
