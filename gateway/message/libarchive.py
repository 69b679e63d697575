"""libarchive of the system, as far as it is installed: what it unpacks from memory, file by file, under a budget.

Declared here are the few C functions that this takes (libarchive 3, `archive.h`), with only the formats and filters
that a caller names: none that looks into other files (mtree) or starts a program (lzop, lrzip).  It opens no file.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any, Final

from gateway.message.entries import Budget, Entry, Unreadable
from gateway.model import Reason

Bytes = bytes | memoryview

_LIBRARY: Final = "libarchive.so.13"
"""The name that its binary interface has had since version 3.0."""
_ENDED, _OK, _WARNING, _FAILED = 1, 0, -20, -25
_CHUNK: Final = 262_144
_REGULAR, _UNTYPED = 0o100000, 0
"""What files are to libarchive; links and folders have no content of their own."""
_NAMES: Final = ("archive_entry_pathname_utf8", "archive_entry_pathname")
_SAID: Final = (
    (Reason.ENCRYPTED, (b"encrypt", b"passphrase")),
    (Reason.UNSUPPORTED, (b"unsupported", b"not supported", b"unrecognized", b"unknown codec")),
    (Reason.TOO_LARGE, (b"allocate", b"memory", b"dictionary")),
)
"""Words in its messages by which reasons are told apart; what says none of them is broken."""
_FUNCTIONS: Final = {
    "archive_read_new": (ctypes.c_void_p,),
    "archive_read_free": (ctypes.c_int, ctypes.c_void_p),
    "archive_read_set_option": (ctypes.c_int, ctypes.c_void_p, *(ctypes.c_char_p,) * 3),
    "archive_read_open_memory": (ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t),
    "archive_read_next_header": (ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(ctypes.c_void_p)),
    "archive_read_data": (ctypes.c_ssize_t, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t),
    "archive_error_string": (ctypes.c_char_p, ctypes.c_void_p),
    "archive_entry_is_encrypted": (ctypes.c_int, ctypes.c_void_p),
    "archive_filter_count": (ctypes.c_int, ctypes.c_void_p),
    "archive_entry_size": (ctypes.c_int64, ctypes.c_void_p),
    "archive_entry_size_is_set": (ctypes.c_int, ctypes.c_void_p),
    "archive_entry_filetype": (ctypes.c_uint, ctypes.c_void_p),
    **dict.fromkeys(_NAMES, (ctypes.c_char_p, ctypes.c_void_p)),
}


@dataclass(frozen=True, slots=True)
class Form:
    """What libarchive is to read with: its names of formats and of filters, and a (format, option) to unset."""

    formats: tuple[str, ...]
    filters: tuple[str, ...] = ()
    without: tuple[str, str] | None = None


STREAM: Final = ("raw",)
"""The format of what is no archive, but one compressed file."""


@cache
def library() -> Any:
    """The library with its functions declared; None where it is not installed."""
    try:
        found = ctypes.CDLL(_LIBRARY)
        for name, (result, *arguments) in _FUNCTIONS.items():
            function = getattr(found, name)
            function.restype, function.argtypes = result, arguments
    except (OSError, AttributeError):
        return None
    return found


def entries(data: Bytes, form: Form, budget: Budget) -> Iterator[Entry]:
    """Files of an archive, each with what is wrong with it; folders and links come as files without content.

    Raises Unreadable: `unsupported` where there is no library, else for what keeps it from reading on.
    """
    if library() is None:
        raise Unreadable(Reason.UNSUPPORTED)
    with_data = _Archive(bytes(data), form)
    try:
        yield from with_data.entries(budget)
    finally:
        with_data.close()


class _Archive:
    """One archive in memory, open from its making to `close`."""

    def __init__(self, data: bytes, form: Form) -> None:
        self._library = library()
        # The library reads where the bytes are: they must not go before it does.
        self._data = data
        self._handle = self._library.archive_read_new()
        self._streams = form.formats == STREAM
        self._buffer = ctypes.create_string_buffer(_CHUNK)
        for kind, names in (("format", form.formats), ("filter", form.filters)):
            for name in names:
                self._support(f"archive_read_support_{kind}_{name}")
        if form.without is not None:
            module, option = form.without
            self._library.archive_read_set_option(self._handle, module.encode(), option.encode(), None)

    def _support(self, name: str) -> None:
        function = getattr(self._library, name, None)
        if function is None:
            return
        function.restype, function.argtypes = ctypes.c_int, (ctypes.c_void_p,)
        function(self._handle)

    def close(self) -> None:
        """Free what the library holds."""
        self._library.archive_read_free(self._handle)

    def entries(self, budget: Budget) -> Iterator[Entry]:
        """See the function of this name."""
        if self._library.archive_read_open_memory(self._handle, self._data, len(self._data)) < _WARNING:
            raise self._unreadable()
        entry = ctypes.c_void_p()
        while True:
            status = self._library.archive_read_next_header(self._handle, ctypes.byref(entry))
            if status == _ENDED:
                return
            if status <= _FAILED:
                raise self._unreadable()
            if self._streams and self._library.archive_filter_count(self._handle) == 1:
                # Nothing took it for what it should be: it would come out as it went in.
                raise Unreadable(Reason.BROKEN)
            yield self._file(entry, budget)

    def _file(self, entry: ctypes.c_void_p, budget: Budget) -> Entry:
        names = (getattr(self._library, function)(entry) for function in _NAMES)
        name = (next(filter(None, names), None) or b"").decode("utf-8", "replace")
        if self._library.archive_entry_filetype(entry) not in (_REGULAR, _UNTYPED):
            return Entry(name, b"")
        content, fault = self._content(budget)
        told = self._library.archive_entry_size_is_set(entry)
        if fault is None and told and self._library.archive_entry_size(entry) != len(content):
            fault = Reason.BROKEN
        if not name:
            # It is in letters that the locale of this process does not have.
            fault = fault or Reason.BROKEN
        if fault is not None and self._library.archive_entry_is_encrypted(entry):
            fault = Reason.ENCRYPTED
        return Entry(name, content, fault)

    def _content(self, budget: Budget) -> tuple[bytes, Reason | None]:
        """What the current file unpacks to, as far as it is allowed and can be read."""
        out = BytesIO()
        allowed = left = budget.allowed(len(self._data))
        fault = None
        while fault is None:
            size = self._library.archive_read_data(self._handle, self._buffer, _CHUNK)
            if size == 0:
                break
            if size < 0:
                fault = self._unreadable().reason
                break
            taken = out.write(ctypes.string_at(self._buffer, min(size, left)))
            left -= taken
            fault = Reason.TOO_LARGE if size > taken else None
        budget.take(allowed - left)
        return out.getvalue(), fault

    def _unreadable(self) -> Unreadable:
        """Why the last call failed: by what the library says, which is the only place where it does."""
        said = (self._library.archive_error_string(self._handle) or b"").lower()
        reasons = (reason for reason, words in _SAID if any(word in said for word in words))
        return Unreadable(next(reasons, Reason.BROKEN))
