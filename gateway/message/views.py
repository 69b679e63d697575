"""Other views of a page: what a reader sees of it though its text says something else, and what only its source says.

The text of a page is the text of its nodes in order.  A style can hide some of it, turn it around, put a table's cells
together to a word, or add strings; comments, templates and broken tags hold text that some programs show.  Each view
gives lines; only those that the text does not have already are worth keeping.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from gateway.message import limits, style

_VALUES: Final = re.compile(
    r"=(?:(?<=(?i:style)=)[ ]?(\"[^\"]*\"|'[^']*'|[^\s>\"']+)"
    r"|(?<!(?i:class)=)[ ]?(\"[^\"<>]* [^\"<>]*\"|'[^'<>]* [^'<>]*'|\"[^\"<>]*(?:%20|\+)[^\"<>]*\"))"
)
"""Values of `style`, and all others in which there is more than one word."""
_NAME: Final = re.compile(r"<([a-zA-Z]+)")
_UNSHOWN: Final = frozenset(
    (
        *(
            "template",
            "iframe",
            "frame",
            "frameset",
            "noembed",
            "noframes",
            "noscript",
            "object",
            "embed",
            "script",
        ),
        *("svg", "math", "xmp", "plaintext", "applet", "listing"),
    )
)
"""Elements whose text some programs show, and the parser does not count as text, or not as text alone."""
_STYLED: Final = frozenset(["style", "bdo", "datalist", "font", "noembed"])
_FOSTERED: Final = re.compile(r"<t(?:able|body|head|foot|r)\b[^<>]*>[ \t\r\n]*[^<\s]", re.I)
_HIDDEN: Final = (
    "[hidden],noembed,datalist,font[size='0'],font[color=white i],font[color='#ffffff' i],font[color='#fff']"
)
_TURNED: Final = re.compile(
    r"bidi|row-reverse|float\s*:\s*right|scalex\s*\(|(?:^|[;\s{])order\s*:|direction\s*:\s*rtl|position\s*:\s*absolute",
    re.I,
)
_TURNING_WORDS: Final = (
    "bidi",
    "float",
    "reverse",
    "scalex",
    "rtl",
    "absolute",
    ";order",
    " order",
    "{order",
    "\norder",
)
_TURNING: Final = "bdo,[dir=rtl i]"
_OVERRIDE: Final = "\u202e"
_LETTERS: Final = re.compile(r"\n\S\s{1,4}\S\s{1,4}\S\s{1,4}\S\s")
"""Single letters in cells of their own."""
_ENTITY: Final = re.compile(r"&(?:#|[a-zA-Z]{2,8};)")
_TAG: Final = re.compile(r"<[/!?a-zA-Z][^<>]*>")
_APART: Final = re.compile(r"</?(?:script|style|template|iframe|textarea|title|xmp|noscript)[^<>]*>?", re.I)
_OPEN: Final = re.compile(r"<([/a-zA-Z!?][^<>]*)(?=<|\Z)")
_ANY_TAG: Final = re.compile(r"</?[a-zA-Z!?\[][^<>]*>?|\]\]>|<!?-->?")
_FROM, _TO = "\U0010fff0", "\U0010fff1"
"""Marks around what is hidden: characters that stand for nothing."""
_MARKS: Final = re.compile(f"({_FROM}|{_TO})")
_LONGEST_LETTER: Final = 3
_FEWEST_LETTERS: Final = 4
_PERCENT: Final = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_NO_WORDS: Final = ("text/html", "width=", "IE=")


@dataclass(frozen=True, slots=True)
class Page:
    """A page: source, tree, the text of its nodes, its style sheets, and which odd elements there are.

    `unshown`: there are some whose text may not be among the text of nodes; `styled`: some that may be hidden;
    `fostered`: there is text between the rows of a table.
    """

    source: str
    tree: LexborHTMLParser
    text: str
    sheets: tuple[str, ...] = ()
    unshown: bool = False
    styled: bool = False
    fostered: bool = False


def oddities(source: str) -> tuple[bool, bool, bool]:
    """Whether a page has elements that `unshown`, `styled` and `fostered` of a Page speak of."""
    names = {name.lower() for name in set(_NAME.findall(source))}
    return (
        not names.isdisjoint(_UNSHOWN),
        not names.isdisjoint(_STYLED) or "hidden" in source or "rtl" in source,
        "table" in names and _FOSTERED.search(source) is not None,
    )


def other_lines(page: Page) -> list[str]:
    """Lines of all other views that the page's text has not.  The tree gets marks."""
    found: dict[str, None] = {}
    for text in _all(page):
        found.update(dict.fromkeys(text.split("\n")))
    known = set(page.text.split("\n")) if found else frozenset()
    return [line for line in found if line not in known and not line.isspace()]


def _all(page: Page) -> Iterator[str]:
    source = page.source
    values = _VALUES.findall(source)
    styles = {_unquoted(each) for each, _ in values if each}
    yield from _attributes({value[1:-1] for _, value in values if value})
    yield from _in_text(page.text)
    if "<!" in source or "<?" in source:
        yield from _comments(source)
    if _is_turned(page, styles):
        yield from _turned(page.text)
    if page.unshown or source.count("<") != source.count(">") or source.count('"') % 2:
        yield from _bare(source)
    if page.fostered:
        yield from _bare(source.replace("\n<t", "<t").replace("\n<T", "<T"))
    yield from _written(page.tree, page.sheets, styles)
    hiding = any(style.hides(html.unescape(each)) for each in styles)
    if page.styled or hiding:
        yield from _visible(page.tree, page.sheets, inline=hiding)


def _unquoted(value: str) -> str:
    return value[1:-1] if value[0] in "\"'" else value


