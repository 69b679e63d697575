"""The MIME reader: paths, and what is read where structure is nested, broken or contradicts itself."""

from __future__ import annotations

import base64
from hashlib import sha256

import pytest

from gateway.message.reader import read
from gateway.model import PartKind, Reason
from tests.papers import attached, mail, part, workbook

TEXT = "Content-Type: text/plain; charset=utf-8"


def texts(content: bytes) -> dict[str, str]:
    """Body texts by path."""
    return {p.path: p.text.strip() for p in read(content).message.parts if p.kind is not PartKind.HEADER}


def marks(content: bytes) -> list[tuple[str, Reason]]:
    """Marks as pairs."""
    return [(mark.path, mark.reason) for mark in read(content).message.unreadable]


def plain(text: str) -> bytes:
    """A text part."""
    return part(text.encode(), TEXT, "8bit")


FORWARD = mail(plain("inner one"), plain("inner two"), headers="X-Inner: yes", boundary="inner")

PATHS = {
    "single": (b"Subject: s\r\n\r\nhello", {"1": "hello"}),
    "no-headers": (b"hello there\r\nyou: all\r\n", {"1": "hello there\r\nyou: all"}),
    "empty-line-first": (b"\r\nhello", {"1": "hello"}),
    "parts": (mail(plain("a"), plain("b")), {"1": "a", "2": "b"}),
    "nested": (
        mail(mail(plain("a"), plain("b"), boundary="in").split(b"\r\n", 1)[1], plain("c")),
        {"1/1": "a", "1/2": "b", "2": "c"},
    ),
    "forward": (
        mail(plain("a"), part(FORWARD, "Content-Type: message/rfc822", "7bit")),
        {"1": "a", "2/1": "inner one", "2/2": "inner two"},
    ),
    "encoded-forward": (
        mail(plain("a"), part(FORWARD, "Content-Type: message/rfc822")),
        {"1": "a", "2/1": "inner one", "2/2": "inner two"},
    ),
    "forward-as-file": (
        mail(plain("a"), attached(b"Subject: kept\r\n\r\ninner", "original.eml")),
        {"1": "a", "2/1": "inner"},
    ),
    "global": (
        mail(part(b"Subject: x\r\n\r\ninner", "Content-Type: message/global", "8bit")),
        {"1/1": "inner"},
    ),
    "digest": (
        mail(b"\r\nSubject: one\r\n\r\nfirst").replace(b"multipart/mixed", b"multipart/digest"),
        {"1/1": "first"},
    ),
    "line-feeds": (mail(plain("a"), plain("b")).replace(b"\r\n", b"\n"), {"1": "a", "2": "b"}),
    "carriage-returns": (mail(plain("a"), plain("b")).replace(b"\r\n", b"\r"), {"1": "a", "2": "b"}),
    "no-closing-line": (mail(plain("a"), plain("b")).rpartition(b"--b--")[0], {"1": "a", "2": "b"}),
    "inner-not-closed": (
        mail(mail(plain("a"), boundary="in").split(b"\r\n", 1)[1].replace(b"--in--", b""), plain("c")),
        {"1/1": "a", "2": "c"},
    ),
    "preamble": (
        mail(plain("a")).replace(b"\r\n\r\n--b", b"\r\n\r\nbefore\r\n--b", 1),
        {"0": "before", "1": "a"},
    ),
    "epilogue": (mail(plain("a")) + b"after", {"1": "a", "0": "after"}),
    "part-after-close": (mail(plain("a")) + b"--b\r\n\r\nlate\r\n", {"1": "a", "2": "late"}),
    "similar-boundaries": (
        mail(mail(plain("a"), boundary="b-1").split(b"\r\n", 1)[1], plain("c")),
        {"1/1": "a", "2": "c"},
    ),
    "space-behind-boundary": (mail(plain("a")).replace(b"--b\r\n", b"--b  \r\n"), {"1": "a"}),
    "multipart-without-boundary": (b"Content-Type: multipart/mixed\r\n\r\nhello", {"1": "hello"}),
    "raw-8-bit": (b"Subject: s\r\n\r\ncaf\xe9", {"1": "café"}),
    "unknown-charset": (b"Content-Type: text/plain; charset=x-nobody\r\n\r\nhello", {"1": "hello"}),
    "mailbox-line": (b"From a@x.example Mon\nSubject: s\n\nhello", {"1": "hello"}),
    "junk-header-line": (b"Subject: s\r\nnot a header\r\nX-A: b\r\n\r\nhello", {"1": "hello"}),
    "type-without-slash": (b"Content-Type: text\r\n\r\nhello", {"1": "hello"}),
    "encoding-named-on-multipart": (
        mail(plain("a"), headers="Content-Transfer-Encoding: quoted-printable"),
        {"1": "a"},
    ),
}


@pytest.mark.parametrize(("content", "expected"), PATHS.values(), ids=PATHS.keys())
def test_ordinary_and_sloppy_mail(content: bytes, expected: dict[str, str]) -> None:
    """Every text is read at its positional path, and mail that readers agree on gets no mark."""
    assert expected == texts(content)
    assert [] == marks(content)


def test_headers_have_paths_of_their_own() -> None:
    """The mail's headers are `header`, those of a forwarded mail at 2 are `2/header`."""
    content = mail(plain("a"), part(FORWARD, "Content-Type: message/rfc822", "7bit"), headers="X-Outer: yes")
    headers = {p.path: p.text for p in read(content).message.parts if p.kind is PartKind.HEADER}
    assert ["header", "2/header"] == list(headers)
    assert "X-Outer: yes" in headers["header"]
    assert "X-Inner: yes" in headers["2/header"]


