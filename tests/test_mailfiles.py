"""Mails on disk: files, mbox files and folders, nothing left out in silence."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mailfiles import _split, files, mails

MAIL = b"From: a@stats.example\nTo: b@policy.example\n\nHello\n"
BOX = (
    b"From a@stats.example Wed Mar 28 09:30:00 2018\nSubject: one\n\nFrom here on all is well in 2018\n\n"
    b">From the start\n\nFrom b@stats.example Wed Mar 28 09:31:00 2018\nSubject: two\n\nbody\n"
)


def listed(*paths: Path) -> tuple[list[str], list[str], list[str]]:
    """Names of the files found, problems and notes."""
    problems: list[str] = []
    notes: list[str] = []
    found = [path.name for path in files(paths, problems.append, notes.append)]
    return found, problems, notes


def test_a_file_is_one_mail(tmp_path: Path) -> None:
    """A file that is named is a mail, whatever its name and content."""
    path = tmp_path / "odd.bin"
    path.write_bytes(b"\x00\xff")
    assert [(str(path), b"\x00\xff")] == [(mail.name, mail.content) for mail in mails(path)]


def test_a_file_of_nothing_is_a_mail(tmp_path: Path) -> None:
    """0 bytes are a mail too."""
    path = tmp_path / "empty.eml"
    path.touch()
    assert [b""] == [mail.content for mail in mails(path)]


def test_an_mbox_is_its_mails(tmp_path: Path) -> None:
    """Each mail of an mbox is numbered; sentences that begin with From do not end one, and quoting is undone."""
    path = tmp_path / "box"
    path.write_bytes(BOX)
    first, second = mails(path)
    assert (f"{path}:1", f"{path}:2") == (first.name, second.name)
    assert b"Subject: one\n\nFrom here on all is well in 2018\n\nFrom the start\n" == first.content
    assert b"Subject: two\n\nbody\n" == second.content


@given(st.lists(st.sampled_from([b"text\n", b">From x\n", b"\n", b"From nobody\n"]), min_size=1, max_size=8))
def test_no_line_of_an_mbox_is_lost(lines: list[bytes]) -> None:
    """What is written as two mails of an mbox is read as the same two mails."""
    body = b"Subject: x\n\n" + b"".join(lines)
    separator = b"From a@stats.example Wed Mar 28 09:30:00 2018\n"
    quoted = b"\n".join(
        b">" + line if line.lstrip(b">").startswith(b"From ") else line for line in body.split(b"\n")
    )
    box = separator + quoted + b"\n" + separator + quoted
    assert [body, body] == list(_split(BytesIO(box)))


def test_folders_are_walked_in_order(tmp_path: Path) -> None:
    """Folders give their mails sorted by name, by suffix or by look; what is no mail is named."""
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "z.EML").write_bytes(b"no mail at all")
    (tmp_path / "a.mbox").write_bytes(BOX)
    (tmp_path / "1514764800.M1.host").write_bytes(MAIL)
    (tmp_path / "notes").write_bytes(b"just words\n")
    found, problems, notes = listed(tmp_path)
    assert ["1514764800.M1.host", "a.mbox", "z.EML"] == found
    assert [] == problems
    assert [f"{tmp_path / 'notes'}: not a mail, left out"] == notes


def test_what_is_not_there_is_an_error(tmp_path: Path) -> None:
    """A missing path and one that is no file raise with a reason."""
    for path, reason in ((tmp_path / "no.eml", "No such file"), (tmp_path, "Not a regular file")):
        with pytest.raises(OSError, match=reason):
            list(mails(path))


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """A named pipe in a folder is refused rather than opened, which would wait for ever."""
    os.mkfifo(tmp_path / "pipe.eml")
    with pytest.raises(OSError, match="Not a regular file"):
        list(mails(tmp_path / "pipe.eml"))
    os.mkfifo(tmp_path / "pipe")
    assert "pipe" not in listed(tmp_path)[0]
