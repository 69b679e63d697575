"""An incident as facts: who waits, who got the mail, what was found where; never a word of the mail itself.

Store, letters and commands speak of incidents in these types.  The life of one recipient is the table
`NEXT`; the state of the incident is the first of `Standing` that any of its recipients is in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from gateway.model import Finding, Hint, Membership


class Standing(StrEnum):
    """Where a recipient of an incident stands; the first that any of them is in speaks for the incident."""

    HELD = "held"
    RELEASING = "releasing"
    REJECTED = "rejected"
    DISCARDED = "discarded"
    RELEASED = "released"
    RELAYED = "relayed"
    OBSERVED = "observed"


NEXT: dict[Standing, frozenset[Standing]] = {
    Standing.HELD: frozenset({Standing.RELEASING, Standing.DISCARDED}),
    # `relayed` is the end of an eligible recipient of a split mail, about whom nobody had to decide.
    # Discarding what is already being released is for damaged content only: it can never be relayed.
    Standing.RELEASING: frozenset(
        {Standing.RELEASED, Standing.RELAYED, Standing.REJECTED, Standing.DISCARDED}
    ),
}
"""From where to where; every other state is an end."""

WAITING = frozenset(NEXT)
"""While any recipient is in one of these the content is kept."""


_URGENT = timedelta(hours=1)


def standing(recipients: Iterable[Standing]) -> Standing:
    """The state of an incident from those of its recipients (at least one)."""
    present = set(recipients)
    return next(state for state in Standing if state in present)


class Verb(StrEnum):
    """What a lead says of one recipient for one publication."""

    RELEASE = "release"
    SEND = "send"
    """Send once the publication is confirmed to be live."""
    DROP = "drop"
    """Discard once it is."""


@dataclass(frozen=True, slots=True)
class Consent:
    """One lead's word about one recipient for one publication (None: the unknown one)."""

    publication: str | None
    verb: Verb
    given_by: str
    given_at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Addressee:
    """One recipient of an incident: the address as given, its RCPT parameters, and how it stands with it."""

    address: str
    standing: Standing
    parameters: tuple[str, ...] = ()
    ineligible_for: tuple[str | None, ...] = ()
    without_grant: bool = False
    attempts: int = 0
    next_attempt_at: datetime | None = None
    in_doubt: bool = False
    last_code: str | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None
    reason: str | None = None
    group: Membership | None = None
    resembles: str | None = None
    suspended_until: datetime | None = None
    consents: tuple[Consent, ...] = ()


@dataclass(frozen=True, slots=True)
class Concern:
    """A publication that an incident belongs to: its title, planned time and people."""

    id: str
    title: str
    publishes_at: datetime
    lead: str
    deputies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Incident:
    """The record of one HOLD, REJECT or observation; in `publications` None is one nobody registered."""

    ref: str
    state: Standing
    disposition: str
    received_at: datetime
    recorded_at: datetime
    sender: str | None
    recipients: tuple[Addressee, ...]
    findings: tuple[Finding, ...] = ()
    publications: tuple[str | None, ...] = ()
    concerns: tuple[Concern, ...] = ()
    sender_ineligible_for: tuple[str, ...] = ()
    sender_suspended_until: datetime | None = None
    hints: tuple[Hint, ...] = ()
    parameters: tuple[str, ...] = ()
    client_ip: str = ""
    helo: str = ""
    size: int = 0
    escalation: int = 0
    damaged: bool = False
    alert_owed: bool = False

    def among(self, *standings: Standing) -> tuple[Addressee, ...]:
        """The recipients in one of these states, in the order of the envelope."""
        return tuple(one for one in self.recipients if one.standing in standings)

    @property
    def ineligible(self) -> tuple[Addressee, ...]:
        """The recipients for whom something found was closed when the mail came."""
        return tuple(one for one in self.recipients if one.ineligible_for)

    @property
    def publishes_at(self) -> datetime | None:
        """The earliest planned time among its publications; None where none is registered."""
        return min((concern.publishes_at for concern in self.concerns), default=None)


def asked_at(opened: datetime, publishes_at: datetime | None, after: timedelta) -> datetime:
    """When the next level is asked about an incident that nobody decided `after` it was opened.

    In the last hour before the earliest planned time, and once it has passed, a third of the patience is
    enough.
    """
    patient = opened + after
    if publishes_at is None:
        return patient
    return min(patient, max(opened + after / 3, publishes_at - _URGENT))


def parameter(parameters: Iterable[str], keyword: str) -> str | None:
    """The value of a parameter such as `NOTIFY` ("" where it has none); None where it was not given."""
    for one in parameters:
        name, _, value = one.partition("=")
        if name.upper() == keyword:
            return value
    return None


def may_notify(parameters: Iterable[str]) -> bool:
    """Whether the client lets us write to the sender about this recipient (RFC 3461: not NOTIFY=NEVER)."""
    return (parameter(parameters, "NOTIFY") or "").upper() != "NEVER"


def wants_failure(parameters: Iterable[str]) -> bool:
    """Whether the sender wants to hear of a failure: by default, and where NOTIFY names FAILURE."""
    asked = parameter(parameters, "NOTIFY")
    return not asked or "FAILURE" in asked.upper().split(",")
