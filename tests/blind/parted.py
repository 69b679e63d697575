"""Cases about wording whose letters or words stand apart, in another order or in another form: T03 to T08, T16, T19."""

# ruff: noqa: E501, PLW0108 (tables of one case a line)

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from functools import partial

from tests.blind import Case
from tests.blind.carriers import HELLO, Load, entity, multipart, worded
from tests.blind.paged import Hide, headed, page, paged


def _pieces(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


def _in(before: str, behind: str, size: int = 1, around: str = "{}") -> Hide:
    """Each letter, or each few, between two tags."""
    return lambda text: around.format("".join(before + piece + behind for piece in _pieces(text, size)))


def _uneven(text: str) -> str:
    cells = (text[:3], text[3:13], text[13:22], text[22:24], text[24:])
    return "<table cellspacing=0><tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr></table>"


_TABLE = "<table><tr>{}</tr></table>"
APART: dict[str, Hide] = {
    "spaces": lambda text: " ".join(text), "no-break-spaces": lambda text: "&nbsp;".join(text), "words-of-spaces": lambda text: "   ".join(" ".join(word) for word in text.split()),
    "inline-blocks": _in('<span style="display:inline-block;width:.6em">', "</span>\n"), "cells-on-lines": _in("  <td style='padding:0'>\n    <p>", "</p>\n  </td>\n", 1, _TABLE),
    "cells-of-two": _in("<td>", "</td>", 2, _TABLE), "cells-of-three": _in("<td>", "</td>", 3, _TABLE), "cells-of-four": _in("<td>", "</td>", 4, _TABLE), "cells-uneven": _uneven,
    "inline-of-four": _in('<div style="display:inline">', "</div>", 4), "items-of-five": _in('<li style="display:inline-block">', "</li>", 5), "floating-of-five": _in('<p style="float:left">', "</p>", 5),
    "grid": _in('<div style="grid-row:1">', "</div>", 5, '<div style="display:grid">{}</div>'), "flex": _in("<div>", "</div>", 5, '<div style="display:flex">{}</div>'),
    "columns-of-letters": lambda text: "<table><tr>" + "".join(f"<td>{'<br>'.join(word)}</td>" for word in text.split()) + "</tr></table>", "line-each": lambda text: "<br>".join(text),
    "hyphen": lambda text: text[:5] + "-<br>" + text[5:], "inputs": _in('<input size=1 value="', '">'), "pictures": _in('<img alt="', '">'), "buttons": _in("<button>", "</button>"),
    "words-and-pictures": lambda text: " ".join(word if n % 2 else f'<img alt="{word}">' for n, word in enumerate(text.split())), "tables-in-cells": _in("<td><table><tr><td>", "</td></tr></table></td>", 1, _TABLE),
    "drawn": _in("<text>", "</text>", 1, "<svg>{}</svg>"), "slots": _in("<label>", "</label>"), "tracking-pictures": lambda text: "<img src=x width=1 height=1>".join(text),
}  # fmt: skip
ESCAPED: dict[str, Hide] = {
    "three-times": lambda text: "".join(f"&amp;amp;#{ord(c)};" for c in text), "twice-by-name": lambda text: text.replace(" ", "&amp;nbsp;"),
}  # fmt: skip
CONDITIONAL: dict[str, Hide] = {
    "outlook-alone": lambda text: f"<!--[if mso]>{text[:8]}<![endif]--><!--[if !mso]><!-->zzz<!--<![endif]--><!--[if mso]>{text[8:]}<![endif]-->",
    "outlook-each-letter": lambda text: "".join(f"<!--[if mso]>{c}<![endif]--><!--[if !mso]><!-->z<!--<![endif]-->" for c in text),
    "in-one-another": lambda text: f"<!--[if mso]><!--[if gte mso 9]>{text}<![endif]--><![endif]-->", "long-condition": lambda text: f"<!--[if {'(mso)|' * 60}(IE)]>{text[:5]}<b></b>{text[5:]}<![endif]-->",
}  # fmt: skip
OTHERS_ALONE: dict[str, Hide] = {
    "others-alone": lambda text: f"<!--[if !mso]><!-->{text[:6]}<!--<![endif]--><!--[if mso]>qq<![endif]--><!--[if !mso]><!-->{text[6:]}<!--<![endif]-->",
    "dashes": lambda text: f"<!--[if !mso]><!----->{text}<!--<![endif]-->",
}  # fmt: skip


def _before(text: str, *, whole: bool) -> bytes:
    """Each letter, or one piece in the middle, written by a style sheet."""
    if not whole:
        return page(
            f"<html><style>.b::before{{content:'{text[5:9]}'}}</style><p>{text[:5]}<i class=b></i>{text[9:]}"
        )
    rules = "".join(f".a{n}::before{{content:'{letter}'}}" for n, letter in enumerate(text))
    return page(f"<html><style>{rules}</style>" + "".join(f"<i class=a{n}></i>" for n in range(len(text))))


WRITTEN: dict[str, Callable[[str], bytes]] = {
    "each-letter": partial(_before, whole=True), "in-the-middle": partial(_before, whole=False),
    "attributes": lambda text: page("<html><style>i::before{content:attr(d)}</style><p>" + "".join(f'<i d="{c}"></i>' for c in text)),
    "attributes-and-words": lambda text: page("<html><style>i::before{content:attr(d)}</style><p>" + " ".join(w if n % 2 else f'<i d="{w}"></i>' for n, w in enumerate(text.split()))),
    "string-and-attribute": lambda text: page(f"<html><style>p::before{{content:\"{text[:6]}\"attr(x)}}</style><p x=\"{text[6:]}\">"), "symbols": lambda text: page("<html><style>@counter-style q{symbols:" + " ".join(f'"{w}"' for w in text.split()) + "}</style><ol><li></ol>"),
    "broken-line": lambda text: page(f"<html><style>p::before{{content:\"{text[:6]}\\\n{text[6:]}\"}}</style><p>"), "picture": lambda text: page(f"<html><style>p::before{{content:url(\"data:image/svg+xml;utf8,<svg><text>{text}</text></svg>\")}}</style><p>"),
    "not-closed": lambda text: page(f'<html><p>x</p><style>p::before{{content:"{text}'),
}  # fmt: skip


def _reversed(text: str) -> str:
    return text[::-1]


def _ranked(form: str, size: int = 1) -> Hide:
    """Pieces with their places by number, in another order."""

    def rank(text: str) -> str:
        shuffled = sorted(enumerate(_pieces(text, size)), key=lambda each: each[0] * 7 % 11)
        return (
            '<div style="display:flex">'
            + "".join(form.format(n=number, piece=piece) for number, piece in shuffled)
            + "</div>"
        )

    return rank


ORDERED: dict[str, Hide] = {
    "in-word": lambda text: f"{text[:4]}<bdo dir=rtl>{_reversed(text[4:9])}</bdo>{text[9:]}", "each-word": lambda text: " ".join(f"<bdo dir=rtl>{_reversed(w)}</bdo>" for w in text.split()),
    "override-each-word": lambda text: " ".join(f"\u202e{_reversed(w)}\u202c" for w in text.split()), "override-in-word": lambda text: f"{text[:4]}\u202e{_reversed(text[4:9])}\u202c{text[9:]}",
    "mirror": lambda text: f'<p style="transform:scale(-1,1)">{_reversed(text)}</p>', "mirror-matrix": lambda text: f'<p style="transform:matrix(-1,0,0,1,0,0)">{_reversed(text)}</p>',
    "mirror-turned": lambda text: f'<p style="transform:rotateY(180deg)">{_reversed(text)}</p>', "columns-reversed": lambda text: '<div style="display:flex;flex-direction:column-reverse">' + "".join(f"<p>{w}</p>" for w in text.split()[::-1]) + "</div>",
    "order": _ranked('<span style="order:{n};white-space:pre">{piece}</span>'), "grid": _ranked('<span style="grid-row:1;grid-column:{n}">{piece}</span>', 4),
    "left": _ranked('<span style="position:absolute;left:{n}em">{piece}</span>', 4), "top": _ranked('<div style="position:absolute;top:{n}em">{piece}</div>'),
    "floating-words": lambda text: "".join(f'<span style="float:right">{w}&nbsp;</span>' for w in text.split()[::-1]), "cells-from-right": lambda text: "<table dir=rtl><tr>" + "".join(f"<td>{c}</td>" for c in _reversed(text)) + "</tr></table>",
    "swapped": lambda text: f'<span style="position:relative;left:90px">{text[12:]}</span><span style="position:relative;left:-90px">{text[:12]}</span>', "feet-first": lambda text: f"<table><tfoot><tr><td>{text[12:]}</td></tr></tfoot><thead><tr><td>{text[:12]}</td></tr></thead></table>",
}  # fmt: skip


def _plain(write: Hide) -> Callable[[str], bytes]:
    kind = b"text/plain; charset=utf-8"
    return lambda text: multipart(HELLO, entity(Load(write(text).encode(), kind)))


def _spelled(sign: str) -> Hide:
    return lambda text: " ".join(sign.join(word) if word.isalpha() else word for word in text.split())


PASTED: dict[str, Hide] = {
    "percent": lambda text: text.replace(" ", "%20"), "plus": lambda text: text.replace(" ", "+"), "dots": _spelled("."), "dashes": _spelled("-"), "stars": _spelled("*"), "lines": _spelled("_"),
    "spaces": lambda text: " ".join(text), "spaced-words": lambda text: "   ".join(" ".join(word) for word in text.split()), "down": lambda text: "\n".join(text),
    "override-words": lambda text: " ".join(f"\u202e{_reversed(w)}\u202c" for w in text.split()), "hyphen": lambda text: f"{text[:5]}-\n{text[5:]}",
}  # fmt: skip
MARKUP: dict[str, Hide] = {
    "bold-inside": lambda text: f"{text[:4]}**{text[4:9]}**{text[9:]}", "cursive-inside": lambda text: f"{text[:4]}_{text[4:9]}_{text[9:]}", "words-bold": lambda text: " ".join(f"**{w}**" for w in text.split()),
    "table": lambda text: "| " + " | ".join(text.split()) + " |", "escaped": lambda text: "".join("\\" + c if c in ".,:;-" else c for c in text), "link": lambda text: f"[{text}](https://x.example)",
    "quoted-cells": lambda text: ",".join(f'"{w}"' for w in text.split()), "rows": lambda text: "\n".join(f'{n},"{w}"' for n, w in enumerate(text.split())), "emphasis": lambda text: " ".join(f"\\emph{{{w}}}" for w in text.split()),
    "ties": lambda text: text.replace(" ", "~"), "words-as-json": lambda text: json.dumps(text.split()), "numbered-letters": lambda text: "".join(f"\\u{ord(c):04X}" for c in text), "wide-letters": lambda text: json.dumps("".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)),
    "line-ends": lambda text: text.replace(" ", "\\n"), "bytes": lambda text: "".join(f"\\x{ord(c):02x}" for c in text), "braced": lambda text: "".join(f"\\u{{{ord(c):x}}}" for c in text), "entities": lambda text: "".join(f"&#{ord(c)};" for c in text),
    "list": lambda text: "\n".join(f"- {w}" for w in text.split()), "elements": lambda text: "<r>" + "".join(f"<w>{w}</w>" for w in text.split()) + "</r>",
    "wiki": lambda text: f"{text[:4]}'''{text[4:9]}'''{text[9:]}", "restructured": lambda text: f"{text[:4]}\\ **{text[4:9]}**\\ {text[9:]}",
}  # fmt: skip
SEALED: dict[str, Hide] = {
    "long": lambda text: base64.encodebytes(text.ljust(90).encode()).decode(), "one-line": lambda text: base64.b64encode(text.ljust(90).encode()).decode(),
}  # fmt: skip


