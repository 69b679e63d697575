"""Archives made to unpack without end (Z02, Z03), through the public command: each ends in a reason, at once."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

from gateway.cli import application
from gateway.cli.common import run_app
from gateway.scanner import read_here
from tests import bombs
from tests.calling import Call, caller
from tests.pace import slowness
from tests.papers import archive

LEAD, OUTSIDER = "lead@stats.example", "outsider@policy.example"
AT = "2018-03-27T10:39"


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    """Run a command."""
    return caller(capsys)


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with a publication under embargo, whose lead is listed."""
    folder = tmp_path_factory.mktemp("bombs")
    path = folder / "gateway.toml"
    path.write_text(f'[store]\nurl = "sqlite:///{folder}/store/store.db"\n', encoding="utf-8")
    facts = ("--title", "Children looked after", "--publishes-at", "2018-03-28T09:30", "--lead", LEAD)
    words = ["publication", "add", "cla-2018", *facts, "--config", str(path)]
    assert 0 == run_app(application(words), words)
    return path


def mail(attached: bytes) -> bytes:
    """From the lead to an outsider."""
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = LEAD, OUTSIDER, "s"
    letter.set_content("hello\n")
    letter.add_attachment(attached, maintype="application", subtype="zip", filename="a.zip")
    return letter.as_bytes()


BOMBS: dict[str, Callable[[], bytes]] = {
    "in-itself": bombs.quine,
    "in-itself-deeper": lambda: archive({"a/b.zip": archive({"r.zip": bombs.quine()})}),
    "overlapped": lambda: bombs.quoted_overlap(250, 1 << 24),
}


def ends(call: Call, config: Path, content: bytes, seconds: float) -> None:
    """The mail is held because something could not be read, in so many seconds of the processor."""
    path = config.with_name("x.eml")
    path.write_bytes(content)
    began = time.process_time()
    record = json.loads(call("scan", "--config", config, "--json", "--at", AT, path).out)
    assert time.process_time() - began < seconds * slowness()
    assert ("hold", {"unreadable"}) == (
        record["disposition"],
        {each["detector"] for each in record["findings"]},
    )


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_ends_in_a_reason(call: Call, config: Path, bomb: str) -> None:
    """Held within a second.  A regression: an archive in itself was read once round and passed without a word."""
    ends(call, config, mail(BOMBS[bomb]()), 2)


@pytest.mark.long
def test_eighty_terabytes(call: Call, config: Path) -> None:
    """Twenty thousand members of four gigabytes each, in six megabytes."""
    content = bombs.quoted_overlap(20_000, 15 << 28)
    assert len(content) < 10_000_000
    ends(call, config, mail(content), 10)


def test_the_bombs_are_what_they_are_said_to_be() -> None:
    """A reader that suspects nothing takes them: checksums and sizes are right."""
    quine, overlapped = bombs.quine(), bombs.quoted_overlap(5, 1 << 24)
    with zipfile.ZipFile(io.BytesIO(quine)) as packed:
        assert quine == packed.read("r.zip")
    with zipfile.ZipFile(io.BytesIO(overlapped)) as packed:
        assert 5 << 24 <= sum(one.file_size for one in packed.infolist())
        assert packed.testzip() is None


def test_the_same_file_twice_is_none() -> None:
    """An archive that holds two copies of another, side by side or deeper, is read without a mark."""
    inner = archive({"a.txt": b"words"})
    for files in ({"a.zip": inner, "b.zip": inner}, {"a.zip": inner, "c.zip": archive({"b.zip": inner})}):
        assert () == read_here(mail(archive(files))).unreadable
