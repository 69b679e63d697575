"""`publication add | list | show`: register a publication, and what the register says of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from gateway.cli import life
from gateway.cli.circulation import add_from_mail, said
from gateway.cli.common import (
    DEFAULT_CONFIG,
    WRONG_CALL,
    ConfigOption,
    JsonOption,
    actor,
    emit_table,
    fail,
    open_store,
    settings_from,
    tell,
)
from gateway.cli.publication_facts import believed_now, plain, record, show_one
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
        told = said(id, producer, lead, deputy, title, publishes_at, zone, market_sensitive=market_sensitive)
        add_from_mail(from_mail, told, settings, yes=yes, json=json)
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
    show_one(publication, settings, json)


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
    now = believed_now(settings)
    shown = ("id", "phase", "publishes_at", "lead", "title", "history")
    records = [record(publication, settings, now) for publication in publications.listed(database)]
    emit_table(
        records if json else [{key: plain(one[key]) for key in shown} for one in records], as_json=json
    )


@group.command()
def show(id: Id, config: ConfigOption = DEFAULT_CONFIG, json: JsonOption = False) -> None:
    """One publication in full."""
    from gateway.store import publications

    settings = settings_from(config)
    database, _ = open_store(settings)
    show_one(publications.get(database, id), settings, json)


# Once, however often the group is registered: its own commands come first in its help.
life.register(group)
