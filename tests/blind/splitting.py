"""Cases about text that a page splits, escapes, writes by its style sheets or turns around: T03 to T08."""

# ruff: noqa: E501, PLW0108 (tables of one case a line)

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from tests.blind import Case
from tests.blind.carriers import HELLO, Load, entity, multipart, worded
from tests.blind.paged import Hide, page, paged

SPLIT: dict[str, Hide] = {
    "bold": lambda text: f"{text[:4]}<b>{text[4:]}</b>", "each-letter": lambda text: "".join(f"<span>{c}</span>" for c in text),
    "each-letter-font": lambda text: "".join(f'<font color="#00000{i % 10}">{c}</font>' for i, c in enumerate(text)),
    "each-letter-nested": lambda text: "<b>".join(text), "cells-words": lambda text: "<table><tr>" + "".join(f"<td>{w}</td>" for w in text.split()) + "</tr></table>",
    "cells-letters": lambda text: "<table cellspacing=0><tr>" + "".join(f"<td>{c}</td>" for c in text) + "</tr></table>",
    "rows-words": lambda text: "<table>" + "".join(f"<tr><td>{w}</td></tr>" for w in text.split()) + "</table>",
    "list-words": lambda text: "<ul>" + "".join(f"<li>{w}" for w in text.split()) + "</ul>",
    "list-letters-inline": lambda text: "<ul>" + "".join(f'<li style="display:inline">{c}</li>' for c in text) + "</ul>",
    "divs-inline": lambda text: "".join(f'<div style="display:inline">{c}</div>' for c in text),
    "divs-floating": lambda text: "".join(f'<div style="float:left">{c}</div>' for c in text),
    "divs-inline-block": lambda text: "".join(f'<div style="display:inline-block">{c}</div>' for c in text),
    "paragraphs-letters": lambda text: "".join(f'<p style="display:inline">{c}</p>' for c in text),
    "line-breaks": lambda text: text.replace(" ", "<br>"), "wbr": lambda text: "<wbr>".join(text), "soft-hyphens": lambda text: "&shy;".join(text),
    "comments": lambda text: "<!-- x -->".join(text), "comments-odd": lambda text: "<!-->".join(text), "comments-dashes": lambda text: "<!---->".join(text),
    "comments-bang": lambda text: "<!x>".join(text), "line-ends": lambda text: text.replace(" ", "\r\n"), "no-break": lambda text: text.replace(" ", "&nbsp;"),
    "ruby": lambda text: "<ruby>" + "".join(f"{c}<rt></rt>" for c in text) + "</ruby>", "links": lambda text: "".join(f'<a href="#">{c}</a>' for c in text),
    "unknown-elements": lambda text: "".join(f"<x-y>{c}</x-y>" for c in text), "closing-tags": lambda text: "</b>".join(text),
    "superscripts": lambda text: "".join(f"<sup>{c}</sup>" for c in text), "letters-in-options": lambda text: f"<select><option>{text}</option></select>",
    "flex": lambda text: '<div style="display:flex">' + "".join(f"<div>{c}</div>" for c in text) + "</div>",
    "table-of-divs": lambda text: '<div style="display:table-row">' + "".join(f'<div style="display:table-cell">{c}</div>' for c in text) + "</div>",
    "first-letter-big": lambda text: f"<big>{text[0]}</big><small>{text[1:]}</small>", "pre": lambda text: f"<pre>{text}</pre>",
}  # fmt: skip
ENTITIES: dict[str, Hide] = {
    "decimal": lambda text: "".join(f"&#{ord(c)};" for c in text), "hexadecimal": lambda text: "".join(f"&#x{ord(c):x};" for c in text),
    "hexadecimal-upper": lambda text: "".join(f"&#X{ord(c):X};" for c in text), "no-semicolon": lambda text: "".join(f"&#{ord(c)} " if c == " " else f"&#{ord(c)}" for c in text),
    "leading-zeros": lambda text: "".join(f"&#{ord(c):012d};" for c in text), "hexadecimal-zeros": lambda text: "".join(f"&#x{ord(c):020x};" for c in text),
    "names": lambda text: text.replace(":", "&colon;").replace(" ", "&NonBreakingSpace;"), "some": lambda text: text.replace("E", "&#69;").replace("L", "&#76;"),
    "twice": lambda text: "".join(f"&amp;#{ord(c)};" for c in text), "amp": lambda text: f"&amp; {text} &amp;", "spaces": lambda text: text.replace(" ", "&ensp;"),
    "thin-spaces": lambda text: text.replace(" ", "&thinsp;"), "tab": lambda text: text.replace(" ", "&Tab;"), "new-line": lambda text: text.replace(" ", "&NewLine;"),
    "bold-letters": lambda text: "".join(f"&{c}opf;" if "A" <= c <= "Z" else c for c in text), "script-letters": lambda text: "".join(f"&{c}scr;" if "A" <= c <= "Z" else c for c in text),
    "fraktur": lambda text: "".join(f"&{c}fr;" if "A" <= c <= "Z" else c for c in text), "windows": lambda text: f"&#150;{text}&#151;", "invalid": lambda text: f"&#0;&#x110000;&bogus;{text}",
    "attribute-twice": lambda text: f'<img alt="{"".join(f"&#{ord(c)};" for c in text)}">', "tags-twice": lambda text: f"&lt;b&gt;{text[:4]}&lt;/b&gt;{text[4:]}",
    "mixed": lambda text: "".join(f"&#{ord(c)};" if i % 2 else f"&#x{ord(c):X};" for i, c in enumerate(text)),
}  # fmt: skip
CONDITIONAL: dict[str, tuple[str, Hide]] = {
    **{
        f"mso-{number}": ("T05", partial(lambda start, text: f"<!--[{start}]>{text}<![endif]-->", start))
        for number, start in enumerate(("if mso", "if gte mso 9", "if mso 16", "if (mso 16)|(IE)", "if !vml", "IF MSO", "if IE", "if lt mso 12", " if mso "), 1)
    },
    "mso-split": ("T05", lambda text: f"<!--[if mso]>{text[:4]}<b>{text[4:]}</b><![endif]-->"), "mso-table": ("T05", lambda text: f"<!--[if mso]><table><tr><td>{text}</td></tr></table><![endif]-->"),
    "mso-in-word": ("T05", lambda text: f"{text[:4]}<!--[if mso]>{text[4:]}<![endif]-->"), "mso-comment-inside": ("T05", lambda text: f"<!--[if mso]><p>{text}</p><!-- x --><![endif]-->"),
    "mso-not-closed": ("T05", lambda text: f"<!--[if mso]>{text}-->"), "mso-xml": ("T05", lambda text: f"<!--[if gte mso 9]><xml><w:t>{text}</w:t></xml><![endif]-->"),
    "mso-vml": ("T05", lambda text: f'<!--[if mso]><v:textbox><center>{text}</center></v:textbox><![endif]-->'),
    "not-mso": ("T06", lambda text: f"<!--[if !mso]><!-->{text}<!--<![endif]-->"), "not-mso-spaces": ("T06", lambda text: f"<!--[if !mso]><!-- -->{text}<!-- <![endif]-->"),
    "not-mso-downlevel": ("T06", lambda text: f"<![if !mso]>{text}<![endif]>"), "not-mso-split": ("T06", lambda text: f"{text[:4]}<!--[if !mso]><!-->{text[4:]}<!--<![endif]-->"),
    "not-mso-dash": ("T06", lambda text: f"<!--[if !mso]>-->{text}<!--<![endif]-->"), "endif-salt": ("T06", lambda text: f"{text[:4]}<![endif]>{text[4:]}"),
    "comment": ("T05", lambda text: f"<!-- {text} -->"), "comment-split": ("T05", lambda text: f"<!-- {text[:4]}<b>{text[4:]}</b> -->"),
}  # fmt: skip
SHEETS: dict[str, Callable[[str], bytes]] = {
    "before": lambda text: page(f'<html><style>p::before{{content:"{text}"}}</style><p>x</p>'), "after": lambda text: page(f"<html><style>p:after{{content:'{text}'}}</style><p>x</p>"),
    "two-strings": lambda text: page(f'<html><style>p::before{{content:"{text[:4]}" "{text[4:]}"}}</style><p>'), "escapes": lambda text: page("<html><style>p::before{content:\"" + "".join(f"\\{ord(c):06x}" for c in text) + '"}</style><p>'),
    "escapes-short": lambda text: page("<html><style>p::before{content:\"" + "".join(f"\\{ord(c):x} " for c in text) + '"}</style><p>'),
    "before-and-after": lambda text: page(f'<html><style>p::before{{content:"{text[:4]}"}}p::after{{content:"{text[4:]}"}}</style><p></p>'),
    "attribute": lambda text: page(f'<html><style>p::before{{content:attr(data-x)}}</style><p data-x="{text}">'), "before-in-text": lambda text: page(f'<html><style>p::before{{content:"{text[:4]}"}}</style><p>{text[4:]}</p>'),
    "after-in-text": lambda text: page(f'<html><style>p::after{{content:"{text[4:]}"}}</style><p>{text[:4]}</p>'), "comment": lambda text: page(f"<html><style>/* {text} */</style><p>x"),
    "family": lambda text: page(f'<html><style>p{{font-family:"{text}"}}</style><p>x'), "variable": lambda text: page(f'<html><style>p{{--x:"{text}"}}p::before{{content:var(--x)}}</style><p>'),
    "address": lambda text: page(f'<html><style>p{{background:url("data:image/svg+xml,<svg><text>{text}</text></svg>")}}</style><p>'), "list-style": lambda text: page(f'<html><ul style="list-style-type:\'{text}\'"><li></ul>'),
    "counter": lambda text: page(f'<html><style>@counter-style x{{system:cyclic;symbols:"{text}"}}li{{list-style:x}}</style><ul><li></ul>'), "quotes": lambda text: page(f'<html><style>q{{quotes:"{text}" "x"}}</style><q>y</q>'),
    "import": lambda text: page(f'<html><style>@import url("data:text/css,p::before{{content:\'{text}\'}}");</style><p>'), "sheet-part": lambda text: page(f'p::before{{content:"{text}"}}', b"text/css"),
}  # fmt: skip


