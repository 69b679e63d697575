"""Data files that nothing here reads: scraps of text are seen, and the file is named."""

from __future__ import annotations

import pickle
import sqlite3

import pytest

from gateway.message import data_files
from gateway.model import Reason
from gateway.scanner import read_here
from tests.papers import attached, mail

TEXT = "RESTRICTED UNTIL PUBLISHED AT 9:30"


def database() -> bytes:
    """An SQLite file of one row."""
    made = sqlite3.connect(":memory:")
    made.execute("create table notes (said text)")
    made.execute("insert into notes values (?)", (TEXT,))
    return made.serialize()


FILES = {
    "sqlite": database(),
    "pickle": pickle.dumps({"said": TEXT}),
    "onenote": bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3") + bytes(9) + TEXT.encode("utf-16-le"),
    "access": b"\0\1\0\0Standard ACE DB\0" + bytes(9) + b"\xff\xfe" + TEXT.encode(),
    "spss": b"$FL2@(#) SPSS DATA FILE" + bytes(9) + TEXT.encode(),
    "stata": b"\x76\2\1\0" + bytes(9) + TEXT.encode(),
    "sas": bytes(12) + b"\xc2\xea\x81\x60" + bytes(9) + TEXT.encode(),
}


@pytest.mark.parametrize("name", FILES)
def test_scraps_are_seen_and_the_file_is_named(name: str) -> None:
    """What looks like text is text, and there is more than that."""
    message = read_here(mail(attached(FILES[name])))
    assert any(TEXT in part.text for part in message.parts)
    assert Reason.UNSUPPORTED in {place.reason for place in message.unreadable}


def test_other_files_are_left_alone() -> None:
    """Chance finds text in any bytes."""
    assert "" == data_files.said(b"\x00\x07" + TEXT.encode())
