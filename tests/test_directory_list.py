"""The directory as people export it."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from gateway.directory_list import DirectoryList, DirectoryListError, read
from gateway.persons import Entry, Kind

ANN, BOB, TEAM, OFFICE = (f"{name}@policy.example" for name in ("ann", "bob", "team", "office"))
ANNS = "ann.other@policy.example"
ROWS = [
    ("address", "kind", "member", "name"),
    (ANNS, "alias", ANN, "Ann Other"),
    (TEAM, "group", ANN, "The team"),
    (TEAM, "group", BOB, "The team"),
    (OFFICE, "mailbox", BOB, ""),
]
TEXT = "".join(",".join(row) + "\n" for row in ROWS)
ENTRIES = (
    Entry(ANNS, Kind.ALIAS, ANN),
    Entry(TEAM, Kind.GROUP, ANN),
    Entry(TEAM, Kind.GROUP, BOB),
    Entry(OFFICE, Kind.MAILBOX, BOB),
)


def taken(folder: Path, content: str, name: str = "directory.csv") -> DirectoryList:
    """What is read of a file with this content."""
    path = folder / name
    path.write_bytes(content.encode())
    return read(path)


def refused(folder: Path, content: str, name: str = "directory.csv") -> list[str]:
    """The problems of a file, without its path."""
    with pytest.raises(DirectoryListError) as caught:
        taken(folder, content, name)
    assert all(problem.startswith(f"{folder / name}: ") for problem in caught.value.problems)
    return [problem.removeprefix(f"{folder / name}: ") for problem in caught.value.problems]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(TEXT, id="as-documented"),
        pytest.param(TEXT.replace(",", ";"), id="semicolons"),
        pytest.param("Directory\nof March\n\n" + TEXT, id="title-lines"),
        pytest.param(
            TEXT.replace("address,kind,member", "E-mail Address,Type,Member e-mail"), id="other-names"
        ),
        pytest.param(TEXT.replace(",group,", ",Distribution list,"), id="other-kinds"),
        pytest.param(TEXT.replace(f",{BOB}", f",Bob <{BOB.upper()}>"), id="with-names"),
    ],
)
def test_taken(tmp_path: Path, content: str) -> None:
    """However it is spelled, the same entries, canonical, in order."""
    assert DirectoryList(ENTRIES) == taken(tmp_path, content)


def test_other_formats(tmp_path: Path) -> None:
    """JSON and XLSX say the same as CSV."""
    as_json = json.dumps([dict(zip(ROWS[0], row, strict=True)) for row in ROWS[1:]])
    book = Workbook()
    for row in ROWS:
        book.worksheets[0].append(row)
    book.save(tmp_path / "directory.xlsx")
    assert (
        ENTRIES
        == taken(tmp_path, as_json, "directory.json").entries
        == read(tmp_path / "directory.xlsx").entries
    )


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param("", ["has no header line with columns for address, kind and member"], id="nothing"),
        pytest.param(
            "address,member\n", ["has no header line with columns for address, kind and member"], id="no-kind"
        ),
        pytest.param("address,kind,member\n", ["no addresses in it"], id="no-rows"),
        pytest.param(
            f"address,kind,member\n{ANNS},person,{ANN}\n",
            ["line 2: column kind: must be alias, group or mailbox"],
            id="kind",
        ),
        pytest.param(
            f"address,kind,member\n{ANNS},alias,\n", ["line 2: column member: no address"], id="nobody"
        ),
        pytest.param(
            f"address,kind,member\n,group,{ANN}\n", ["line 2: column address: no address"], id="nothing-named"
        ),
        pytest.param(
            f"address,kind,member\n{ANNS},alias,{ANN} {BOB}\n",
            ["line 2: column member: more than one address in a cell"],
            id="two-in-a-cell",
        ),
        pytest.param(
            f"address,kind,member\n{TEAM},group,@policy.example\n",
            [
                "line 2: column member: '@policy.example': a grant is to a person, never to a domain or a pattern"
            ],
            id="domain",
        ),
        pytest.param(
            f"address,kind,member\n{ANN},alias,{ANN}\n",
            [f"line 2: column member: {ANN} stands for itself"],
            id="itself",
        ),
        pytest.param(
            f"address,kind,member\n{TEAM},group,{ANN}\n\n{TEAM},mailbox,{BOB}\n{TEAM},alias,{BOB}\n",
            [
                f"line 4: column kind: {TEAM} is a group already",
                f"line 5: column kind: {TEAM} is a group already",
            ],
            id="two-kinds",
        ),
        pytest.param(
            f"address,kind,member\n{ANNS},alias,{ANN}\n{ANNS},alias,{BOB}\n",
            [f"line 3: column member: {ANNS} stands for {ANN} already"],
            id="two-persons",
        ),
        pytest.param(
            f"address,kind,member\n{BOB},alias,{ANNS}\n{ANNS},alias,{ANN}\n{TEAM},x,\n",
            [
                "line 4: column kind: must be alias, group or mailbox",
                f"line 2: column member: {BOB} stands for {ANNS}, which is an alias; name the person's own address",
            ],
            id="every-problem",
        ),
        pytest.param(
            f"address,kind,member\n{ANNS},alias,{ANN},x\n",
            ["line 2: more cells than the header line has columns"],
            id="too-wide",
        ),
    ],
)
def test_refused(tmp_path: Path, content: str, expected: list[str]) -> None:
    """A list with anything wrong is refused, and every problem names its line and column."""
    assert expected == refused(tmp_path, content)


def test_no_file(tmp_path: Path) -> None:
    """A file that is not there is a problem like any other."""
    with pytest.raises(DirectoryListError, match=r"none.csv: No such file"):
        read(tmp_path / "none.csv")


def test_notes(tmp_path: Path) -> None:
    """What helps nobody is taken and said: doubled rows, unused columns, groups that can never be eligible."""
    content = (
        f"address,kind,member,room\n{ANNS},alias,{ANN},1\n{ANNS},alias,{ANN},1\n{OFFICE},mailbox,,2\n"
        f"{TEAM},group,all@policy.example,3\nall@policy.example,group,{TEAM},3\n"
    )
    found = taken(tmp_path, content)
    path = tmp_path / "directory.csv"
    assert 4 == len(found.entries)
    assert (
        f"{path}: line 3: the same as line 2",
        f"{path}: {OFFICE}: has no members, so it is never eligible",
        f'{path}: column "room" is not used',
    ) == tuple(note for note in found.notes if "circle" not in note)
    (circle,) = (note for note in found.notes if "circle" in note)
    assert "none of these groups is ever eligible" in circle


@given(st.text(max_size=200))
def test_any_text_is_taken_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """Whatever stands below a header line, there are entries or problems, and no other error."""
    folder = tmp_path_factory.getbasetemp()
    with suppress(DirectoryListError):
        assert taken(folder, "address,kind,member\n" + text).entries
