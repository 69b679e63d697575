"""Where a Word document keeps text that somebody can see (D01, D02); what python-docx leaves out is put in by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from xml.sax.saxutils import escape, quoteattr

import docx
from docx.document import Document

from tests.blind import Case
from tests.blind.office import A, C, W, Write, changed, saved, sent


def word(fill: Callable[[Document], object] = lambda document: None) -> bytes:
    """A Word document of one page."""
    document = docx.Document()
    document.add_paragraph("Notes of the meeting")
    fill(document)
    return saved(document)


def word_body(xml: str) -> bytes:
    """A Word document with this behind its first paragraph."""
    return changed(word(), {}, {"word/document.xml": ("<w:sectPr", f"{xml}<w:sectPr")})


def word_part(name: str, xml: str) -> bytes:
    """A Word document with one part more."""
    return changed(word(), {name: f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{xml}'})


def _paragraph(inner: str) -> str:
    return f"<w:p>{inner}</w:p>"


def _run(text: str, properties: str = "") -> str:
    return f'<w:r>{properties}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _halves(text: str, between: str = "") -> str:
    """Runs of one letter each."""
    return between.join(_run(letter, "<w:rPr><w:b/></w:rPr>") for letter in text)


def _header(document: Document, text: str, kind: str) -> None:
    section = document.sections[0]
    section.different_first_page_header_footer = kind.startswith("first")
    document.settings.odd_and_even_pages_header_footer = kind.startswith("even")
    getattr(section, kind).paragraphs[0].text = text


def _wide(text: str) -> bytes:
    return f"<?xml version='1.0' encoding='UTF-16'?><w:x {W}><w:t>{escape(text)}</w:t></w:x>".encode("utf-16")


WORD: Mapping[str, Write] = {
    **{
        kind: lambda text, kind=kind: word(lambda d: _header(d, text, kind))  # type: ignore[misc]
        for kind in (
            "header",
            "footer",
            "first_page_header",
            "first_page_footer",
            "even_page_header",
            "even_page_footer",
        )
    },
    "body": lambda text: word(lambda d: d.add_paragraph(text)),
    "heading": lambda text: word(lambda d: d.add_heading(text)),
    "list": lambda text: word(lambda d: d.add_paragraph(text, "List Bullet")),
    "table": lambda text: word(lambda d: setattr(d.add_table(1, 2).rows[0].cells[1], "text", text)),
    "table-in-table": lambda text: word(
        lambda d: setattr(d.add_table(1, 1).rows[0].cells[0].add_table(1, 1).rows[0].cells[0], "text", text)
    ),
    "comment": lambda text: word(
        lambda d: d.add_comment(d.add_paragraph("x").add_run("y"), text, "A") and None
    ),
    "letters": lambda text: word_body(_paragraph(_halves(text))),
    "letters-spell": lambda text: word_body(_paragraph(_halves(text, '<w:proofErr w:type="spellStart"/>'))),
    "vanish": lambda text: word_body(_paragraph(_run(text, "<w:rPr><w:vanish/></w:rPr>"))),
    "white": lambda text: word_body(_paragraph(_run(text, '<w:rPr><w:color w:val="FFFFFF"/></w:rPr>'))),
    "deleted": lambda text: word_body(
        _paragraph(f'<w:del w:id="1" w:author="a"><w:r><w:delText>{escape(text)}</w:delText></w:r></w:del>')
    ),
    "inserted": lambda text: word_body(_paragraph(f'<w:ins w:id="1" w:author="a">{_run(text)}</w:ins>')),
    "moved": lambda text: word_body(
        _paragraph(f'<w:moveFrom w:id="1" w:author="a">{_run(text)}</w:moveFrom>')
    ),
    "control": lambda text: word_body(
        f"<w:sdt><w:sdtContent>{_paragraph(_run(text))}</w:sdtContent></w:sdt>"
    ),
    "list-item": lambda text: word_body(
        f"<w:sdt><w:sdtPr><w:dropDownList><w:listItem w:displayText={quoteattr(text)} w:value='1'/>"
        f"</w:dropDownList></w:sdtPr><w:sdtContent>{_paragraph(_run('x'))}</w:sdtContent></w:sdt>"
    ),
    "control-name": lambda text: word_body(
        f"<w:sdt><w:sdtPr><w:alias w:val={quoteattr(text)}/></w:sdtPr>"
        f"<w:sdtContent>{_paragraph(_run('x'))}</w:sdtContent></w:sdt>"
    ),
    "field": lambda text: word_body(
        _paragraph(
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
            f"<w:r><w:instrText>QUOTE {escape(text)}</w:instrText></w:r>"
            '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        )
    ),
    "field-simple": lambda text: word_body(
        _paragraph(f"<w:fldSimple w:instr={quoteattr('QUOTE ' + text)}>{_run('x')}</w:fldSimple>")
    ),
    "form-default": lambda text: word_body(
        _paragraph(
            '<w:r><w:fldChar w:fldCharType="begin"><w:ffData>'
            f"<w:helpText w:type='text' w:val={quoteattr(text)}/></w:ffData></w:fldChar></w:r>"
        )
    ),
    "tooltip": lambda text: word_body(
        _paragraph(f"<w:hyperlink w:anchor='x' w:tooltip={quoteattr(text)}>{_run('x')}</w:hyperlink>")
    ),
    "text-box": lambda text: word_body(
        _paragraph(
            "<w:r><w:pict><v:shape xmlns:v='urn:schemas-microsoft-com:vml'><v:textbox><w:txbxContent>"
            f"{_paragraph(_run(text))}</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
        )
    ),
    "shape": lambda text: word_body(
        _paragraph(
            "<w:r><w:drawing><wps:wsp xmlns:wps='http://schemas.microsoft.com/office/word/2010/wordprocessingShape'>"
            f"<wps:txbx><w:txbxContent>{_paragraph(_run(text))}</w:txbxContent></wps:txbx></wps:wsp></w:drawing></w:r>"
        )
    ),
    "watermark": lambda text: word_body(
        _paragraph(
            "<w:r><w:pict><v:shape xmlns:v='urn:schemas-microsoft-com:vml'>"
            f"<v:textpath style='font-family:x' string={quoteattr(text)}/></v:shape></w:pict></w:r>"
        )
    ),
    "alternative": lambda text: word_body(
        _paragraph(
            "<w:r><w:drawing><wp:inline xmlns:wp='http://schemas.openxmlformats.org/drawingml/2006/"
            f"wordprocessingDrawing'><wp:docPr id='1' name='p' descr={quoteattr(text)}/></wp:inline></w:drawing></w:r>"
        )
    ),
    "alternative-title": lambda text: word_body(
        _paragraph(
            "<w:r><w:drawing><wp:inline xmlns:wp='http://schemas.openxmlformats.org/drawingml/2006/"
            f"wordprocessingDrawing'><wp:docPr id='1' name='p' title={quoteattr(text)}/></wp:inline></w:drawing></w:r>"
        )
    ),
    "mathematics": lambda text: word_body(
        _paragraph(
            "<m:oMath xmlns:m='http://schemas.openxmlformats.org/officeDocument/2006/math'>"
            f"<m:r><m:t>{escape(text)}</m:t></m:r></m:oMath>"
        )
    ),
    "table-caption": lambda text: word_body(
        f"<w:tbl><w:tblPr><w:tblCaption w:val={quoteattr(text)}/></w:tblPr><w:tr><w:tc>{_paragraph(_run('x'))}"
        "</w:tc></w:tr></w:tbl>"
    ),
    "numbering": lambda text: word_part(
        "word/numbering.xml",
        f"<w:numbering {W}><w:abstractNum w:abstractNumId='0'><w:lvl w:ilvl='0'><w:lvlText w:val={quoteattr(text)}/>"
        "</w:lvl></w:abstractNum></w:numbering>",
    ),
    "variable": lambda text: word_part(
        "word/settings.xml",
        f"<w:settings {W}><w:docVars><w:docVar w:name='a' w:val={quoteattr(text)}/></w:docVars></w:settings>",
    ),
    **{
        name: lambda text, name=name, tag=tag: word_part(  # type: ignore[misc]
            f"word/{name}.xml", f"<w:{tag} {W}><w:x>{_paragraph(_run(text))}</w:x></w:{tag}>"
        )
        for name, tag in {
            "footnotes": "footnotes",
            "endnotes": "endnotes",
            "comments2": "comments",
            "header9": "hdr",
            "glossary/document": "glossaryDocument",
        }.items()
    },
    "smart-art": lambda text: word_part(
        "word/diagrams/data1.xml",
        f"<dgm:dataModel xmlns:dgm='d' {A}><dgm:t><a:p><a:r><a:t>{escape(text)}</a:t>"
        "</a:r></a:p></dgm:t></dgm:dataModel>",
    ),
    "chart": lambda text: word_part(
        "word/charts/chart1.xml",
        f"<c:chartSpace {C}><c:strCache><c:pt idx='0'><c:v>{escape(text)}</c:v></c:pt></c:strCache></c:chartSpace>",
    ),
    "custom-xml": lambda text: word_part("customXml/item1.xml", f"<data><a>{escape(text)}</a></data>"),
    "custom-xml-attribute": lambda text: word_part("customXml/item1.xml", f"<data a={quoteattr(text)}/>"),
    "custom-property": lambda text: word_part(
        "docProps/custom.xml",
        f"<Properties xmlns:vt='v'><property name='a'><vt:lpwstr>{escape(text)}</vt:lpwstr></property></Properties>",
    ),
    "core-property": lambda text: word(lambda d: setattr(d.core_properties, "subject", text)),
    "title-property": lambda text: word(lambda d: setattr(d.core_properties, "title", text)),
    "chunk-page": lambda text: changed(word(), {"word/afchunk.htm": f"<html><p>{escape(text)}</p></html>"}),
    "chunk-rtf": lambda text: changed(word(), {"word/afchunk.rtf": f"{{\\rtf1 {text}}}"}),
    "chunk-text": lambda text: changed(word(), {"word/afchunk.txt": text}),
    "chunk-mht": lambda text: changed(
        word(),
        {"word/afchunk.mht": f"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>{escape(text)}</p>"},
    ),
    "subdocument": lambda text: changed(word(), {"word/sub.docx": word(lambda d: d.add_paragraph(text))}),
    "utf-16": lambda text: changed(word(), {"word/footnotes.xml": _wide(text)}),
    "entities": lambda text: word_part(
        "word/footnotes.xml", f"<w:x {W}><w:t>{''.join(f'&#{ord(letter)};' for letter in text)}</w:t></w:x>"
    ),
    "cdata": lambda text: word_part("word/footnotes.xml", f"<w:x {W}><w:t><![CDATA[{text}]]></w:t></w:x>"),
    "upper-case-name": lambda text: word_part(
        "WORD/FOOTNOTES.XML", f"<w:x {W}><w:t>{escape(text)}</w:t></w:x>"
    ),
    "other-suffix": lambda text: word_part("word/extra.dat", f"<w:x {W}><w:t>{escape(text)}</w:t></w:x>"),
    "instruction": lambda text: word_part(
        "word/footnotes.xml", f"<w:x {W}><?note {text}?><w:t>x</w:t></w:x>"
    ),
    "xml-comment": lambda text: word_part(
        "word/footnotes.xml", f"<w:x {W}><!-- {text} --><w:t>x</w:t></w:x>"
    ),
}


def all_cases() -> Iterator[Case]:
    """Every case of this module."""
    for name, write in WORD.items():
        yield Case("D02" if name.startswith(("chunk", "sub")) else "D01", f"word-{name}", sent(write))
