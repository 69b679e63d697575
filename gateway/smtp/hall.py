"""What the connections of one worker share: settings, the pipeline, and who is inside."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Protocol

from gateway.link import OfficeLink
from gateway.pipeline import Pipeline
from gateway.replies import Reply
from gateway.setting_sections import Smtp as Settings
from gateway.smtp.next_hop import NextHop
from gateway.smtp.received import ROOM

PASSED_ON = ("8BITMIME", "SMTPUTF8", "DSN")
"""Extensions that we offer as far as the next hop does."""


class Guest(Protocol):
    """A connection, as far as the hall has to do with it."""

    @property
    def busy(self) -> bool:
        """Whether a mail is in the making."""

    @property
    def heard_at(self) -> float:
        """When the client last sent something (loop time)."""

    def dismiss(self) -> None:
        """Say 421 and close."""


@dataclass(slots=True)
class Hall:
    """One for each worker; the link is told of every answer whether its client heard it."""

    settings: Settings
    hostname: str
    pipeline: Pipeline
    next_hop: NextHop
    link: OfficeLink
    tls: ssl.SSLContext | None = None
    inside: set[Guest] = field(default_factory=set)
    mails: set[asyncio.Task[Reply]] = field(default_factory=set)
    closing: bool = False

    def admits(self, ip: str) -> bool:
        """Whether this client may hand in mail."""
        address = ip_address(ip.partition("%")[0])
        address = getattr(address, "ipv4_mapped", None) or address
        return any(address in network for network in self.settings.clients)

    def offers(self) -> dict[str, str]:
        """EHLO keywords: what we can do and the next hop offered when it was last met."""
        beyond = self.next_hop.offers
        limit = self.settings.max_message_bytes
        size = beyond.get("SIZE", "")
        if size.isdigit() and int(size) > ROOM:
            limit = min(limit, int(size) - ROOM)
        offers = {"PIPELINING": "", "ENHANCEDSTATUSCODES": "", "SIZE": str(limit)}
        return offers | {keyword: "" for keyword in PASSED_ON if keyword in beyond}

    def begin(self, task: asyncio.Task[Reply]) -> asyncio.Task[Reply]:
        """Keep a mail's task until it ends: asyncio itself would not."""
        self.mails.add(task)
        task.add_done_callback(self.mails.discard)
        return task

    def dismiss_quiet(self, since: float) -> None:
        """Dismiss who is idle and has sent nothing since then (loop time)."""
        for guest in tuple(self.inside):
            if not guest.busy and guest.heard_at < since:
                guest.dismiss()

    def close(self) -> int:
        """Take nothing new and dismiss who is idle; returns how many are busy.  May be called again."""
        self.closing = True
        busy = [guest for guest in self.inside if guest.busy]
        for guest in tuple(self.inside):
            if not guest.busy:
                guest.dismiss()
        return len(busy) + len(self.mails)
