"""Deciding an evaluation's mails as `scan` does: what each detector found, what it took, how figures scored."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gateway import detectors, policy
from gateway.crew import Crew
from gateway.detectors.rule import RuleSet
from gateway.evaluation.folder import Entry, Source
from gateway.header_envelope import envelope
from gateway.mailfiles import mails
from gateway.model import Decision, Detector, Disposition, Finding, Message, OnFinding, Policy, Register
from gateway.scanner import read_here


@dataclass(frozen=True, slots=True)
class Posted:
    """One mail with what is known of it."""

    name: str
    content: bytes = field(repr=False)
    source: Source
    timed: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """What was decided of one mail.

    `held`: somebody did not get it.  `found`: of a leak, it was held for the right publication.  `by`: the detectors
    whose findings count (of a leak: those for the right publication).  `score`: the best of figures (of a leak: for
    the right publication).  `seconds` of processor time by step; empty unless it was timed.
    """

    name: str
    source: Source
    held: bool = False
    found: bool = False
    by: tuple[str, ...] = ()
    score: float = 0.0
    seconds: Mapping[str, float] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Bench:
    """What every decision of one evaluation rests on; the same mail gives the same answer."""

    rules: RuleSet
    register: Register
    policy: Policy
    at: Mapping[str, datetime]
    latest: datetime

    @classmethod
    def of(cls, rules: RuleSet, register: Register, policy: Policy, entries: Sequence[Entry]) -> Bench:
        """A bench where a mail about one publication is decided at its moment, every other at the last of all."""
        at = {entry.publication.id: entry.at for entry in entries}
        # In monitor mode nothing is held; what is asked here is what would be.
        held = replace(policy, on_finding=OnFinding.HOLD, monitored=frozenset())
        return cls(rules, register, held, at, max(at.values(), default=datetime.min.replace(tzinfo=UTC)))

    def judge(self, mail: Posted) -> Judged:
        """Decide one mail; a fault of ours that it brings to light is named, and the others are decided."""
        try:
            return self._judge(mail)
        except Exception as error:
            return Judged(
                mail.name, mail.source, problem=f"not decided: internal error: {type(error).__name__}"
            )

    def _judge(self, mail: Posted) -> Judged:
        now = self.at.get(mail.source.publication or "", self.latest)
        began = time.process_time()
        message = read_here(mail.content)
        read = time.process_time()
        findings = detectors.find(self.rules, message, self.register, now)
        detected = time.process_time()
        decision = policy.decide(envelope(mail.content), findings, self.register, self.policy, now)
        ended = time.process_time()
        seconds = (
            {"all": ended - began, "read": read - began, "detect": detected - read} if mail.timed else {}
        )
        if mail.timed:
            seconds |= self._added(message, now)
        by = _counting(decision, mail.source.publication)
        held = decision.disposition is not Disposition.RELAY
        score = self._score(message, mail.source.publication)
        return Judged(mail.name, mail.source, held, held and bool(by), by, score, seconds)

    def _added(self, message: Message, now: datetime) -> dict[str, float]:
        """What each detector of what was copied adds, as the time that is saved without its index."""
        here = self.register
        without = {
            "text": replace(here, texts=None),
            "figures": replace(here, figures=None),
            "link": replace(here, links=None),
            "thread": replace(here, threads=None),
        }
        whole = self._detect(here, message, now)
        return {name: max(0.0, whole - self._detect(each, message, now)) for name, each in without.items()}

    def _detect(self, register: Register, message: Message, now: datetime) -> float:
        began = time.process_time()
        detectors.find(self.rules, message, register, now)
        return time.process_time() - began

    def _score(self, message: Message, publication: str | None) -> float:
        from gateway.detectors import figures

        if not self.register.figures:
            return 0.0
        scores = (
            agreement.score
            for _, agreement in figures.explain(message, self.register)
            if publication in (None, agreement.publication)
        )
        return max(scores, default=0.0)


def _counting(decision: Decision, publication: str | None) -> tuple[str, ...]:
    """The detectors with a finding for the publication (None: for any), in the order of the contract."""
    found = {finding.detector for finding in decision.findings if _about(finding, publication)}
    return tuple(detector.value for detector in Detector if detector in found)


def _about(finding: Finding, publication: str | None) -> bool:
    return publication is None or publication in (finding.publication, *finding.candidates)


def posted(sources: Sequence[Source], every: int, problems: list[str]) -> Iterator[Posted]:
    """The mails of all files, every so many of them to be timed; what cannot be read becomes a problem."""
    number = 0
    for source in sources:
        try:
            for mail in mails(source.path):
                yield Posted(mail.name, mail.content, source, timed=number % every == 0)
                number += 1
        except OSError as error:
            problems.append(f"{source.path}: {error.strerror or type(error).__name__}")


def judged(bench: Bench, found: Iterable[Posted], deadline: timedelta) -> Iterator[Judged]:
    """Each mail as it was decided; one that could not be is named in its `problem`."""
    # Forked processes inherit what the first mail makes: tables of detectors, and modules that load late.
    bench.judge(Posted("", b"\n", Source(Path(), leak=False, kind=""), timed=True))
    crew: Crew[Posted, Judged] = Crew(bench.judge, deadline)
    for mail, result in crew.results(found):
        yield result or Judged(
            mail.name, mail.source, problem="not decided: it took too long or ended the process that read it"
        )
