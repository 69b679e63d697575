"""Which elements a selector means."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser

from gateway.message import limits
from gateway.message.selectors import Choice

PAGE = "<p class=a id=k>1<b class='a b'>2</b><i>3</i>"


def _texts(selector: str) -> list[str]:
    return [node.text(deep=False) for node in Choice(LexborHTMLParser(PAGE), 6).of(selector)]


def test_selectors_mean_what_browsers_take_them_for() -> None:
    """Classes, identities, elements and what the parser knows besides."""
    assert [["1", "2"], ["1"], ["2"], ["3"]] == [_texts(each) for each in (".a", "#k", "b:not(.c)", "p > i")]


def test_what_is_not_understood_means_all_that_it_names() -> None:
    """A selector that only some browsers know is taken for the classes in it."""
    assert ["2"] == _texts("& .b:unheard-of(")
    assert [] == _texts("::")


def test_too_much_work_is_told() -> None:
    """A page of many tags is not searched for ever, and says so."""
    choice = Choice(LexborHTMLParser(PAGE), limits.STYLE_WORK // 2)
    assert (2, False, [], True) == (
        len(list(choice.of(".a"))), choice.exceeded, list(choice.of(".b")), choice.exceeded,
    )  # fmt: skip
