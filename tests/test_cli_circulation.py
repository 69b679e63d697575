"""`publication add ID --from-mail`: a draft in words or JSON, and nothing registered before somebody says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from tests.calling import Call
from tests.circulated import LONDON, mail, with_files

LEAD = ["--producer", "Other Department", "--lead", "Lead@dept.example"]
PLANNED = (datetime.now(LONDON) + timedelta(days=2)).replace(hour=9, minute=30, second=0, microsecond=0)
BANNER = f"RESTRICTED UNTIL PUBLISHED AT 9:30AM ON {PLANNED:%A %d %B %Y}\n".upper()


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    """A circulation mail of today with two documents."""
    path = tmp_path / "circulation.eml"
    path.write_bytes(with_files(mail(BANNER, date=format_datetime(datetime.now(UTC)))).as_bytes())
    return path


def test_the_draft_is_shown(call: Call, letter: Path) -> None:
    """Without --yes everything that would be registered is printed, and nothing is."""
    done = call("publication", "add", "cla", "--from-mail", letter, *LEAD)

    assert 0 == done.code
    for fact in (
        "title             Children looked after in England",
        f"publishes at      {PLANNED.isoformat()}",
        "producer          Other Department",
        "lead              lead@dept.example",
        "sender            helen.marsh@stats.other.example",
        "production  helen.marsh@stats.other.example (Helen Marsh): sent the circulation mail",
        "pre-release tom@press.dept.example (Ellis, Tom): named in the circulation mail",
        "CLA stability.docx: ",
        "part 4: an image",
    ):
        assert fact in done.out, fact
    assert "cla: nothing is registered; --yes takes this draft\n" == done.err
    assert "" == call("publication", "list", "--json").out


def test_the_draft_as_json(call: Call, letter: Path) -> None:
    """With --json the draft is one line."""
    (record,) = call("publication", "add", "cla", "--from-mail", letter, *LEAD, "--json").records

    assert not record["taken"]
    assert "Children looked after in England" == record["title"]
    assert PLANNED == datetime.fromisoformat(record["publishes_at"])
    assert ["production", "pre-release", "pre-release", "pre-release"] == [
        grant["kind"] for grant in record["grants"]
    ]
    names = ["CLA stability.docx", "tables.xlsx", "the circulation mail"]
    assert names == [document["path"] for document in record["documents"]]


def test_it_is_taken(call: Call, letter: Path) -> None:
    """With --yes the entry is under embargo, with its people and files."""
    done = call(
        "publication", "add", "cla", "--from-mail", letter, *LEAD, "--deputy", "d@dept.example", "--yes"
    )

    assert (0, "cla: registered; it is under embargo from now on\n") == (done.code, done.err)
    (entry,) = call("publication", "list", "--json").records
    assert ("embargoed", "lead@dept.example", ["d@dept.example"]) == (
        entry["state"],
        entry["lead"],
        entry["deputies"],
    )
    assert 6 == len(call("access", "list", "cla", "--json").records)
    assert 3 == len(call("document", "list", "cla", "--json").records)
    assert 0 == call("audit", "verify").code


def test_what_is_said_counts(call: Call, tmp_path: Path) -> None:
    """Title and time of the command line fill in and win; without a sure time a draft cannot be taken."""
    path = tmp_path / "x.eml"
    path.write_bytes(mail("no banner here").as_bytes())
    add = ("publication", "add", "cla", "--from-mail", path, *LEAD, "--yes")
    refused = call(*add)
    assert 1 == refused.code
    assert "cla: the mail names no planned time that is sure, so one has to be given\n" == refused.err

    taken = call(*add, "--publishes-at", "2038-03-30T09:30", "--title", "Children", "--json")
    assert (0, "Children", []) == (taken.code, taken.records[0]["title"], taken.records[0]["problems"])
    assert "2038-03-30T09:30:00+01:00" == taken.records[0]["publishes_at"]


@pytest.mark.parametrize(
    ("options", "problem", "code"),
    [
        (["--lead", "a@x.example"], "Missing option '--producer'", 2),
        (["--producer", "P"], "Missing option '--lead'", 2),
        ([*LEAD, "--live-by", "person"], "--from-mail: goes without", 2),
        ([*LEAD, "--opens-at", "2038-03-30T09:30"], "--from-mail: goes without", 2),
        ([*LEAD, "--title", " "], "--title: must be printable text", 2),
        ([*LEAD, "--publishes-at", "soon"], "--publishes-at: must be a time", 2),
    ],
)
def test_wrong_calls(call: Call, letter: Path, options: list[str], problem: str, code: int) -> None:
    """A wrong call says what is wrong, and nothing is read or registered."""
    done = call("publication", "add", "cla", "--from-mail", letter, *options, "--yes")
    assert (code, "") == (done.code, done.out)
    assert problem in done.err
    assert "" == call("publication", "list", "--json").out


def test_wrong_files(call: Call, tmp_path: Path) -> None:
    """A file that is not there, no mail, or Outlook's own format is named with what it is."""
    (tmp_path / "x.msg").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600))
    (tmp_path / "x.txt").write_text("hello\n")
    for name, problem in (
        ("no.eml", "No such file or directory"),
        ("x.msg", "is an Outlook item (.msg); save the mail as .eml"),
        ("x.txt", "is no mail: it has no headers"),
    ):
        done = call("publication", "add", "cla", "--from-mail", tmp_path / name, *LEAD)
        assert (1, "", f"{tmp_path / name}: {problem}\n") == (done.code, done.out, done.err)


def test_without_a_mail(call: Call) -> None:
    """What belongs to a mail is refused without one."""
    done = call("publication", "add", "cla", "--producer", "P")
    assert (2, "--producer, --yes: go with --from-mail\n") == (done.code, done.err)


def test_an_id_that_is_none(call: Call, letter: Path) -> None:
    """An id is checked before anything is shown."""
    done = call("publication", "add", "CLA", "--from-mail", letter, *LEAD)
    assert (2, "") == (done.code, done.out)
    assert "CLA: publication id 'CLA'" in done.err


def test_no_name_moves_the_terminal(call: Call, tmp_path: Path) -> None:
    """Control characters of names and subject are not printed."""
    made = mail(BANNER, subject="Children\x1b[2J looked after", to="=?utf-8?q?Tom=1B[2J?= <tom@x.example>")
    made.add_attachment(b"x" * 300, "application", "octet-stream", filename="a\x1b[2J.txt")
    (tmp_path / "x.eml").write_bytes(made.as_bytes())
    done = call("publication", "add", "cla", "--from-mail", tmp_path / "x.eml", *LEAD)
    assert 0 == done.code
    assert "\x1b" not in done.out + done.err
