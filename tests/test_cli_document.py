"""`document ...`: what is registered and said of it, here and from the statistician's own machine."""

from __future__ import annotations

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from gateway import tracefile
from tests.calling import Call
from tests.papers import pdf, word

TITLE = ["--title", "Children looked after", "--lead", "Lead@stats.example"]
ADD = ["publication", "add", "cla-2028", *TITLE, "--publishes-at", "2028-03-28T09:30"]
CANARY = "Zq7canary"
SENTENCE = (
    f"The {CANARY} number of children looked after rose to 72,670 at the end of March, up by 3.4 per cent."
)
ASK = "cla-2028: register the previous edition with --public; otherwise mail that quotes what is public may be held"


@pytest.fixture
def call(call: Call) -> Call:
    """Commands with a publication to register for."""
    call(*ADD)
    return call


def written(path: Path, content: str | bytes) -> Path:
    """A file with this content."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_files_and_folders(call: Call, tmp_path: Path) -> None:
    """Files and folders are registered, the same file once; the list shows what is there."""
    folder = tmp_path / "release"
    (folder / "sub").mkdir(parents=True)
    table = written(folder / "table.csv", "a,b\n1,2\n")
    other = written(folder / "sub" / "notes.txt", "Notes\n")
    written(folder / "~$table.csv", "litter")
    written(folder / "empty.txt", "")
    done = call("document", "add", "cla-2028", folder, "--json")
    assert [(str(table), True), (str(other), True)] == [
        (row["path"], row["registered"]) for row in done.records
    ]
    assert [
        f"{folder}/empty.txt: is empty and not registered",
        "cla-2028: 2 files registered, 2 digests",
        ASK,
    ] == done.err.splitlines()
    again = call("document", "add", "cla-2028", table)
    assert f"{table}: is registered already\ncla-2028: 0 files registered, 0 digests\n" == again.out
    public = call("document", "add", "cla-2028", table, "--public")
    assert f"{table}: registered (public, never a trace: 1 digest)" == public.out.splitlines()[0]
    rows = call("document", "list", "cla-2028", "--json").records
    assert [(str(table), False), (str(other), False), (str(table), True)] == [
        (row["path"], row["public"]) for row in rows
    ]


def test_what_was_registered_is_counted(call: Call, tmp_path: Path) -> None:
    """Runs of words and figures are said for each file and in all, and listed, of public files as well."""
    paper = written(tmp_path / "report.docx", word(SENTENCE))
    done = call("document", "add", "cla-2028", paper)
    first, total = done.out.splitlines()
    assert (0, True, True) == (done.code, "runs of words" in first, "2 figures" in total)
    call("document", "add", "cla-2028", paper, "--public")
    secret, public = call("document", "list", "cla-2028", "--json").records
    assert secret["runs"] == public["runs"] > 10
    assert (2, 2) == (secret["figures"], public["figures"])


def test_an_address_is_registered(call: Call) -> None:
    """A path that is an address on the web is a link; nothing is fetched from there."""
    url = "https://files.department.example/sites/release/"
    (record,) = call("document", "add", "cla-2028", url, "--json").records
    assert (url, True, 1, 0) == (record["path"], record["registered"], record["links"], record["runs"])
    assert 2 == call("document", "add", "cla-2028", "https://").code


def test_a_missing_file_registers_nothing(call: Call, tmp_path: Path) -> None:
    """When one of the files is missing none is registered, and all that are missing are named."""
    table = written(tmp_path / "table.csv", "a,b\n")
    done = call("document", "add", "cla-2028", table, tmp_path / "no.csv", tmp_path / "nor.csv")
    missing = [f"{tmp_path}/{name}: No such file or directory" for name in ("no.csv", "nor.csv")]
    assert (1, "", missing) == (done.code, done.out, done.err.splitlines())
    assert "" == call("document", "list", "cla-2028", "--json").out


def test_what_cannot_be_read_is_an_error(call: Call, tmp_path: Path) -> None:
    """A file of which nothing can be read is registered, named with its reason, and the command does not end well."""
    locked = written(tmp_path / "locked.pdf", pdf(password="secret"))
    picture = written(tmp_path / "chart.png", b"\x89PNG\r\n\x1a\n" + bytes(500))
    paper = written(tmp_path / "report.docx", word(SENTENCE))
    done = call("document", "add", "cla-2028", locked, picture, paper)
    assert 1 == done.code
    left = "it is protected only against being sent as it is"
    for line in (
        f"{locked}: error: nothing in it could be read (1: encrypted); {left}",
        f"{picture}: error: nothing in it could be read (it holds no text); {left}",
        "2 files of 3 could not be read: give copies that can be opened",
    ):
        assert line in done.err.splitlines()
    assert 3 == len(call("document", "list", "cla-2028", "--json").records)


def test_digests_alone(call: Call) -> None:
    """Where only digests are known they are registered, several after one option; a wrong one refuses all."""
    one, two = (sha256(text).hexdigest() for text in (b"1", b"2"))
    done = call("document", "add", "cla-2028", "--sha256", one, two.upper(), "--json")
    assert (0, [f"sha256 {one}", f"sha256 {two}"]) == (done.code, [row["path"] for row in done.records])
    assert 2 == call("document", "add", "cla-2028", "--sha256", one[:-1]).code
    assert 2 == call("document", "add", "cla-2028").code
    assert 1 == call("document", "add", "nothing", "--sha256", one).code


def test_from_another_machine(call: Call, tmp_path: Path) -> None:
    """With the tracing key alone a machine makes a file that holds no word; it registers what the documents would."""
    paper = written(tmp_path / f"{CANARY}.docx", word(SENTENCE))
    key, traces = tmp_path / "key", tmp_path / "release.traces"
    assert (0, 0o600) == (call("document", "key", "--out", key).code, key.stat().st_mode & 0o777)
    here = ["--config", tmp_path / "none.toml", "--key", key]
    made = call("document", "trace", paper, "--out", traces, *here, "--json")
    assert (0, str(paper)) == (made.code, made.records[0]["path"])
    (inside,) = tracefile.opened(tracefile.key_in(key.read_bytes()), traces.read_bytes())
    assert {"text", "figures"} == set(inside.features)
    words = (b"children", b"72,670", b"72670", CANARY.encode())
    assert not [word for word in words for packed in inside.features.values() if word in packed]
    assert 1 == call("document", "trace", paper, "--out", traces, *here).code
    (taken,) = call("document", "add", "cla-2028", traces, "--json").records
    assert (str(paper), True, made.records[0]["runs"]) == (taken["path"], taken["registered"], taken["runs"])
    assert "is registered already" in call("document", "add", "cla-2028", paper).out
    assert call("document", "add", "cla-2028", traces, "--public", "--json").records[0]["registered"]


def test_a_trace_file_that_cannot_be_taken(call: Call, tmp_path: Path) -> None:
    """A damaged one is named and registers nothing, nor does what stands beside it."""
    paper = written(tmp_path / "a.docx", word(SENTENCE))
    traces = tmp_path / "traces"
    call("document", "trace", paper, "--out", traces)
    content = bytearray(traces.read_bytes())
    content[-20] ^= 1
    traces.write_bytes(content)
    done = call("document", "add", "cla-2028", paper, traces)
    assert (1, f"{traces}: is damaged, and nothing of it can be trusted\n") == (done.code, done.err)
    assert "" == call("document", "list", "cla-2028", "--json").out


def test_a_key_that_others_may_read(call: Call, tmp_path: Path) -> None:
    """A tracing key is refused where others may read it, where it is none, and where there is none."""
    paper = written(tmp_path / "a.txt", SENTENCE)
    key = tmp_path / "key"
    call("document", "key", "--out", key)
    key.chmod(0o644)
    trace = ["document", "trace", paper, "--out", tmp_path / "t", "--key"]
    assert f"{key}: others may read it; its mode must be 0600\n" == call(*trace, key).err
    key.chmod(0o600)
    key.write_text("no key")
    assert (2, True) == ((wrong := call(*trace, key)).code, "is no tracing key" in wrong.err)
    assert 2 == call(*trace, tmp_path / "none").code
    assert 1 == call("document", "key", "--out", key).code


def test_what_does_not_decide_makes_no_index(call: Call, tmp_path: Path) -> None:
    """Commands that do not decide about mail build no index: the arrays' library is not even loaded."""
    call("document", "add", "cla-2028", written(tmp_path / "a.txt", SENTENCE))
    code = (
        "import sys; from gateway.cli import application; from gateway.cli.common import run_app\n"
        "for line in ('document list cla-2028', 'access list cla-2028', 'incident list'):\n"
        "    run_app(application(line.split()), line.split())\n"
        "sys.exit('numpy' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=False, env=dict(os.environ)
    )
    assert 0 == done.returncode, done.stderr


