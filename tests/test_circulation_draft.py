"""Drafts: what a person says wins, and everything that was read becomes traces."""

from __future__ import annotations

from gateway.circulation import Draft
from gateway.registration import Traced
from tests.circulated import PLANNED

FILE, MAIL = (Traced(name, 1, frozenset({bytes(32)})) for name in ("a.docx", "mail"))
DOUBTS = ("title: the subject names none", "planned time: no banner", "To: nobody")


def test_what_is_said_settles_doubts() -> None:
    """A title or time that a person gives replaces what was read, and the doubts about it go; others stay."""
    draft = Draft("read", None, problems=DOUBTS)
    assert ("said", DOUBTS[1:]) == ((titled := draft.said("said")).title, titled.problems)
    assert (PLANNED, DOUBTS[2:]) == ((both := titled.said(None, PLANNED)).publishes_at, both.problems)


def test_traces() -> None:
    """The attachments and the mail itself are registered."""
    assert () == Draft().traces
    assert (FILE, MAIL) == Draft(documents=(FILE,), mail=MAIL).traces
