"""`explain`: a mail as it was read, what was found where and why, in JSON and for people."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from gateway.cli import application
from gateway.cli.common import run_app
from gateway.model import LiveBy
from tests import papers, stores
from tests.calling import Answer, Call, caller

PASSAGE = (
    "Volunteers of the county counted 48,213 garden ponds this spring and drained none of them, although the liners of "
    "every seventh pond had cracked in the long frost and newts were seen in fewer than half."
)
CIRCULATION = "Message-ID: <ponds@stats.example>\nSubject: Garden ponds\n\nFor those on the list.\n"
MAIL = f"""From: jo@policy.example
To: minister@policy.example, who@outside.example
Subject: Garden ponds better than expected
In-Reply-To: <ponds@stats.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

Hello,
> {PASSAGE[:120]}
> {PASSAGE[120:]}
See https://drafts.example/ponds/page?utm_source=x and \x1b[31m that.
"""


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    """Run a command."""
    return caller(capsys)


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with one publication, one listed person, a document, a shortcut and a circulation mail."""
    tmp_path = tmp_path_factory.mktemp("explain")
    stores.place(tmp_path)
    path = tmp_path / "gateway.toml"
    path.write_text(
        f'[store]\nurl = "sqlite:///{tmp_path}/store.db"\nkeys = "{tmp_path}/keys"\n', encoding="utf-8"
    )
    material = tmp_path / "material"
    material.mkdir()
    (material / "bulletin.docx").write_bytes(papers.word(PASSAGE))
    (material / "circulation.eml").write_text(CIRCULATION, encoding="utf-8")
    (material / "page.url").write_text(
        "[InternetShortcut]\nURL=https://drafts.example/ponds/page\n", encoding="utf-8"
    )
    for words in (
        ("publication", "add", "ponds", "--title", "Garden ponds", "--publishes-at", "2099-03-28T09:30",
         "--lead", "lead@stats.example", "--live-by", LiveBy.PERSON.value),
        ("access", "grant", "ponds", "minister@policy.example", "--kind", "production", "--reason", "brief"),
        ("document", "add", "ponds", str(material)),
    ):  # fmt: skip
        arguments = [*words, "--config", str(path)]
        assert 0 == run_app(application(arguments), arguments)
    return path


def explained(call: Call, config: Path, *more: str) -> Answer:
    """`explain` of the mail."""
    file = config.parent / "mail.eml"
    file.write_text(MAIL, encoding="utf-8")
    answer = call("explain", file, "--config", config, *more)
    assert (0, "") == (answer.code, answer.err)
    return answer


def test_every_reason_is_shown_with_its_place(config: Path, call: Call) -> None:
    """The parts, the findings with the rule's sentence, the words, the address, the conversation and the hint."""
    record: dict[str, Any] = explained(call, config, "--json").records[0]
    assert ("hold", ["ponds"], ["who@outside.example"]) == (
        record["disposition"],
        record["publications"],
        record["ineligible"],
    )
    assert ["relay", "hold"] == [recipient["disposition"] for recipient in record["recipients"]]
    assert {"text", "link", "thread"} <= {finding["detector"] for finding in record["findings"]}
    assert all(finding["why"] for finding in record["findings"])
    (passage,) = record["text"]
    assert ("1", ["ponds"]) == (passage["part"], passage["publications"])
    assert 33 <= passage["count"] <= 36
    assert "48213 garden ponds" in passage["words"]
    assert [("1", ["ponds"])] == [(led["part"], led["publications"]) for led in record["links"]]
    assert record["links"][0]["what"].startswith("https://drafts.example/ponds/page")
    assert [("header", ["ponds"])] == [(led["part"], led["publications"]) for led in record["threads"]]
    assert [{"publication": "ponds", "part": "header"}] == record["hints"]
    assert [("header", "header"), ("1", "body")] == [(part["part"], part["kind"]) for part in record["parts"]]
    assert "> Volunteers" in record["parts"][1]["text"]


def test_people_read_the_same(config: Path, call: Call) -> None:
    """The decision first, then why, and the parts last."""
    text = explained(call, config).out
    for said in (
        "mail.eml: hold\n",
        "  who@outside.example: hold; not on the list\n",
        "copied-text in 1: ponds, asks hold.",
        "Words that stand in registered documents\n  in 1, words ",
        "Links\n  in 1: https://drafts.example/ponds/page",
        "Conversations\n  in header: leads to a mail in which it was found, or that is registered (ponds)\n",
        "Hints\n  in header: a direction word beside the title of ponds\n",
        "--- part 1 (body) ---\nHello,\n> Volunteers",
    ):
        assert said in text
    assert text.index("Found") < text.index("--- part header")


def test_a_mail_about_nothing_shows_its_parts(config: Path, call: Call) -> None:
    """No empty headings."""
    file = config.parent / "mail.eml"
    file.write_text("Subject: lunch\n\nAt noon?\n", encoding="utf-8")
    answer = call("explain", file, "--config", config, "--recipient", "who@outside.example")
    assert (
        "relay\n  who@outside.example: relay\n\nParts as they were read\n"
        "  header: 14 characters of text\n  1: text/plain, 9 bytes, 9 characters of text\n\n"
        "Files\n  1: 9 bytes, SHA-256 "
    ) in answer.out
    assert "Found" not in answer.out
    assert "--- part header (header) ---\nSubject: lunch\n\n" in answer.out
    assert answer.out.endswith("--- part 1 (body) ---\nAt noon?\n")


def test_the_tree_shows_types_sizes_marks_and_findings(config: Path, call: Call) -> None:
    """Every part down to the files in an archive in the mail, each with what was found or not readable there."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("draft.docx", papers.word(f"Draft. {PASSAGE}"))
        archive.writestr("old.zip", b"PK\x03\x04" + bytes(60))
    letter = EmailMessage()
    letter["To"] = "who@outside.example"
    letter.set_content("As agreed.")
    letter.add_attachment(packed.getvalue(), maintype="application", subtype="zip", filename="all.zip")
    file = config.parent / "mail.eml"
    file.write_bytes(bytes(letter))
    tree = call("explain", file, "--config", config, "--json").records[0]["tree"]
    by_part = {branch["part"]: branch for branch in tree}
    assert ["header", "1", "2", "2/1"] == [*by_part][:4]
    assert ("multipart/mixed", "multipart") == (by_part["header"]["type"], by_part["header"]["is"])
    assert ("application/zip", ["all.zip"], len(packed.getvalue())) == tuple(
        by_part["2"][what] for what in ("type", "names", "size")
    )
    assert ("zip", ["draft.docx"], ["copied-text"]) == tuple(
        by_part["2/1"][what] for what in ("is", "names", "rules")
    )
    assert by_part["2/1"]["characters"] > len(PASSAGE)
    assert ["broken"] == by_part["2/2"]["unreadable"]
    text = call("explain", file, "--config", config).out
    assert "    2/1: zip, 'draft.docx', " in text
    assert "    2/2: zip, 'old.zip', 64 bytes" in text
    assert ", not readable: broken" in text


def test_no_mail_is_an_error_with_its_path(config: Path, call: Call) -> None:
    """On standard error, with status 1."""
    answer = call("explain", config.parent / "gone.eml", "--config", config)
    assert (1, f"{config.parent}/gone.eml: No such file or directory\n") == (answer.code, answer.err)
