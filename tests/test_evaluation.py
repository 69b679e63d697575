"""Evaluation: what a folder holds, who decides its mails, and what that adds up to."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.crew import Crew
from gateway.evaluation import folder, plot, registering, report
from gateway.evaluation.deciding import Bench, Judged, judged, posted
from gateway.evaluation.folder import FolderError, Source
from gateway.evaluation.tally import THRESHOLDS, Tally, tally
from gateway.model import OnFinding, Policy, Register
from gateway.rules import load
from tests import papers

LONDON = ZoneInfo("Europe/London")
LEAK, INNOCENT = (
    Source(Path("leaks/k/x.eml"), leak=True, kind="k", publication="ponds"),
    Source(Path("innocent/i/y.eml"), leak=False, kind="i"),
)
PASSAGE = (
    "Volunteers of the county counted 48,213 garden ponds this spring and drained none of them, although the liners of "
    "every seventh pond had cracked in the long frost and newts were seen in fewer than half."
)


def publication(place: Path, more: str = "", name: str = "ponds") -> Path:
    """One publication with one document."""
    folder_ = place / "publications" / name
    (folder_ / "documents").mkdir(parents=True)
    (folder_ / "documents" / "bulletin.docx").write_bytes(papers.word(PASSAGE))
    (folder_ / "publication.toml").write_text(
        f'title = "Garden ponds"\npublishes_at = "2031-03-28T09:30"\n{more}', encoding="utf-8"
    )
    return folder_


def mail(path: Path, text: str = "Lunch?", to: str = "who@outside.example") -> Path:
    """One plain mail."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"From: jo@policy.example\nTo: {to}\nSubject: note\n\n{text}\n", encoding="utf-8")
    return path


def problems(place: Path) -> list[str]:
    """What is wrong with a folder, its own path cut off."""
    with pytest.raises(FolderError) as caught:
        folder.read(place, LONDON)
    return [problem.replace(f"{place}/", "") for problem in caught.value.problems]


def test_a_publication_is_decided_before_its_time(tmp_path: Path) -> None:
    """Times are wall time; a mail is decided an hour before the planned time unless the file says when."""
    publication(tmp_path)
    publication(tmp_path, "at = 2031-03-27T12:00:00Z\n", "newts")
    mail(tmp_path / "innocent" / "office" / "1.eml")
    entries = folder.read(tmp_path, LONDON).entries
    assert [
        datetime(2031, 3, 27, 12, 0, tzinfo=UTC),
        datetime(2031, 3, 28, 8, 30, tzinfo=UTC),
    ] == [entry.at for entry in entries]


def test_whatever_its_time_an_embargo_lasts_while_it_is_evaluated(tmp_path: Path) -> None:
    """Publications of different years are all under embargo at once."""
    publication(tmp_path, 'live_by = "clock"\n')
    mail(tmp_path / "innocent" / "office" / "1.eml")
    (entry,) = folder.read(tmp_path, LONDON).entries
    assert entry.publication.embargoed(datetime(2040, 1, 1, tzinfo=UTC))


def test_where_a_leak_lies_says_what_it_leaks(tmp_path: Path) -> None:
    """By a folder of the publication, or the start of its name; else any publication counts."""
    publication(tmp_path)
    for name in ("ponds/a.eml", "ponds--1.eml", "b.eml", "other--1.eml"):
        mail(tmp_path / "leaks" / "quoted" / name)
    sources = folder.read(tmp_path, LONDON).sources
    assert {"a.eml": "ponds", "ponds--1.eml": "ponds", "b.eml": None, "other--1.eml": None} == {
        source.path.name: source.publication for source in sources
    }
    assert {("quoted", True)} == {(source.kind, source.leak) for source in sources}


def test_a_leak_of_an_unknown_publication_is_told_of(tmp_path: Path) -> None:
    """A folder that names no publication may be a slip: its leaks would count as found, whatever they are held for."""
    publication(tmp_path)
    for name in ("pasted/ponds/1.eml", "pasted/pnods/1.eml", "pasted/pnods/2.eml", "pasted/any.eml"):
        mail(tmp_path / "leaks" / name)
    expected = f"{tmp_path}/leaks/pasted/pnods: names no publication; its leaks count as found where any is"
    assert (expected,) == folder.read(tmp_path, LONDON).notes


