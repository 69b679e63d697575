"""Circulation mails for tests, as other departments send them."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
SENT = datetime(2018, 3, 27, 8, 30, tzinfo=UTC)
NOW = datetime(2018, 3, 27, 9, 0, tzinfo=UTC)
PLANNED = datetime(2018, 3, 28, 8, 30, tzinfo=UTC)
BANNER = "RESTRICTED UNTIL PUBLISHED AT 9:30AM ON WEDNESDAY 28 MARCH 2018"
BODY = (
    f"{BANNER}\n\nYou must not forward this email or discuss the contents with people it has not been sent to.\n"
    "In total 72,670 children were looked after.\n"
)
WORD = "vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def mail(
    body: str = BODY,
    *,
    subject: str = "RESTRICTED: Children looked after in England",
    date: str | None = "Tue, 27 Mar 2018 09:30:00 +0100",
    sender: str = "Helen Marsh <Helen.Marsh@stats.other.example>",
    to: str = '"Ellis, Tom" <tom@press.dept.example>, minister@dept.example',
    cc: str = "Amy <amy@policy.dept.example>",
) -> EmailMessage:
    """A circulation mail without attachments; an empty header is left out."""
    made = EmailMessage(policy=SMTP)
    for name, value in (("From", sender), ("To", to), ("Cc", cc), ("Subject", subject), ("Date", date)):
        if value:
            made[name] = value
    made.set_content(body)
    return made


def report() -> bytes:
    """A Word document with the banner on top and figures in it."""
    import docx

    document = docx.Document()
    document.add_paragraph(BANNER)
    document.add_paragraph("In total 72,670 children were looked after. " * 10)
    return _saved(document)


def tables() -> bytes:
    """A workbook with figures in it."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.create_sheet("Table 1", 0)
    for row in range(40):
        sheet.append((f"Region number {row}", 72_670 + row))
    return _saved(book)


def _saved(document: object) -> bytes:
    held = io.BytesIO()
    document.save(held)  # type: ignore[attr-defined]
    return held.getvalue()


def with_files(made: EmailMessage | None = None) -> EmailMessage:
    """The mail with a report, tables, and the logo of a signature."""
    made = made or mail()
    made.add_attachment(report(), "application", WORD, filename="CLA stability.docx")
    made.add_attachment(tables(), "application", SHEET, filename="tables.xlsx")
    made.add_attachment(b"\x89PNG\r\n\x1a\n" + bytes(1000), "image", "png", filename="logo.png")
    return made
