"""A banner of a registered publication behind much that looks like one is never passed over."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.cli import application
from gateway.cli.common import run_app
from gateway.detectors import banner
from tests.calling import Call, caller

ID, LEAD, AT = "cla-2018", "lead@stats.example", "2018-03-27T10:39"
BANNER = "EMBARGOED UNTIL 9:30am on 28 March 2018"
APART = " ".join(BANNER)
OLD_APART = " ".join("embargoed until 9:30 on 1 May 2001") + " . So it was said at the time.\n"


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    """Run a command."""
    return caller(capsys)


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation that only observes mails of publications that nobody here registered; one is registered."""
    folder = tmp_path_factory.mktemp("behind")
    path = folder / "gateway.toml"
    text = f'[store]\nurl = "sqlite:///{folder}/store/store.db"\n[policy]\nunregistered = "observe"\n'
    path.write_text(text, encoding="utf-8")
    facts = ("--title", "Children looked after", "--publishes-at", "2018-03-28T09:30", "--lead", LEAD)
    words = ["publication", "add", ID, *facts, "--config", str(path)]
    assert 0 == run_app(application(words), words)
    return path


def outcome(call: Call, config: Path, body: str) -> tuple[str, list[str | None]]:
    """What `scan --json` says of a mail: its disposition, and the publications."""
    path = config.with_name("x.eml")
    head = (
        "From: a@policy.example\nTo: b@other.example\nSubject: s\nContent-Type: text/plain; charset=utf-8\n\n"
    )
    path.write_text(head + body, encoding="utf-8")
    (record,) = (json.loads(call("scan", "--config", config, "--json", "--at", AT, path).out or "null"),)
    return record["disposition"], record["publications"]


BEFORE: dict[str, Callable[[int], str]] = {
    "times-long-past": lambda number: "embargoed until 9:30 on 1 May 2001. \n" * (number // 5),
    "times-to-come": lambda number: "embargoed until 9:30 on 1 June 2018. \n" * (number // 5),
    "no-times": lambda number: "embargoed until lunch. \n" * number,
    "all-different": lambda number: "".join(
        f"embargoed until 9:30 on {i % 28 + 1} May {1970 + i % 40}. \n" for i in range(number // 5)
    ),
}
"""What stands in front, of so many places or a fifth as many with a time."""


@pytest.mark.long
@pytest.mark.parametrize("before", BEFORE)
def test_behind_the_last_place_that_is_read(call: Call, config: Path, before: str) -> None:
    """Behind more banners than are read may stand one of anything under embargo: held for each of its leads.

    A regression: such a mail counted as one of an unregistered publication, which may only be observed.
    """
    assert ("hold", [ID]) == outcome(call, config, BEFORE[before](10_250) + BANNER)


@pytest.mark.parametrize("before", BEFORE)
def test_behind_the_last_place_of_few(
    call: Call, config: Path, before: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same, where fewer are read."""
    monkeypatch.setattr(banner, "_MOST_PLACES", 200)
    monkeypatch.setattr(banner, "_MOST_TIMED", 40)
    assert ("hold", [ID]) == outcome(call, config, BEFORE[before](250) + BANNER)


def test_what_is_only_observed_stays_so(call: Call, config: Path) -> None:
    """One banner of a publication that nobody here registered is relayed, and told."""
    assert ("relay", []) == outcome(call, config, "EMBARGOED UNTIL 9:30am on 4 June 2018")


@pytest.mark.parametrize("times", [0, 25, pytest.param(1_050, marks=pytest.mark.long)])
def test_behind_banners_whose_letters_stand_apart(call: Call, config: Path, times: int) -> None:
    """However many of them there are.  A regression: twenty were put together, and the mail passed in silence."""
    disposition, publications = outcome(call, config, OLD_APART * times + APART)
    assert ("hold", True) == (disposition, ID in publications)


@pytest.mark.parametrize(
    "body",
    [
        "Is this still under embargo? I do not know.\n\nThis is under embargo, 9.30am tomorrow.",
        "Is it confidential until published? Yes.\n\nThis is restricted until published at 9.30am tomorrow.",
    ],
)
def test_a_time_of_day_behind_words_without_one(call: Call, config: Path, body: str) -> None:
    """ "9.30 tomorrow" counts beside the second mention as beside the first.

    A regression: within 4,000 characters of words without a time, words with a time of day alone were not looked at.
    """
    assert ("hold", [ID]) == outcome(call, config, body)
