"""`incident list | show | release | discard`: what was stopped, and the decisions of those who answer for it.

Nothing here shows content.  A decision is recorded in the store; the office carries it out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli.common import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    actor,
    emit,
    emit_table,
    fail,
    open_store,
    settings_from,
)
from gateway.incident import Addressee, Incident, Standing
from gateway.letters.form import shown

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from gateway.model import Finding
    from gateway.store.decisions import Decided

group = typer.Typer(help="Mail that was held, refused or observed.", no_args_is_help=True)

Reference = Annotated[str, typer.Argument(metavar="REF", help="The incident's reference.")]


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
def show(ref: Reference, config: ConfigOption = DEFAULT_CONFIG, json: JsonOption = False) -> None:
    """Print the facts of one incident: who, which rule, where; never what the mail says."""
    from gateway.store import incidents

    settings = settings_from(config)
    database, _ = open_store(settings)
    incident = incidents.load(database, ref)
    if incident is None:
        fail(f"{ref}: no such incident")
    emit(details(incident), "\n".join(_page(incident, settings.policy.zone)), as_json=json)


def details(incident: Incident) -> dict[str, Any]:
    """One incident as `incident show --json` prints it: the line of the list and what else is known."""
    return {
        **line(incident),
        "disposition": incident.disposition,
        "damaged": incident.damaged,
        "sender_ineligible_for": list(incident.sender_ineligible_for),
        "size": incident.size,
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
    }


def _page(incident: Incident, zone: ZoneInfo) -> Iterator[str]:
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
    for one in incident.recipients:
        yield f"Recipient   {_standing(one, zone)}"


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


@group.command()
def release(
    ref: Reference,
    config: ConfigOption = DEFAULT_CONFIG,
    recipient: Annotated[
        list[str] | None, typer.Option(metavar="A", help="Only to this recipient; may be repeated.")
    ] = None,
    reason: Annotated[str, typer.Option(metavar="R", help="Why, for the audit log.")] = "",
    json: JsonOption = False,
) -> None:
    """Send a held mail to its recipients, or to those named; who has no grant is recorded."""
    from gateway.store import decisions
    from gateway.store.register import load_register

    database, keys = open_store(settings_from(config))
    now = datetime.now(UTC)
    granted = decisions.grants_in(load_register(database, keys), now)
    done = decisions.release(database, ref, recipient or None, reason, actor(), now, granted)
    _tell(done, "releasing", json)


@group.command()
def discard(
    ref: Reference,
    config: ConfigOption = DEFAULT_CONFIG,
    reason: Annotated[str, typer.Option(metavar="R", help="Why, for the audit log.")] = "",
    json: JsonOption = False,
) -> None:
    """Delete a held mail; its sender is told."""
    from gateway.store import decisions

    database, _ = open_store(settings_from(config))
    done = decisions.discard(database, ref, reason, actor(), datetime.now(UTC))
    _tell(done, "discarded", json)


def _tell(done: Decided, state: str, as_json: bool) -> None:
    record = {
        "ref": done.ref,
        "state": state,
        "recipients": list(done.recipients),
        "without_grant": list(done.without_grant),
    }
    lines = [f"{done.ref}: {state} for {', '.join(map(shown, done.recipients))}"]
    if done.without_grant:
        lines.append(f"{done.ref}: without a grant: {', '.join(map(shown, done.without_grant))}")
    emit(record, "\n".join(lines), as_json=as_json)
