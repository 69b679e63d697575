"""`document add --link` as people and outside checks call it, and what is found by it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.cli import application
from gateway.cli.common import run_app
from gateway.detectors import find
from gateway.detectors.rule import Rule, RuleSet
from gateway.model import Detector
from gateway.scanner import read_here
from gateway.store.installation import open_store
from gateway.store.register import load_register
from tests import filed, stores

FOLDER = "https://preview.stats.example/releases/cla-2018/"
RULES = RuleSet((Rule("registered-link", "Registered link", Detector.LINK, "A link of the publication."),))
MAIL = "From: press@policy.example\r\nTo: outsider@policy.example\r\nSubject: x\r\nContent-Type: text/html\r\n\r\n"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configured command line with a store that knows a publication."""
    path = tmp_path / "gateway.toml"
    path.write_text(f'[store]\nurl = "sqlite:///{tmp_path}/store.db"\n')
    stores.place(tmp_path)
    database, keys = open_store(f"sqlite:///{tmp_path}/store.db", tmp_path / "keys")
    filed.register_publication(database, keys, planned=datetime(2099, 3, 28, 8, 30, tzinfo=UTC))
    database.close()
    return path


def run(config: Path, *words: str) -> int:
    """The exit status of one command."""
    called = [*words, "--config", str(config)]
    return run_app(application(called), called)


def test_a_registered_link_is_in_the_register(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Behind a word of a page and a rewriter it is found; a public folder in it, or one beside it, is not."""
    assert 0 == run(config, "document", "add", "cla-2018", "--link", FOLDER, "--link", r"\\fs01\Stats" + "\\")
    assert 0 == run(config, "document", "add", "cla-2018", "--link", f"{FOLDER}method/", "--public")
    assert f"{FOLDER}: registered (1 digest, 1 link)" in capsys.readouterr().out
    assert ["registered-link"] == found(config, f"{FOLDER}tables.xlsx")
    assert [] == found(config, f"{FOLDER}method/a.html")
    assert [] == found(config, f"{FOLDER}../other")


def found(config: Path, url: str) -> list[str]:
    """The rules that fire on a mail that leads to an address through a rewriter."""
    coded = url.replace(":", "%3A").replace("/", "%2F")
    page = f'<a href="https://eur03.safelinks.protection.outlook.com/?url={coded}&amp;data=05">here</a>'
    database, keys = open_store(f"sqlite:///{config.parent}/store.db", config.parent / "keys")
    register = load_register(database, keys)
    database.close()
    return [finding.rule for finding in find(RULES, read_here(f"{MAIL}{page}".encode()), register, filed.NOW)]


def test_a_link_that_leads_nowhere_is_refused_and_a_whole_host_pointed_out(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is registered that protects nothing, and nobody protects all of a host by mistake."""
    assert 2 == run(config, "document", "add", "cla-2018", "--link", "mailto:a@b.example")
    assert "mailto:a@b.example: is no address of a page or folder" in capsys.readouterr().err
    assert 0 == run(config, "document", "add", "cla-2018", "--link", "https://preview.stats.example/")
    assert "every address on that host is a trace" in capsys.readouterr().err
