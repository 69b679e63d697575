"""Access lists as people make them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from gateway.access_list import AccessList, AccessListError, read, read_upload
from gateway.model import Grant, GrantKind

LONDON = ZoneInfo("Europe/London")
PRA, MADE = GrantKind.PRE_RELEASE, GrantKind.PRODUCTION
ANN = Grant(
    "ann@policy.example",
    PRA,
    "briefing",
    datetime(2018, 3, 27, 9, 30, tzinfo=LONDON),
    datetime(2018, 3, 29, 0, 0, tzinfo=LONDON),
    "import",
    "Ann Other",
    "Private Secretary",
    "DfE",
)
FULL = (
    "email,name,role,organisation,kind,reason,from,until\n"
    "ann@policy.example,Ann Other,Private Secretary,DfE,pre-release,briefing,2018-03-27T09:30,2018-03-28\n"
)


def taken(folder: Path, content: str | bytes, name: str = "list.csv") -> AccessList:
    """What is read of a file with this content."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read(path, LONDON)


def refused(folder: Path, content: str | bytes, name: str = "list.csv") -> list[str]:
    """The problems of a file, without its path."""
    with pytest.raises(AccessListError) as caught:
        taken(folder, content, name)
    assert all(problem.startswith(f"{folder / name}: ") for problem in caught.value.problems)
    return [problem.removeprefix(f"{folder / name}: ") for problem in caught.value.problems]


def workbook(folder: Path, *sheets: Sequence[Sequence[object]]) -> Path:
    """An XLSX file with these sheets."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    book.save(folder / "list.xlsx")
    return folder / "list.xlsx"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(FULL, id="as-documented"),
        pytest.param(b"\xef\xbb\xbf" + FULL.encode(), id="byte-order-mark"),
        pytest.param(FULL.encode("utf-16"), id="utf-16"),
        pytest.param(FULL.encode("utf-16-le"), id="utf-16-without-a-mark"),
        pytest.param(FULL.replace(",", ";"), id="semicolons"),
        pytest.param(FULL.replace(",", "\t"), id="tabs"),
        pytest.param(FULL.replace(",", " , "), id="spaces"),
        pytest.param(FULL.replace("\n", "\r\n"), id="windows-lines"),
        pytest.param(FULL.replace("\n", "\r"), id="old-mac-lines"),
        pytest.param(FULL.replace("\n", "\n,,,,,,,\n\n"), id="blank-rows"),
        pytest.param("Access list for CLA\nLast changed, by me\n\n" + FULL, id="title-lines"),
        pytest.param("sep=,\n" + FULL, id="delimiter-line-of-excel"),
        pytest.param(FULL.replace("ann@policy.example", '"""Other, Ann"" <ANN@Policy.example>"'), id="name"),
        pytest.param(FULL.replace("ann@policy.example", " mailto:Ann@policy.example"), id="link"),
        pytest.param(FULL.replace("ann@policy.example", "ann@policy.example;"), id="copied-from-a-mail"),
        pytest.param(FULL.replace("ann@policy.example", "\u200bann@policy.example\u00a0"), id="invisible-characters"),
        pytest.param(FULL.replace("pre-release", "PRA"), id="short-kind"),
        pytest.param(FULL.replace("2018-03-28", "28/03/2018"), id="day-first"),
        pytest.param(FULL.replace("name", "Full Name").replace("role", "Job title"), id="header-words"),
        pytest.param(
            FULL.replace("email", "E-mail address").replace("reason", "Justification").replace("until", "End date"),
            id="other-header-words",
        ),
    ],
)  # fmt: skip
def test_csv_as_people_make_it(tmp_path: Path, content: str | bytes) -> None:
    """The same list in another dress gives the same grant."""
    assert (ANN,) == taken(tmp_path, content).grants


def test_only_the_address_is_a_must(tmp_path: Path) -> None:
    """A column of addresses is a list of pre-release grants."""
    found = taken(tmp_path, "Email\na@x.example\nOther, Bob <b@x.example>\n")
    assert (
        Grant("a@x.example", PRA, origin="import"),
        Grant("b@x.example", PRA, origin="import", name="Other, Bob"),
    ) == (found.grants)


def test_latin_letters(tmp_path: Path) -> None:
    """What Excel on Windows saves as CSV is read in its code page."""
    assert "Zoë" == taken(tmp_path, "email;name\na@x.example;Zoë\n".encode("cp1252")).grants[0].name


