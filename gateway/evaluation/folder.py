"""An evaluation folder: publications to register, and mails with what is known of them.

    publications/ID/publication.toml    what `publication add` is told: title, publishes_at, lead, ...
    publications/ID/access.csv          who may have it (or .xlsx, .json); may be missing
    publications/ID/documents/          what is under embargo; .eml files are the mails it was circulated with
    publications/ID/public/             what is public: the previous edition, the press notice; may be missing
    leaks/KIND/[ID/]...                 mails that leak the publication of the sub-folder, or of a name like ID--1.eml
    innocent/KIND/...                   mails that leak nothing

Mails are single files, mbox files or folders of either.  A leak that names no publication is found when it is held for
any.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, ValidationInfo

from gateway.access_list import AccessListError
from gateway.access_list import read as read_list
from gateway.address import typed
from gateway.mailfiles import files
from gateway.model import PUBLICATION_ID, Grant, LiveBy, Publication
from gateway.moments import moment, on_the_wall

_LITTER = re.compile(r"\..*|~\$.*|Thumbs\.db|desktop\.ini", re.IGNORECASE)
_LISTS = ("access.csv", "access.xlsx", "access.json")
_MAILBOXES = (".mbox", ".mbx")
_NAMED = re.compile(r"([a-z0-9][a-z0-9-]*?)--")
_BEFORE = timedelta(hours=1)
"""How long before its planned time a publication's mails are decided: within any access window."""
_IN_KIND = 2
"""Names of a mail's path that tell its kind and itself; what stands between them is a publication's."""
_NOBODY = "lead@evaluation.invalid"


class FolderError(Exception):
    """The folder cannot be used; `problems` holds one `path: key: problem` line for each fault."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True, slots=True)
class Entry:
    """One publication: who may have it, its documents, what is public, and when mails about it are decided."""

    publication: Publication
    at: datetime
    grants: tuple[Grant, ...] = ()
    documents: tuple[Path, ...] = ()
    public: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """One file of mails and what is known of them: a leak or not, of which kind, and of which publication (or any)."""

    path: Path
    leak: bool
    kind: str
    publication: str | None = None


@dataclass(frozen=True, slots=True)
class Folder:
    """What an evaluation is made of, and notes on what lies in the folder and does not count."""

    entries: tuple[Entry, ...]
    sources: tuple[Source, ...]
    notes: tuple[str, ...] = ()


def read(folder: Path, zone: ZoneInfo) -> Folder:
    """The folder's publications and the files of its mails; times without an offset are wall time in `zone`.

    Raises FolderError with every problem.
    """
    problems: list[str] = []
    notes: list[str] = []
    entries = tuple(_entries(folder / "publications", zone, problems))
    known = frozenset(entry.publication.id for entry in entries)
    sources = tuple(
        source
        for name, leak in (("leaks", True), ("innocent", False))
        for source in _sources(folder / name, leak, known, problems, notes)
    )
    if not problems and not entries:
        problems.append(f"{folder / 'publications'}: no publication there")
    if not problems and not sources:
        problems.append(f"{folder}: no mail in leaks/KIND or innocent/KIND")
    if problems:
        raise FolderError(problems)
    return Folder(entries, sources, tuple(notes))


def _time(value: object, info: ValidationInfo) -> datetime:
    zone: ZoneInfo = (info.context or {})["zone"]
    if isinstance(value, str):
        return moment(value, zone)
    if isinstance(value, datetime):
        return value if value.utcoffset() is not None else on_the_wall(value, zone)
    example = "2018-03-28T09:30"
    raise ValueError(
        f"a time of day is needed, such as {example}"
        if isinstance(value, date)
        else f"must be a time such as {example}"
    )


def _address(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("must be an address")
    return typed(value)


Moment = Annotated[datetime, BeforeValidator(_time)]
Address = Annotated[str, BeforeValidator(_address)]


class _PublicationFile(BaseModel):
    """`publication.toml`.  How it goes live is read and does not count: under evaluation every embargo lasts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str | None = None
    title: Annotated[str, Field(min_length=1)]
    publishes_at: Moment
    at: Moment | None = None
    opens_at: Moment | None = None
    lead: Address = _NOBODY
    deputies: tuple[Address, ...] = ()
    producer: str | None = None
    market_sensitive: bool = False
    live_by: LiveBy = LiveBy.CLOCK
    url: str | None = None
    at_live: str = "keep"

    def publication(self, name: str) -> Publication:
        """The publication of this id; raises ValueError."""
        if self.id not in (None, name):
            raise ValueError(f"id: {self.id!r} is not the name of its folder")
        return Publication(
            name,
            self.title,
            self.publishes_at,
            self.lead,
            self.opens_at,
            self.deputies,
            live_by=LiveBy.PERSON,
            market_sensitive=self.market_sensitive,
            producer=self.producer,
        )


