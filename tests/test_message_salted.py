"""Words that elements interrupt."""

# ruff: noqa: E501 (tables of one case a line)

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.message import limits, salted
from gateway.message.salted import conditional, is_conditional, is_more, lines

WORDS = {
    "one": ("RE<b class=x>q</b>STRICTED", "RESTRICTED"),
    "letters-apart": ("".join(f"<i a=1>{c}</i><b a=2>q</b>" for c in "RESTRICTED"), "RESTRICTED"),
    "figure": ("4<span style='any:thing'>9</span>.7", "4.7"),
    "tag-over-lines": ("RE<b\nclass=x>q</b>STRICTED", "RESTRICTED"),
    "many-kinds": ("".join(f"{c}<b style='a:{n}'>q</b>" for n, c in enumerate("RESTRICTED")), "RESTRICTED"),
    "not-closed": ("RE<b class=x>q</b><u>STRICTED", "RESTRICTED"),
}


@pytest.mark.parametrize(("source", "expected"), WORDS.values(), ids=WORDS.keys())
def test_words_are_read_without_what_interrupts_them(source: str, expected: str) -> None:
    """Whatever the style of what stands in a word says, one line has the word."""
    assert expected in list(lines(source))


@pytest.mark.parametrize("source", ["", "plain text", "a <b class=x>bold</b> word", "h<b>ell</b>o", "<p class=x>one\n<p class=x>two"])  # fmt: skip
def test_ordinary_pages_give_nothing(source: str) -> None:
    """Elements around words, and elements that say nothing of themselves, hide nothing."""
    assert [] == list(lines(source))


@settings(max_examples=40)
@given(
    st.lists(
        st.sampled_from(["a", "<b x=1>", "</b>", "<i y=2>", "</i>", " ", "\n", "<", ">", "&amp;", "9"])
    ).map("".join)
)
def test_the_lines_are_pieces_of_the_page(source: str) -> None:
    """Any tags give lines that are no longer than the page."""
    assert all(len(line) <= len(source) for line in lines(source))


def test_what_is_beyond_the_limit_is_told() -> None:
    """Words behind the last that are looked at are not passed over in silence."""
    far = " " * limits.SALTED_CHARACTERS + "RE<b class=x>q</b>STRICTED"
    assert (True, False, []) == (is_more(far), is_more(far.replace("<b class=x>q</b>", "")), list(lines(far)))


def test_outlook_and_the_others() -> None:
    """What is for Outlook alone, and what is for the others alone, are read one without the other."""
    source = "RE<!--[if mso]>ST<![endif]--><!--[if !mso]><!-->ZZ<!--<![endif]-->RICTED"
    assert (True, False) == (is_conditional(source), is_conditional("<p><!--[if mso]><b><![endif]--> x"))
    assert ["RESTRICTED", "REZZRICTED"] == list(conditional(source))


def test_tags_that_parsers_leave_out_end_no_line() -> None:
    """End tags of nothing, and parts of tables outside of one, stand in the middle of a word (found by a browser)."""
    assert ["12 May"] == list(salted.unbroken("1\n</td>2 May"))
    assert ["12 May"] == list(salted.unbroken("1\n<col>2 M\n</h2>ay"))
    assert [""] == list(salted.unbroken("<table>\n<tr>\n<td>1\n</td>\n<td>2\n</td>\n</table>"))


def test_a_comment_that_swallows_the_page_is_left_out() -> None:
    """A title that only one program opens hides nothing from the others; what closes is no such thing."""
    assert "ab" == salted.as_others_read("a<!--[if mso]><title><![endif]-->b")
    assert "" == salted.as_others_read("a<!--[if mso]><title>x</title><![endif]-->b")
