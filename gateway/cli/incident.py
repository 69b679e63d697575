"""`incident list | show`: what was stopped, and what has been said of it (decisions: `gateway.cli.decision`).

Nothing here shows content.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli import decision
from gateway.cli.common import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    emit,
    emit_table,
    fail,
    open_store,
    settings_from,
)
from gateway.incident import Addressee, Consent, Incident, Standing, Verb
from gateway.letters.form import shown

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from gateway.model import Finding

group = typer.Typer(help="Mail that was held, refused or observed.", no_args_is_help=True)

_VERBS = {
    Verb.RELEASE: "release",
    Verb.SEND: "send once it is live",
    Verb.DROP: "delete once it is live",
}


def register(app: typer.Typer) -> None:
    """Add the group to the command line."""
    app.add_typer(group, name="incident")


@group.callback()
def _group() -> None:
    """Mail that was held, refused or observed."""


@group.command("list")
def list_(
    config: ConfigOption = DEFAULT_CONFIG,
    state: Annotated[Standing | None, typer.Option(metavar="S", help="Only those in this state.")] = None,
    json: JsonOption = False,
) -> None:
    """List incidents, the oldest first."""
    from gateway.store import incidents

    database, _ = open_store(settings_from(config))
    found = incidents.listing(database, state)
    emit_table([line(one) if json else _row(one) for one in found], as_json=json)


def line(incident: Incident) -> dict[str, Any]:
    """One incident as `incident list --json` prints it."""
    return {
        "ref": incident.ref,
        "state": incident.state.value,
        "received_at": incident.received_at.isoformat(),
        "publications": list(incident.publications),
        "findings": [_finding(finding) for finding in incident.findings],
        "sender": incident.sender,
        "recipients": [{"address": r.address, "state": r.standing.value} for r in incident.recipients],
        "alert": "owed" if incident.alert_owed else "sent",
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "detector": finding.detector.value,
        "publication": finding.publication,
        "part": finding.part,
        "asks": finding.asks.word,
    }


def _row(incident: Incident) -> dict[str, Any]:
    return {
        "ref": incident.ref,
        "state": incident.state.value,
        "received": f"{incident.received_at:%Y-%m-%d %H:%M} UTC",
        "publications": [publication or "unregistered" for publication in incident.publications],
        "sender": _address(incident.sender),
        "not on the list": len(incident.ineligible),
        "alert": "owed" if incident.alert_owed else "sent",
    }


def _address(address: str | None) -> str:
    return shown(address) if address is not None else "<>"


@group.command()
def show(ref: decision.Reference, config: ConfigOption = DEFAULT_CONFIG, json: JsonOption = False) -> None:
    """Print the facts of one incident: who, which rule, where; never what the mail says."""
    from gateway.store import consents, incidents

    settings = settings_from(config)
    database, _ = open_store(settings)
    incident = incidents.load(database, ref)
    if incident is None:
        fail(f"{ref}: no such incident")
    awaited = consents.awaited(database, ref, datetime.now(UTC))
    page = _page(incident, awaited, settings.policy.zone)
    emit(details(incident, awaited), "\n".join(page), as_json=json)


def details(incident: Incident, awaited: Iterable[str | None]) -> dict[str, Any]:
    """One incident as `incident show --json` prints it: the line of the list and what else is known.

    `awaited` are the publications whose lead has said nothing yet.
    """
    return {
        **line(incident),
        "waiting_for": list(awaited),
        "disposition": incident.disposition,
        "damaged": incident.damaged,
        "sender_ineligible_for": list(incident.sender_ineligible_for),
        "size": incident.size,
        "hints": [{"publication": hint.publication, "part": hint.part} for hint in incident.hints],
        "recipients": [_details(one) for one in incident.recipients],
    }


def _details(one: Addressee) -> dict[str, Any]:
    return {
        "address": one.address,
        "state": one.standing.value,
        "ineligible_for": list(one.ineligible_for),
        "members": one.group.members if one.group else None,
        "unlisted": one.group.unlisted if one.group else None,
        "resembles": one.resembles,
        "suspended_until": one.suspended_until.isoformat() if one.suspended_until else None,
        "without_grant": one.without_grant,
        "decided_by": one.decided_by,
        "decided_at": one.decided_at.isoformat() if one.decided_at else None,
        "reason": one.reason,
        "attempts": one.attempts,
        "last_code": one.last_code,
        "in_doubt": one.in_doubt,
        "consents": [_consent(consent) for consent in one.consents],
    }


def _consent(said: Consent) -> dict[str, Any]:
    return {
        "publication": said.publication,
        "verb": said.verb.value,
        "by": said.given_by,
        "at": said.given_at.isoformat(),
        "reason": said.reason,
    }


def _page(incident: Incident, awaited: Iterable[str | None], zone: ZoneInfo) -> Iterator[str]:
    from gateway.letters import remarks
    from gateway.letters.form import moment, title

    yield f"Reference   {incident.ref}"
    damaged = ", BUT THE STORED CONTENT IS DAMAGED" if incident.damaged else ""
    yield f"State       {incident.state.value}{damaged}"
    yield f"Received    {moment(incident.received_at, zone)}, {incident.size} bytes"
    for concern in incident.concerns:
        when = moment(concern.publishes_at, zone)
        yield f"Publication {title(concern.title)} ({concern.id}), {when}, lead {shown(concern.lead)}"
    if None in incident.publications:
        yield "Publication one that nobody here has registered"
    yield f"Sender      {_address(incident.sender)}"
    for remark in remarks.of_sender(incident, zone):
        yield f"            {remark}"
    yield f"Alert       {'owed' if incident.alert_owed else 'sent'}"
    for finding in incident.findings:
        reason = f" ({finding.reason.value})" if finding.reason else ""
        yield f"Found       {finding.rule} in part {finding.part}{reason}"
    for hint in remarks.of_hints(incident):
        yield f"Hint        {hint}"
    for one in incident.recipients:
        yield f"Recipient   {_standing(one, zone)}"
        for consent in one.consents:
            yield f"            {_said(consent, zone)}"
    for publication in awaited:
        who = (
            f"the lead of {publication}" if publication else "the fallback: nobody registered the publication"
        )
        yield f"Waits for   {who}"


def _said(said: Consent, zone: ZoneInfo) -> str:
    from gateway.letters.form import moment

    reason = f" ({shown(said.reason)})" if said.reason else ""
    about = said.publication or "the unregistered publication"
    return f"{_VERBS[said.verb]} for {about} by {said.given_by} on {moment(said.given_at, zone)}{reason}"


def _standing(one: Addressee, zone: ZoneInfo) -> str:
    from gateway.letters import remarks
    from gateway.letters.form import moment

    facts = [one.standing.value]
    if one.ineligible_for:
        facts.append(f"not on the list of {', '.join(name or 'unregistered' for name in one.ineligible_for)}")
    facts += remarks.of_recipient(one, zone)
    if one.decided_by is not None and one.decided_at is not None:
        reason = f" ({shown(one.reason)})" if one.reason else ""
        facts.append(f"decided by {one.decided_by} on {moment(one.decided_at, zone)}{reason}")
    if one.without_grant:
        facts.append("released without grant")
    if one.last_code is not None:
        facts.append(f"next hop said {one.last_code}, attempts: {one.attempts}")
    if one.in_doubt:
        facts.append("in doubt: a relay was begun, its answer is not known")
    return f"{shown(one.address)}: {'; '.join(facts)}"


# Once, however often the group is registered: its own commands come first in its help.
decision.add_to(group)
