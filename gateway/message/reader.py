"""The MIME reader: one pass over the delimiter lines, a stack of open multiparts, no recursion.

Theory of operation.  An *entity* is headers and a body.  Its header block ends at an empty line; its body ends at the
next line that is a delimiter of any open multipart, so an outer delimiter ends every inner part, closed or not.  Each
open multipart remembers where its next line is, and searches only up to that of the one around it.  A body that must be
decoded before its structure shows (a base64 forward) becomes a *source* of its own in a queue.  Where headers
contradict each other the reading that finds structure is taken, every named boundary counts, and the place is marked.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from typing import Final

from gateway.message import headers, leaves, limits, structure, transfer, written
from gateway.message.gathered import Reading
from gateway.model import PartKind, Reason

_REST: Final = re.compile(rb"(--)?[ \t]*(?:\r?\n|\Z)")
"""What may follow a boundary on its line (RFC 2046 section 5.1.1)."""

_CR: Final = 13


@dataclass(slots=True)
class _Source:
    """Bytes to read as an entity (`plan` None: headers first); `path` stands before the paths of its parts.

    `loose`: it stood in a text, where nobody asks of headers that they be proper.
    """

    buffer: bytes
    path: str
    depth: int
    plan: structure.Plan | None = None
    loose: bool = False


@dataclass(slots=True)
class _Search:
    """One boundary of an open multipart: how its lines begin, and the next of them, once that was looked for."""

    literal: bytes
    found: _Delimiter | None = None


@dataclass(slots=True)
class _Open:
    """A multipart whose parts are being read: how its delimiter lines are found, its children's prefix and number."""

    searches: tuple[_Search, ...]
    path: str
    depth: int
    quiet: bool
    digest: bool = False
    children: int = 0

    def next_path(self) -> str:
        self.children += 1
        return f"{self.path}{self.children}"


@dataclass(frozen=True, slots=True)
class _Delimiter:
    """A delimiter line: where the body before it ends, where it begins and ends, whose it is."""

    start: int
    line: int
    end: int
    level: int
    closing: bool = False


def read(content: bytes, prefix: str = "", collector: leaves.Collector | None = None) -> Reading:
    """Parts, leaves and unreadable places of a mail, and the documents that a scanner has to open.

    Pure and total: any bytes give a Reading.  `prefix` (empty, or ending in `/`) stands before every path; a
    `collector` may take down more of each leaf than a Reading keeps.
    """
    collector = collector or leaves.Collector()
    sources = deque([_Source(_with_line_feeds(content), prefix, 0)])
    _read_all(sources, collector)
    return collector.reading()


def follow(collector: leaves.Collector) -> None:
    """Read what the texts in a collector hold besides: parts with headers of their own."""
    _read_all(deque(), collector)


def _read_all(sources: deque[_Source], collector: leaves.Collector) -> None:
    while sources or collector.inside:
        if not sources:
            path, content, loose = collector.inside.popleft()
            if not collector.room():
                collector.mark(f"{path}1", Reason.TOO_LARGE)
                collector.inside.clear()
                return
            sources.append(_Source(content, path, path.count("/"), loose=loose))
        _Walk(sources.popleft(), collector, sources).run()


def _with_line_feeds(content: bytes) -> bytes:
    """Old files end their lines with CR alone; then CR is what LF is elsewhere."""
    return content if b"\n" in content or b"\r" not in content else content.replace(b"\r", b"\n")


