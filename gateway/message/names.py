"""Names of attachments: what a person who may see a held mail reads beside its text.

A `Reading` keeps no types, and names only as text to search.  Archives and documents are not opened here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from gateway.message.leaves import Collector, Reading
from gateway.message.reader import read
from gateway.message.structure import Plan


@dataclass(frozen=True, slots=True)
class Attachment:
    """One leaf as its sender describes it: path, names (most telling first), declared type, decoded size in bytes."""

    path: str
    names: tuple[str, ...]
    media_type: str
    size: int


@dataclass(slots=True)
class _Describing(Collector):
    """A collector that also takes down how each leaf was described; the first description of a place holds."""

    plans: dict[str, Plan] = field(default_factory=dict)

    def leaf(
        self, path: str, plan: Plan, buffer: bytes, start: int, end: int, *, quiet: bool = False
    ) -> None:
        self.plans.setdefault(path, plan)
        Collector.leaf(self, path, plan, buffer, start, end, quiet=quiet)


def describe(content: bytes) -> tuple[Reading, tuple[Attachment, ...]]:
    """What `read` makes of a content, and its attachments: every leaf that is no text of the mail.  Pure and total."""
    collector = _Describing()
    reading = read(content, collector=collector)
    sizes = {leaf.path: leaf.size for leaf in reversed(reading.message.leaves)}
    return reading, tuple(
        Attachment(path, plan.names, plan.media_type, sizes.get(path, 0))
        for path, plan in collector.plans.items()
        if _is_attached(plan)
    )


def _is_attached(plan: Plan) -> bool:
    return plan.attachment or bool(plan.names) or not plan.media_type.startswith("text/")
