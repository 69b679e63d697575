"""Documents of a publication: what is registered, what of it could not be read, and the form that registers more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.console import content, guard, words
from gateway.console.desk import Desk
from gateway.console.fields import Fields
from gateway.console.forms import Upload
from gateway.console.subject import Subject, subject
from gateway.registration import Empty, Traced
from gateway.replies import ScanUnfinished
from gateway.roles import Act
from gateway.scanner import NotTakenUp
from gateway.store import documents
from gateway.store.documents import Listed, NewDocument

_USES = {
    "trace": "Under embargo: mail that carries them is held",
    "public": "Public already, such as the previous edition: what they hold is no trace",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One document in words: `name` is empty for who may not see it."""

    name: str
    public: bool
    size: str
    traces: int
    unread: tuple[str, ...]
    added: str
    new: bool = True


async def listing(request: Request) -> Response:
    """What is registered; names only for who may see what a mail contains: even a file name is a hint."""
    about = await subject(request, Act.SEE_PUBLICATION)
    named = about.may(Act.SEE_DOCUMENTS) and about.desk.eligible(about.seen.address, about.id)
    found = await about.desk.stored(documents.listed, about.desk.keys, about.id)
    shown = tuple(_listed(one, about, named=named) for one in found)
    return about.page("documents.html", documents=shown, change=about.may(Act.CHANGE_DOCUMENTS))


def _listed(one: Listed, about: Subject, *, named: bool) -> Shown:
    return Shown(
        content.line(one.label) if named and one.label is not None else "",
        one.public,
        content.size(one.size) if one.size is not None else "",
        one.traces,
        unread(one.unreadable),
        about.look.time(one.added_at),
    )


def unread(places: Iterable[str]) -> tuple[str, ...]:
    """What could not be read of a document and why, in words: `1/2: encrypted` is a part, `1: broken` all of it."""
    return tuple(_place(*place.split(": ")) for place in places)


def _place(path: str, reason: str) -> str:
    # Of a mail the path begins with the part; of any other file it begins with the file, which is 1.
    inner = path.removeprefix("1").removeprefix("/")
    return f"{f'part {inner}' if inner else 'the file'}: {words.UNREADABLE.get(reason, reason)}"


async def choose(request: Request) -> Response:
    """The form that takes files."""
    about = await subject(request, Act.CHANGE_DOCUMENTS)
    return _choose(about, Fields({"use": "trace"}))


def _choose(about: Subject, fields: Fields, status: int = 200) -> Response:
    return about.page("documents_add.html", status, fields=fields, problems=fields.problems, uses=_USES)


async def add(request: Request) -> Response:
    """Register the files, and say what was registered and what could not be read."""
    about = await subject(request, Act.CHANGE_DOCUMENTS)
    form = await guard.form(request)
    fields = Fields({"use": form.text("use")})
    use = fields.choice("use", _USES, "Select what the files are")
    traced = [one for upload in form.files("files") if (one := await _traced(about.desk, upload, fields))]
    if not traced and not fields.problems:
        fields.wrong("files", "Choose at least one file")
    if fields.problems:
        return _choose(about, fields, 400)
    new = [NewDocument.of(one) for one in traced]
    arguments = (about.desk.keys, about.id, new, about.actor, about.now)
    fresh = await about.desk.stored(documents.add, *arguments, public=use == "public")
    registered = tuple(
        _added(one, new, about, public=use == "public") for one, new in zip(traced, fresh, strict=True)
    )
    return about.page("documents_added.html", documents=registered)


def _added(one: Traced, new: bool, about: Subject, *, public: bool) -> Shown:
    when = about.look.time(about.now)
    return Shown(
        content.line(one.name),
        public,
        content.size(one.size),
        len(one.digests),
        unread(one.unreadable),
        when,
        new,
    )


async def _traced(desk: Desk, upload: Upload, fields: Fields) -> Traced | None:
    """The traces of a file; one that ends its scanner twice is registered as a whole, and marked as unread."""
    try:
        return await traced(desk, upload)
    except Empty:
        fields.wrong("files", f"“{content.line(upload.name)}” is empty")
    except ScanUnfinished:
        fields.wrong(
            "files", "The files could not be opened just now. Nothing was registered; try again in a minute"
        )
    return None


async def traced(desk: Desk, upload: Upload) -> Traced:
    """The traces of a file, by the scanners; raises Empty, and ScanUnfinished where none was free."""
    for _ in range(2):
        try:
            return await desk.scanners.trace(upload.name, upload.data, desk.keys.trace_key)
        except NotTakenUp:
            raise
        except ScanUnfinished:
            continue
    own = frozenset({sha256(upload.data).digest()})
    return Traced(upload.name, len(upload.data), own, ("1: scanner",))


_HERE = "/publications/{id}/documents"
ROUTES = [
    Route(_HERE, listing),
    Route(f"{_HERE}/add", choose),
    Route(f"{_HERE}/add", add, methods=["POST"]),
]
