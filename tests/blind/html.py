"""Cases about pages: how a wording is hidden in HTML, split up, turned around or put where only some look: T01 to T22."""

# ruff: noqa: E501, PLW0108 (tables of one case a line)

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from functools import partial

from tests.blind import Case
from tests.blind.carriers import HELLO, Load, entity, multipart, worded

Hide = Callable[[str], str]


def page(source: str, kind: bytes = b"text/html; charset=utf-8") -> bytes:
    """A mail with this page."""
    return multipart(HELLO, entity(Load(source.encode(), kind)))


def _paged(hide: Hide) -> Callable[[str], bytes]:
    return lambda text: page(f"<html><body><p>hello</p><div>{hide(text)}</div></body></html>")


def _salted(salt: str) -> Hide:
    """Something that nobody sees between the letters."""
    return lambda text: text[:2] + salt + text[2:5] + salt + text[5:12] + salt + text[12:]


def _headed(head: str, hide: Hide) -> Callable[[str], bytes]:
    return lambda text: page(f"<html><head>{head}</head><body>{hide(text)}</body></html>")


STYLES = [
    "font-size:0", "font-size:0px", "font-size: 0 !important", "FONT-SIZE:0.0pt", "font-size:1px;color:#fff", "display:none", "DISPLAY : NONE",
    "display:none !important", "visibility:hidden", "visibility:collapse", "opacity:0", "opacity:0.0", "opacity:0%", "color:transparent",
    "color:rgba(0,0,0,0)", "color:#ffffff;background-color:#ffffff", "color:white;background:white", "color:#fff", "color:white", "max-height:0;overflow:hidden",
    "height:0;overflow:hidden", "width:0;overflow:hidden", "max-width:0;overflow:hidden", "mso-hide:all", "position:absolute;left:-9999px",
    "position:fixed;top:-1000em", "text-indent:-9999px", "clip:rect(0,0,0,0);position:absolute", "clip-path:inset(100%)", "transform:scale(0)",
    "line-height:0;font-size:0", "content-visibility:hidden", "font:0/0 a", "font:0 a", "zoom:0", "filter:opacity(0)", "margin-left:-9999px", "letter-spacing:-1em;color:transparent",
    "display:n\\6fne", "display:/**/none", "dis\\70lay:none",
]  # fmt: skip
SALTS: dict[str, str] = {
    **{f"style-{number}": f'<span style="{style}">x</span>' for number, style in enumerate(STYLES, 1)},
    "style-single-quotes": "<span style='display:none'>x</span>", "style-no-quotes": "<span style=display:none>x</span>",
    "style-entities": '<span style="display&#58;none">x</span>', "style-nested": '<span style="display:none">x<b>y<i>z</i></b></span>',
    "hidden": "<span hidden>x</span>", "hidden-value": '<span hidden="hidden">x</span>', "size-zero": '<font size="0" color="white">x</font>',
    "font-white": '<font color="#ffffff">x</font>', "input-hidden": '<input type="hidden" value="x">', "script": "<script>x</script>",
    "style-element": "<style>x{}</style>", "comment": "<!-- x -->", "comment-open-angle": "<!-- > x -->", "noembed": "<noembed>x</noembed>",
    "template": "<template>x</template>", "head-like": "<title>x</title>" if False else "<datalist><option>x</option></datalist>",
    "aria-hidden-zero": '<span aria-hidden="true" style="font-size:0">x</span>', "picture-alt-empty": '<img width="0" height="0">',
    "object-empty": "<object></object>", "empty-span": "<span></span>", "wbr": "<wbr>", "shy": "&shy;", "zwnj": "&zwnj;", "zwj": "&zwj;", "zero-width": "&#8203;",
    "joiner": "&#x2060;", "marker": "<mark></mark>", "processing": "<?x y?>", "declaration": "<!x>", "end-tag": "</x>", "cdata": "<![CDATA[]]>",
    "custom-element": "<o:p></o:p>", "svg-empty": "<svg></svg>", "audio": "<audio></audio>", "canvas": "<canvas></canvas>",
}  # fmt: skip
CLASSES: dict[str, str] = {
    "class": ".x{display:none}", "class-important": ".x { display : none !important }", "element-class": "span.x{font-size:0}", "list": ".a,.x,.b{visibility:hidden}",
    "identity": "#x{display:none}", "attribute": "[data-x]{display:none}", "descendant": "body .x{opacity:0}", "media": "@media all{.x{display:none}}",
    "media-screen": "@media screen and (min-width:1px){.x{display:none}}", "comment": "/* y */.x/* z */{display:/* */none}", "upper": ".x{DISPLAY:NONE}",
    "element": "u{display:none}", "universal": "*.x{font-size:0px}", "nested-style": ".y{color:red}.x{max-height:0;overflow:hidden}",
    "html-comment": "<!-- .x{display:none} -->", "escape": ".\\78{display:none}",
}  # fmt: skip


