"""Documents of a publication: what is registered, what of it could not be read, and the forms that change it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway import tracefile
from gateway.amounts import amounts, in_words
from gateway.console import content, guard, words
from gateway.console.desk import Desk
from gateway.console.fields import Fields
from gateway.console.forms import Upload
from gateway.console.refusals import NotFound
from gateway.console.rendering import see_other
from gateway.console.subject import Subject, subject
from gateway.registration import Empty, Traced
from gateway.replies import ScanUnfinished
from gateway.roles import Act
from gateway.scanner import NotTakenUp
from gateway.store import NotDone, documents, removals
from gateway.store.documents import Listed, NewDocument

_USES = {
    "trace": "Under embargo: mail that carries them is held",
    "public": "Public already, such as the previous edition: what they hold is no trace",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One document in words: `name` is empty for who may not see it; `bare`: nothing but the file itself is known.

    `both`: it is registered as public and as under embargo.
    """

    name: str
    public: bool
    size: str
    amounts: str
    unread: tuple[str, ...]
    added: str = ""
    new: bool = True
    bare: bool = False
    number: int = 0
    both: bool = False


async def listing(request: Request) -> Response:
    """What is registered; names only for who may see what a mail contains: even a file name is a hint."""
    about = await subject(request, Act.SEE_PUBLICATION)
    shown = await _all(about)
    ask = bool(shown) and not any(one.public for one in shown)
    change = about.may(Act.CHANGE_DOCUMENTS)
    return about.page("documents.html", documents=shown, change=change, previous_missing=ask)


async def _all(about: Subject) -> tuple[Shown, ...]:
    named = about.may(Act.SEE_DOCUMENTS) and about.desk.eligible(about.seen.address, about.id)
    found = await about.desk.stored(documents.listed, about.desk.keys, about.id)
    return tuple(_listed(one, about, named=named) for one in found)


def _listed(one: Listed, about: Subject, *, named: bool) -> Shown:
    return Shown(
        content.line(one.label) if named and one.label is not None else "",
        one.public,
        _size(one.size),
        in_words(amounts(one.traces, one.counts)) if one.traces else "",
        unread(one.unreadable),
        about.look.time(one.added_at),
        bare=bool(one.traces and not one.counts),
        number=one.id,
        both=one.both,
    )


def _size(size: int | None) -> str:
    return content.size(size) if size is not None else ""


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
    found = [one for upload in form.files("files") for one in await _traced(about.desk, upload, fields)]
    if not found and not fields.problems:
        fields.wrong("files", "Choose at least one file")
    if fields.problems:
        return _choose(about, fields, 400)
    public = use == "public"
    arguments = (about.desk.keys, about.id, list(map(NewDocument.of, found)), about.actor, about.now)
    fresh = await about.desk.stored(documents.add, *arguments, public=public)
    registered = tuple(shown(one, public=public, new=new) for one, new in zip(found, fresh, strict=True))
    every = await _all(about)
    ask = not any(one.public for one in every)
    both = any(one.both for one in every)
    return about.page("documents_added.html", documents=registered, previous_missing=ask, both=both)


async def ask(request: Request) -> Response:
    """Whether a document is to be taken out of the register, and what that means."""
    about = await subject(request, Act.CHANGE_DOCUMENTS)
    wanted = request.path_params["number"]
    for number, one in enumerate(await _all(about), 1):
        if one.number == wanted:
            return about.page("documents_remove.html", document=one, number=number)
    raise NotFound


async def remove(request: Request) -> Response:
    """Take it out; one that is gone already is no fault of whoever asks."""
    about = await subject(request, Act.CHANGE_DOCUMENTS)
    await guard.form(request)
    with contextlib.suppress(NotDone):
        wanted = int(request.path_params["number"])
        await about.desk.stored(removals.remove, about.desk.keys, about.id, wanted, about.actor, about.now)
    return see_other(f"/publications/{about.id}/documents")


def shown(one: Traced, *, public: bool = False, new: bool = True) -> Shown:
    """A file that was just traced."""
    told = in_words(amounts(len(one.digests), one.counts))
    name, places = content.line(one.name), unread(one.unreadable)
    return Shown(name, public, _size(one.size), told, places, new=new, bare=one.bare)


async def _traced(desk: Desk, upload: Upload, fields: Fields) -> Sequence[Traced]:
    """The traces of a file, or of all those that a trace file tells of."""
    try:
        if upload.data.startswith(tracefile.MAGIC):
            return await asyncio.to_thread(tracefile.opened, desk.keys.trace_key, upload.data)
        return (await traced(desk, upload),)
    except Empty:
        fields.wrong("files", f"“{content.line(upload.name)}” is empty")
    except tracefile.Unusable as error:
        fields.wrong("files", f"“{content.line(upload.name)}” {error}")
    except ScanUnfinished:
        fields.wrong(
            "files", "The files could not be opened just now. Nothing was registered; try again in a minute"
        )
    return ()


async def traced(desk: Desk, upload: Upload) -> Traced:
    """The traces of a file, by the scanners; raises Empty, and ScanUnfinished where none was free.

    One that ends its scanner twice is known as a whole, and marked as unread.
    """
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
    Route(f"{_HERE}/{{number:int}}/remove", ask),
    Route(f"{_HERE}/{{number:int}}/remove", remove, methods=["POST"]),
]
