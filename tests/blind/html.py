"""Cases about pages: odd elements and attributes, broken markup, floods, drawings, other markup: T10 to T22."""

# ruff: noqa: E501, PLW0108 (tables of one case a line)

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from functools import partial

from tests.blind import Case
from tests.blind.carriers import HELLO, Load, entity, multipart, worded
from tests.blind.paged import Hide, page, paged

ELEMENTS: dict[str, Hide] = {
    **{name: (partial(lambda n, text: f"<{n}>{text[:4]}<b></b>{text[4:]}</{n}>", name)) for name in ("template", "noscript", "math", "noframes", "iframe", "noembed", "object", "svg", "marquee", "dialog", "canvas", "video", "audio", "fieldset", "select", "datalist", "blink", "x-y")},
    **{f"{name}-raw": (partial(lambda n, text: f"<{n}>{text}</{n}>", name)) for name in ("textarea", "xmp", "plaintext", "title", "noscript", "iframe", "script", "style", "listing", "option", "button", "legend", "caption")},
    "srcdoc": lambda text: f'<iframe srcdoc="{text[:4]}<b></b>{text[4:]}"></iframe>', "srcdoc-entities": lambda text: f'<iframe srcdoc="&lt;p&gt;{text[:4]}&lt;b&gt;&lt;/b&gt;{text[4:]}"></iframe>',
    "object-data": lambda text: f'<object data="data:text/html,{text}"></object>', "object-base64": lambda text: f'<object data="data:text/html;base64,{base64.b64encode(f"<p>{text}".encode()).decode()}"></object>',
    "iframe-data": lambda text: f'<iframe src="data:text/plain;charset=utf-8,{"".join(f"%{b:02x}" for b in text.encode())}"></iframe>', "embed-data": lambda text: f'<embed src="data:text/html;base64,{base64.b64encode(text.encode()).decode()}">',
    "link-data": lambda text: f'<a href="data:text/html;base64,{base64.b64encode(text.encode()).decode()}">x</a>', "picture-data-svg": lambda text: f'<img src="data:image/svg+xml,<svg><text>{text}</text></svg>">',
    "picture-data-svg-base64": lambda text: f'<img src="data:image/svg+xml;base64,{base64.b64encode(f"<svg><text>{text}</text></svg>".encode()).decode()}">', "svg-text": lambda text: f"<svg><text>{text[:4]}<tspan>{text[4:]}</tspan></text></svg>",
    "svg-title": lambda text: f"<svg><title>{text}</title></svg>", "svg-foreign": lambda text: f"<svg><foreignObject><p>{text}</p></foreignObject></svg>", "svg-cdata": lambda text: f"<svg><text><![CDATA[{text}]]></text></svg>",
    "cdata": lambda text: f"<![CDATA[{text}]]>", "math-text": lambda text: f"<math><mtext>{text}</mtext></math>", "processing": lambda text: f"<?x {text}?>", "template-nested": lambda text: f"<template><template>{text}</template></template>",
    "shadow": lambda text: f'<div><template shadowrootmode="open">{text[:4]}<b></b>{text[4:]}</template></div>', "xml-island": lambda text: f"<xml><x>{text}</x></xml>",
    "vml": lambda text: f'<v:textpath string="{text}"/>', "json-script": lambda text: f'<script type="application/ld+json">{{"name":"{text}"}}</script>', "applet": lambda text: f'<applet><param name="x" value="{text}"></applet>',
}  # fmt: skip
ATTRIBUTES = [
    "alt", "title", "aria-label", "placeholder", "summary", "value", "label", "content", "data-x", "abbr", "cite", "longdesc", "standby", "prompt",
    "aria-description", "aria-valuetext", "aria-placeholder", "aria-roledescription", "name", "id", "o:title", "description", "download", "srcset", "xlink:title", "string",
]  # fmt: skip
ADDRESSES: dict[str, Hide] = {
    "query": lambda text: f'<a href="https://x.example/?q={text.replace(" ", "+")}">x</a>', "query-percent": lambda text: f'<a href="https://x.example/?q={text.replace(" ", "%20")}">x</a>',
    "fragment": lambda text: f'<a href="#{text.replace(" ", "%20")}">x</a>', "mailto": lambda text: f'<a href="mailto:a@x.example?body={text.replace(" ", "%20")}">x</a>', "mailto-subject": lambda text: f'<a href="mailto:a@x.example?subject={text}">x</a>',
    "percent-all": lambda text: f'<a href="https://x.example/?q={"".join(f"%{b:02X}" for b in text.encode())}">x</a>', "picture": lambda text: f'<img src="https://x.example/{text.replace(" ", "%20")}.png">', "javascript": lambda text: f"<a href=\"javascript:alert('{text}')\">x</a>",
    "event": lambda text: f"<p onclick=\"alert('{text}')\">x</p>", "input-hidden": lambda text: f'<input type="hidden" value="{text}">', "input": lambda text: f'<input value="{text}">', "button": lambda text: f'<input type=submit value="{text}">', "meta": lambda text: f'<meta name="description" content="{text}">',
    "tel": lambda text: f'<a href="tel:{text}">x</a>',
}  # fmt: skip


