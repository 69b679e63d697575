"""Every SMTP reply that the gateway itself originates.

A `Reply` checks that its code and its enhanced code (RFC 3463) agree, so that this table cannot lie.  Text that came
from elsewhere (the next hop) passes through `Reply.foreign`, which makes it printable ASCII of one reply's length.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

_ENHANCED = re.compile(r"([245])\.[0-9]{1,3}\.[0-9]{1,3}\Z")
_UNPRINTABLE = re.compile(r"[^ -~]")
_LEADING_ENHANCED = re.compile(r"([245]\.[0-9]{1,3}\.[0-9]{1,3})(?:[ \t]+|\Z)")
_MAX_TEXT = 480
"""RFC 5321 section 4.5.3.1.5 allows 512 octets for a reply line, code and CRLF included."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Code, enhanced code (empty for greetings, EHLO and 354) and text of one SMTP reply."""

    code: int
    enhanced: str
    text: str

    def __post_init__(self) -> None:
        if not 200 <= self.code <= 599:
            raise ValueError(f"reply code {self.code}")
        if self.enhanced:
            match = _ENHANCED.match(self.enhanced)
            if match is None or int(match[1]) != self.code // 100:
                raise ValueError(f"{self.code} does not agree with {self.enhanced!r}")
        if _UNPRINTABLE.search(self.text) or len(self.text) > _MAX_TEXT:
            raise ValueError("a reply is printable ASCII of one line")

    def __str__(self) -> str:
        return " ".join(filter(None, (str(self.code), self.enhanced, self.text)))

    @property
    def positive(self) -> bool:
        """2xx or 354."""
        return self.code < 400

    @property
    def temporary(self) -> bool:
        """4xx: the client keeps the mail and tries again."""
        return 400 <= self.code < 500

    def about(self, **facts: str) -> Reply:
        """The same reply with the `{name}` places of its text filled in."""
        return replace(self, text=self.text.format(**facts))

    @classmethod
    def foreign(cls, code: int, text: str) -> Reply:
        """A next hop's reply (code, text after the code) made safe: class and code kept, text sanitised.

        A code outside 200..599 is not SMTP and becomes 451.  An enhanced code that disagrees is dropped.
        """
        if not 200 <= code <= 599 or 300 <= code < 400:
            return NEXT_HOP_GARBLED
        clean = _UNPRINTABLE.sub("?", " ".join(text.split()))
        enhanced = f"{code // 100}.0.0"
        match = _LEADING_ENHANCED.match(clean)
        if match is not None:
            clean = clean[match.end() :]
            if int(match[1][0]) == code // 100:
                enhanced = match[1]
        return cls(code, enhanced, clean[:_MAX_TEXT])


OK = Reply(250, "2.0.0", "Ok")
START_MAIL = Reply(354, "", "End data with <CR><LF>.<CR><LF>")
BYE = Reply(221, "2.0.0", "Bye")
READY_FOR_TLS = Reply(220, "2.0.0", "Ready to start TLS")
HELD = Reply(250, "2.0.0", "Held for review, reference {ref}")
REJECTED = Reply(
    550,
    "5.7.1",
    "Not sent: restricted until published, reference {ref}. Not on the access list: {who}. Ask {lead}",
)

INTERNAL = Reply(451, "4.3.0", "Temporary failure, reference {ref}")
SCAN_UNFINISHED = Reply(451, "4.3.0", "Content check not finished, try again later")
REGISTER_UNREADABLE = Reply(451, "4.3.0", "Register not available, try again later")
STORE_UNAVAILABLE = Reply(452, "4.3.1", "Insufficient system storage, try again later")
NEXT_HOP_DOWN = Reply(451, "4.4.1", "Next mail system not available, try again later")
NEXT_HOP_LOST = Reply(451, "4.4.2", "Connection to the next mail system was lost, try again later")
NEXT_HOP_GARBLED = Reply(451, "4.4.2", "Next mail system gave no usable answer, try again later")
NEXT_HOP_TLS = Reply(451, "4.7.5", "Next mail system could not be verified, try again later")
RECIPIENT_CHANGED = Reply(
    451, "4.4.2", "Next mail system changed its mind about a recipient, try again later"
)
FEATURE_GONE = Reply(451, "4.4.1", "Next mail system no longer offers what this mail needs, try again later")
LOOP = Reply(554, "5.4.6", "Mail loop detected")

