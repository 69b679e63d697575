"""Forms: what a browser posted, read within limits and wholly in memory: no upload ever touches a disk."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from gateway.console.refusals import BadForm, TooLarge

PLAIN_BYTES = 1_048_576
"""A form without files is never longer: a reason, some addresses, a pasted list."""
_MAX_FILES = 50
_MAX_FIELDS = 5000
_PATIENCE, _MOST_PATIENCE = 20.0, 300.0
"""Seconds for any form to arrive, and for the largest one."""
_SLOWEST = 50_000
"""Bytes a second that a browser must manage beyond that."""
_DRAINED = 4
"""How many times the limit is read and dropped, so that a browser gets to see why its form was refused."""

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""Categories Cc and Cs but for line end and tab; a pattern, because one by one a large form stopped the office."""


class _InMemory(MultiPartParser):
    spool_max_size = 2**62


@dataclass(frozen=True, slots=True)
class Upload:
    """One uploaded file: the name the browser gave, and its bytes."""

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Form:
    """What was posted: texts and files by the name of their field."""

    texts: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    uploads: dict[str, tuple[Upload, ...]] = field(default_factory=dict, repr=False)

    def text(self, name: str) -> str:
        """The first value of a field without the spaces around it; "" where there is none."""
        return next(iter(self.texts.get(name, ())), "").strip()

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a field, in the order of the page."""
        return self.texts.get(name, ())

    def file(self, name: str) -> Upload | None:
        """The file that was chosen in a field; None where none was."""
        return next(iter(self.files(name)), None)

    def files(self, name: str) -> tuple[Upload, ...]:
        """Every file that was chosen in a field."""
        return self.uploads.get(name, ())


async def read(request: Request, most: int) -> Form:
    """The posted form, of at most `most` bytes; raises TooLarge, BadForm."""
    try:
        async with asyncio.timeout(min(_PATIENCE + most / _SLOWEST, _MOST_PATIENCE)):
            return await _read(request, most)
    except (MultiPartException, ClientDisconnect, TimeoutError):
        raise BadForm from None


async def _read(request: Request, most: int) -> Form:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if int(request.headers.get("content-length", "0")) > most:
        await _drain(request, most)
        raise TooLarge(most)
    return await _collect(await _parse(request, kind, _counted(request, most))) if kind else Form()


async def _parse(request: Request, kind: str, stream: AsyncGenerator[bytes, None]) -> FormData:
    if kind == "application/x-www-form-urlencoded":
        return await FormParser(request.headers, stream, max_fields=_MAX_FIELDS).parse()
    if kind == "multipart/form-data":
        parser = _InMemory(request.headers, stream, max_files=_MAX_FILES, max_fields=_MAX_FIELDS)
        return await parser.parse()
    raise BadForm


async def _counted(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    """The body as it comes; raises TooLarge, whatever its announced length was."""
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most:
            raise TooLarge(most)
        yield chunk


async def _drain(request: Request, most: int) -> None:
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > _DRAINED * most:
            break


async def _collect(data: FormData) -> Form:
    texts: dict[str, tuple[str, ...]] = {}
    uploads: dict[str, tuple[Upload, ...]] = {}
    # What is typed is no longer beside a file than without one.
    if sum(len(value) for _, value in data.multi_items() if isinstance(value, str)) > PLAIN_BYTES:
        raise TooLarge(PLAIN_BYTES)
    for name, value in data.multi_items():
        if isinstance(value, UploadFile):
            if value.filename:
                chosen = Upload(_printable(value.filename), await value.read())
                uploads[name] = (*uploads.get(name, ()), chosen)
            await value.close()
        else:
            texts.setdefault(name, ())
            texts[name] += (_printable(value),)
    return Form(texts, uploads)


def _printable(text: str) -> str:
    """The text with plain line ends and without control characters, which neither store nor page can take."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