def _attributes(values: set[str]) -> Iterator[str]:
    """Values of attributes in which there are words, addresses read as text."""
    for value in values:
        shown = html.unescape(value)
        if not shown.startswith(_NO_WORDS):
            yield shown
        if "%" in shown or "+" in shown:
            yield percent_decoded(shown.replace("+", " "))


def percent_decoded(text: str) -> str:
    """Text whose percent escapes are read as UTF-8."""
    return _PERCENT.sub(
        lambda match: bytes.fromhex(match[0].replace("%", "")).decode("utf-8", "replace"), text
    )


def _in_text(text: str) -> Iterator[str]:
    """Letters that stand in a cell each, put together; entities and tags that were escaped twice."""
    if _LETTERS.search(text):
        yield from _joined_letters(text.split("\n"))
    if _ENTITY.search(text) and (decoded := html.unescape(text)) != text:
        yield decoded
    if "</" in text:
        yield _TAG.sub("", text)


def _joined_letters(lines: list[str]) -> Iterator[str]:
    """Runs of lines of a letter or two, each as one line; a line of nothing but a space is the space between words."""
    run: list[str] = []
    for line in (*lines, "end of the page"):
        if len(line) <= _LONGEST_LETTER:
            bare = line.strip("\r")
            run.append(bare.strip() or bare[:1])
        elif run:
            joined = "".join(run)
            if sum(map(str.isalpha, joined)) >= _FEWEST_LETTERS:
                yield joined
            run.clear()


def _is_turned(page: Page, styles: set[str]) -> bool:
    """Whether some of the page may be shown from right to left, or in another order."""
    if _OVERRIDE in page.text:
        return True
    written = "\n".join((*styles, *page.sheets)).lower()
    if any(word in written for word in _TURNING_WORDS) and _TURNED.search(written):
        return True
    return page.styled and page.tree.css_first(_TURNING) is not None


def _comments(source: str) -> Iterator[str]:
    """The text of comments, and of what is neither comment nor tag, to the end where one is not closed."""
    for opening, closing in (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", ">")):
        position = source.find(opening)
        while position >= 0:
            end = source.find(closing, position + len(opening))
            end = len(source) if end < 0 else end
            inner = source[position + len(opening) : end]
            if "{" not in inner:
                yield html.unescape(_TAG.sub("", inner.replace("--!>", "\n")))
            position = source.find(opening, end)


def _turned(text: str) -> Iterator[str]:
    """The text as it reads from right to left: letter by letter, and word by word from below."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    yield from (line[::-1] for line in lines)
    if len(lines) <= limits.TURNED_LINES:
        yield " ".join(reversed(lines))
        yield "".join(lines)[::-1]


def _bare(source: str) -> Iterator[str]:
    """What is left of the source without its tags, whatever element it stands in; and what stands in open tags."""
    plain = _APART.sub("\n", _without_sheets(source))
    yield html.unescape(_ANY_TAG.sub("", plain).replace("<", ""))
    yield from (html.unescape(match[1]).strip() for match in _OPEN.finditer(plain) if " " in match[1])


def _without_sheets(source: str) -> str:
    """The source without its closed `style` elements."""
    lower, kept, position = source.lower(), [], 0
    while (start := lower.find("<style", position)) >= 0 and (end := lower.find("</style", start)) >= 0:
        kept.append(source[position:start])
        position = end
    return "".join((*kept, source[position:]))


def _written(tree: LexborHTMLParser, sheets: tuple[str, ...], styles: set[str]) -> Iterator[str]:
    """What style sheets write before or behind the text of elements, and what else they say."""
    yield from (style.strings(html.unescape(each)) for each in styles if "'" in each or "&" in each)
    for sheet in sheets:
        yield from style.loose(sheet)
        before: dict[str, dict[str, str]] = {}
        for selector, declarations in style.rules(sheet):
            written, shown = style.strings(declarations), style.shown_attribute(declarations)
            place = style.generated(selector)
            yield written
            if shown is not None:
                yield from (node.attributes.get(shown) or "" for node in _chosen(tree, f"[{shown}]"))
            elif place is not None and written:
                before.setdefault(place[0], {})[place[1]] = written
        for selector, around in before.items():
            for node in _chosen(tree, selector):
                yield f"{around.get('before', '')}{node.text(deep=True).strip()}{around.get('after', '')}"


def _visible(tree: LexborHTMLParser, sheets: tuple[str, ...], *, inline: bool) -> Iterator[str]:
    """The text without all that is hidden; the tree gets marks around it.  `inline`: attributes hide some of it."""
    hiding = [selector for sheet in sheets for selector, each in style.rules(sheet) if style.hides(each)]
    hidden = list(_chosen(tree, _HIDDEN))
    hidden += (node for selector in hiding for node in _chosen(tree, selector))
    if inline:
        hidden += (node for node in tree.css("[style]") if style.hides(node.attributes.get("style") or ""))
    if not hidden or len(hidden) > limits.HIDDEN_NODES:
        return
    for node in hidden:
        if node.tag not in ("html", "body", "head"):
            node.insert_before(_FROM)
            node.insert_after(_TO)
    root = tree.root
    yield _outside(root.text(deep=True, separator="") if root is not None else "")


def _outside(text: str) -> str:
    """What stands outside of all that the two marks enclose."""
    depth, kept = 0, []
    for piece in _MARKS.split(text):
        if piece == _FROM:
            depth += 1
        elif piece == _TO:
            depth = max(0, depth - 1)
        elif depth == 0:
            kept.append(piece)
    return "".join(kept)


def _chosen(tree: LexborHTMLParser, selector: str) -> Iterator[LexborNode]:
    try:
        yield from tree.css(selector)[: limits.HIDDEN_NODES]
    except Exception:  # A selector that the parser does not know hides nothing that it could find.
        return
