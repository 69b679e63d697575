"""Conversations through the real server: what answers a mail with the publication in it stays among the listed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.running import Gateway
from tests.sink import Sink, wait_for
from tests.talking import Talk, banner, planned

LEAD, LISTED, PRESS = "lead@stats.example", "listed@policy.example", "press@policy.example"
OUTSIDER, COLLEAGUE = "outsider@other.example", "colleague@policy.example"
SUBJECT = "Children looked after in England: advance copy"
HELD = "250 2.0.0 Held for review"
TAKEN = "250 2.0.0 Ok"
CANARY = "canary72670"


class Desk:
    """One gateway, and the people who write to each other about one publication after the other."""

    def __init__(self, folder: Path) -> None:
        self.sink = Sink()
        # One worker: what it has answered by the register as it is now, all have.
        self.gateway = Gateway(folder, self.sink.port, extra='group_within = "100ms"', workers=1).start()
        self._folder = folder
        self._numbers = count()
        self.banner = ""

    def publication(self, name: str) -> str:
        """Register one, with two people on its list, and wait until it is known."""
        listed = self._folder / "list.csv"
        listed.write_text(f"email\n{LISTED}\n{PRESS}\n")
        # Each at a time of its own: a banner of one that is live is none.
        when = planned(20 + next(self._numbers) / 60)
        self.banner = banner(when)
        facts = ("--title", name, "--publishes-at", when.isoformat(), "--lead", LEAD)
        self.gateway.call("publication", "add", name, *facts)
        self.gateway.call("access", "import", name, str(listed))
        assert wait_for(self._is_listed, 60)
        return name

    def _is_listed(self) -> bool:
        return self.send(LISTED, body=f"{self.banner} {next(self._numbers)}").startswith(TAKEN)

    def send(self, to: str, message_id: str = "", body: str = "As discussed.", **fields: str) -> str:
        """One mail of these header fields, from the press office; the reply to its final dot."""
        name = message_id or f"{CANARY}.{next(self._numbers)}@policy.example"
        head = {"message_id": f"<{name}>", "subject": SUBJECT, **fields}
        lines = "".join(f"{key.replace('_', '-')}: {value}\r\n" for key, value in head.items())
        talk = Talk(self.gateway.port)
        reply = talk.mail(PRESS, [to], f"{lines}\r\n{body}\r\n".encode())
        talk.quit()
        return reply

    def comes_to(self, expected: str, to: str, **fields: str) -> bool:
        """Whether such a mail is answered so, once the register is known as it is now."""
        return bool(wait_for(lambda: self.send(to, **fields).startswith(expected), 60))

    def detectors(self, reply: str) -> list[str]:
        """What found the held mail of this reply."""
        (incident,) = (one for one in self.gateway.incidents() if one["ref"] in reply)
        return [each["detector"] for each in incident["findings"]]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One for all tests here; nothing of a mail's names is in its log."""
    made = Desk(tmp_path_factory.mktemp("threads"))
    yield made
    assert 0 == made.gateway.stop()
    made.sink.close()
    assert [] == [line for line in made.gateway.log if CANARY in line or '"bug"' in line]


def test_from_the_held_mail_to_publication(desk: Desk) -> None:
    """What answers a held mail is held, whatever its subject and text, until the publication is live."""
    name = desk.publication("held")
    root = f"{CANARY}.root@policy.example"
    assert desk.send(OUTSIDER, root, desk.banner).startswith(HELD)
    answer = {"in_reply_to": f"<{root}>", "subject": "Lunch"}
    assert desk.comes_to(HELD, OUTSIDER, **answer)
    assert ["thread"] == desk.detectors(desk.send(OUTSIDER, **answer, references=f"<{root}>"))
    assert desk.send(LISTED, **answer).startswith(TAKEN)
    desk.gateway.call("publication", "live", name)
    assert desk.comes_to(TAKEN, OUTSIDER, **answer)


def test_a_circulation_that_was_relayed(desk: Desk) -> None:
    """What listed people got is known a moment later: answers to others are held, until the subject is another one."""
    name = desk.publication("relayed")
    root, below = f"{CANARY}.circulation@stats.example", f"{CANARY}.below@policy.example"
    assert desk.send(LISTED, root, desk.banner).startswith(TAKEN)
    assert desk.comes_to(HELD, OUTSIDER, references=f"<a.1@x.example> {root.upper()}")
    # An answer to a listed person has nothing of its own in it, and still leads back.
    assert desk.send(LISTED, below, in_reply_to=f"<{root}>", subject=f"RE: {SUBJECT}").startswith(TAKEN)
    assert desk.comes_to(HELD, OUTSIDER, in_reply_to=f"<{below}>", subject=f"AW: [EXTERNAL] Re: {SUBJECT}")
    went_on = {"in_reply_to": f"<{below}>", "references": f"<{root}> <{below}>", "subject": "Lunch on Friday"}
    assert desk.send(OUTSIDER, **went_on).startswith(TAKEN)
    desk.gateway.call("publication", "live", name)
    assert desk.comes_to(TAKEN, OUTSIDER, in_reply_to=f"<{root}>")


def test_a_registered_mail(desk: Desk) -> None:
    """A circulation mail that never passed here is known once the lead has registered it."""
    name = desk.publication("registered")
    mail = desk.gateway.folder / "circulation.eml"
    mail.write_bytes(
        f"Message-ID: <{CANARY}.own@stats.example>\r\nSubject: {SUBJECT}\r\n\r\nSee the folder.\r\n".encode()
    )
    desk.gateway.call("document", "add", name, str(mail))
    assert desk.comes_to(HELD, OUTSIDER, in_reply_to=f"<{CANARY}.own@stats.example>", subject="Lunch")
    desk.gateway.call("publication", "live", name)


def test_an_answer_to_our_own_letter(desk: Desk) -> None:
    """Our letters do not name the mail that they are about: who answers one may write to anybody."""
    name = desk.publication("letters")
    assert desk.send(OUTSIDER, f"{CANARY}.noticed@policy.example", desk.banner).startswith(HELD)
    letters = wait_for(lambda: [each for each in desk.sink.mails if each.recipients == [PRESS]])
    assert letters
    head = letters[-1].content.split(b"\r\n\r\n")[0]
    assert not re.search(rb"(?im)^(in-reply-to|references|thread-)", head)
    named = re.search(rb"(?im)^message-id: *(\S+)", head)
    assert named is not None
    own = named[1].decode()
    answer = {"in_reply_to": own, "references": own, "subject": "Re: [embargo-gateway] Held for review"}
    quoted = "\r\n> ".join(letters[-1].content.decode().split("\r\n"))
    for to in (LEAD, COLLEAGUE):
        assert desk.send(to, body=f"What now?\r\n> {quoted}", **answer).startswith(TAKEN)
    desk.gateway.call("publication", "live", name)
