"""A mail that Outlook has kept says of itself what its header said when it was sent."""

from __future__ import annotations

from gateway.features.threads import Threads, packed
from gateway.message import extract
from gateway.model import Document, Message, Part, PartKind
from tests import papers

KEY = bytes(range(32))
SUBJECT = "Fostering: advance copy"


def kept(**streams: bytes) -> Message:
    """What is read of a message of these properties, registered or attached as part 1."""
    names = {f"__substg1.0_{number.lstrip('x')}": data for number, data in streams.items()}
    content = papers.compound({"__properties_version1.0": b"\0", **names})
    return extract(Document("1", "msg", content))


def header(message: Message) -> str:
    """Its header, as it was read."""
    return "".join(part.text for part in message.parts if part.path == "1/header")


def wide(text: str) -> bytes:
    """A text as Outlook keeps it; the test's files pad it with NUL."""
    return text.encode("utf-16-le")


def test_fields() -> None:
    """Subject, Message-ID, what it answers and its conversation stand in a header block, a line each."""
    message = kept(
        x0037001F=wide(SUBJECT),
        x1035001F=wide("<kept.1@stats.example>"),
        x1042001E=b"<asked.2@policy.example>",
        x1039001F=wide("<first.3@policy.example>\r\n <asked.2@policy.example>"),
    )
    assert [
        f"Subject: {SUBJECT}",
        "Message-ID: <kept.1@stats.example>",
        "In-Reply-To: <asked.2@policy.example>",
        "References: <first.3@policy.example> <asked.2@policy.example>",
    ] == header(message).split("\n")


def test_nothing_said() -> None:
    """A message without these fields has no header."""
    assert "" == header(kept(x1000001F=wide("only a text")))


def test_registered() -> None:
    """A circulation mail that was saved from Outlook is a root as the mail itself would be."""
    message = kept(x0037001F=wide(SUBJECT), x1035001F=wide("<kept.1@stats.example>"))
    threads = Threads.of({"p": [packed(KEY, message)]})
    answer = Part("header", PartKind.HEADER, "In-Reply-To: <kept.1@stats.example>\nSubject: Lunch")
    assert ["header"] == [match.part for match in threads.leading(KEY, Message((answer,)))]


def test_attached() -> None:
    """A root that is attached as Outlook keeps it leads to itself."""
    root = Message((Part("header", PartKind.HEADER, "Message-ID: <kept.1@stats.example>"),))
    threads = Threads.of({"p": [packed(KEY, root)]})
    outer = Message((Part("header", PartKind.HEADER, "Subject: for you"),))
    attached = kept(x0037001F=wide(SUBJECT), x1035001F=wide("<kept.1@stats.example>"))
    assert "1/header" in [match.part for match in threads.leading(KEY, outer + attached)]
