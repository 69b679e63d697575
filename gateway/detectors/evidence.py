"""What a finding rests on, as a keyed digest, and whether somebody has called just that a false alarm.

A banner rests on all that it speaks for, not on its own words: in the mail itself on the whole mail, in a file on that
file and whatever else is attached.  So a training paper that is exempt does not switch the banner off, and neither does
a covering letter, or a notice, that goes out with other figures the next time.  Nothing is worked out before something
is found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from gateway.model import Detector, Finding, Message, Part, PartKind, Register
from gateway.text import fold, words
from gateway.traces import file_hash, text_hash

_HEADER = "header"
_FEW = 60
"""Words: below this a part says too little of itself to stand for what it is."""
_PIECE = 1_000_000
"""Characters that are folded at a time."""


class Evidence:
    """The evidence that one message gives, before one register."""

    def __init__(self, message: Message, register: Register) -> None:
        self._message = message
        self._key = register.trace_key
        self._exempt = register.exempt
        self._of_part: dict[str, bytes] = {}

    def standing(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """The findings with their traces, without those that are exempt for each publication they may belong to.

        Whose an unreadable file may be depends on who sends it: `gateway.policy` asks whether it is exempt.
        """
        for finding in findings:
            trace = finding.trace or self._trace(finding)
            if finding.detector is Detector.UNREADABLE:
                yield replace(finding, trace=trace)
                continue
            named = (finding.publication,) if finding.publication is not None else finding.candidates
            if not self._exempt.issuperset((key, trace) for key in named or (None,)):
                yield replace(finding, trace=trace)

    def _trace(self, finding: Finding) -> bytes:
        if finding.detector is not Detector.BANNER:
            return self._leaf(finding.part)
        if finding.part not in self._of_part:
            self._of_part[finding.part] = self._text(finding.part)
        return self._of_part[finding.part]

    def _leaf(self, path: str) -> bytes:
        """The trace of the file at a place; empty where no file was read there."""
        digests = (leaf.sha256 for leaf in self._message.leaves if leaf.path == path)
        return next((file_hash(self._key, digest) for digest in digests), b"")

    def _text(self, path: str) -> bytes:
        here = [part for part in self._message.parts if part.path == path]
        if any(part.kind is PartKind.BODY for part in here) or path == _HEADER or _says_little(here):
            return text_hash(self._key, self._whole())
        return text_hash(self._key, (*self._attached(), *(p for part in here for p in _folded(part.text))))

    def _attached(self) -> Iterator[bytes]:
        """Every file of the mail; what stands in its text is none."""
        bodies = {part.path for part in self._message.parts if part.kind is PartKind.BODY}
        return (leaf.sha256 for leaf in self._message.leaves if leaf.path not in bodies)

    def _whole(self) -> Iterator[bytes]:
        """Everything that the mail says, but for the lines of its header that differ with each sending."""
        for part in self._message.parts:
            yield from _folded(_subject(part) if part.path == _HEADER else part.text)
        for leaf in self._message.leaves:
            yield leaf.sha256


def _says_little(parts: Iterable[Part]) -> bool:
    # No text of a few words is longer than this, unless it is folded away.
    return sum(len(words(fold(part.text[: _FEW * 100]))) for part in parts) < _FEW


def _folded(text: str) -> Iterator[bytes]:
    for start in range(0, len(text), _PIECE):
        yield fold(text[start : start + _PIECE]).encode("utf-8", "surrogatepass")


def _subject(part: Part) -> str:
    return "\n".join(line for line in part.text.splitlines() if line.lower().startswith("subject:"))
