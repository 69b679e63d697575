"""What the reader of a Word document does not see is left out of a second reading, and nothing else."""

from __future__ import annotations

import time

from gateway.message import tracked
from tests.pace import slowness

RUN = b"<w:r><w:t>4</w:t></w:r>"
NEXT = b"<w:r><w:t>.7</w:t></w:r>"


def test_hidden_runs_and_deletions_are_left_out() -> None:
    """A word whose letters stand between hidden, deleted or moved ones is whole."""
    hidden = b'<w:r w:rsidR="00A1"><w:rPr><w:b/><w:vanish w:val="true"/></w:rPr><w:t>x</w:t></w:r>'
    deleted = b'<w:del w:id="1"><w:r><w:delText>x</w:delText></w:r></w:del>'
    moved = b'<w:moveFrom w:id="1"><w:r><w:t>x</w:t></w:r></w:moveFrom>'

    for salt in (hidden, deleted, moved):
        assert tracked.shown(b"<w:p>" + RUN + salt + NEXT + b"</w:p>") == b"<w:p>" + RUN + NEXT + b"</w:p>"


def test_what_is_shown_stays() -> None:
    """Text that is expressly not hidden, and the mark of a deleted paragraph, take nothing with them."""
    shown = b'<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>7</w:t></w:r>'
    marked = b'<w:p><w:pPr><w:rPr><w:del w:id="1"/></w:rPr></w:pPr>' + RUN + b"</w:p>"

    assert tracked.shown(shown) == shown
    assert tracked.shown(marked) is None
    assert tracked.shown(marked + b"</w:del>") == marked + b"</w:del>"


def test_elements_without_an_end_are_read_in_one_pass() -> None:
    """A million runs that never end, and as many ends, take no longer than their length."""
    began = time.process_time()
    tracked.shown(b"<w:vanish/>" + b"<w:r>" * 300_000 + b"<w:del >" * 300_000 + b"</w:del>" * 300_000)

    assert time.process_time() - began < 5 * slowness()
