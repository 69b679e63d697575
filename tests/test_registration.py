"""What of a file becomes traces: the file and what carries its content, never what any other file has too."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path

import pytest
from docx import Document as Docx
from openpyxl import Workbook

from gateway.registration import Empty, Traced, look
from gateway.registration import trace_file as trace_under

PNG = b"\x89PNG\r\n\x1a\n" + b"logo" * 200
TABLE = b"".join(b"%d,Children looked after,%d\n" % (year, 60000 + 7 * year) for year in range(2000, 2018))


KEY = bytes(range(32))


def trace_file(path: Path) -> Traced:
    """The traces of a file under the tests' key."""
    return trace_under(path, KEY)


def digest(content: bytes) -> bytes:
    """SHA-256."""
    return sha256(content).digest()


def zipped(**members: bytes) -> bytes:
    """A zip file of these members (`a__csv` is `a.csv`)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return buffer.getvalue()


def workbook(value: int) -> bytes:
    """An XLSX file with one figure."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["B1"] = "Children looked after", value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def written(folder: Path, name: str, content: bytes) -> Path:
    """A file with this content."""
    (folder / name).write_bytes(content)
    return folder / name


def test_plain_file(tmp_path: Path) -> None:
    """A file is registered by its own digest and size, under its name."""
    traced = trace_file(written(tmp_path, "table.csv", TABLE))
    assert ("table.csv", len(TABLE), ()) == (traced.name, traced.size, traced.unreadable)
    assert digest(TABLE) in traced.digests


def test_members_of_an_archive(tmp_path: Path) -> None:
    """Members of a zip file are traces of their own, if they are larger than 256 bytes and no image."""
    content = zipped(table__csv=TABLE, note__txt=b"short", logo__png=PNG)
    traced = trace_file(written(tmp_path, "release.zip", content))
    assert {digest(content), digest(TABLE)} == traced.digests


def test_workbook_in_an_archive(tmp_path: Path) -> None:
    """A workbook sent alone is found when it was registered in an archive."""
    book = workbook(72670)
    assert digest(book) in trace_file(written(tmp_path, "a.zip", zipped(book__xlsx=book))).digests


def test_two_office_files_share_nothing(tmp_path: Path) -> None:
    """What an office program writes into every file is no trace: two different files have no digest in common."""
    one = trace_file(written(tmp_path, "a.xlsx", workbook(72670)))
    other = trace_file(written(tmp_path, "b.xlsx", workbook(75420)))
    assert set() == one.digests & other.digests
    for name, text in (("a.docx", "one " * 50), ("b.docx", "two " * 50)):
        document = Docx()
        document.add_paragraph(text)
        document.save(str(tmp_path / name))
    assert set() == trace_file(tmp_path / "a.docx").digests & trace_file(tmp_path / "b.docx").digests


def test_attachments_of_a_mail(tmp_path: Path) -> None:
    """The attachments of a circulation mail are traces, the logo of its signature is not."""
    mail = EmailMessage()
    mail["From"] = "lead@stats.example"
    mail.set_content("Please find the tables attached.")
    mail.add_attachment(TABLE, maintype="text", subtype="csv", filename="t.csv")
    mail.add_attachment(PNG, maintype="image", subtype="png", filename="logo.png")
    traced = trace_file(written(tmp_path, "circulation.eml", mail.as_bytes()))
    assert digest(TABLE) in traced.digests
    assert digest(PNG) not in traced.digests


def test_unreadable_inside(tmp_path: Path) -> None:
    """A file that cannot be read inside is registered all the same, and the lead is told so."""
    broken = b"PK\x03\x04" + b"\x00" * 500
    traced = trace_file(written(tmp_path, "broken.docx", broken))
    assert {digest(broken)} == traced.digests
    assert traced.unreadable


def test_empty_file(tmp_path: Path) -> None:
    """An empty file is no trace: it would match every empty attachment."""
    with pytest.raises(Empty):
        trace_file(written(tmp_path, "empty.csv", b""))


