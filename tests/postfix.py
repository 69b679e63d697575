"""A private Postfix: its own configuration, queue and ports, loopback only, no DNS."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

from tests.running import free_port
from tests.sink import wait_for

_MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = {name}
mydestination =
local_transport = error:no local delivery
alias_maps =
alias_database =
local_recipient_maps =
mynetworks = 127.0.0.0/8
relayhost = [127.0.0.1]:{to}
smtp_dns_support_level = disabled
smtp_host_lookup = native
smtpd_peername_lookup = no
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions = permit_mynetworks, reject
message_size_limit = 67108864
mailbox_size_limit = 0
notify_classes =
in_flow_delay = 0
minimal_backoff_time = 2s
maximal_backoff_time = 4s
queue_run_delay = 2s
smtp_destination_concurrency_limit = 20
default_destination_concurrency_limit = 20
default_destination_recipient_limit = 50
{extra}
"""

_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
{services}
"""


def missing() -> str | None:
    """Why no Postfix can run here, or None."""
    if shutil.which("postfix") is None:
        return "Debian's postfix is not installed"
    return None


class Postfix:
    """One instance that relays everything to `to`; its folder is short, because socket paths are."""

    def __init__(self, to: int, *, name: str = "mx.example", extra: str = "", services: str = "") -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="pf", dir="/tmp"))
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.folder.chmod(0o755)
        for sub in ("etc", "spool", "data"):
            (self.folder / sub).mkdir()
        shutil.chown(self.folder / "data", "postfix")
        self.configure(to, name, extra, services)

    def configure(self, to: int, name: str, extra: str, services: str) -> None:
        etc = self.folder / "etc"
        for each in ("postfix-files", "dynamicmaps.cf", "postfix-script", "post-install"):
            if Path("/etc/postfix", each).exists():
                shutil.copy(Path("/etc/postfix", each), etc)
        (etc / "main.cf").write_text(_MAIN.format(folder=self.folder, name=name, to=to, extra=extra))
        (etc / "master.cf").write_text(_MASTER.format(port=self.port, services=services))

    def start(self) -> Postfix:
        """Start and wait for the greeting."""
        line = ["postfix", "-c", str(self.folder / "etc"), "start-fg"]
        self.process = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if not wait_for(self._greets, 60):
            raise AssertionError((self.folder / "mail.log").read_text())
        return self

    def _greets(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as link:
                return link.recv(100).startswith(b"220")
        except OSError:
            return False

    def stop(self) -> None:
        """Stop; the queue stays."""
        pid = self.folder / "spool" / "pid" / "master.pid"
        if pid.exists():
            subprocess.run(["kill", pid.read_text().strip()], check=False)
        if self.process is not None:
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGKILL)

    def restart(self) -> None:
        """Stop and start: every open session is cut."""
        self.stop()
        self.start()

    def remove(self) -> None:
        """Stop and take the folder away."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
