"""Number formats of cells: what a cell shows of the number it keeps."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import Workbook

from gateway.message.cells import read_number, says_less
from gateway.message.number_formats import general, shown, value

ACCOUNTS = '_-£* #,##0.00_-;-£* #,##0.00_-;_-£* "-"??_-;_-@_-'
STEPS = '[>=1000000]0.0,,"M";[>=1000]0.0,"K";0'
SHOWN = [
    ("0.0472891", "0.0%", "4.7%"),
    ("0.0472891", "0%", "5%"),
    ("4.7289", "0.0", "4.7"),
    ("-3.405", "0.00", "-3.41"),
    ("2.5", "0", "3"),
    ("0.28499999999999998", "0.00", "0.29"),
    ("1.005", "0.00", "1.01"),
    ("99.95", "0.0", "100.0"),
    ("72670.4321", "#,##0", "72,670"),
    ("1234567", "#,##0.0,", "1,234.6"),
    ("11400000000", '£0.0,,,"bn"', "£11.4bn"),
    ("1234.5", "[$£-809]#,##0.00", "£1,234.50"),
    ("1234.5", "[$€-2] #,##0", "€ 1,235"),
    ("-3417", "#,##0_);(#,##0)", "(3,417)"),
    ("-3417.55", "#,##0.0_);[Red]\\(#,##0.0\\)", "(3,417.6)"),
    ("-1234.5", ACCOUNTS, "-£1,234.50"),
    ("0", ACCOUNTS, "£-"),
    ("0", '0.0;-0.0;"nil"', "nil"),
    ("0.0341", "+0.0%;-0.0%", "+3.4%"),
    ("-0.0341", "+0.0%;-0.0%", "-3.4%"),
    ("4.7", '0.0" per cent"', "4.7 per cent"),
    ("4.7", "0.0\\%", "4.7%"),
    ("25.2", '0.0"p"', "25.2p"),
    ("-0.04", "0.0", "0.0"),
    ("-0.3", "0;(0)", "(0)"),
    ("0.0472891", "0.00E+00", "4.73E-02"),
    ("99.95", "0.0E+00", "1.0E+02"),
    ("12345", "##0.0E+0", "12.3E+3"),
    ("1234567", STEPS, "1.2M"),
    ("1234", STEPS, "1.2K"),
    ("12", STEPS, "12"),
    ("-5.5", '[<0]"minus "0.0;0.0', "minus 5.5"),
    ("12", "000000", "000012"),
    ("123456789", "000\\-00\\-0000", "123-45-6789"),
    ("0.5", "0.0##", "0.5"),
    ("5", ";;;", ""),
    ("-5", "0;;", ""),
    ("1234.5", "# ?/?", "1234.5"),
    ("1234.5", "General", "1234.5"),
    ("1234.5", "@", "1234.5"),
    ("12", 'General" units"', "12 units"),
    ("12", '"up "0', "up 12"),
    ("0.30000000000000004", "General", "0.3"),
    ("5", "0" * 300, "5"),
]


@pytest.mark.parametrize(("number", "code", "expected"), SHOWN)
def test_what_a_cell_shows(number: str, code: str, expected: str) -> None:
    """A number under its format, by the quick way and by the thorough one."""
    kept = value(number)
    assert kept is not None
    assert expected == shown(kept, code)
    assert expected == read_number(number, code)[0]


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("72670", "72670"),
        ("-0.5", "-0.5"),
        ("1.2E-5", "0.000012"),
        ("1E+15", "1000000000000000"),
        ("0.333333333333333333", "0.33333333333"),
        ("1E-300", "1E-300"),
        ("0E5", "0"),
    ],
)
def test_general(number: str, expected: str) -> None:
    """A cell without a format shows eleven digits, and no power of ten where digits will do."""
    kept = value(number)
    assert kept is not None
    assert expected == general(kept)
    assert expected == read_number(number, None)[0]


@pytest.mark.parametrize(
    "number", ["", "-", "1e", "nan", "inf", "1_000", "0x1f", "1,5", "٣", "9" * 41, "1E+999"]
)
def test_what_is_no_number(number: str) -> None:
    """It is shown as it is written, and nobody fails on it."""
    assert value(number) is None
    assert (number, "") == read_number(number, "0.0")


@pytest.mark.parametrize(
    ("number", "code", "expected"),
    [
        ("0.0472891", "0.0%", "0.0472891"),
        ("0.5", "0%", "0.5"),
        ("0", "0%", ""),
        ("1234567", '#,##0," thousand"', "1234567"),
        ("72670.4321", "#,##0", ""),
        ("4.7289", "0.0", ""),
        ("4.7289", "0", "4.7289"),
        ("9.7", "0", ""),
        ("0.4", "0", "0.4"),
        ("5", "0", ""),
        ("5", ";;;", "5"),
        ("0", ";;;", ""),
        ("1234567", STEPS, "1234567"),
        ("12345", "0.00E+00", "12345"),
    ],
)
def test_where_a_cell_shows_less(number: str, code: str, expected: str) -> None:
    """The number itself is told too where what is shown is no rounding of it, or has less than two digits."""
    assert expected == read_number(number, code)[1]


@pytest.mark.parametrize(
    ("text", "kept", "expected"),
    [
        ("4.7%", "0.0472", True),
        ("72,670", "72670.4", False),
        ("-3.4", "-3.41", False),
        ("", "1", True),
        ("", "0", False),
    ],
)
def test_where_a_text_says_less(text: str, kept: str, expected: bool) -> None:
    """The same for programs that keep both: the text is compared with the number."""
    assert expected == says_less(text, Decimal(kept))


CODES = st.text(alphabet='0#?.,%;"\\_*[]$£-+E/@ ()<>=1k', max_size=40)
NUMBERS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(repr), st.integers(-(10**30), 10**30).map(str)
)


@given(NUMBERS, CODES)
@example("1", "%" * 200 + "0")
@example("1E+20", "%0" * 120)
@example("1E+20", "0" * 100 + ".0E+0")
@example("1", "#" * 60 + "." + "0" * 190)
@example("1", "0" + "," * 250)
@example("1", '"0')
@example("1", "[>1.]0;[<=.]0")
def test_any_code(number: str, code: str) -> None:
    """No format makes a number fail, nor a long text of it."""
    text, more = read_number(number, code)
    assert len(text) <= 120 + 40
    assert len(more) <= 40


@given(st.integers(-(10**9), 10**9), st.integers(0, 4), st.booleans())
def test_the_quick_way_is_the_thorough_one(digits: int, places: int, grouped: bool) -> None:
    """Floats come out as decimals do, halves too."""
    number = str(Decimal(digits).scaleb(-5))
    code = ("#,##0" if grouped else "0") + ("." + "0" * places if places else "")
    kept = value(number)
    assert kept is not None
    assert shown(kept, code) == read_number(number, code)[0]


@pytest.mark.long
@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
def test_libreoffice_shows_the_same(tmp_path: Path) -> None:
    """A sheet of every number under every format of the table above is shown alike by LibreOffice."""
    numbers = sorted(
        {float(number) for number, _, _ in SHOWN} | {0.5, -2.5, 2.675, 1e-7, 999.5, 999999.5, -1e6}
    )
    # Excel, not LibreOffice, rounds 28.5 % up, and fractions are shown as General.
    numbers.remove(0.28499999999999998)
    numbers.remove(1.005)
    codes = sorted(
        {code for _, code, _ in SHOWN if len(code) < 200} - {STEPS, "General", "@", "0.0##", "# ?/?"}
    )
    _workbook(tmp_path / "a.xlsx", numbers, codes)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", "--headless", profile, "--convert-to", "html", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "a.xlsx")], check=True, capture_output=True, timeout=100)
    rows = re.findall(r"<tr>.*?</tr>", (tmp_path / "a.html").read_text("utf-8"), re.S)
    for code, row in zip(codes, rows, strict=True):
        cells = [
            html.unescape(re.sub(r"<[^>]+>", "", cell)) for cell in re.findall(r"<td.*?</td>", row, re.S)
        ]
        expected = ["".join(cell.split()) for cell in cells]
        assert expected == ["".join(read_number(repr(number), code)[0].split()) for number in numbers], code


def _workbook(path: Path, numbers: list[float], codes: list[str]) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for row, code in enumerate(codes, 1):
        for column, number in enumerate(numbers, 1):
            sheet.cell(row, column, number).number_format = code
    book.save(path)
