"""Mails that hide what they carry from whoever reads them for a gateway: cases, what is planted, and what came of it.

A case belongs to one row of a list of evasions.  It makes the same mail twice: with something planted that must not
pass (a banner, a banner that is known only by its digits, a registered file), and with something innocent of the same
form, the twin.  `passed` is the failure: neither found nor named as unreadable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

from gateway.detectors import find
from gateway.model import Detector, Publication, Reason, Register
from gateway.rules import load, shipped_folder
from gateway.scanner import read_here
from gateway.traces import file_hash
from tests.papers import archive

NOW = datetime(2027, 5, 11, 9, 0, tzinfo=UTC)
LIVE = datetime(2027, 5, 12, 8, 30, tzinfo=UTC)
KEY = bytes(range(32))
RULES = load(shipped_folder())


def sheet(figure: int) -> bytes:
    """A workbook of one cell: small, and different in one figure only."""
    cell = f'<worksheet><sheetData><row r="1"><c r="A1"><v>{figure}</v></c></row></sheetData></worksheet>'
    return archive(
        {
            "[Content_Types].xml": b"<Types/>",
            "xl/workbook.xml": b"<workbook/>",
            "xl/worksheets/sheet1.xml": cell.encode(),
        }
    )


@dataclass(frozen=True, slots=True)
class Matter:
    """What a mail carries: a wording, a time that is only known by its digits, and a file; nothing else that is known.

    `planted`: it is what must not pass.
    """

    text: str
    time: str
    file: bytes
    planted: bool = False


PLANTED = Matter(
    "EMBARGOED UNTIL 9:30am on 12 May 2027", "Embargo: 09:30 12 May 2027", sheet(72670), planted=True
)
INNOCENT = Matter("LUNCH IS SERVED 9:30am on 12 May 2027", "Canteen: 09:30 12 May 2027", sheet(41812))
REGISTER = Register(
    1,
    {"cla": Publication("cla", "Children looked after", LIVE, "lead@stats.example")},
    {},
    {file_hash(KEY, sha256(PLANTED.file).digest()): frozenset({"cla"})},
    KEY,
)

Make = Callable[[Matter], bytes]


@dataclass(frozen=True, slots=True)
class Case:
    """One variant of one row; `doubtful`: its innocent twin may be named as unreadable, or must be.

    `register` is what is known where the mail passes.
    """

    row: str
    name: str
    make: Make
    doubtful: bool = False
    register: Register = field(default=REGISTER, repr=False)

    @property
    def id(self) -> str:
        """How the case is called in a test run."""
        return f"{self.row}-{self.name}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one mail: which detectors found something, and why anything could not be read."""

    found: frozenset[Detector]
    reasons: frozenset[Reason]

    @property
    def passed(self) -> bool:
        """Whether the mail goes on without a word."""
        return not self.found


def outcome(content: bytes, register: Register = REGISTER) -> Outcome:
    """Read a mail with all its documents, and ask all detectors."""
    message = read_here(content)
    findings = find(RULES, message, register, NOW)
    reasons = frozenset(place.reason for place in message.unreadable)
    return Outcome(frozenset(finding.detector for finding in findings), reasons)


def silent(cases: Iterable[Case]) -> Iterator[str]:
    """The cases whose planted mail passes."""
    return (case.id for case in cases if outcome(case.make(PLANTED), case.register).passed)


def needless(cases: Iterable[Case]) -> Iterator[str]:
    """The cases whose innocent twin is held though nothing about it is in doubt."""
    return (
        case.id
        for case in cases
        if not case.doubtful and not outcome(case.make(INNOCENT), case.register).passed
    )
