"""Whole mails as cases on disk: `mail.eml` with placeholders, and `case.toml` with envelope, register and expectation.

A case's number is in its folder's name, in its addresses (`@c07.example`) and, as minutes, in its planned times: so
that all cases of one setting can share one register and one gateway without meeting.

Placeholders of a mail, filled in when the tests run: `@BANNER@`, `@CLOCK@`, `@DATE@`, `@DAY@`, `@MONTH@`, `@YEAR@`
(with `:ID` for the planned time of that publication, or of that entry of `[moments]`), `@CANARY@`, a word that must
not show up anywhere, `@PROSE@`, words that no other case has, and `@FILE:NAME@`, a document of `[documents.NAME]` in
base64 lines (`@WORD:NAME@`: on one line; `@PLAIN:NAME@`: as it is, with CRLF).
"""

from __future__ import annotations

import base64
import io
import re
import tomllib
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment

from gateway.address import canonical
from gateway.model import Grant, GrantKind, Publication
from gateway.registration import trace_file
from gateway.store import documents, grants, publications
from gateway.store.database import Database
from gateway.store.documents import NewDocument
from gateway.store.keys import Keys
from tests import papers
from tests.talking import LONDON, banner

FOLDER = Path(__file__).parent / "cases"
_WORDS = [
    "amber",
    "basil",
    "cedar",
    "dolphin",
    "ember",
    "falcon",
    "garnet",
    "harbour",
    "ivory",
    "juniper",
    "kestrel",
    "lantern",
    "meadow",
    "nectar",
    "orchid",
    "pepper",
    "quartz",
    "raven",
    "saffron",
    "thistle",
    "umber",
    "velvet",
    "willow",
]
_PLACEHOLDER = re.compile(rb"@([A-Z]+)(?::([a-z0-9-]+))?@")


def _watermarked(text: str) -> bytes:
    """A docx whose text stands in a watermark alone, as Word keeps it."""
    page = f'<w:hdr xmlns:w="w" xmlns:v="v"><w:pict><v:shape><v:textpath string="{text}"/></v:shape></w:pict></w:hdr>'
    return _with(papers.word("nothing to see"), {"word/header9.xml": page.encode()})


def _commented(text: str) -> bytes:
    """An xlsx whose text stands in the comment of a cell, by an author who is named there."""
    book = Workbook()
    book.create_sheet("1")["A1"].comment = Comment(text, "Helen Marsh")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _workbook(text: str) -> bytes:
    """An xlsx without figures, which other cases might have as well: all are registered with one gateway."""
    return papers.workbook(text, ())


_WRITERS: Mapping[str, Callable[[str], bytes]] = {
    "docx": papers.word,
    "xlsx": _workbook,
    "pptx": papers.slides,
    "odt": papers.writer,
    "ods": papers.calc,
    "pdf": papers.pdf,
    "rtf": papers.rtf,
    "watermark": _watermarked,
    "comment": _commented,
    "text": str.encode,
    "wide": lambda text: text.encode("utf-16"),
    "broken": lambda text: papers.word(text)[:-400],
}


@dataclass(frozen=True)
class Expected:
    """What must come of a case; `states`, `publications` and `findings` are those of its incident.

    `findings` are `RULE PART`; `letters` are the addresses that hear of it, first who is alerted; `scan` is what
    `scan` says where that is another word than the server's.
    """

    reply: str
    reply_says: Sequence[str] = ()
    sink: Sequence[str] = ()
    states: Mapping[str, str] = field(default_factory=dict)
    publications: Sequence[str | None] = ()
    ineligible: Sequence[str] = ()
    findings: Sequence[str] = ()
    letters: Sequence[str] = ()
    alert_first: str = ""
    alert_says: Sequence[str] = ()
    scan: str = ""

    @property
    def disposition(self) -> str:
        """The word for what `scan` must say."""
        server = {"550": "reject", "250": "hold" if "Held" in self.reply else "relay"}[self.reply[:3]]
        return self.scan or server


