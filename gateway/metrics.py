"""Every metric, declared once with its help text and labels, and the small HTTP server that shows them.

Counters and histograms live in one memory-mapped file per process: the supervisor sets
PROMETHEUS_MULTIPROC_DIR before it imports this module, and prometheus_client reopens its files under the new
process id at the first count after a fork.  Gauges are facts of the store: one process, the office, computes
them.  No label holds a word of a mail.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from gateway.metrics_http import Server
from gateway.model import Detector, Reason

PREFIX = "embargo_gateway_"
UNKNOWN = "unknown"
"""The `publication` label of an incident whose publication nobody registered."""

MAIL_DISPOSITIONS = ("relay", "hold", "reject", "defer")
BLOCKED_DISPOSITIONS = ("hold", "reject", "observe")
REPLY_CLASSES = ("2xx", "4xx", "5xx", "none")
"""Classes of a next hop's final replies; `none` means that it gave no answer."""
ERROR_KINDS = (
    "alert",
    "audit",
    "bug",
    "clock",
    "console",
    "damaged",
    "next_hop",
    "register",
    "release",
    "reload",
    "scanner",
    "store",
    "webhook",
    "worker",
)
"""Everything that `errors_total` can count: the closed set of its label."""
INCIDENT_STATES = ("held", "releasing", "released", "discarded", "rejected", "observed", "relayed")

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0
_DECISION_BUCKETS = (
    *(_MINUTE * n for n in (1, 2, 5, 10, 20, 30)),
    *(_HOUR * n for n in (1, 2, 4, 8, 16)),
    *(_DAY * n for n in (1, 2, 4, 7)),
)
_SCAN_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)

METRICS = CollectorRegistry(auto_describe=True)

MAILS = Counter(
    PREFIX + "mails", "Mails answered, by the strictest disposition.", ["disposition"], registry=METRICS
)
RECIPIENTS = Counter(
    PREFIX + "recipients", "Envelope recipients answered, by disposition.", ["disposition"], registry=METRICS
)
BLOCKED = Counter(
    PREFIX + "blocked_attempts",
    "Incidents opened, one for each publication found in the mail; a resend of the same mail adds nothing.",
    ["publication", "disposition"],
    registry=METRICS,
)
HINTS = Counter(
    PREFIX + "hints",
    "Incidents in which a direction word stands beside the title of the publication found.",
    ["publication"],
    registry=METRICS,
)
FINDINGS = Counter(PREFIX + "findings", "Findings, by kind of detector.", ["detector"], registry=METRICS)
DECISION_SECONDS = Histogram(
    PREFIX + "decision_seconds",
    "From an incident opened to its decision.",
    buckets=_DECISION_BUCKETS,
    registry=METRICS,
)
SCAN_SECONDS = Histogram(
    PREFIX + "scan_seconds",
    "Reading one mail and finding traces in it.",
    buckets=_SCAN_BUCKETS,
    registry=METRICS,
)
UNREADABLE = Counter(
    PREFIX + "unreadable", "Places in mails that could not be read.", ["reason"], registry=METRICS
)
NEXT_HOP_REPLIES = Counter(
    PREFIX + "next_hop_replies",
    "Final replies of the next hop, one for each recipient.",
    ["class"],
    registry=METRICS,
)
ERRORS = Counter(PREFIX + "errors", "Faults of the gateway or its surroundings.", ["kind"], registry=METRICS)


def born(publications: Iterable[str]) -> None:
    """Create every label combination that an alert watches, at 0, for these publication ids.

    `increase()` does not see a series that is born at 1, so the first blocked attempt would be missed.
    """
    registered = tuple(publications)
    for publication in registered:
        HINTS.labels(publication)
    for publication in (*registered, UNKNOWN):
        for disposition in BLOCKED_DISPOSITIONS:
            BLOCKED.labels(publication, disposition)
    for counter, values in (
        (MAILS, MAIL_DISPOSITIONS),
        (RECIPIENTS, MAIL_DISPOSITIONS),
        (FINDINGS, tuple(detector.value for detector in Detector)),
        (UNREADABLE, tuple(reason.value for reason in Reason)),
        (NEXT_HOP_REPLIES, REPLY_CLASSES),
        (ERRORS, ERROR_KINDS),
    ):
        for value in values:
            counter.labels(value)


