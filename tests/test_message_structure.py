"""Plans: what a header block says about its body."""

from __future__ import annotations

import pytest

from gateway.message.headers import read_block
from gateway.message.structure import Plan, Shape, named, plan


def plan_of(headers: str) -> Plan:
    """The plan for a body under these header lines."""
    block = headers.encode() + b"\n\n"
    return plan(read_block(block, 0, len(block)), "text/plain")


SHAPES = {
    "nothing": ("Subject: s", Shape.LEAF),
    "multipart": ("Content-Type: MULTIPART/Mixed; boundary=b", Shape.MULTIPART),
    "odd-multipart": ("Content-Type: multipart; boundary=b", Shape.MULTIPART),
    "no-boundary": ("Content-Type: multipart/mixed", Shape.LEAF),
    "empty-boundary": ('Content-Type: multipart/mixed; boundary=" "', Shape.LEAF),
    "forward": ("Content-Type: message/rfc822", Shape.MESSAGE),
    "kept-mail": ('Content-Type: application/octet-stream; name="a.EML"', Shape.MESSAGE),
    "report": ("Content-Type: message/delivery-status", Shape.LEAF),
}


@pytest.mark.parametrize(("headers", "shape"), SHAPES.values(), ids=SHAPES.keys())
def test_shape(headers: str, shape: Shape) -> None:
    """A body is a multipart only with a boundary, and a mail by its type or its name."""
    assert shape is plan_of(headers).shape


ENCODINGS = {
    "none": ("Subject: s", ("",), False),
    "plain": ("Content-Transfer-Encoding: 8BIT", ("",), False),
    "sloppy": ("Content-Transfer-Encoding: 8-bit", ("",), False),
    "base64": ("Content-Transfer-Encoding: BASE64 ", ("base64",), False),
    "comment": ("Content-Transfer-Encoding: (really) base64", ("base64",), False),
    "folded": ("Content-Transfer-Encoding:\n base64", ("base64",), False),
    "same-twice": ("Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: 8bit", ("",), False),
    "two": ("Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64", ("", "base64"), True),
    "quoted": ('Content-Transfer-Encoding: "base64"', ("", "base64"), True),
}


@pytest.mark.parametrize(("headers", "encodings", "doubt"), ENCODINGS.values(), ids=ENCODINGS.keys())
def test_encodings(headers: str, encodings: tuple[str, ...], doubt: bool) -> None:
    """Every encoding a reader might take is tried, and only a real difference is a contradiction."""
    found = plan_of(headers)
    assert (encodings, doubt) == (found.encodings, found.contradictory)


def test_unknown_encoding_is_said() -> None:
    """An encoding that nobody knows is no contradiction but a fact of its own."""
    found = plan_of("Content-Transfer-Encoding: x-yencode")
    assert (True, ("",)) == (found.unknown_encoding, found.encodings)


def test_comment_in_a_boundary_is_a_contradiction() -> None:
    """`(x)b` is one boundary to some readers and another to others: both count."""
    found = plan_of("Content-Type: multipart/mixed; boundary=(x)b")
    assert {b"(x)b", b"b"} == set(found.boundaries)
    assert found.contradictory


@pytest.mark.parametrize(
    ("name", "hint"), [("a.DOCX", "docx"), ("a.docx. ", "docx"), ("a", "text/plain"), ("", "text/plain")]
)
def test_hint_is_never_the_name(name: str, hint: str) -> None:
    """A document's hint is its suffix or its type."""
    assert hint == plan_of(f'Content-Type: text/plain; name="{name}"').hint


def test_file_in_an_archive_has_a_plan_by_its_name() -> None:
    """Only kept mails are told by their name; all else shows in its bytes."""
    assert (Shape.MESSAGE, Shape.LEAF) == (named("x/a.eml").shape, named("a.docx").shape)


def test_ordinary_fields_are_taken_apart_once_and_names_are_not_remembered() -> None:
    """The same two fields give the very same plan; what a mail calls a file does not outlive it."""

    def planned(headers: str) -> Plan:
        return plan(read_block(f"{headers}\n\n".encode(), 0, len(headers) + 2), "text/plain")

    ordinary = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 7bit"
    assert planned(ordinary) is planned(ordinary)
    for said in (
        "Content-Type: text/csv; name=q.csv",
        "Content-Type: text/csv\nContent-Description: figures",
    ):
        assert planned(said) == planned(said)
        assert planned(said) is not planned(said)