def test_missing_file(tmp_path: Path) -> None:
    """A file that is not there raises OSError."""
    with pytest.raises(FileNotFoundError):
        trace_file(tmp_path / "no.csv")


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_a_text_file_is_known_with_any_line_ends(tmp_path: Path, end: bytes) -> None:
    """A table that a mail program sends as plain text has CRLF, and one line end more or less at its end."""
    lines = TABLE.rstrip(b"\n")
    digests = trace_file(written(tmp_path, "a.csv", lines + end)).digests
    sent = lines.replace(b"\n", b"\r\n")
    assert {digest(lines + end), digest(sent), digest(sent + b"\r\n"), digest(lines + b"\n")} <= digests


def test_a_short_text_has_one_digest(tmp_path: Path) -> None:
    """The shorter a text, the likelier a mail says the same by chance."""
    assert {digest(b"yes\n")} == trace_file(written(tmp_path, "a.txt", b"yes\n")).digests


def mail_with(*attachments: tuple[str, bytes]) -> bytes:
    """A circulation mail with these files."""
    mail = EmailMessage()
    mail["From"] = "lead@stats.example"
    mail.set_content("Please find the tables attached.")
    for name, content in attachments:
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def test_what_programs_write_into_a_file_is_none_in_a_mail_either(tmp_path: Path) -> None:
    """The preview picture and the template's logo inside a document that came with a mail are in other files, too."""
    for name, text in (("a.docx", "one " * 50), ("b.docx", "two " * 50)):
        document = Docx()
        document.add_paragraph(text)
        document.save(str(tmp_path / name))
    one, other = ((tmp_path / name).read_bytes() for name in ("a.docx", "b.docx"))
    registered = trace_file(written(tmp_path, "a.eml", mail_with(("a.docx", one), ("logo.bin", PNG)))).digests
    assert digest(one) in registered
    assert registered.isdisjoint({digest(PNG), *digests_in(mail_with(("b.docx", other)))})


def test_the_logo_of_a_mail_in_an_archive(tmp_path: Path) -> None:
    """A folder of circulation mails is packed and registered: their logos are no traces, their tables are."""
    packed = zipped(circulation__eml=mail_with(("t.csv", TABLE), ("logo.png", PNG)))
    registered = trace_file(written(tmp_path, "mails.zip", packed)).digests
    assert digest(TABLE) in registered
    assert digest(PNG) not in registered


def digests_in(content: bytes) -> set[bytes]:
    """What a file detector looks up of a mail."""
    return {leaf.sha256 for leaf in look("mail.eml", content).material.message.leaves}


def test_a_footer_that_every_mail_has_is_no_trace(tmp_path: Path) -> None:
    """A list or a server puts the same footer under every mail, a sender the same card: neither is registered."""
    footer = b"This mail and its files are for the addressee only. " * 10
    card = b"BEGIN:VCARD\r\nFN:A Lead\r\n" + b"NOTE:statistics\r\n" * 30 + b"END:VCARD\r\n"
    content = (
        b"From: lead@stats.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
        b"--x\r\nContent-Type: text/plain\r\n\r\nSee the table.\r\n--x\r\nContent-Type: text/plain\r\n\r\n"
        + footer
        + b"\r\n--x\r\nContent-Type: text/vcard; name=lead.vcf\r\n\r\n"
        + card
        + b"\r\n--x--\r\n"
    )
    assert len(digests_in(content)) >= 3
    assert {digest(content)} == trace_file(written(tmp_path, "circulation.eml", content)).digests


def test_a_table_that_begins_like_a_bitmap(tmp_path: Path) -> None:
    """`BMI by region` is no picture."""
    table = b"BMI by region\n" + TABLE
    assert digest(table) in trace_file(written(tmp_path, "a.zip", zipped(bmi__csv=table))).digests


@pytest.mark.parametrize("blank", [b"\r\n", b" \n\n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_blank_file(tmp_path: Path, blank: bytes) -> None:
    """A file of white space is no trace: a forwarded mail often has such a text."""
    with pytest.raises(Empty):
        trace_file(written(tmp_path, "blank.txt", blank))
