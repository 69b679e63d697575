"""Names of attachments: what a person who may see a held mail reads beside its text.

Archives and documents are not opened here.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.message.gathered import Reading
from gateway.message.outline import Outlining
from gateway.message.reader import read
from gateway.message.structure import Plan


@dataclass(frozen=True, slots=True)
class Attachment:
    """One leaf as its sender describes it: path, names (most telling first), declared type, decoded size in bytes."""

    path: str
    names: tuple[str, ...]
    media_type: str
    size: int


def describe(content: bytes) -> tuple[Reading, tuple[Attachment, ...]]:
    """What `read` makes of a content, and its attachments: every leaf that is no text of the mail.  Pure and total."""
    collector = Outlining()
    reading = read(content, collector=collector)
    return reading, tuple(
        Attachment(path, plan.names, plan.media_type, collector.nodes[path].size)
        for path, plan in collector.plans.items()
        if _is_attached(plan)
    )


def _is_attached(plan: Plan) -> bool:
    return plan.attachment or bool(plan.names) or not plan.media_type.startswith("text/")
