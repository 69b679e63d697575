"""Titles out of subjects: marks of answering, secrecy and time are taken off, words of the title are not."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.circulation.titles import title_in
from tests.pace import slowness

CLA = "Children looked after in England"


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        (CLA, CLA),
        (f"RESTRICTED: {CLA}", CLA),
        (f"RE: FW: {CLA}", CLA),
        (f"Re[2]: Fwd:{CLA}", CLA),
        (f"RE: FW: [OFFICIAL-SENSITIVE] Pre-release access: {CLA}", CLA),
        (f"[EXTERNAL] Fwd: PRA: {CLA}: stability", f"{CLA}: stability"),
        (f"RESTRICTED UNTIL PUBLISHED AT 9:30AM ON WEDNESDAY 28 MARCH 2018 - {CLA}", CLA),
        (f"Embargoed until 9.30am 28 March 2018: {CLA}: March 2018", f"{CLA}: March 2018"),
        (f"{CLA} - RESTRICTED until 9:30am Thursday 22 March", CLA),
        (f"{CLA} (OFFICIAL-SENSITIVE - MARKET SENSITIVE)", CLA),
        (f"OFFICIAL SENSITIVE {CLA}", CLA),
        (f"Pre-release access to {CLA}", CLA),
        (f"Not for onward circulation: {CLA} - embargoed", CLA),
        (f"{CLA} | 9:30am Wednesday 28 March 2018", CLA),
        ("Official statistics on crime", "Official statistics on crime"),
        ("Crime: final", "Crime: final"),
        ("Restricted growth in children", "Restricted growth in children"),
        ("Homelessness 2017/18 – statistics", "Homelessness 2017/18 – statistics"),
        ("Retail  sales\n in March", "Retail sales in March"),
        ("RESTRICTED", ""),
        ("FW: OFFICIAL-SENSITIVE: pre-release access", ""),
        ("", ""),
    ],
)
def test_titles(subject: str, title: str) -> None:
    """What is left of a subject is the title."""
    assert title == title_in(subject)


@given(st.text(max_size=200))
def test_total(subject: str) -> None:
    """Any subject gives one line, and a title is its own title."""
    found = title_in(subject)
    assert "\n" not in found
    assert len(found) <= len(subject) + 1


def test_long_subjects_take_no_time() -> None:
    """A subject that was made to be slow is read in a moment."""
    began = time.process_time()
    for piece in ("until 9:30 at ", "RESTRICTED, ", "9:30 at on ", "(" * 10, "re: ", "may 1 "):
        title_in(piece * 100_000)
    assert time.process_time() - began < 1 * slowness()
