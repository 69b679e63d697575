"""The letter with a sign-in link."""

from __future__ import annotations

import email
import email.policy
from datetime import timedelta

from gateway.letters.sign_in import sign_in
from tests.filed import LEAD, NOW

URL = "https://console.stats.example/sign-in/" + "s" * 43


def test_the_link_stands_alone() -> None:
    """The link is whole on a line of its own, and nowhere else: no header can be told it."""
    content = sign_in("embargo-gateway@department.example", LEAD, URL, timedelta(minutes=30), NOW)
    letter = email.message_from_bytes(content, policy=email.policy.default)
    assert f"\r\n{URL}\r\n".encode() in content
    assert 1 == content.count(b"s" * 43)
    assert "within 30 minutes" in " ".join(letter.get_content().split())
    assert ("auto-generated", LEAD) == (letter["Auto-Submitted"], letter["To"])


def test_a_look_alike_shows() -> None:
    """An address beyond ASCII reaches its mailbox by its own name."""
    content = sign_in("g@department.example", "leád@stats.example", URL, timedelta(seconds=5), NOW)
    assert "To: <leád@stats.example>".encode() in content
    assert b"within a minute" in content
