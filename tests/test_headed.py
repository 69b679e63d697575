"""Lists below a header line."""

from __future__ import annotations

import pytest

from gateway.headed import Columns, letters, mailbox
from gateway.sheets import Line, SheetError, Tables

COLUMNS = Columns({"email": "email|mail", "name": "name"}, must=("email",), missing="an address")


def lines(*rows: tuple[str, ...]) -> list[Line]:
    """A sheet with these rows."""
    return [Line(at, row) for at, row in enumerate(rows, 1)]


def test_found_below_titles() -> None:
    """The header is the first line with the columns that must be there; other columns are named as unused."""
    found = COLUMNS.find(
        Tables((lines(("A list",), ("Name", "Room", "E-Mail"), ("Ann", "1", "a@b.example")),))
    )
    assert (("name", None, "email"), ("Room",), [{"name": "Ann", "email": "a@b.example"}]) == (
        found.fields,
        found.unused,
        [found.values(row) for row in found.rows],
    )


@pytest.mark.parametrize(
    ("tables", "why"),
    [
        pytest.param(Tables((lines(("name",)),)), "has no header line with an address", id="none"),
        pytest.param(Tables((lines(("mail",)), lines(("email",)))), "more than one sheet", id="several"),
        pytest.param(Tables((lines(("mail", "email")),)), "line 1: two columns for email", id="twice"),
    ],
)
def test_not_found(tables: Tables, why: str) -> None:
    """A file without the list, or in which it could be in two places, is refused."""
    with pytest.raises(SheetError, match=why):
        COLUMNS.find(tables)


def test_letters_and_mailbox() -> None:
    """Names are compared by their letters; a cell holds one address, with a name or without."""
    assert ("emailaddress", ("Ann", "ann@policy.example")) == (
        letters("E-mail address (2)"),
        mailbox("Ann <ANN@policy.example>"),
    )
