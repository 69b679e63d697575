"""Other views of a page: what a reader sees of it though its text says something else, and what only its source says.

The text of a page is the text of its nodes in order.  A style can hide some of it, turn it around, put a table's cells
together to a word, or add strings; comments, templates and broken tags hold text that some programs show.  Each view
gives lines; only those that the text does not have already are worth keeping.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from gateway.message import data_addresses, drawn, generated, hidden, laid, replaced, salted, style
from gateway.message.selectors import Choice

_VALUES: Final = re.compile(
    r"=(?:(?<=(?i:style)=)[ ]?(\"[^\"]*\"|'[^']*'|[^\s>\"']+)"
    r"|(?<!(?i:class)=)[ ]?(\"[^\"<> %+]*+(?:%(?!20)[^\"<> %+]*+)*+(?:%20|[ +])[^\"<>]*+\"|'[^'<> ]*+ [^'<>]*+'))"
)
"""Values of `style`, and all others in which there is more than one word."""
_UNSHOWN: Final = frozenset(
    ["template", "iframe", "frame", "frameset", "noembed", "noframes", "noscript", "object", "embed", "script", "svg",
     "math", "xmp", "plaintext", "applet", "listing"]
)  # fmt: skip
"""Elements whose text some programs show, and the parser does not count as text, or not as text alone."""
_STYLED: Final = frozenset(
    ["style", "bdo", "datalist", "font", "noembed", "dialog", "details", "select", "textarea", "svg", "object", "audio",
     "video", "canvas", "iframe", "noscript", "rp", "rt", "del", "noframes", "progress", "meter",
     "template", "annotation", "annotation-xml"]
)  # fmt: skip
_STYLED_BY_ATTRIBUTE: Final = ("hidden", "rtl", "popover")
_FIELDED: Final = frozenset(
    ["input", "textarea", "option", "optgroup", "isindex", "image", "source", "tfoot", "caption"]
)
_FOSTERED: Final = re.compile(
    r"<[tT](?:[aA][bB][lL][eE]|[bB][oO][dD][yY]|[hH][eE][aA][dD]|[fF][oO][oO][tT]|[rR])\b[^<>]*+>[ \t\r\n]*+[^<\s]"
)
_ENTITY: Final = re.compile(r"&(?:#|[a-zA-Z]{2,8};)")
_TAG: Final = re.compile(r"<[/!?a-zA-Z][^<>]*>")
_APART: Final = re.compile(r"</?(?:script|style|template|iframe|textarea|title|xmp|noscript)[^<>]*>?", re.I)
_OPEN: Final = re.compile(r"<([/a-zA-Z!?][^<>]*)(?=<|\Z)")
_ANY_TAG: Final = re.compile(r"</?[a-zA-Z!?\[][^<>]*>?|\]\]>|<!?-->?")
_LONGEST_PIECES: Final = (3, 6, 9)
"""Characters of a letter in a cell of its own, with what is around it, and of a piece of a word."""
_FEWEST_PIECES: Final = 4
_SHORT_LINES: Final = {
    longest: re.compile(rb"[\x01-\x%02x]{%d}" % (longest, _FEWEST_PIECES)) for longest in _LONGEST_PIECES
}
"""As many lines in a row of so few characters, in the sizes of all lines."""
_LONGEST_BYTE: Final = 255
_NEAR, _AROUND = 6, 120
"""Lines among which the next one with words is looked for, and how much of it is taken."""
_UNESCAPED: Final = 3
"""Times that something may have been escaped before a person reads it as it is."""
_PERCENT: Final = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_NO_WORDS: Final = ("text/html", "width=", "IE=")


@dataclass(frozen=True, slots=True)
class Page:
    """A page: source, its elements, the text of its nodes, its style sheets, and which odd elements there are.

    `commented`: there may be comments in its source, or what else is no element.
    `unshown`: there are some whose text may not be among the text of nodes; `styled`: some that may be hidden;
    `fostered`: there is text between the rows of a table; `fielded`: elements that may show something besides pictures.
    `files` are addresses that hold files in styles, taken down while its other lines are read.
    """

    source: str
    choice: Choice
    text: str
    sheets: tuple[str, ...] = ()
    commented: bool = field(default=True, kw_only=True)
    unshown: bool = False
    styled: bool = False
    fostered: bool = False
    fielded: bool = False
    files: list[str] = field(default_factory=list)


def oddities(source: str, names: frozenset[str]) -> tuple[bool, bool, bool, bool]:
    """Whether a page with elements of these names has such as the last four of a Page speak of."""
    return (
        not names.isdisjoint(_UNSHOWN),
        not names.isdisjoint(_STYLED) or _is_styled_besides(source.lower(), names),
        "table" in names and _FOSTERED.search(source) is not None,
        not names.isdisjoint(_FIELDED),
    )


def _is_styled_besides(source: str, names: frozenset[str]) -> bool:
    late_title = "title" in names and ("head" not in names or source.count("<title") > 1)
    return late_title or any(word in source for word in _STYLED_BY_ATTRIBUTE)


def other_lines(page: Page) -> list[str]:
    """Lines of all other views that the page's text has not, each once.  The tree gets marks.

    What runs over lines is one sentence to a reader, whichever of its lines are known: so beside a line that is not
    stands the end of the one before, and the start of the one behind.
    """
    known: set[str] = set()
    found: list[str] = []
    for text in _all(page):
        known = known or set(page.text.split("\n"))
        lines = text.split("\n")
        fresh = [at for at, line in enumerate(lines) if line not in known and line and not line.isspace()]
        known.update([lines[at] for at in fresh])
        found += _with_neighbours(lines, fresh) if len(lines) > 1 else lines * len(fresh)
    return list(dict.fromkeys(found))


def _with_neighbours(lines: list[str], fresh: list[int]) -> Iterator[str]:
    """Lines at these places, in their order, with the nearest words around each run of them."""
    last = -1
    for at, following in zip(fresh, (*fresh[1:], len(lines)), strict=False):
        before = " ".join("\n".join(lines[max(last + 1, at - _NEAR) : at]).split())
        after = " ".join("\n".join(lines[at + 1 : min(following, at + _NEAR)]).split())
        yield " ".join(filter(None, (before[-_AROUND:], lines[at], after[:_AROUND])))
        last = at


def exceeds(page: Page) -> bool:
    """Whether there was more on a page than was looked at for its other lines."""
    return page.choice.exceeded or style.are_many(page.sheets) or salted.is_more(page.source)


def _all(page: Page) -> Iterator[str]:
    source = page.source
    values = _VALUES.findall(source)
    styles = {_unquoted(each) for each in {each for each, _ in values if each}}
    said = style.plain(html.unescape("\n".join((*styles, *page.sheets))))
    if "data:" in said.lower():
        page.files.extend(data_addresses.in_style(said))
    yield from _attributes({value[1:-1] for _, value in values if value})
    yield from _in_text(page.text)
    if page.commented:
        yield from _comments(source)
    yield from salted.lines(source)
    yield from salted.unbroken(source)
    if page.unshown or page.choice.tags != source.count(">") or source.count('"') % 2:
        yield from _bare(source)
    if page.fostered:
        yield from _bare(source.replace("\n<t", "<t").replace("\n<T", "<T"))
    turned = drawn.is_turned(page.text, styles, page.sheets) or (
        page.styled and drawn.has_turning(page.choice)
    )
    if turned:
        yield from drawn.turned(page.text)
    columned = "<tr" in source and source.count("<td") > source.count("<tr")
    if columned:
        yield from laid.columns(source)
    yield from _as_drawn(page, styles, said, turned=turned, columned=columned)


def _as_drawn(page: Page, styles: set[str], said: str, *, turned: bool, columned: bool) -> Iterator[str]:
    """What the page's tree says as it is drawn; each reading sees what the last ones put into the tree."""
    if page.styled or any(style.hiding(html.unescape(each)) for each in styles):
        for text in hidden.readings(page.choice, page.sheets, styles):
            yield text
            yield from _small_pieces(text)
    yield from generated.loose_lines(page.choice, page.sheets, styles)
    written = generated.put(page.choice, page.sheets, styles)
    if turned:
        yield from drawn.in_place(page.choice, page.sheets, strictly=True)
    thorough = page.unshown or page.fielded
    written = replaced.put(page.choice, thorough=thorough) or written
    if columned and (thorough or page.styled):
        for source in hidden.sources(page.choice):
            yield from laid.columns(source)
    said += ";direction:rtl" if turned else ""
    layout = laid.Layout(page.choice, page.sheets, said, drawn=page.unshown, headed=page.fielded)
    yield from layout.lines()
    arranged = list(layout.arrange())
    yield from arranged
    for text in hidden.seen(page.choice) if written or arranged else ():
        yield text
        yield from _small_pieces(text)
        if turned:
            yield drawn.overridden(text)
    if turned:
        yield from drawn.in_place(page.choice, page.sheets)


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


