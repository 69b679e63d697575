"""The command that measures the reader runs, and the mails that it makes are what they are called."""

from __future__ import annotations

import pytest

from gateway.message import read
from tests import reader_speed

_SMALL = ["4 KiB plain", "4 KiB alternative", "60 KiB HTML"]


def test_every_way_is_measured_in_bytes_and_microseconds(capsys: pytest.CaptureFixture[str]) -> None:
    """One line for each way, the size of the mail and a speed in each."""
    reader_speed.main(["4 KiB plain", "--seconds", "0.001"])
    table = capsys.readouterr().out.splitlines()
    assert ["read", "compat32", "default"] == [line.split()[4] for line in table[1:]]
    assert all(float(line.split()[5]) > 0 for line in table[1:])


@pytest.mark.parametrize("kind", _SMALL)
def test_a_mail_is_as_large_as_its_name_says_and_always_the_same(kind: str) -> None:
    """A figure can be compared with one of another day."""
    made = reader_speed.mails()[kind]
    size = int(kind.split(maxsplit=1)[0]) * 1_024
    assert 0.85 * size < len(made()) < 1.15 * size
    assert made() == made()


@pytest.mark.parametrize("kind", _SMALL)
def test_ordinary_mails_are_measured(kind: str) -> None:
    """None of them has a mark, so that what is measured is what most mail costs."""
    assert () == read(reader_speed.mails()[kind]()).message.unreadable


def test_an_unknown_kind_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """The command says what there is."""
    with pytest.raises(SystemExit):
        reader_speed.main(["no such"])
    assert "no such kind: no such" in capsys.readouterr().err
