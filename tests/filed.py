"""Incidents for tests: mails, decisions and publications with names that read well in a failure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from gateway.incident import Addressee, Concern, Incident, Standing
from gateway.model import (
    Client,
    Decision,
    Detector,
    Disposition,
    Envelope,
    Finding,
    Mail,
    Outcome,
    Publication,
    Recipient,
)
from gateway.store import incidents, publications
from gateway.store.database import Database
from gateway.store.incidents import Fingerprint, Recorded
from gateway.store.keys import Keys

NOW = datetime(2018, 3, 26, 10, 39, tzinfo=UTC)
PLANNED = datetime(2018, 3, 28, 8, 30, tzinfo=UTC)
SENDER = "press@policy.example"
LEAD = "lead@stats.example"
DEPUTY = "deputy@stats.example"
FALLBACK = ("head@stats.example",)
LISTED = "listed@policy.example"
OUTSIDER = "outsider@policy.example"
SECRET = "72,670 children looked after"
CONTENT = f"Subject: {SECRET}\r\n\r\nRESTRICTED {SECRET} secret-table.xlsx\r\n".encode()
BANNER = Finding("embargo-banner", Detector.BANNER, "1/1", "cla-2018")


def mail(
    recipients: Iterable[Recipient],
    *,
    sender: str | None = SENDER,
    parameters: tuple[str, ...] = (),
    content: bytes = CONTENT,
) -> Mail:
    """A mail as the server hands it over."""
    return Mail(
        Envelope(sender, tuple(recipients), parameters), content, Client("192.0.2.7", "client.example"), NOW
    )


def decision(
    outcomes: Sequence[tuple[Recipient, Disposition]],
    *,
    publications: tuple[str | None, ...] = ("cla-2018",),
    observed: bool = False,
) -> Decision:
    """A decision: whoever is not relayed to is ineligible (and everybody who is observed)."""
    made = tuple(
        Outcome(one, what, publications if observed or what is not Disposition.RELAY else ())
        for one, what in outcomes
    )
    return Decision(made, (BANNER,), publications, observed)


def register_publication(
    database: Database,
    keys: Keys,
    *,
    lead: str = LEAD,
    deputies: tuple[str, ...] = (DEPUTY,),
    name: str = "cla-2018",
    planned: datetime = PLANNED,
) -> None:
    """A publication under embargo."""
    entry = Publication(name, "Children looked after", planned, lead, deputies=deputies)
    publications.add(database, keys, entry, [], "test", NOW)


def file(
    database: Database,
    keys: Keys,
    ref: str = "HOLD2345",
    *,
    held: Sequence[str | Recipient] = (OUTSIDER,),
    relayed: Sequence[str | Recipient] = (),
    kind: Disposition = Disposition.HOLD,
    observed: bool = False,
    sender: str | None = SENDER,
    parameters: tuple[str, ...] = (),
    publications: tuple[str | None, ...] = ("cla-2018",),
    fingerprint: bytes | None = None,
    now: datetime = NOW,
    webhooks: tuple[str, ...] = (),
) -> Recorded:
    """Record an incident as the pipeline does; its fingerprint is of its reference unless given."""
    pairs = [(_recipient(one), kind) for one in held] + [
        (_recipient(one), Disposition.RELAY) for one in relayed
    ]
    made = decision(pairs, publications=publications, observed=observed)
    sent = mail((one for one, _ in pairs), sender=sender, parameters=parameters)
    known = fingerprint or ref.encode()
    print_ = Fingerprint(known, b"c" + known)
    return incidents.record(database, keys, sent, made, print_, ref, now, FALLBACK, webhooks=webhooks)


def _recipient(one: str | Recipient) -> Recipient:
    return one if isinstance(one, Recipient) else Recipient(one)


def found(database: Database, ref: str = "HOLD2345") -> Incident:
    """The incident as it is in the store."""
    incident = incidents.load(database, ref)
    assert incident is not None
    return incident


def standings(database: Database, ref: str = "HOLD2345") -> dict[str, str]:
    """Address -> state of each recipient."""
    return {one.address: one.standing.value for one in found(database, ref).recipients}


def example(**changes: object) -> Incident:
    """An incident for letters, without a store."""
    facts: dict[str, object] = {
        "ref": "HOLD2345",
        "state": Standing.HELD,
        "disposition": "hold",
        "received_at": NOW,
        "recorded_at": NOW,
        "sender": SENDER,
        "recipients": (
            Addressee(OUTSIDER, Standing.HELD, ineligible_for=("cla-2018",)),
            Addressee(LISTED, Standing.RELEASING),
        ),
        "findings": (BANNER,),
        "publications": ("cla-2018",),
        "concerns": (Concern("cla-2018", "Children looked after", PLANNED, LEAD, (DEPUTY,)),),
    }
    return Incident(**{**facts, **changes})  # type: ignore[arg-type]


MINUTE = timedelta(minutes=1)
