"""Builds evaluation folders from bulletins and ordinary mail: `python -m tests.evaluation_folder SOURCE OUT`.

SOURCE holds publications.tar.xz (a folder each with text.md, meta.json and tables/), and may hold ham.tar.xz (ordinary
mails) and press_facts.json (figures that news printed).  OUT gets

    all/             every bulletin registered: each kind of leak, ordinary mail, threads that moved on, near misses
    public-N/        of each series one edition registered, the one before it as public: quotes and figures of that one
    unregistered-N/  the same without the one before it

each of which `embargo-gateway evaluate` takes.  The same seed gives the same mails; what LibreOffice writes differs in
its bytes, not in what it says.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random
from typing import Any

from tests.evaluation import bulletins, grids, kinds, letters, papers, registration
from tests.evaluation.registration import Drawer

_ROUNDS = 3
"""Editions of a series that are taken for the present one, from the last."""
_QUICK = 4
"""What `--quick` divides the mails by."""


def main(arguments: Sequence[str]) -> None:
    """Build the folders."""
    parser = argparse.ArgumentParser(prog="evaluation_folder", description=__doc__.split(":")[0])
    parser.add_argument("source", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--publications", type=int, help="take the first so many only")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--quick", action="store_true", help="a quarter of the mails")
    parser.add_argument(
        "--plain", action="store_true", help="without LibreOffice: libraries write odt and pdf"
    )
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        _build(Path(folder), options)


def _build(work: Path, options: argparse.Namespace) -> None:
    source: Path = options.source
    found = bulletins.load(_unpacked(source / "publications.tar.xz", work / "source"), options.publications)
    office = None if options.plain else papers.Office()
    books = grids.load(found, office, work / "tables")
    drawers = registration.make(found, books, office, Random(f"{options.seed} pages"), work / "made")
    builder = Builder(options.out, options.seed, _QUICK if options.quick else 1)
    builder.all_at_once(drawers)
    builder.ordinary(source / "ham.tar.xz")
    builder.press_facts(source / "press_facts.json", drawers)
    builder.editions(drawers)


def _unpacked(archive: Path, folder: Path) -> Path:
    """The folder inside an archive that holds the others."""
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    inner = list(folder.iterdir())
    return inner[0] if len(inner) == 1 and inner[0].is_dir() else folder


class Builder:
    """Writes the mails of one call; each kind and publication has dice of its own."""

    def __init__(self, out: Path, seed: str, divided: int) -> None:
        self._out = out
        self._seed = seed
        self._divided = divided

    def all_at_once(self, drawers: Sequence[Drawer]) -> None:
        """Everything registered, and every kind of leak."""
        folder = self._out / "all"
        for drawer in drawers:
            registration.write(drawer, folder)
            for kind, (count, make) in kinds.LEAKS.items():
                mails = make(self._dice(kind, drawer), drawer, self._some(count))
                self._leaks(folder, kind, drawer, mails)
            for kind, (count, make) in kinds.INNOCENT.items():
                mails = make(self._dice(kind, drawer), drawer, self._some(count))
                _write(folder / "innocent" / kind, f"{drawer.bulletin.id}-", mails)

    def ordinary(self, archive: Path) -> None:
        """Ordinary mails, by the set that they come from."""
        if not archive.exists():
            return
        with tempfile.TemporaryDirectory() as folder:
            place = _unpacked(archive, Path(folder))
            for number, path in enumerate(sorted(place.rglob("*.eml"))):
                if number % self._divided == 0:
                    kind = self._out / "all" / "innocent" / f"ordinary-{path.parent.name}"
                    kind.mkdir(parents=True, exist_ok=True)
                    shutil.copy(path, kind)

    def press_facts(self, path: Path, drawers: Sequence[Drawer]) -> None:
        """Figures as news printed them: of a publication that is registered, and of other periods."""
        lines = json.loads(path.read_text(encoding="utf-8"))["lines"] if path.exists() else []
        by_title = {_title(drawer.bulletin.title): drawer for drawer in drawers}
        for number, line in enumerate(lines):
            drawer = by_title.get(_title(line["release"]))
            mail = _press_fact(Random(f"{self._seed} fact {number}"), line)
            if line["kind"] == "near":
                _write(self._out / "all" / "innocent" / "press-facts-near", f"{number:03}-", [mail])
            elif drawer is not None:
                self._leaks(
                    self._out / "all", f"press-facts-{line['kind']}", drawer, [mail], f"f{number:03}-"
                )

    def editions(self, drawers: Sequence[Drawer]) -> None:
        """Quotes and figures of the edition before the one that is registered, where that is public and where not."""
        series: dict[str, list[Drawer]] = {}
        for drawer in sorted(drawers, key=lambda each: each.bulletin.order):
            series.setdefault(drawer.bulletin.series, []).append(drawer)
        single = [each[0] for each in series.values() if len(each) == 1]
        for number in range(_ROUNDS):
            pairs = [
                (each[-2 - number], each[-1 - number]) for each in series.values() if len(each) > number + 1
            ]
            for state, known in (("public", True), ("unregistered", False)):
                if pairs:
                    self._round(self._out / f"{state}-{number + 1}", state, pairs, known=known)
                    for drawer in single if number == 0 else ():
                        registration.write(drawer, self._out / f"{state}-1")

    def _round(
        self, folder: Path, state: str, pairs: Sequence[tuple[Drawer, Drawer]], *, known: bool
    ) -> None:
        for before, present in pairs:
            registration.write(present, folder, before if known else None)
            quoted = kinds.quotes(self._dice("quotes", before), before, self._some(24))
            _write(folder / "innocent" / f"previous-edition-{state}", f"{before.bulletin.id}-", quoted)
            said = kinds.press_lines(self._dice("said", before), before, self._some(24))
            _write(
                folder / "innocent" / f"figures-of-previous-edition-{state}", f"{before.bulletin.id}-", said
            )

    def _leaks(
        self, folder: Path, kind: str, drawer: Drawer, mails: Iterable[bytes], prefix: str = ""
    ) -> None:
        _write(folder / "leaks" / kind / drawer.bulletin.id, prefix, mails)

    def _dice(self, kind: str, drawer: Drawer) -> Random:
        return Random(f"{self._seed} {kind} {drawer.bulletin.id}")

    def _some(self, count: int) -> int:
        return max(1, count // self._divided)


def _title(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", text.lower()))


def _press_fact(rng: Random, line: dict[str, Any]) -> bytes:
    """The gloss and the figures: the wording is lost, and so are the labels."""
    words = [
        word for word in re.findall(r"[A-Za-z]+", line["release"]) if word.lower() not in bulletins.MONTHS
    ]
    body = f"{line['gloss']}: {', '.join(line['figures'])}"
    return letters.letter(rng, " ".join(words), letters.dress(rng, body))


def _write(folder: Path, prefix: str, mails: Iterable[bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number, mail in enumerate(mails, 1):
        (folder / f"{prefix}{number:03}.eml").write_bytes(mail)
    if not any(folder.iterdir()):
        folder.rmdir()


if __name__ == "__main__":
    main(sys.argv[1:])