@dataclass(frozen=True, slots=True)
class Gauges:
    """What the store says now; `embargo` maps publication id to the time until it is due (negative: overdue).

    `oldest_hold` is zero when nothing is held.  `audit_head` is the hash of the newest audit entry, or None.
    """

    incidents: Mapping[str, int] = field(default_factory=dict)
    oldest_hold: timedelta = timedelta(0)
    alerts_owed: int = 0
    register_age: timedelta = timedelta(0)
    embargo: Mapping[str, timedelta] = field(default_factory=dict)
    audit_head: bytes | None = None
    clock_trusted: bool = True


class StoreCollector(Collector):
    """The gauges as the office last saw them: it assigns a whole new `Gauges`, a scrape reads it."""

    def __init__(self) -> None:
        self.gauges: Gauges | None = None

    def collect(self) -> Iterator[Metric]:
        """The gauge families; nothing before the office has read the store once."""
        gauges = self.gauges
        if gauges is not None:
            yield from _families(gauges)


def _families(gauges: Gauges) -> Iterator[Metric]:
    states = dict.fromkeys(INCIDENT_STATES, 0.0) | dict(gauges.incidents)
    embargo = {name: left.total_seconds() for name, left in gauges.embargo.items()}
    yield _labelled("incidents", "Incidents, by state.", "state", states)
    yield _single(
        "oldest_hold_seconds", "Age of the oldest mail still held.", gauges.oldest_hold.total_seconds()
    )
    yield _single("alerts_owed", "Alerts not yet taken by a mail server.", gauges.alerts_owed)
    yield _single(
        "register_age_seconds",
        "Age of the oldest register snapshot that a worker decides by.",
        gauges.register_age.total_seconds(),
    )
    yield _labelled(
        "embargo_seconds", "Until the planned time, negative when overdue.", "publication", embargo
    )
    yield _single(
        "clock_trusted",
        "1 while time alone may end an embargo at the time that the clock says.",
        1.0 if gauges.clock_trusted else 0.0,
    )
    if gauges.audit_head is not None:
        head = int.from_bytes(gauges.audit_head[:6], "big")
        yield _single("audit_head", "First 48 bits of the newest audit entry's hash, as a number.", head)


def _single(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(PREFIX + name, text, value=value)


def _labelled(name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(PREFIX + name, text, labels=[label])
    for key, value in sorted(values.items()):
        family.add_metric([key], value)
    return family


class _Ready(Collector):
    """Whether `/ready` would say yes: a fact that alerts can watch without a second probe."""

    def __init__(self, ready: Callable[[], str | None]) -> None:
        self._ready = ready

    def collect(self) -> Iterator[Metric]:
        """One gauge, 0 or 1."""
        yield _single("ready", "1 when every worker accepts mail.", float(self._ready() is None))


class _Processes(Collector):
    """The counters of all processes, past and present, from their files."""

    def __init__(self, folder: str) -> None:
        self._files = MultiProcessCollector(None, path=folder)  # type: ignore[no-untyped-call]

    def collect(self) -> Iterable[Metric]:
        """Read every file; a file that another process is just creating is empty for a moment."""
        for _ in range(20):
            try:
                return self._sorted()
            except (struct.error, FileNotFoundError):
                continue
        return self._sorted()

    def _sorted(self) -> list[Metric]:
        metrics: Iterable[Metric] = self._files.collect()  # type: ignore[no-untyped-call]
        return sorted(metrics, key=lambda metric: metric.name)


def registry(*collectors: Collector) -> CollectorRegistry:
    """What one scrape shows: the counters of all processes (or of this one alone) and these collectors."""
    shown = CollectorRegistry()
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    shown.register(_Processes(folder) if folder else _Own())
    for collector in collectors:
        shown.register(collector)
    return shown


class _Own(Collector):
    """The counters of this process alone, where no folder for several was set."""

    def collect(self) -> Iterable[Metric]:
        return METRICS.collect()


def serve(listen: str, shown: CollectorRegistry, ready: Callable[[], str | None]) -> Server:
    """Serve `/metrics` and `/ready` on HOST:PORT from a thread until `close()`; OSError if it cannot listen.

    `ready` is called for each request: None means ready, a text is the reason why not.
    """
    shown.register(_Ready(ready))
    return Server(listen, shown, ready)
