"""Text that pictures made of orders draw (T10): metafiles of Windows, SVG, VML, packed or not, wherever they stand."""

# ruff: noqa: E501 (tables of one case a line)

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from functools import partial
from xml.sax.saxutils import escape

from tests import metafiles as made
from tests.blind import Case
from tests.blind.carriers import worded
from tests.blind.office import changed
from tests.papers import archive, attached, mail, slides, word, workbook

Draw = Callable[[str], bytes]

ENHANCED: dict[str, Draw] = {
    "wide": lambda text: made.emf(made.written(text)),
    "narrow": lambda text: made.emf(made.written(text, wide=False)),
    "poly": lambda text: made.emf(made.poly(text.split(" "))),
    "small": lambda text: made.emf(made.small(text)),
    "small-narrow": lambda text: made.emf(made.small(text, narrow=True)),
    "small-bare": lambda text: made.emf(made.small(text, box=False)),
    "description": lambda text: made.emf(description=text),
    "plus-string": lambda text: made.emf(made.plus_string(text)),
    "plus-driver": lambda text: made.emf(made.plus_driver(text)),
    "letter-by-letter": lambda text: made.emf(*map(made.written, text)),
    "word-by-word": lambda text: made.emf(*(made.written(f"{each} ") for each in text.split(" "))),
}
PLAIN: dict[str, Draw] = {
    "text-out": lambda text: made.wmf(made.text_out(text)),
    "text-out-bare": lambda text: made.wmf(made.text_out(text), placeable=False),
    "ext-text-out": lambda text: made.wmf(made.ext_text_out(text)),
    "ext-text-out-box": lambda text: made.wmf(made.ext_text_out(text, 2)),
    "letter-by-letter": lambda text: made.wmf(*map(made.text_out, text)),
    "enhanced-along": lambda text: made.wmf(*made.along(made.emf(made.written(text)))),
}
GLYPHS: dict[str, Draw] = {
    "emf-glyphs": lambda text: made.emf(made.written(text, options=0x10)),
    "emf-plus-glyphs": lambda text: made.emf(made.plus_driver(text, flags=0)),
    "wmf-glyphs": lambda text: made.wmf(made.ext_text_out(text, 0x10)),
}


def svg(body: str) -> bytes:
    """An SVG file."""
    return f'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{body}</svg>'.encode()


def _alphabet(text: str) -> str:
    """Each letter defined once, in the order of the alphabet."""
    return (
        "<defs>"
        + "".join(f"<text id='l{ord(each)}'>{escape(each)}</text>" for each in sorted(set(text)))
        + "</defs>"
    )


SVG: dict[str, Draw] = {
    "text": lambda text: svg(f"<text>{escape(text)}</text>"),
    "tspan": lambda text: svg(
        "<text>"
        + "".join(f"<tspan x='{8 * at}'>{escape(each)}</tspan>" for at, each in enumerate(text))
        + "</text>"
    ),
    "text-path": lambda text: svg(
        f"<path id='p' d='M0 0'/><text><textPath href='#p'>{escape(text)}</textPath></text>"
    ),
    "foreign": lambda text: svg(
        f"<foreignObject><p xmlns='http://www.w3.org/1999/xhtml'>{text[:4]}<b>{text[4:]}</b></p></foreignObject>"
    ),
    "use": lambda text: svg(f"<defs><text id='t'>{escape(text)}</text></defs><use href='#t'/>"),
    "symbol": lambda text: svg(f"<symbol id='t'><text>{escape(text)}</text></symbol><use xlink:href='#t'/>"),
    "letters": lambda text: svg(
        _alphabet(text)
        + "".join(f"<use href='#l{ord(each)}' x='{9 * at}'/>\n" for at, each in enumerate(text))
    ),
    "letters-in-symbols": lambda text: svg(
        _alphabet(text)
        + "<symbol id='all'>"
        + "".join(f"<use xlink:href='#l{ord(each)}'/>" for each in text)
        + "</symbol><use href='#all'/>"
    ),
    "title": lambda text: svg(f"<title>{escape(text)}</title>"),
    "desc": lambda text: svg(f"<desc>{escape(text)}</desc>"),
    "cdata": lambda text: svg(f"<text><![CDATA[{text}]]></text>"),
    "entity": lambda text: svg("<text>" + "".join(f"&#{ord(each)};" for each in text) + "</text>"),
    "utf-16": lambda text: svg(f"<text>{escape(text)}</text>").decode().encode("utf-16"),
}
VML: dict[str, Callable[[str], str]] = {
    "textpath": lambda text: f'<v:shape><v:textpath on="t" string="{text}"/></v:shape>',
    "textbox": lambda text: f"<v:rect><v:textbox><p>{text}</p></v:textbox></v:rect>",
    "textbox-conditional": lambda text: (
        f"<!--[if gte vml 1]><v:rect><v:textbox><p>{text}</p></v:textbox></v:rect><![endif]-->"
    ),
    "alt": lambda text: f'<v:shape alt="{text}"/>',
    "textpath-conditional": lambda text: (
        f'<!--[if mso]><v:shape><v:textpath string="{text}"/></v:shape><![endif]-->'
    ),
}

