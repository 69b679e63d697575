"""One mail from final dot to reply: read, find, decide, and carry out, the effects ordered in one place.

    RELAY   the next hop's own reply, passed through
    HOLD    one store transaction (incident, content, alert owed, audit), then 250 with the reference
    REJECT  one store transaction (incident, alert owed, audit), then 550 with the reference

Whatever goes wrong ends in a 4xx or in a hold, never in relaying: a content fault is a finding, an infrastructure fault
defers, a bug is 451 with a reference and not a word of its own.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b

from gateway import log, metrics, replies
from gateway.config import Settings
from gateway.deciding import Decided, Deciding
from gateway.detectors import thread
from gateway.detectors.looking import Looking
from gateway.link import Begun, OfficeLink
from gateway.message import read
from gateway.model import Decision, Disposition, Mail, Message, Reason, Register, Unreadable
from gateway.recollections import Recollections
from gateway.replies import GatewayError, NextHopLost, Reply, ScanUnfinished, named, reply_for
from gateway.resend import FAILURES_BEFORE_UNREADABLE
from gateway.rules import RuleSet
from gateway.scanner import NotTakenUp, Scanners
from gateway.smtp import received
from gateway.smtp.next_hop import RegisterChanged
from gateway.smtp.passage import Passage
from gateway.snapshot import Snapshot
from gateway.store.database import Database
from gateway.store.incidents import Fingerprint, record
from gateway.store.keys import Keys

_log = log.get(__name__)
_DEADLINE = 540.0
"""Seconds from final dot to reply: clients wait 600 (RFC 5321 section 4.5.3.2.6)."""
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def new_reference() -> str:
    """A reference for one mail: 10 characters, no two of which are mistaken for each other on a phone."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(10))


def fingerprint(key: bytes, mail: Mail) -> Fingerprint:
    """Keyed digests by which a resend is known: of the whole mail, and of its content below the trace headers."""
    content = blake2b(received.below_trace(mail.content), key=key, digest_size=32, person=b"content")
    content.update(b"\0" + (mail.envelope.sender or "").encode())
    digest = content.digest()
    whole = blake2b(digest, key=key, digest_size=32, person=b"mail")
    for address in sorted(mail.envelope.addresses):
        whole.update(b"\0" + address.encode())
    return Fingerprint(mail=whole.digest(), content=digest)


@dataclass(slots=True)
class Course:
    """What became of one mail so far: for its reply, its log line and the counters.

    It is decided for the time `as_of`, when its final dot came: by the trusted clock, not by the machine's.
    """

    ref: str
    fingerprint: Fingerprint
    as_of: datetime
    began: float = field(default_factory=time.perf_counter)
    decided: Decided | None = None
    durable: bool = False
    scan_seconds: float = 0.0
    relay_seconds: float = 0.0

    @property
    def known(self) -> Decided:
        """What was decided; raises RuntimeError before that."""
        if self.decided is None:
            raise RuntimeError("not decided")
        return self.decided