def test_a_mailbox_beside_the_kinds_is_a_kind(tmp_path: Path) -> None:
    """`innocent/office.mbox` is the kind `office`."""
    publication(tmp_path)
    (tmp_path / "innocent").mkdir()
    (tmp_path / "innocent" / "office.mbox").write_bytes(
        b"From a Mon Jan  1 09:00:00 2031\nSubject: x\n\none\n\nFrom b Mon Jan  1 09:00:00 2031\nSubject: y\n\ntwo\n"
    )
    found = folder.read(tmp_path, LONDON)
    mails = list(posted(found.sources, 1, []))
    assert ["office", "office"] == [each.source.kind for each in mails]
    assert [1, 2] == [int(each.name.rpartition(":")[2]) for each in mails]


def test_every_problem_of_a_folder_is_named_at_once(tmp_path: Path) -> None:
    """With the path and the key."""
    publication(tmp_path, 'colour = "red"\nlead = "nobody"\n')
    publication(tmp_path, 'id = "ponds"\n', "newts")
    publication(tmp_path, "at = 2031-03-27\n", "frogs")
    publication(tmp_path, "[", "toads")
    (publication(tmp_path, name="herons") / "documents" / "bulletin.docx").unlink()
    (publication(tmp_path, name="geese") / "access.csv").write_text("name\nJo\n", encoding="utf-8")
    (tmp_path / "publications" / "Swans").mkdir()
    found = "\n".join(problems(tmp_path))
    for said in (
        "publications/Swans: the folder's name is no id",
        "publications/frogs/publication.toml: at: a time of day is needed",
        "publications/geese/access.csv: ",
        "publications/herons/documents: no document there",
        "publications/newts/publication.toml: id: 'ponds' is not the name of its folder",
        "publications/ponds/publication.toml: colour: unknown key",
        "publications/ponds/publication.toml: lead: ",
        "publications/toads/publication.toml: not TOML",
    ):
        assert said in found


def test_a_folder_without_anything_is_refused(tmp_path: Path) -> None:
    """No publication, or no mail: nothing can be measured."""
    assert ["publications: No such file or directory"] == problems(tmp_path)
    publication(tmp_path)
    (only,) = problems(tmp_path)
    assert only.endswith("no mail in leaks/KIND or innocent/KIND")


def _half(number: int) -> float:
    if number == 7:
        os._exit(1)
    if number == 8:
        time.sleep(30)
    return number / 2


def test_a_crew_names_the_item_that_kills_it() -> None:
    """All others have their results, in order."""
    crew = Crew(_half, timedelta(seconds=0.3), 2)
    assert [(n, None if n in (7, 8) else n / 2) for n in range(12)] == list(crew.results(range(12)))


def test_nothing_is_registered_in_silence(tmp_path: Path) -> None:
    """A document that is empty, gone or closed is named; the same file twice is read once and registered twice."""
    place = publication(tmp_path)
    (place / "documents" / "again.docx").write_bytes((place / "documents" / "bulletin.docx").read_bytes())
    (place / "documents" / "empty.txt").touch()
    (place / "documents" / "locked.zip").write_bytes(papers.locked(papers.archive({"a.txt": b"figures"})))
    mail(tmp_path / "innocent" / "office" / "1.eml")
    entries = folder.read(tmp_path, LONDON).entries
    (place / "documents" / "again.docx").rename(place / "public.docx")
    told: list[Path] = []
    done = registering.register(entries, told.append)
    assert 4 == len(told)
    assert [
        "again.docx: No such file or directory",
        "empty.txt: is empty and not registered",
        "locked.zip: not readable inside (1/1: encrypted); only an exact copy is found",
    ] == [problem.removeprefix(f"{place / 'documents'}/") for problem in done.problems]
    assert done.register.texts is not None


def test_a_leak_is_found_when_it_is_held_for_its_publication(tmp_path: Path) -> None:
    """And each mail says which detectors did it; who is on the list gets the mail, so that nothing is held."""
    place = publication(tmp_path)
    (place / "access.csv").write_text("email\nminister@policy.example\n", encoding="utf-8")
    mail(tmp_path / "leaks" / "quoted" / "ponds" / "1.eml", PASSAGE)
    mail(tmp_path / "leaks" / "quoted" / "ponds" / "2.eml", PASSAGE, "minister@policy.example")
    mail(
        tmp_path / "leaks" / "wrong" / "ponds--1.eml", "RESTRICTED UNTIL PUBLISHED AT 9:30AM ON 3 MARCH 2099"
    )
    mail(tmp_path / "innocent" / "office" / "1.eml")
    found = folder.read(tmp_path, LONDON)
    done = registering.register(found.entries, lambda _path: None)
    bench = Bench.of(load(None), done.register, Policy(), found.entries)
    decided = list(judged(bench, posted(found.sources, 1, []), timedelta(seconds=30)))
    assert [(True, True, ("text",)), (False, False, ("text",)), (True, False, ()), (False, False, ())] == [
        (one.held, one.found, one.by) for one in decided
    ]
    assert {"all", "read", "detect", "text", "figures", "link", "thread"} == set(decided[0].seconds)


