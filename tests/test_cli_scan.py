"""`scan`: the decision about mails on disk, in the contract's words, without doing anything."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from gateway.cli import application
from gateway.cli.common import run_app
from gateway.cli.scan import Scanner
from gateway.mailfiles import MailFile

ID = "cla-2018"
LISTED, OUTSIDER, LEAD = "listed@policy.example", "outsider@policy.example", "lead@stats.example"
BANNER = "RESTRICTED UNTIL PUBLISHED AT 9:30AM ON WEDNESDAY 28 MARCH 2018"
BEFORE, AFTER = "2018-03-27T10:39", "2018-03-28T09:30"
DATA = b"region,children\nEngland,72670\n" * 20

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(capfd: pytest.CaptureFixture[str]) -> Call:
    """Run a command; its exit status, standard output and standard error."""

    def run(*words: str | Path) -> tuple[int, str, str]:
        arguments = [str(word) for word in words]
        code = run_app(application(arguments), arguments)
        return code, *capfd.readouterr()

    return run


@pytest.fixture
def config(tmp_path: Path, call: Call) -> Path:
    """An installation with one publication of 28 March 2018, one listed person and one document."""
    path = settings(tmp_path)
    document = tmp_path / "tables.csv"
    document.write_bytes(DATA)
    for words in (
        ("publication", "add", ID, "--title", "T", "--publishes-at", AFTER, "--lead", LEAD),
        ("access", "grant", ID, LISTED, "--reason", "brief"),
        ("document", "add", ID, document),
    ):
        code, _, errors = call(*words, "--config", path)
        assert 0 == code, errors
    document.unlink()
    return path


def settings(folder: Path, more: str = "") -> Path:
    """A configuration with its store in `folder`."""
    path = folder / "gateway.toml"
    path.write_text(f'[store]\nurl = "sqlite:///{folder}/store/store.db"\n{more}', encoding="utf-8")
    return path


def eml(
    folder: Path, name: str = "x.eml", text: str = BANNER, to: str = OUTSIDER, attached: bytes = b""
) -> Path:
    """A mail on disk from the listed person."""
    mail = EmailMessage()
    mail["From"] = LISTED
    if to:
        mail["To"] = to
    mail.set_content(text + "\n")
    if attached:
        mail.add_attachment(attached, maintype="application", subtype="octet-stream", filename="a.bin")
    path = folder / name
    path.write_bytes(mail.as_bytes())
    return path


def scanned(call: Call, config: Path, *words: str | Path, code: int = 0) -> list[dict[str, Any]]:
    """The JSON lines of one scan as at the day before publication."""
    ended, output, errors = call("scan", "--config", config, "--json", "--at", BEFORE, *words)
    assert code == ended, errors
    return [json.loads(line) for line in output.splitlines()]


def test_a_line_is_the_contracts(tmp_path: Path, config: Path, call: Call) -> None:
    """Exactly the keys of the contract: path, disposition, publications, ineligible, findings."""
    path = eml(tmp_path)
    assert [
        {
            "path": str(path),
            "disposition": "hold",
            "publications": [ID],
            "ineligible": [OUTSIDER],
            "findings": [
                {
                    "rule": "embargo-banner",
                    "detector": "banner",
                    "publication": ID,
                    "part": "1",
                    "asks": "hold",
                }
            ],
        }
    ] == scanned(call, config, path)


def test_the_same_mail_gives_the_same_line(tmp_path: Path, config: Path, call: Call) -> None:
    """Same mail, register and time: same bytes."""
    path = eml(tmp_path, attached=DATA)
    words = ("scan", "--config", config, "--json", "--at", BEFORE, path)
    assert call(*words) == call(*words)


@pytest.mark.parametrize(
    ("words", "disposition"),
    [
        pytest.param((), "hold", id="headers-name-an-outsider"),
        pytest.param(("--recipient", LISTED), "hold", id="listed-but-window-not-open"),
        pytest.param(("--recipient", LEAD), "relay", id="the-lead-may"),
        pytest.param(("--recipient", LEAD, "--recipient", OUTSIDER), "hold", id="strictest-over-recipients"),
        pytest.param(("--at", AFTER), "relay", id="embargo-over-to-the-second"),
        pytest.param(("--at", "2018-03-28T08:30:00+00:00"), "relay", id="offset-said"),
        pytest.param(("--at", "2018-03-28T09:29:59"), "hold", id="a-second-before"),
        pytest.param(("--sender", "<>"), "hold", id="null-sender"),
    ],
)
def test_recipients_and_time_decide(
    words: tuple[str, ...], disposition: str, tmp_path: Path, config: Path, call: Call
) -> None:
    """Who gets it and when make the difference, not the bytes."""
    path = eml(tmp_path)
    if words == ("--recipient", LISTED):
        words = (*words, "--at", "2018-03-27T09:29:59")
    _, output, _ = call("scan", "--config", config, "--json", "--at", BEFORE, *words, path)
    assert disposition == json.loads(output)["disposition"]


def test_a_registered_file_is_found(tmp_path: Path, config: Path, call: Call) -> None:
    """An attachment that was registered holds, whatever it is called."""
    (line,) = scanned(call, config, eml(tmp_path, text="see attachment", attached=DATA))
    assert ("hold", ["file"]) == (line["disposition"], [finding["detector"] for finding in line["findings"]])


def test_an_ordinary_mail_passes(tmp_path: Path, config: Path, call: Call) -> None:
    """No trace, no finding, nobody ineligible."""
    (line,) = scanned(call, config, eml(tmp_path, text="Lunch at one?"))
    assert ("relay", [], [], []) == (
        line["disposition"],
        line["publications"],
        line["ineligible"],
        line["findings"],
    )


def test_without_recipients_it_is_an_outsider(tmp_path: Path, config: Path, call: Call) -> None:
    """A mail that names nobody is decided for one unknown outsider."""
    (line,) = scanned(call, config, eml(tmp_path, to=""))
    assert ("hold", ["unknown@outsider.invalid"]) == (line["disposition"], line["ineligible"])


@pytest.mark.parametrize("word", ['on_finding = "monitor"', 'monitored = ["banner"]'])
def test_monitor_mode_says_what_hold_would_do(word: str, tmp_path: Path, config: Path, call: Call) -> None:
    """Whoever tries monitor mode wants to know what holding would mean."""
    path = eml(tmp_path)
    (line,) = scanned(call, settings(tmp_path, f"[policy]\n{word}\n"), path)
    assert "hold" == line["disposition"]


def test_reject_mode_says_reject(tmp_path: Path, config: Path, call: Call) -> None:
    """The configured policy counts."""
    (line,) = scanned(call, settings(tmp_path, '[policy]\non_finding = "reject"\n'), eml(tmp_path))
    assert "reject" == line["disposition"]


def test_folders_and_mboxes(tmp_path: Path, config: Path, call: Call) -> None:
    """Folders are walked in order, an mbox is its mails."""
    folder = tmp_path / "mails" / "deep"
    folder.mkdir(parents=True)
    first = eml(folder, "b.eml")
    box = folder / "a.mbox"
    separator = b"From x@x.example Wed Mar 28 09:30:00 2018\n"
    box.write_bytes(separator + first.read_bytes() + b"\n" + separator + b"To: a@x.example\n\nHello\n")
    lines = scanned(call, config, tmp_path / "mails")
    assert [(f"{box}:1", "hold"), (f"{box}:2", "relay"), (str(first), "hold")] == [
        (line["path"], line["disposition"]) for line in lines
    ]


def test_many_mails_keep_their_order(tmp_path: Path, config: Path, call: Call) -> None:
    """Many mails are shared among processes, and printed in order with the same decisions."""
    folder = tmp_path / "mails"
    folder.mkdir()
    for number in range(150):
        eml(folder, f"{number:03}.eml", BANNER if number % 50 == 0 else f"Hello {number}")
    lines = scanned(call, config, folder)
    assert [f"{number:03}.eml" for number in range(150)] == [Path(line["path"]).name for line in lines]
    assert [0, 50, 100] == [n for n, line in enumerate(lines) if line["disposition"] == "hold"]


@pytest.mark.long
def test_a_mail_that_ends_its_process_is_named(
    tmp_path: Path, config: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mail on which a library hangs or crashes is a named problem; all others are decided."""
    folder = tmp_path / "mails"
    folder.mkdir()
    for number in range(70):
        eml(folder, f"{number:03}.eml", f"Hello {number}")
    one = Scanner.one

    def hangs(self: Scanner, mail: MailFile) -> dict[str, Any]:
        if mail.name.endswith("033.eml"):
            time.sleep(60)
        return one(self, mail)

    monkeypatch.setattr(Scanner, "one", hangs)
    config = settings(tmp_path, '[scan]\ndeadline = "500ms"\ndocument_deadline = "100ms"\n')
    code, output, errors = call("scan", "--config", config, "--json", folder)
    assert (1, 69) == (code, len(output.splitlines()))
    assert f"{folder / '033.eml'}: not decided" in errors