RELAYING_DENIED = Reply(550, "5.7.1", "Relaying denied")
BARE_CONTROL = Reply(550, "5.6.11", "Bare CR, LF or NUL in content")
LINE_TOO_LONG = Reply(554, "5.6.0", "Line too long in content")
TOO_BIG = Reply(552, "5.3.4", "Message size exceeds fixed limit")
TOO_MANY_RECIPIENTS = Reply(452, "4.5.3", "Too many recipients")
BAD_COMMAND = Reply(500, "5.5.2", "Command not recognized")
BAD_LINE = Reply(500, "5.5.2", "Command line malformed")
COMMAND_TOO_LONG = Reply(500, "5.5.2", "Command line too long")
BAD_ARGUMENT = Reply(501, "5.5.4", "Syntax error in arguments")
BAD_PARAMETER = Reply(555, "5.5.4", "Parameter not recognized")
BAD_SENDER = Reply(553, "5.1.7", "Sender address not valid")
BAD_RECIPIENT = Reply(553, "5.1.3", "Recipient address not valid")
NEEDS_SMTPUTF8 = Reply(553, "5.6.7", "Address needs SMTPUTF8")
BAD_SEQUENCE = Reply(503, "5.5.1", "Bad sequence of commands")
NO_RECIPIENTS = Reply(503, "5.5.1", "No valid recipients")
TLS_REQUIRED = Reply(530, "5.7.0", "Must issue a STARTTLS command first")
TLS_UNAVAILABLE = Reply(454, "4.7.0", "TLS not available")
NOT_HTTP = Reply(521, "5.5.1", "This is a mail server")
TALKS_EARLY = Reply(554, "5.5.0", "Commands before the greeting")
TOO_MANY_ERRORS = Reply(421, "4.7.0", "Too many errors")
TIMED_OUT = Reply(421, "4.4.2", "Timed out waiting for the client")
TOO_BUSY = Reply(421, "4.3.2", "Too many connections, try again later")
SHUTTING_DOWN = Reply(421, "4.3.2", "Service is restarting, try again later")


class GatewayError(Exception):
    """Base of all errors with a reply of their own; `reply` is public, the exception's text is for our log only."""

    reply: Reply = INTERNAL

    def __init__(self, inside: str = "", reply: Reply | None = None) -> None:
        super().__init__(inside)
        if reply is not None:
            self.reply = reply


class ScanUnfinished(GatewayError):
    """The scanner died or no scanner could be had; the client tries again."""

    reply = SCAN_UNFINISHED


class RegisterUnreadable(GatewayError):
    """No snapshot of the register is young enough: nobody can say that a mail is clean."""

    reply = REGISTER_UNREADABLE


class StoreUnavailable(GatewayError):
    """The store could not take what must be held or recorded."""

    reply = STORE_UNAVAILABLE


class StoreDamaged(StoreUnavailable):
    """What the store's file holds is no whole database."""


class StoreFailed(StoreUnavailable):
    """A sync of the store failed: this process asks it nothing more and ends."""


class NextHopUnavailable(GatewayError):
    """The next hop could not be reached, or refused us before a mail was begun."""

    reply = NEXT_HOP_DOWN


class NextHopLost(GatewayError):
    """The connection to the next hop broke inside a transaction."""

    reply = NEXT_HOP_LOST


class NextHopUnverified(GatewayError):
    """TLS with the next hop failed where the configuration requires it; there is no fall-back to clear text."""

    reply = NEXT_HOP_TLS


_MAX_NAMED, _LONGEST_NAME = 3, 45
"""Addresses in a reply: with both lists they fit into its 512 octets (RFC 5321 section 4.5.3.1.5)."""


def named(addresses: Sequence[str]) -> str:
    """Addresses for a reply: printable ASCII, a few of many."""
    shown = [a.encode("ascii", "backslashreplace").decode()[:_LONGEST_NAME] for a in addresses[:_MAX_NAMED]]
    more = len(addresses) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def reply_for(error: BaseException, ref: str) -> Reply:
    """The public reply of an error: its own, or for a bug 451 with a reference and not a word of the exception."""
    if isinstance(error, GatewayError) and error.reply is not INTERNAL:
        return error.reply
    return INTERNAL.about(ref=ref)


def kind(error: GatewayError) -> str:
    """What an error is counted as: one of the closed set of `errors_total`."""
    name = type(error).__name__
    for start, word in (
        ("NextHop", "next_hop"),
        ("Store", "store"),
        ("Register", "register"),
        ("Scan", "scanner"),
    ):
        if name.startswith(start):
            return word
    return "next_hop"
