"""The commands of the register, from the call to the exit status."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.clock import kernel_synchronised
from tests.calling import Call

ROOT = Path(__file__).parents[1]
TITLE = ["--title", "Children looked after", "--lead", "Lead@stats.example"]
ADD = ["publication", "add", "cla-2028", *TITLE, "--publishes-at", "2028-03-28T09:30"]


def written(path: Path, content: str | bytes) -> Path:
    """A file with this content."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_version() -> None:
    """`--version` prints the version and loads neither database nor settings."""
    code = (
        "import sys; sys.argv = ['embargo-gateway', '--version']; from gateway.cli import main; main();"
        "print({'sqlalchemy', 'pydantic', 'typer', 'rich'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert "embargo-gateway 0.1.0\nset()\n" == done.stdout


def test_publication_is_registered_and_shown(call: Call) -> None:
    """A publication comes back as it was registered, in wall time of the country."""
    made = call(*ADD, "--deputy", "d@stats.example", "--live-by", "person", "--market-sensitive", "--json")
    assert 0 == made.code
    expected = {
        "id": "cla-2028",
        "title": "Children looked after",
        "state": "embargoed",
        "phase": "embargoed",
        "history": [],
        "publishes_at": "2028-03-28T09:30:00+01:00",
        "opens_at": "2028-03-27T09:30:00+01:00",
        "former_times": [],
        "confirmed_at": None,
        "lead": "lead@stats.example",
        "deputies": ["d@stats.example"],
        "producer": None,
        "live_by": "person",
        "url": None,
        "at_live": "keep",
        "market_sensitive": True,
    }
    assert [expected] == made.records == call("publication", "show", "cla-2028", "--json").records
    assert [expected] == call("publication", "list", "--json").records
    assert "2028-03-28T09:30:00+01:00" in call("publication", "list").out


def test_team_comes_with_the_publication(call: Call, tmp_path: Path) -> None:
    """The team gets production grants; without a team a warning says what will happen to its drafts."""
    assert "only lead and deputies hold production grants" in call(*ADD).err
    team = written(tmp_path / "team.csv", "email\nann@stats.example\n")
    added = call("publication", "add", "gdp", *TITLE, "--publishes-at", "2028-05-01T07:00", "--team", team)
    assert (0, "") == (added.code, added.err)
    assert [("ann@stats.example", "production", "team"), ("lead@stats.example", "production", "lead")] == [
        (row["address"], row["kind"], row["origin"])
        for row in call("access", "list", "gdp", "--json").records
    ]


def test_bad_team_registers_nothing(call: Call, tmp_path: Path) -> None:
    """A bad row in the team's file is named, and there is no publication then."""
    team = written(tmp_path / "team.csv", "email\nann\n")
    assert (1, "", f"{team}: line 2: An email address must have an @-sign.\n") == (
        (done := call(*ADD, "--team", team)).code,
        done.out,
        done.err,
    )
    assert "cla-2028: no such publication\n" == call("publication", "show", "cla-2028").err


def test_publication_of_the_past(call: Call) -> None:
    """A planned time that is past is taken, with a warning that nothing is under embargo."""
    done = call("publication", "add", "cla-2018", *TITLE, "--publishes-at", "2018-03-28T09:30+01:00")
    assert 0 == done.code
    assert "cla-2018: warning: its planned time is past, so nothing is under embargo" in done.err


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        pytest.param(
            ["CLA", *TITLE, "--publishes-at", "2028-03-28T09:30"], "CLA: publication id 'CLA'", id="id"
        ),
        pytest.param(
            ["x", *TITLE, "--publishes-at", "2028-03-28"], "--publishes-at: a time of day", id="date"
        ),
        pytest.param(
            ["x", *TITLE, "--publishes-at", "2028-03-26T01:30"], "does not exist in Europe/London", id="skip"
        ),
        pytest.param(
            ["x", *TITLE, "--publishes-at", "2028-10-29T01:30"], "happens twice in Europe/London", id="twice"
        ),
        pytest.param(
            ["x", "--title", "T"],
            "embargo-gateway publication add: Missing option '--publishes-at'",
            id="less",
        ),
        pytest.param([*ADD[2:], "--deputy", "*@x.example"], "--deputy: ", id="deputy"),
        pytest.param(
            [*ADD[2:], "--opens-at", "2028-03-28T09:30"], "access window must open before", id="window"
        ),
        pytest.param([*ADD[2:], "--live-by", "url"], "--url: goes with --live-by url", id="url-missing"),
        pytest.param(
            [*ADD[2:], "--url", "https://x.example"], "--url: goes with --live-by url", id="url-alone"
        ),
        pytest.param(
            [*ADD[2:], "--live-by", "url", "--url", "ftp://x"], "--url: must begin with https://", id="url"
        ),
        pytest.param([*ADD[2:], "--at-live", "drop"], "--at-live: must be send or keep", id="at-live"),
        pytest.param([*ADD[2:], "--live-by", "moon"], "--live-by", id="live-by"),
    ],
)
def test_wrong_calls(call: Call, arguments: list[str], problem: str) -> None:
    """A wrong call names the option and ends with 2; nothing is registered."""
    done = call("publication", "add", *arguments)
    assert (2, "") == (done.code, done.out)
    assert problem in done.err
    assert 1 == len(done.err.splitlines())
    assert "" == call("publication", "list", "--json").out