def test_what_cannot_be_read_is_named_and_the_rest_done(tmp_path: Path, config: Path, call: Call) -> None:
    """A missing path is a line on standard error and status 1, after all others were decided."""
    good = eml(tmp_path)
    missing = tmp_path / "missing.eml"
    code, output, errors = call("scan", "--config", config, "--json", missing, good)
    assert (1, 1) == (code, len(output.splitlines()))
    assert f"{missing}: No such file or directory\n" in errors


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"no header at all",
        b"\x00" * 3000,
        b"Content-Type: multipart/mixed\n\n--",
        b"To: \xff\xfe\n\n\xff",
    ],
)
def test_any_bytes_are_decided(content: bytes, tmp_path: Path, config: Path, call: Call) -> None:
    """Whatever lies in a file, there is a decision."""
    path = tmp_path / "x.eml"
    path.write_bytes(content)
    assert 1 == len(scanned(call, config, path))


def test_no_store_is_no_empty_register(tmp_path: Path, call: Call) -> None:
    """Without a store nobody can say that a mail is clean; none is made."""
    code, output, errors = call("scan", "--config", settings(tmp_path), eml(tmp_path))
    assert (1, "") == (code, output)
    assert errors.startswith(f"store.url: {tmp_path}/store/store.db: no store there")
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--at", "yesterday"), "--at: must be a time"),
        (("--recipient", "nobody"), "--recipient: 'nobody' is no address"),
        (("--sender", "a b@x.example"), "--sender: 'a b@x.example' is no address"),
    ],
)
def test_wrong_calls(words: tuple[str, ...], problem: str, tmp_path: Path, config: Path, call: Call) -> None:
    """A wrong call ends with 2 before anything is decided."""
    code, output, errors = call("scan", "--config", config, *words, eml(tmp_path))
    assert (2, "") == (code, output)
    assert errors.startswith(problem)


