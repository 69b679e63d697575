"""The next hop as a domain: its mail exchangers, asked of a real name server on loopback."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator

import dns.asyncresolver
import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from gateway.replies import NextHopUnavailable
from gateway.smtp.next_hop import mail_exchangers

ZONE = {
    "one.example.": ["10 mx.one.example."],
    "many.example.": ["20 second.example.", "10 first.example.", "30 third.example."],
    "crowd.example.": [f"{number} mx{number}.crowd.example." for number in range(1, 25)],
    "null.example.": ["0 ."],
    "bare.example.": [],
}
"""Names with their MX records; a name that is not here does not exist."""


class NameServer:
    """Answers MX questions from `ZONE`; `fail.example` is SERVFAIL, `silent.example` gets no answer."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port: int = self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        """Until the socket is closed."""
        while True:
            try:
                data, client = self.socket.recvfrom(4096)
                answer = self.answer(dns.message.from_wire(data))
                if answer is not None:
                    self.socket.sendto(answer.to_wire(), client)
            except OSError:
                return

    def answer(self, question: dns.message.Message) -> dns.message.Message | None:
        """What is said to a question."""
        name = question.question[0].name.to_text()
        answer = dns.message.make_response(question)
        answer.flags |= dns.flags.RA
        if name == "silent.example.":
            return None
        if name == "fail.example.":
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif name not in ZONE:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif ZONE[name]:
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "MX", *ZONE[name]))
        return answer


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This name server answers, and no other is asked."""
    server = NameServer()
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers = ["127.0.0.1"]
    resolver.port = server.port
    resolver.lifetime = 1.0
    monkeypatch.setattr(dns.asyncresolver, "default_resolver", resolver)
    yield
    server.socket.close()


def exchangers(domain: str) -> list[tuple[str, int]]:
    """The answer for a domain."""
    return asyncio.run(mail_exchangers(domain))


def test_best_first() -> None:
    """Exchangers are tried in the order of their preference, on port 25."""
    assert [("mx.one.example", 25)] == exchangers("one.example")
    assert [("first.example", 25), ("second.example", 25), ("third.example", 25)] == exchangers(
        "many.example"
    )


def test_a_domain_without_exchangers_is_its_own() -> None:
    """Without an MX record the domain's own host is meant (RFC 5321 section 5.1)."""
    assert [("bare.example", 25)] == exchangers("bare.example")


def test_a_crowd_is_cut() -> None:
    """Of very many exchangers the ten best are tried: a mail does not wait for all to be silent."""
    assert [(f"mx{number}.crowd.example", 25) for number in range(1, 11)] == exchangers("crowd.example")


@pytest.mark.parametrize("domain", ["null.example", "none.example", "fail.example", "silent.example"])
def test_no_answer_defers(domain: str) -> None:
    """A null MX, an unknown name, a server's failure and silence are an unavailable next hop: 451, never a bounce."""
    with pytest.raises(NextHopUnavailable) as caught:
        exchangers(domain)
    assert "451 4.4.1" == str(caught.value.reply)[:9]