def test_life_of_a_publication(call: Call) -> None:
    """Each change is shown; what cannot be done ends with 1 and says why."""
    call(*ADD)
    assert 1 == (again := call(*ADD)).code
    assert "cla-2028: is registered already\n" == again.err

    def state(*arguments: str) -> tuple[int, str, list[str]]:
        done = call("publication", arguments[0], "cla-2028", *arguments[1:], "--json")
        record = done.records[0]
        return done.code, record["state"], record["former_times"]

    times = ["2028-03-28T09:30:00+01:00"]
    assert (0, "embargoed", times) == state("postpone", "--to", "2028-04-04T09:30")
    assert (0, "paused", times) == state("pause", "--reason", "figures wrong")
    assert (0, "embargoed", times) == state("resume")
    assert (0, "withdrawn", times) == state("withdraw")
    assert (0, "embargoed", [*times, "2028-04-04T09:30:00+01:00"][::-1]) == state(
        "postpone", "--to", "2028-04-11T09:30"
    )
    assert (0, "live") == state("live")[:2]
    for arguments in (
        ("live",),
        ("withdraw",),
        ("postpone", "--to", "2028-05-02T09:30"),
        ("pause", "--reason", "x"),
    ):
        done = call("publication", arguments[0], "cla-2028", *arguments[1:])
        assert (1, "", True) == (done.code, done.out, done.err.startswith("cla-2028: is live"))


def test_history_of_a_publication(call: Call) -> None:
    """Show and list say how the plan came about: postponed, brought forward, reissued."""
    call(*ADD)

    def history(*arguments: str) -> list[str]:
        found: list[str] = call("publication", arguments[0], "cla-2028", *arguments[1:], "--json").records[0][
            "history"
        ]
        return found

    assert ["postponed from 2028-03-28T09:30:00+01:00"] == history("postpone", "--to", "2028-04-04T09:30")
    assert ["brought forward from 2028-04-04T09:30:00+01:00"] == history(
        "postpone", "--to", "2028-04-03T09:30"
    )
    call("publication", "live", "cla-2028")
    assert "cla-2028: is not under embargo" not in call("publication", "take", "cla-2028").err
    assert "reissued (1)" in history(
        "reissue", "--publishes-at", "2029-04-03T09:30", "--opens-at", "2029-04-03T07:00"
    )
    listed = call("publication", "list").out
    assert "reissued (1)" in listed
    assert "phase" in listed.casefold()