def test_public_by_mistake(call: Call, tmp_path: Path) -> None:
    """A document that was called public by mistake let mail with it pass; removed, it does so no more."""
    paper = written(tmp_path / "report.docx", word(SENTENCE))
    mail = written(tmp_path / "mail.eml", f"From: a@b.example\nTo: c@d.example\n\n{SENTENCE}\n")
    scan = ("scan", "--json", "--at", "2028-03-27T09:30", mail)
    call("document", "add", "cla-2028", paper)
    added = call("document", "add", "cla-2028", paper, "--public")
    both = (
        f"{paper}: warning: is registered as under embargo and as public: nothing in it is a trace; "
        "`document remove` takes document 2, the public one, out again\n"
    )
    assert both == added.err == call("document", "list", "cla-2028").err
    assert "relay" == call(*scan).records[0]["disposition"]
    unclear = call("document", "remove", "cla-2028", "report.docx")
    assert (1, "cla-2028: that means 2 documents: 1, 2 (public); give one of these numbers\n") == (
        unclear.code,
        unclear.err,
    )
    done = call("document", "remove", "cla-2028", "2", "--json")
    assert (0, [{"document": 2, "path": str(paper), "public": True}]) == (done.code, done.records)
    assert "hold" == call(*scan).records[0]["disposition"]
    gone = call("document", "remove", "cla-2028", paper)
    assert f"{paper}: removed; it is no trace any more\n" == gone.out
    assert "relay" == call(*scan).records[0]["disposition"]
    assert "" == call("document", "list", "cla-2028").out
