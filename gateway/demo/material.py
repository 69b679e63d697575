"""What the story is told with: people, a release, and the mails that carry it.

The people and the wording are invented.  The figures are those of the release of the origin case, published at 9:30 on
28 March 2018 (Department for Education, SFR20/2018, as Tes and Children & Young People Now reported them).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from pathlib import Path
from zoneinfo import ZoneInfo

ID = "children-looked-after"
NEXT_ID = "children-looked-after-revised"
TITLE = "Outcomes for children looked after by local authorities"
LONDON = ZoneInfo("Europe/London")
HOST = "department.example"

LEAD = "helen.marsh@statistics.department.example"
ALERTS = "embargo-gateway@department.example"
FALLBACK = "head-of-profession@department.example"
PRESS = "tom.ellis@press.department.example"
BRIEFING = "nadia.khan@policy.department.example"
LISTED = (
    (PRESS, "Tom Ellis", "Press officer", "Press office", "to prepare lines for the minister"),
    (BRIEFING, "Nadia Khan", "Policy lead", "Policy", "to brief the minister"),
    (
        "minister@private-office.department.example",
        "Minister",
        "Minister",
        "Private office",
        "to answer questions",
    ),
    (
        "omar.reid@private-office.department.example",
        "Omar Reid",
        "Private secretary",
        "Private office",
        "briefs",
    ),
    ("ruth.lowe@advisers.department.example", "Ruth Lowe", "Special adviser", "Private office", "to advise"),
)
UNLISTED = tuple(
    f"{name}@policy.department.example" for name in ("amy", "ben", "cara", "dev", "ella", "finn")
)
SUCCESSOR = UNLISTED[0]
COLLEAGUE = "grace.hill@press.department.example"
OUTSIDER = "editor@newspaper.example"

ROWS = (
    ("Expected standard in reading, writing and mathematics at key stage 2, per cent, 2017", 32, 61),
    ("The same without special educational needs, per cent, 2017", 57, 70),
    ("Average Attainment 8 score, 2017", 19.3, 44.5),
    ("Permanent exclusions, per cent, 2016", 0.10, 0.08),
    ("At least one fixed period exclusion, per cent, 2016", 11.44, 2.11),
    ("Persistent absentees, per cent, 2017", 10.0, 10.8),
)
SECRETS = ("11.44", "2.11", "44.5", "19.3 ", "Attainment", "exclusion", "outcomes.docx", "tables.xlsx")
"""Words that may stand in the release's own mails and nowhere else."""


def planned_time(now: datetime) -> datetime:
    """The next weekday's half past nine in London that is at least an hour away from `now` (aware)."""
    day = now.astimezone(LONDON).date()
    while True:
        planned = datetime.combine(day, time(9, 30), LONDON)
        if day.weekday() < 5 and planned - now > timedelta(hours=1):
            return planned
        day += timedelta(days=1)


def banner(planned: datetime) -> str:
    """The line that stands on top of everything before publication."""
    when = f"{planned:%A} {planned.day} {planned:%B %Y}".upper()
    return f"RESTRICTED UNTIL PUBLISHED AT 9:30AM ON {when}"


def write_report(path: Path, planned: datetime) -> None:
    """The text of the release, as a Word document."""
    import docx
    from docx.shared import RGBColor

    document = docx.Document()
    run = document.add_paragraph().add_run(banner(planned))
    run.bold = True
    run.font.color.rgb = RGBColor(0xFF, 0, 0)
    document.add_heading(TITLE, 0)
    document.add_paragraph(
        "Of the children who had been in care for a year or longer, 32 per cent left primary school in 2017 with the "
        "expected standard in reading, writing and mathematics; of all others 61 per cent did. At the end of key stage "
        "4 their average Attainment 8 score was 19.3, that of others 44.5."
    )
    document.add_paragraph(
        "In 2016 some 11.44 per cent had at least one fixed period exclusion from school, compared with 2.11 per cent "
        "of all children."
    )
    table = document.add_table(rows=1, cols=3)
    for cell, name in zip(
        table.rows[0].cells, ("Measure", "Looked after children", "All children"), strict=True
    ):
        cell.text = name
    for row in ROWS:
        for cell, value in zip(table.add_row().cells, row, strict=True):
            cell.text = str(value)
    document.save(str(path))


def write_tables(path: Path) -> None:
    """The tables of the release, as a workbook."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.create_sheet("Table 1", 0)
    sheet.append(("Measure", "Looked after children", "All children"))
    for row in ROWS:
        sheet.append(row)
    book.save(path)


def write_list(path: Path) -> None:
    """The access list, as the lead's office keeps it."""
    lines = ["email,name,role,organisation,kind,reason"]
    lines += [
        ",".join((mail, name, role, office, "pre-release", why)) for mail, name, role, office, why in LISTED
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail of the story: its envelope and its bytes."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes


def letter(
    sender: str, recipients: tuple[str, ...], subject: str, text: str, attached: tuple[Path, ...] = ()
) -> Letter:
    """A mail as an ordinary mail program writes it; every call makes a new one."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = ", ".join(recipients)
    mail["Subject"] = subject
    mail["Date"] = format_datetime(datetime.now(UTC))
    mail["Message-ID"] = make_msgid(domain=HOST)
    mail.set_content(text)
    for path in attached:
        mail.add_attachment(
            path.read_bytes(), maintype="application", subtype=_SUBTYPES[path.suffix], filename=path.name
        )
    return Letter(sender, recipients, mail.as_bytes())


_SUBTYPES = {
    ".docx": "vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def circulation(planned: datetime, attached: tuple[Path, ...]) -> Letter:
    """The lead sends the release to everybody on the list."""
    text = f"{banner(planned)}\n\nYou must not forward this email. The release and its tables are attached.\n\nHelen\n"
    return letter(LEAD, tuple(person[0] for person in LISTED), TITLE, text, attached)


def forward(planned: datetime, attached: tuple[Path, ...]) -> Letter:
    """A listed person sends it on to seven, of whom one is on the list (10:39 on the day)."""
    text = (
        f"Please have this in mind for tomorrow.\n\nNadia\n\n-----Original Message-----\nFrom: {LEAD}\n"
        f"Subject: {TITLE}\n\n> {banner(planned)}\n>\n> You must not forward this email.\n"
    )
    return letter(BRIEFING, (*UNLISTED, LISTED[3][0]), f"FW: {TITLE}", text, attached)


def press_lines() -> Letter:
    """A press officer copies draft lines of his own, without banner or file, to one who is not on the list (13:31)."""
    text = (
        "Draft lines for tomorrow, for your comments:\n\n"
        "- Too many children in care fall behind early: 32% reach the expected standard in reading, writing and maths "
        "when they leave primary school (61% of other pupils do).\n"
        "- Their Attainment 8 score averages 19.3 points, less than half of the 44.5 of their peers.\n"
        "- About 11.4% of them were excluded for a fixed period at least once.\n\nTom\n"
    )
    return letter(PRESS, (LISTED[3][0], COLLEAGUE), "Draft press lines", text)


def ordinary() -> Letter:
    """The same people write about something else, to the outside."""
    return letter(
        PRESS, (OUTSIDER, COLLEAGUE), "Interview on Thursday", "Half past ten suits us. Room 4.\n\nTom\n"
    )
