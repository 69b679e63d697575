"""One mail that is looked through while the register may change: what the change did not touch is not done again.

Conversations change with every mail of a circulation, some in a second, and a grant is given on the phone.  A large
mail that takes longer than that to look through would never be done.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.detectors import find, thread
from gateway.detectors.evidence import Evidence
from gateway.detectors.rule import RuleSet
from gateway.model import Detector, Finding, Message, Register

_ORDER = tuple(Detector)


@dataclass(slots=True)
class Looking:
    """What is found in a message at `now`, whatever register it is asked about; the last answer is remembered."""

    rules: RuleSet
    message: Message
    now: datetime
    _last: tuple[Register, tuple[Finding, ...]] | None = None

    def find(self, register: Register) -> tuple[Finding, ...]:
        """Just what `gateway.detectors.find` finds with this register."""
        before, found = self._last or (None, ())
        if before is None or not _alike(before, register):
            found = find(self.rules, self.message, register, self.now)
        elif before.threads is not register.threads:
            found = self._with_threads(found, register)
        self._last = register, found
        return found

    def _with_threads(self, found: tuple[Finding, ...], register: Register) -> tuple[Finding, ...]:
        other = (each for each in found if each.detector is not Detector.THREAD)
        led = Evidence(self.message, register).standing(
            thread.find(self.rules, self.message, register, self.now)
        )
        return tuple(sorted(dict.fromkeys((*other, *led)), key=lambda each: _ORDER.index(each.detector)))


def _alike(one: Register, other: Register) -> bool:
    """Whether two registers are the same for every detector but that of threads: these know nothing of people."""
    return (
        one.texts is other.texts
        and one.figures is other.figures
        and one.links is other.links
        and one.trace_key == other.trace_key
        and one.exempt == other.exempt
        and one.publications == other.publications
        and one.files == other.files
    )
