"""What the system's libarchive unpacks comes under our budget, from memory alone, and every fault has a reason."""

from __future__ import annotations

import resource
import subprocess
import sys
import zlib
from contextlib import suppress

import pytest

from gateway.message import libarchive, limits
from gateway.message.entries import Budget, Entry, Unreadable
from gateway.message.libarchive import STREAM, Form
from gateway.model import Reason
from tests.blind import literals, packing

FILES = {"a.txt": b"the first", "b.txt": b"the second"}
CAB = Form(("cab",))
needs_library = pytest.mark.skipif(libarchive.library() is None, reason="needs Debian's libarchive13")


def read(data: bytes, form: Form, left: int = limits.EXPANDED_BYTES) -> list[Entry]:
    """All files of an archive."""
    return list(libarchive.entries(data, form, Budget(left)))


@needs_library
def test_files_come_with_their_names_and_bytes() -> None:
    """An archive is read file by file."""
    assert [Entry(name, data) for name, data in FILES.items()] == read(
        literals.cab(FILES, deflated=True), CAB
    )


def test_without_the_library_an_archive_is_unsupported(monkeypatch: pytest.MonkeyPatch) -> None:
    """An optional part that is missing costs the content, never the mark."""
    monkeypatch.setattr(libarchive, "_LIBRARY", "libnothing.so.0")
    libarchive.library.cache_clear()
    try:
        with pytest.raises(Unreadable) as caught:
            read(literals.cab(FILES), CAB)
    finally:
        libarchive.library.cache_clear()
    assert Reason.UNSUPPORTED is caught.value.reason


@needs_library
def test_a_budget_ends_a_file_and_the_next_one() -> None:
    """Above the budget a file is cut and named."""
    cut, rest = read(literals.cab({"a": bytes(range(200)), "b": b"x"}), CAB, left=100)
    assert (bytes(range(100)), Reason.TOO_LARGE) == (cut.data, cut.fault)
    assert (b"", Reason.TOO_LARGE) == (rest.data, rest.fault)


@needs_library
def test_a_cut_archive_gives_what_is_left_of_it() -> None:
    """What was read before a fault is kept, and the fault is named."""
    whole = packing.rar(FILES, 3, pack=literals.rar5_packed)
    found: list[Entry] = []
    with suppress(Unreadable):
        for entry in libarchive.entries(whole[: whole.index(b"b.txt") + 60], Form(("rar5",)), Budget()):
            found.append(entry)
    assert [Entry("a.txt", b"the first"), Reason.BROKEN] == [found[0], found[1].fault]


@needs_library
def test_a_locked_file_is_named_as_such() -> None:
    """A password is no fault of the file."""
    locked = packing.local(b"a.txt", b"x" * 30, flags=1)
    entries = libarchive.entries(locked, Form(("zip_streamable",)), Budget())
    assert Entry("a.txt", b"", Reason.ENCRYPTED) == next(entries)


@needs_library
@pytest.mark.parametrize("form", [CAB, Form(("iso9660",)), Form(STREAM, ("zstd",)), Form(("rar", "rar5"))])
@pytest.mark.parametrize("data", [b"", b"x", bytes(70_000), b"MSCF" + bytes(99)])
def test_nonsense_ends_in_a_reason(data: bytes, form: Form) -> None:
    """No bytes raise anything else, and what is read of them is little."""
    with suppress(Unreadable):
        assert sum(len(entry.data) for entry in read(data, form)) <= 1_000


@needs_library
def test_every_cut_and_every_changed_byte_ends_in_a_reason() -> None:
    """Archives that somebody broke neither crash nor hang."""
    whole = literals.cab(FILES, deflated=True)
    broken = [whole[:end] for end in range(len(whole))]
    broken += [whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :] for at in range(len(whole))]
    for data in broken:
        test_nonsense_ends_in_a_reason(data, CAB)


@needs_library
def test_it_needs_no_file_and_starts_no_program() -> None:
    """A process that may open nothing any more reads all the same: nothing but the memory is asked for."""
    program = (
        "import resource, sys; from gateway.message import libarchive as l; from gateway.message.entries import Budget;"
        "l.library(); data = sys.stdin.buffer.read();"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0)); resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0));"
        "print([len(e.data) for e in l.entries(data, l.Form(('cab',)), Budget())])"
    )
    run = subprocess.run([sys.executable, "-c", program], input=literals.cab(FILES), capture_output=True)
    assert (b"[9, 10]\n", b"") == (run.stdout, run.stderr)


@needs_library
def test_names_that_the_locale_cannot_write_are_marked() -> None:
    """A file whose name was lost is not passed off as one without."""
    program = (
        "import sys; from gateway.message import libarchive as l; from gateway.message.entries import Budget;"
        "print([(e.name.encode('ascii', 'replace'), e.fault) for e in l.entries(sys.stdin.buffer.read(),"
        " l.Form(('cab',)), Budget())])"
    )
    named = literals.cab({"\u00fc.txt": b"x"}, utf8=True)
    environment = {"LC_ALL": "C", "PYTHONPATH": ":".join(sys.path)}
    run = subprocess.run([sys.executable, "-c", program], input=named, capture_output=True, env=environment)
    assert b"[(b'', <Reason.BROKEN: 'broken'>)]\n" == run.stdout


@needs_library
def test_memory_is_given_back() -> None:
    """A thousand archives take no more memory than one: each is closed, also where nobody reads it to its end."""
    data = literals.cab({"a": zlib.compress(bytes(9)) * 1000, "b": b"x"})
    for _ in range(100):
        next(libarchive.entries(data, CAB, Budget()))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(1_000):
        next(libarchive.entries(data, CAB, Budget()))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 8_192