CARRIED: dict[str, Callable[[bytes, str], bytes]] = {
    "declared": lambda data, kind: mail(attached(data, f"a.{kind}", f"image/x-{kind}")),
    "octets": lambda data, kind: mail(attached(data)),
    "as-png": lambda data, kind: mail(attached(data, "a.png", "image/png")),
    "packed": lambda data, kind: mail(attached(gzip.compress(data), f"a.{kind[0]}mz", "application/octet-stream")),
    "packed-declared": lambda data, kind: mail(attached(gzip.compress(data), f"a.{kind[0]}mz", f"image/x-{kind[0]}mz")),
    "zip": lambda data, kind: mail(attached(archive({f"a.{kind}": data}))),
    "word": lambda data, kind: mail(attached(changed(word(""), {f"word/media/image1.{kind}": data}))),
    "workbook": lambda data, kind: mail(attached(changed(workbook(""), {f"xl/media/image1.{kind}": data}))),
    "slides": lambda data, kind: mail(attached(changed(slides(""), {f"ppt/media/image1.{kind}": data}))),
    "slides-packed": lambda data, kind: mail(attached(changed(slides(""), {f"ppt/media/image1.{kind[0]}mz": gzip.compress(data)}))),
}  # fmt: skip


def _carried(draw: Draw, carry: Callable[[bytes, str], bytes], kind: str, text: str) -> bytes:
    return carry(draw(text), kind)


def _spread(kind: str, draws: dict[str, Draw]) -> dict[str, Draw]:
    return {
        f"{kind}-{name}-{way}": partial(_carried, draw, carry, kind)
        for name, draw in draws.items()
        for way, carry in CARRIED.items()
    }


def _svg(draw: Draw, way: str, text: str) -> bytes:
    data = draw(text)
    if way == "packed":
        return mail(attached(gzip.compress(data), "a.svgz", "image/svg+xml"))
    if way == "octets":
        return mail(attached(data, "a.svg"))
    if way == "word":
        return mail(attached(changed(word(""), {"word/media/image1.svg": data})))
    return mail(attached(data, "a.svg", "image/svg+xml"))


def _page(write: Callable[[str], str], text: str) -> bytes:
    page = f'<html xmlns:v="urn:schemas-microsoft-com:vml"><body>{write(text)}</body></html>'
    return (
        b"Subject: s\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page.encode()
    )


def _macintosh(text: str) -> bytes:
    """A PICT: 512 bytes for whatever program, then orders of a Macintosh."""
    said = b"\x28\0\5\0\5" + bytes([len(text)]) + text.encode()
    return bytes(512) + b"\0\0\0\0\0\0\0\x64\0\x64\x00\x11\x02\xff\x0c\x00" + bytes(24) + said + b"\0\xff"


def all_cases() -> Iterator[Case]:
    """Every case of this module."""
    yield from worded("T10", _spread("emf", ENHANCED))
    yield from worded("T10", _spread("wmf", PLAIN))
    yield from worded(
        "T10",
        {
            name: partial(_carried, draw, carry, name[:3])
            for name, draw in GLYPHS.items()
            for carry in (CARRIED["declared"],)
        },
        doubtful=True,
    )
    yield from worded(
        "T10",
        {
            f"svg-{name}-{way}": partial(_svg, draw, way)
            for name, draw in SVG.items()
            for way in ("declared", "octets", "packed", "word")
        },
    )
    yield from worded("T10", {f"vml-{name}": partial(_page, write) for name, write in VML.items()})
    yield from worded(
        "T10",
        {
            f"pict-{name}": partial(lambda kind, text: mail(attached(_macintosh(text), "a.pct", kind)), kind)
            for name, kind in {"declared": "image/x-pict", "octets": "application/octet-stream"}.items()
        },
        doubtful=True,
    )
