"""Findings, and what is decided of them for each recipient."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, IntEnum

from gateway.model.mail import Recipient
from gateway.model.message import Reason

FIGURES_THRESHOLD = 4.5
"""The score, in powers of ten, from which figures are a finding, unless the installation sets another."""


class Disposition(IntEnum):
    """What becomes of a mail for one recipient; the strictest wins."""

    RELAY = 0
    HOLD = 1
    REJECT = 2

    @property
    def word(self) -> str:
        """The lower-case word that commands, metrics and the store use."""
        return self.name.lower()


class Detector(Enum):
    """The kinds of evidence; the value is the name that settings, metrics and findings carry."""

    BANNER = "banner"
    FILE = "file"
    TEXT = "text"
    FIGURES = "figures"
    THREAD = "thread"
    LINK = "link"
    UNREADABLE = "unreadable"


class OnFinding(Enum):
    """What a finding leads to for an ineligible recipient; `monitor` relays, records and alerts."""

    HOLD = "hold"
    REJECT = "reject"
    MONITOR = "monitor"


class Mixed(Enum):
    """What the eligible recipients of a mail get while others are held."""

    SPLIT = "split"
    WHOLE = "whole"


class Scope(Enum):
    """Whose unreadable content asks for a hold: of senders with a grant, of everybody, of nobody."""

    LISTED = "listed"
    EVERYONE = "everyone"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule fired in one part: the place, never the text.

    `publication` is None where none is known; `candidates` are the publications among which a banner's time and
    words did not decide (then `publication` is None too unless exactly one fits).
    `reason` is set on `unreadable` findings only.  `trace` is a keyed digest of what the evidence rests on (a leaf, the
    text of the part with the banner): it lets a false alarm be remembered, says nothing by itself, and makes no finding
    a different one.
    """

    rule: str
    detector: Detector
    part: str
    publication: str | None = None
    candidates: tuple[str, ...] = ()
    asks: Disposition = Disposition.HOLD
    reason: Reason | None = None
    trace: bytes = field(default=b"", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Hint:
    """A direction word ("favourable", "record high") stands beside a publication's title in a part: the place only.

    It never holds a mail; it is told of an incident that exists anyway.
    """

    publication: str
    part: str


@dataclass(frozen=True, slots=True)
class Membership:
    """Of a group: how many members it has, and how many of them are ineligible."""

    members: int
    unlisted: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one recipient gets, and for which publications (or None: unknown) that address is ineligible.

    Of an ineligible one: `group` counts the members where the address is a group, `resembles` is a listed address
    that it looks like, `suspended_until` says until when no grant counts for that person.
    """

    recipient: Recipient
    disposition: Disposition
    ineligible_for: tuple[str | None, ...] = ()
    group: Membership | None = None
    resembles: str | None = None
    suspended_until: datetime | None = None

    @property
    def eligible(self) -> bool:
        """Whether nothing found in the mail is closed to this recipient."""
        return not self.ineligible_for


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome for each recipient, and the findings it rests on.

    `publications` are those that an incident belongs to (None for an unknown one); `observed` says that monitor mode
    relays what would have been held.  `sender_ineligible_for`: publications found whose list lacks the sender;
    `sender_suspended_until`: until when no grant counts for the sender.  `hints` were looked for only where there is an
    incident.
    """

    outcomes: tuple[Outcome, ...]
    findings: tuple[Finding, ...] = ()
    publications: tuple[str | None, ...] = ()
    observed: bool = False
    sender_ineligible_for: tuple[str, ...] = ()
    sender_suspended_until: datetime | None = None
    hints: tuple[Hint, ...] = ()

    @property
    def disposition(self) -> Disposition:
        """The strictest over the recipients."""
        return max((outcome.disposition for outcome in self.outcomes), default=Disposition.RELAY)

    @property
    def ineligible(self) -> tuple[str, ...]:
        """Addresses of the recipients for whom something found is closed."""
        return tuple(outcome.recipient.address for outcome in self.outcomes if not outcome.eligible)

    @property
    def incident(self) -> bool:
        """Whether this must be recorded and the lead told."""
        return self.observed or self.disposition is not Disposition.RELAY


@dataclass(frozen=True, slots=True)
class Policy:
    """The installation's policy settings, as `decide` needs them."""

    on_finding: OnFinding = OnFinding.HOLD
    mixed: Mixed = Mixed.SPLIT
    unregistered: str = "hold"
    unreadable: Scope = Scope.LISTED
    monitored: frozenset[Detector] = frozenset()
