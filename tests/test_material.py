"""What of a file is said to its readers, and what that becomes."""

from __future__ import annotations

import io
from email.message import EmailMessage

import docx
import pytest
from openpyxl import Workbook
from pptx import Presentation

from gateway import material
from gateway.material import Material, counts, features, of_document, of_mail, of_mail_alone, paragraphs
from gateway.model import Document
from gateway.registration import trace
from tests import papers

KEY = bytes(range(32))
SENTENCE = "The number of children looked after rose to 72,670 at the end of March 2017"
BANNER = (
    "RESTRICTED UNTIL PUBLISHED AT 9:30AM ON WEDNESDAY 28 MARCH 2018\n\n"
    "You must not forward this email or discuss the contents with people it has not been sent to - this includes\n"
    "indications such as favourable or unfavourable. Ring the press office in room 415 on 020 7946 0958\n"
    "or 0303 444 1201.\n"
)


def document(data: bytes) -> Material:
    """What is read of a document."""
    return of_document(Document("1", "", data))


def circulation(text: str) -> EmailMessage:
    """A circulation mail."""
    mail = EmailMessage()
    mail["From"], mail["Subject"], mail["Message-ID"] = (
        "lead@stats.example",
        "Children",
        "<a.1@stats.example>",
    )
    mail.set_content(text)
    return mail


def said(found: Material) -> str:
    """All that is said, on one line."""
    return " ".join(" ".join(part.text for part in found.said).split())


def saved(made: object) -> bytes:
    """The bytes of a document."""
    out = io.BytesIO()
    made.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


@pytest.mark.parametrize(
    "make", [papers.word, papers.workbook, papers.slides, papers.writer, papers.calc, papers.pdf, papers.rtf]
)
def test_every_format_is_read(make: object) -> None:
    """The same sentence gives the same runs of words in each format."""
    found = features(document(make(SENTENCE)), KEY)  # type: ignore[operator]
    alone = features(document(SENTENCE.encode()), KEY)
    for start in range(0, len(alone["text"]), 8):
        assert alone["text"][start : start + 8] in [
            found["text"][place : place + 8] for place in range(0, len(found["text"]), 8)
        ]


def test_what_programs_write_into_every_file_is_not_said() -> None:
    """Two empty documents of one program have no feature: else one would hold all others."""
    for empty in (docx.Document(), Workbook(), Presentation()):
        found = document(saved(empty))
        assert found.message.parts
        assert ("", {}) == (said(found), dict(features(found, KEY)))


def test_properties_and_page_headers_are_not_said() -> None:
    """What stands on every page and in the properties of a document is no trace, its body is."""
    found = document(papers.word(SENTENCE))
    whole = " ".join(part.text for part in found.message.parts)
    assert [True, True, True] == [words in whole for words in ("property", "footer", SENTENCE)]
    assert [False, False, True] == [words in said(found) for words in ("property", "footer", SENTENCE)]


def test_names_in_an_archive_are_not_said() -> None:
    """The names of files in an archive are about them."""
    found = document(papers.archive({"a long name of many words for one table.csv": b"x\n"}))
    assert "x" == said(found)


def test_of_a_mail_only_paragraphs_with_figures_are_traces() -> None:
    """Banner, greeting and signature stand in every circulation mail: as traces they would hold them all."""
    banner = of_mail(circulation(BANNER).as_bytes())
    assert {"thread"} == set(features(banner, KEY))
    whole = features(of_mail(circulation(f"{BANNER}\n{SENTENCE}.\n\nKind regards\nHelen\n").as_bytes()), KEY)
    assert features(document(f"{SENTENCE}.".encode()), KEY)["text"] == whole["text"]


def test_what_stands_under_every_mail_is_no_trace() -> None:
    """A disclaimer with numbers in a registered mail would hold every other mail of its sender."""
    told = "The number of children looked after rose by 4 per cent to 72,670 in the year."
    disclaimer = (
        "This e-mail and any attachments are intended only for the addressee; destroy it within 14 days if you have "
        "received it in error. Calls cost 0.5p per minute. Registered office: 20 Quay Street, company number 5123456."
    )
    plain, signed = (of_mail(bytes(circulation(text))) for text in (told, f"{told}\n\n{disclaimer}\n"))
    assert {"text", "figures"} < set(features(plain, KEY))
    assert dict(features(plain, KEY)) == dict(features(signed, KEY))