@dataclass(slots=True)
class _Walk:
    """One pass over one source."""

    source: _Source
    collector: leaves.Collector
    sources: deque[_Source]
    open: list[_Open] = field(default_factory=list)
    stopped: bool = False

    @property
    def buffer(self) -> bytes:
        return self.source.buffer

    def run(self) -> None:
        """Read the source's entity, then whatever stands behind each delimiter, to the end."""
        source = self.source
        if source.plan is not None:
            delimiter = self._multipart(source.plan, 0, source.path, source.depth, quiet=False)
        else:
            delimiter = self._message(0, source.path, source.depth, quiet=False)
        while delimiter.level >= 0 and not self.stopped:
            self._close(delimiter)
            delimiter = self._after(delimiter)

    def _after(self, delimiter: _Delimiter) -> _Delimiter:
        """Read the part that a delimiter opens, or the epilogue behind one that closes; where that ends."""
        frame = self.open[delimiter.level]
        if delimiter.closing:
            following = self._next(delimiter.end)
            self._loose_text(delimiter.end, following.start, frame)
            return following
        path = frame.next_path()
        if not self.collector.room():
            self._give_up(path, delimiter.end)
            return delimiter
        return self._entity(delimiter.end, path, frame)

    def _entity(self, start: int, path: str, frame: _Open) -> _Delimiter:
        """Read one part of a multipart."""
        limit = self._next(start).start
        block = headers.read_block(self.buffer, start, limit)
        if block.body == start and headers.begins_encoded(self.buffer, start, limit):
            # The line above may be a delimiter to some readers only: to the others the encoded body goes on here.
            self.collector.mark(path, Reason.AMBIGUOUS)
        plan = structure.plan(block, "message/rfc822" if frame.digest else "text/plain")
        self._note(block, plan, path)
        self.collector.names(path, plan, block.text)
        return self._body(plan, block.body, f"{path}/", path, frame.depth + 1, frame.quiet)

    def _message(self, start: int, prefix: str, depth: int, *, quiet: bool) -> _Delimiter:
        """Read a message: its headers are `PREFIXheader`, a body of one part is `PREFIX1`."""
        limit = self._next(start).start
        block = headers.read_block(self.buffer, start, limit)
        plan = structure.plan(block, "text/plain")
        path = f"{prefix}header"
        if block.text:
            self.collector.text(path, PartKind.HEADER, written.header(block.text))
            if odd := written.undecoded(block.text):
                self.collector.look_inside(f"{prefix}0", odd, thorough=True)
        self._note(block, plan, path)
        return self._body(plan, block.body, prefix, f"{prefix}1", depth, quiet)

    def _body(
        self, plan: structure.Plan, start: int, prefix: str, path: str, depth: int, quiet: bool
    ) -> _Delimiter:
        """Read a body by its plan; `prefix` is for the children it may have, `path` for itself as a leaf."""
        container = plan.shape is not structure.Shape.LEAF
        if container and depth >= limits.DEPTH:
            self.collector.mark(path, Reason.TOO_DEEP)
            following = self._next(start)
            self.collector.raw_text(path, self.buffer, start, following.start)
            return following
        if plan.shape is structure.Shape.MULTIPART:
            return self._multipart(plan, start, prefix, depth, quiet=quiet)
        if plan.shape is structure.Shape.MESSAGE:
            return self._forward(plan, start, path, depth, quiet)
        following = self._next(start)
        self.collector.leaf(path, plan, self.buffer, start, following.start, quiet=quiet)
        return following

    def _forward(self, plan: structure.Plan, start: int, path: str, depth: int, quiet: bool) -> _Delimiter:
        """Read a mail in a mail where it stands, or queue it where it is encoded."""
        encoding = plan.container_encoding(self.buffer, start, self._next(start).start)
        if encoding is None:
            return self._message(start, f"{path}/", depth + 1, quiet=quiet)
        following = self._next(start)
        decoded = transfer.decode(encoding, self.buffer, start, following.start)
        self.sources.append(_Source(bytes(decoded.data), f"{path}/", depth + 1))
        return following

    def _multipart(
        self, plan: structure.Plan, start: int, prefix: str, depth: int, *, quiet: bool
    ) -> _Delimiter:
        """Open a multipart and read its preamble; the delimiter that ends it is handled by the caller."""
        if plan.encrypted:
            self.collector.mark(f"{prefix}1", Reason.ENCRYPTED)
            quiet = True
        self.collector.multipart(prefix, plan)
        level = len(self.open)
        frame = _Open(_searches(plan), prefix, depth, quiet, plan.digest)
        self.open.append(frame)
        following = self._next(start)
        if following.level != level and self._queue_encoded(plan, start, following, frame):
            self.open.pop()
            return following
        self._loose_text(start, following.start, frame)
        if following.level != level:
            self.open.pop()
        return following

    def _queue_encoded(self, plan: structure.Plan, start: int, following: _Delimiter, frame: _Open) -> bool:
        """A whole multipart in base64 is against RFC 2045 and read by some: its parts show only after decoding."""
        encoding = plan.container_encoding(self.buffer, start, following.start)
        if encoding is None or self.source.plan is plan:
            return False
        decoded = transfer.decode(encoding, self.buffer, start, following.start)
        self.collector.mark(f"{frame.path}1", Reason.AMBIGUOUS)
        self.sources.append(_Source(b"\n" + decoded.data, frame.path, frame.depth + 1, plan))
        return True

    def _note(self, block: headers.Block, plan: structure.Plan, path: str) -> None:
        if (plan.contradictory or block.doubtful) and not self.source.loose:
            self.collector.mark(path, Reason.AMBIGUOUS)
        if block.oversize:
            self.collector.mark(path, Reason.TOO_LARGE)

    def _loose_text(self, start: int, end: int, frame: _Open) -> None:
        """Preamble and epilogue: most readers hide them, and the source view shows them."""
        if self.buffer[start : min(end, start + 4096)].strip() or end - start > 4096:
            self.collector.raw_text(f"{frame.path}0", self.buffer, start, end)

    def _give_up(self, path: str, start: int) -> None:
        """Too many parts: what is left is read as one text, so that at least what stands there plainly is seen."""
        self.collector.mark(path, Reason.TOO_LARGE)
        self.collector.raw_text(path, self.buffer, start, len(self.buffer))
        self.stopped = True

    def _close(self, delimiter: _Delimiter) -> None:
        del self.open[delimiter.level + 1 :]

    def _next(self, start: int) -> _Delimiter:
        """The first delimiter line of an open multipart at or after `start`; level -1 at the end of the source.

        Outer multiparts are asked first, and inner ones only search up to what was found: what one level looks
        through is disjoint, and no line is looked at more often than multiparts are open.
        """
        found = _Delimiter(len(self.buffer), len(self.buffer), len(self.buffer), -1)
        for level, frame in enumerate(self.open):
            for search in frame.searches:
                if search.found is None or search.found.line < start:
                    search.found = self._search(search.literal, level, start, found.end)
                if search.found.level >= 0 and search.found.line <= found.line:
                    found = search.found
        return found

    def _search(self, literal: bytes, level: int, start: int, end: int) -> _Delimiter:
        """The next line of one boundary between `start` and `end`; level -1 if there is none."""
        position = self.buffer.find(literal, max(0, start - 1), end)
        if position >= 0 and not _REST.match(self.buffer, position + len(literal), end):
            # This line merely begins alike.  There may be millions of them, so an expression goes on alone.
            line = re.compile(re.escape(literal) + _REST.pattern).search(self.buffer, position, end)
            position = line.start() if line else -1
        if position < 0:
            return _Delimiter(end, end, end, -1)
        return self._line(position, position + len(literal), level, end)

    def _line(self, start: int, rest: int, level: int, end: int) -> _Delimiter:
        """The delimiter line whose line break is at `start` and whose boundary ends at `rest`."""
        match = _REST.match(self.buffer, rest, end)
        closing = match is not None and match[1] is not None
        before = start - (start > 0 and self.buffer[start - 1] == _CR)
        return _Delimiter(before, start + 1, match.end() if match else rest, level, closing)


def _searches(plan: structure.Plan) -> tuple[_Search, ...]:
    """The delimiter lines of a multipart begin with a line break, two hyphens, and a boundary."""
    return tuple(_Search(b"\n--" + boundary) for boundary in plan.boundaries[: limits.BOUNDARIES])
