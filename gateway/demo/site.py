"""A whole installation in one temporary folder: configuration, store, the running gateway, and a sink behind it."""

from __future__ import annotations

import os
import shlex
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

import gateway
from gateway.demo.material import ALERTS, FALLBACK, Letter
from gateway.demo.sink import Sink

_COMMAND = (sys.executable, "-c", "from gateway.cli import main; main()")
_START_SECONDS = 60.0
_STOP_SECONDS = 30.0

_OTHER_INSTALLATION = frozenset(
    {"EMBARGO_GATEWAY_CONFIG", "CREDENTIALS_DIRECTORY", "RUNTIME_DIRECTORY", "NOTIFY_SOCKET", "LISTEN_PID"}
)
"""What would lead the demo's gateway to the machine's real one."""

_CONFIG = """\
[smtp]
listen = ["127.0.0.1:{smtp}"]
clients = ["127.0.0.0/8"]
hostname = "gateway.department.example"
[next_hop]
address = "127.0.0.1:{sink}"
tls = "none"
[store]
url = "sqlite:///{folder}/store/store.db"
[alerts]
sender = "{alerts}"
fallback = ["{fallback}"]
group_within = "1s"
[metrics]
listen = "127.0.0.1:{metrics}"
[console]
listen = "127.0.0.1:{console}"
[workers]
count = 2
scanners = 1
[log]
format = "console"
"""


class SiteError(Exception):
    """A command or the gateway did not do what it was asked; the text is for the person who watches."""


class Site:
    """The installation; use it as a context manager.  Ports are free ones of 127.0.0.1."""

    def __init__(self) -> None:
        self._closing = ExitStack()
        self._gateway: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Site:
        folder = self._closing.enter_context(tempfile.TemporaryDirectory(prefix="embargo-demo-"))
        self.folder = Path(folder).resolve()
        self.sink = Sink(self.folder / "arrived")
        self._closing.callback(self.sink.close)
        self._closing.callback(self._stop)
        self.smtp_port, self.metrics_port, self.console_port = _free_ports(3)
        self.config = self.folder / "gateway.toml"
        self._log = self.folder / "gateway.log"
        text = _CONFIG.format(
            smtp=self.smtp_port,
            sink=self.sink.port,
            folder=self.folder,
            metrics=self.metrics_port,
            console=self.console_port,
            alerts=ALERTS,
            fallback=FALLBACK,
        )
        self.config.write_text(text, encoding="utf-8")
        return self

    def __exit__(self, *_error: object) -> None:
        self._closing.close()

    def at_the_end(self, close: Callable[[], object]) -> None:
        """Have something closed together with the installation."""
        self._closing.callback(close)

    @property
    def metrics_url(self) -> str:
        """Where the numbers are."""
        return f"http://127.0.0.1:{self.metrics_port}/metrics"

    def command(self, *words: str) -> str:
        """Run one `embargo-gateway` command; its standard output.  Raises SiteError where it ends badly."""
        group, *rest = words
        done = subprocess.run(  # noqa: S603 - our own program
            [*_COMMAND, group, *rest, "--config", str(self.config)],
            capture_output=True,
            text=True,
            env=self._environment(),
            timeout=_START_SECONDS,
            check=False,
        )
        if done.returncode != 0:
            raise SiteError(
                f"`{shlex.join(words)}` ended with {done.returncode}: {done.stderr.strip()[-300:]}"
            )
        return done.stdout

    def start(self) -> None:
        """Start the gateway; returns when it says `ready`.  Raises SiteError where it does not."""
        with self._log.open("wb") as errors:
            self._gateway = subprocess.Popen(  # noqa: S603 - our own program
                [*_COMMAND, "run", "--config", str(self.config)], stderr=errors, env=self._environment()
            )
        end = time.monotonic() + _START_SECONDS
        while b"ready\n" not in self._log.read_bytes():
            if self._gateway.poll() is not None or time.monotonic() > end:
                raise SiteError("the gateway did not start; its log says why")
            time.sleep(0.05)

    def log(self) -> str:
        """The end of what the gateway has written, for whoever asks why."""
        return self._log.read_text(errors="replace")[-4000:] if self._log.exists() else ""

    def _environment(self) -> dict[str, str]:
        """This environment, with the package that runs now in front of any other, and temporary files with us."""
        root = str(Path(gateway.__file__).parent.parent)
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        kept = {key: value for key, value in os.environ.items() if key not in _OTHER_INSTALLATION}
        return {**kept, "PYTHONPATH": path, "TMPDIR": str(self.folder)}

    def _stop(self) -> None:
        if self._gateway is None:
            return
        self._gateway.terminate()
        try:
            self._gateway.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._gateway.kill()
            self._gateway.wait()

    def send(self, letter: Letter) -> tuple[int, str]:
        """Hand a mail to the gateway as a mail server would; its final reply."""
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=60) as client:
            client.ehlo("mail.department.example")
            client.mail(letter.sender)
            for recipient in letter.recipients:
                code, text = client.rcpt(recipient)
                if code != 250:
                    return code, text.decode("ascii", "replace")
            code, text = client.data(letter.content)
            return code, text.decode("ascii", "replace")

    def blocked(self, publication: str) -> int:
        """The number that the dashboards show for one publication."""
        with urllib.request.urlopen(self.metrics_url, timeout=10) as answer:  # noqa: S310 - our own address
            families = text_string_to_metric_families(answer.read().decode())
            samples = [sample for family in families for sample in family.samples]
        name = "embargo_gateway_blocked_attempts_total"
        return int(sum(s.value for s in samples if s.name == name and s.labels["publication"] == publication))


def _free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [int(each.getsockname()[1]) for each in sockets]