def test_access_list_is_imported(call: Call, tmp_path: Path) -> None:
    """A dry run shows what the import then does; a second list shows what it adds, changes and removes."""
    call(*ADD)
    first = written(tmp_path / "a.csv", "email;role\nann@policy.example;SpAd\nbob@policy.example;\n")
    shown = call("access", "import", "cla-2028", first, "--dry-run")
    assert "2 added, 0 changed, 0 removed; nothing was changed (--dry-run)" == shown.out.splitlines()[-1]
    assert 1 == len(call("access", "list", "cla-2028", "--json").records)
    assert 0 == call("access", "import", "cla-2028", first).code
    second = written(tmp_path / "b.csv", "email;role\nann@policy.example;Official\neve@policy.example;\n")
    assert [
        ("added", "eve@policy.example"),
        ("removed", "bob@policy.example"),
        ("changed", "ann@policy.example"),
    ] == [
        (row["change"], row["address"])
        for row in call("access", "import", "cla-2028", second, "--json").records
    ]
    assert "0 added, 0 changed, 0 removed\n" == call("access", "import", "cla-2028", second).out


def test_bad_list_changes_nothing(call: Call, tmp_path: Path) -> None:
    """One bad row refuses a list whole, and every bad row is named."""
    call(*ADD)
    path = written(tmp_path / "a.csv", "email\nann@policy.example\n*@policy.example\nbob\n")
    done = call("access", "import", "cla-2028", path)
    assert (1, "", 2) == (done.code, done.out, len(done.err.splitlines()))
    assert f"{path}: line 3: " in done.err
    assert f"{path}: line 4: " in done.err
    assert 1 == len(call("access", "list", "cla-2028", "--json").records)


def test_one_person(call: Call) -> None:
    """One person is given access and loses it; the lead is not revoked."""
    call(*ADD)
    given = call(
        *("access", "grant", "cla-2028", "Eve@policy.example", "--reason", "urgent question", "--json"),
        *("--from", "2028-03-27T12:00", "--until", "2028-03-28T09:30"),
    )
    assert ("eve@policy.example", "pre-release", "hand", "2028-03-27T12:00:00+01:00") == tuple(
        given.records[0][key] for key in ("address", "kind", "origin", "from")
    )
    assert 0 == call("access", "revoke", "cla-2028", "eve@POLICY.example").code
    gone = call("access", "revoke", "cla-2028", "eve@policy.example")
    assert (1, "eve@policy.example: holds no grant for cla-2028\n") == (gone.code, gone.err)
    assert 1 == call("access", "revoke", "cla-2028", "lead@stats.example").code
    for wrong in (["@policy.example", "--reason", "x"], ["e@x.example", "--reason", " "], ["e@x.example"]):
        assert 2 == call("access", "grant", "cla-2028", *wrong).code


def test_audit_log(call: Call, tmp_path: Path) -> None:
    """The log verifies, also against a head that was published; a head that is not in it is a problem."""
    call(*ADD)
    head = call("audit", "verify", "--json").records[0]["head"]
    call("publication", "live", "cla-2028")
    assert 0 == call("audit", "verify", "--head", head).code
    lost = call("audit", "verify", "--head", "11" * 32)
    assert (
        1,
        "audit: the published head is not in the log: entries at its end were removed or replaced\n",
    ) == (
        lost.code,
        lost.err,
    )
    assert 2 == call("audit", "verify", "--head", "xyz").code


def test_check_creates_nothing(call: Call, tmp_path: Path) -> None:
    """`check` says what the first start will create and creates none of it; afterwards it says ok."""
    first = call("check")
    assert (0, "ok\n") == (first.code, first.out)
    assert f"store.url: {tmp_path}/state/store.db will be created at the first start\n" == first.err
    assert not (tmp_path / "state").exists()
    call(*ADD)
    assert (0, "ok\n", "") == ((done := call("check")).code, done.out, done.err)


