"""What is decided of one mail while the register may change: decided now, and whether that comes to the same again.

A circulation changes its conversations and its access lists by the minute, and a large mail may take minutes to the
next hop.  Only a change that makes a difference to the mail is a reason not to end it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from gateway.detectors import thread
from gateway.detectors.hint import hints
from gateway.detectors.looking import Looking
from gateway.features.threads import Note
from gateway.model import Decision, Mail, Policy, Register
from gateway.policy import decide, excuse

_LARGE = 262_144
"""Characters and bytes; what is looked through in less time than a thread costs."""


@dataclass(frozen=True, slots=True)
class Decided:
    """The decision about a mail, the register it was made by, and how the mail is to be known by its thread."""

    register: Register
    decision: Decision
    notes: tuple[Note, ...] = ()

    def does_as(self, other: Decided) -> bool:
        """Whether both do the same with a mail that is on its way: relay it untold, or with the very same incident."""
        one, two = self.decision, other.decision
        return one == two if one.incident else not two.incident


@dataclass(frozen=True, slots=True)
class Deciding:
    """One mail, read, before whatever register `current` gives; `released` is whom its content was released to."""

    mail: Mail
    looking: Looking
    policy: Policy
    released: Mapping[str, frozenset[str | None]]
    current: Callable[[], Register]

    async def decided(self) -> Decided:
        """What the present register makes of the mail; raises RegisterUnreadable."""
        register = self.current()
        decision = await self._decision(register)
        return Decided(register, decision, thread.notes(self.looking.message, decision.findings, register))

    def is_by_the_present(self, decided: Decided) -> bool:
        """Whether the register has not changed since; raises RegisterUnreadable."""
        return self.current().epoch == decided.register.epoch

    async def _decision(self, register: Register) -> Decision:
        message = self.looking.message
        # Much text takes a thread, so that the others of this worker go on meanwhile; a small archive may hold much.
        large = len(self.mail.content) + sum(len(part.text) for part in message.parts) > _LARGE
        find = self.looking.find
        findings = await asyncio.to_thread(find, register) if large else find(register)
        made = decide(self.mail.envelope, findings, register, self.policy, self.looking.now)
        decision = excuse(made, self.released)
        if not decision.incident:
            return decision
        about = (message, register, decision.findings)
        return replace(decision, hints=await asyncio.to_thread(hints, *about) if large else hints(*about))
