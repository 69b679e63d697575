"""A register that has something for every detector to look for: texts, figures, links, threads, files and banners."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256

from gateway.detectors.rule import RuleSet
from gateway.features import figures, links, shingles, threads
from gateway.model import Message, Part, PartKind, Publication, Register
from gateway.rules import load, shipped_folder
from gateway.traces import file_hash

KEY = bytes(range(32))
LIVE = datetime(2027, 5, 12, 8, 30, tzinfo=UTC)
NOW = LIVE - timedelta(hours=23)
BULLETIN = (
    "Landings of herring at Brinmouth fell to 72,670 tonnes in the season ending March 2027, down 4.7 per cent, while "
    "mackerel held its ground at 12,345 tonnes; skippers put the decline down to storms that kept the smaller boats in "
    "harbour for eleven weeks. Takings of the harbour offices came to £9.64 billion, of which sailors of dinghies "
    "paid 37.5 per cent.\n\nPort\tLandings\tPrice\nBrinmouth\t48,312\t6.8\nFenwick\t1,011\t7.25\nOther\t37\t0.5\n"
)
FOLDER = "https://preview.stats.example/releases/herring-2027/"
ROOT = Message((Part("header", PartKind.HEADER, "Message-ID: <root.1@stats.example>\nSubject: Herring\n"),))


@cache
def register() -> Register:
    """Two publications, the second two hours after the first, with the same material."""
    ids = ("herring", "mackerel")
    hours = (timedelta(hours=2 * number) for number in range(len(ids)))
    known = {
        name: Publication(name, "Landings of herring", LIVE + later, "lead@stats.example")
        for name, later in zip(ids, hours, strict=True)
    }
    part = Part("1", PartKind.DOCUMENT, BULLETIN)
    return Register(
        1, known, {}, {file_hash(KEY, sha256(BULLETIN.encode()).digest()): frozenset(ids)}, KEY,
        texts=shingles.Texts.of({name: shingles.features(KEY, [BULLETIN]) for name in ids}, []),
        figures=figures.Figures.of({name: [figures.packed(KEY, [part])] for name in ids}, {}),
        links=links.Links.of({name: [links.packed(KEY, [FOLDER])] for name in ids}, {}),
        threads=threads.Threads.of({name: [threads.packed(KEY, ROOT)] for name in ids}),
    )  # fmt: skip


@cache
def rules() -> RuleSet:
    """The rules that come with the gateway."""
    return load(shipped_folder())