def test_a_fault_of_ours_names_the_mail_and_decides_the_others(tmp_path: Path) -> None:
    """An evaluation of thousands of mails does not end because of one."""
    publication(tmp_path)
    mail(tmp_path / "innocent" / "office" / "1.eml")
    found = folder.read(tmp_path, LONDON)
    broken = Bench(load(None), None, Policy(), {}, found.entries[0].at)  # type: ignore[arg-type]
    (one,) = judged(broken, posted(found.sources, 1, []), timedelta(seconds=30))
    assert "not decided: internal error: AttributeError" == one.problem


def score(value: float, source: Source = LEAK, *, held: bool = True, by: Sequence[str] = ("text",)) -> Judged:
    """What was decided of one mail."""
    return Judged("x", source, held, held and source.leak, tuple(by), value, {"all": value / 1000})


def added(*decided: Judged) -> Tally:
    """The tally of some mails."""
    return tally(decided, publications=1, documents=1, threshold=5, problems=["d.pdf: empty"])


def test_each_kind_is_counted_by_detector() -> None:
    """What only one detector found shows what the other ones would miss."""
    found = added(
        score(9),
        score(9, by=("text", "figures")),
        score(9, held=False, by=()),
        score(3, INNOCENT, by=("figures",)),
    )
    (leaks,), (innocent,) = found.leaks, found.innocent
    assert (3, 2, {"text": 2, "figures": 1}, {"text": 1}) == (leaks.mails, leaks.found, leaks.by, leaks.alone)
    assert (1, 1, {"figures": 1}, ("x",)) == (innocent.mails, innocent.held, innocent.by, innocent.held_paths)


def test_what_was_not_decided_is_a_problem_and_no_miss() -> None:
    """A mail that ended its process counts in no share."""
    found = added(score(9), Judged("y", LEAK, problem="not decided: took too long"))
    assert 1 == found.leaks[0].mails
    assert ("d.pdf: empty", "y: not decided: took too long") == found.problems


@given(st.lists(st.floats(0, 20), min_size=1), st.lists(st.floats(0, 20)))
def test_a_higher_threshold_finds_and_holds_no_more(leaked: list[float], others: list[float]) -> None:
    """The curve falls, and it counts what reaches each threshold."""
    curve = added(*map(score, leaked), *(score(each, INNOCENT) for each in others)).curve
    assert list(THRESHOLDS) == [point.threshold for point in curve]
    for before, after in pairwise(curve):
        assert after.held <= before.held
        assert all(after.found[kind] <= before.found[kind] for kind in after.found)
    assert sum(each >= 5 for each in others) == next(point.held for point in curve if point.threshold == 5)


def test_the_curve_has_the_kinds_that_leak_figures() -> None:
    """A kind whose mails mostly have no registered figure would draw a line at the bottom."""
    other = Source(Path("z"), leak=True, kind="words", publication="ponds")
    assert {"k"} == set(added(score(4), score(1, other)).curve[0].found)


def test_only_all_is_a_hundred_percent() -> None:
    """No rounding hides a miss or a false alarm."""
    assert ["0 %", "0.1 %", "50.0 %", "99.9 %", "100 %"] == [
        report.share(part, 10_000) for part in (0, 1, 5_000, 9_999, 10_000)
    ]


def test_the_report_shows_paths_and_no_more() -> None:
    """Whatever a path looks like, it stays text in a list."""
    strange = Judged("a|b\n# <x>", LEAK, by=("text",))
    text = report.markdown(added(strange, score(1)), "plot.svg")
    assert "- a\\|b # \\<x\\>" in text
    assert "| k | 2 | 1 | 50.0 % |" in text


def test_the_picture_is_one() -> None:
    """Well-formed, with a line for each kind, one for innocent mail, and names that are escaped."""
    odd = Source(Path("z"), leak=True, kind="a<b", publication="ponds")
    drawn = ElementTree.fromstring(plot.svg(added(score(9), score(8, odd), score(3, INNOCENT)).curve, 5))
    assert 3 == len(drawn.findall(".//{http://www.w3.org/2000/svg}polyline"))
    assert "a<b" in [text.text for text in drawn.findall(".//{http://www.w3.org/2000/svg}text")]
    assert ElementTree.fromstring(plot.svg((), 5)) is not None


def test_monitor_mode_is_read_as_hold() -> None:
    """What is asked is what would be held."""
    bench = Bench.of(load(None), Register.empty(), Policy(OnFinding.MONITOR), ())
    assert OnFinding.HOLD is bench.policy.on_finding
