"""Which elements a selector means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from gateway.message import limits, read
from gateway.message.selectors import Choice, names
from tests.reader_speed import mails

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


SELECTORS = (
    "i", "I", "b,i", "rt,b", "dialog:not([open]),i", "body title", "p i,q", "tbody tr,rt", "img", "svg text,b",
    "a-b,rt", "b:is(.a,.b),rt", "*|rt,b", "p > rt", "[class],rt", "b:unheard-of(", "rt.b:unheard-of(", "h1,h2", ",",
)  # fmt: skip


@given(
    st.lists(st.sampled_from(["<b class=b>", "<i>", "</i>", "<rt>", "<image>", "<h1>", "<td>", "<svg>", "x"]))
)
def test_names_of_a_page_change_no_answer(pieces: list[str]) -> None:
    """What is not asked because no tag has such a name would have found nothing, whatever the parser puts in itself."""
    page = "".join(pieces)
    tree = LexborHTMLParser(page)

    def found(choice: Choice, selector: str) -> list[int]:
        return [node.mem_id for node in choice.of(selector)]

    for selector in SELECTORS:
        assert found(Choice(tree, 9), selector) == found(Choice(tree, 9, names(page) | {"x"}), selector)


@pytest.mark.parametrize("kind", ["4 KiB alternative", "60 KiB HTML"])
def test_ordinary_pages_ask_little_of_the_parser(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each question is a walk over the whole page: a newsletter without anything odd has a handful asked."""
    asked: list[str] = []
    real = Choice._found

    def counted(choice: Choice, selector: str) -> list[LexborNode]:
        asked.append(selector)
        return real(choice, selector)

    monkeypatch.setattr(Choice, "_found", counted)
    read(mails()[kind]())
    assert 0 < len(asked) <= 8
