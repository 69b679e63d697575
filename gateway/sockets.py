"""Listening sockets: bound here, or inherited from systemd."""

from __future__ import annotations

import os
import socket
from pathlib import Path

LONGEST_UNIX_PATH = 107
"""Bytes of a Unix socket's path that the kernel takes (unix(7))."""


def inherited() -> list[socket.socket]:
    """Listening sockets from systemd (sd_listen_fds(3)), or none."""
    if os.environ.get("LISTEN_PID") != str(os.getpid()):
        return []
    count = int(os.environ.get("LISTEN_FDS", "0"))
    return [socket.socket(fileno=descriptor) for descriptor in range(3, 3 + count)]


def bind(endpoint: str, backlog: int = 4096) -> socket.socket:
    """A listening TCP socket on HOST:PORT; raises OSError."""
    host, _, port = endpoint.rpartition(":")
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, int(port)))
    listener.listen(backlog)
    listener.setblocking(False)
    return listener


def bind_unix(path: Path) -> socket.socket:
    """A listening Unix socket that only this user can reach; raises ValueError where its path is too long."""
    if len(os.fsencode(path)) > LONGEST_UNIX_PATH:
        raise ValueError(f"{path}: longer than the {LONGEST_UNIX_PATH} bytes of a socket's path")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o077)
    try:
        listener.bind(str(path))
    finally:
        os.umask(before)
    listener.listen(1024)
    return listener
