"""What the story is told with: people, a release with invented figures, and the mails that carry it."""

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
TITLE = "Children looked after: stability of placements"
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
    ("England", 75_420, 52_190, 69.2),
    ("North East", 5_070, 3_610, 71.2),
    ("North West", 14_260, 9_740, 68.3),
    ("London", 9_910, 6_520, 65.8),
    ("South West", 6_130, 4_390, 71.6),
)
SECRETS = ("75,420", "75420", "52,190", "69.2", "stability.docx", "tables.xlsx")
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
        "On 31 March there were 75,420 children looked after in England. Of these, 52,190 (69.2 per cent) had one "
        "placement in the year, up from 68.1 per cent a year before."
    )
    table = document.add_table(rows=1, cols=4)
    for cell, name in zip(
        table.rows[0].cells, ("Region", "Children", "One placement", "Per cent"), strict=True
    ):
        cell.text = name
    for row in ROWS:
        for cell, value in zip(table.add_row().cells, row, strict=True):
            cell.text = f"{value:,}" if isinstance(value, int) else str(value)
    document.save(str(path))


def write_tables(path: Path) -> None:
    """The tables of the release, as a workbook."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.create_sheet("Table 1", 0)
    sheet.append(("Region", "Children looked after", "One placement in the year", "Per cent"))
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


def press_lines(planned: datetime) -> Letter:
    """A press officer copies draft lines to the private office and to one colleague who is not on the list (13:31)."""
    text = f"{banner(planned)}\n\nDraft lines: seven in ten children had one placement in the year.\n\nTom\n"
    return letter(PRESS, (LISTED[3][0], COLLEAGUE), "Draft press lines", text)


def ordinary() -> Letter:
    """The same people write about something else, to the outside."""
    return letter(
        PRESS, (OUTSIDER, COLLEAGUE), "Interview on Thursday", "Half past ten suits us. Room 4.\n\nTom\n"
    )
