"""The nouns of the gateway: frozen values that check themselves.

Read this first.  Every other module speaks in these types.  An instance that breaks a rule stated here cannot be made.
Vocabulary: a *publication* is under *embargo* until it is live; a *grant* makes one address *eligible* for one
publication for a time; a *finding* says where a mail shows a trace of a publication, never what it says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, IntEnum
from types import MappingProxyType

PUBLICATION_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}\Z")
REFERENCE = re.compile(r"[A-Z0-9]{8,16}\Z")
PART_PATH = re.compile(r"(?:[0-9]+/)*(?:[0-9]+|header)\Z")
ACCESS_WINDOW = timedelta(hours=24)
"""Default time before publication at which `pre-release` grants begin (SI 2008/2998: at most 24 hours)."""


def aware(when: datetime, name: str) -> None:
    """Raise ValueError unless `when` carries an offset: a naive time is an hour wrong for half the year."""
    if when.tzinfo is None or when.utcoffset() is None:
        raise ValueError(f"{name}: a time needs a UTC offset")


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


class GrantKind(Enum):
    """Why a person has a publication early: to make it, or by pre-release access."""

    PRODUCTION = "production"
    PRE_RELEASE = "pre-release"


class LiveBy(Enum):
    """What ends an embargo: the planned time, a public page that answers, or a person who says so."""

    CLOCK = "clock"
    URL = "url"
    PERSON = "person"


class State(Enum):
    """The life of a publication; an embargo lasts in every state but `live` and `withdrawn`."""

    EMBARGOED = "embargoed"
    LIVE = "live"
    WITHDRAWN = "withdrawn"
    PAUSED = "paused"


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
class Recipient:
    """One envelope recipient as it was given: the address to relay to and its RCPT parameters, in order (RFC 3461)."""

    address: str
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Envelope:
    """RFC 5321 envelope; `sender` None is the null reverse-path; parameters are those of MAIL, as received."""

    sender: str | None
    recipients: tuple[Recipient, ...]
    parameters: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.sender in ("", "<>"):
            raise ValueError("the null sender is None")

    @property
    def addresses(self) -> tuple[str, ...]:
        """Recipient addresses in the order of the RCPT commands."""
        return tuple(recipient.address for recipient in self.recipients)


@dataclass(frozen=True, slots=True)
class Client:
    """Who handed us the mail: its address, what it said in EHLO, and the protocol word of RFC 3848."""

    ip: str
    helo: str = ""
    protocol: str = "ESMTP"


@dataclass(frozen=True, slots=True)
class Mail:
    """Envelope and content as received; `received_at` is when the final dot came (aware)."""

    envelope: Envelope
    content: bytes = field(repr=False)
    client: Client
    received_at: datetime

    def __post_init__(self) -> None:
        aware(self.received_at, "received_at")


class PartKind(Enum):
    """Where a piece of text stood: in a header, in a text body, or in a document, archive member or attachment."""

    HEADER = "header"
    BODY = "body"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Part:
    """One readable piece of a mail: its positional path and its decoded text (not yet folded)."""

    path: str
    kind: PartKind
    text: str = field(repr=False)

    def __post_init__(self) -> None:
        if not PART_PATH.match(self.path):
            raise ValueError(f"part path {self.path!r}")


@dataclass(frozen=True, slots=True)
class Leaf:
    """One decoded leaf (attachment, archive member, embedded object): path, SHA-256 (32 bytes), size in bytes."""

    path: str
    sha256: bytes
    size: int

    def __post_init__(self) -> None:
        if len(self.sha256) != 32:
            raise ValueError("sha256 is 32 bytes")


class Reason(Enum):
    """Why something could not be read: the closed list that alerts and metrics use."""

    ENCRYPTED = "encrypted"
    BROKEN = "broken"
    AMBIGUOUS = "ambiguous"
    TOO_DEEP = "too-deep"
    TOO_LARGE = "too-large"
    UNSUPPORTED = "unsupported"
    DEADLINE = "deadline"
    SCANNER = "scanner"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A place in a mail that could not be read, and why."""

    path: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Message:
    """What was read of a content: texts, leaves, and what could not be read.  Nothing is skipped in silence."""

    parts: tuple[Part, ...] = ()
    leaves: tuple[Leaf, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()

    def __add__(self, other: Message) -> Message:
        return Message(
            self.parts + other.parts, self.leaves + other.leaves, self.unreadable + other.unreadable
        )


@dataclass(frozen=True, slots=True)
class Document:
    """A leaf whose text needs the scanner: path, bytes, and a hint of its type (lower-case suffix or MIME type)."""

    path: str
    hint: str
    data: bytes | memoryview = field(repr=False)


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule fired in one part: the place, never the text.

    `publication` is None where none is known; `candidates` are the publications among which a banner's time and
    words did not decide (then `publication` is None too unless exactly one fits).
    `reason` is set on `unreadable` findings only.
    """

    rule: str
    detector: Detector
    part: str
    publication: str | None = None
    candidates: tuple[str, ...] = ()
    asks: Disposition = Disposition.HOLD
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """One address may have one publication, of a kind, from and until a time (either may be open), for a reason.

    `address` is canonical (`gateway.address.canonical`).  `origin` says how it came: `lead`, `team`, `import`, `hand`.
    """

    address: str
    kind: GrantKind
    reason: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    origin: str = "hand"
    name: str = ""
    role: str = ""
    organisation: str = ""

    def __post_init__(self) -> None:
        for name in ("starts_at", "ends_at"):
            when = getattr(self, name)
            if when is not None:
                aware(when, name)
        if self.starts_at and self.ends_at and self.starts_at >= self.ends_at:
            raise ValueError("a grant must start before it ends")


@dataclass(frozen=True, slots=True)
class Publication:
    """One statistical output with a planned time, its people and its policy.

    `former_times` are planned times it once had: a banner that names one of them still belongs to it.
    `on_finding` and `mixed` override the installation's policy where they are not None.
    """

    id: str
    title: str
    publishes_at: datetime
    lead: str
    opens_at: datetime | None = None
    deputies: tuple[str, ...] = ()
    state: State = State.EMBARGOED
    live_by: LiveBy = LiveBy.CLOCK
    url: str | None = None
    at_live: str = "keep"
    market_sensitive: bool = False
    on_finding: OnFinding | None = None
    mixed: Mixed | None = None
    former_times: tuple[datetime, ...] = ()
    confirmed_at: datetime | None = None

    def __post_init__(self) -> None:
        if not PUBLICATION_ID.match(self.id):
            raise ValueError(
                f"publication id {self.id!r}: lower-case letters, digits and hyphens, at most 64"
            )
        aware(self.publishes_at, "publishes_at")
        if self.opens_at is not None:
            aware(self.opens_at, "opens_at")
            if self.opens_at >= self.publishes_at:
                raise ValueError("the access window must open before the publication time")

    @property
    def window_opens(self) -> datetime:
        """When `pre-release` grants begin."""
        return self.opens_at if self.opens_at is not None else self.publishes_at - ACCESS_WINDOW

    def embargoed(self, now: datetime) -> bool:
        """Whether material of this publication is still a leak at `now`: the register is the clock.

        A `paused` publication stays under embargo.  `clock` ends at the planned time to the microsecond; `url` and
        `person` only by confirmation, so that a slipped publication goes on being protected.
        """
        if self.state in (State.LIVE, State.WITHDRAWN):
            return False
        return self.live_by is not LiveBy.CLOCK or now < self.publishes_at

    @property
    def times(self) -> tuple[datetime, ...]:
        """Every planned time it ever had, the present one first."""
        return (self.publishes_at, *self.former_times)


@dataclass(frozen=True, slots=True)
class Register:
    """A read-only snapshot of publications, grants and traces with its epoch.

    `grants` maps publication id -> canonical address -> grants; `files` maps a keyed digest (bytes) of a leaf's
    SHA-256 -> ids of the publications that registered it; `trace_key` keys these digests.
    """

    epoch: int
    publications: Mapping[str, Publication]
    grants: Mapping[str, Mapping[str, tuple[Grant, ...]]]
    files: Mapping[bytes, frozenset[str]]
    trace_key: bytes = field(repr=False, default=b"")

    @classmethod
    def empty(cls) -> Register:
        """A register of nothing, for tests and a first start."""
        nothing: Mapping[str, Publication] = MappingProxyType({})
        return cls(0, nothing, MappingProxyType({}), MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one recipient gets, and for which publications (or None: unknown) that address is ineligible."""

    recipient: Recipient
    disposition: Disposition
    ineligible_for: tuple[str | None, ...] = ()

    @property
    def eligible(self) -> bool:
        """Whether nothing found in the mail is closed to this recipient."""
        return not self.ineligible_for


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome for each recipient, and the findings it rests on.

    `publications` are those that an incident belongs to (None for an unknown one); `observed` says that monitor mode
    relays what would have been held.  `sender_ineligible_for`: publications found whose list lacks the sender.
    """

    outcomes: tuple[Outcome, ...]
    findings: tuple[Finding, ...] = ()
    publications: tuple[str | None, ...] = ()
    observed: bool = False
    sender_ineligible_for: tuple[str, ...] = ()

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
