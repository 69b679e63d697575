"""Archives that only libarchive unpacks come with what is around them; where it fails, they are named."""

from __future__ import annotations

import gzip

import pytest

from gateway.message import containers, foreign, libarchive, sniff
from gateway.message.entries import Budget, Entry, Unreadable
from gateway.message.sniff import Kind
from gateway.model import Reason
from tests.blind import literals, packing, programs, rare

needs_library = pytest.mark.skipif(libarchive.library() is None, reason="needs Debian's libarchive13")
needs_programs = pytest.mark.skipif(bool(programs.missing()), reason=f"needs {' '.join(programs.missing())}")
FILES = {"a.txt": b"the first file", "b.txt": b"the second file"}
EXPECTED = [Entry(name, data) for name, data in FILES.items()]


def opened(data: bytes) -> list[Entry]:
    """Files by what the bytes are."""
    return list(containers.OPENERS[sniff.kind(data)](data, Budget()))


@needs_library
@pytest.mark.parametrize("name", [name for name in rare.BY_HAND if name != "rpm"])
def test_archives_are_unpacked(name: str) -> None:
    """Every kind gives the files that went in."""
    assert EXPECTED == opened(rare.BY_HAND[name](FILES))


@needs_library
@pytest.mark.parametrize("name", ["rar-5-packed", "cab", "lzh"])
def test_what_stands_behind_is_a_file_of_its_own(name: str) -> None:
    """Programs end where the archive says that it does, and read no further."""
    assert [*EXPECTED, Entry("", b"behind the end")] == opened(rare.BY_HAND[name](FILES) + b"behind the end")


@needs_library
def test_a_package_of_rpm_gives_its_words_and_its_archive() -> None:
    """What is said about it is shown by package managers."""
    packed = gzip.compress(packing.cpio(FILES))
    read = opened(literals.rpm(packed, b"name\0\0\1\2a summary\0"))
    assert [b"", b"name\na summary", packed] == [entry.data for entry in read]


@pytest.mark.parametrize(
    "start",
    [
        b"MSWIM\0\0\0",
        b"vhdxfile",
        b"xar!\0",
        b"\x60\xea\x2c\0\x22\x0b\x01\x0b",
        bytes(7) + b"**ACE**",
        b"LRZI\0",
    ],
)
def test_what_nothing_reads_is_named(start: bytes) -> None:
    """A known kind that nobody opens is unsupported, whatever it is declared as."""
    data = start + bytes(99)
    assert Kind.FOREIGN is sniff.kind(data)
    with pytest.raises(Unreadable) as caught:
        opened(data)
    assert Reason.UNSUPPORTED is caught.value.reason


@needs_library
def test_where_the_library_fails_our_own_reason_stands() -> None:
    """Files that claim to be packed, and are not, stay unsupported; their names are kept."""
    read = opened(packing.rar(FILES, 3))
    assert {("a.txt", Reason.UNSUPPORTED), ("b.txt", Reason.UNSUPPORTED)} <= {
        (entry.name, entry.fault) for entry in read
    }


@needs_library
@needs_programs
@pytest.mark.parametrize("name", ["7zz-ppmd", "7zz-bcj2", "gcab"])
def test_archives_of_programs_are_unpacked(name: str) -> None:
    """What people's programs write is read without a mark."""
    assert EXPECTED == opened(rare.BY_PROGRAMS[name](FILES))


@needs_library
@needs_programs
def test_a_disk_image_is_read_once_where_its_directories_agree() -> None:
    """A folder and two files, though two directories name them."""
    assert [b"", *FILES.values()] == [entry.data for entry in opened(programs.image(FILES))]


@needs_library
@needs_programs
def test_directories_that_disagree_are_named_and_both_read() -> None:
    """A file that only one of the two knows is found, and the image is ambiguous."""
    image = programs.image(FILES)
    one, other = b"the first file", b"THE FIRST FILE"
    place = image.index(one) // 2048
    doubled = image + other.ljust(2048, b"\0")
    joliet = image.index("a.txt".encode("utf-16-be"))
    entry = doubled.rindex(place.to_bytes(4, "little"), 0, joliet)
    changed = doubled[:entry] + (len(image) // 2048).to_bytes(4, "little") + doubled[entry + 4 :]
    volume = 16 * 2048 + 80
    for start in (volume, volume + 2048):
        changed = changed[:start] + (len(doubled) // 2048).to_bytes(4, "little") + changed[start + 4 :]
    found, reasons = [], []
    try:
        for read in foreign.uniso(changed, Budget()):
            found.append(bytes(read.data))
    except Unreadable as error:
        reasons.append(error.reason)
    assert {one, other} <= set(found)
    assert [Reason.AMBIGUOUS] == reasons


@needs_library
@needs_programs
def test_a_member_of_a_zip_archive_may_be_zstd() -> None:
    """Method 93, which newer packers choose."""
    from gateway.message import archives

    zipped = archives.open_zip(rare.with_zstd(FILES))
    assert list(FILES.values()) == [zipped.read(member, Budget()) for member in zipped.members]


@needs_library
def test_what_comes_out_as_it_went_in_was_not_unpacked() -> None:
    """A file that only begins like a compressed one is broken, and not opened again and again."""
    with pytest.raises(Unreadable) as caught:
        opened(b"LZIP\1" + bytes(40))
    assert Reason.BROKEN is caught.value.reason