class Pipeline:
    """Carries the mails of one worker."""

    def __init__(
        self,
        settings: Settings,
        rules: RuleSet,
        keys: Keys,
        database: Database,
        snapshot: Snapshot,
        link: OfficeLink,
        scanners: Scanners,
        hostname: str,
    ) -> None:
        self._settings = settings
        self._policy = settings.policy.values
        self._rules = rules
        self._keys = keys
        self._database = database
        self._snapshot = snapshot
        self._link = link
        self._scanners = scanners
        self._hostname = hostname
        self._recollections = Recollections(database, keys)

    async def answer(self, mail: Mail, passage: Passage, ticket: int) -> Reply:
        """Decide one mail, carry the decision out, and say what the client is told.

        `ticket` is the link's number for this delivery.  Raises only where a bug is outside of every step; the caller
        then answers 451, and ends the passage in any case.
        """
        as_of = self._snapshot.clock.now()
        course = Course(new_reference(), fingerprint(self._keys.trace_key, mail), as_of)
        reply: Reply | None = None
        try:
            begun = await self._link.begin(ticket, course.fingerprint)
            if begun.reply is not None:
                return begun.reply
            reply = await self._answered(mail, passage, begun, course)
        finally:
            # Only what must not be done twice is remembered; after anything else a resend starts afresh.
            keep = reply is not None and reply.positive
            self._link.end(ticket, reply if keep else None, durable=course.durable)
        try:
            self._account(mail, reply, course)
        except Exception as error:
            # The mail is done: a fault of counting must not turn its answer into one that sends it again.
            _log.error("bug", ref=course.ref, error=type(error).__name__, trace=log.trace(error))
        return reply

    async def _answered(self, mail: Mail, passage: Passage, begun: Begun, course: Course) -> Reply:
        try:
            async with asyncio.timeout(_DEADLINE):
                return await self._carried(mail, passage, begun, course)
        except TimeoutError:
            return replies.NEXT_HOP_LOST
        except GatewayError as error:
            metrics.ERRORS.labels(replies.kind(error)).inc()
            _log.warning("deferred", ref=course.ref, error=type(error).__name__, problem=str(error))
            return reply_for(error, course.ref)
        except Exception as error:
            metrics.ERRORS.labels("bug").inc()
            _log.error("bug", ref=course.ref, error=type(error).__name__, trace=log.trace(error))
            return reply_for(error, course.ref)

    async def _carried(self, mail: Mail, passage: Passage, begun: Begun, course: Course) -> Reply:
        if received.looping(self._keys.trace_key, mail.content):
            return replies.LOOP
        looking = Looking(self._rules, await self._read(mail, begun, course), course.as_of)
        deciding = Deciding(mail, looking, self._policy, begun.released, self._snapshot.current)
        while True:
            course.decided = await deciding.decided()
            course.scan_seconds = time.perf_counter() - course.began
            try:
                return await self._carry_out(mail, passage, deciding, course)
            except RegisterChanged:
                # What was recorded as observed keeps its reference; a hold after it is an incident of its own.
                course.ref = new_reference()

    async def _read(self, mail: Mail, begun: Begun, course: Course) -> Message:
        """Everything that can be read; the third time that the scanner dies over a content it is unreadable.

        That nobody was there to open a document says nothing about it: that defers, however often.
        """
        try:
            return await self._scanners.read(mail.content)
        except NotTakenUp:
            raise
        except ScanUnfinished:
            self._link.failed(course.fingerprint)
            if begun.failures + 1 < FAILURES_BEFORE_UNREADABLE:
                raise
        reading = await asyncio.to_thread(read, mail.content)
        unread = tuple(Unreadable(document.path, Reason.SCANNER) for document in reading.documents)
        return reading.message + Message(unreadable=unread or (Unreadable("1", Reason.SCANNER),))

    async def _carry_out(self, mail: Mail, passage: Passage, deciding: Deciding, course: Course) -> Reply:
        decided = course.known
        decision = decided.decision
        if decision.incident:
            # The record is durable, with its alert owed, before the client hears anything and before a
            # mail that is only observed goes out: a crash here loses no alert.
            ref = await self._recorded(mail, decided, course)
            if not decision.observed:
                course.durable = decision.disposition is Disposition.HOLD
                return self._blocked(decision, decided.register, ref)
        reply = await self._relayed(mail, passage, deciding, course)
        if reply.positive and not decision.incident:
            self._recollections.add(thread.fresh(course.known.notes, course.known.register))
        return reply

    async def _recorded(self, mail: Mail, decided: Decided, course: Course) -> str:
        done = await asyncio.to_thread(
            record,
            self._database,
            self._keys,
            mail,
            decided.decision,
            course.fingerprint,
            course.ref,
            datetime.now(UTC),
            self._settings.alerts.fallback,
            webhooks=tuple(self._settings.alerts.webhooks),
            notes=decided.notes,
        )
        course.ref = done.ref
        if done.fresh:
            _count_incident(decided.decision)
        self._link.wake()
        return done.ref

    def _blocked(self, decision: Decision, register: Register, ref: str) -> Reply:
        if decision.disposition is Disposition.HOLD:
            return replies.HELD.about(ref=ref)
        return replies.REJECTED.about(
            ref=ref, who=named(decision.ineligible), lead=named(self._leads(decision, register))
        )

    def _leads(self, decision: Decision, register: Register) -> Sequence[str]:
        known = [
            register.publications[p].lead for p in decision.publications if p and p in register.publications
        ]
        return known or self._settings.alerts.fallback

    async def _relayed(self, mail: Mail, passage: Passage, deciding: Deciding, course: Course) -> Reply:
        line = received.line(self._keys.trace_key, course.ref, self._hostname, mail.client, mail.received_at)
        began = time.perf_counter()
        try:
            reply = await passage.relay(mail.content, line, lambda: _stands(deciding, course))
        except NextHopLost:
            metrics.NEXT_HOP_REPLIES.labels("none").inc()
            raise
        finally:
            course.relay_seconds = time.perf_counter() - began
        metrics.NEXT_HOP_REPLIES.labels(f"{reply.code // 100}xx").inc()
        return reply

    def _account(self, mail: Mail, reply: Reply, course: Course) -> None:
        """Count the mail and write its one line."""
        decision = course.decided.decision if course.decided is not None else Decision(())
        # What was refused before anything was decided, a loop, is refused.
        settled = decision.disposition if course.decided is not None else Disposition.REJECT
        word = "defer" if reply.temporary else settled.word
        metrics.MAILS.labels(word).inc()
        outcomes = [o.disposition.word for o in decision.outcomes]
        for each in set(outcomes):
            metrics.RECIPIENTS.labels("defer" if reply.temporary else each).inc(outcomes.count(each))
        metrics.SCAN_SECONDS.observe(course.scan_seconds)
        for finding in decision.findings:
            metrics.FINDINGS.labels(finding.detector.value).inc()
            if finding.reason is not None:
                metrics.UNREADABLE.labels(finding.reason.value).inc()
        _log.info(
            "mail",
            ref=course.ref,
            disposition=word,
            code=reply.code,
            recipients=len(mail.envelope.recipients),
            findings=len(decision.findings),
            bytes=len(mail.content),
            scan_seconds=round(course.scan_seconds, 4),
            relay_seconds=round(course.relay_seconds, 4),
        )


async def _stands(deciding: Deciding, course: Course) -> bool:
    """Whether the mail may go out as it was decided; nothing is awaited after the last look at the register."""
    while not deciding.is_by_the_present(course.known):
        before, course.decided = course.known, await deciding.decided()
        if not course.decided.does_as(before):
            return False
    return True


def _count_incident(decision: Decision) -> None:
    label = "observe" if decision.observed else decision.disposition.word
    for publication in set(decision.publications) or {None}:
        metrics.BLOCKED.labels(publication or metrics.UNKNOWN, label).inc()
    for hinted in {hint.publication for hint in decision.hints}:
        metrics.HINTS.labels(hinted).inc()
