"""What mails made to cost time or memory come to: a mark where they pass a limit, and time in proportion."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import count, islice

import pytest

from gateway.message.reader import read
from gateway.model import Reason
from tests.pace import slowness

HEAD = b"From: a@x.example\r\nMIME-Version: 1.0\r\n"
MIXED = b"Content-Type: multipart/mixed; boundary=b\r\n"
TYPE = b"Content-Type: text/plain"


def _levels(depth: int) -> bytes:
    lines = (
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i)
        for i in islice(count(), depth)
    )
    return HEAD + b"".join(lines) + b"\r\nhi"


BEYOND: dict[str, tuple[Callable[[int], bytes], Reason]] = {
    "long-field": (lambda n: HEAD + b"X-A: " + b"x" * (10 * n) + b"\r\n\r\nhi", Reason.TOO_LARGE),
    "fields": (lambda n: HEAD + b"X-A: y\r\n" * n + b"\r\nhi", Reason.TOO_LARGE),
    "parts": (lambda n: HEAD + MIXED + b"\r\n" + b"--b\r\n\r\nx\r\n" * n, Reason.TOO_LARGE),
    "delimiters": (lambda n: HEAD + MIXED + b"\r\n" + b"--b\r\n" * n, Reason.TOO_LARGE),
    "levels": (lambda n: _levels(n // 20), Reason.TOO_DEEP),
    "forwards": (lambda n: HEAD + b"Content-Type: message/rfc822\r\n\r\n" * (n // 20), Reason.TOO_DEEP),
    "parameters": (lambda n: HEAD + TYPE + b"; a=b" * n + b"\r\n\r\nhi", Reason.TOO_LARGE),
    "open-brackets": (lambda n: HEAD + TYPE + b" " + b"(" * n + b"\r\n\r\nhi", Reason.TOO_LARGE),
    "open-brackets-to": (lambda n: HEAD + b"To: " + b"(" * n + b"\r\n\r\nhi", Reason.TOO_LARGE),
    "words": (lambda n: HEAD + b"Subject:" + b" =?utf-8?q?a?=" * n + b"\r\n\r\nhi", Reason.TOO_LARGE),
}
WITHIN: dict[str, Callable[[int], bytes]] = {
    "nested-brackets": lambda n: HEAD + TYPE + b" " + b"(" * n + b")" * n + b"\r\n\r\nhi",
    "backslashes": lambda n: HEAD + b'Content-Disposition: x; filename="' + b"\\" * n + b'"\r\n\r\nhi',
    "quotes": lambda n: HEAD + TYPE + b"; a=" + b'"' * n + b"\r\n\r\nhi",
    "types": lambda n: HEAD + MIXED * n + b"\r\n--b\r\n\r\nhi",
    "same-boundary": lambda n: HEAD + (MIXED + b"\r\n--b\r\n") * (n // 20) + b"hi",
    "alike": lambda n: HEAD + MIXED + b"\r\n" + b"--bx\r\n" * n,
    "spaces-behind": lambda n: HEAD + MIXED + b"\r\n" + b"--b \t \t x\r\n" * n,
    "padding": lambda n: HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"YQ==\r\n" * n,
    "junk": lambda n: HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"Y-Q_#=\r\n" * n,
    "stray-signs": lambda n: (
        HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=x=a5= =\r\n" * n
    ),
    "beginnings": lambda n: HEAD + b"\r\n" + b"begin 644 a\r\n" * n,
    "types-in-text": lambda n: HEAD + b"\r\nx\r\n" + (TYPE + b"\r\n") * n,
    "parts-in-text": lambda n: HEAD + b"\r\nx\r\n" + (b"--x\r\n" + TYPE + b"\r\n\r\nhi\r\n") * n,
}
GROWTH = 3.5
"""Times that a mail twice as long may take: what is quadratic takes four, and the clock is not that exact."""


def seconds(content: bytes) -> float:
    """Processor time of reading a mail, the best of three."""
    best = 9.0
    for _ in range(3):
        began = time.process_time()
        read(content)
        best = min(best, time.process_time() - began)
    return best


@pytest.mark.parametrize(("make", "reason"), BEYOND.values(), ids=BEYOND)
def test_beyond_a_limit_is_said_at_once(make: Callable[[int], bytes], reason: Reason) -> None:
    """A hundred thousand of anything, or five thousand levels, are named as unreadable within two seconds."""
    content = make(100_000)
    began = time.process_time()
    marks = {place.reason for place in read(content).message.unreadable}
    assert reason in marks
    assert time.process_time() - began < 2 * slowness()


@pytest.mark.long
@pytest.mark.parametrize("name", [*BEYOND, *WITHIN])
def test_twice_as_much_takes_twice_as_long(name: str) -> None:
    """No way to write a mail makes reading it quadratic."""
    make = BEYOND[name][0] if name in BEYOND else WITHIN[name]
    assert any(seconds(make(200_000)) < max(0.05, GROWTH * seconds(make(100_000))) for _ in range(3))


def test_a_long_word_beside_an_address_is_read_at_once() -> None:
    """Addresses with blanks in them are looked for word by word: from each letter of a long word it took a minute."""
    assert seconds(HEAD + b"\r\n" + b"a" * 200_000 + b" file%20name %a+b+c+d\r\n") < 1 * slowness()
