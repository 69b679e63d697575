"""Reload and end under load: nobody is refused, no transaction fails, and all of it within bounded time."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.pace import slowness
from tests.running import Gateway
from tests.sink import Sink, wait_for
from tests.talking import Talk, banner, letter, planned

WHEN = planned()
NUMBERS = count()
OUTSIDER = "outsider@policy.example"
RELOADS = 'embargo_gateway_errors_total{kind="reload"}'


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    """A next hop."""
    server = Sink()
    yield server
    server.close()


@pytest.fixture(scope="module")
def gateway(sink: Sink, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """One gateway with a publication under embargo, reloaded again and again."""
    running = Gateway(tmp_path_factory.mktemp("reload"), sink.port, extra='[policy]\non_finding = "hold"\n')
    running.call("publication", "add", "cla-2018", "--title", "Children", "--publishes-at",
                 WHEN.isoformat(), "--lead", "lead@stats.example")  # fmt: skip
    running.start()
    yield running
    assert 0 == running.stop()


class Client(threading.Thread):
    """A client that sends one ordinary mail after the other, each on a connection of its own, and keeps count."""

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(daemon=True)
        self.gateway = gateway
        self.enough = threading.Event()
        self.faults: list[str] = []
        self.sent = 0
        self.longest = 0.0

    def run(self) -> None:
        """Send until told otherwise."""
        while not self.enough.wait(0.01):
            began = time.monotonic()
            try:
                talk = Talk(self.gateway.port)
                reply = talk.mail("client@policy.example", [OUTSIDER], letter(f"ordinary {self.sent}"))
                talk.quit()
            except (OSError, StopIteration) as error:
                reply = repr(error)
            if reply[:3] == "250":
                self.sent += 1
            else:
                self.faults.append(reply)
            self.longest = max(self.longest, time.monotonic() - began)

    def __enter__(self) -> Client:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.enough.set()
        self.join(20)


def configured(gateway: Gateway, old: str, new: str) -> str:
    """Change the configuration; the text that it had."""
    before = gateway.config.read_text()
    assert old in before
    gateway.config.write_text(before.replace(old, new))
    return before


def reload(gateway: Gateway) -> None:
    """SIGHUP."""
    assert gateway.process is not None
    gateway.process.send_signal(signal.SIGHUP)


def settled(gateway: Gateway) -> set[int]:
    """The processes, once no reload is under way or waits for its turn."""
    time.sleep(2.1)
    assert wait_for(lambda: 5 == len(gateway.children("any")), 60)
    return set(gateway.children("any"))


def answer(gateway: Gateway, wanted: str, seconds: float = 60) -> bool:
    """Whether an embargoed mail, a new one each time, comes to be answered like this."""

    def asked() -> bool:
        talk = Talk(gateway.port)
        reply = talk.mail("sender@policy.example", [OUTSIDER], letter(f"{banner(WHEN)} {next(NUMBERS)}"))
        talk.quit()
        return reply.startswith(wanted)

    return bool(wait_for(asked, seconds))


def test_a_reload_takes_effect_under_load(gateway: Gateway) -> None:
    """New settings serve within seconds; two clients that never stop see no refusal and no failed mail."""
    with Client(gateway) as one, Client(gateway) as other:
        wait_for(lambda: one.sent > 5)
        assert answer(gateway, "250 2.0.0 Held")
        began = time.monotonic()
        before = configured(gateway, 'on_finding = "hold"', 'on_finding = "reject"')
        reload(gateway)
        assert answer(gateway, "550 5.7.1")
        assert time.monotonic() - began < 5 * slowness()
        gateway.config.write_text(before)
        time.sleep(2)
        reload(gateway)
        assert answer(gateway, "250 2.0.0 Held")
        seen = one.sent
        assert wait_for(lambda: one.sent > seen + 20)
    assert ([], []) == (one.faults, other.faults)
    assert max(one.longest, other.longest) < 2


@pytest.mark.long
def test_a_long_upload_outlives_a_reload(gateway: Gateway) -> None:
    """A mail in the middle of its content is taken by the worker that began it, while its successor serves others."""
    talk = Talk(gateway.port)
    for line in ("MAIL FROM:<slow@policy.example>", f"RCPT TO:<{OUTSIDER}>", "DATA"):
        talk.ask(line)
    talk.send(b"Subject: slow\r\n\r\n")
    pids = settled(gateway)
    reload(gateway)
    assert wait_for(lambda: len(set(gateway.children("any")) - pids) >= 4)
    for _ in range(4):
        talk.send(b"another line\r\n")
        time.sleep(0.5)
    assert answer(gateway, "250 2.0.0 Held")
    assert talk.ask(".")[:3] == "250"
    talk.close()
    assert wait_for(lambda: not pids & set(gateway.children("any")), 60)


@pytest.mark.parametrize("fault", ["wrong", "half", "gone"])
def test_a_bad_configuration_changes_nothing(gateway: Gateway, fault: str) -> None:
    """Wrong, half-written or removed: the last good configuration serves on, and each failure is counted (F-K22)."""
    pids = settled(gateway)
    text, counted = gateway.config.read_text(), gateway.metric(RELOADS)
    try:
        if fault == "gone":
            gateway.config.unlink()
        else:
            gateway.config.write_text(
                text + "no_such = 1\n" if fault == "wrong" else text[: text.index("[store]") + 4]
            )
        with Client(gateway) as client:
            reload(gateway)
            assert wait_for(lambda: gateway.metric(RELOADS) == counted + 1)
        assert ([], pids) == (client.faults, set(gateway.children("any")))
    finally:
        gateway.config.write_text(text)
    assert answer(gateway, "250 2.0.0 Held")


def test_what_needs_a_restart_stays(gateway: Gateway) -> None:
    """Another number of workers is not taken up by a reload, and `/ready` does not wait for it."""
    before = configured(gateway, "count = 2", "count = 5")
    try:
        settled(gateway)
        gateway.log.clear()
        reload(gateway)
        assert wait_for(lambda: any("needs a restart" in line for line in gateway.log))
        assert wait_for(lambda: 5 == len(gateway.children("any")), 60)
    finally:
        gateway.config.write_text(before)


@pytest.mark.long
def test_signals_without_end(gateway: Gateway) -> None:
    """A hundred SIGHUPs in a second are a few reloads, not a hundred generations; mail flows (F-K22)."""
    with Client(gateway) as client:
        for _ in range(100):
            reload(gateway)
            time.sleep(0.01)
        assert len(gateway.children("any")) <= 15
        time.sleep(2)
    assert [] == client.faults
    assert client.sent > 20


def test_a_killed_worker_refuses_nobody(gateway: Gateway) -> None:
    """Workers are killed -9, all at once: who connects meanwhile waits a moment in the backlog and is served."""
    settled(gateway)
    _office, *others = gateway.children("any")
    for pid in others:
        os.kill(pid, signal.SIGKILL)
    began = time.monotonic()
    talks = [Talk(gateway.port) for _ in range(20)]
    for talk in talks:
        assert talk.mail("client@policy.example", [OUTSIDER], letter("ordinary"))[:3] == "250"
        talk.quit()
    assert time.monotonic() - began < 5 * slowness()


@pytest.mark.long
def test_the_end_under_load(sink: Sink, tmp_path: Path) -> None:
    """SIGTERM: a mail at work is answered, idle and stalled clients hear 421, the status is 0, soon (F-K19)."""
    gateway = Gateway(tmp_path, sink.port)
    text = gateway.config.read_text()
    gateway.config.write_text(text.replace("[smtp]", '[smtp]\ndata_timeout = "2s"\ncommand_timeout = "2s"'))
    gateway.start()
    idle, working, stalled = (Talk(gateway.port) for _ in range(3))
    for talk in (working, stalled):
        for line in ("MAIL FROM:<sender@policy.example>", f"RCPT TO:<{OUTSIDER}>", "DATA"):
            talk.ask(line)
        talk.send(b"Subject: at work\r\n")
    assert gateway.process is not None
    began = time.monotonic()
    gateway.process.send_signal(signal.SIGTERM)
    assert idle.reply().startswith("421 4.3.2")
    time.sleep(0.5)
    assert working.ask("\r\nthe end\r\n.")[:3] == "250"
    assert working.reply().startswith("421 4.3.2")
    assert stalled.reply().startswith("421 4.4.2")
    assert 0 == gateway.process.wait(20)
    assert time.monotonic() - began < 10 * slowness()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", gateway.port), 1)
