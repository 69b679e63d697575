"""`publication ...`: register a publication, and every change of its life."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from gateway.cli.circulation import add_from_mail, said
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
    tell,
)
from gateway.cli.typed import address_of, required, time_of, title_of
from gateway.model import LiveBy

if TYPE_CHECKING:
    from gateway.config import Settings
    from gateway.model import Grant, Publication

group = typer.Typer(help="Publications under embargo.", no_args_is_help=True)
Id = Annotated[str, typer.Argument(metavar="ID", help="Lower-case letters, digits and hyphens.")]
PublishesAt = Annotated[
    str | None, typer.Option(metavar="TIME", help="2018-03-28T09:30; UK time unless an offset is given.")
]
OpensAt = Annotated[str | None, typer.Option(metavar="TIME", help="When pre-release access begins.")]
AtLive = Annotated[str, typer.Option(metavar="send|keep", help="What becomes of held mail then.")]
FromMail = Annotated[
    Path | None, typer.Option(metavar="FILE.eml", help="The circulation mail of another department.")
]


def register(app: typer.Typer) -> None:
    """Add the group to the command line."""
    app.add_typer(group, name="publication")


@group.command()
def add(
    id: Id,
    title: Annotated[str | None, typer.Option(help="As it will be published.")] = None,
    publishes_at: PublishesAt = None,
    lead: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Gets the alerts and decides.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    opens_at: OpensAt = None,
    deputy: Annotated[list[str] | None, typer.Option(metavar="ADDRESS", help="Asked after the lead.")] = None,
    team: Annotated[Path | None, typer.Option(metavar="FILE", help="A list of those who make it.")] = None,
    live_by: Annotated[LiveBy, typer.Option(help="What ends the embargo.")] = LiveBy.CLOCK,
    url: Annotated[str | None, typer.Option(help="The public page, for --live-by url.")] = None,
    at_live: AtLive = "keep",
    market_sensitive: Annotated[bool, typer.Option("--market-sensitive")] = False,
    from_mail: FromMail = None,
    producer: Annotated[str | None, typer.Option(metavar="NAME", help="Whose mail that is.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Take the draft of --from-mail unasked.")] = False,
    json: JsonOption = False,
) -> None:
    """Register a publication: from now on it is under embargo.

    With --from-mail the draft that the mail makes is shown first; then title and time need not be given.
    """
    settings = settings_from(config)
    _check_choices(live_by, url, at_live)
    zone = settings.policy.zone
    if from_mail is not None:
        _check_mail_choices(opens_at, team, live_by, at_live)
        add_from_mail(
            from_mail,
            said(id, producer, lead, deputy, title, publishes_at, zone, market_sensitive=market_sensitive),
            settings,
            yes=yes,
            json=json,
        )
        return
    if producer is not None or yes:
        fail("--producer, --yes: go with --from-mail", WRONG_CALL)
    title, publishes_at, lead = required({"--title": title, "--publishes-at": publishes_at, "--lead": lead})
    publication = _publication(
        id=id,
        title=title_of("--title", title),
        publishes_at=time_of("--publishes-at", publishes_at, zone),
        opens_at=time_of("--opens-at", opens_at, zone) if opens_at else None,
        lead=address_of("--lead", lead),
        deputies=tuple(address_of("--deputy", one) for one in deputy or ()),
        live_by=live_by,
        url=url,
        at_live=at_live,
        market_sensitive=market_sensitive,
    )
    _add(publication, _team(team, zone), settings, json)


def _check_mail_choices(opens_at: str | None, team: Path | None, live_by: LiveBy, at_live: str) -> None:
    if opens_at or team is not None or live_by is not LiveBy.CLOCK or at_live != "keep":
        fail("--from-mail: goes without --opens-at, --team, --live-by, --url and --at-live", WRONG_CALL)


def _publication(**values: Any) -> Publication:
    from gateway.model import Publication

    try:
        return Publication(**values)
    except ValueError as error:
        fail(f"{values['id']}: {error}", WRONG_CALL)


def _add(publication: Publication, members: tuple[Grant, ...], settings: Settings, json: bool) -> None:
    from gateway.store import publications

    database, keys = open_store(settings)
    now = datetime.now(UTC)
    publications.add(database, keys, publication, members, actor(), now)
    _warn(publication, members, now)
    _show(publication, settings, json)


def _check_choices(live_by: LiveBy, url: str | None, at_live: str) -> None:
    if at_live not in ("send", "keep"):
        fail("--at-live: must be send or keep", WRONG_CALL)
    if (live_by is LiveBy.URL) != (url is not None):
        fail("--url: goes with --live-by url, and --live-by url with it", WRONG_CALL)
    if url is not None and not url.startswith(("https://", "http://")):
        fail("--url: must begin with https:// or http://", WRONG_CALL)


def _team(path: Path | None, zone: ZoneInfo) -> tuple[Grant, ...]:
    if path is None:
        return ()
    from gateway.access_list import AccessListError, read
    from gateway.model import GrantKind

    try:
        found = read(path, zone, default=GrantKind.PRODUCTION, only=GrantKind.PRODUCTION)
    except AccessListError as error:
        fail(error.problems)
    tell(found.notes)
    return found.grants


def _warn(publication: Publication, members: tuple[Grant, ...], now: datetime) -> None:
    people = {publication.lead, *publication.deputies}
    if all(grant.address in people for grant in members):
        tell(
            f"{publication.id}: warning: only lead and deputies hold production grants, so the team's drafts"
            " will be held; give the team with --team or `access grant --kind production`"
        )
    if not publication.embargoed(now):
        tell(f"{publication.id}: warning: its planned time is past, so nothing is under embargo")


@group.command("list")
def list_(config: ConfigOption = DEFAULT_CONFIG, json: JsonOption = False) -> None:
    """All publications, the soonest first."""
    from gateway.store import publications

    settings = settings_from(config)
    database, _ = open_store(settings)
    shown = ("id", "state", "publishes_at", "lead", "title")
    records = [_record(publication, settings) for publication in publications.listed(database)]
    emit_table(records if json else [{key: record[key] for key in shown} for record in records], as_json=json)


@group.command()
def show(id: Id, config: ConfigOption = DEFAULT_CONFIG, json: JsonOption = False) -> None:
    """One publication in full."""
    from gateway.store import publications

    settings = settings_from(config)
    database, _ = open_store(settings)
    _show(publications.get(database, id), settings, json)


@group.command()
def postpone(
    id: Id,
    to: Annotated[str, typer.Option(metavar="TIME", help="The new time, later or earlier.")],
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
) -> None:
    """Plan another time, also after the old one has passed; a withdrawn publication comes back."""
    from gateway.store import publications

    settings = settings_from(config)
    when = time_of("--to", to, settings.policy.zone)
    database, _ = open_store(settings)
    now = datetime.now(UTC)
    changed = publications.postpone(database, id, when, actor(), now)
    if not changed.embargoed(now):
        tell(f"{id}: warning: the new time is past, so nothing is under embargo")
    _show(changed, settings, json)


@group.command()
def live(id: Id, config: ConfigOption = DEFAULT_CONFIG, json: JsonOption = False) -> None:
    """Confirm that a publication is public: its embargo ends and its traces are destroyed."""
    from gateway.store import publications

    _change(config, json, id, publications.go_live)


@group.command()
def withdraw(id: Id, config: ConfigOption = DEFAULT_CONFIG, json: JsonOption = False) -> None:
    """Take a publication back: its embargo ends unpublished; `postpone` plans it again."""
    from gateway.store import publications

    _change(config, json, id, publications.withdraw)


@group.command()
def pause(
    id: Id,
    reason: Annotated[str, typer.Option(metavar="R", help="Why, for the audit log.")],
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
) -> None:
    """Mark a publication as paused; its embargo goes on."""
    from gateway.store import publications

    settings = settings_from(config)
    database, _ = open_store(settings)
    _show(publications.pause(database, id, reason, actor(), datetime.now(UTC)), settings, json)


@group.command()
def resume(id: Id, config: ConfigOption = DEFAULT_CONFIG, json: JsonOption = False) -> None:
    """End a pause."""
    from gateway.store import publications

    _change(config, json, id, publications.resume)


def _change(config: Path, json: bool, id: str, change: Callable[..., Publication]) -> None:
    settings = settings_from(config)
    database, _ = open_store(settings)
    _show(change(database, id, actor(), datetime.now(UTC)), settings, json)


def _show(publication: Publication, settings: Settings, json: bool) -> None:
    record = _record(publication, settings)
    lines = [
        f"{name.replace('_', ' '):17} {_plain(value)}"
        for name, value in record.items()
        if value not in (None, [])
    ]
    emit(record, "\n".join(lines), as_json=json)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, list) else str(value)


def _record(publication: Publication, settings: Settings) -> dict[str, Any]:
    zone = settings.policy.zone

    def local(when: datetime | None) -> str | None:
        return when.astimezone(zone).isoformat() if when is not None else None

    return {
        "id": publication.id,
        "title": publication.title,
        "state": publication.state.value,
        "publishes_at": local(publication.publishes_at),
        "opens_at": local(publication.window_opens),
        "former_times": [local(when) for when in publication.former_times],
        "confirmed_at": local(publication.confirmed_at),
        "lead": publication.lead,
        "deputies": list(publication.deputies),
        "live_by": publication.live_by.value,
        "url": publication.url,
        "at_live": publication.at_live,
        "market_sensitive": publication.market_sensitive,
    }
