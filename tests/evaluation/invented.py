"""Two editions of an invented bulletin, a third publication and a few ordinary mails, as the builder takes them."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

_TEXT = """# Main points
- There were {ponds:,} garden ponds in Westmark in {year}, {up} per cent more than in the year before.
- Newt counts averaged {newts} for each pond surveyed, the most since the series began.
- Repair of liners cost owners £{cost} million, and volunteers cleared {leaves:,} tonnes of fallen leaves.

## Ponds by county
In {year} the county of Ashford held {ashford:,} ponds, of which {deep} per cent were deeper than one metre. {remark}
Owners who answered the survey in {year} said that frogs had returned to {frogs} per cent of shallow ponds after hard
frost, while dragonflies were seen at {flies:,} ponds, mostly between noon and three o'clock on windless days.
Pumps ran for {hours:,} hours in total during the summer, and the inspectors counted {herons:,} visits by herons.

## How the survey was done
Surveyors walk the same routes every spring, knock at each gate, and ask to be shown the water. Nothing is counted that
lies behind a locked gate, so the true number of ponds is higher than the one that is published here.
| County | Ponds | Newts |
|---|---|---|
| Ashford | {ashford:,} | {newts} |
| Birchley | {herons:,} | {deep} |
"""
_REMARKS = {
    2031: "Much of the rise came from the new estates along the river, where builders dig ponds against floods.",
    2032: "Birchley overtook it for the first time, because the great drought emptied older basins on chalk hills.",
}
_FIGURES = {
    2031: {"ponds": 48_213, "up": 3.7, "newts": 6.42, "cost": 17.9, "leaves": 5_318, "ashford": 9_146, "deep": 41.6,
           "frogs": 63.8, "flies": 21_707, "hours": 812_934, "herons": 7_269},
    2032: {"ponds": 51_876, "up": 7.6, "newts": 5.93, "cost": 23.4, "leaves": 6_742, "ashford": 8_391, "deep": 38.2,
           "frogs": 58.1, "flies": 19_468, "hours": 947_251, "herons": 8_834},
}  # fmt: skip
_OTHER = """# Main points
- Lantern makers in the Eastern Isles sold {0:,} lanterns last winter at an average price of £{1} each.
- Exports reached {2:,} crates, {3} per cent of everything that left the harbour of Saltmouth by ship.
- Of the workshops {4} per cent employ apprentices, and the guild examined {5:,} journeymen in the spring session.

## Wages
A master earned £{6:,} on average, which buys about as much tallow as the wage of ten winters ago, so that many masters
keep geese or let a room to sailors. Apprentices are paid in board and lodging and with the lanterns that they spoil.
"""
_LANTERNS = (137_482, 8.35, 26_914, 31.7, 72.4, 1_863, 23_758)
_MAILS = (
    "Subject: lunch\n\nLunch at 12:30 in the canteen? It was 7.50 last time and there were 14 of us.\n",
    "Subject: build 2.4.1\n\nThe build took 48 minutes on 12 machines, 3.7 per cent faster than the one before.\n",
    "Subject: Re: invoice\n\n> Invoice 20417 over 1,250.00 is due on 3 March.\nPaid this morning, thank you.\n",
)


def write(folder: Path) -> Path:
    """The source folder: publications.tar.xz, ham.tar.xz and press_facts.json."""
    files: dict[str, str] = {}
    for number, (year, figures) in enumerate(_FIGURES.items()):
        place = f"publications/{number:03}-garden-ponds-{year}"
        files |= _bulletin(place, f"Garden Ponds in Westmark, {year}", "gardenponds",
                           _TEXT.format(year=year, remark=_REMARKS[year], **figures))  # fmt: skip
        files[f"{place}/tables/counties.csv"] = _table(figures["herons"])
    files |= _bulletin(
        "publications/002-lanterns", "Lantern Trade, winter", "lanterns", _OTHER.format(*_LANTERNS)
    )
    _pack(folder / "publications.tar.xz", files)
    _pack(folder / "ham.tar.xz", {f"ham/office/{number}.eml": mail for number, mail in enumerate(_MAILS)})
    facts = [("same", ["51,876", "7.6%", "£23.4m"]), ("near", ["47,105", "2.2%", "£16.0m"])]
    lines = [
        {
            "release": "Garden Ponds in Westmark, 2032",
            "kind": kind,
            "gloss": "ponds in brief",
            "figures": figures,
        }
        for kind, figures in facts
    ]
    (folder / "press_facts.json").write_text(json.dumps({"lines": lines}), encoding="utf-8")
    return folder


def _bulletin(place: str, title: str, series: str, text: str) -> dict[str, str]:
    return {
        f"{place}/text.md": text,
        f"{place}/meta.json": json.dumps({"name": title, "date": "", "edition_of": series}),
    }


def _table(start: float) -> str:
    """A table of twelve counties, its figures worked out from one."""
    rows = [
        f"County {letter},{int(start * (7 + 3 * number)) % 90_000 + 1_234},{(start * (number + 2)) % 97 + 1.3:.1f}"
        for number, letter in enumerate("ABCDEFGHIJKL")
    ]
    return "\n".join(["County,Ponds,Share", *rows, ""])


def _pack(path: Path, files: dict[str, str]) -> None:
    with tarfile.open(path, "w:xz") as archive:
        for name, text in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
