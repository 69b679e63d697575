"""What of a held mail is shown: plain text only, with nothing hidden, nothing rendered and nothing endless."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.console import content
from gateway.console.content import harmless, line, show, size
from tests.papers import mail, part

HTML = b"<p>Up <b>4%</b></p><script>alert(1)</script><img src=http://x.example/p.png><div hidden>no</div>"


def test_subject_text_and_names_are_shown() -> None:
    """Subject, text and the name, type and size of each attachment: that is what a decision needs."""
    paper = part(b"x" * 1234, 'Content-Type: application/octet-stream; name="fig.xlsx"')
    raw = b"Subject: =?utf-8?q?Children_=C3=A9t=C3=A9?=\r\n" + mail(
        part(b"Hello", "Content-Type: text/plain"), paper
    )
    shown = show(raw)
    assert (("header", "Children été"),) == shown.subjects
    assert [("1", ("Hello",))] == [(text.path, text.lines) for text in shown.texts]
    assert [(("fig.xlsx",), "application/octet-stream", "1 KB")] == [
        (file.names, file.kind, file.size) for file in shown.files
    ]


def test_a_page_is_shown_as_the_text_it_shows() -> None:
    """HTML mail comes as text, what is seen first and then what is not: no element, nothing that runs, no picture."""
    (text,) = show(mail(part(HTML, "Content-Type: text/html"))).texts
    words = " ".join(text.lines)
    assert "Up 4%" in words
    assert all(piece not in words for piece in ("<", "http"))


def test_attached_texts_are_only_named() -> None:
    """What is attached is named, whatever it is: documents are not shown."""
    note = part(b"secret", "Content-Type: text/plain\nContent-Disposition: attachment; filename=note.txt")
    shown = show(mail(note))
    assert ((), ("note.txt",)) == (shown.texts, shown.files[0].names)


def test_the_subject_of_a_forwarded_mail_is_shown() -> None:
    """Each mail inside has its own subject, at its place."""
    inner = b"Subject: inner\r\n\r\nbody"
    raw = b"Subject: outer\r\n" + mail(part(inner, "Content-Type: message/rfc822", ""))
    assert (("header", "outer"), ("1/header", "inner")) == show(raw).subjects


def test_what_would_turn_a_line_around_is_written_out() -> None:
    """Bidirectional overrides and controls are seen as what they are; invisible padding is dropped."""
    assert "a[U+202E]b[U+001B][U+0000]cd" == harmless("a\u202eb\x1b\0c\u200b\u00add")
    assert "one\ntwo\nthree four" == harmless("one\u2028two\x85three\u00a0four")


def test_a_name_is_one_line() -> None:
    """A name or a subject cannot make lines of its own, and not fill the page."""
    assert "a b" == line("a\r\n  b\t")
    assert 300 == len(line("x" * 5000))


def test_a_long_mail_is_cut_and_says_so() -> None:
    """Above the limits the page ends, and tells how much it leaves out."""
    long = b"y" * 79 + b"\n"
    texts = [part(long * 400, "Content-Type: text/plain") for _ in range(5)]
    shown = show(mail(*texts))
    assert content.MAX_ALL >= sum(len("\n".join(text.lines)) for text in shown.texts)
    assert 32_000 - content.MAX_TEXT == shown.texts[0].cut
    files = [
        part(b"z", f"Content-Type: image/png; name={number}.png") for number in range(content.MAX_FILES + 3)
    ]
    assert (content.MAX_FILES, 3) == (len((many := show(mail(*files))).files), many.more_files)
    parts = [part(b"t", "Content-Type: text/plain") for _ in range(content.MAX_TEXTS + 2)]
    assert 2 == show(mail(*parts)).more_texts


def test_sizes_are_read_by_people() -> None:
    """Sizes have the unit that people use."""
    assert ["0 bytes", "1 byte", "999 bytes", "1 KB", "12 KB", "3.4 MB"] == [
        size(octets) for octets in (0, 1, 999, 1000, 12_345, 3_400_000)
    ]


@given(st.binary(max_size=400))
def test_any_bytes_give_a_page_without_controls(raw: bytes) -> None:
    """Whatever was held can be shown, and no control sign comes through."""
    shown = show(raw)
    words = [*(text for _, text in shown.subjects), *(each for text in shown.texts for each in text.lines)]
    words += [name for file in shown.files for name in (*file.names, file.kind)]
    assert all(char.isprintable() or char == "\t" for word in words for char in word)
