"""The tree of a mail's parts: what each is said to be, what it is, and how large."""

from __future__ import annotations

import gzip
from email.message import EmailMessage

from hypothesis import given
from hypothesis import strategies as st

from gateway.message.outline import outline
from gateway.scanner import read_here
from tests.papers import mail, part, word


def described(content: bytes) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Path, declared type, what it is made of and names of each part."""
    return [(node.path, node.media_type, node.made_of, node.names) for node in outline(content)[1]]


def test_mails_in_mails_are_branches() -> None:
    """A forwarded mail is one part; what its own header declares stands at that header."""
    inner = EmailMessage()
    inner.set_content("hello")
    inner.add_alternative("<p>hello</p>", subtype="html")
    outer = EmailMessage()
    outer.set_content("see below")
    outer.add_attachment(inner)
    assert [
        ("header", "multipart/mixed", "multipart", ()),
        ("1", "text/plain", "text", ()),
        ("2", "message/rfc822", "mail", ()),
        ("2/header", "multipart/alternative", "multipart", ()),
        ("2/1", "text/plain", "text", ()),
        ("2/2", "text/html", "html", ()),
    ] == described(bytes(outer))


def test_a_file_is_what_its_bytes_are() -> None:
    """A compressed mail under a picture's name: the name as told, the kinds as they are, down to the mail's text."""
    kept = gzip.compress(b"Subject: x\r\nMIME-Version: 1.0\r\n\r\nhello\r\n")
    tree = described(mail(part(kept, "Content-Type: image/png; name=chart.png")))
    assert ("1", "image/png", "gzip", ("chart.png",)) in tree
    assert {"1/1", "1/1/header", "1/1/1"} <= {path for path, *_ in tree}


def test_an_empty_part_is_in_the_tree() -> None:
    """A part of no bytes is a place, too."""
    assert ("1", "text/plain", "empty", ()) in described(mail(part(b"", "Content-Type: text/plain")))


def test_sizes_are_decoded_sizes() -> None:
    """In bytes, as the file was before it was encoded."""
    paper = word()
    nodes = outline(mail(part(paper, "Content-Type: application/msword; name=a.doc")))[1]
    assert [len(paper)] == [node.size for node in nodes if node.path == "1"]


@given(st.binary(max_size=300))
def test_the_message_is_the_one_that_is_decided_on(content: bytes) -> None:
    """An outline changes nothing in what is read, and every place that is spoken of is in it."""
    message, nodes = outline(content)
    assert read_here(content) == message
    spoken = {part.path for part in message.parts} | {leaf.path for leaf in message.leaves}
    spoken |= {mark.path for mark in message.unreadable}
    assert spoken <= {node.path for node in nodes}
    assert len({node.path for node in nodes}) == len(nodes)
