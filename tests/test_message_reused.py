"""Drawings that use parts of themselves again say what they show there, and no more than a limit."""

from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.message import limits, reused
from tests.pace import slowness

DEFINED = "<defs><text id='a'>4</text><text id='b'>.</text><text id='c'>7</text></defs>"


def shown(body: str) -> str:
    """What a drawing shows."""
    return reused.text(f"<svg xmlns='http://www.w3.org/2000/svg'>{body}</svg>".encode())[0]


def test_letters_stand_where_they_are_used() -> None:
    """In the order of their use, through symbols too, whatever the prefix."""
    assert shown(f"{DEFINED}<use href='#a'/>\n<use xlink:href='#b'/><svg:use href='#c' x='9'/>").endswith(
        "4.7"
    )
    assert shown(
        f"{DEFINED}<g id='d'><use href='#a'/><use href='#b'/></g><use href='#d'/><use href='#c'/>"
    ).endswith("4.7")


def test_drawing_without_use_is_read_elsewhere() -> None:
    """Nothing is said twice."""
    assert ("", False) == reused.text(b"<svg><text>4.7</text></svg>")


def test_circles_end() -> None:
    """A name that is used in itself shows nothing there."""
    assert "x" in shown("<g id='a'>x<use href='#b'/></g><g id='b'>y<use href='#a'/></g><use href='#a'/>")


def test_explosion_is_cut_and_said() -> None:
    """Each level a hundred times the one below: cut, within a second."""
    levels = "".join(f"<g id='a{n + 1}'>" + f"<use href='#a{n}'/>" * 100 + "</g>" for n in range(4))
    began = time.process_time()
    text, more = reused.text(f"<svg><text id='a0'>{'x' * 99}</text>{levels}<use href='#a4'/></svg>".encode())
    assert (limits.REUSED, True) == (len(text), more)
    assert time.process_time() - began < 1 * slowness()


def test_regression_words_through_ten_uses_were_not_seen() -> None:
    """A word that each use leads one deeper into is whole; what leads deeper than is read is said to be cut."""
    word = "embargoed until"
    chain = "".join(
        f"<g id='a{n + 1}'><use href='#a{n}'/>{letter}</g>" for n, letter in reversed([*enumerate(word)])
    )
    assert "\nthe embargoed until\n" in shown(f"<use href='#a15'/>\n{chain}<text id='a0'>the </text>")
    deep = "".join(f"<g id='a{n + 1}'><use href='#a{n}'/></g>" for n in reversed(range(40)))
    assert reused.text(f"<svg><use href='#a40'/>{deep}<text id='a0'>x</text></svg>".encode())[1]


def test_regression_words_deep_in_what_is_used_were_not_seen() -> None:
    """What a name holds does not depend on how many elements without a name stand between; 25 names are cut."""
    between = "<g>" * 30, "</g>" * 30
    assert shown(f"<g id=a>{between[0]}4<b/>.7{between[1]}</g>|<use href=#a />").endswith("|\n4.7")
    names = "".join(f"<g id='n{n}'>" for n in range(25))
    assert reused.text(f"<svg>{names}4.7{'</g>' * 25}<use href='#n0'/></svg>".encode())[1]


@settings(max_examples=40)
@given(
    st.lists(
        st.sampled_from(["<use href='#a'/>", "<g id='a'>", "</g>", "<", "'", '"', "x", "<use ", ">", "\n"])
    )
)
def test_any_text_gives_an_answer(pieces: list[str]) -> None:
    """Whatever the tags are, reading ends."""
    reused.text("".join(["<use ", *pieces]).encode())
