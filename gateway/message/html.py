"""HTML to text as a reader sees it: words that run over inline tags stay whole, blocks and table cells are apart."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from gateway.message import charsets, data_addresses, limits, salted, selectors, views

_BLOCKS: Final = (
    "address article aside blockquote body br caption center col colgroup dd details dialog dir div dl dt fieldset"
    " figcaption figure footer form frame h1 h2 h3 h4 h5 h6 head header hr html legend li main menu nav"
    " ol optgroup option p pre section select summary table tbody td textarea tfoot th thead title tr ul"
)


def _alternatives(names: str) -> str:
    """The words in small and large letters as one expression, grouped by first letter: a tag is compared with few.

    Tables, paragraphs and `div` come first, as pages are made of them.
    """
    words = names.split()
    groups = (
        f"{_either_case(initial)}(?:{'|'.join(_either_case(w[1:]) for w in words if w[0] == initial)})"
        for initial in sorted({word[0] for word in words}, key=lambda letter: (letter not in "tpd", letter))
    )
    return "|".join(groups)


def _either_case(word: str) -> str:
    """An expression that is much faster than one for which the case of all letters is ignored."""
    return "".join(f"[{letter}{letter.upper()}]" if letter.isalpha() else letter for letter in word)


_BLOCK_TAG: Final = re.compile(rf"<(?=/?(?:{_alternatives(_BLOCKS)})(?![a-zA-Z0-9:-]))")
_TAG: Final = re.compile(r"<[/!?a-zA-Z][^<>]*>")
_NESTING_TAG: Final = re.compile(
    r"<(/?)(?!(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr|p|li|td|th|tr|option)\b)[a-z]",
    re.I,
)
_CONDITIONAL: Final = re.compile(
    r"<!--\[ ?if[^\]<>]{0,200}\]>(?:(?:<!)?--[ >]*)?|<!\[ ?if[^\]<>]{0,200}\]>|<!(?:--)?[ ]?(?:<!)?\[endif\](?:--)?>",
    re.I,
)
_SIGN: Final = re.compile(r"<[!?](?:--\[?|\[)?")
_CONDITIONS: Final = ("<![", "<!--[")
_CHARSET_WORDS: Final = (b"charset", b"encoding")
_META_CHARSET: Final = re.compile(
    rb"<meta[^<>]{0,200}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([a-z0-9_:.-]{1,40})", re.I
)
_META: Final = b"<meta"
_META_REACH: Final = 205
"""Bytes before the word in which such an element begins."""
_SAID_CHARSET: Final = re.compile(
    rb"(?:charset|encoding)\s{0,9}=\s{0,9}[\"']?\s{0,9}([a-z0-9_:.&#;-]{1,40})", re.I
)
_CHARSETS: Final = 8
"""Charsets that one page may name; a page has one, a thread of quoted pages some."""
_LOOKS_LIKE: Final = re.compile(
    rb"\s*(?:<\?xml[^<>]{0,200}\?>\s*)?<(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body"
    rb"|br|p|!--)(?![a-z0-9])",
    re.I,
)
"""What browsers take for a page (WHATWG MIME Sniffing section 7.1)."""
_UNSEEN: Final = ["script", "style"]
_ATTRIBUTES: Final = ("alt", "title", "aria-label", "placeholder", "summary", "value")
_LETTER: Final = 3
"""Characters of a value that may be one of many that make a word."""
_SELECTOR: Final = ",".join(f"[{name}]" for name in _ATTRIBUTES)
_LEADING: Final = (
    "href", "src", "action", "formaction", "originalsrc", "data-saferedirecturl", "background", "cite", "data",
    "longdesc", "poster", "srcset", "xlink:href", "content",
)  # fmt: skip
_LEAD: Final = frozenset(_LEADING)
_LINKS: Final = ",".join(
    f"[{name.replace(':', chr(92) + ':')}]" if name != "content" else "meta[content]" for name in _LEADING
)
_PROGRAM: Final = 'script:not([type*="json" i]):not([type*="xml" i])'
_NOWHERE: Final = ("#", "cid:", "data:", "tel:")
_ADDRESS: Final = re.compile(r"[/\\]|%2f|www\.", re.I)
_HOST: Final = re.compile(r"[a-z]+://[^/?#]+", re.I)
_COMPLETE: Final = re.compile(r"[a-z][a-z0-9+.-]*:|[#?]|\\\\|$", re.I)
_LOOSE: Final = re.compile(r"https?://[^\s\"'<>]{1,8192}", re.I)


@dataclass(frozen=True, slots=True)
class Rendered:
    """Text of an HTML document; `rough`: it nests too deep, or has too many tags, to be parsed; they were only cut out.

    `links` are the addresses in its attributes: where it leads and what it shows from elsewhere.  `inside` are pages
    and files that stand in attributes themselves.  `script`: there is a program in it that may make more of it.
    `more`: it has more styles, or more elements, than were looked at.
    """

    text: str
    rough: bool = False
    links: tuple[str, ...] = ()
    inside: tuple[bytes, ...] = ()
    script: bool = False
    more: bool = False


def declared_charsets(data: bytes) -> tuple[str, ...]:
    """The charsets that a page's `meta` elements name, and all it names anywhere in which letters are other bytes.

    Each once; UTF-8 for one that the name of a charset could not stand in.
    """
    if b"charset" not in data and b"CHARSET" not in data and b"Charset" not in data and data[:5] != b"<?xml":
        return ()
    lower = data.lower()
    words = [list(_places(lower, word)) for word in _CHARSET_WORDS]
    named = list(_in_elements(data, lower, words[0]))
    places = sorted(chain(*words))
    said = (match[1] for place in places if (match := _SAID_CHARSET.match(data, place)) is not None)
    loose = (html.unescape(label.decode("ascii")) for label in said)
    named += (label for label in loose if charsets.is_another(label))
    found = dict.fromkeys(
        "utf-8" if label.lower().startswith(("utf-16", "utf-32", "ucs")) else label for label in named
    )
    return tuple(found)[:_CHARSETS]


def _in_elements(data: bytes, lower: bytes, places: list[int]) -> Iterator[str]:
    """The charsets that `meta` elements name; these are looked for backwards from where the word stands."""
    starts = (lower.rfind(b"<", max(0, place - _META_REACH), place) for place in places)
    for start in dict.fromkeys(starts):
        if start >= 0 and lower.startswith(_META, start) and (match := _META_CHARSET.match(data, start)):
            yield match[1].decode("ascii")


def _places(data: bytes, word: bytes) -> Iterator[int]:
    place = data.find(word)
    while place >= 0:
        yield place
        place = data.find(word, place + 1)


def looks_like_html(start: bytes) -> bool:
    """Whether a reader that goes by content would show this as HTML."""
    return _LOOKS_LIKE.match(start) is not None


def render(source: str) -> Rendered:
    """Visible text of `source`, then the texts of its attributes (alt, title and the like); linear in its length."""
    found = _render(source)
    other = salted.as_others_read(source) if "<!--[" in source else ""
    if not other:
        return found
    beside = _render(other)
    return Rendered(
        f"{found.text}\n{beside.text}",
        found.rough or beside.rough,
        (*found.links, *beside.links),
        (*found.inside, *beside.inside),
        found.script or beside.script,
        found.more or beside.more,
    )


def _render(source: str) -> Rendered:
    """The same, with what is for one program alone as text among the rest."""
    tags = source.count("<")
    if tags > limits.HTML_TAGS:
        return _rough(source)
    parted: tuple[str, ...] = ()
    signs = frozenset(_SIGN.findall(source))
    if not signs.isdisjoint(_CONDITIONS):
        if salted.is_conditional(source):
            parted = tuple(salted.conditional(_BLOCK_TAG.sub("\n<", source)))
        source = _CONDITIONAL.sub("", source)
        tags = source.count("<")
    apart = _BLOCK_TAG.sub("\n<", source)
    if _work(apart, tags) > limits.HTML_WORK:
        return _rough(apart)
    tree = LexborHTMLParser(apart.replace("\0", ""))
    given = [node.attributes for node in tree.css(_SELECTOR)]
    attributes = [value for present in given for name in _ATTRIBUTES if (value := present.get(name))]
    addresses = _addresses(tree)
    links = _links(tree, addresses)
    names = selectors.names(source)
    odd = views.oddities(source, names)
    unshown, styled = odd[:2]
    held = [each for each in addresses if data_addresses.holds(each)]
    sheets = (*_sheets(tree), *map(data_addresses.style, held)) if styled or held else ()
    inside = [*_inside(tree)] if unshown else []
    inside += [data_addresses.content(each) for value in held for each in data_addresses.in_list(value)]
    script = unshown and any(node.text(deep=True).strip() for node in tree.css(_PROGRAM))
    tree.strip_tags(_UNSEEN)
    root = tree.root
    text = root.text(deep=True, separator="") if root is not None else ""
    # The same text again would say nothing, and a node with two such attributes is found twice; letters make words.
    letters = [value for value in attributes if len(value) <= _LETTER]
    said = "\n".join([text, *dict.fromkeys(attributes), *(letters if len(letters) > _LETTER else ())])
    # A parser leaves zeros out: there may be elements of other names than the source says.
    choice = selectors.Choice(tree, tags, names if "\0" not in apart else frozenset())
    page = views.Page(
        apart,
        choice,
        said,
        sheets,
        *odd[:3],
        fielded=odd[3] or bool(held),
        commented=not signs <= {"<!"},
    )
    lines = "\n".join([said, *parted, *views.other_lines(page)])
    inside += map(data_addresses.content, page.files)
    return Rendered(lines, links=links, inside=tuple(inside), script=script, more=views.exceeds(page))


def _rough(source: str) -> Rendered:
    """What stands between the tags of a page that no parser should be given."""
    loose = dict.fromkeys(html.unescape(found) for found in _LOOSE.findall(source))
    return Rendered(html.unescape(_TAG.sub("", source)), rough=True, links=tuple(loose))


def _inside(tree: LexborHTMLParser) -> Iterator[bytes]:
    """Pages that stand whole in an attribute."""
    for node in tree.css("[srcdoc]"):
        yield f"<html>{node.attributes['srcdoc'] or ''}".encode("utf-8", "replace")


def _sheets(tree: LexborHTMLParser) -> Iterator[str]:
    """The style sheets of a page, and those that they hold themselves."""
    for node in tree.css("style"):
        sheet = node.text(deep=True)
        yield sheet
        if "@import" in sheet:
            yield from map(data_addresses.style, data_addresses.in_style(sheet))


def _addresses(tree: LexborHTMLParser) -> list[str]:
    """All that attributes lead to or hold, each once."""
    given = [item for node in tree.css(_LINKS) for item in node.attributes.items()]
    return [*dict.fromkeys([value for name, value in given if name in _LEAD and value])]


def _links(tree: LexborHTMLParser, addresses: list[str]) -> tuple[str, ...]:
    """Where addresses lead; relative ones only where the page says what they are relative to."""
    first = tree.css_first("base[href]")
    base = (first.attributes["href"] or "").strip() if first is not None else ""
    every = [
        value if _is_whole(value) else _absolute(base, data_addresses.typed(value)) for value in addresses
    ]
    return tuple([each for each in every if _is_address(each) and not each.startswith(_NOWHERE)])


def _is_whole(value: str) -> bool:
    """Whether it is an address as most are: nothing has to be done to it."""
    return value.startswith(("https://", "http://")) and value.isprintable()


def _is_address(value: str) -> bool:
    return "/" in value or _ADDRESS.search(value) is not None


def _absolute(base: str, address: str) -> str:
    """The address as a browser would ask for it; as it is where it says all itself."""
    if address[:2] == "//":
        return f"http:{address}"
    host = _HOST.match(base) if base else None
    if host is None or _COMPLETE.match(address) is not None:
        return address
    if address.startswith("/"):
        return host[0] + address
    return f"{base.rpartition('/')[0] if len(base) > len(host[0]) else base}/{address}"


def _work(source: str, tags: int) -> int:
    """An upper bound of what the parser does: tags times the deepest they may nest."""
    if tags * tags <= limits.HTML_WORK:
        return 0
    depth = deepest = 0
    for match in _NESTING_TAG.finditer(source):
        depth = max(0, depth - 1) if match[1] else depth + 1
        deepest = max(deepest, depth)
        if tags * deepest > limits.HTML_WORK:
            break
    return tags * deepest
