"""What a plain text says beyond its characters in order."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.message import written
from gateway.message.written import card_texts, is_card, is_locked, other_forms, unfolded

FORMS = {
    "override": ("see \u202eba\u202c", "see ab\u202c"),
    "numbered": ("\\u0061b", "ab"),
    "braced-number": ("\\u{61}b", "ab"),
    "byte": ("\\x61b", "ab"),
    "line-end": ("one \\nTwo", "one \nTwo"),
    "latex": ("48{,}312 and 9\\,640", "48,312 and 9,640"),
    "entities": ("&#97;b &nbsp;", "ab \xa0"),
    "percent": ("see one%20two there", "one two"),
    "one-colour": ("\x1b[1mEMBARGOED until", "EMBARGOED until"),
}


@pytest.mark.parametrize(("text", "form"), FORMS.values(), ids=FORMS.keys())
def test_forms_that_a_reader_sees(text: str, form: str) -> None:
    """Turned letters, escapes of programs, of LaTeX, of pages and of addresses are resolved in a form of the text."""
    assert form in list(other_forms(text))


@pytest.mark.parametrize(
    "text", ["", "plain text: 4.7 per cent", "C:\\new\\table", "a & b", "100% of 20", "x > y"]
)
def test_ordinary_text_has_one_form(text: str) -> None:
    """What resolves nothing says nothing twice."""
    assert [] == list(other_forms(text))


@settings(max_examples=40)
@given(st.text(alphabet="\\u0{61}x%2n,.&#; \u202e"))
def test_forms_never_raise(text: str) -> None:
    """Anything is text in every form."""
    assert all(isinstance(form, str) for form in other_forms(text))


def test_what_is_locked() -> None:
    """An encrypted message is known in a reply too; one that is only spoken of is not."""
    armour = "-----BEGIN PGP MESSAGE-----"
    assert [True, True, False] == [
        is_locked(each) for each in (armour, f"hi\n> {armour}\r\n", f"see {armour}")
    ]


@settings(max_examples=40)
@given(st.text(alphabet="ab \r\n\t"))
def test_cards_are_unfolded(text: str) -> None:
    """A line that goes on is one line; a text without such lines stays as it is."""
    folded = "BEGIN:VCARD\r\n" + text
    assert is_card(folded)
    assert not is_card(text)
    assert folded.split() == [*unfolded(folded).split()] or len(unfolded(folded)) < len(folded)
    assert "ab" == unfolded("a\r\n b")


def test_cards_say_their_pages_and_older_encodings() -> None:
    """What is escaped or encoded in a card is read as it is shown."""
    said = "\n".join(
        card_texts("X:RE<b>STRICTED</b>\nY;ENCODING=QUOTED-PRINTABLE:=34=2E7\nZ:one\\, two\\nthree")
    )
    assert all(each in said for each in ("RESTRICTED", "4.7", "one, two\nthree"))


def test_a_flowed_text_loses_the_spaces_that_are_none_of_it() -> None:
    """With `DelSp=yes` a number that goes on in the next line, quoted too, is whole (RFC 3676)."""
    assert written.unflowed("72, \r\n670 and \n> on\n") == "72,670 andon\n"


def test_enriched_text_is_read_as_a_page_without_its_parameters() -> None:
    """A parameter is not shown, and a doubled bracket is one sign (RFC 1896)."""
    page, aside = written.from_enriched(b"<color><param>red</param>4<nl>7</color> <<b")

    assert page == b"<color>4 7</color> &lt;b"
    assert aside == b"red"


def test_an_ordinary_header_stays_as_it_is() -> None:
    """Of nearly every header there is one form, and nothing in it is left to decode."""
    text = "From: Jo <jo@policy.example>\nSubject: 100% of C:\\temp & more"

    assert written.header(text) == text
    assert written.undecoded(text) == b""


def test_a_header_says_each_other_form_below_it() -> None:
    """A subject with letters by their numbers stands there in both forms."""
    assert written.header("Subject: &#52;.7\nX: y") == "Subject: &#52;.7\nX: y\nSubject: 4.7"


def test_an_encoded_word_that_is_none_is_found() -> None:
    """Without its end or its charset a word is still taken to pieces: its letters stand on a line of their own."""
    assert written.undecoded("Subject: =?utf-8?B?QUJD\nX: y") == b"Subject: =\nutf-8\nB\nQUJD"
