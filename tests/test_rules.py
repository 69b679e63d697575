"""Rules: what a file may say, every fault of a folder at once, and the shipped rules as they are."""

from __future__ import annotations

import shutil
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from gateway.model import Detector, Disposition
from gateway.rules import RuleError, RuleSet, load, shipped_folder

BAD = sorted(path for path in (Path(__file__).parent / "bad_rules").iterdir() if path.is_dir())

WHOLE = """
title = "House banner"
detector = "banner"
asks = "reject"
why = "The mail carries the banner of our house."

[[wording]]
phrases = ["zum gebrauch nur bis/vor", "house ... secret"]
anchors = ["gebrauch", "house"]
near = ["statistik/statistics"]
unless = ["no longer"]
not_after = ["never"]
reach = 80
needs = "time"
dated = "hold"
undated = "tied"

[examples]
at = 2026-06-10T09:00:00Z
must_match = [
  "STATISTIK: zum Gebrauch nur bis 12.06.2026, 9.30",
  "House full of secret, 12 June 2026 9.30. Statistics",
]
must_not_match = ["zum Gebrauch nur bis 12.06.2026", "never house secret 12 June 2026 9.30 statistics"]

[[examples.registered]]
title = "Apples"
publishes_at = 2026-06-14T09:30:00+01:00
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the shipped rules, to add to."""
    return Path(shutil.copytree(shipped_folder(), tmp_path / "rules"))


def test_the_shipped_rules_load() -> None:
    """The shipped rules pass their own examples, cover every detector, and each has a sentence for the lead."""
    rules = load(shipped_folder())
    names = [rule.id for rule in rules.rules]
    assert sorted(names) == names
    assert {"embargo-banner", "registered-file", "unreadable-content"} <= set(names)
    assert set(Detector) == {rule.detector for rule in rules.rules}
    assert all(rules.why(name).endswith(".") for name in names)


def test_a_rule_of_ones_own(folder: Path) -> None:
    """A department adds its wording with a file; the file's name is the rule's id."""
    (folder / "house-banner.toml").write_text(WHOLE, encoding="utf-8")
    rule = next(rule for rule in load(folder).rules if rule.id == "house-banner")
    assert ("House banner", Disposition.REJECT, 80) == (rule.title, rule.asks, rule.wordings[0].reach)


def test_other_files_are_not_rules(folder: Path) -> None:
    """Only `.toml` files right in the folder are rules."""
    (folder / "README.txt").write_text("no rule")
    (folder / "deeper").mkdir()
    (folder / "deeper" / "x.toml").write_text("no rule")
    assert load(shipped_folder()).rules[0].id == load(folder).rules[0].id


def test_a_rule_set_is_frozen() -> None:
    """Nobody changes rules in service; a new set replaces the old one."""
    with pytest.raises(FrozenInstanceError):
        load(shipped_folder()).rules = ()  # type: ignore[misc]


def test_an_unknown_rule_has_no_sentence() -> None:
    """A finding may outlive its rule."""
    assert RuleSet().why("gone") == ""


@pytest.mark.parametrize("bad", BAD, ids=[path.name for path in BAD])
def test_bad_rules(bad: Path) -> None:
    """Every fault of every file is named in one go, with file and key."""
    with pytest.raises(RuleError) as caught:
        load(bad)
    problems = [problem.removeprefix(f"{bad}/").removeprefix(f"{bad}: ") for problem in caught.value.problems]
    assert bad.with_suffix(".error").read_text(encoding="utf-8").splitlines() == problems


def test_an_empty_folder_is_no_rule_set(tmp_path: Path) -> None:
    """Without rules nothing would be found, and that is an error, also where the folder is missing."""
    for place in (tmp_path, tmp_path / "missing"):
        with pytest.raises(RuleError, match="no rule for the detector 'banner'"):
            load(place)


def test_a_file_that_is_not_text(folder: Path) -> None:
    """A file that is not UTF-8 is named."""
    (folder / "odd.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(RuleError, match=r"odd\.toml: not UTF-8"):
        load(folder)
