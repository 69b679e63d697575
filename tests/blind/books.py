"""Where a workbook keeps text that somebody can see (D03, D04); parts that openpyxl leaves out are put in by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from xml.sax.saxutils import escape, quoteattr

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.worksheet import Worksheet

from tests.blind import Case
from tests.blind.office import A, C, S, Write, changed, saved, sent


def book(fill: Callable[[Worksheet, str], None], text: str) -> bytes:
    """A workbook of two sheets."""
    made = Workbook()
    sheet = made.active
    assert isinstance(sheet, Worksheet)
    sheet.append(["Region", "North"])
    fill(sheet, text)
    return saved(made)


def _in(state: str) -> Callable[[Worksheet, str], None]:
    def fill(sheet: Worksheet, text: str) -> None:
        assert sheet.parent is not None
        other = sheet.parent.create_sheet("other")
        other.sheet_state = state
        other["C3"] = text

    return fill


def _named(sheet: Worksheet, text: str) -> None:
    assert sheet.parent is not None
    sheet.parent.defined_names["note"] = DefinedName("note", attr_text=f'"{text}"')


def _validated(sheet: Worksheet, text: str, **what: str) -> None:
    rule = DataValidation(**{"type": "list", "formula1": '"a,b"', **dict.fromkeys(what, text)})  # type: ignore[arg-type]
    rule.add("A1")
    sheet.add_data_validation(rule)


def _charted(sheet: Worksheet, text: str) -> None:
    chart = BarChart()
    chart.add_data(Reference(sheet, 1, 1, 2, 2))
    chart.title = text
    sheet.add_chart(chart)


def book_part(name: str, xml: str) -> bytes:
    """A workbook with one part more."""
    plain = book(lambda sheet, text: None, "")
    return changed(plain, {name: f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{xml}'})


def _set(cell: str) -> Callable[[Worksheet, str], None]:
    return lambda sheet, text: setattr(sheet[cell], "value", text)


def _hidden_row(sheet: Worksheet, text: str) -> None:
    sheet["A9"] = text
    sheet.row_dimensions[9].hidden = True


def _hidden_column(sheet: Worksheet, text: str) -> None:
    sheet["F1"] = text
    sheet.column_dimensions["F"].hidden = True


def _format(sheet: Worksheet, text: str) -> None:
    sheet["A5"] = 1
    sheet["A5"].number_format = f'"{text}"'


def _printed(where: HeaderFooterItem | None, text: str) -> None:
    assert where is not None
    assert where.center is not None
    where.center.text = text


def _linked(sheet: Worksheet, text: str, what: str) -> None:
    sheet["A5"].hyperlink = "https://x.example/"
    assert sheet["A5"].hyperlink is not None
    setattr(sheet["A5"].hyperlink, what, text)


BOOK: Mapping[str, Write] = {
    "cell": lambda text: book(_set("A7"), text),
    "far-cell": lambda text: book(_set("XFD1048576"), text),
    "hidden": lambda text: book(_in("hidden"), text),
    "very-hidden": lambda text: book(_in("veryHidden"), text),
    "hidden-row": lambda text: book(_hidden_row, text),
    "hidden-column": lambda text: book(_hidden_column, text),
    "comment": lambda text: book(lambda s, t: setattr(s["A1"], "comment", Comment(t, "a")), text),
    "defined-name": lambda text: book(_named, text),
    "sheet-name": lambda text: book(lambda s, t: setattr(s, "title", t.replace(":", "-")[:31]), text),
    "header": lambda text: book(lambda s, t: _printed(s.oddHeader, t), text),
    "footer": lambda text: book(lambda s, t: _printed(s.firstFooter, t), text),
    "input-message": lambda text: book(lambda s, t: _validated(s, t, prompt=t), text),
    "input-title": lambda text: book(lambda s, t: _validated(s, t[:32], promptTitle=t), text),
    "error-message": lambda text: book(lambda s, t: _validated(s, t, error=t), text),
    "choices": lambda text: book(lambda s, t: _validated(s, f'"{t},other"', formula1=t), text),
    "chart-title": lambda text: book(_charted, text),
    "number-format": lambda text: book(_format, text),
    "formula": lambda text: book(lambda s, t: setattr(s["A5"], "value", f'="{t}"'), text),
    "link-tooltip": lambda text: book(lambda s, t: _linked(s, t, "tooltip"), text),
    "link-shown": lambda text: book(lambda s, t: _linked(s, t, "display"), text),
    "title-property": lambda text: book(
        lambda s, t: setattr(s.parent.properties, "title", t),  # type: ignore[union-attr]
        text,
    ),
    "inline": lambda text: book_part(
        "xl/worksheets/sheet9.xml",
        f"<worksheet {S}><sheetData><row><c t='inlineStr'><is><t>{escape(text)}</t></is></c></row></sheetData>"
        "</worksheet>",
    ),
    "cached": lambda text: book_part(
        "xl/worksheets/sheet9.xml",
        f"<worksheet {S}><sheetData><row><c t='str'><f>A1</f><v>{escape(text)}</v></c></row></sheetData></worksheet>",
    ),
    "macro-sheet": lambda text: book_part(
        "xl/macrosheets/sheet1.xml",
        f"<xm:macrosheet {S} xmlns:xm='x'><sheetData><row><c t='str'><f>ALERT()</f><v>{escape(text)}</v></c></row>"
        "</sheetData></xm:macrosheet>",
    ),
    "rich": lambda text: book_part(
        "xl/sharedStrings.xml",
        f"<sst {S}><si>{''.join(f'<r><t>{escape(letter)}</t></r>' for letter in text)}</si></sst>",
    ),
    "pivot-cache": lambda text: book_part(
        "xl/pivotCache/pivotCacheRecords1.xml",
        f"<pivotCacheRecords {S}><r><s v={quoteattr(text)}/></r></pivotCacheRecords>",
    ),
    "pivot-items": lambda text: book_part(
        "xl/pivotCache/pivotCacheDefinition1.xml",
        f"<pivotCacheDefinition {S}><cacheFields><cacheField name='a'><sharedItems><s v={quoteattr(text)}/>"
        "</sharedItems></cacheField></cacheFields></pivotCacheDefinition>",
    ),
    "pivot-field": lambda text: book_part(
        "xl/pivotTables/pivotTable1.xml",
        f"<pivotTableDefinition {S} dataCaption='x'><dataFields><dataField name={quoteattr(text)} fld='1'/>"
        "</dataFields></pivotTableDefinition>",
    ),
    "external": lambda text: book_part(
        "xl/externalLinks/externalLink1.xml",
        f"<externalLink {S}><externalBook><sheetDataSet><sheetData sheetId='0'><row r='1'><cell r='A1' t='str'>"
        f"<v>{escape(text)}</v></cell></row></sheetData></sheetDataSet></externalBook></externalLink>",
    ),
    "slicer": lambda text: book_part(
        "xl/slicers/slicer1.xml", f"<slicers {S}><slicer name='a' caption={quoteattr(text)}/></slicers>"
    ),
    "slicer-items": lambda text: book_part(
        "xl/slicerCaches/slicerCache1.xml",
        f"<slicerCacheDefinition {S}><data><olap><levels><level><ranges><range><i n={quoteattr(text)}/></range>"
        "</ranges></level></levels></olap></data></slicerCacheDefinition>",
    ),
    "table-column": lambda text: book_part(
        "xl/tables/table1.xml",
        f"<table {S} name='t'><tableColumns><tableColumn id='1' name={quoteattr(text)}/></tableColumns></table>",
    ),
    "table-total": lambda text: book_part(
        "xl/tables/table1.xml",
        f"<table {S} name='t'><tableColumns><tableColumn id='1' name='a' totalsRowLabel={quoteattr(text)}/>"
        "</tableColumns></table>",
    ),
    "text-box": lambda text: book_part(
        "xl/drawings/drawing9.xml",
        f"<xdr:wsDr xmlns:xdr='x' {A}><xdr:sp><xdr:txBody><a:p><a:r><a:t>{escape(text)}</a:t>"
        "</a:r></a:p></xdr:txBody></xdr:sp></xdr:wsDr>",
    ),
    "picture-text": lambda text: book_part(
        "xl/drawings/drawing9.xml",
        f"<xdr:wsDr xmlns:xdr='x'><xdr:cNvPr id='1' name='x' descr={quoteattr(text)}/></xdr:wsDr>",
    ),
    "threaded-comment": lambda text: book_part(
        "xl/threadedComments/threadedComment1.xml",
        f"<ThreadedComments><threadedComment ref='A1'><text>{escape(text)}</text></threadedComment></ThreadedComments>",
    ),
    "chart-cache": lambda text: book_part(
        "xl/charts/chart9.xml",
        f"<c:chartSpace {C}><c:strCache><c:pt idx='0'><c:v>{escape(text)}</c:v></c:pt></c:strCache></c:chartSpace>",
    ),
    "scenario": lambda text: book_part(
        "xl/worksheets/sheet9.xml",
        f"<worksheet {S}><scenarios><scenario name='a' comment={quoteattr(text)}><inputCells r='A1' val='1'/>"
        "</scenario></scenarios></worksheet>",
    ),
    "connection": lambda text: book_part(
        "xl/connections.xml",
        f"<connections {S}><connection id='1' description={quoteattr(text)}/></connections>",
    ),
    "condition": lambda text: book_part(
        "xl/worksheets/sheet9.xml",
        f"<worksheet {S}><conditionalFormatting><cfRule type='containsText' text={quoteattr(text)}><formula>1</formula>"
        "</cfRule></conditionalFormatting></worksheet>",
    ),
    "vml-note": lambda text: book_part(
        "xl/drawings/vmlDrawing9.vml",
        f"<xml><v:shape xmlns:v='v'><v:textbox><div>{escape(text)}</div></v:textbox></v:shape></xml>",
    ),
    "form-control": lambda text: book_part(
        "xl/ctrlProps/ctrlProp1.xml",
        f"<formControlPr objectType='List'><itemLst><item val={quoteattr(text)}/></itemLst></formControlPr>",
    ),
}


_APART = ("pivot", "slicer", "external", "chart", "connection")


def all_cases() -> Iterator[Case]:
    """Every case of this module."""
    for name, write in BOOK.items():
        yield Case("D04" if name.startswith(_APART) else "D03", f"book-{name}", sent(write))