def test_xlsx(tmp_path: Path) -> None:
    """A workbook with title rows, dates as dates, an empty row and a number among the words."""
    path = workbook(
        tmp_path,
        [
            ["Access list"],
            [],
            ["Name", "Mail", "Start", "End", "Role"],
            ["Ann", "ann@policy.example", datetime(2018, 3, 27, 9, 30), date(2018, 3, 28), 7],
            [None, None, None, None, None],
            ["Bob", "bob@policy.example", None, datetime(2018, 3, 28), None],
        ],
    )
    ann, bob = read(path, LONDON).grants
    assert (ANN.starts_at, ANN.ends_at, "7") == (ann.starts_at, ann.ends_at, ann.role)
    assert (None, ANN.ends_at, "Bob") == (bob.starts_at, bob.ends_at, bob.name)


def test_xlsx_faults_name_the_row_that_excel_shows(tmp_path: Path) -> None:
    """The line of a bad row is the number beside it in Excel."""
    path = workbook(tmp_path, [["Title"], [], ["Email"], [], ["nobody"]])
    with pytest.raises(AccessListError, match=r"list\.xlsx: line 5: An email address must have an @-sign\."):
        read(path, LONDON)


def test_two_sheets_with_lists(tmp_path: Path) -> None:
    """Two sheets that might both be the list are not chosen between."""
    path = workbook(tmp_path, [["email"], ["a@x.example"]], [["email", "name"], ["b@x.example", "B"]])
    with pytest.raises(AccessListError, match="more than one sheet looks like the list"):
        read(path, LONDON)
    path = workbook(tmp_path, [["email"], ["a@x.example"]], [["notes"], ["b@x.example"]])
    assert ["a@x.example"] == [grant.address for grant in read(path, LONDON).grants]


def test_json(tmp_path: Path) -> None:
    """A JSON list of objects, or of plain addresses."""
    items = [{"email": "ann@policy.example", "kind": "production", "until": None}, "bob@policy.example"]
    found = taken(tmp_path, json.dumps(items), "list.json").grants
    assert [("ann@policy.example", MADE), ("bob@policy.example", PRA)] == [
        (one.address, one.kind) for one in found
    ]
    assert ["line 2: no address"] == refused(
        tmp_path, '[{"email": "a@x.example"}, {"name": "B"}]', "list.json"
    )


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("{}", "must be a JSON list of objects or of addresses"),
        ("[1]", "must be a JSON list of objects or of addresses"),
        ('[{"email": ["a@x.example"]}]', "a value must not be a list or an object"),
        ("[\n{", "line 2: is no JSON"),
        ("[" * 100_000, "is no JSON"),
    ],
)
def test_bad_json(tmp_path: Path, content: str, problem: str) -> None:
    """JSON of another shape is refused with the reason."""
    assert [problem] == refused(tmp_path, content, "list.json")


def test_every_bad_row_at_once(tmp_path: Path) -> None:
    """Each bad row is named with its line, all in one go."""
    rows = (
        "Policy team\n"
        "email;kind;from;until\n"
        "good@x.example;;;\n"
        "*@x.example;;;\n"
        "@x.example;;;\n"
        "x.example;;;\n"
        "nobody;;;\n"
        ";production;;\n"
        "a@x.example b@x.example;;;\n"
        "a@x.example;friend;;\n"
        "b@x.example;;31/02/2018;\n"
        "c@x.example;;29/03/2018;28/03/2018\n"
        "d@x.example;;25/03/2018 01:30;\n"
        "e@x.example;;;;;more\n"
    )
    pattern = "a grant is to a person, never to a domain or a pattern"
    assert [
        f"line 4: '*@x.example': {pattern}",
        f"line 5: '@x.example': {pattern}",
        f"line 6: 'x.example': {pattern}",
        "line 7: An email address must have an @-sign.",
        "line 8: no address",
        "line 9: more than one address in a cell",
        "line 10: kind 'friend': must be pre-release or production",
        "line 11: from: no such date or time",
        "line 12: it ends before it begins",
        "line 13: from: 2018-03-25 01:30 does not exist in Europe/London: clocks go forward; give it with its offset",
        "line 14: more cells than the header line has columns",
    ] == refused(tmp_path, rows)


def test_line_numbers_count_lines(tmp_path: Path) -> None:
    """A cell with a line break does not shift the numbers of the rows below it."""
    assert ["line 4: An email address must have an @-sign."] == refused(
        tmp_path, 'email,reason\na@x.example,"one\ntwo"\nnobody,\n'
    )


def test_doubled_rows(tmp_path: Path) -> None:
    """The same row twice counts once and is noted; what only one of them says is kept."""
    found = taken(tmp_path, "email,name,reason\na@x.example,Ann,\nA@X.example,ann,briefing\n")
    assert (Grant("a@x.example", PRA, "briefing", origin="import", name="Ann"),) == found.grants
    assert (f"{tmp_path}/list.csv: line 3: the same as line 2",) == found.notes


