"""HTML to text as a reader sees it: words that run over inline tags stay whole, blocks and table cells are apart."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from gateway.message import limits

_BLOCKS: Final = (
    "address article aside blockquote body br caption center col colgroup dd details dialog dir div dl dt fieldset"
    " figcaption figure footer form frame h1 h2 h3 h4 h5 h6 head header hr html iframe legend li main menu nav"
    " object ol optgroup option p pre section select summary table tbody td textarea tfoot th thead title tr ul"
)


def _alternatives(names: str) -> str:
    """The words as one expression, grouped by first letter so that a tag is compared with few of them."""
    words = names.split()
    initials = sorted({word[0] for word in words})
    groups = (f"{initial}(?:{'|'.join(w[1:] for w in words if w[0] == initial)})" for initial in initials)
    return "|".join(groups)


_BLOCK_TAG: Final = re.compile(rf"<(?=/?(?:{_alternatives(_BLOCKS)})(?![a-z0-9:-]))", re.I)
_TAG: Final = re.compile(r"<[/!?a-zA-Z][^<>]*>")
_NESTING_TAG: Final = re.compile(
    r"<(/?)(?!(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr|p|li|td|th|tr|option)\b)[a-z]",
    re.I,
)
_CONDITIONAL: Final = re.compile(r"<!--\[if[^\]<>]{0,200}\]>(?:<!-->)?|<!(?:--)?<?!?\[endif\](?:--)?>")
_META_CHARSET: Final = re.compile(
    rb"<meta[^<>]{0,200}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([a-z0-9_:.-]{1,40})", re.I
)
_LOOKS_LIKE: Final = re.compile(
    rb"\s*(?:<\?xml[^<>]{0,200}\?>\s*)?(?:<!doctype html|<html|<head|<body)\b", re.I
)
_UNSEEN: Final = ["script", "style"]
_ATTRIBUTES: Final = ("alt", "title", "aria-label", "placeholder", "summary", "value")
_SELECTOR: Final = ",".join(f"[{name}]" for name in _ATTRIBUTES)


@dataclass(frozen=True, slots=True)
class Rendered:
    """Text of an HTML document; `rough`: it nests too deep to be parsed, its tags were only cut out."""

    text: str
    rough: bool = False


def declared_charset(data: bytes) -> str:
    """The charset that a `meta` element near the top names, or the empty string."""
    match = _META_CHARSET.search(data)
    return match[1].decode("ascii") if match else ""


def looks_like_html(start: bytes) -> bool:
    """Whether a reader that goes by content would show this as HTML."""
    return _LOOKS_LIKE.match(start) is not None


def render(source: str) -> Rendered:
    """Visible text of `source`, then the texts of its attributes (alt, title and the like); linear in its length."""
    if "[if" in source:
        source = _CONDITIONAL.sub("", source)
    apart = _BLOCK_TAG.sub("\n<", source)
    if _work(apart) > limits.HTML_WORK:
        return Rendered(html.unescape(_TAG.sub("", apart)), rough=True)
    tree = LexborHTMLParser(apart.replace("\0", ""))
    given = [node.attributes for node in tree.css(_SELECTOR)]
    attributes = [value for present in given for name in _ATTRIBUTES if (value := present.get(name))]
    tree.strip_tags(_UNSEEN)
    root = tree.root
    text = root.text(deep=True, separator="") if root is not None else ""
    # The same text again would say nothing, and a node with two such attributes is found twice.
    return Rendered("\n".join([text, *dict.fromkeys(attributes)]))


def _work(source: str) -> int:
    """An upper bound of what the parser does: tags times the deepest they may nest."""
    tags = source.count("<")
    if tags * tags <= limits.HTML_WORK:
        return 0
    depth = deepest = 0
    for match in _NESTING_TAG.finditer(source):
        depth = max(0, depth - 1) if match[1] else depth + 1
        deepest = max(deepest, depth)
        if tags * deepest > limits.HTML_WORK:
            break
    return tags * deepest
