"""Cases about words in which something stands that nobody sees, in every way that style sheets know: T01."""

# ruff: noqa: E501 (tables of one case a line)

from __future__ import annotations

from collections.abc import Iterator

from tests.blind import Case
from tests.blind.carriers import worded
from tests.blind.paged import Hide, headed, paged

STYLES = [
    "font-size:0.01px", "font-size:0.1pt", "font-size:.5px", "font-size:1px", "font-size:2px", "font:normal 0px arial", "font:italic bold 0/0 Arial",
    "font:0px/1px sans-serif", "font: bold 0em a", "font:1px arial", "color:rgba(255,255,255,0)", "color:rgba(0,0,0,.0)", "color:rgb(0 0 0 / 0)",
    "color:rgb(0 0 0 / 0%)", "color:#0000", "color:#ffffff00", "color:#00000000", "color:hsla(0,0%,0%,0)", "color:hsl(0 0% 100%)",
    "color:rgb(100%,100%,100%)", "color:#FFFFFF !important", "color: rgb(255, 255, 255)", "color:rgba(255,255,255,1)", "color:#fefefe",
    "color:#fffffe", "color:snow", "color:ivory", "color:ghostwhite", "color:whitesmoke", "color:#fdfdfd", "color:rgb(254,254,254)", "color:window",
    "color:canvas", "opacity:.01", "opacity:0.001", "opacity:1%", "opacity:0.0!important", "filter:opacity(0%)", "filter:opacity(0.01)",
    "filter:alpha(opacity=0)", "-moz-opacity:0", "clip-path:circle(0)", "clip-path:circle(0px at 50% 50%)", "clip-path:polygon(0 0,0 0,0 0)",
    "clip-path:inset(50%)", "clip-path:inset(0 100% 0 0)", "clip-path: inset(0px 0px 100% 0px)", "clip:rect(0 0 0 0);position:absolute",
    "clip:rect(1px,1px,1px,1px);position:absolute", "clip:rect(0px 0px 0px 0px);position:absolute;width:1px;height:1px;overflow:hidden",
    "transform:scale(0,0)", "transform:scaleX(0);display:inline-block", "transform:scale3d(0,0,0)", "transform:translateX(-9999px)",
    "transform:translate(-9999px,0)", "transform:translate(-200vw)", "transform:rotateY(90deg)", "transform:rotate3d(0,1,0,90deg)", "scale:0",
    "translate:-9999px", "transform:scale(.0)", "transform:scale(0.001)", "-webkit-transform:scale(0)", "transform:matrix(0,0,0,0,0,0)",
    "text-indent:-9999em;display:inline-block;overflow:hidden", "text-indent:100%;white-space:nowrap;overflow:hidden;display:inline-block",
    "text-indent:9999px;overflow:hidden", "margin-left:-100em", "left:-100vw;position:absolute", "left:-99em;position:absolute",
    "inset:-9999px auto auto -9999px;position:absolute", "left:200%;position:absolute", "position:absolute;left:9999px",
    "position:absolute;bottom:9999px", "position:absolute;top:-99px", "margin:-9999px", "margin:0 0 0 -9999px", "margin-right:-9999px",
    "width:0px;height:0px;overflow:hidden;display:inline-block", "max-width:0px;max-height:0px;overflow:hidden;display:inline-block",
    "width:1px;height:1px;overflow:hidden;display:inline-block", "max-height:1px;overflow:hidden;display:inline-block",
    "height:.1px;overflow:hidden;display:block", "block-size:0;overflow:hidden", "max-inline-size:0;overflow:hidden;display:inline-block",
    "line-height:0;overflow:hidden;display:inline-block", "display:none;display:none", "display:inline;display:none",
    "display:none !important;display:inline", "display:none;color:red", "display: none ;", "display:\\tnone", "display\\n:\\nnone",
    "display:none/*x*/", "/*x*/display:none", "display/**/:none", "dISPLAY:nONE", "-x:y;display:none", ";display:none", "display:NoNe!IMPORTANT",
    "visibility:hidden!important", "visibility: HIDDEN", "content-visibility:hidden", "mso-hide:all;", "mso-hide: all", "mso-font-width:0%",
    "-webkit-text-fill-color:transparent", "-webkit-text-fill-color:#fff", "-webkit-text-security:none;color:transparent",
    "text-fill-color:transparent", "mix-blend-mode:lighten;color:#fff", "background:#fff;color:#fff", "background-color:white;color:#fff",
    "color:#000;background:#000", "color:black;background-color:black", "background:red;color:red", "color:#123456;background:#123456",
    "color:rgb(1,2,3);background:#010203", "font-size:calc(0px)", "font-size:0%", "font-size:0rem", "font-size:0vw", "font-size:min(0px,1em)",
    "font-size:clamp(0px,0px,0px)", "font-size:-0px", "font-size:+0px", "font-size:0.0e0px", "font-size:0e3px", "font-size:00px", "font-size:0.4px",
    "font-size:xx-small;color:transparent", "font-size-adjust:0", "zoom:0%", "zoom:.001", "--a:none;display:var(--a)", "display:var(--b,none)",
    "--z:0;font-size:var(--z)", "all:unset;display:none", "mask:linear-gradient(transparent,transparent)",
    "mask-image:linear-gradient(transparent,transparent);-webkit-mask-image:linear-gradient(transparent,transparent)",
    "letter-spacing:-1em;font-size:1px", "letter-spacing:-9999px", "float:left;margin-left:-9999px", "float:right;width:0;overflow:hidden",
    "z-index:-1;position:absolute", "position:fixed;left:-999px", "position:relative;left:-9999px", "speak:none;display:none", "display:none\\9",
    "*display:none;display:none", "display:no\\6e e", "d\\69splay:none", "\\64 isplay:none", "display:none;mso-hide:all",
    "overflow:hidden;max-height:0px;max-width:0px;opacity:0;font-size:0px;line-height:0px;visibility:hidden", "color:transparent!important",
    "color:Transparent",
]  # fmt: skip
SHEETS = {
    "nested": ".p{color:red;& .x{display:none}}", "is": "span:is(.x){display:none}", "where": ":where(.x){display:none}", "not": "span:not(.q){display:none}",
    "nth": "span:nth-of-type(n){display:none}", "two-classes": ".x.y{display:none}", "siblings": ".x,.x~.x{display:none}", "value": '[class="x y"]{display:none}',
    "prefix": "[class^=x]{display:none}", "part": '[class*="x"]{display:none}', "no-case": '[CLASS~="x" i]{display:none}', "supports": "@supports (display:block){.x{display:none}}",
    "layer": "@layer a{.x{display:none}}", "media-twice": "@media screen{@media (min-width:1px){.x{display:none}}}", "container": "@container (min-width:1px){.x{display:none}}",
    "escaped": ".\\000078{display:none}", "root": ":root .x{display:none}", "not-empty": "span.x:not(:empty){display:none}", "language": "span.x:lang(en),span.x{display:none}",
    "variable": ":root{--h:none}.x{display:var(--h)}", "variable-size": ":root{--h:0}.x{font-size:var(--h)}", "import": "@import url(data:text/css,.x%7Bdisplay%3Anone%7D);",
    "namespace": "@namespace h url(http://www.w3.org/1999/xhtml);h|span.x{display:none}", "braces-before": "}}} .x{display:none}", "brace-in-string": ".q{content:'}'}.x{display:none}",
    "open-brace-in-string": ".q{content:'{'} .x{display:none}", "animation": "@keyframes a{from,to{opacity:0}}.x{animation:a 1s infinite}", "two-sheets": "</style><style>.x{display:none}",
    "print-decoy": "@media print{div{display:none}} .x{display:none}", "not-closed": ".x{display:none", "important": ".x{display:none!important}.x{display:inline}",
    "specific": "#k{display:inline}.x{display:none!important}", "unknown-beside": ".x,::bogus(1){display:none}", "off-page": ".x{position:absolute;left:-5000px}",
    "ground": "body{background:#eeeeee}.x{color:#eee}", "black-ground": "body{background:black;color:white}.x{color:black}", "ground-of-all": "body{background:#abc}.x{color:#abc}",
    "many-rules": ".q{color:red}" * 2500 + ".x{display:none}", "long-selector": ",".join(f".q{i}" for i in range(600)) + ",.x{display:none}",
}  # fmt: skip
ELEMENTS = [
    '<img width=1 height=1 alt="xq" src=cid:a>', "<svg width=0 height=0><text>xq</text></svg>", "<noscript>xq</noscript>", "<!--[if mso]>xq<![endif]-->",
    "<!--[if !mso]><!-->xq<!--<![endif]-->", '<input style="display:none" value="xq">', "<del>xq</del>", "<rp>xq</rp>", "<ruby><rt>xq</rt></ruby>", "<dialog>xq</dialog>", "<audio>xq</audio>",
    "<video width=0 height=0>xq</video>", "<canvas width=0 height=0>xq</canvas>", "<object width=0>xq</object>", "<meter hidden>xq</meter>", "<iframe width=0 height=0>xq</iframe>",
    "<noframes>xq</noframes>", "<title>xq</title>", '<p style="display:none">xq</p>', '<div style="display:none">xq</div>', '<table style="display:none"><tr><td>xq</td></tr></table>',
    "<select hidden><option>xq</option></select>", "<textarea hidden>xq</textarea>", '<font size="1" color="#fefefe">xq</font>', '<font size="-7">xq</font>',
    '<font color="FFFFFF">xq</font>', "<FONT COLOR='White' SIZE=1>xq</FONT>", '<details style="display:inline"><summary></summary>xq</details>',
]  # fmt: skip
_SALT = '<span class="x y" id="k" data-k="1" title="w">xq</span>'


