"""Cells that show days or numbers: which styles do, and what days they show."""

from __future__ import annotations

import pytest

from gateway.message.cells import date_styles, number_codes, shown

STYLES = b"""<styleSheet><numFmts><numFmt numFmtId="164" formatCode="dddd\\ d/m/yyyy"/>
<numFmt numFmtId="165" formatCode="0.0&quot; days&quot;"/><numFmt formatCode='[Red]0' numFmtId='166'/></numFmts>
<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
<cellXfs>
<xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="22"/></cellXfs>
</styleSheet>"""


def test_styles_that_show_dates() -> None:
    """Built-in formats and own ones with a day, month, year or hour in them, outside of quotes and brackets."""
    assert {"1", "4"} == date_styles(STYLES)
    assert set() == date_styles(b"<styleSheet/>")


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("43187", " 28 March 2018"),
        ("43187.395833333336", " 28 March 2018 09:30"),
        ("0.39583333333333331", " 09:30"),
        ("0", " 00:00"),
        ("-1", ""),
        ("1E+99", ""),
        ("99999", " 13 October 2173"),
        ("", ""),
        ("2018-03-28", ""),
    ],
)
def test_what_a_cell_shows(number: str, expected: str) -> None:
    """Days and times of day as words that a banner has; nothing for what is neither."""
    assert expected == shown(number)


def test_formats_of_numbers() -> None:
    """Built-in formats and own ones, by the number of the style; no days, and nothing for General."""
    styles = b"""<styleSheet><numFmts><numFmt numFmtId="164" formatCode="0.0&quot; days&quot;"/>
    <numFmt formatCode='[&gt;=1000]0.0,"K";0' numFmtId='165'/><numFmt numFmtId="166" formatCode="d/m/yyyy"/>
    <numFmt numFmtId="167" formatCode="General"/><numFmt numFmtId="168" formatCode="\xc2\xa3#,##0_d"/></numFmts>
    <cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="167"/>
    <xf numFmtId="168"/><xf numFmtId="9"/><xf numFmtId="14"/><xf numFmtId="12"/><xf/></cellXfs></styleSheet>"""
    expected = {"1": '0.0" days"', "2": '[>=1000]0.0,"K";0', "5": "£#,##0_d", "6": "0%"}
    assert expected == number_codes(styles)
    assert {} == number_codes(b"<styleSheet/>")