def _small_pieces(text: str) -> Iterator[str]:
    """Letters, or pieces of words, that stand in a cell each, put together."""
    # A line that is one blank is a piece as well, and an empty one does not part pieces; most lines are empty.
    lines = list(filter(None, text.split("\n")))
    lengths = list(map(len, map(str.strip, lines)))
    if 0 in lengths:
        both = zip(lines, lengths, strict=True)
        lengths = [length or 1 for line, length in both if length or len(line) == 1]
    sizes = bytes([length if length < _LONGEST_BYTE else _LONGEST_BYTE for length in lengths])
    for longest, short in _SHORT_LINES.items():
        if short.search(sizes):
            yield from joined(lines, longest)


def _in_text(text: str) -> Iterator[str]:
    """Pieces of words put together; entities and tags that were escaped twice."""
    yield from _small_pieces(text)
    decoded = text
    for _ in range(_UNESCAPED if _ENTITY.search(text) else 0):
        decoded, last = html.unescape(decoded), decoded
        if decoded == last:
            break
        yield decoded
    if "</" in decoded:
        yield _TAG.sub("", decoded)


def joined(lines: list[str], longest: int) -> Iterator[str]:
    """Runs of lines of at most so many characters, each as one line.

    An indent counts for nothing, a line that is one blank for a space.
    """
    run: list[str] = []
    for line in (*lines, "end of the page"):
        bare = line.strip()
        if len(bare) > longest:
            yield from _together(run)
            run.clear()
        elif bare:
            run.append(line.strip("\r\t") if len(line) - len(bare) <= 1 else bare)
        elif run and line[:1] in ("\xa0", " ") and len(line) == 1:
            run.append(" ")


def _together(run: list[str]) -> Iterator[str]:
    whole = "".join(run)
    if len(run) >= _FEWEST_PIECES and 2 * sum(map(str.isalpha, whole)) >= len(whole) - whole.count(" "):
        yield whole


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
