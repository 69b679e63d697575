"""The outline of a mail: the tree of its parts as they were read, down to the files in its archives and documents.

A `Reading` keeps no types, and names only as text to search; a person who asks why needs both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from gateway.message import media_types, sniff
from gateway.message.documents import extract
from gateway.message.leaves import Bytes, Collector
from gateway.message.reader import read
from gateway.message.structure import Plan, Shape
from gateway.model import Document, Message


@dataclass(frozen=True, slots=True)
class Node:
    """One part as its sender describes it, and as it is.

    `path` is positional; `media_type` is the declared one, `application/octet-stream` where none is; `names` the most
    telling first; `made_of` is what its bytes are (`zip`, `html`, ...; empty where nobody looked, as at what a text
    hides); `size` the decoded size in bytes, 0 for what has parts.
    """

    path: str
    media_type: str
    names: tuple[str, ...] = field(repr=False)
    made_of: str = ""
    size: int = 0

    @property
    def depth(self) -> int:
        """How many parts it is in."""
        return self.path.count("/")


@dataclass(slots=True)
class Outlining(Collector):
    """A collector that also takes down what each part is; the first description of a place holds."""

    nodes: dict[str, Node] = field(default_factory=dict)
    plans: dict[str, Plan] = field(default_factory=dict)

    def another(self) -> Outlining:
        return Outlining(nodes=self.nodes, plans=self.plans, pictures=self.pictures)

    def multipart(self, prefix: str, plan: Plan) -> None:
        path = prefix.rstrip("/")
        if not path or path in self.nodes:
            # A mail is known already: what its own header says stands there.
            path = f"{prefix}header"
        self.nodes.setdefault(path, Node(path, plan.media_type, plan.names, Shape.MULTIPART.value))

    def names(self, path: str, plan: Plan, header: str = "") -> None:
        if plan.shape is Shape.MESSAGE:
            self.nodes.setdefault(path, Node(path, plan.media_type, plan.names, sniff.Kind.MAIL.value))
        Collector.names(self, path, plan, header)

    def mail(self, path: str, plan: Plan, data: bytes) -> None:
        kept = Node(path, plan.media_type, plan.names, sniff.Kind.MAIL.value, len(data))
        self.nodes.setdefault(path, kept)
        Collector.mail(self, path, plan, data)

    def leaf(
        self, path: str, plan: Plan, buffer: bytes, start: int, end: int, *, quiet: bool = False
    ) -> None:
        self.plans.setdefault(path, plan)
        Collector.leaf(self, path, plan, buffer, start, end, quiet=quiet)
        self.nodes.setdefault(path, _node(path, self.plans[path], b""))

    def content(self, path: str, plan: Plan, data: Bytes, *, quiet: bool) -> None:
        self.nodes.setdefault(path, _node(path, plan, data))
        Collector.content(self, path, plan, data, quiet=quiet)


def _node(path: str, plan: Plan, data: Bytes) -> Node:
    return Node(path, plan.media_type, plan.names, sniff.kind(data).value, len(data))


def outline(content: bytes, pictures: list[Document] | None = None) -> tuple[Message, tuple[Node, ...]]:
    """A mail with everything in it, its documents opened here, and the tree of its parts in reading order.

    `pictures` gets those in which there may be words.  Pure and total; for commands, not for mail from outside: a
    document can be hostile to its reader.
    """
    collector = Outlining(pictures=pictures)
    reading = read(content, collector=collector)
    shared = partial(Outlining, nodes=collector.nodes, plans=collector.plans, pictures=pictures)
    message = sum((extract(document, shared()) for document in reading.documents), reading.message)
    return message, tuple(sorted(_whole(message, collector.nodes), key=_place))


def _whole(message: Message, nodes: dict[str, Node]) -> Iterator[Node]:
    """Every place that is spoken of: texts and marks may stand where no leaf is."""
    paths = {part.path for part in message.parts} | {leaf.path for leaf in message.leaves}
    paths |= {mark.path for mark in message.unreadable}
    yield from nodes.values()
    yield from (Node(path, media_types.UNNAMED, ()) for path in paths - nodes.keys())


def _place(node: Node) -> tuple[int, ...]:
    """A mail stands before its parts, its header before its first one."""
    return tuple(-1 if step == "header" else int(step) for step in node.path.split("/") if step)
