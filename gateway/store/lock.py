"""One gateway for one SQLite store: a lock beside its file for as long as `run` lives; commands are not concerned.

Two offices would each take the other's work for left over and send it twice.  On PostgreSQL offices claim their
work in the store, so that several may share it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time

from gateway.store import NotDone
from gateway.store.database import sqlite_path

_PATIENCE = 3.0
"""Seconds for a predecessor's office to end, when a gateway is killed and started again."""
_PAUSE = 0.05


def take(url: str, patience: float = _PATIENCE) -> int | None:
    """The locked descriptor, or None where the store may be shared; raises NotDone where another gateway has it.

    Whoever inherits the descriptor shares the lock.
    """
    path = sqlite_path(url)
    if path is None:
        return None
    path = path.with_name(f"{path.name}.lock")
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise NotDone("store.url", f"{path}: {error.strerror}") from None
    end = time.monotonic() + patience
    while not _locked(descriptor):
        if time.monotonic() >= end:
            owner = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
            os.close(descriptor)
            raise NotDone(
                "store.url",
                f"another gateway serves this store (process {owner or 'unknown'}); {path} is locked",
            )
        time.sleep(_PAUSE)
    _sign(descriptor)
    return descriptor


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _sign(descriptor: int) -> None:
    """Say who has the lock; on a full disk it holds without a name."""
    with contextlib.suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
