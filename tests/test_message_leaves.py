"""One leaf of a mail: its digest, its text, or a mark."""

from __future__ import annotations

import base64
import hashlib

import pytest

from gateway.message import Reading, limits, read
from gateway.model import PartKind, Reason
from tests.papers import attached, mail, part, word


def read_part(data: bytes, headers: str, encoding: str = "base64") -> Reading:
    """Read a mail of this one part."""
    return read(mail(part(data, headers, encoding)))


LEAVES = {
    "text": (b"hello", "Content-Type: text/plain", PartKind.BODY, "hello"),
    "no-type": (b"hello", "", PartKind.BODY, "hello"),
    "html": (b"<p>h<b>ell</b>o</p>", "Content-Type: text/html", PartKind.BODY, "hello"),
    "html-charset": (
        "<meta charset=koi8-r>й".encode("koi8-r"),
        "Content-Type: text/html",
        PartKind.BODY,
        "й",
    ),
    "attached-text": (
        b"a,b",
        "Content-Type: text/csv\nContent-Disposition: attachment",
        PartKind.DOCUMENT,
        "a,b",
    ),
    "csv-as-binary": (
        b"a,b\r\n1,2",
        "Content-Type: application/octet-stream",
        PartKind.DOCUMENT,
        "a,b\r\n1,2",
    ),
    "json": (b'{"a":1}', "Content-Type: application/json", PartKind.DOCUMENT, '{"a":1}'),
    "page-as-binary": (
        b"<html><p>hello",
        "Content-Type: application/octet-stream",
        PartKind.DOCUMENT,
        "hello",
    ),
    "page-by-its-name": (
        b"<p>h<b>ell</b>o",
        'Content-Type: application/octet-stream; name="a.htm"',
        PartKind.DOCUMENT,
        "hello",
    ),
    "enriched": (b"h<bold>ell</bold>o", "Content-Type: text/enriched", PartKind.BODY, "hello"),
    "svg": (b"<svg><text>hello</text></svg>", "Content-Type: image/svg+xml", PartKind.DOCUMENT, "hello"),
    "report": (
        b"Action: failed",
        "Content-Type: message/delivery-status",
        PartKind.DOCUMENT,
        "Action: failed",
    ),
    "calendar": (
        b"DESCRIPTION:RESTR\r\n ICTED\\nUNTIL",
        "Content-Type: text/calendar",
        PartKind.BODY,
        "DESCRIPTION:RESTRICTED\nUNTIL",
    ),
}


@pytest.mark.parametrize(("data", "headers", "kind", "text"), LEAVES.values(), ids=LEAVES.keys())
def test_text_leaves(data: bytes, headers: str, kind: PartKind, text: str) -> None:
    """Whatever is text is read as text, with its kind, its digest and no mark."""
    found = read_part(data, headers).message
    assert [(kind, text)] == [
        (p.kind, p.text.strip()) for p in found.parts if p.path == "1" and p.kind is not PartKind.HEADER
    ]
    assert [("1", hashlib.sha256(data).digest(), len(data))] == [
        (x.path, x.sha256, x.size) for x in found.leaves
    ]
    assert () == found.unreadable


def test_page_called_plain_text_is_read_both_ways() -> None:
    """Some readers go by content: a page in a text part is text and page."""
    found = read_part(b"<html>h<b>i</b>", "Content-Type: text/plain").message
    assert ["hi", "<html>h<b>i</b>"] == [p.text.strip() for p in found.parts if p.path == "1"]


def test_document_is_told_by_its_content() -> None:
    """A docx that says it is a picture or a text is a document all the same, with its own bytes' digest."""
    data = word()
    for media_type in ("image/png", "text/plain", "application/octet-stream", "application/msword"):
        reading = read_part(data, f"Content-Type: {media_type}; name=a.docx")
        assert [("1", "docx", data)] == [(d.path, d.hint, bytes(d.data)) for d in reading.documents]
        assert [hashlib.sha256(data).digest()] == [leaf.sha256 for leaf in reading.message.leaves]