def _entries(folder: Path, zone: ZoneInfo, problems: list[str]) -> Iterator[Entry]:
    for place in _folders(folder, problems):
        try:
            yield _entry(place, zone)
        except FolderError as error:
            problems += error.problems


def _entry(place: Path, zone: ZoneInfo) -> Entry:
    """One publication's folder; raises FolderError."""
    path = place / "publication.toml"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        read = _PublicationFile.model_validate(data, context={"zone": zone})
        publication = read.publication(place.name)
    except ValidationError as error:
        raise FolderError(sorted(f"{path}: {_line(item)}" for item in error.errors())) from None
    except OSError as error:
        raise FolderError([f"{path}: {error.strerror or 'cannot be read'}"]) from None
    except ValueError as error:
        raise FolderError([f"{path}: {_not_toml(error)}"]) from None
    problems: list[str] = []
    documents, public = (tuple(_documents(place / name, problems)) for name in ("documents", "public"))
    if not documents:
        problems.append(f"{place / 'documents'}: no document there")
    grants = _grants(place, zone, problems)
    if problems:
        raise FolderError(problems)
    return Entry(publication, read.at or publication.publishes_at - _BEFORE, grants, documents, public)


def _not_toml(error: ValueError) -> str:
    if isinstance(error, tomllib.TOMLDecodeError):
        return f"not TOML: {error}"
    return "not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)


def _line(item: Any) -> str:
    key = ".".join(map(str, item["loc"])) or "publication"
    if item["type"] == "extra_forbidden":
        return f"{key}: unknown key"
    return f"{key}: {item['msg'].removeprefix('Value error, ')}"


def _grants(place: Path, zone: ZoneInfo, problems: list[str]) -> tuple[Grant, ...]:
    try:
        found = [read_list(path, zone).grants for name in _LISTS if (path := place / name).exists()]
    except AccessListError as error:
        problems += error.problems
        return ()
    return tuple(grant for grants in found for grant in grants)


def _documents(folder: Path, problems: list[str]) -> Iterator[Path]:
    """The files of a folder and those below it, sorted; none where there is no such folder."""

    def note(error: OSError) -> None:
        if Path(error.filename) != folder or folder.exists():
            problems.append(f"{error.filename}: {error.strerror or 'cannot be read'}")

    for place, folders, names in os.walk(folder, onerror=note):
        folders.sort()
        for name in sorted(names):
            if _LITTER.fullmatch(name) is None and (path := Path(place, name)).is_file():
                yield path


def _folders(folder: Path, problems: list[str]) -> list[Path]:
    """The publications' folders, sorted; each name must be an id."""
    try:
        found = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    except OSError as error:
        problems.append(f"{folder}: {error.strerror or 'cannot be read'}")
        return []
    wrong = [path for path in found if PUBLICATION_ID.match(path.name) is None]
    problems += [
        f"{path}: the folder's name is no id (lower-case letters, digits and hyphens)" for path in wrong
    ]
    return [path for path in found if path not in wrong]


def _sources(
    folder: Path, leak: bool, known: frozenset[str], problems: list[str], notes: list[str]
) -> Iterator[Source]:
    if not folder.exists():
        return
    unknown: set[Path] = set()
    for path in files([folder], problems.append, notes.append):
        inner = path.relative_to(folder).parts
        whose = _whose(inner, known) if leak else None
        if leak and whose is None and len(inner) > _IN_KIND and path.parent not in unknown:
            unknown.add(path.parent)
            notes.append(f"{path.parent}: names no publication; its leaks count as found where any is")
        yield Source(path, leak, _kind(path, folder), whose)


def _kind(path: Path, folder: Path) -> str:
    """The sub-folder; what lies beside these is a kind of its own if it is a mailbox."""
    if path.parent != folder:
        return path.relative_to(folder).parts[0]
    return path.stem if path.suffix.lower() in _MAILBOXES else folder.name


def _whose(inner: tuple[str, ...], known: frozenset[str]) -> str | None:
    """The publication that a leak's path below its kind names: a folder, or the start of the file's name."""
    for name in inner[1:-1]:
        if name in known:
            return name
    match = _NAMED.match(inner[-1])
    return match[1] if match and match[1] in known else None
