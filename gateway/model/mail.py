"""A mail as it came: envelope (RFC 5321), client, content."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from gateway.model.times import aware


@dataclass(frozen=True, slots=True)
class Recipient:
    """One envelope recipient as it was given: the address to relay to and its RCPT parameters, in order (RFC 3461)."""

    address: str
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Envelope:
    """RFC 5321 envelope; `sender` None is the null reverse-path; parameters are those of MAIL, as received."""

    sender: str | None
    recipients: tuple[Recipient, ...]
    parameters: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.sender in ("", "<>"):
            raise ValueError("the null sender is None")

    @property
    def addresses(self) -> tuple[str, ...]:
        """Recipient addresses in the order of the RCPT commands."""
        return tuple(recipient.address for recipient in self.recipients)


@dataclass(frozen=True, slots=True)
class Client:
    """Who handed us the mail: its address, what it said in EHLO, and the protocol word of RFC 3848."""

    ip: str
    helo: str = ""
    protocol: str = "ESMTP"


@dataclass(frozen=True, slots=True)
class Mail:
    """Envelope and content as received; `received_at` is when the final dot came (aware)."""

    envelope: Envelope
    content: bytes = field(repr=False)
    client: Client
    received_at: datetime

    def __post_init__(self) -> None:
        aware(self.received_at, "received_at")