MARKS = {
    "program": (b"MZ\x90\0\x03\0", "Content-Type: application/octet-stream", Reason.UNSUPPORTED),
    "unknown-archive": (b"\x29\xb5\x2f\xfd\0", "Content-Type: application/zstd", Reason.UNSUPPORTED),
    "no-picture": (b"\0\1\2\3", "Content-Type: image/x-new", Reason.UNSUPPORTED),
    "no-sound": (b"\0\1\2\3", "Content-Type: audio/x", Reason.UNSUPPORTED),
    "zeros-in-text": (b"ab\0cd", "Content-Type: text/plain", Reason.UNSUPPORTED),
    "partial": (b"Subject: x", "Content-Type: message/partial; id=a; number=1", Reason.UNSUPPORTED),
    "external": (b"Content-Type: text/plain", "Content-Type: message/external-body; name=x", Reason.UNSUPPORTED),
    "enveloped": (b"0\x82\1\0\6\x09*\x86H\x86\xf7\r\1\7\3", "Content-Type: application/pkcs7-mime", Reason.ENCRYPTED),
    "signed": (b"0\x82\1\0\6\x09*\x86H\x86\xf7\r\1\7\2", "Content-Type: application/pkcs7-mime", Reason.UNSUPPORTED),
    "no-certs": (b"it is 4.7", "Content-Type: application/pkcs7-mime; smime-type=certs-only", Reason.UNSUPPORTED),
    "pgp-file": (b"-----BEGIN PGP MESSAGE-----\n\nabc", "Content-Type: application/octet-stream", Reason.ENCRYPTED),
    "pgp-inline": (b"hi\n-----BEGIN PGP MESSAGE-----\n\nabc", "Content-Type: text/plain", Reason.ENCRYPTED),
}  # fmt: skip


@pytest.mark.parametrize(("data", "headers", "reason"), MARKS.values(), ids=MARKS.keys())
def test_what_cannot_be_read_is_named(data: bytes, headers: str, reason: Reason) -> None:
    """Nothing is skipped in silence."""
    assert [("1", reason)] == [
        (mark.path, mark.reason) for mark in read_part(data, headers).message.unreadable
    ]


CERTIFICATES = bytes.fromhex(
    "302306092a864886f70d010702a0163014020101310030 0b06092a864886f70d0107013100".replace(" ", "")
)
"""Signed data without content, signers and certificates (RFC 5652 section 5.1)."""
QUIET = {
    "picture": (b"\x89PNG\r\n\x1a\n\0", "Content-Type: image/png"),
    "picture-as-binary": (b"\xff\xd8\xff\xe0\0", "Content-Type: application/octet-stream"),
    "rare-picture": (b"\0\0\0\x0cjP  \r\n", "Content-Type: image/jp2"),
    "sound": (b"\xff\xfb\x90\0\1\2", "Content-Type: audio/mpeg"),
    "signature": (b"0\x82\1\0\0", "Content-Type: application/pkcs7-signature; name=smime.p7s"),
    "certificates": (CERTIFICATES, "Content-Type: application/pkcs7-mime; smime-type=certs-only"),
    "public-key": (b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n", "Content-Type: application/pgp-keys"),
    "pgp-talk": (b"write -----BEGIN PGP MESSAGE----- on top", "Content-Type: text/plain"),
    "wide-text": ("hé".encode("utf-16-le"), "Content-Type: text/plain; charset=utf-16le"),
    "empty": (b"", "Content-Type: application/octet-stream"),
}


@pytest.mark.parametrize(("data", "headers"), QUIET.values(), ids=QUIET.keys())
def test_what_holds_no_text_is_not_marked(data: bytes, headers: str) -> None:
    """A mark that means nothing holds mail for nothing."""
    assert () == read_part(data, headers).message.unreadable


def test_signed_mail_is_not_marked() -> None:
    """A detached signature hides nothing."""
    signature = attached(b"0\x82\1\0\0", "smime.p7s", "application/pkcs7-signature")
    content = mail(part(b"hello", "Content-Type: text/plain", "7bit"), signature).replace(
        b"multipart/mixed", b"multipart/signed"
    )
    assert () == read(content).message.unreadable


def nested(page: bytes, levels: int) -> bytes:
    """A page in a page in a page, each of which shows itself as an address and as base64."""
    for _ in range(levels):
        page = b'<iframe src="data:text/html;base64,' + base64.b64encode(page) + b'"></iframe>'
    return page


def test_regression_pages_in_pages_cost_twice_as_much_at_each_level() -> None:
    """Each is read once: 15 KB with 15 levels took 33 seconds."""
    reading = read_part(nested(b"<p>the rate is 4.7", 15), "Content-Type: text/html")
    assert 1 <= sum("the rate is 4.7" in part.text for part in reading.message.parts) <= 5
    assert () == reading.message.unreadable


def test_regression_a_page_too_deep_in_pages_was_dropped_in_silence() -> None:
    """What is deeper than anything is read is named; it was neither read nor named."""
    content = mail(part(nested(b"<p>the rate is 4.7", 20), "Content-Type: text/html", "base64"))
    for number in range(15):
        content = mail(part(content, f"Content-Type: message/rfc822; x={number}", "7bit"))
    reading = read(content)
    assert Reason.TOO_DEEP in {mark.reason for mark in reading.message.unreadable}


def test_files_in_files_in_texts_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the limits the rest is named."""
    page = nested(b"<p>the rate is 4.7", 4)
    monkeypatch.setattr(limits, "FOUND_WITHIN", 100)
    assert [Reason.TOO_LARGE] == [
        mark.reason for mark in read_part(page, "Content-Type: text/html").message.unreadable
    ]