@pytest.mark.parametrize(
    ("second", "problem"),
    [
        ("a@x.example,Bob,,", "another name for the same address"),
        ("a@x.example,Ann,2018-03-28,", "other times for the same address"),
        ("a@x.example,Ann,,2018-03-28", "other times for the same address"),
    ],
)
def test_contradicting_rows(tmp_path: Path, second: str, problem: str) -> None:
    """Two rows for one address that disagree are refused: nobody can say which is meant."""
    rows = f"email,name,from,until\na@x.example,Ann,,\n{second}\n"
    assert [f"line 3: contradicts line 2: {problem}"] == refused(tmp_path, rows)


def test_both_kinds_for_one_address(tmp_path: Path) -> None:
    """One person may hold a grant of each kind."""
    found = taken(tmp_path, "email,kind\na@x.example,production\na@x.example,pre-release\n")
    assert {PRA, MADE} == {grant.kind for grant in found.grants}


def test_team_list(tmp_path: Path) -> None:
    """A list for one kind makes grants of that kind and refuses the other."""
    path = tmp_path / "team.csv"
    path.write_text("email\na@x.example\n")
    assert [MADE] == [grant.kind for grant in read(path, LONDON, default=MADE, only=MADE).grants]
    path.write_text("email,kind\na@x.example,pre-release\n")
    with pytest.raises(AccessListError, match="line 2: only production grants belong here"):
        read(path, LONDON, default=MADE, only=MADE)


def test_unused_column_is_noted(tmp_path: Path) -> None:
    """A column that means nothing to us is said, so that a misspelt `until` does not pass in silence."""
    found = taken(tmp_path, "email,untill\na@x.example,2018-03-28\n")
    assert (f'{tmp_path}/list.csv: column "untill" is not used',) == found.notes


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", 'has no header line with a column for the address, such as "email"'),
        (b"a@x.example\nb@x.example\n", 'has no header line with a column for the address, such as "email"'),
        (b"email,name\n", "no addresses in it"),
        (b"email,name,e-mail\na@x.example,,b@x.example\n", "line 1: two columns for email"),
        (b"PK\x03\x04 no zip", "is no readable .xlsx file"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "is an old or encrypted Excel file; save it as .xlsx without a password, or as CSV",
        ),
        (b"\xff\xfe\x00", "is no text in UTF-8, UTF-16 or Windows-1252"),
        (b"email\n" + b"x" * 21_000_000, "is too large for a list"),
    ],
    ids=["empty", "no-header", "no-rows", "two-addresses", "broken-xlsx", "old-excel", "broken-utf-16", "huge"],
)  # fmt: skip
def test_files_that_are_no_list(tmp_path: Path, content: bytes, problem: str) -> None:
    """A file that is no list is refused with the reason."""
    assert [problem] == refused(tmp_path, content)


def test_missing_file(tmp_path: Path) -> None:
    """A file that is not there, and a folder, are named."""
    for path, reason in ((tmp_path / "no.csv", "No such file or directory"), (tmp_path, "Is a directory")):
        with pytest.raises(AccessListError) as caught:
            read(path, LONDON)
        assert (f"{path}: {reason}",) == caught.value.problems


@given(st.binary(max_size=400), st.sampled_from(["x.csv", "x.json", "x.xlsx"]))
def test_any_bytes(tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str) -> None:
    """Whatever a file holds, it is either taken or refused with problems that name it."""
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(b"email\n" + content)
    try:
        problems: tuple[str, ...] = ()
        grants = read(path, LONDON).grants
    except AccessListError as error:
        grants, problems = (), error.problems
    assert bool(grants) != bool(problems)
    assert all(problem.startswith(f"{path}: ") for problem in problems)


def test_upload_is_read_as_a_file_is() -> None:
    """What somebody hands over is read as a file of that name is, and its problems carry the name."""
    rows = b"email;Date of declaration\na@x.example;26/03/2018\n"
    zone = ZoneInfo("Europe/London")
    assert (Grant("a@x.example", PRA, origin="import", declared_on=date(2018, 3, 26)),) == read_upload(
        "list.csv", rows, zone
    ).grants
    with pytest.raises(AccessListError, match=r"list\.json: line 1: is no JSON"):
        read_upload("list.json", rows, zone)
    with pytest.raises(AccessListError, match=r"list\.csv: has no header line"):
        read_upload("list.csv", b"nobody\n", zone)


def test_names_turn_no_line_around(tmp_path: Path) -> None:
    """Signs that reverse or hide text do not get from a list into pages and letters."""
    content = (
        "email,name,role,organisation,reason\na@x.example,A\u202enn\u200b,R\u2066,O\u061c,b\u202ecause\n"
    )
    (grant,) = taken(tmp_path, content).grants
    assert ("Ann", "R", "O", "bcause") == (grant.name, grant.role, grant.organisation, grant.reason)
