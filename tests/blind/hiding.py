"""Cases about text that a page hides: between letters, or as a whole: T01 and T02."""

# ruff: noqa: E501 (tables of one case a line)

from __future__ import annotations

from collections.abc import Iterator

from tests.blind import Case
from tests.blind.carriers import worded
from tests.blind.paged import Hide, headed, paged, salted

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
    yield from worded("T01", {name: paged(salted(salt)) for name, salt in SALTS.items()})
    salt = '<span class="x" id="x" data-x>y</span>'
    for name, rule in CLASSES.items():
        tag = "<u>y</u>" if name == "element" else salt
        yield from worded("T01", {f"sheet-{name}": headed(f"<style>{rule}</style>", salted(tag))})
    yield from worded(
        "T01",
        {"sheet-in-body": paged(lambda text: f"<style>.x{{display:none}}</style>{salted(salt)(text)}")},
    )
    yield from worded("T02", {f"style-{n}": paged(_styled(style)) for n, style in enumerate(STYLES, 1)})
    yield from worded("T02", {name: paged(hide) for name, hide in UNSEEN.items()})


def _styled(style: str) -> Hide:
    return lambda text: f'<p style="{style}">{text}</p>'


UNSEEN: dict[str, Hide] = {
    "hidden": lambda text: f"<p hidden>{text}</p>", "hidden-table": lambda text: f'<table style="display:none"><tr><td>{text}</td></tr></table>',
    "details": lambda text: f"<details><summary>x</summary>{text}</details>", "dialog": lambda text: f"<dialog>{text}</dialog>",
    "white-font": lambda text: f'<font color="white">{text}</font>', "sheet": lambda text: f'<style>.x{{display:none}}</style><p class="x">{text}</p>',
    "hidden-split": lambda text: f'<p style="display:none">{text[:4]}<b>{text[4:]}</b></p>', "title": lambda text: f"<title>{text}</title>",
    "hidden-salted": lambda text: f'<p style="display:none">{salted("<i></i>")(text)}</p>',
}  # fmt: skip
