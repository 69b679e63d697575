"""A gateway that runs for a test: the public command in a folder of its own, with the public commands beside it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path
from typing import Any

from gateway.cli import application
from gateway.cli.common import run_app
from tests import stores, warm
from tests.sink import wait_for

COMMAND = [sys.executable, "-m", "gateway"]


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Gateway:
    """`embargo-gateway run` with its configuration, and the other commands on the same store."""

    def __init__(
        self, folder: Path, next_hop: int, *, extra: str = "", workers: int = 2, store: str = ""
    ) -> None:
        self.folder = folder
        self.port, self.metrics_port, self.console_port = free_port(), free_port(), free_port()
        self.config = folder / "gateway.toml"
        self.config.write_text(
            f"""
[smtp]
listen = ["127.0.0.1:{self.port}"]
hostname = "gateway.example"
[next_hop]
address = "127.0.0.1:{next_hop}"
[store]
url = "{store or f"sqlite:///{folder}/store.db"}"
keys = "{folder}/keys"
[metrics]
listen = "127.0.0.1:{self.metrics_port}"
[workers]
count = {workers}
scanners = 2
[alerts]
sender = "embargo-gateway@department.example"
fallback = ["hop@department.example"]
{extra}
{"" if "[console]" in extra else f'[console]{chr(10)}listen = "127.0.0.1:{self.console_port}"'}
"""
        )
        if not store:
            stores.place(folder)
        self.process: warm.Started | None = None
        self.log: list[str] = []
        self.faults: list[dict[str, str]] = []

    def plan(self, where: str, when: str, do: str) -> Path:
        """Plant a fault (see `tests.faulty`) before the start; it acts once the returned file exists."""
        flag = self.folder / f"fault-{len(self.faults)}"
        self.faults.append({"where": where, "when": when, "do": do, "flag": str(flag)})
        return flag

    def start(self) -> Gateway:
        """Start and wait for `ready`."""
        self.process = warm.start(
            "tests.faulty" if self.faults else "gateway",
            ["run", "--config", str(self.config)],
            os.environ | {"GATEWAY_FAULTS": json.dumps(self.faults)},
        )
        threading.Thread(target=self._read, args=(self.process,), daemon=True).start()
        process = self.process
        wait_for(lambda: "ready" in self.log or process.poll() is not None, 90)
        if "ready" not in self.log:
            raise AssertionError("not ready:\n" + "\n".join(self.log))
        return self

    def _read(self, process: warm.Started) -> None:
        for line in process.stderr:
            self.log.append(line.decode("utf-8", "replace").rstrip("\n"))

    def stop(self) -> int:
        """SIGTERM, and the exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(90)
        finally:
            self.process.kill()

    def kill(self) -> None:
        """SIGKILL for the supervisor; the kernel ends its children."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def call(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """One command; its group and words come first, `--config` after them.

        All but `run` are called in this process: a process of their own would spend most of its time on imports.
        """
        split = (
            2
            if arguments[0] in ("publication", "access", "directory", "document", "incident", "audit")
            else 1
        )
        line = [*arguments[:split], "--config", str(self.config), *arguments[split:]]
        if arguments[0] == "run":
            return subprocess.run([*COMMAND, *line], capture_output=True, text=True, timeout=60, check=False)
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run_app(application(line), line)
        done = subprocess.CompletedProcess(line, code, out.getvalue(), err.getvalue())
        if check and code != 0:
            raise AssertionError(f"{arguments}: {code}\n{done.stdout}{done.stderr}")
        return done

    def json(self, *arguments: str) -> list[dict[str, Any]]:
        """The JSON lines of one command."""
        return [json.loads(line) for line in self.call(*arguments, "--json").stdout.splitlines()]

    def incidents(self) -> list[dict[str, Any]]:
        """`incident list --json`."""
        return self.json("incident", "list")

    def metric(self, name: str) -> float:
        """The value of one series, written as it stands on `/metrics`; 0 where there is none."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics_port}/metrics", timeout=30) as answer:
            for line in answer.read().decode().splitlines():
                if line.startswith(name + " "):
                    return float(line.rpartition(" ")[2])
        return 0.0

    def children(self, role: str) -> list[int]:
        """Process ids of the children that hold a listening socket (`worker`) or all of them (`any`)."""
        assert self.process is not None
        pids = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(pid) for pid in pids if role == "any" or _holds_port(int(pid), self.port)]


def _holds_port(pid: int, port: int) -> bool:
    """Whether a process serves clients on this port: it has an established connection there or accepts on it."""
    inodes = _inodes(port)
    links = []
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            links.append(os.readlink(descriptor))
        except OSError:
            continue
    return any(f"socket:[{inode}]" in links for inode in inodes)


def _inodes(port: int) -> list[str]:
    """Socket inodes of established connections whose local port is `port`."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return [row[9] for row in rows if int(row[1].rpartition(":")[2], 16) == port and row[3] == "01"]
