"""Pre-flight: what would become of a draft if it were sent now.  Nothing is sent, stored or logged of it.

A draft is a mail file, or text and documents as somebody pasted and picked them; these are put into a mail, so that
they are read as any mail is.
"""

from __future__ import annotations

import mimetypes
import re
from base64 import encodebytes
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from urllib.parse import quote

from gateway import detectors, policy
from gateway.address import AddressError, canonical, check
from gateway.detectors.rule import RuleSet
from gateway.model import Decision, Envelope, Message, Policy, Register

_ENTRY = re.compile(r"[;\r\n\x1f\t]+")
_LABEL = re.compile(r"\s*(?:to|cc|bcc|from|recipients)\s*:", re.IGNORECASE)
_QUOTED = re.compile(r"\"[^\"]*\"|(?<!\w)'[^'@]*'")
_BRACKETED = re.compile(r"<\s*(?:mailto:)?([^<>]*)>", re.IGNORECASE)
_AROUND = "\"'()[]<>:,.\u200b\ufeff\u00a0"


@dataclass(frozen=True, slots=True)
class File:
    """A file that somebody picked: its name as given, and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class People:
    """Addresses as typed, each person once, and what in the text is no address: one sentence for each."""

    addresses: tuple[str, ...]
    problems: tuple[str, ...] = ()


def foresee(
    rules: RuleSet, message: Message, envelope: Envelope, register: Register, policy_: Policy, now: datetime
) -> Decision:
    """What the gateway would decide about a mail at `now` (aware): by the same detectors and the same policy."""
    findings = detectors.find(rules, message, register, now)
    return policy.decide(envelope, findings, register, policy_, now)


def people(text: str) -> People:
    """The addresses in a text as people paste them: any separators, `Name <a@b>`, `Surname, Name <a@b>`.

    What is neither an address nor the name before one is a problem: nobody is left out in silence.
    """
    found: dict[str, str] = {}
    problems: list[str] = []
    for entry in _ENTRY.split(text):
        if not (rest := _LABEL.sub("", entry, 1).strip()):
            continue
        for candidate in _candidates(rest, problems):
            try:
                check(candidate, utf8=True)
            except AddressError:
                problems.append(f"“{candidate}” is not an address")
            else:
                found.setdefault(canonical(candidate) or candidate, candidate)
    return People(tuple(found.values()), tuple(problems))


def _candidates(entry: str, problems: list[str]) -> Iterator[str]:
    """What is meant as an address in one entry; a name that belongs to none becomes a problem."""
    names: list[str] = []
    for piece in _QUOTED.sub(" ", entry).split(","):
        bracketed = [inner.strip() for inner in _BRACKETED.findall(piece)]
        bare = [word.strip(_AROUND) for word in _BRACKETED.sub(" ", piece).split() if "@" in word]
        if bracketed or bare:
            yield from (*bare, *bracketed)
            if bracketed:
                names.clear()
        elif piece.strip():
            names.append(piece.strip())
    if names:
        problems.append(f"“{', '.join(names)}” is not an address")


def compose(text: str, files: Sequence[File]) -> bytes:
    """A mail that carries this text and these files; one mail file alone is the draft itself."""
    if not text.strip() and len(files) == 1 and _is_mail(files[0]):
        return files[0].content
    boundary = sha256(b"\0".join([text.encode(), *(file.content for file in files)])).hexdigest()
    pieces = [_text(text)] if text.strip() or not files else []
    pieces += map(_attached, files)
    return b"".join(_joined(boundary.encode(), pieces))


def _joined(boundary: bytes, pieces: Iterable[bytes]) -> Iterator[bytes]:
    yield b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=" + boundary + b"\r\n\r\n"
    for piece in pieces:
        yield b"--" + boundary + b"\r\n" + piece + b"\r\n"
    yield b"--" + boundary + b"--\r\n"


def _text(text: str) -> bytes:
    head = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return head + encodebytes(text.encode("utf-8", "replace"))


def _attached(file: File) -> bytes:
    name = quote("".join(char for char in file.name if char.isprintable()).encode("utf-8", "replace"))
    head = f"Content-Disposition: attachment; filename*=UTF-8''{name}\r\n"
    if _is_mail(file):
        return f"Content-Type: message/rfc822\r\n{head}\r\n".encode() + file.content
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    head += f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return head.encode() + encodebytes(file.content)


def _is_mail(file: File) -> bool:
    return file.name.lower().endswith(".eml")