def _attribute(name: str) -> Hide:
    return lambda text: f'<img {name}="{text}">'


BROKEN: dict[str, Hide] = {
    "open-tag": lambda text: f"<b {text}", "open-tag-behind": lambda text: f"<p>x</p><b class=x {text}", "open-attribute": lambda text: f'<b class="x {text}', "zero-in-tag": lambda text: f"{text[:4]}<b\0>{text[4:]}", "double-angle": lambda text: f"<<b>{text[:4]}<</b>{text[4:]}".replace("<<", "<", 1),
    "zero-in-script": lambda text: f"<scr\0ipt>x</scr\0ipt>{text}", "open-comment": lambda text: f"<!-- x {text}", "open-comment-before": lambda text: f"{text}<!-- x", "slash-only": lambda text: f"</{text}", "slash-space": lambda text: f"</ >{text}", "space-tag": lambda text: f"< b>{text}",
    "quote-missing": lambda text: f'<b class="x>{text}</b><i class="y">z', "quote-extra": lambda text: f'<b class="x"">{text}</b>', "bang": lambda text: f"<!>{text}", "question": lambda text: f"<?>{text}", "doctype-inside": lambda text: f"{text[:4]}<!DOCTYPE html>{text[4:]}", "comment-bang-end": lambda text: f"<!-- x --!>{text}",
    "comment-short": lambda text: f"<!-->{text}<!-- x -->", "comment-dash": lambda text: f"<!--->{text}<!-- x -->", "script-open": lambda text: f"<script>x<!--<script>y</script>{text}", "script-never-closed": lambda text: f"<script>{text}", "style-never-closed": lambda text: f"<style>{text}", "title-never-closed": lambda text: f"<title>{text}",
    "textarea-never-closed": lambda text: f"<textarea>{text}", "table-foster": lambda text: f"<table>{text[:4]}<tr>{text[4:]}<td>x</table>", "select-in": lambda text: f"<select><b>{text}</b></select>", "misnested": lambda text: f"<b><i>{text[:4]}</b>{text[4:]}</i>", "body-twice": lambda text: f"</body></html><body>{text}", "behind-html": lambda text: f"</div></body></html>{text}",
    "before-html": lambda text: f"</div>{text}<html>", "head-late": lambda text: f"<head><p>{text}</head>", "frameset": lambda text: f"<frameset><noframes>{text}</noframes></frameset>", "attribute-angle": lambda text: f'<b title="a>b">{text}</b>', "attribute-no-value-angle": lambda text: f"<b title=a>b>{text}</b>", "slash-attribute": lambda text: f"<b/x/y>{text}</b>",
    "end-in-comment": lambda text: f"<!-- <b> -->{text}<!-- </b> -->", "cdata-in-html": lambda text: f"<![CDATA[x]]>{text}", "null-text": lambda text: "\0".join(text), "upper-script": lambda text: f"<SCRIPT>x</SCRIPT >{text}", "script-slash": lambda text: f"<script/>{text}", "plaintext": lambda text: f"<plaintext>{text}</plaintext>", "noscript-comment": lambda text: f"<noscript><!--</noscript>{text}-->",
    "style-comment": lambda text: f"<style><!--</style>{text}<!-- --></style>", "xmp-inside": lambda text: f"<xmp><b></xmp>{text}", "template-open": lambda text: f"<template>{text}", "svg-style": lambda text: f"<svg><style>{text}</style></svg>", "math-annotation": lambda text: f"<math><annotation-xml encoding='text/html'>{text}</annotation-xml></math>", "many-open": lambda text: "<b>" * 600 + text,
}  # fmt: skip


