"""What stands on a page in place of an element: a picture's words, a field's value, a frame's text.

A reader sees it in the middle of the line (HTML Living Standard, 15.4 Replaced elements, 15.5 Non-replaced elements).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Final

from selectolax.lexbor import LexborNode

from gateway.message import data_addresses
from gateway.message.selectors import Choice

_ALTERNATIVES: Final = "img[alt]"
_OTHERS: Final = (
    "img,input,textarea[placeholder],option[label],optgroup[label],source[srcset],[srcdoc],[background],video[poster],"
    "iframe[src],frame[src],embed[src],object[data],svg image,isindex[prompt],template[shadowrootmode]"
)
_UNWRITTEN: Final = frozenset(["hidden", "checkbox", "radio", "file", "color", "range"])
"""Kinds of fields whose values are no text (HTML, 15.5)."""
_SLOT: Final = re.compile(r"<slot\b[^<>]*?\bname\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))[^<>]*>", re.I)
_SLOTS: Final = 500
"""Elements of one shadow host that are put into slots."""
_SOURCES: Final = ("src", "data", "poster", "href", "xlink:href", "background", "srcset")


def put(choice: Choice, *, thorough: bool) -> bool:
    """Put what elements show into the text where they stand; whether there was any.

    The tree is changed.  `thorough`: there may be more elements that show something than pictures.
    """
    found = {node.mem_id: node for node in choice.of(_OTHERS if thorough else _ALTERNATIVES)}
    for node in found.values():
        if said := _said(choice, node):
            node.insert_before(said)
    return bool(found)


def _said(choice: Choice, node: LexborNode) -> str:
    given, tag = node.attributes, node.tag
    kind = (given.get("type") or "").lower() if tag == "input" else ""
    if tag == "template":
        return data_addresses.words_of(_composed(choice, node))
    if tag == "input" and kind != "image":
        return "" if kind in _UNWRITTEN else given.get("value") or given.get("placeholder") or ""
    if tag == "textarea":
        return "" if node.text(deep=True) else given.get("placeholder") or ""
    shown = "".join(map(data_addresses.words, _addresses(given)))
    return shown or data_addresses.words_of(given.get("srcdoc") or "") or _instead(given)


def _composed(choice: Choice, node: LexborNode) -> str:
    """The source of a shadow tree with what the elements beside it say in its slots (DOM, 4.2.2.3)."""
    parent = node.parent
    beside = choice.within(parent, "[slot]") if parent is not None else []
    given = {each.attributes.get("slot"): html.escape(each.text(deep=True)) for each in beside[:_SLOTS]}
    source = (node.html or "").partition(">")[2]
    return _SLOT.sub(lambda match: given.get(match[1] or match[2] or match[3], ""), source)


def _addresses(given: dict[str, str | None]) -> Iterator[str]:
    """The files that stand in an element's attributes."""
    for name in _SOURCES:
        if value := given.get(name):
            yield from data_addresses.in_list(value)


def _instead(given: dict[str, str | None]) -> str:
    return given.get("alt") or given.get("label") or given.get("prompt") or ""