def parted() -> Iterator[Case]:
    """T03 to T08: letters and words apart, escaped again, for one program alone, written by styles, in another order."""
    yield from worded("T03", {f"apart-{name}": paged(hide) for name, hide in APART.items()})
    yield from worded("T04", {f"again-{name}": paged(hide) for name, hide in ESCAPED.items()})
    yield from worded("T05", {f"parted-{name}": paged(hide) for name, hide in CONDITIONAL.items()})
    yield from worded("T06", {f"parted-{name}": paged(hide) for name, hide in OTHERS_ALONE.items()})
    yield from worded("T07", {f"written-{name}": make for name, make in WRITTEN.items()})
    yield from worded(
        "T08", {f"ordered-{name}": paged(hide) for name, hide in ORDERED.items()}, doubtful=True
    )
    sheet = "<style>.r{direction:rtl;unicode-bidi:bidi-override}</style>"
    words = headed(sheet, lambda text: " ".join(f"<i class=r>{_reversed(w)}</i>" for w in text.split()))
    yield from worded("T08", {"ordered-by-sheet": words}, doubtful=True)


def typed() -> Iterator[Case]:
    """T16 and T19: what somebody types or pastes into a plain text."""
    yield from worded("T16", {f"typed-{name}": _plain(write) for name, write in (PASTED | SEALED).items()})
    yield from worded("T19", {f"typed-{name}": _plain(write) for name, write in MARKUP.items()})
