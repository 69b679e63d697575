"""Rows of the files in which people keep lists."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from gateway.sheets import Line, SheetError, read_tables


def test_readings_of_a_text(tmp_path: Path) -> None:
    """A text is read once with each delimiter; the lines keep their numbers, blank ones are left out."""
    path = tmp_path / "a.csv"
    path.write_text("a;b\n\n c ; \n")
    found = read_tables(path)
    assert found.readings
    assert [Line(1, ("a", "b")), Line(3, ("c", ""))] in found.tables
    assert [Line(1, ("a;b",)), Line(3, ("c ;",))] in found.tables


def test_sheets_of_a_workbook(tmp_path: Path) -> None:
    """Visible sheets are tables; dates stay dates, numbers become text, formulas their last value."""
    book = Workbook()
    shown, hidden = book.worksheets[0], book.create_sheet("old")
    shown["B2"], shown["C2"], shown["D2"] = 7, datetime(2018, 3, 28, 9, 30), " a  b "
    hidden["A1"] = "x"
    hidden.sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    found = read_tables(tmp_path / "a.xlsx")
    assert not found.readings
    assert ([Line(2, ("", "7", datetime(2018, 3, 28, 9, 30), "a b"))],) == found.tables


def test_renamed_workbook(tmp_path: Path) -> None:
    """What a file is shows in its bytes, not in its name."""
    Workbook().save(tmp_path / "a.csv")
    assert not read_tables(tmp_path / "a.csv").readings


def test_objects(tmp_path: Path) -> None:
    """Objects become rows under the names they use, numbered from 1."""
    path = tmp_path / "a.json"
    path.write_text('[{"email": "a"}, {"name": 7, "email": null}]')
    assert ([Line(0, ("email", "name")), Line(1, ("a", "")), Line(2, ("", "7"))],) == read_tables(path).tables


def test_too_many_rows(tmp_path: Path) -> None:
    """A file of more rows than any list has is refused."""
    path = tmp_path / "a.csv"
    path.write_text("a\n" * 100_001)
    with pytest.raises(SheetError, match="is too long for a list"):
        read_tables(path)