def test_the_store_stays_as_it_was(tmp_path: Path, config: Path, call: Call) -> None:
    """Scanning records nothing: the store's file is the same to the byte."""
    store = tmp_path / "store" / "store.db"
    before = store.read_bytes()
    scanned(call, config, eml(tmp_path))
    assert before == store.read_bytes()
    assert {"store.db", "keys"} == set(os.listdir(store.parent))


def test_lines_for_people(tmp_path: Path, config: Path, call: Call) -> None:
    """Without --json: the disposition, the file, why, for whom; and how many of each at the end."""
    path = eml(tmp_path)
    code, output, errors = call(
        "scan", "--config", config, "--at", BEFORE, path, eml(tmp_path, "y.eml", "Hello")
    )
    assert 0 == code
    assert f"hold    {path}; {ID}: embargo-banner in 1; not on the list: {OUTSIDER}" == output.splitlines()[0]
    assert "2 mails, 1 hold, 1 relay\n" == errors


def test_a_bar_on_a_terminal_leaves_the_output_alone(tmp_path: Path, config: Path) -> None:
    """With standard error on a terminal a bar moves there, and the lines still go where standard output goes."""
    path = eml(tmp_path)
    ours, terminal = os.openpty()
    program = "from gateway.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, "scan", "--config", config, "--json", "--at", BEFORE, path],
        cwd=Path(__file__).parent.parent,
        stdout=subprocess.PIPE,
        stderr=terminal,
        timeout=60,
    )
    os.close(terminal)
    assert "hold" == json.loads(done.stdout)["disposition"]
    assert b"scanning" in os.read(ours, 65536)
    os.close(ours)


def test_a_clock_that_is_not_trusted_ends_no_embargo(
    tmp_path: Path, config: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a time the gateway's own is taken: that stands still where its clock is not synchronised."""
    config.write_text(config.read_text() + '\n[clock]\nsynchronised = "required"\n')
    monkeypatch.setattr("gateway.clock.kernel_synchronised", lambda: False)
    path = eml(tmp_path, "x.eml", BANNER)

    ended, output, errors = call("scan", "--config", config, "--json", path)

    assert (0, "hold") == (ended, json.loads(output)["disposition"]), errors
    monkeypatch.setattr("gateway.clock.kernel_synchronised", lambda: True)
    assert "relay" == json.loads(call("scan", "--config", config, "--json", path)[1])["disposition"]
