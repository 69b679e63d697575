"""One entry under the fuzzer: `python -m tests.fuzz.one ENTRY SECONDS [repeat] -- WORDS`, these for libFuzzer.

It ends by itself when it has used so many seconds of CPU; on a busy machine the time of the clock says nothing.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

import atheris

with atheris.instrument_imports(include=["gateway"], enable_loader_override=False):
    from tests.fuzz.entries import ENTRIES
from tests.fuzz.guard import guarded
from tests.fuzz.repeat import repeated


def main() -> None:
    """Fuzz until the time is used up, or libFuzzer ends the process with the first input that fails."""
    split = sys.argv.index("--")
    name, seconds, *how = sys.argv[1:split]
    entry = repeated(ENTRIES[name]) if how else ENTRIES[name]
    guarded(entry, b"", float("inf"))
    atheris.Setup([sys.argv[0], *sys.argv[split + 1 :]], _until(time.process_time() + float(seconds), entry))
    atheris.Fuzz()


def _until(end: float, entry: Callable[[bytes], None]) -> Callable[[bytes], None]:
    tried = 0

    def run(data: bytes) -> None:
        nonlocal tried
        tried += 1
        guarded(entry, data)
        if time.process_time() >= end:
            sys.stderr.write(f"stat::number_of_executed_units: {tried}\n")
            sys.stderr.flush()
            os._exit(0)

    return run


if __name__ == "__main__":
    main()