def odd() -> Iterator[Case]:
    """T11 to T13: odd elements, attributes, broken markup."""
    yield from worded("T11", {name: paged(hide) for name, hide in ELEMENTS.items()})
    yield from worded("T12", {f"attribute-{name}": paged(_attribute(name)) for name in ATTRIBUTES})
    yield from worded("T12", {f"address-{name}": paged(hide) for name, hide in ADDRESSES.items()})
    yield from worded("T13", {name: paged(hide) for name, hide in BROKEN.items()}, doubtful=True)


def _slow(source: str) -> Callable[[str], bytes]:
    return lambda text: page(f"<html><p>{text}</p>{source}")


def _slow_before(source: str) -> Callable[[str], bytes]:
    return lambda text: page(f"<html>{source}<p>{text}</p>")


def _attached(source: str) -> bytes:
    """A mail with this page as a file."""
    return multipart(
        HELLO,
        entity(Load(source.encode(), b'text/html; name="a.html"'), b"Content-Disposition: attachment\r\n"),
    )


FLOODS = {
    "open-tags": "<a " * 50_000, "open-comments": "<!--" * 50_000, "divs": "<div>" * 50_000, "entities": "&#x" * 50_000, "ampersands": "&" * 100_000, "angles": "<" * 100_000, "quotes": '<a b="' * 30_000, "styles": "<style>" * 30_000,
    "tables": "<table>" * 20_000, "formatting": "<b><i><u>" * 10_000, "attributes": "<a" + " b=c" * 50_000 + ">", "conditional": "<!--[if" * 30_000, "cdata": "<![CDATA[" * 30_000, "hidden": '<p style="display:none">' * 20_000, "classes": "<style>" + ".x{display:none}" * 20_000 + "</style>", "rules": "<style>" + "a," * 50_000,
}  # fmt: skip
OTHER: dict[str, Callable[[str], bytes]] = {
    "attached": lambda text: multipart(HELLO, entity(Load(f"<html>{text[:4]}<b></b>{text[4:]}".encode(), b"application/octet-stream"), b"Content-Disposition: attachment; filename=a.html\r\n")),
    "attached-by-name": lambda text: multipart(HELLO, entity(Load(f"<q>{text[:4]}<b></b>{text[4:]}".encode(), b'text/plain; name="a.xhtml"'))),
    "kept-page": lambda text: multipart(HELLO, entity(Load(multipart(entity(Load(f"<html>{text}".encode(), b"text/html")), field=b"Content-Type: multipart/related; boundary=abc\r\n"), b'application/octet-stream; name="a.mht"'))),
    "script-blob": lambda text: _attached(f'<html><script>var d="{base64.b64encode(text.ljust(90).encode()).decode()}";</script>'), "script-string": lambda text: _attached(f'<html><script>document.write("{text}")</script>'),
    "script-joined": lambda text: _attached(f'<html><script>document.write("{text[:4]}"+"{text[4:]}")</script>'),
    "markdown": lambda text: multipart(HELLO + f"**{text}** _x_".encode()), "latex": lambda text: multipart(HELLO + f"\\textbf{{{text}}}".encode()), "json": lambda text: multipart(HELLO + f'{{"a": "{text}"}}'.encode()),
    "comma-separated": lambda text: multipart(HELLO + ",".join(text.split()).encode()), "markdown-title": lambda text: multipart(HELLO + f"# {text[:9]}\r\n{text[9:]}".encode()),
}  # fmt: skip
DRAWN: dict[str, Callable[[str], bytes]] = {
    "svg": lambda text: multipart(HELLO, entity(Load(f"<svg xmlns='http://www.w3.org/2000/svg'><text>{text}</text></svg>".encode(), b"image/svg+xml"))),
    "svg-pieces": lambda text: multipart(HELLO, entity(Load(f"<svg><text>{text[:4]}<tspan>{text[4:]}</tspan></text></svg>".encode(), b"image/svg+xml"))),
    "svg-title": lambda text: multipart(HELLO, entity(Load(f"<svg><title>{text}</title></svg>".encode(), b"image/svg+xml"))),
    "svg-octets": lambda text: multipart(HELLO, entity(Load(f"<svg><text>{text}</text></svg>".encode(), b'application/octet-stream; name="a.svg"'))),
    "vml": lambda text: page(f'<!--[if vml]><v:shape><v:textbox>{text}</v:textbox></v:shape><![endif]-->'), "vml-path": lambda text: page(f'<v:shape><v:textpath string="{text}"/></v:shape>'),
}  # fmt: skip
CHAINS: dict[str, Callable[[str], bytes]] = {
    **{
        f"mark-{number}": partial(lambda mark, text: multipart(HELLO + "\r\n".join(mark + word for word in text.split(" ", 1)).encode()), mark)
        for number, mark in enumerate(("> ", ">> ", "> > > ", ">", " >", ">\t", "\u00a0> "), 1)
    },
    "page-quote": lambda text: page(f"<html><blockquote>{text.replace(' ', '<br>', 1)}</blockquote>"), "page-thread": lambda text: page(f'<html><div id="appendonsend"></div><hr><div><b>From:</b> a</div><p>{text}</p>'),
}  # fmt: skip
PASTED: dict[str, Callable[[str], bytes]] = {
    "base64": lambda text: multipart(HELLO + base64.encodebytes(text.ljust(90).encode())), "base64-in-page": lambda text: page(f"<html><pre>{base64.b64encode(text.ljust(90).encode()).decode()}</pre>"), "base64-split-in-page": lambda text: page("<html><p>" + base64.encodebytes(text.ljust(150).encode()).decode().replace("\n", "<br>\n")),
    "hexadecimal": lambda text: multipart(HELLO + text.ljust(40).encode().hex().encode()), "hexadecimal-upper": lambda text: multipart(HELLO + text.ljust(40).encode().hex().upper().encode()),
    "base64-twice": lambda text: multipart(HELLO + base64.encodebytes(base64.encodebytes(text.ljust(90).encode()))),
}  # fmt: skip


def rest() -> Iterator[Case]:
    """T10, T14 to T16, T19 and T22: drawings, floods, attached pages, pasted encodings, other markup."""
    yield from worded(
        "T14", {f"{name}-behind": _slow(source) for name, source in FLOODS.items()}, doubtful=True
    )
    yield from worded(
        "T14", {f"{name}-before": _slow_before(source) for name, source in FLOODS.items()}, doubtful=True
    )
    for name, make in OTHER.items():
        yield from worded(
            "T15" if "attached" in name or "script" in name or "kept" in name else "T19",
            {name: make},
            doubtful="script" in name,
        )
    yield from worded("T10", DRAWN)
    yield from worded("T16", PASTED)
    yield from worded("T22", CHAINS)
