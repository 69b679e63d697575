"""The commands of the directory, from the call to the exit status."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.calling import Call

ANN, BOB, TEAM = (f"{name}@policy.example" for name in ("ann", "bob", "team"))
ANNS = "ann.other@policy.example"
LIST = f"address,kind,member,name\n{ANNS},alias,{ANN},Ann\n{TEAM},group,{ANN},\n{TEAM},group,{BOB},\n"
ADD = ["publication", "add", "cla-2028", "--title", "T", "--publishes-at", "2028-03-28T09:30"]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A directory as somebody exports it."""
    path = tmp_path / "directory.csv"
    path.write_text(LIST)
    return path


def test_import_and_list(call: Call, directory: Path) -> None:
    """An import prints its difference, a dry run the same without doing it; the list says what is known."""
    shown = call("directory", "import", directory, "--dry-run")
    assert (0, "") == (shown.code, shown.err)
    assert [
        f"added    {ANNS} (alias of {ANN})",
        f"added    {TEAM} (group with {ANN})",
        f"added    {TEAM} (group with {BOB})",
        "3 added, 0 changed, 0 removed; nothing was changed (--dry-run)",
    ] == shown.out.splitlines()
    assert [] == call("directory", "list", "--json").records
    assert 3 == len(call("directory", "import", directory, "--json").records)
    assert [(ANNS, "alias", ANN), (TEAM, "group", ANN), (TEAM, "group", BOB)] == [
        (row["address"], row["kind"], row["member"]) for row in call("directory", "list", "--json").records
    ]
    directory.write_text(LIST.replace(f"alias,{ANN}", f"alias,{BOB}").replace(f"{TEAM},group,{BOB},\n", ""))
    assert [
        f"removed  {TEAM} (group with {BOB})",
        f"changed  {ANNS} (alias of {BOB}), before {ANN}",
        "0 added, 1 changed, 1 removed",
    ] == call("directory", "import", directory).out.splitlines()


def test_a_bad_list(call: Call, directory: Path) -> None:
    """Every problem is named with line and column, nothing is taken, and the status is 1."""
    directory.write_text(LIST + "x,group,y\n,mailbox,\n")
    answer = call("directory", "import", directory)
    lines = answer.err.splitlines()
    assert (1, "", 2) == (answer.code, answer.out, len(lines))
    assert lines[0].startswith(f"{directory}: line 5: column address: ")
    assert f"{directory}: line 6: column address: no address" == lines[1]
    assert [] == call("directory", "list", "--json").records


def test_remove(call: Call, directory: Path) -> None:
    """An alias or a group can be taken out alone; what is not there cannot."""
    call("directory", "import", directory)
    assert [f"removed  {ANNS} (alias of {ANN})", "0 added, 0 changed, 1 removed"] == call(
        "directory", "remove", ANNS
    ).out.splitlines()
    again = call("directory", "remove", ANNS)
    assert (1, f"{ANNS}: is no alias, group or mailbox\n") == (again.code, again.err)


def test_suspend(call: Call, directory: Path) -> None:
    """A person is suspended to the end of a day, by any address, until somebody ends it."""
    call("directory", "import", directory)
    done = call("directory", "suspend", ANNS, "--until", "2030-03-31", "--reason", " second\nbreach ")
    assert (0, f"suspended {ANN} until 2030-04-01T00:00:00+01:00\n") == (done.code, done.out)
    (row,) = (row for row in call("directory", "list", "--json").records if row["kind"] == "suspended")
    assert (ANN, "second breach") == (row["address"], row["reason"])
    assert f"unsuspended {ANN}\n" == call("directory", "unsuspend", ANNS).out
    assert 1 == call("directory", "unsuspend", ANN).code
    group = call("directory", "suspend", TEAM, "--until", "2030-03-31", "--reason", "x")
    assert (1, f"{TEAM}: is a group; suspend the persons in it\n") == (group.code, group.err)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        pytest.param([ANN, "--until", "soon", "--reason", "x"], "--until: must be a time", id="no-date"),
        pytest.param(
            [ANN, "--until", "2030-03-31", "--reason", " "], "--reason: must not be empty", id="no-reason"
        ),
        pytest.param(["ann", "--until", "2030-03-31", "--reason", "x"], "ADDRESS: ", id="no-address"),
    ],
)
def test_wrong_call(call: Call, arguments: list[str], why: str) -> None:
    """A wrong argument is named, and the status is 2."""
    answer = call("directory", "suspend", *arguments)
    assert (2, True) == (answer.code, answer.err.startswith(why))


def test_grants_to_groups_are_warned_of(call: Call, directory: Path, tmp_path: Path) -> None:
    """Whoever lists a group is told that its members must be listed, whichever came first."""
    call(*ADD, "--lead", "lead@stats.example")
    call("access", "grant", "cla-2028", TEAM, "--reason", "asked")
    first = call("directory", "import", directory)
    assert (
        f"{TEAM}: is a group now; its own grant for cla-2028 counts for nothing, each of its members needs one\n"
        == first.err
    )
    warning = f"{TEAM}: is a group; this grant counts for nothing, each of its members must be listed\n"
    assert warning == call("access", "grant", "cla-2028", TEAM, "--reason", "asked again").err
    (tmp_path / "list.csv").write_text(f"email\n{ANN}\n{TEAM}\n")
    assert warning == call("access", "import", "cla-2028", tmp_path / "list.csv", "--dry-run").err
    gone = call("directory", "remove", TEAM)
    assert f"{TEAM}: is no group any more; its own grant for cla-2028 counts again\n" == gone.err


def test_scan_knows_whom_addresses_stand_for(call: Call, directory: Path, tmp_path: Path) -> None:
    """`scan` decides by the directory: an alias of somebody listed passes, a group with a stranger waits."""
    call(*ADD, "--lead", ANN)
    call("directory", "import", directory)
    mail = b"Subject: x\r\n\r\nOFFICIAL-SENSITIVE: under embargo until 9:30am on 28 March 2028.\r\n"
    (tmp_path / "mail.eml").write_bytes(mail)
    at = ["--at", "2028-03-28T08:00", "--sender", ANN, "--recipient", ANNS, "--recipient", TEAM]
    (record,) = call("scan", *at, tmp_path / "mail.eml", "--json").records
    assert ("hold", [TEAM]) == (record["disposition"], record["ineligible"])
