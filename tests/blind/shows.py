"""Where a slide show keeps text that somebody can see (D06)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from xml.sax.saxutils import escape, quoteattr

from pptx import Presentation
from pptx.util import Inches

from tests.blind import Case
from tests.blind.office import A, C, Write, changed, saved, spread


def show(fill: Callable[[object, str], None], text: str) -> bytes:
    """A slide show of one slide."""
    made = Presentation()
    slide = made.slides.add_slide(made.slide_layouts[5])
    slide.shapes.title.text = "Meeting"
    fill(slide, text)
    return saved(made)


def show_part(name: str, xml: str) -> bytes:
    """A slide show with one part more."""
    plain = show(lambda slide, text: None, "")
    return changed(plain, {name: f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{xml}'})


def _box(slide: object, text: str, left: float = 1) -> None:
    shape = slide.shapes.add_textbox(Inches(left), Inches(1), Inches(2), Inches(1))  # type: ignore[attr-defined]
    shape.text_frame.text = text


def _table(slide: object, text: str) -> None:
    frame = slide.shapes.add_table(1, 2, Inches(1), Inches(1), Inches(2), Inches(1))  # type: ignore[attr-defined]
    frame.table.cell(0, 1).text = text


def _notes(slide: object, text: str) -> None:
    slide.notes_slide.notes_text_frame.text = text  # type: ignore[attr-defined]


def _hidden_slide(slide: object, text: str) -> None:
    slide._element.set("show", "0")  # type: ignore[attr-defined]
    _box(slide, text)


def _group(slide: object, text: str) -> None:
    shape = slide.shapes.add_group_shape().shapes.add_textbox(1, 1, 9, 9)  # type: ignore[attr-defined]
    shape.text_frame.text = text


def _alternative(slide: object, text: str) -> None:
    _box(slide, "x")
    slide.shapes[-1]._element.nvSpPr.cNvPr.set("descr", text)  # type: ignore[attr-defined]


SHOW: Mapping[str, Write] = {
    "box": lambda text: show(_box, text),
    "off-slide": lambda text: show(lambda slide, t: _box(slide, t, -30), text),
    "table": lambda text: show(_table, text),
    "notes": lambda text: show(_notes, text),
    "hidden": lambda text: show(_hidden_slide, text),
    "group": lambda text: show(_group, text),
    "alternative": lambda text: show(_alternative, text),
    "title": lambda text: show(lambda s, t: setattr(s.shapes.title, "text", t), text),  # type: ignore[attr-defined]
    "comment": lambda text: show_part(
        "ppt/comments/comment1.xml",
        f"<p:cmLst xmlns:p='p'><p:cm><p:text>{escape(text)}</p:text></p:cm></p:cmLst>",
    ),
    "new-comment": lambda text: show_part(
        "ppt/comments/modernComment1.xml",
        f"<p188:cmLst xmlns:p188='p' {A}><p188:cm><p188:txBody><a:p><a:r><a:t>{escape(text)}</a:t></a:r></a:p>"
        "</p188:txBody></p188:cm></p188:cmLst>",
    ),
    "master": lambda text: show_part(
        "ppt/slideMasters/slideMaster9.xml",
        f"<p:sldMaster xmlns:p='p' {A}><a:p><a:r><a:t>{escape(text)}</a:t></a:r></a:p></p:sldMaster>",
    ),
    "hand-out": lambda text: show_part(
        "ppt/handoutMasters/handoutMaster1.xml",
        f"<p:x xmlns:p='p' {A}><a:p><a:r><a:t>{escape(text)}</a:t></a:r></a:p></p:x>",
    ),
    "smart-art": lambda text: show_part(
        "ppt/diagrams/drawing1.xml",
        f"<dsp:x xmlns:dsp='d' {A}><a:p><a:r><a:t>{escape(text)}</a:t></a:r></a:p></dsp:x>",
    ),
    "chart": lambda text: show_part(
        "ppt/charts/chart1.xml",
        f"<c:x {C} {A}><c:title><a:p><a:r><a:t>{escape(text)}</a:t></a:r></a:p></c:title></c:x>",
    ),
    "tag": lambda text: show_part(
        "ppt/tags/tag1.xml", f"<p:tagLst xmlns:p='p'><p:tag name='A' val={quoteattr(text)}/></p:tagLst>"
    ),
    "section": lambda text: show_part(
        "ppt/presentation2.xml",
        f"<p:x xmlns:p14='p'><p14:section name={quoteattr(text)} id='1'/></p:x>".replace("p:x", "x"),
    ),
    "custom-show": lambda text: show_part(
        "ppt/presentation2.xml", f"<x><custShow name={quoteattr(text)} id='1'/></x>"
    ),
}


def all_cases() -> Iterator[Case]:
    """Every case of this module."""
    yield from spread("D06", {f"show-{name}": write for name, write in SHOW.items()})
