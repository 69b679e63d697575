"""`incident release | discard | at-live | false-alarm | exemptions`: what is decided about held mail.

On the command line one person speaks for all publications.  What is decided is recorded in the store; the office
carries it out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from gateway.cli.common import (
    DEFAULT_CONFIG,
    WRONG_CALL,
    ConfigOption,
    JsonOption,
    actor,
    emit,
    emit_table,
    fail,
    open_store,
    settings_from,
)
from gateway.incident import Verb
from gateway.letters.form import shown
from gateway.model import GrantKind

if TYPE_CHECKING:
    from gateway.store.decisions import Decided

Reference = Annotated[str, typer.Argument(metavar="REF", help="The incident's reference.")]
Recipients = Annotated[
    list[str] | None,
    typer.Option("--recipient", metavar="A", help="Only to this recipient; may be repeated."),
]
Reason = Annotated[str, typer.Option(metavar="R", help="Why, for the audit log.")]


def add_to(group: typer.Typer) -> None:
    """Add the commands to the group `incident`."""
    for name, command in (
        ("release", release),
        ("discard", discard),
        ("at-live", at_live),
        ("false-alarm", false_alarm),
        ("exemptions", exemptions),
    ):
        group.command(name)(command)


def release(
    ref: Reference,
    config: ConfigOption = DEFAULT_CONFIG,
    recipient: Recipients = None,
    reason: Reason = "",
    grant: Annotated[bool, typer.Option("--grant", help="Give them access, too; needs a reason.")] = False,
    kind: Annotated[GrantKind, typer.Option(help="Of which kind, with --grant.")] = GrantKind.PRE_RELEASE,
    declared: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="When they signed the declaration (YYYY-MM-DD), with --grant."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Send a held mail to its recipients, or to those named; who has no grant is recorded."""
    from gateway.store import decisions
    from gateway.store.register import load_people

    if grant and not reason.strip():
        fail("--reason: must not be empty with --grant", WRONG_CALL)
    declared_on = _date("--declared", declared)
    database, _ = open_store(settings_from(config))
    now = datetime.now(UTC)
    granted = decisions.grants_in(load_people(database), now)
    named = recipient or None
    if grant:
        done = decisions.grant_and_release(
            database, ref, named, kind, reason, declared_on, actor(), now, granted
        )
    else:
        done = decisions.release(database, ref, named, reason, actor(), now, granted)
    _tell(done, "releasing", json)


def _date(option: str, text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text is not None else None
    except ValueError:
        fail(f"{option}: {text!r} is no date: write it as 2018-03-28", WRONG_CALL)


def discard(
    ref: Reference,
    config: ConfigOption = DEFAULT_CONFIG,
    reason: Reason = "",
    message: Annotated[str, typer.Option(metavar="M", help="What the sender reads in the notice.")] = "",
    json: JsonOption = False,
) -> None:
    """Delete a held mail; its sender is told."""
    from gateway.store import decisions

    database, _ = open_store(settings_from(config))
    done = decisions.discard(database, ref, reason, actor(), datetime.now(UTC), message=message)
    _tell(done, "discarded", json)


def at_live(
    ref: Reference,
    verb: Annotated[Literal["send", "drop"], typer.Argument(help="What happens once it is published.")],
    config: ConfigOption = DEFAULT_CONFIG,
    recipient: Recipients = None,
    reason: Reason = "",
    json: JsonOption = False,
) -> None:
    """Hold a mail until its publication is confirmed to be live, and send or delete it then."""
    from gateway.store import decisions

    database, _ = open_store(settings_from(config))
    now = datetime.now(UTC)
    done = decisions.at_live(database, ref, recipient or None, Verb(verb), reason, actor(), now)
    _tell(done, "held", json)


def false_alarm(
    ref: Reference,
    reason: Annotated[str, typer.Option(metavar="R", help="Why it was none, for the audit log.")],
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
) -> None:
    """Send a held mail to all, and let the same evidence be none from now on."""
    from gateway.store import decisions

    if not reason.strip():
        fail("--reason: must not be empty", WRONG_CALL)
    database, _ = open_store(settings_from(config))
    done = decisions.false_alarm(database, ref, reason, actor(), datetime.now(UTC))
    _tell(done, "releasing", json, _remembered(done.remembered))


def _remembered(number: int) -> str:
    if not number:
        return "nothing could be remembered: the next mail like this one is held again"
    return f"remembered as a false alarm: {number} {'piece' if number == 1 else 'pieces'} of evidence"


def exemptions(
    config: ConfigOption = DEFAULT_CONFIG,
    forget: Annotated[int | None, typer.Option(metavar="ID", help="Let this evidence count again.")] = None,
    json: JsonOption = False,
) -> None:
    """List the evidence that was called a false alarm, or forget one entry."""
    from gateway.store import exemptions as kept

    database, _ = open_store(settings_from(config))
    if forget is not None:
        kept.forget(database, forget, actor(), datetime.now(UTC))
        emit({"id": forget, "change": "forgotten"}, f"{forget}: counts again", as_json=json)
        return
    rows = [
        {
            "id": one.id,
            "publication": one.publication if json or one.publication else "unregistered",
            "detector": one.detector,
            "incident": one.ref,
            "by": one.exempted_by,
            "at": one.exempted_at.isoformat() if json else f"{one.exempted_at:%Y-%m-%d %H:%M} UTC",
        }
        for one in kept.listed(database)
    ]
    emit_table(rows, as_json=json)


def _tell(done: Decided, state: str, as_json: bool, *more: str) -> None:
    record: dict[str, Any] = {
        "ref": done.ref,
        "state": state if done.leaving else "held",
        "recipients": list(done.recipients),
        "without_grant": list(done.without_grant),
        "leaving": list(done.leaving),
        "waiting_for": list(done.waiting_for),
        "until_live": list(done.until_live),
        "remembered": done.remembered,
    }
    emit(
        record,
        "\n".join((*_lines(done, record["state"]), *(f"{done.ref}: {one}" for one in more))),
        as_json=as_json,
    )


def _lines(done: Decided, state: str) -> Iterator[str]:
    yield f"{done.ref}: {state} for {', '.join(map(shown, done.recipients))}"
    if done.without_grant:
        yield f"{done.ref}: without a grant: {', '.join(map(shown, done.without_grant))}"
    for key in done.waiting_for:
        yield f"{done.ref}: waits for the word of the lead of {key or 'an unregistered publication'}"
    for key in done.until_live:
        yield f"{done.ref}: waits until {key} is live"
