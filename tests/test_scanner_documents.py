"""Documents that are too much for a scanner, through the port: held in the end, never refused; other mail goes on."""

from __future__ import annotations

import struct
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests import binary_books
from tests.pace import slowness
from tests.papers import archive, compound
from tests.running import Gateway
from tests.sink import Sink
from tests.talking import letter, planned
from tests.test_failures import LEAD, OUTSIDER, send, with_attachment

HELD, DEFERRED = "250 2.0.0 Held", "451 4.3.0"


def corners(sheets: int = 12) -> bytes:
    """A workbook of Excel 97 with a number in the first and in the last cell of each sheet, and a damaged last record.

    The damage leaves it to the library, which makes room for every cell between, twelve times 16 million: it aborts.
    """
    cells = (binary_books.real(0, 0, 0, 1.0), binary_books.real(65_535, 255, 0, 2.0))
    sheet = binary_books.biff(binary_books.BEGIN_SHEET, *cells, binary_books.END)

    def book(start: int) -> bytes:
        starts = [start + number * len(sheet) for number in range(sheets)]
        names = [(0x0085, struct.pack("<LBBBB", at, 0, 0, 1, 0) + b"S") for at in starts]
        return binary_books.biff(binary_books.BEGIN_BOOK, *names, binary_books.END)

    stream = book(len(book(0))) + sheet * sheets
    return compound({"Workbook": stream[:-4] + struct.pack("<2H", 0x000A, 0x7FFF)})


def column(number: int) -> str:
    """The letters of a column."""
    letters = ""
    while number >= 0:
        number, letter_ = divmod(number, 26)
        letters, number = chr(65 + letter_) + letters, number - 1
    return letters


def workbook(rows: int, columns: int) -> bytes:
    """A workbook of so many cells with numbers."""
    names = [column(number) for number in range(columns)]
    lines = (
        f'<row r="{row}">'
        + "".join(f'<c r="{name}{row}"><v>{row * 31 % 9973}</v></c>' for name in names)
        + "</row>"
        for row in range(1, rows + 1)
    )
    sheet = f"<worksheet><sheetData>{''.join(lines)}</sheetData></worksheet>".encode()
    parts = {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}
    return archive({**parts, "xl/worksheets/sheet1.xml": sheet})


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A next hop."""
    server = Sink()
    yield server
    server.close()


LIMITS = "[scan]\ndocument_memory_bytes = 536870912\n"
"""So little that it is gone long before the deadline, on a busy machine too."""


@pytest.fixture
def gateway(tmp_path: Path, sink: Sink) -> Iterator[Gateway]:
    """A gateway with a publication under embargo, of which the sender may have everything."""
    one = Gateway(tmp_path, sink.port, extra=LIMITS)
    facts = ("--title", "Children looked after", "--publishes-at", planned().isoformat(), "--lead", LEAD)
    one.call("publication", "add", "cla-2018", *facts)
    given = ("--kind", "production", "--reason", "makes it")
    one.call("access", "grant", "cla-2018", "sender@policy.example", *given)
    one.start()
    yield one
    one.stop()


def meanwhile(gateway: Gateway, answer: Future[str]) -> int:
    """How many ordinary mails are relayed while an answer is waited for; each within seconds."""
    for number in range(1_000):
        began = time.monotonic()
        assert "250" == send(gateway, letter(f"ordinary {began}"))[:3]
        assert time.monotonic() - began < 5 * slowness()
        if answer.done():
            return number + 1
        time.sleep(0.2)
    raise AssertionError("no answer")


@pytest.mark.long
def test_a_workbook_on_which_the_library_aborts(gateway: Gateway, sink: Sink) -> None:
    """It ends the scanner that has it, twice deferred; the third time it is held, whole and undelivered."""
    content, relayed = with_attachment("tables.xls", corners()), 0
    for expected in (DEFERRED, DEFERRED, HELD):
        with ThreadPoolExecutor(1) as others:
            answer = others.submit(send, gateway, content)
            relayed += meanwhile(gateway, answer)
            assert expected == answer.result()[: len(expected)]
    assert relayed == len(sink.to(OUTSIDER))
    assert 1 == gateway.metric('embargo_gateway_unreadable_total{reason="scanner"}')
    assert 1 == len(gateway.incidents())


BOOKS: dict[str, Callable[[], bytes]] = {
    "all-rows": lambda: workbook(1_048_576, 1),
    "all-columns": lambda: workbook(64, 16_384),
}


@pytest.mark.long
@pytest.mark.parametrize("form", BOOKS)
def test_a_sheet_of_a_million_cells(gateway: Gateway, sink: Sink, form: str) -> None:
    """It is read in time and relayed, or held because of its deadline; its worker and its scanners go on."""
    content = with_attachment("tables.xlsx", BOOKS[form]())
    workers = gateway.children("worker")
    with ThreadPoolExecutor(1) as others:
        answer = others.submit(send, gateway, content)
        relayed = meanwhile(gateway, answer)
        reply = answer.result()
    late = gateway.metric('embargo_gateway_unreadable_total{reason="deadline"}')
    assert (HELD if late else "250 2.0.0 Ok: t") == reply[: 14 if late else 15]
    assert relayed + (not late) == len(sink.to(OUTSIDER))
    assert set(workers) == set(gateway.children("worker"))
    assert "250 2.0.0 Ok: t" == send(gateway, with_attachment("other.rtf", rb"{\rtf1 other words}"))[:15]
    assert [] == [line for line in gateway.log if "Traceback" in line]
