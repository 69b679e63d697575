"""The kinds of an evaluation: for each publication, mails that leak it, and mails that do not."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from random import Random

from tests.evaluation import grids, papers, passages, presslines
from tests.evaluation.letters import OPENINGS, Attached, dress, letter, quoted
from tests.evaluation.registration import FORMATS, SIGNATURE, Drawer, attached, tables

_SHAPES = ("plain", "base64", "quoted-printable", "html", "both", "forward")
_SUBJECTS = ("as discussed", "one for you", "quick question", "tomorrow", "note", "Fwd: files", "lines")


def _sent(rng: Random, data: bytes, format_: str) -> bytes:
    """A document sent in a mail: attached, packed, or in a forwarded mail."""
    name = rng.choice(("report", "final v2", "doc1", "scan"))
    file = attached(name, format_, data)
    if rng.random() < 0.2:
        file = attached(name, "zip", _packed(file))
    shape = rng.choice(("plain", "plain", "html", "forward"))
    return letter(rng, rng.choice(_SUBJECTS), dress(rng, "See attached."), shape=shape, attached=[file])


def _packed(file: Attached) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(file.name), file.data)
    return out.getvalue()


def whole_document(rng: Random, drawer: Drawer, _count: int) -> Iterator[bytes]:
    """The text saved again, converted, printed to PDF."""
    for format_ in FORMATS:
        if format_ != drawer.registered:
            yield _sent(rng, drawer.texts[format_], format_)
    for format_, data in drawer.again.items():
        yield _sent(rng, data, format_)


def one_page(rng: Random, drawer: Drawer, _count: int) -> Iterator[bytes]:
    """About one page of it as a document of its own."""
    for format_, data in drawer.pages.items():
        yield _sent(rng, data, format_)


def one_sheet(rng: Random, drawer: Drawer, count: int) -> Iterator[bytes]:
    """One table saved again in another format."""
    for number, book in enumerate(drawer.books[:count]):
        format_ = ("ods", "xlsx", "csv")[number % 3]
        for made, _, data in tables(book, format_)[:1]:
            yield _sent(rng, data, made)


def _pasted(rng: Random, text: str) -> bytes:
    """A text in any part or format of a mail."""
    dress_of = rng.choice((*_SHAPES, *_SHAPES, "docx", "odt", "pdf", "quoted", "quoted"))
    subject = rng.choice(_SUBJECTS)
    if dress_of in FORMATS:
        make: Mapping[str, Callable[..., bytes]] = {
            "docx": papers.word,
            "odt": papers.writer,
            "pdf": papers.pdf,
        }
        data = make[dress_of](papers.paragraphs(f"Notes\n{text}\nMore to follow."))
        return letter(rng, subject, dress(rng, "See attached."), attached=[attached("notes", dress_of, data)])
    if dress_of == "quoted":
        body = quoted(passages.wrapped(text, rng.choice((56, 64, 72))), rng.choice((1, 1, 2)))
        return letter(rng, subject, f"Is this right?\n\n{body}\n")
    return letter(rng, subject, dress(rng, text), shape=dress_of)


def _passages(low: int, high: int, change: Callable[[Random, str], str]) -> Kind:
    def made(rng: Random, drawer: Drawer, count: int) -> Iterator[bytes]:
        for _ in range(count):
            yield _pasted(rng, change(rng, passages.passage(rng, drawer.bulletin, rng.randint(low, high))))

    return made


def table_column(rng: Random, drawer: Drawer, count: int) -> Iterator[bytes]:
    """A column pasted as text."""
    found = [column for book in drawer.books for column in grids.columns(book)]
    for column in rng.sample(found, min(count, len(found))):
        text = grids.pasted(rng, column, shuffled=rng.random() < 0.5)
        yield letter(rng, rng.choice(_SUBJECTS), dress(rng, text), shape=rng.choice(_SHAPES[:3]))


def ten_cells(rng: Random, drawer: Drawer, count: int) -> Iterator[bytes]:
    """Ten cells of a sheet pasted as text in any order."""
    found = [sheet for book in drawer.books for sheet in grids.cells(book)]
    for sheet in rng.sample(found, min(count, len(found))):
        text = grids.pasted(rng, grids.ten(rng, sheet), shuffled=True)
        yield letter(rng, rng.choice(_SUBJECTS), dress(rng, text), shape=rng.choice(_SHAPES[:3]))


def press_lines(rng: Random, drawer: Drawer, count: int) -> Iterator[bytes]:
    """Figures with their labels in other words."""
    found = presslines.facts(drawer.bulletin)
    for _ in range(count):
        said = presslines.lines(rng, drawer.bulletin, found)
        if said is not None:
            shape = rng.choice(_SHAPES[:5])
            yield letter(rng, rng.choice(_SUBJECTS), dress(rng, said), shape=shape)


_ANSWERS = ("Thanks, noted.", "Looping in the others.", "Who else has this?", "Call me when you are out.")


def thread_reply(rng: Random, drawer: Drawer, count: int) -> Iterator[bytes]:
    """Replies to the mail that circulated it, without a word of it: right below it, or deeper under its subject."""
    same = f"{drawer.bulletin.title}: pre-release access"
    for number in range(count):
        between = [f"<{rng.getrandbits(48):012x}@policy.example>" for _ in range(rng.randint(1, 3))]
        ways = (
            (f"Re: {same}", [("In-Reply-To", drawer.message_id), ("References", drawer.message_id)]),
            ("who needs to see this", [("In-Reply-To", drawer.message_id)]),
            ("Fw: note", [("References", drawer.message_id)]),
            (
                f"RE: FW: {same}",
                [("In-Reply-To", between[-1]), ("References", " ".join((drawer.message_id, *between)))],
            ),
        )
        subject, headers = ways[number % len(ways)]
        yield letter(rng, subject, dress(rng, rng.choice(_ANSWERS)), headers=headers)


_MATTERS = ("lunch on Thursday", "room booking", "leave next week", "printer on the third floor", "car share")


def thread_moved_on(rng: Random, drawer: Drawer, count: int) -> Iterator[bytes]:
    """Far below the mail that circulated it, under another subject, about something else."""
    for _ in range(count):
        between = [f"<{rng.getrandbits(48):012x}@policy.example>" for _ in range(rng.randint(2, 6))]
        headers = [("In-Reply-To", between[-1]), ("References", " ".join((drawer.message_id, *between)))]
        matter = rng.choice(_MATTERS)
        yield letter(rng, f"Re: {matter}", dress(rng, f"Fine with me, about {matter}."), headers=headers)


def same_sender(rng: Random, _drawer: Drawer, count: int) -> Iterator[bytes]:
    """Other mail of whoever circulates publications, with the same signature."""
    for _ in range(count):
        matter = rng.choice(_MATTERS)
        yield letter(rng, matter, f"{rng.choice(OPENINGS)}\n\nAbout {matter}: fine with me.\n\n{SIGNATURE}\n")


def quotes(rng: Random, drawer: Drawer, count: int) -> Iterator[bytes]:
    """Passages of an edition as people quote what they have read."""
    for _ in range(count):
        text = passages.passage(rng, drawer.bulletin, rng.choice((25, 40, 60, 100, 150)))
        yield _pasted(rng, text)


def _as_it_is(_rng: Random, text: str) -> str:
    return text


Kind = Callable[[Random, Drawer, int], Iterator[bytes]]

LEAKS: Mapping[str, tuple[int, Kind]] = {
    "whole-document": (4, whole_document),
    "one-page": (3, one_page),
    "one-sheet": (4, one_sheet),
    "passage-25-and-more": (8, _passages(25, 90, _as_it_is)),
    "passage-12-to-24": (8, _passages(12, 24, _as_it_is)),
    "passage-every-eighth-word-changed": (8, _passages(25, 80, passages.changed)),
    "table-column": (6, table_column),
    "ten-cells": (6, ten_cells),
    "press-lines": (8, press_lines),
    "thread-reply": (4, thread_reply),
}
"""Each kind of leak with how many mails of it are made for one publication."""

INNOCENT: Mapping[str, tuple[int, Kind]] = {
    "thread-moved-on": (4, thread_moved_on),
    "same-sender": (1, same_sender),
}
"""The same of mails that leak nothing."""
