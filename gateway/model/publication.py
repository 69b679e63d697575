"""Publications under embargo, the grants that make people eligible, and the register of both."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING

from gateway.model.decision import Mixed, OnFinding
from gateway.model.times import aware

if TYPE_CHECKING:
    from gateway.features.figures import Figures
    from gateway.features.links import Links
    from gateway.features.shingles import Texts
    from gateway.features.threads import Threads

PUBLICATION_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}\Z")
ACCESS_WINDOW = timedelta(hours=24)
"""Default time before publication at which `pre-release` grants begin (SI 2008/2998: at most 24 hours)."""


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
    """What the register says of a publication; an embargo lasts in every state but `live` and `withdrawn`.

    A `draft` is an entry that nobody has taken yet: it is protected, but only its lead and deputies may have it.
    """

    DRAFT = "draft"
    EMBARGOED = "embargoed"
    LIVE = "live"
    WITHDRAWN = "withdrawn"
    PAUSED = "paused"


class Phase(Enum):
    """Where a publication stands at a moment: its state, and what time has made of it."""

    DRAFT = "draft"
    EMBARGOED = "embargoed"
    WINDOW_OPEN = "access window open"
    OVERDUE = "overdue"
    UNCONFIRMED = "published, not confirmed"
    LIVE = "live"
    WITHDRAWN = "withdrawn"
    PAUSED = "paused"


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
    declared_on: date | None = None

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

    `former_times` are planned times it once had, the last one first: a banner that names one of them still belongs to
    it.  `public_times` are those of its earlier editions: what a banner says of them is over.
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
    producer: str | None = None
    reissues: int = 0
    public_times: tuple[datetime, ...] = ()

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
        """When `pre-release` grants begin; 24 hours are 24 also in the night when the clocks change."""
        return (
            self.opens_at if self.opens_at is not None else self.publishes_at.astimezone(UTC) - ACCESS_WINDOW
        )

    def embargoed(self, now: datetime) -> bool:
        """Whether material of this publication is still a leak at `now`: the register is the clock.

        A `paused` publication stays under embargo, also beyond its planned time: whoever paused it does not want it
        out.  `clock` ends at the planned time to the microsecond; `url` and `person` only by confirmation, so that a
        slipped publication goes on being protected.
        """
        if self.state in (State.LIVE, State.WITHDRAWN):
            return False
        if self.state is State.PAUSED:
            return True
        return self.live_by is not LiveBy.CLOCK or now < self.publishes_at

    def phase(self, now: datetime) -> Phase:
        """Where it stands at `now`; `overdue` is still under embargo, `published, not confirmed` is not."""
        if self.state is not State.EMBARGOED:
            return Phase(self.state.value)
        if now >= self.publishes_at:
            return Phase.UNCONFIRMED if self.live_by is LiveBy.CLOCK else Phase.OVERDUE
        return Phase.WINDOW_OPEN if now >= self.window_opens else Phase.EMBARGOED

    @property
    def moved_from(self) -> datetime | None:
        """The time that it was planned for before this one."""
        return self.former_times[0] if self.former_times else None

    @property
    def moved(self) -> str | None:
        """How its plan was changed last, in words; None where it was not."""
        if self.moved_from is None:
            return None
        return "postponed" if self.moved_from < self.publishes_at else "brought forward"

    def overdue(self, now: datetime) -> bool:
        """Whether its time has passed and somebody must say that it is out, or plan another time."""
        return self.state not in (State.LIVE, State.WITHDRAWN) and now >= self.publishes_at

    @property
    def times(self) -> tuple[datetime, ...]:
        """Every planned time it ever had, the present one first."""
        return (self.publishes_at, *self.former_times)


@dataclass(frozen=True, slots=True)
class Register:
    """A read-only snapshot of publications, grants and traces with its epoch.

    `grants` maps publication id -> canonical address -> grants; `files` maps a keyed digest (bytes) of a leaf's
    SHA-256 -> ids of the publications that registered it; `trace_key` keys these digests.  Grants are to persons:
    `aliases` maps another canonical address of somebody -> the one that grants are kept under, `groups` the address of
    a list or shared mailbox -> its members, `suspended` a person -> until when no grant counts.  `exempt` holds
    (publication or None, trace) that somebody called a false alarm.  `texts`, `figures`, `links` and `threads` are the
    indexes of what else is registered, what is public taken out; None where nothing is.
    """

    epoch: int
    publications: Mapping[str, Publication]
    grants: Mapping[str, Mapping[str, tuple[Grant, ...]]]
    files: Mapping[bytes, frozenset[str]]
    trace_key: bytes = field(repr=False, default=b"")
    aliases: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    suspended: Mapping[str, datetime] = field(default_factory=lambda: MappingProxyType({}))
    exempt: frozenset[tuple[str | None, bytes]] = frozenset()
    texts: Texts | None = field(default=None, repr=False)
    figures: Figures | None = field(default=None, repr=False)
    links: Links | None = field(default=None, repr=False)
    threads: Threads | None = field(default=None, repr=False)

    def without_ended(self, latest: datetime) -> Register:
        """The register without grants that may have ended: for a time known only to be `latest` at most."""
        grants = {
            name: MappingProxyType({person: _lasting(given, latest) for person, given in people.items()})
            if any(_lasting(given, latest) != given for given in people.values())
            else people
            for name, people in self.grants.items()
        }
        return replace(self, grants=MappingProxyType(grants))

    @classmethod
    def empty(cls) -> Register:
        """A register of nothing, for tests and a first start."""
        nothing: Mapping[str, Publication] = MappingProxyType({})
        return cls(0, nothing, MappingProxyType({}), MappingProxyType({}))


def _lasting(grants: tuple[Grant, ...], latest: datetime) -> tuple[Grant, ...]:
    if all(grant.ends_at is None or latest < grant.ends_at for grant in grants):
        return grants
    return tuple(grant for grant in grants if grant.ends_at is None or latest < grant.ends_at)
