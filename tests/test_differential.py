"""The comparison with Python's `email`: it finds what ours would pass over, and ours passes over nothing here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import islice
from pathlib import Path

import pytest

from gateway.model import Message
from gateway.text import fold
from tests import differential
from tests.blind import PLANTED, Case, bodies, encodings, inside, letters, loose, mime, names, outcome
from tests.differential import Difference, Seen, differences, main
from tests.papers import attached, mail, part

MAKERS = (
    mime.fields, mime.types, bodies.parts, loose.texts, loose.looks, encodings.fields, encodings.bodies, inside.files,
    letters.charsets, letters.letters, names.names, names.said, names.kinds,
)  # fmt: skip
PLAIN = mail(
    part(b"the first\r\n", "Content-Type: text/plain"),
    part(b"<p>the <b>second</b></p>", "Content-Type: text/html"),
    attached(b"\x00\x01third", "fourth.bin"),
    headers="Subject: =?utf-8?q?the_fifth?=",
)
SMALL = {
    "content-id": mail(part(b"x", "Content-Type: text/plain\nContent-ID: <the.sixth@x.example>")),
    "windows-path": mail(
        part(b"x", 'Content-Type: image/x\nContent-Disposition: attachment; filename="C:\\temp\\the seventh"')
    ),
}


def shown(content: bytes) -> set[tuple[str, str]]:
    """What is said to be missing, by kind."""
    return {(found.seen.kind, found.seen.what) for found in differences(content)}


def test_what_all_see_is_no_difference() -> None:
    """A plain mail comes out of both readers alike."""
    assert set() == shown(PLAIN)


@pytest.mark.parametrize("content", SMALL.values(), ids=SMALL)
def test_regression_seen_by_email_alone(content: bytes) -> None:
    """What Python's `email` once saw and ours did not is seen by both."""
    assert set() == shown(content)


def test_what_ours_misses_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """If ours saw nothing at all, every text, name, header value and file would be named, by both policies."""
    monkeypatch.setattr(differential, "read_here", lambda content: Message())
    found = list(differences(PLAIN))
    kinds = {"text", "name", "header", "bytes"}
    assert kinds == {each.seen.kind for each in found if each.reader == "default"}
    assert kinds == {each.seen.kind for each in found if each.reader == "compat32"}
    assert {"the first", "second", "fourth.bin", "the fifth"} <= {each.seen.what for each in found}


def test_a_folder_is_compared_mail_by_mail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command goes through all files below a folder and ends in 1 only where something is missing."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "one.eml").write_bytes(PLAIN)
    assert 0 == main(tmp_path)
    assert "1 mails, 0 missing, 0 marked\n" == capsys.readouterr().out


def test_a_missing_line_ends_in_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is missing is printed with the mail, the reader and the place."""
    monkeypatch.setattr(differential, "read_here", lambda content: Message())
    (tmp_path / "one.eml").write_bytes(b"Subject: x\n\nhello\n")
    assert 1 == main(tmp_path)
    lines = capsys.readouterr().out.splitlines()
    assert f"missing\tdefault\ttext\t{tmp_path}/one.eml\t0\thello" in lines
    assert "1 mails, 4 missing, 0 marked" == lines[-1]


def test_words_that_email_could_not_read_are_not_asked_for() -> None:
    """A replacement character is nothing that anybody sees."""
    assert "the hare" == differential._readable("the fr\ufffdsche hare")
    assert Seen("text", "0", "a b", "A  B") == differential._said("text", 0, "A  B")


def cases() -> Iterator[Case]:
    """The cases of which `email` makes something; it takes minutes for some of the others."""
    return (case for make in MAKERS for case in make())


def gaps(some: Iterable[Case]) -> list[str]:
    """The cases of whose planted matter `email` shows something that ours neither sees nor marks."""
    return [case.id for case in some if _is_gap(case.make(PLANTED))]


def _is_gap(content: bytes) -> bool:
    """Whether `email` shows what was planted in a form that ours has not, and ours has it in no other form either."""
    return any(map(_is_planted, differences(content))) and outcome(content).passed


def _is_planted(found: Difference) -> bool:
    if found.marked:
        return False
    digest = sha256(PLANTED.file).hexdigest()
    return found.seen.what == digest or fold(PLANTED.text) in fold(found.seen.text or "")


def test_a_sample_of_odd_mails_hides_nothing_from_ours() -> None:
    """What `email` shows of what was planted in odd mails is seen or marked."""
    assert [] == gaps(islice(cases(), 0, None, 59))


@pytest.mark.long
def test_no_odd_mail_hides_anything_from_ours() -> None:
    """The same for all of them."""
    assert [] == gaps(cases())