def test_check_prints_every_problem(call: Call, tmp_path: Path) -> None:
    """Problems of files, rules and store are printed together, with status 2."""
    call(*ADD)
    (tmp_path / "state" / "keys" / "trace.key").unlink()
    rules = tmp_path / "rules"
    rules.mkdir()
    written(rules / "bad.toml", "id = 1\n")
    config = tmp_path / "gateway.toml"
    config.write_text(
        f'{config.read_text()}[rules]\nfolder = "{rules}"\n[next_hop]\ntls_ca = "{tmp_path}/ca.pem"\n'
    )
    done = call("check")
    assert (2, "") == (done.code, done.out)
    for problem in ("next_hop.tls_ca: ", "bad.toml", "trace.key: No such file or directory"):
        assert problem in done.err
    written(config, "[smtp]\nlisten = 1\n[x]\n")
    assert "smtp.listen: must be a list\nx: unknown setting\n" == call("check").err


@pytest.mark.parametrize(
    "arguments", [["--config"], ["nothing"], ["publication", "nothing"], ["audit"], ["check", "x"]]
)
def test_wrong_commands(call: Call, arguments: list[str]) -> None:
    """A command that is none ends with 2."""
    assert 2 == call(*arguments).code


def test_help_ends_well(call: Call) -> None:
    """Help is printed on standard output with status 0, and the groups are in it."""
    done = call("--help")
    assert (0, "") == (done.code, done.err)
    for name in ("publication", "access", "document", "audit", "check"):
        assert f"  {name} " in done.out


def test_store_that_cannot_be_had(call: Call, tmp_path: Path) -> None:
    """A store that does not answer ends a command with 1 and one line."""
    written(tmp_path / "gateway.toml", f'[store]\nurl = "sqlite:///{tmp_path}/no/such/store.db"\n')
    done = call("publication", "list")
    assert (1, "") == (done.code, done.out)
    assert done.err.startswith("store: ")
    assert 1 == len(done.err.splitlines())


def test_a_bug_is_one_line(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error nobody thought of shows its place, neither its text nor a traceback."""

    def broken(*_: object) -> None:
        raise RuntimeError("row 12345 of the table")

    monkeypatch.setattr("gateway.store.publications.listed", broken)
    done = call("publication", "list")
    assert (1, "") == (done.code, done.out)
    assert done.err.startswith("internal error: RuntimeError at test_cli_register.py:")
    assert "12345" not in done.err


def test_reader_that_has_gone(call: Call, tmp_path: Path) -> None:
    """When the reader of the output goes away the command ends quietly."""
    call(*ADD)
    code = (
        "import sys; from gateway.cli import main; sys.argv = ['e', 'publication', 'list', '--json']; main()"
    )
    done = subprocess.run(
        ["sh", "-c", f'"{sys.executable}" -c "{code}" 2>"{tmp_path}/err" | :'],
        cwd=ROOT,
        check=False,
        timeout=60,
    )
    assert (0, "") == (done.returncode, (tmp_path / "err").read_text())


def test_table_on_a_terminal(call: Call) -> None:
    """On a terminal a list is a table with its columns named."""
    call(*ADD)
    code = "import sys; from gateway.cli import main; sys.argv = ['e', 'publication', 'list']; main()"
    leader, follower = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=follower, cwd=ROOT, env={**os.environ, "COLUMNS": "150"}
    ) as process:
        os.close(follower)
        shown = b""
        while True:
            try:
                piece = os.read(leader, 4096)
            except OSError:
                break
            shown += piece
            if not piece:
                break
    os.close(leader)
    assert 0 == process.returncode
    assert b"publishes_at" in shown
    assert b"cla-2028" in shown


def test_phase_by_the_trusted_clock(call: Call, tmp_path: Path) -> None:
    """Where the clock must be synchronised and is not, commands show what the gateway does: the embargo goes on."""
    if kernel_synchronised():
        pytest.skip("this machine's clock is synchronised")
    call("publication", "add", "cla-2018", *TITLE, "--publishes-at", "2018-03-28T09:30+01:00")
    shown = call("publication", "show", "cla-2018", "--json").records[0]
    assert ("embargoed", "published, not confirmed") == (shown["state"], shown["phase"])
    with (tmp_path / "gateway.toml").open("a") as config:
        config.write('[clock]\nsynchronised = "required"\n')
    assert "embargoed" == call("publication", "show", "cla-2018", "--json").records[0]["phase"]
    assert "clock.synchronised: the clock is not synchronised" in call("check").err
