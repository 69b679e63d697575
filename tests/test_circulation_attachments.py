"""Attachments of a mail: what a person would save, with the bytes that the gateway's own reader sees."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage

from gateway.circulation.attachments import attachments
from tests.circulated import mail, report, tables, with_files


def test_attached_files() -> None:
    """Files come with name, place and bytes; pictures are marked; the text of the mail is none of them."""
    found = attachments(with_files().as_bytes())

    assert [("2", "CLA stability.docx"), ("3", "tables.xlsx"), ("4", "logo.png")] == [
        (one.path, one.name) for one in found
    ]
    assert [False, False, True] == [one.picture for one in found]
    assert zipfile.is_zipfile(io.BytesIO(found[0].data))


def test_a_mail_in_the_mail() -> None:
    """What is attached to a mail that is attached itself is found; the same bytes twice are one."""
    outer = EmailMessage()
    outer["Subject"] = "as discussed"
    outer.set_content("see attached")
    inner = with_files(mail())
    outer.add_attachment(inner)
    outer.add_attachment(attachments(inner.as_bytes())[1].data, "application", "x-y", filename="again.xlsx")

    assert ["CLA stability.docx", "tables.xlsx", "logo.png"] == [
        one.name for one in attachments(outer.as_bytes())
    ]


def test_names() -> None:
    """A name never leads out of a folder; a file without one is called by its place."""
    made = mail()
    made.add_attachment(report(), "application", "octet-stream", filename="..\\..\\secret/report.docx")
    made.add_attachment(tables(), "application", "octet-stream")

    assert ["report.docx", "part 3"] == [one.name for one in attachments(made.as_bytes())]


def test_any_bytes() -> None:
    """Nothing, and what is no mail, have no attachments."""
    assert () == attachments(b"")
    assert () == attachments(b"\x00\xff" * 100)
