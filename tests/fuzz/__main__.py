"""Fuzz entry after entry for so many seconds of CPU each, keep what fails, and write down what was run.

`python -m tests.fuzz --seconds 600 --findings FOLDER [--corpus FOLDER]... [--repeat] [ENTRY]...`
`python -m tests.fuzz --again FILE ENTRY` gives one input to one entry.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from hashlib import sha1
from itertools import chain
from pathlib import Path

from tests.fuzz import seeds
from tests.fuzz.entries import ENTRIES
from tests.fuzz.guard import guarded
from tests.fuzz.repeat import repeated

_TRIED = re.compile(r"stat::number_of_executed_units: *(\d+)")
_WALL = 120
"""Seconds after which what does not come back is ended: native code cannot be stopped otherwise."""
_RESIDENT = 2_048
"""MiB at which a process is ended that does not come back to say how much it took."""


def main() -> None:
    """Do what the command line says."""
    asked = _parser().parse_args()
    if asked.again:
        entry = ENTRIES[asked.entries[0]]
        guarded(repeated(entry) if asked.repeat else entry, asked.again.read_bytes())
        return
    corpus = _corpus(asked.findings / "corpus", asked.corpus)
    for name in asked.entries or ENTRIES:
        _fuzz(name, corpus / name, asked)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz", description="Fuzz the reader and the detectors."
    )
    parser.add_argument(
        "entries", nargs="*", metavar="ENTRY", help=f"one of {', '.join(ENTRIES)}; default: all"
    )
    parser.add_argument("--seconds", type=int, default=60, help="of CPU, for each entry")
    parser.add_argument(
        "--findings", type=Path, default=Path("fuzz-findings"), help="where failing inputs are put"
    )
    parser.add_argument(
        "--corpus", type=Path, action="append", default=[], help="a folder of mails or files to begin with"
    )
    parser.add_argument("--repeat", action="store_true", help="say a piece of each input again and again")
    parser.add_argument("--again", type=Path, help="give this one input to the entry, and do nothing else")
    return parser


def _corpus(folder: Path, others: list[Path]) -> Path:
    """The folder of seeds; it is made once, and grows by what the fuzzer finds."""
    if not folder.exists():
        contents = chain(seeds.planted(), *map(seeds.files, others))
        for name, made in seeds.of(contents).items():
            (folder / name).mkdir(parents=True, exist_ok=True)
            for content in made:
                (folder / name / sha1(content).hexdigest()).write_bytes(content)
    return folder


def _fuzz(name: str, corpus: Path, asked: argparse.Namespace) -> None:
    """One process after the other until the time is used up: each ends with the first input that fails."""
    left, tried, failed = float(asked.seconds), 0, 0
    corpus.mkdir(parents=True, exist_ok=True)
    while left > 1:
        status, used, units = _process(name, corpus, asked, left)
        left, tried, failed = left - max(used, 1.0), tried + units, failed + (status != 0)
    _account(
        asked.findings, f"{name}{' --repeat' if asked.repeat else ''}", asked.seconds - left, tried, failed
    )


def _process(name: str, corpus: Path, asked: argparse.Namespace, seconds: float) -> tuple[int, float, int]:
    """Exit status, CPU seconds and executions of one process."""
    words = [f"-timeout={_WALL}", f"-rss_limit_mb={_RESIDENT}",
             f"-max_len={seeds.LARGEST if not asked.repeat else 4_096}", "-print_final_stats=1",
             f"-artifact_prefix={asked.findings}/{name}-", str(corpus)]  # fmt: skip
    how = ["repeat"] if asked.repeat else []
    command = [sys.executable, "-m", "tests.fuzz.one", name, str(seconds), *how, "--", *words]
    with (asked.findings / f"{name}.log").open("ab") as log:
        started = log.tell()
        process = subprocess.Popen(command, stdout=log, stderr=log)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    said = (asked.findings / f"{name}.log").read_bytes()[started:].decode("utf-8", "replace")
    units = int(found[-1]) if (found := _TRIED.findall(said)) else 0
    return process.returncode, used.ru_utime + used.ru_stime, units


def _account(folder: Path, name: str, used: float, tried: int, failed: int) -> None:
    """One more line of the account: when, which entry, CPU seconds, executions, failures."""
    with (folder / "account.txt").open("a", encoding="utf-8") as account:
        account.write(f"{datetime.now(UTC):%F %T}\t{name}\t{used:.0f} s\t{tried}\t{failed} failed\n")


if __name__ == "__main__":
    main()