def _strewn(salt: str) -> Hide:
    """Something in the words and in the figures of a text."""

    def strew(text: str) -> str:
        places = sorted({3, 8, 14, len(text) // 2, len(text) - 6, len(text) - 3})
        pieces = [text[start:end] for start, end in zip([0, *places], [*places, len(text)], strict=True)]
        return salt.join(pieces)

    return strew


def _banana(salt: str) -> Hide:
    """Words that nobody sees between the words of a text."""
    return lambda text: f" {salt} ".join(text.split(" "))


GROUNDS: dict[str, Hide] = {
    "cell": lambda text: f'<table><tr><td bgcolor="#003366">{_strewn("<font color=#003366>xq</font>")(text)}</td></tr></table>',
    "block": lambda text: f'<div style="background:navy">{_strewn("<span style=color:navy>xq</span>")(text)}</div>',
    "words-between": _banana('<span style="display:none">banana</span>'),
    "words-between-tiny": _banana('<span style="font-size:1px;color:white">banana</span>'),
    "words-on-dark": lambda text: f'<div style="background:#000"><p style="color:#fff">{_banana("<b style=display:none>banana</b>")(text)}</p></div>',
    "many-hidden": lambda text: _strewn('<b style="display:none">xq</b>')(text) + '<i style="display:none">z</i>' * 2500,
    "letters-in-own-elements": lambda text: "".join(f'<b style="color:#00{i % 10}">{c}</b><i style="font-size:0">q</i>' for i, c in enumerate(text)),
    "inline-block-hidden": lambda text: f'<div style="display:inline-block">{text[:4]}</div><div style="display:none">xq</div><div style="display:inline">{text[4:]}</div>',
}  # fmt: skip


def strewn() -> Iterator[Case]:
    """T01: something that nobody sees, by any style, any selector, any ground, any element."""
    for number, style in enumerate(STYLES, 1):
        hide = _strewn(
            f"<span style='{style}'>xq</span>" if '"' in style else f'<span style="{style}">xq</span>'
        )
        yield from worded("T01", {f"strewn-style-{number}": paged(hide)})
    for name, rules in SHEETS.items():
        yield from worded("T01", {f"strewn-sheet-{name}": headed(f"<style>{rules}</style>", _strewn(_SALT))})
    yield from worded(
        "T01", {f"strewn-element-{n}": paged(_strewn(each)) for n, each in enumerate(ELEMENTS, 1)}
    )
    yield from worded("T01", {f"strewn-{name}": paged(hide) for name, hide in GROUNDS.items()})
    decoy = "<style>@media print{.y{display:none}}.x{display:none}</style>"
    between = _banana("<span class=x>banana</span>")
    yield from worded("T01", {"strewn-decoy": headed(decoy, lambda text: f"<b class=y>{between(text)}</b>")})