def test_names_of_parts_are_read() -> None:
    """File names and descriptions are texts of their part, in whatever way they are written."""
    head = (
        "Content-Type: image/png; name*=utf-8''caf%C3%A9.png\n"
        'Content-Disposition: attachment; filename="=?utf-8?q?r=C3=A9sum=C3=A9?="\n'
        "Content-Description: =?utf-8?b?RW1iYXJnbw==?="
    )
    names = [p.text for p in read(mail(part(b"\x89PNG\r\n\x1a\n", head))).message.parts if p.path == "1"]
    assert ["résumé\ncafé.png\nEmbargo"] == names


AMBIGUOUS = {
    "two-encodings": b"Content-Transfer-Encoding: base64\r\nContent-Transfer-Encoding: 7bit\r\n\r\naGVsbG8=",
    "encoding-list": b"Content-Transfer-Encoding: base64, 7bit\r\n\r\naGVsbG8=",
    "odd-encoding": b"Content-Transfer-Encoding: xbase64\r\n\r\naGVsbG8=",
    "text-behind-padding": b"Content-Transfer-Encoding: base64\r\n\r\naGVs\r\nbA==\r\nbG8h\r\n",
}


@pytest.mark.parametrize("content", AMBIGUOUS.values(), ids=AMBIGUOUS.keys())
def test_contradicting_encodings_are_marked(content: bytes) -> None:
    """Where readers would disagree about an encoding each reading is searched, and the place is marked."""
    assert Reason.AMBIGUOUS in {reason for _, reason in marks(content)}
    assert any("hel" in text.text for text in read(content).message.parts if text.path == "1")


def test_the_same_header_twice_is_no_contradiction() -> None:
    """A field that stands there twice and says the same both times gets no mark."""
    content = b"Content-Type: text/plain\r\nContent-Type: Text/Plain\r\n\r\nhello"
    assert [] == marks(content)


def test_two_types_are_read_as_the_one_that_shows_more() -> None:
    """Of two types the multipart is read, and the place is marked."""
    content = mail(plain("a")).replace(b"Content-Type: m", b"Content-Type: text/plain\r\nContent-Type: m", 1)
    assert {"1": "a"} == texts(content)
    assert [("header", Reason.AMBIGUOUS)] == marks(content)


def test_two_boundaries_both_count() -> None:
    """Of two boundaries each makes parts, and the place is marked."""
    content = (
        mail(plain("a")).replace(b'boundary="b"', b'boundary="c"; boundary="b"') + b"--c\r\n\r\nsecond\r\n"
    )
    assert {"1": "a", "2": "second"} == texts(content)
    assert [("header", Reason.AMBIGUOUS)] == marks(content)


def test_structure_below_a_line_that_is_no_header_is_marked() -> None:
    """Some readers end the headers at such a line: what stands below is structure to others only."""
    content = mail(plain("a")).replace(b"MIME-Version: 1.0", b"not a header")
    assert {"1": "a"} == texts(content)
    assert [("header", Reason.AMBIGUOUS)] == marks(content)


def test_encoded_multipart_is_read_and_marked() -> None:
    """A multipart that is base64 as a whole is read by some: so it is read here."""
    whole = mail(plain("a"), plain("b"))
    head, _, body = whole.partition(b"\r\n\r\n")
    content = head + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(body)
    assert {"1": "a", "2": "b"} == texts(content)
    assert Reason.AMBIGUOUS in {reason for _, reason in marks(content)}


def test_unknown_encoding_is_marked_and_searched_as_it_stands() -> None:
    """An encoding nobody knows is named; its raw text is read too."""
    content = b"Content-Transfer-Encoding: x-gzip64\r\n\r\nhello"
    assert {"1": "hello"} == texts(content)
    assert [("1", Reason.UNSUPPORTED)] == marks(content)


def test_encrypted_multipart_is_marked_once() -> None:
    """PGP/MIME is named at the multipart, not again at each of its parts."""
    parts = (
        part(b"Version: 1", "Content-Type: application/pgp-encrypted", "7bit"),
        attached(b"\x85\x01\x0c\x03"),
    )
    content = mail(*parts).replace(b"multipart/mixed", b"multipart/encrypted")
    assert [("1", Reason.ENCRYPTED)] == marks(content)


def test_prefix_stands_before_every_path() -> None:
    """A mail kept in an archive has the archive's path before its own."""
    paths = [p.path for p in read(mail(plain("a"), attached(b"hello")), "2/1/").message.parts]
    assert ["2/1/header", "2/1/1", "2/1/2", "2/1/2"] == paths


BLIND = {
    "body-behind-fields-and-no-empty-line": (
        mail(
            part(b"x", TEXT, "7bit").rsplit(b"Content-Transfer", 1)[0]
            + b"Content-Transfer-Encoding: base64\r\nUEsDBA\r\n\r\neA=="
        )
    ),
    "encoded-below-an-outer-line": mail(b"VUVz\r\nREJB\r\n"),
}


@pytest.mark.parametrize("content", BLIND.values(), ids=BLIND)
def test_regression_encoded_where_no_header_is(content: bytes) -> None:
    """Readers that end a header or a part elsewhere decode lines that are nothing to others: said, if not read."""
    assert [("1", Reason.AMBIGUOUS)] == marks(content)


def test_regression_part_below_an_empty_line() -> None:
    """A part that begins with an empty line shows its fields as text: what they announce is read all the same."""
    inner = b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.b64encode(
        b"hidden"
    )
    assert "hidden" in " ".join(texts(mail(b"\r\n" + inner)).values())


def test_regression_zip_with_something_behind_it() -> None:
    """A registered file is known although the mail goes on behind its end."""
    file = workbook()
    content = mail(attached(file + b"--b--", "a.xlsx"))
    assert sha256(file).digest() in {leaf.sha256 for leaf in read(content).message.leaves}
