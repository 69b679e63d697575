"""Alert rules and dashboard against Debian's Prometheus, scraping processes that really counted."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.demo import material
from gateway.demo.site import Site
from gateway.demo.story import tell
from tests.metrics_process import PUBLICATION, forked
from tests.test_metrics import CONTRACT

RULES = Path(__file__).parent.parent / "rules"
ALERTS = RULES / "prometheus" / "embargo-gateway.rules.yml"
BOARD = RULES / "grafana" / "embargo-gateway.json"

pytestmark = pytest.mark.prometheus
needs_promtool = pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
needs_prometheus = pytest.mark.skipif(
    shutil.which("prometheus") is None, reason="prometheus is not installed"
)

CONFIG = """
global: {{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}}
rule_files: [{rules}]
scrape_configs:
  - job_name: embargo-gateway
    static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""


@dataclass(frozen=True)
class Prometheus:
    """A running Prometheus."""

    port: int

    def get(self, path: str, **query: str) -> Any:
        """The `data` of one API call; an error fails the test with Prometheus's own words."""
        url = f"http://127.0.0.1:{self.port}/api/v1/{path}?{urllib.parse.urlencode(query)}"
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                body = json.load(answer)
        except urllib.error.HTTPError as error:
            pytest.fail(f"{query}: {error.read().decode()}")
        assert "success" == body["status"]
        return body["data"]

    def values(self, expression: str) -> dict[str, float]:
        """Label values, joined, of an instant query's samples, and the samples."""
        found = self.get("query", query=expression)["result"]
        return {"/".join(sample["metric"].values()): float(sample["value"][1]) for sample in found}

    def blocked(self, publication: str) -> float:
        """The newest number of blocked attempts of one publication."""
        return sum(
            self.values(f'embargo_gateway_blocked_attempts_total{{publication="{publication}"}}').values()
        )

    def scrapes(self, publication: str) -> float:
        """How often a publication's counter was seen in the last minute."""
        counter = f'embargo_gateway_blocked_attempts_total{{publication="{publication}"}}[1m]'
        return max(self.values(f"count_over_time({counter})").values(), default=0)

    def wait(self, wanted: Callable[[], object]) -> None:
        """Return when `wanted` is true; fail after 90 seconds."""
        end = time.monotonic() + 90
        while not wanted():
            assert time.monotonic() < end, "Prometheus did not see it in 90 seconds"
            time.sleep(0.2)


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def scraping(folder: Path, target: int) -> Iterator[Prometheus]:
    """Prometheus with our alert rules, scraping a port of this machine, its files in `folder`."""
    config = folder / "prometheus.yml"
    config.write_text(CONFIG.format(rules=ALERTS, port=target), encoding="utf-8")
    port = free_port()
    command = [
        "prometheus",
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        running = Prometheus(port)
        try:
            running.wait(lambda: answers(port))
            yield running
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """Prometheus that saw every series at 0, then that the children of a process counted."""
    folder = tmp_path_factory.mktemp("prometheus")
    (folder / "counters").mkdir()
    with forked(folder / "counters") as gateway, scraping(folder, gateway.port) as running:
        running.wait(lambda: running.scrapes(PUBLICATION) > 1)
        gateway.count()
        running.wait(lambda: running.blocked(PUBLICATION) > 0)
        yield running


def answers(port: int) -> bool:
    """Whether Prometheus is up."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/-/ready", timeout=1):
            return True
    except OSError:
        return False


def board() -> dict[str, Any]:
    """The dashboard."""
    loaded: dict[str, Any] = json.loads(BOARD.read_text(encoding="utf-8"))
    return loaded


def expressions() -> list[tuple[str, str]]:
    """Title and expression of every panel, with Grafana's variables filled in."""
    return [
        (panel["title"], filled(target["expr"])) for panel in board()["panels"] for target in panel["targets"]
    ]


def filled(expression: str) -> str:
    """An expression as Grafana sends it."""
    return re.sub(r"\$__(range|interval|rate_interval)", "5m", expression).replace("$publication", ".*")


@needs_promtool
def test_alert_rules_are_valid() -> None:
    """Prometheus loads the alert rules."""
    subprocess.run(["promtool", "check", "rules", ALERTS], check=True, capture_output=True, timeout=30)


@needs_promtool
def test_alerts_fire_when_they_should() -> None:
    """The unit tests beside the rules: each alert fires after its time and not before."""
    tests = sorted(ALERTS.parent.glob("*.test.yml"))
    done = subprocess.run(["promtool", "test", "rules", *tests], capture_output=True, text=True, timeout=60)
    assert (0, "") == (done.returncode, done.stderr)


def test_each_alert_has_a_test_and_a_runbook() -> None:
    """An alert without a test may never fire, one without a runbook wakes somebody for nothing."""
    text = ALERTS.read_text(encoding="utf-8")
    names = re.findall(r"alert: (\w+)", text)
    tested = (ALERTS.parent / "embargo-gateway.test.yml").read_text(encoding="utf-8")
    assert [] == [name for name in names if name not in tested]
    assert len(names) == text.count("runbook: ") == text.count("summary: ") == text.count("for: ")


def test_the_dashboard_begins_with_blocked_attempts() -> None:
    """Blocked attempts by publication and time stand first, at the top left; no panel covers another."""
    panels = board()["panels"]
    assert "Blocked attempts by publication" == panels[0]["title"]
    assert "timeseries" == panels[0]["type"]
    assert (0, 0) == (panels[0]["gridPos"]["x"], panels[0]["gridPos"]["y"])
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))
    assert len(panels) == len({panel["id"] for panel in panels})


