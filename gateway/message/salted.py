"""Words that elements interrupt: `4<i class=x>9</i>.7` reads 4.7 if nobody sees the element, by whatever style.

No list of the ways to hide something is ever complete.  But what is strewn into words has to stand in elements of its
own, and they have to look alike or nobody could make them: a line is read without each kind of element in it, and with
each kind alone.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Final

from gateway.message import limits

_INSIDE: Final = re.compile(r"<(?<=[0-9A-Za-z.,:;]<)[^<>]*>(?:<[^<>]*>)*(?=[0-9A-Za-z.,:&])")
"""Tags inside of a word; it begins with what is rare, because every page is looked through for it."""
_BETWEEN: Final = re.compile(r"<(?<=[^\s>]<)[^<>]*>(?:<[^<>]*>)*(?=[^\s<])")
"""Tags between two letters or signs of any kind."""
_LEFT_OUT: Final = re.compile(
    r"\n(?<=\S\n)<(?:(?<=[^\s>]\n<)/?(?:html|head|body|caption|col|colgroup|tr|t[dh]|tbody|thead|tfoot|form|frame|frameset)"
    r"|/(?!(?:p|br)\b)[a-z][a-z0-9]*)\b[^<>]*>(?:<[^<>]*>)*(?=[^\s<])",
    re.I,
)
_BESIDE: Final = 300
"""Characters of a page before and behind such a tag that are read with it."""
_BROKEN_TAG: Final = re.compile(r"<[^<>\n]*\n[^<>]*>")
_BROKEN_END: Final = re.compile(r"\n[^<>\n]*+>")
"""What every broken tag ends with, and next to no other line: to look from each line break on takes a fifth."""
_TAG: Final = re.compile(r"(<[^<>]*>)")
_NAME: Final = re.compile(r"/?([a-zA-Z][^\s/>]*)")
_SAID: Final = re.compile(r"([\w-]+)\s*[=:]")
_MOST_KINDS: Final = 8
"""Kinds of elements of one line that are told apart by all they say; where there are more, by their names only."""
_CHUNK: Final = 2_000
"""Characters of text that are read together, so that a page of one line is not read whole many times."""
_AGAIN: Final = 20
"""Pieces of text that the next chunk has again, if they are short."""
_CONDITION: Final = re.compile(r"<!--\[ ?if ([^\]<>]{0,200})\]>|<!(?:--)?[ ]?(?:<!)?\[endif\](?:--)?>", re.I)
_RAW: Final = re.compile(
    r"</?(?:title|textarea|style|script|xmp|template|iframe|noembed|noframes|select|svg|math|plaintext)\b|<!--",
    re.I,
)
_IN_WORD: Final = re.compile(
    r"[0-9A-Za-z](?:<!--\[ ?if|<!(?:--)?[ ]?(?:<!)?\[endif)|\[endif\](?:--)?>[0-9A-Za-z]", re.I
)

Piece = tuple[str, tuple[str, ...]]
"""Text, and the kinds of elements it stands in."""


def lines(source: str) -> Iterator[str]:
    """Lines of a page in which elements interrupt words, without each kind of these, and with each alone.

    `source` has a line break before the tag of each block.  Linear; nothing for a page without such words.
    """
    source = source[: limits.SALTED_CHARACTERS]
    if _INSIDE.search(source) is None:
        return
    if _BROKEN_END.search(source) is not None:
        source = _BROKEN_TAG.sub(lambda tag: tag[0].replace("\n", " "), source)
    for line in _interrupted(source):
        # An element of which nothing is said hides nothing, so what counts is where one with attributes opens or ends.
        if "=" in line and any("=" in tags or "</" in tags for tags in _BETWEEN.findall(line)):
            for chunk in _chunks(_pieces(line)):
                yield from _readings(chunk)


def _interrupted(source: str) -> Iterator[str]:
    """The lines in which there are tags inside of a word."""
    end = 0
    while (match := _INSIDE.search(source, end)) is not None:
        start = source.rfind("\n", end, match.start()) + 1 or end
        end = source.find("\n", match.end())
        end = len(source) if end < 0 else end
        yield source[start:end]


def unbroken(source: str) -> Iterator[str]:
    """The text around tags inside of words that parsers leave out where nothing is open for them: no line ends there.

    So are end tags without a start, and parts of tables where there is none (HTML, 13.2.6.4.7).  `source` as for
    `lines`; what stands around many such tags is read together, so it is linear.
    """
    start = end = 0
    for match in _LEFT_OUT.finditer(source):
        if match.start() - _BESIDE > end:
            yield _joined(source[start:end])
            start = max(end, match.start() - _BESIDE)
        end = match.end() + _BESIDE
    yield _joined(source[start:end])


def _joined(piece: str) -> str:
    return html.unescape(_TAG.sub("", _LEFT_OUT.sub("", piece)))


def is_more(source: str) -> bool:
    """Whether there are such words behind those that are looked at."""
    return (
        len(source) > limits.SALTED_CHARACTERS
        and _INSIDE.search(source, limits.SALTED_CHARACTERS) is not None
    )


def is_conditional(source: str) -> bool:
    """Whether what is for one program alone stands in the middle of a word."""
    return _IN_WORD.search(source) is not None


def as_others_read(source: str) -> str:
    """A page without its comments that have a condition, if these would swallow something; else nothing.

    To most programs they are comments (HTML, 13.2.5.43); where one has an element open whose text is no markup, or
    an attribute, a page that is read with what stands in them ends there.
    """
    kept, place, swallows = [], 0, False
    while (start := source.find("<!--[", place)) >= 0 and (end := source.find("-->", start)) >= 0:
        swallows = swallows or _is_open(source[start + 4 : end])
        kept.append(source[place:start])
        place = end + 3
    return "".join((*kept, source[place:])) if swallows else ""


def _is_open(inner: str) -> bool:
    opened = sum(-1 if match[0][1] == "/" else 1 for match in _RAW.finditer(inner))
    return opened > 0 or inner.count('"') % 2 == 1 or inner.count("'") % 2 == 1


def conditional(source: str) -> Iterator[str]:
    """A page as Outlook reads it, and as others do; `source` as for `lines`."""
    for outlook in (True, False):
        yield html.unescape(_TAG.sub("", "".join(_for_one(source, outlook=outlook))))


def _for_one(source: str, *, outlook: bool) -> Iterator[str]:
    """What stands outside of the conditions that only the other kind of program fulfils."""
    position, shown = 0, True
    for match in _CONDITION.finditer(source):
        if shown:
            yield source[position : match.start()]
        said = match[1]
        shown = said is None or said.lstrip(" (").startswith("!") is not outlook
        position = match.end()
    if shown:
        yield source[position:]


def _pieces(line: str) -> Iterator[Piece]:
    """The texts of a line with the tags of the elements that are open."""
    open_now: list[tuple[str, str]] = []
    for number, piece in enumerate(_TAG.split(line)):
        if number % 2 == 0:
            if piece:
                yield piece, tuple(kind for _, kind in open_now)
        elif name := _NAME.match(piece, 1):
            if piece[1] != "/":
                open_now = [*open_now[-_MOST_KINDS:], (name[1].lower(), piece)]
            else:
                open_now = _closed(open_now, name[1].lower())


def _closed(open_now: list[tuple[str, str]], name: str) -> list[tuple[str, str]]:
    for place in range(len(open_now) - 1, -1, -1):
        if open_now[place][0] == name:
            return open_now[:place] + open_now[place + 1 :]
    return open_now


def _chunks(pieces: Iterator[Piece]) -> Iterator[list[Piece]]:
    """Pieces together as long as they are short."""
    chunk: list[Piece] = []
    size = 0
    for piece in pieces:
        if chunk and size + len(piece[0]) > _CHUNK:
            yield chunk
            chunk = [last for last in chunk[-_AGAIN:] if len(last[0]) <= _AGAIN]
            size = sum(len(last[0]) for last in chunk)
        chunk.append(piece)
        size += len(piece[0])
    if chunk:
        yield chunk


def _readings(chunk: list[Piece]) -> Iterator[str]:
    """The text of a chunk without each kind of element that interrupts a word, and with each alone."""
    kinds = list(dict.fromkeys(_interrupting(chunk)))
    if len(kinds) > _MOST_KINDS:
        chunk = [(text, tuple(map(_shape, inside))) for text, inside in chunk]
        kinds = list(dict.fromkeys(map(_shape, kinds)))[:_MOST_KINDS]
    for kind in kinds:
        yield html.unescape("".join(text for text, inside in chunk if kind not in inside))
        yield html.unescape("".join(text for text, inside in chunk if kind in inside or not inside))


def _interrupting(chunk: list[Piece]) -> Iterator[str]:
    """The kinds of all elements that open or close inside of a word, and of which something more is said."""
    before, around = "", frozenset[str]()
    for text, inside in chunk:
        if before and not (before[-1].isspace() or text[0].isspace()) and around.symmetric_difference(inside):
            changed = (kind for kind in (*inside, *around) if kind not in around or kind not in inside)
            yield from (kind for kind in changed if "=" in kind)
        before, around = text, frozenset(inside)


def _shape(tag: str) -> str:
    """What a tag has: its name, its attributes and the properties of its style, without what they are."""
    name = _NAME.match(tag, 1)
    said = () if tag[:1] != "<" else _SAID.findall(tag)
    return f"{name[1].lower() if name else tag} {' '.join(said)}"
