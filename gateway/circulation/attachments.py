"""What is attached to a mail, by the same reading as every mail gets: names, types and decoded bytes.  Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath

from gateway.message import read
from gateway.message.leaves import Bytes, Collector
from gateway.message.structure import Plan


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attached file: its place in the mail, its name (made of the place where it has none), and its bytes.

    `picture`: an image, of which nobody can say whether it is a chart or the logo in a signature.
    """

    path: str
    name: str
    data: bytes = field(repr=False)
    picture: bool = False


@dataclass(slots=True)
class _Keeping(Collector):
    """A collector that keeps the leaves that are no text of the mail."""

    kept: dict[bytes, Attachment] = field(default_factory=dict)

    def content(self, path: str, plan: Plan, data: Bytes, *, quiet: bool) -> None:
        Collector.content(self, path, plan, data, quiet=quiet)
        if len(data) and (plan.attachment or plan.names or not plan.media_type.startswith("text/")):
            picture = plan.media_type.startswith("image/")
            self.kept.setdefault(
                self.leaves[-1].sha256, Attachment(path, _name(path, plan), bytes(data), picture)
            )


def attachments(content: bytes) -> tuple[Attachment, ...]:
    """The attachments of a mail, in order; two of the same bytes are one.  Any bytes give an answer."""
    collector = _Keeping()
    read(content, collector=collector)
    return tuple(collector.kept.values())


def _name(path: str, plan: Plan) -> str:
    last = PurePosixPath(plan.names[0].replace("\\", "/")).name if plan.names else ""
    return last or f"part {path}"
