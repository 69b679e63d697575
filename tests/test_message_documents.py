"""Documents: what is in them, at which path, and what is named."""

from __future__ import annotations

import hashlib

import pytest

from gateway.message import limits
from gateway.message.documents import extract
from gateway.model import Document, Message, Reason
from tests.papers import (
    BANNER,
    archive,
    attached,
    bomb,
    compound,
    locked,
    mail,
    part,
    pdf,
    rtf,
    word,
    workbook,
)

TYPES = b'<?xml version="1.0"?><Types xmlns="x"></Types>'


def opened(data: bytes, path: str = "2") -> Message:
    """Open a document."""
    return extract(Document(path, "bin", data))


def marks(found: Message) -> list[tuple[str, Reason]]:
    """Marks as pairs."""
    return [(mark.path, mark.reason) for mark in found.unreadable]


def where(found: Message, text: str = BANNER) -> set[str]:
    """Paths of the parts that hold a text."""
    return {piece.path for piece in found.parts if text in piece.text}


def test_members_of_an_archive_have_paths_and_digests() -> None:
    """Each member is a leaf; documents and texts in it are read, pictures are not marked."""
    data = word()
    found = opened(
        archive({"a/": b"", "a/x.docx": data, "y.txt": BANNER.encode(), "z.png": b"\x89PNG\r\n\x1a\n"})
    )
    assert {"2/1", "2/2"} == where(found)
    outer = [leaf for leaf in found.leaves if leaf.path.count("/") == 1]
    assert ["2/1", "2/2", "2/3"] == [leaf.path for leaf in outer]
    assert hashlib.sha256(data).digest() == outer[0].sha256
    assert [] == marks(found)


def test_kept_mail_in_an_archive_is_read() -> None:
    """A mail in an archive has its headers, its parts and its attachments below its own path."""
    letter = mail(part(BANNER.encode(), "Content-Type: text/plain", "7bit"), attached(word(), "a.docx"))
    found = opened(archive({"a.eml": letter}))
    assert {"2/1/1", "2/1/2"} == where(found)
    assert "2/1/header" in {piece.path for piece in found.parts}


def test_archive_in_an_archive_is_too_deep(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many archives deep is read, the next is named."""
    monkeypatch.setattr(limits, "ARCHIVES", 1)
    found = opened(archive({"b.zip": archive({"a.txt": b"x"}), "c.txt": BANNER.encode()}))
    assert [("2/1", Reason.TOO_DEEP)] == marks(found)
    assert {"2/2"} == where(found)


def test_documents_in_documents_are_read_so_deep_and_no_deeper() -> None:
    """An embedded workbook is read; a document that contains itself again and again ends in a mark."""
    data = archive({"[Content_Types].xml": TYPES, "word/embeddings/a.xlsx": workbook()})
    assert {"2/1"} == where(opened(data))
    for _ in range(limits.NESTED_DOCUMENTS + 1):
        data = archive({"[Content_Types].xml": TYPES, "word/embeddings/a.docx": data})
    assert {Reason.TOO_DEEP} == {reason for _, reason in marks(opened(data))}


def test_encrypted_member_is_named_and_its_name_read() -> None:
    """Names of members are not encrypted: they are read all the same."""
    found = opened(locked(archive({"embargo.docx": b"x", "b.txt": BANNER.encode()})))
    assert [("2/1", Reason.ENCRYPTED)] == marks(found)
    assert {"2"} == where(found, "embargo.docx")
    assert {"2/2"} == where(found)


def test_bomb_is_broken() -> None:
    """An archive whose members share their bytes is not inflated."""
    assert [("2", Reason.BROKEN)] == marks(opened(bomb()))


def test_budget_is_for_the_whole_document(monkeypatch: pytest.MonkeyPatch) -> None:
    """Members that together inflate to more than the budget are named from there on."""
    monkeypatch.setattr(limits, "EXPANDED_BYTES", 1_000)
    found = opened(archive({"a.txt": b"a" * 600, "b.txt": b"b" * 600}))
    assert [("2/2", Reason.TOO_LARGE)] == marks(found)


@pytest.mark.parametrize("name", ["EncryptedPackage", "\tDRMContent"])
def test_locked_office_file_is_encrypted(name: str) -> None:
    """A password or rights management closes a file."""
    assert [("2", Reason.ENCRYPTED)] == marks(opened(compound({name: b"x"})))


def test_locked_pdf_is_encrypted() -> None:
    """So does a password of a PDF."""
    assert [("2", Reason.ENCRYPTED)] == marks(opened(pdf(password="x")))


def test_unknown_compound_file_is_unsupported() -> None:
    """A compound file of no program we know is named, unless something in it can be read."""
    assert [("2", Reason.UNSUPPORTED)] == marks(opened(compound({"VisioDocument": b"x"})))
    assert {"2/1"} == where(opened(compound({"Package": workbook()})))


def test_outlook_message_is_read() -> None:
    """Text, page and attachment of a message are read at its path and below."""
    streams = {
        "__properties_version1.0": b"",
        "__substg1.0_1000001F": BANNER.encode("utf-16-le"),
        "__substg1.0_10130102": b"<p>RESTRICTED <b>UN</b>TIL",
        "__substg1.0_37010102": rtf(),
    }
    found = opened(compound(streams))
    assert {"2", "2/1"} == where(found)
    assert 2 == sum("RESTRICTED UNTIL" in piece.text for piece in found.parts if piece.path == "2")


def test_unreadable_old_file_still_shows_its_text() -> None:
    """Where the library fails, what looks like text is read and the file is named as broken."""
    found = opened(compound({"WordDocument": bytes(32) + BANNER.encode()}))
    assert {"2"} == where(found)
    assert [("2", Reason.BROKEN)] == marks(found)


def test_program_in_an_archive_is_named() -> None:
    """What nobody can read is named in an archive as in a mail; in an Office file unknown parts are its own."""
    binary = b"MZ\x90\0\x03\0"
    assert [("2/1", Reason.UNSUPPORTED)] == marks(opened(archive({"a.exe": binary})))
    assert [("2/1", Reason.UNSUPPORTED)] == marks(
        opened(archive({"[Content_Types].xml": TYPES, "word/vbaProject.bin": binary}))
    )
    assert [] == marks(opened(archive({"[Content_Types].xml": TYPES, "word/media/image1.emf": binary})))


def test_text_of_a_document_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """More text than anybody reads is cut, and that is named."""
    monkeypatch.setattr(limits, "TEXT_CHARACTERS", 100)
    found = opened(archive({"a.txt": b"a" * 80, "b.txt": b"b" * 80}))
    assert sum(len(piece.text) for piece in found.parts) <= 100
    assert Reason.TOO_LARGE in {reason for _, reason in marks(found)}
