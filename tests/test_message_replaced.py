"""What stands on a page in place of an element."""

# ruff: noqa: E501 (tables of some cases a line)

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from gateway.message import hidden, replaced
from gateway.message.selectors import Choice

DRAWING = "data:image/svg+xml;base64,PHN2Zz48dGl0bGU+eDwvdGl0bGU+PHRleHQ+YmM8L3RleHQ+PC9zdmc+"
SHOWN = [
    "<img alt=bc>", "<input value=bc>", "<input placeholder=bc>", "<input type=submit value=bc>", "<input type=image alt=bc>",
    "<textarea placeholder=bc></textarea>", "<select><option label=bc></select>", '<iframe srcdoc="<b>bc"></iframe>',
    "<iframe src='data:,bc'></iframe>", f"<img src='{DRAWING}' alt=x>", f"<img srcset='{DRAWING} 2x'>", f"<object data='{DRAWING}'></object>",
    f"<embed src='{DRAWING}'>", f"<video poster='{DRAWING}'></video>", f"<svg><image href='{DRAWING}'/></svg>", f"<b background='{DRAWING}'></b>",
    f"<picture><source srcset='{DRAWING}'></picture>", "<span><template shadowrootmode=open>bc</template></span>",
]  # fmt: skip


def _page(body: str) -> Choice:
    return Choice(LexborHTMLParser(f"<html><body>{body}"), body.count("<"))


@pytest.mark.parametrize("element", SHOWN)
def test_what_elements_show_stands_in_its_line(element: str) -> None:
    """Fields, pictures, frames and what stands for them say their words in the middle of a word."""
    page = _page(f"a{element}d")
    assert replaced.put(page, thorough=True)
    assert "abcd" in list(hidden.seen(page))


def test_pictures_say_what_they_stand_for_in_their_line() -> None:
    """Programs that load no pictures show their text where they stand; more is not looked for unless it is there."""
    page = _page("one <img alt=two> three")
    assert replaced.put(page, thorough=False)
    assert ["one two three"] == list(hidden.seen(page))


@pytest.mark.parametrize("kind", ["hidden", "checkbox", "radio", "file"])
def test_what_no_field_shows_is_not_said(kind: str) -> None:
    """A hidden field and a box have values that nobody reads."""
    page = _page(f"a<input type={kind} value=x>b")
    replaced.put(page, thorough=True)
    assert ["ab"] == list(hidden.seen(page))