@pytest.mark.long
@needs_prometheus
def test_every_expression_of_the_dashboard_answers(prometheus: Prometheus) -> None:
    """No panel has a spelling mistake: each returns series from a gateway that has counted."""
    empty = [(title, text) for title, text in expressions() if not prometheus.values(text)]
    assert [] == empty


@needs_prometheus
def test_the_dashboard_shows_the_blocked_attempts(prometheus: Prometheus) -> None:
    """The number on the dashboard is the number of incidents, by publication and disposition."""
    assert {f"{PUBLICATION}/hold": 6, f"{PUBLICATION}/reject": 1} == {
        "/".join((sample["metric"]["publication"], sample["metric"]["disposition"])): float(
            sample["value"][1]
        )
        for sample in prometheus.get("query", query="embargo_gateway_blocked_attempts_total > 0")["result"]
    }
    ((_, first), *_) = expressions()
    found = prometheus.get("query", query=first)["result"]
    grown = {tuple(sorted(sample["metric"].values())): float(sample["value"][1]) for sample in found}
    # `increase` extrapolates to the edges of its window, so it is near the count and never below it.
    assert 6 <= grown[PUBLICATION, "hold"] <= 12
    assert 1 <= grown[PUBLICATION, "reject"] <= 2
    assert 0 == grown["hold", "never-attacked"]


@needs_prometheus
def test_the_publication_variable_lists_publications(prometheus: Prometheus) -> None:
    """The choice at the top of the dashboard comes from the same counter."""
    (query,) = [v["definition"] for v in board()["templating"]["list"] if v["name"] == "publication"]
    match = re.fullmatch(r"label_values\((\w+), (\w+)\)", query)
    assert match is not None
    listed = prometheus.get(f"label/{match[2]}/values", **{"match[]": match[1]})
    assert [PUBLICATION, "never-attacked", "unknown"] == listed


@needs_prometheus
def test_a_blocked_attempt_fires_at_once(prometheus: Prometheus) -> None:
    """Every rule evaluates without an error in a real Prometheus; the attempt fires within seconds."""

    def rules() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = prometheus.get("rules")["groups"][0]["rules"]
        return found

    def states() -> dict[str, str]:
        return {rule["name"]: rule["state"] for rule in rules()}

    prometheus.wait(lambda: all(rule["health"] != "unknown" for rule in rules()))
    assert [] == [(rule["name"], rule.get("lastError")) for rule in rules() if rule["health"] != "ok"]
    prometheus.wait(lambda: states()["EmbargoGatewayBlockedAttempt"] == "firing")


@pytest.mark.long
@needs_prometheus
@pytest.mark.timeout(600)
def test_a_real_run_is_seen(tmp_path: Path) -> None:
    """A gateway that is really running: the contract's metrics, and the first blocked attempt in the graph."""
    with Site() as site:
        for name, step in tell(site):
            assert step().as_told, name
            if name == "starting the gateway":
                break
        with scraping(tmp_path, site.metrics_port) as prometheus:
            prometheus.wait(lambda: prometheus.scrapes(material.ID) > 1)
            forward = material.forward(material.planned_time(datetime.now(UTC)), ())
            code, text = site.send(forward)
            assert 250 == code, f"{text}\n{site.log()}"
            prometheus.wait(lambda: prometheus.blocked(material.ID) == 1)
            names = set(prometheus.get("label/__name__/values"))
            suffixes = ("", "_total", "_count")
            missing = [name for name in CONTRACT if not names & {name + suffix for suffix in suffixes}]
            assert [] == missing
            for _, expression in expressions():
                prometheus.values(expression)
            ((_, first), *_) = expressions()
            grown = [float(sample["value"][1]) for sample in prometheus.get("query", query=first)["result"]]
            assert max(grown) >= 1
