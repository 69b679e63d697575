"""Metrics: the names of the contract, one sum over forked processes, a server no reader can block."""

from __future__ import annotations

import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from gateway import metrics
from gateway.metrics_http import Server
from tests.metrics_process import forked
from tests.pace import slowness

CONTRACT = {
    "embargo_gateway_mails": {"disposition"},
    "embargo_gateway_recipients": {"disposition"},
    "embargo_gateway_blocked_attempts": {"publication", "disposition"},
    "embargo_gateway_findings": {"detector"},
    "embargo_gateway_incidents": {"state"},
    "embargo_gateway_oldest_hold_seconds": set(),
    "embargo_gateway_decision_seconds": set(),
    "embargo_gateway_scan_seconds": set(),
    "embargo_gateway_unreadable": {"reason"},
    "embargo_gateway_next_hop_replies": {"class"},
    "embargo_gateway_alerts_owed": set(),
    "embargo_gateway_errors": {"kind"},
    "embargo_gateway_register_age_seconds": set(),
    "embargo_gateway_embargo_seconds": {"publication"},
}

Sample = tuple[str, tuple[tuple[str, str], ...]]


def samples(text: str) -> dict[Sample, float]:
    """Name and labels of every sample in an exposition, with its value."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def get(port: int, path: str, method: str = "GET") -> tuple[int, str]:
    """Status and body of one request."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@contextmanager
def served(reason: str | None = None, shown: CollectorRegistry | None = None) -> Iterator[Server]:
    """A metrics server of this process."""
    server = metrics.serve("127.0.0.1:0", shown or metrics.registry(), lambda: reason)
    try:
        yield server
    finally:
        server.close()


def test_names_and_labels_are_the_contract(tmp_path: Path) -> None:
    """Every metric of the contract is there under its name, with its labels and no others."""
    with forked(tmp_path) as gateway:
        gateway.count()
        _, text = get(gateway.port, "/metrics")
    families = {family.name: family for family in text_string_to_metric_families(text)}
    labels = {
        name: {label for sample in families[name].samples for label in sample.labels} - {"le"}
        for name in CONTRACT
    }
    assert CONTRACT == labels
    assert all(family.documentation for family in families.values())


def test_counts_of_forked_children_add_up(tmp_path: Path) -> None:
    """Workers are forked; what each of them counted is in one sum, and a dead worker's counts stay."""
    with forked(tmp_path) as gateway:
        gateway.count()
        _, text = get(gateway.port, "/metrics")
    found = samples(text)
    hold = (("disposition", "hold"), ("publication", "cla-2018"))
    assert 6 == found["embargo_gateway_blocked_attempts_total", hold]
    assert 30 == found["embargo_gateway_mails_total", (("disposition", "relay"),)]
    assert 3 == found["embargo_gateway_scan_seconds_count", ()]
    assert 4 <= len(list(tmp_path.glob("counter_*.db")))


def test_series_of_alerts_are_born_at_zero(tmp_path: Path) -> None:
    """A registered publication's counter exists at 0 before its first mail, and so does the unknown one's."""
    with forked(tmp_path) as gateway:
        found = samples(get(gateway.port, "/metrics")[1])
    for publication in ("never-attacked", metrics.UNKNOWN):
        for disposition in metrics.BLOCKED_DISPOSITIONS:
            labels = (("disposition", disposition), ("publication", publication))
            assert 0 == found["embargo_gateway_blocked_attempts_total", labels]
    assert 0 == found["embargo_gateway_errors_total", (("kind", "bug"),)]
    assert 0 == found["embargo_gateway_next_hop_replies_total", (("class", "4xx"),)]


def test_gauges_are_what_the_office_assigned() -> None:
    """Gauges come from one assignment; before it there are none, for 0 held mails would be a claim."""
    collector = metrics.StoreCollector()
    assert [] == list(collector.collect())
    collector.gauges = metrics.Gauges(
        incidents={"held": 2}, oldest_hold=timedelta(minutes=2), embargo={"a": timedelta(seconds=-5)}
    )
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in collector.collect()
        for sample in family.samples
    }
    assert 2 == found["embargo_gateway_incidents", "held"]
    assert 0 == found["embargo_gateway_incidents", "released"]
    assert 120 == found["embargo_gateway_oldest_hold_seconds",]
    assert -5 == found["embargo_gateway_embargo_seconds", "a"]
    assert ("embargo_gateway_audit_head",) not in found


def test_audit_head_is_exact_as_a_number() -> None:
    """48 bits fit into the number that Prometheus keeps, so a changed chain is a changed number."""
    collector = metrics.StoreCollector()
    collector.gauges = metrics.Gauges(audit_head=b"\xff" * 32)
    found = {sample.name: sample.value for family in collector.collect() for sample in family.samples}
    assert float(2**48 - 1) == found["embargo_gateway_audit_head"]


def test_a_file_being_born_does_not_spoil_a_scrape(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that has just created its file, still empty, costs a retry and no scrape."""
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    empty = tmp_path / "counter_1.db"
    empty.touch()
    shown = metrics.registry()
    with served(shown=shown) as server:
        assert 500 == get(server.port, "/metrics")[0]
        empty.unlink()
        assert 200 == get(server.port, "/metrics")[0]


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/metrics", "GET", 200),
        ("/metrics?name[]=x", "GET", 200),
        ("/metrics", "HEAD", 200),
        ("/ready", "GET", 200),
        ("/ready", "HEAD", 200),
        ("/", "GET", 404),
        ("/metrics/", "GET", 404),
        ("/ready/../metrics", "GET", 404),
        ("/metrics", "POST", 405),
        ("/metrics", "DELETE", 405),
        ("/ready", "PUT", 405),
    ],
)
def test_only_two_pages_to_read(path: str, method: str, status: int) -> None:
    """There are two pages and nothing to write to."""
    with served() as server:
        assert status == get(server.port, path, method)[0]


def test_not_ready_says_why() -> None:
    """A load balancer gets 503, a person the reason."""
    with served("worker 2 has not started") as server:
        assert (503, "worker 2 has not started\n") == get(server.port, "/ready")
        assert "\nembargo_gateway_ready 0.0\n" in get(server.port, "/metrics")[1]


def test_a_page_that_fails_tells_nothing() -> None:
    """The exception's text stays inside."""

    def broken() -> str | None:
        raise RuntimeError("store at /secret/place")

    server = metrics.serve("127.0.0.1:0", metrics.registry(), broken)
    with closing(server):
        assert (500, "failed\n") == get(server.port, "/ready")


def test_silent_readers_block_nobody() -> None:
    """Connections that never ask, as many as there are slots, do not add up, and one less blocks nobody."""
    with served() as server:
        silent = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(31)]
        started = time.monotonic()
        assert 200 == get(server.port, "/ready")[0]
        assert time.monotonic() - started < 2 * slowness()
        for connection in silent:
            connection.close()


def test_garbage_is_answered_plainly(capfd: pytest.CaptureFixture[str]) -> None:
    """What is not HTTP gets an error or a closed connection, and nothing on standard error."""
    with served() as server, socket.create_connection(("127.0.0.1", server.port), timeout=30) as line:
        line.sendall(b"EHLO client.example\r\n\r\n")
        assert b"<html" not in line.recv(4096).lower()
        assert 200 == get(server.port, "/ready")[0]
    assert ("", "") == capfd.readouterr()


def test_a_taken_port_is_an_error_at_start() -> None:
    """Two gateways on one metrics address: the second hears of it."""
    with served() as server, pytest.raises(OSError, match="in use"):
        metrics.serve(f"127.0.0.1:{server.port}", metrics.registry(), lambda: None)
