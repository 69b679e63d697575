"""Names, declared types and sizes of attachments."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.message.names import Attachment, describe
from gateway.message.reader import read
from tests.papers import mail, part, word

WORD = "application/msword"


def test_an_attachment_is_described_as_its_sender_does() -> None:
    """Both names, the declared type and the decoded size of an attachment are told; a text of the mail is none."""
    paper = word()
    headers = f'Content-Type: {WORD}; name="b.doc"\nContent-Disposition: attachment; filename="a.doc"'
    _, attached = describe(mail(part(b"hello", "Content-Type: text/plain"), part(paper, headers)))
    assert (Attachment("2", ("a.doc", "b.doc"), WORD, len(paper)),) == attached


def test_a_mail_that_is_one_file_is_an_attachment() -> None:
    """A mail without multipart whose body is a file has one attachment."""
    content = b"Content-Type: application/pdf; name=one.pdf\r\n\r\n%PDF-1.4"
    assert [("1", ("one.pdf",), "application/pdf")] == [
        (each.path, each.names, each.media_type) for each in describe(content)[1]
    ]


def test_an_empty_file_still_has_its_name() -> None:
    """A file of no bytes is listed: its name may be all that was sent."""
    empty = part(b"", "Content-Type: application/pdf; name=rose-by-4.pdf")
    assert [("rose-by-4.pdf", 0)] == [(each.names[0], each.size) for each in describe(mail(empty))[1]]


@given(st.binary(max_size=300))
def test_any_bytes_are_described(content: bytes) -> None:
    """Whatever the bytes are, there is an answer, and the reading is that of the reader."""
    assert read(content) == describe(content)[0]
