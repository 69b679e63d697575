"""The publications of an evaluation folder: documents in the formats that departments use, lists, circulation mails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.evaluation import letters, papers
from tests.evaluation.bulletins import Bulletin
from tests.evaluation.grids import Book

FORMATS = ("docx", "odt", "pdf")
LARGE = 60_000
"""Cells of a table beyond which it stays the CSV file that it is: nobody has it as a workbook."""
_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "csv": "text/csv",
    "zip": "application/zip",
}


@dataclass(slots=True)
class Drawer:
    """What was made of one bulletin: its text in each format, and again by another program; its tables."""

    bulletin: Bulletin
    number: int
    texts: dict[str, bytes] = field(default_factory=dict)
    again: dict[str, bytes] = field(default_factory=dict)
    pages: dict[str, bytes] = field(default_factory=dict)
    books: list[Book] = field(default_factory=list)

    @property
    def registered(self) -> str:
        """The format in which the text is registered."""
        return FORMATS[self.number % len(FORMATS)]

    @property
    def message_id(self) -> str:
        """That of the mail with which the publication was circulated."""
        return f"<circulation-{self.number}.{self.bulletin.id[:20]}@stats.example>"


def attached(name: str, format_: str, data: bytes) -> letters.Attached:
    """A file in a mail."""
    return letters.Attached(f"{name}.{format_}", _TYPES[format_], data)


def make(
    bulletins: Sequence[Bulletin],
    books: dict[str, list[Book]],
    office: papers.Office | None,
    rng: Random,
    folder: Path,
) -> list[Drawer]:
    """The documents of all bulletins; without LibreOffice, libraries write what it would."""
    drawers = [Drawer(each, number, books=books[each.id]) for number, each in enumerate(bulletins)]
    for drawer in drawers:
        blocks = [*papers.paragraphs(drawer.bulletin.title), *drawer.bulletin.blocks]
        start = rng.randrange(max(1, len(blocks) - _PAGE))
        page = blocks[start : start + _PAGE]
        drawer.texts["docx"] = papers.word(drawer.bulletin.blocks, drawer.bulletin.title)
        drawer.pages["docx"] = papers.word(page)
        if office is None:
            drawer.texts |= {"odt": papers.writer(blocks), "pdf": papers.pdf(blocks)}
            drawer.pages |= {"odt": papers.writer(page), "pdf": papers.pdf(page)}
            drawer.again = {
                "docx": papers.word(blocks),
                "odt": papers.writer([*blocks, *papers.paragraphs("End")]),
            }
    if office is not None:
        _convert(drawers, office, folder)
    return drawers


SIGNATURE = (
    "Val Marsh | Head of Dissemination, Official Statistics | Room 4.12, 2 Harbour Way, Northport NP1 4DF\n"
    "Tel. 020 7946 0958 (ext. 7101) | Mobile 07700 900123 | Mondays to Thursdays 08:30 to 16:30"
)
"""Of whoever circulates publications, below all that they write."""
_PAGE = 14
"""Blocks of about one page."""


def _convert(drawers: Sequence[Drawer], office: papers.Office, folder: Path) -> None:
    """One call of LibreOffice for each format."""
    for part in ("texts", "pages"):
        source = folder / part
        source.mkdir(parents=True, exist_ok=True)
        for drawer in drawers:
            (source / f"{drawer.number}.docx").write_bytes(getattr(drawer, part)["docx"])
        files = [source / f"{drawer.number}.docx" for drawer in drawers]
        for format_ in ("odt", "pdf"):
            office.convert(files, format_, source / format_)
            for drawer in drawers:
                getattr(drawer, part)[format_] = (
                    source / format_ / f"{drawer.number}.{format_}"
                ).read_bytes()
    written = [folder / "texts" / "odt" / f"{drawer.number}.odt" for drawer in drawers]
    for format_ in ("docx", "pdf"):
        office.convert(written, format_, folder / "again" / format_)
        for drawer in drawers:
            drawer.again[format_] = (folder / "again" / format_ / f"{drawer.number}.{format_}").read_bytes()


def write(drawer: Drawer, folder: Path, public: Drawer | None = None, *, circulated: bool = True) -> None:
    """One publication of an evaluation folder; `public` is the edition before it, where that is registered."""
    place = folder / "publications" / drawer.bulletin.id
    documents = place / "documents"
    documents.mkdir(parents=True, exist_ok=True)
    date = drawer.bulletin.date or "2015-12-01"
    title = drawer.bulletin.title.replace("\\", " ").replace('"', "'")
    (place / "publication.toml").write_text(
        f'title = "{title}"\npublishes_at = "{date}T09:30"\nlead = "lead@stats.example"\n', encoding="utf-8"
    )
    (place / "access.csv").write_text(
        "email,kind\nminister@policy.example,pre-release\nmaker@stats.example,production\n", encoding="utf-8"
    )
    _write_documents(drawer, documents)
    if circulated:
        (documents / "circulation.eml").write_bytes(circulation(drawer))
    if public is not None:
        (place / "public").mkdir(exist_ok=True)
        _write_documents(public, place / "public")


def _write_documents(drawer: Drawer, folder: Path) -> None:
    (folder / f"bulletin.{drawer.registered}").write_bytes(drawer.texts[drawer.registered])
    for number, book in enumerate(drawer.books):
        for format_, sheet, data in tables(book, ("xlsx", "csv", "ods")[number % 3]):
            (folder / f"{book.name}-{sheet}.{format_}").write_bytes(data)


def tables(book: Book, format_: str) -> list[tuple[str, int, bytes]]:
    """A table's files in a format: one workbook, or one file for each sheet."""
    if sum(len(row) for _, grid in book.sheets for row in grid) > LARGE:
        format_ = "csv"
    if format_ == "xlsx":
        return [("xlsx", 0, papers.workbook(book.sheets))]
    write_ = papers.calc if format_ == "ods" else papers.comma_separated
    return [(format_, number, write_(grid)) for number, (_, grid) in enumerate(book.sheets)]


def circulation(drawer: Drawer) -> bytes:
    """The mail with which the publication was sent to those who may have it."""
    rng = Random(drawer.number)
    said = "The files for those on the list are attached. Please do not pass them on."
    body = f"{rng.choice(letters.OPENINGS)}\n\n{said}\n\n{SIGNATURE}\n"
    headers = [
        ("Message-ID", drawer.message_id),
        ("To", "minister@policy.example"),
        ("From", "maker@stats.example"),
    ]
    return letters.letter(rng, f"{drawer.bulletin.title}: pre-release access", body, headers=headers)