def _reversed(text: str) -> str:
    return text[::-1]


TURNED: dict[str, Hide] = {
    "bdo": lambda text: f"<bdo dir=rtl>{_reversed(text)}</bdo>", "bdo-quoted": lambda text: f'<bdo dir="rtl">{_reversed(text)}</bdo>', "override": lambda text: f"\u202e{_reversed(text)}\u202c",
    "override-entity": lambda text: f"&#8238;{_reversed(text)}&#8236;", "style": lambda text: f'<span style="direction:rtl;unicode-bidi:bidi-override">{_reversed(text)}</span>',
    "float": lambda text: "".join(f'<span style="float:right">{c}</span>' for c in _reversed(text)), "flex": lambda text: '<div style="display:flex;flex-direction:row-reverse">' + "".join(f"<span>{c}</span>" for c in _reversed(text)) + "</div>",
    "order": lambda text: '<div style="display:flex">' + "".join(f'<span style="order:{len(text) - i}">{c}</span>' for i, c in enumerate(_reversed(text))) + "</div>",
    "absolute": lambda text: "".join(f'<span style="position:absolute;left:{len(text) - i}em">{c}</span>' for i, c in enumerate(_reversed(text))),
    "isolate-override": lambda text: f'<span style="unicode-bidi:isolate-override;direction:rtl">{_reversed(text)}</span>', "transform": lambda text: f'<span style="transform:scaleX(-1)">{_reversed(text)}</span>',
    "vertical": lambda text: f'<div style="writing-mode:vertical-rl">{text}</div>', "words": lambda text: "<bdo dir=rtl>" + " ".join(_reversed(w) for w in reversed(text.split())) + "</bdo>",
    "sheet": lambda text: f"<style>b{{direction:rtl;unicode-bidi:bidi-override}}</style><b>{_reversed(text)}</b>", "table": lambda text: "<table dir=rtl><tr>" + "".join(f"<td>{w}</td>" for w in reversed(text.split())) + "</table>",
}  # fmt: skip


def split() -> Iterator[Case]:
    """T02 to T08: split, escaped, conditional, in style sheets, turned around."""
    yield from worded("T03", {name: paged(hide) for name, hide in SPLIT.items()})
    yield from worded("T04", {name: paged(hide) for name, hide in ENTITIES.items()})
    for name, (row, hide) in CONDITIONAL.items():
        yield from worded(row, {name: paged(hide)})
    yield from worded("T07", SHEETS)
    yield from worded("T08", {name: paged(hide) for name, hide in TURNED.items()}, doubtful=True)
    yield from worded("T08", {"plain-text": _overridden}, doubtful=True)


def _overridden(text: str) -> bytes:
    return multipart(
        HELLO, entity(Load(f"hello \u202e{_reversed(text)}\u202c".encode(), b"text/plain; charset=utf-8"))
    )