@dataclass(frozen=True)
class Case:
    """One case; `now` is when the run began."""

    folder: Path
    facts: Mapping[str, Any]
    now: datetime

    @property
    def name(self) -> str:
        """The folder's name, `NN-what-it-shows`."""
        return self.folder.name

    @property
    def number(self) -> int:
        """The number that its name begins with."""
        return int(self.name[:2])

    @property
    def setting(self) -> str:
        """Under which policy it is sent."""
        return str(self.facts.get("setting", "hold"))

    @property
    def sender(self) -> str:
        """Envelope sender, empty for none."""
        return str(self.facts["sender"])

    @property
    def recipients(self) -> list[str]:
        """Envelope recipients."""
        return list(self.facts["recipients"])

    @property
    def canary(self) -> str:
        """A word of subject, body, names and documents, and of nothing else in the run."""
        return f"zyzzyva{self.number:02}x"

    @property
    def expected(self) -> Expected:
        """What must come of it."""
        return Expected(**self.facts["expected"])

    @cached_property
    def content(self) -> bytes:
        """The bytes to send: the same for every call, as documents carry the time they were written."""
        return _PLACEHOLDER.sub(self._filled, (self.folder / "mail.eml").read_bytes())

    def _filled(self, match: re.Match[bytes]) -> bytes:
        name = (match[2] or b"").decode()
        if match[1] == b"FILE":
            return base64.encodebytes(self.files[name]).replace(b"\n", b"\r\n").rstrip(b"\r\n")
        if match[1] == b"WORD":
            return base64.b64encode(self.files[name])
        if match[1] == b"PLAIN":
            return self.files[name].replace(b"\n", b"\r\n")
        return self._word(match[1].decode(), name).encode()

    def _word(self, kind: str, name: str) -> str:
        if kind == "CANARY":
            return self.canary
        if kind == "PROSE":
            return " ".join(f"{_WORDS[(self.number + step) % 23]}{self.number}" for step in range(1, 19))
        when = self.moments[name or next(iter(self.moments))]
        _, _, clock_and_date = banner(when).partition(" AT ")
        clock, _, date = clock_and_date.partition(" ON ")
        _, day, month, year = date.split()
        words = {
            "BANNER": banner(when),
            "CLOCK": clock,
            "DATE": date,
            "DAY": day,
            "MONTH": month,
            "YEAR": year,
        }
        return words[kind]

    @property
    def moments(self) -> dict[str, datetime]:
        """Planned times by publication id (as first planned), and times of nothing registered by their names."""
        hours = {entry["id"]: entry["hours"] for entry in self.facts.get("publication", [])}
        return {name: self.after(count) for name, count in {**hours, **self.facts.get("moments", {})}.items()}

    def after(self, hours: float) -> datetime:
        """A time so many hours from now, in minutes of this case's own."""
        start = self.now.astimezone(LONDON).replace(second=0, microsecond=0)
        return start + timedelta(hours=hours, minutes=self.number)

    @cached_property
    def files(self) -> dict[str, bytes]:
        """The documents, written by the programs that people use; later ones may hold earlier ones."""
        made: dict[str, bytes] = {}
        for name, entry in self.facts.get("documents", {}).items():
            made[name] = self._written(entry, made)
        return made

    def _written(self, entry: Mapping[str, Any], made: Mapping[str, bytes]) -> bytes:
        held = {self._text(name): made[which] for name, which in entry.get("holds", {}).items()}
        text = self._text(entry.get("text", ""))
        match entry["kind"]:
            case "zip":
                return papers.archive(held)
            case "locked":
                return papers.locked(papers.archive(held))
            case "eml" if text:
                return text.replace("\n", "\r\n").encode()
            case "eml":
                return papers.mail(*(papers.attached(data, name) for name, data in held.items()))
            case kind:
                return _with(_WRITERS[kind](text), held)

    def _text(self, text: str) -> str:
        return _PLACEHOLDER.sub(self._filled, text.encode()).decode()

    def register(self, database: Database, keys: Keys, scratch: Path) -> None:
        """Bring its publications, grants and files into the store; `scratch` is a folder for the files."""
        for entry in self.facts.get("publication", []):
            self._add(entry, database, keys)
            for name in entry.get("registers", []):
                path = scratch / f"{self.canary}-{name}.{self.facts['documents'][name]['kind']}"
                path.write_bytes(self.files[name])
                new = NewDocument.of(trace_file(path, keys.trace_key), str(path))
                documents.add(database, keys, entry["id"], [new], "test", datetime.now(UTC))
            if "postponed_to" in entry:
                to = self.after(entry["postponed_to"])
                publications.postpone(database, entry["id"], to, "test", datetime.now(UTC))
            if entry.get("live", False):
                publications.go_live(database, entry["id"], "test", datetime.now(UTC))

    def _add(self, entry: Mapping[str, Any], database: Database, keys: Keys) -> None:
        now = datetime.now(UTC)
        made = Publication(entry["id"], entry["title"], self.after(entry["hours"]), entry["lead"])
        team = [Grant(_canonical(address), GrantKind.PRODUCTION) for address in entry.get("team", [])]
        publications.add(database, keys, made, team, "test", now)
        for grant in [*({"address": one} for one in entry.get("listed", [])), *entry.get("grants", [])]:
            starts, ends = grant.get("from_hours"), grant.get("until_hours")
            given = Grant(
                _canonical(grant["address"]),
                GrantKind(grant.get("kind", "pre-release")),
                "briefing",
                self.after(starts) if starts is not None else None,
                self.after(ends) if ends is not None else None,
            )
            grants.give(database, entry["id"], given, "test", now)


def _canonical(address: str) -> str:
    spelled = canonical(address)
    assert spelled is not None, address
    return spelled


def _with(package: bytes, held: Mapping[str, bytes]) -> bytes:
    """An Office package with more members, as embedded objects are kept."""
    if not held:
        return package
    out = io.BytesIO(package)
    with zipfile.ZipFile(out, "a") as archive:
        for name, data in held.items():
            archive.writestr(name, data)
    return out.getvalue()


def load(now: datetime) -> list[Case]:
    """All cases, for a run that began at `now` (aware)."""
    folders = sorted(path.parent for path in FOLDER.glob("*/case.toml"))
    return [Case(folder, tomllib.loads((folder / "case.toml").read_text()), now) for folder in folders]
