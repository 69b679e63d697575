"""The access list of a publication: shown, taken from a file after its difference was, and changed for one person."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.access_list import AccessListError, read_upload
from gateway.console import access_facts, guard
from gateway.console.fields import Fields
from gateway.console.forms import Form, Upload
from gateway.console.rendering import see_other
from gateway.console.subject import Subject, posted, subject
from gateway.model import Grant, GrantKind
from gateway.persons import party
from gateway.roles import Act
from gateway.store import grants
from gateway.store.grants import ListChanged

_KINDS = {
    GrantKind.PRE_RELEASE.value: "Early access: to prepare for the day of publication",
    GrantKind.PRODUCTION.value: "Production: they make or check the statistics",
}
_MOST_PROBLEMS = 50


async def listing(request: Request) -> Response:
    """Everybody on the list."""
    about = await subject(request, Act.SEE_ACCESS_LIST)
    found = await about.desk.stored(grants.listed, about.id)
    people = access_facts.entries(found, about.publication, about.desk.register(), about.look)
    return about.page("access.html", people=people, change=about.may(Act.CHANGE_ACCESS_LIST))


async def choose(request: Request) -> Response:
    """The form that takes a file."""
    about = await subject(request, Act.CHANGE_ACCESS_LIST)
    return _choose(about, Fields({"kind": GrantKind.PRE_RELEASE.value}))


def _choose(about: Subject, fields: Fields, status: int = 200) -> Response:
    return about.page("access_import.html", status, fields=fields, problems=fields.problems, kinds=_KINDS)


async def compare(request: Request) -> Response:
    """What a file would change; nothing is changed yet."""
    about = await subject(request, Act.CHANGE_ACCESS_LIST)
    form = await guard.form(request)
    fields = Fields({"kind": form.text("kind")})
    found = await _read(about, form, fields)
    if fields.problems:
        return _choose(about, fields, 400)
    carried = access_facts.carried(found)
    return await _difference(about, carried)


async def _read(about: Subject, form: Form, fields: Fields) -> tuple[Grant, ...]:
    kind = fields.choice("kind", _KINDS, "Select what kind of access a row without a kind gives")
    chosen = form.file("list")
    if chosen is None:
        fields.wrong("list", "Choose a file: .csv, .xlsx or .json")
    if chosen is None or not kind:
        return ()
    return await asyncio.to_thread(_parsed, about, chosen, GrantKind(kind), fields)


def _parsed(about: Subject, chosen: Upload, kind: GrantKind, fields: Fields) -> tuple[Grant, ...]:
    try:
        return read_upload(chosen.name, chosen.data, about.desk.zone, default=kind).grants
    except AccessListError as error:
        for problem in error.problems[:_MOST_PROBLEMS]:
            fields.wrong("list", problem)
        if len(error.problems) > _MOST_PROBLEMS:
            fields.wrong("list", f"and {len(error.problems) - _MOST_PROBLEMS} more problems")
        return ()


async def _difference(about: Subject, carried: str, status: int = 200) -> Response:
    wanted = await asyncio.to_thread(_carried, about, carried)
    found = await about.desk.stored(
        grants.import_list, about.id, wanted, about.actor, about.now, dry_run=True
    )
    register = about.desk.register()
    return about.page(
        "access_difference.html",
        status,
        difference=access_facts.difference(found, about.look),
        empty=found.empty,
        seen=found.version,
        carried=carried,
        groups=[one.address for one in wanted if party(register, one.address).group],
        stale=status == 409,
    )


def _carried(about: Subject, carried: str) -> tuple[Grant, ...]:
    return read_upload("list.json", carried.encode(), about.desk.zone).grants


async def take(request: Request) -> Response:
    """Take the list exactly as its difference was shown; where that has changed meanwhile, show it again."""
    about = await subject(request, Act.CHANGE_ACCESS_LIST)
    fields = await posted(request)
    carried = fields.typed.get("list", "")
    try:
        wanted = await asyncio.to_thread(_carried, about, carried)
        arguments = (about.id, wanted, about.actor, about.now)
        await about.desk.stored(grants.import_list, *arguments, shown=fields.raw("seen"))
    except AccessListError:
        fields.wrong("list", "Choose the file once more")
        return _choose(about, fields, 400)
    except ListChanged:
        return await _difference(about, carried, 409)
    return see_other(f"/publications/{about.id}/access")


async def one(request: Request) -> Response:
    """The form that gives access to one person."""
    about = await subject(request, Act.CHANGE_ACCESS_LIST)
    return _one(about, Fields({"kind": GrantKind.PRE_RELEASE.value}))


def _one(about: Subject, fields: Fields, status: int = 200) -> Response:
    return about.page("access_give.html", status, fields=fields, problems=fields.problems, kinds=_KINDS)


async def give(request: Request) -> Response:
    """Give access to one person."""
    about = await subject(request, Act.CHANGE_ACCESS_LIST)
    fields = await posted(request)
    grant = read_grant(about, fields)
    if grant is None:
        return _one(about, fields, 400)
    await about.desk.stored(grants.give, about.id, grant, about.actor, about.now)
    about.desk.wake()
    return see_other(f"/publications/{about.id}/access")


def read_grant(about: Subject, fields: Fields) -> Grant | None:
    """The grant that a form describes; None, with problems, where it describes none."""
    zone = about.desk.zone
    address = about.seen.staff.person(fields.address("address", "Enter the address of one person"))
    if address and party(about.desk.register(), address).group:
        fields.wrong("address", "This is a group: access is given to its members, one by one")
    kind = fields.choice("kind", _KINDS, "Select what kind of access they need")
    reason = fields.line("reason", "Say why they may have it")
    begins = fields.bound("from", zone, "The first day", end=False)
    ends = fields.bound("until", zone, "The last day", end=True)
    name, role, organisation = map(fields.line, ("name", "role", "organisation"))
    declared = fields.day("declared", "The declaration")
    if declared is not None and declared > about.now.astimezone(zone).date():
        fields.wrong("declared-date", "The declaration must be of today or earlier")
    if begins is not None and ends is not None and begins >= ends:
        fields.wrong("until-date", "The last day must not come before the first")
    if fields.problems:
        return None
    return Grant(address, GrantKind(kind), reason, begins, ends, "hand", name, role, organisation, declared)


async def ask(request: Request) -> Response:
    """The page that asks before access is taken away."""
    about = await subject(request, Act.CHANGE_ACCESS_LIST)
    address = request.query_params.get("address", "")
    found = await about.desk.stored(grants.listed, about.id)
    held = [grant for grant in found if grant.address == address]
    people = access_facts.entries(held, about.publication, about.desk.register(), about.look)
    if not people or people[0].fixed:
        return about.page("access_gone.html", 409)
    return about.page("access_revoke.html", person=people[0])


async def revoke(request: Request) -> Response:
    """Take access away from one person; NotDone for whoever has none, or is lead or deputy."""
    about = await subject(request, Act.CHANGE_ACCESS_LIST)
    fields = await posted(request)
    await about.desk.stored(grants.revoke, about.id, fields.raw("address"), about.actor, about.now)
    return see_other(f"/publications/{about.id}/access")


_HERE = "/publications/{id}/access"
ROUTES = [
    Route(_HERE, listing),
    Route(f"{_HERE}/import", choose),
    Route(f"{_HERE}/import", compare, methods=["POST"]),
    Route(f"{_HERE}/take", take, methods=["POST"]),
    Route(f"{_HERE}/give", one),
    Route(f"{_HERE}/give", give, methods=["POST"]),
    Route(f"{_HERE}/revoke", ask),
    Route(f"{_HERE}/revoke", revoke, methods=["POST"]),
]