def hidden() -> Iterator[Case]:
    """T01: something that is not seen between the letters."""
    yield from worded("T01", {name: _paged(_salted(salt)) for name, salt in SALTS.items()})
    salt = '<span class="x" id="x" data-x>y</span>'
    for name, rule in CLASSES.items():
        tag = "<u>y</u>" if name == "element" else salt
        yield from worded("T01", {f"sheet-{name}": _headed(f"<style>{rule}</style>", _salted(tag))})
    yield from worded(
        "T01",
        {"sheet-in-body": _paged(lambda text: f"<style>.x{{display:none}}</style>{_salted(salt)(text)}")},
    )
    yield from worded("T02", {f"style-{n}": _paged(_styled(style)) for n, style in enumerate(STYLES, 1)})
    yield from worded("T02", {name: _paged(hide) for name, hide in UNSEEN.items()})


def _styled(style: str) -> Hide:
    return lambda text: f'<p style="{style}">{text}</p>'


UNSEEN: dict[str, Hide] = {
    "hidden": lambda text: f"<p hidden>{text}</p>", "hidden-table": lambda text: f'<table style="display:none"><tr><td>{text}</td></tr></table>',
    "details": lambda text: f"<details><summary>x</summary>{text}</details>", "dialog": lambda text: f"<dialog>{text}</dialog>",
    "white-font": lambda text: f'<font color="white">{text}</font>', "sheet": lambda text: f'<style>.x{{display:none}}</style><p class="x">{text}</p>',
    "hidden-split": lambda text: f'<p style="display:none">{text[:4]}<b>{text[4:]}</b></p>', "title": lambda text: f"<title>{text}</title>",
    "hidden-salted": lambda text: f'<p style="display:none">{_salted("<i></i>")(text)}</p>',
}  # fmt: skip
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
    yield from worded("T03", {name: _paged(hide) for name, hide in SPLIT.items()})
    yield from worded("T04", {name: _paged(hide) for name, hide in ENTITIES.items()})
    for name, (row, hide) in CONDITIONAL.items():
        yield from worded(row, {name: _paged(hide)})
    yield from worded("T07", SHEETS)
    yield from worded("T08", {name: _paged(hide) for name, hide in TURNED.items()}, doubtful=True)
    yield from worded("T08", {"plain-text": _overridden}, doubtful=True)


def _overridden(text: str) -> bytes:
    return multipart(
        HELLO, entity(Load(f"hello \u202e{_reversed(text)}\u202c".encode(), b"text/plain; charset=utf-8"))
    )


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
    yield from worded("T11", {name: _paged(hide) for name, hide in ELEMENTS.items()})
    yield from worded("T12", {f"attribute-{name}": _paged(_attribute(name)) for name in ATTRIBUTES})
    yield from worded("T12", {f"address-{name}": _paged(hide) for name, hide in ADDRESSES.items()})
    yield from worded("T13", {name: _paged(hide) for name, hide in BROKEN.items()}, doubtful=True)


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
