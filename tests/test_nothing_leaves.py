"""What a held mail says stays in it: looked for in everything that the gateway writes, sends and shows."""

from __future__ import annotations

import urllib.request
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from gateway.demo.browser import Browser
from tests import papers
from tests.running import Gateway
from tests.sink import Sink, wait_for
from tests.talking import Talk, banner, planned

LEAD, SENDER, LISTED = "lead@stats.example", "press@policy.example", "nadia@policy.example"
AMY, BEN = "amy@policy.example", "ben@policy.example"
CANARIES = ("742,518", "742518", "sevenfourtwo", "Kanarienvogel", "canaryfile", "canarysheet")
"""The figure in the body and the document, words of subject and text, and the names of the attachments."""
PAGES = ("/", "/incidents", "/incidents/{ref}", "/publications", "/publications/cla-2018", "/calendar")
FORMS = ("grant", "release", "refuse", "wait", "false-alarm", "content")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Everything that came out of one gateway in one morning, by the name of where it came out."""
    folder = tmp_path_factory.mktemp("morning")
    sink, patch = Sink(), pytest.MonkeyPatch()
    (folder / "tmp").mkdir()
    patch.setenv("TMPDIR", str(folder / "tmp"))
    gateway = Gateway(folder, sink.port, workers=1, extra='[log]\nlevel = "debug"')
    found: dict[str, bytes] = {}
    try:
        _register(gateway, folder)
        gateway.start()
        _morning(gateway, sink, found)
        found |= {f"temporary {path}": path.read_bytes() for path in _files(folder / "tmp")}
    finally:
        gateway.stop()
        sink.close()
        patch.undo()
    found["log"] = "\n".join(gateway.log).encode()
    found |= {f"store {path.name}": path.read_bytes() for path in _files(folder) if "store.db" in path.name}
    letters = [one.content for one in sink.mails if not _relayed(one.content)]
    found |= {f"letter {number}": content for number, content in enumerate(letters)}
    return found


def _register(gateway: Gateway, folder: Path) -> None:
    when, opens = planned(), planned(-1)
    gateway.call("publication", "add", "cla-2018", "--title", "Children", "--publishes-at", when.isoformat(),
                 "--lead", LEAD, "--opens-at", opens.isoformat())  # fmt: skip
    for address in (LISTED, SENDER):
        gateway.call("access", "grant", "cla-2018", address, "--reason", "briefing")
    (folder / "canaryfile.docx").write_bytes(papers.word("sevenfourtwo 742,518"))
    gateway.call("document", "add", "cla-2018", str(folder / "canaryfile.docx"))


def _morning(gateway: Gateway, sink: Sink, found: dict[str, bytes]) -> None:
    """A forward is held, the lead looks at every page, lets one copy go and refuses the other."""
    ref = _forward(gateway)
    (alert,) = wait_for(lambda: sink.to(LEAD)) or []
    link = next(word for word in alert.content.decode().split() if "/sign-in/" in word)
    base = link.partition("/sign-in/")[0]
    with Browser() as browser:
        page = browser.open(link)
        page = browser.submit(page, page.forms[-1])
        assert ref in page.text
        for path in (*PAGES, *(f"/incidents/{{ref}}/{name}" for name in FORMS)):
            shown = browser.open(base + path.format(ref=ref))
            assert 200 == shown.status, path
            found[f"page {path}"] = shown.html.encode()
        asked = browser.open(f"{base}/incidents/{ref}/grant")
        chosen = [value for name, value in asked.form("/grant").boxes if name == "recipient"][:1]
        browser.submit(asked, asked.form("/grant"), recipient=chosen, why="", other="briefs the minister",
                       kind="pre-release")  # fmt: skip
        assert wait_for(lambda: sink.to(AMY))
        asked = browser.open(f"{base}/incidents/{ref}/refuse")
        done = browser.submit(asked, asked.form("/refuse"), message="Ask Helen first.")
        found["page decided"] = done.html.encode()
    assert wait_for(lambda: [one for one in sink.to(SENDER) if b"Ask Helen first." in one.content])
    address = f"http://127.0.0.1:{gateway.metrics_port}/metrics"
    with urllib.request.urlopen(address, timeout=30) as answer:
        found["metrics"] = answer.read()
    for words in (("incident", "list"), ("incident", "show", ref), ("publication", "show", "cla-2018")):
        found[f"command {words[1]}"] = gateway.call(*words).stdout.encode()


def _forward(gateway: Gateway) -> str:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = SENDER, LISTED, "Kanarienvogel 742,518"
    mail.set_content(f"{banner(planned())}\n\nsevenfourtwo: 742,518 children, 742518 in all\n")
    mail.add_attachment(papers.word("sevenfourtwo 742,518"), "application", "x", filename="canaryfile.docx")
    mail.add_attachment(
        papers.workbook("sevenfourtwo 742518"), "application", "x", filename="canarysheet.xlsx"
    )
    talk = Talk(gateway.port)
    answer = talk.mail(SENDER, [LISTED, AMY, BEN], mail.as_bytes())
    talk.quit()
    assert answer.startswith("250 2.0.0 Held"), answer
    return answer.rpartition(" ")[2]


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _relayed(content: bytes) -> bool:
    """Whether this is the mail itself, on its lawful way."""
    return b"Kanarienvogel" in content and b"canarysheet" in content


@pytest.mark.parametrize("word", CANARIES)
def test_no_word_of_a_held_mail_gets_out(told: dict[str, bytes], word: str) -> None:
    """Not into a log, a metric, a letter, a page without the right to content, the store's files, a temporary file."""
    assert [] == [place for place, text in told.items() if word.encode().lower() in text.lower()]


def test_everything_was_looked_at(told: dict[str, bytes]) -> None:
    """The places are there and speak of the incident, so that an empty one cannot pass for a clean one."""
    kinds = {place.partition(" ")[0] for place in told}
    assert {"page", "log", "metrics", "command", "store", "letter"} <= kinds
    assert b"cla-2018" in told["metrics"]
    assert LEAD.encode() in told["store store.db"]
    assert AMY.encode() in told["page /incidents/{ref}"]
    assert len([place for place in told if place.startswith("letter")]) >= 3