def test_a_banner_on_a_cover_is_no_trace() -> None:
    """How a document is to be handled stands on the covers of all others; what it says is a trace all the same."""
    cover = docx.Document()
    for paragraph in (
        *BANNER.split("\n\n"),
        "Strictly embargoed until 9.30am.",
        f"{SENTENCE}. So it was said.",
    ):
        cover.add_paragraph(paragraph.replace("\n", " "))
    for data in (saved(cover), f"{BANNER}\n\n{SENTENCE}. So it was said.".encode()):
        text = features(document(data), KEY)["text"]
        plain = features(document(f"{SENTENCE}. So it was said.".encode()), KEY)["text"]
        contact = 60
        assert len(plain) <= len(text) <= len(plain) + 8 * contact
        banner = features(document(BANNER.split("Ring", maxsplit=1)[0].encode() + b"The end."), KEY)
        assert "text" not in banner


def test_a_mail_and_what_is_attached() -> None:
    """A mail has the features of its attachments; alone it has its own, and is known by its Message-ID either way."""
    mail = circulation(f"{SENTENCE}.\n")
    mail.add_attachment(
        b"region,looked after\nNorth East,4950\nNorth West,13230\n", "text", "csv", filename="t.csv"
    )
    mail.add_attachment(papers.word("Foster carers looked after 53,420 of these"), "application", "zip")
    whole, alone = of_mail(mail.as_bytes()), of_mail_alone(mail.as_bytes())
    assert [True, True] == [words in said(whole) for words in ("North East", "53,420")]
    assert f"{SENTENCE}." == said(alone)
    told = counts(features(whole, KEY))
    assert (1, 1) == (told["thread"], counts(features(alone, KEY))["thread"])
    assert told["text"] > counts(features(alone, KEY))["text"]


def test_a_list_of_links_is_not_prose() -> None:
    """A file of nothing but addresses is registered as links; its words are no traces."""
    found = document(b"https://files.department.example/sites/release/\nhttps://preview.example/cla/2018\n")
    assert {"link": 2} == dict(counts(features(found, KEY)))


def test_an_address_beside_other_things_is_no_link() -> None:
    """Where a sheet or a covering letter holds one address only, all other mail with that address would be held."""
    book = Workbook()
    for name, text in (("first", "Contents"), ("more", "https://www.stats.example/statistics")):
        book.create_sheet(name)["A1"] = text
    assert "link" not in features(document(saved(book)), KEY)
    for text, links in (
        ("https://www.stats.example/", 0),
        ("https://www.stats.example/preview/cla", 1),
        ("https://www.stats.example/preview/cla\n\nHere it is.", 0),
    ):
        found = of_mail(bytes(circulation(text)))
        assert links == counts(features(found, KEY)).get("link", 0), text


def test_a_file_beyond_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a table of millions of cells the first ones become traces, and it is said that these are not all."""
    rows = "".join(f"Place {number},{number * 7919 % 99991}\n" for number in range(400)).encode()
    whole = trace("a.csv", rows, KEY)
    monkeypatch.setattr(material, "MOST_FIGURES", 2_000)
    monkeypatch.setattr(material, "MOST_TEXT", 3_000)
    first = trace("a.csv", rows, KEY)
    assert ((), ("1: too-large",)) == (whole.unreadable, first.unreadable)
    assert 0 < first.counts["figures"] < whole.counts["figures"]
    assert 0 < first.counts["text"] < whole.counts["text"]


def test_features_need_the_key() -> None:
    """Another installation's key gives other numbers, the same key the same ones."""
    found = document(SENTENCE.encode())
    assert features(found, KEY) == features(found, KEY)
    assert not set(features(found, KEY).values()) & set(features(found, bytes(32)).values())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [""]),
        ("one\n\ntwo\n", ["one", "", "two", ""]),
        (f"{'long ' * 14}\n{'long ' * 14}\nend\nnew", [f"{'long ' * 14}\n{'long ' * 14}\nend", "new", ""]),
        (f"{'one unbroken line ' * 20}\nnext", ["one unbroken line " * 20, "next", ""]),
    ],
)
def test_paragraphs(text: str, expected: list[str]) -> None:
    """Lines that a program broke for their length go on; a line that ends early ends its paragraph."""
    assert expected == list(paragraphs(text))


def test_nothing_is_counted_that_is_not_there() -> None:
    """Kinds that there are not, and sets that are cut short, are refused."""
    with pytest.raises(KeyError):
        counts({"gossip": b""})
    for kind in (material.TEXT, material.FIGURES, material.LINK, material.THREAD):
        with pytest.raises(ValueError, match=r"set|buffer|cut"):
            counts({kind: b"1234567"})
