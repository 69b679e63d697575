"""Cases about pages whose words only a browser puts together: by fields, frames, styles, places, counters: T01 to T12."""

# ruff: noqa: E501 (tables of one case a line)

from __future__ import annotations

import base64
import random
from collections.abc import Callable, Iterator
from functools import partial

from tests.blind import Case
from tests.blind.carriers import worded
from tests.blind.paged import Hide, headed, paged

Piece = Callable[[str], str]


def _drawing(text: str) -> str:
    drawn = f"<svg xmlns='http://www.w3.org/2000/svg' width='{11 * len(text)}' height='24'><text y='18'>{text}</text></svg>"
    return f"data:image/svg+xml;base64,{base64.b64encode(drawn.encode()).decode()}"


def _escaped(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode())


def _words(text: str) -> list[str]:
    return [f"{word} " for word in text.split(" ")]


def _letters(text: str) -> list[str]:
    return list(text)


def _halves(text: str) -> list[str]:
    return [text[: len(text) // 2], text[len(text) // 2 :]]


def _eights(text: str) -> list[str]:
    return [text[start : start + 8] for start in range(0, len(text), 8)]


SPLITS = {"words": _words, "letters": _letters, "halves": _halves, "eights": _eights}
FIELDS: dict[str, tuple[str, Piece]] = {
    "value": ("T12", lambda t: f'<input value="{t}">'), "placeholder": ("T12", lambda t: f'<input placeholder="{t}">'), "submit": ("T12", lambda t: f'<input type=submit value="{t}">'),
    "text-area": ("T12", lambda t: f'<textarea placeholder="{t}"></textarea>'), "option": ("T12", lambda t: f'<select><option label="{t}"></select>'),
    "chosen": ("T12", lambda t: f"<select><option>zz<option selected>{t}</select>"), "picture-field": ("T12", lambda t: f'<input type=image alt="{t}">'),
    "drawing": ("T10", lambda t: f'<img src="{_drawing(t)}">'), "drawing-large-letters": ("T10", lambda t: f'<img src="{_drawing(t).replace("data", "DATA", 1)}">'), "drawing-in-list": ("T10", lambda t: f'<img srcset="x.png 1x, {_drawing(t)} 2x">'),
    "picture": ("T10", lambda t: f'<picture><source srcset="{_drawing(t)}"><img></picture>'), "drawing-field": ("T10", lambda t: f'<input type=image src="{_drawing(t)}">'),
    "object": ("T11", lambda t: f'<object data="{_drawing(t)}"></object>'), "embedded": ("T11", lambda t: f'<embed src="{_drawing(t)}">'), "poster": ("T11", lambda t: f'<video poster="{_drawing(t)}"></video>'),
    "ground": ("T11", lambda t: f'<table background="{_drawing(t)}"><tr><td></table>'), "drawing-in-drawing": ("T10", lambda t: f'<svg><image href="{_drawing(t)}"/></svg>'),
    "frame": ("T11", lambda t: f'<iframe srcdoc="{t}"></iframe>'), "frame-address": ("T11", lambda t: f'<iframe src="data:text/html,{_escaped(t)}"></iframe>'), "frame-wide": ("T11", lambda t: f'<iframe src="data:text/html;charset=utf-16le;base64,{base64.b64encode(t.encode("utf-16-le")).decode()}"></iframe>'),
    "style-ground": ("T07", lambda t: f'<b style="background:url({_drawing(t)})"></b>'), "style-content": ("T07", lambda t: f'<b style="content:url({_drawing(t)})">z</b>'),
    "style-ground-spelled": ("T07", lambda t: f'<b style="b\\61ckground:url({_drawing(t).replace("data:", "d&#97;ta:")})"></b>'),
    "style-items": ("T07", lambda t: f"<ul style=\"list-style:inside '{t}'\"><li></ul>"), "style-item-pictures": ("T07", lambda t: f'<ul style="list-style:inside url({_drawing(t)})"><li></ul>'),
    "style-quotes": ("T07", lambda t: f"<q style=\"quotes:'{t}' ''\"></q>"), "summary": ("T11", lambda t: f"<details style='display:inline-block'><summary>{t}</summary>zzz</details>"),
    "shadow": ("T11", lambda t: f"<span><template shadowrootmode=open>{t}</template>zz</span>"),
    "attributes": ("T07", lambda t: f'<i class=w a="{t[: len(t) // 2]}" b="{t[len(t) // 2 :]}"></i>'), "variable": ("T07", lambda t: f"<i class=v style=\"--v:'{t}'\"></i>"),
}  # fmt: skip
WRITING = "<style>.w::before{content:attr(a) attr(b)}.v{color:red;&::before{content:var(--v)}}</style>"
ORDERED: dict[str, tuple[str, Callable[[int], str]]] = {
    "order": ("display:flex", lambda n: f"order:{n}"), "grid-area": ("display:grid", lambda n: f"grid-area:1/{n + 1}"), "grid-rows": ("display:grid", lambda n: f"grid-row:{n // 3 + 1};grid-column:{n % 3 + 1}"),
    "left": ("position:relative", lambda n: f"position:absolute;left:{n * 4.5}em"), "top": ("position:relative", lambda n: f"position:absolute;top:{n * 1.5}em"), "right": ("position:relative", lambda n: f"position:absolute;right:{(99 - n) * 9}px"),
    "moved": ("position:relative", lambda n: f"position:absolute;transform:translateX({n * 20}px)"), "margins": ("display:grid", lambda n: f"grid-row:1;grid-column:1;margin-left:{n * 30}pt"),
}  # fmt: skip
BACKWARDS: dict[str, tuple[str, str]] = {
    "row-reverse": ('<div style="display:flex;flex-direction:row-reverse">{}</div>', "<span>{}</span>"), "column-reverse": ('<div style="display:flex;flex-direction:column-reverse">{}</div>', "<div>{}</div>"),
    "floating": ("<div>{}</div>", '<span style="float:right">{}</span>'), "right-to-left": ("<div dir=rtl>{}</div>", '<span style="display:inline-block">{}</span>'), "right-to-left-flex": ('<div style="display:flex;direction:rtl">{}</div>', "<span>{}</span>"),
    "right-to-left-cells": ("<table dir=rtl><tr>{}</table>", "<td dir=ltr>{}</td>"),
}  # fmt: skip
DRAWN: dict[str, str] = {"x": "<text x={0} y=20>{1}</text>", "y": "<text y={0}>{1}</text>", "translate": '<text transform="translate({0},20)">{1}</text>'}  # fmt: skip
SALTS = {
    "popover": "<i popover>banana</i>", "annotation": "<math><semantics><mtext></mtext><annotation>banana</annotation></semantics></math>", "slotless": "<i><template shadowrootmode=open></template>banana</i>",
    "lab": '<i style="position:absolute;color:lab(100 0 0/0)">banana</i>', "oklch": '<i style="position:absolute;color:oklch(100% 0 0)">banana</i>', "mixed": '<i style="position:absolute;color:color-mix(in srgb,white,white)">banana</i>',
}  # fmt: skip
SWALLOWING = [
    "<title>",
    "<textarea>",
    "<style>",
    "<script>",
    "<xmp>",
    "<template>",
    '<b title="',
    "<iframe>",
    "<noembed>",
    "<svg>",
]


def _each(split: Callable[[str], list[str]], piece: Piece, *, mixed: bool = False) -> Hide:
    """Every piece of a text, or every second one, as an element shows it."""
    return lambda text: "".join(
        piece(part) if n % 2 or not mixed else part for n, part in enumerate(split(text))
    )


def _shuffled(split: Callable[[str], list[str]], around: str, place: Callable[[int], str], text: str) -> str:
    """Pieces in any order, each with a style that says where it stands."""
    pieces = [f'<span style="{place(n)}">{part}</span>' for n, part in enumerate(split(text))]
    random.Random(len(text)).shuffle(pieces)
    return f'<div style="{around}">{"".join(pieces)}</div>'


def _by_class(split: Callable[[str], list[str]], text: str) -> str:
    """The same, with the places in a sheet."""
    rules = "".join(f".o{n}{{order:{n}}}" for n in range(99))
    pieces = [f"<span class=o{n}>{part}</span>" for n, part in enumerate(split(text))]
    return f'<style>{rules}</style><div style="display:flex">{"".join(reversed(pieces))}</div>'


def _backwards(split: Callable[[str], list[str]], around: str, each: str, text: str) -> str:
    return around.format("".join(each.format(part) for part in reversed(split(text))))


def _svg(split: Callable[[str], list[str]], shape: str, text: str) -> str:
    pieces = [shape.format(n * 40, part) for n, part in enumerate(split(text))]
    return f"<svg>{''.join(reversed(pieces))}</svg>"


def _salted(salt: str, text: str) -> str:
    return salt.join(_words(text))


def _column(text: str) -> str:
    return "<table>" + "".join(f"<tr><td>{word}<td>tea" for word in text.split()) + "</table>"


def _counted(text: str) -> str:
    """Letters that counters write."""
    return "".join(
        f'<i class=c style="counter-reset:c {ord(letter) - 64}"></i>' if "A" <= letter <= "Z" else letter
        for letter in text
    )


def _listed(text: str) -> str:
    items = (
        f"<li type=A value={ord(c) - 64}>" if "A" <= c <= "Z" else f"<li style='list-style:none'>{c}"
        for c in text
    )
    return f"<ol type=A>{''.join(items)}</ol>"


def _parts(order: str, text: str) -> str:
    first, rest = text[: len(text) // 2], text[len(text) // 2 :]
    return order.format(first, rest)


PARTS = {
    "foot": "<table><tfoot><tr><td>{1}</tfoot><tbody><tr><td>{0}</tbody></table>", "caption": "<table style='caption-side:bottom'><caption>{1}</caption><tr><td>{0}</table>",
    "slots": "<div><template shadowrootmode=open><slot name=a></slot><slot name=b></slot></template><u slot=b>{1}</u><u slot=a>{0}</u></div>",
    "raised": '<div><span style="margin-left:300px">{1}</span><br><span style="position:relative;top:-1.2em">{0}</span></div>',
}  # fmt: skip
IMPORTED = "<style>@import url(data:text/css;base64,{});</style>"


def _imported(text: str) -> bytes:
    """Letters that an imported sheet writes."""
    rules = "".join(f".a{n}::before{{content:'{letter}'}}" for n, letter in enumerate(text))
    head = IMPORTED.format(base64.b64encode(rules.encode()).decode())
    return headed(head, lambda _: "".join(f"<i class=a{n}></i>" for n in range(len(text))))(text)


def rendered() -> Iterator[Case]:
    """Fields and frames, letters by styles and counters, other orders, hidden words."""
    for split, parts in SPLITS.items():
        for name, (row, piece) in FIELDS.items():
            for how, mixed in (("each", False), ("mixed", True)):
                hide = _each(parts, piece, mixed=mixed)
                yield from worded(row, {f"rendered-{name}-{split}-{how}": headed(WRITING, hide)})
        orders: dict[str, Hide] = {name: partial(_shuffled, parts, *how) for name, how in ORDERED.items()}
        orders |= {name: partial(_backwards, parts, *how) for name, how in BACKWARDS.items()}
        orders |= {f"drawn-{name}": partial(_svg, parts, shape) for name, shape in DRAWN.items()}
        orders["class"] = partial(_by_class, parts)
        yield from worded("T08", {f"rendered-{name}-{split}": paged(hide) for name, hide in orders.items()})
    for name, salt in SALTS.items():
        yield from worded("T01", {f"rendered-{name}": paged(partial(_salted, salt))})
    counting = headed("<style>.c::before{content:counter(c,upper-alpha)}</style>", _counted)
    yield from worded("T07", {"rendered-counters": counting, "rendered-imported": _imported})
    yield from worded("T07", {"rendered-list": paged(_listed)})
    yield from worded("T03", {"rendered-column": paged(_column)})
    yield from worded(
        "T08", {f"rendered-{name}": paged(partial(_parts, order)) for name, order in PARTS.items()}
    )
    for number, swallowing in enumerate(SWALLOWING, 1):
        hide = partial(str.format, f"<!--[if mso]>{swallowing}<![endif]-->{{}}")
        yield from worded("T06", {f"rendered-swallowing-{number}": paged(hide)})
