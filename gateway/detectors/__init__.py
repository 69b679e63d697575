"""Detectors: a message, the rules and the register in, findings out.  No detector decides anything."""

from __future__ import annotations

from datetime import datetime

from gateway.detectors import banner, file, unreadable
from gateway.detectors.page import pages
from gateway.detectors.rule import RuleSet
from gateway.model import Finding, Message, Register

__all__ = ["find"]


def find(rules: RuleSet, message: Message, register: Register, now: datetime) -> tuple[Finding, ...]:
    """All findings of all detectors at `now`, each once, in the order of detectors and parts.

    The same message, register and time give the same tuple.
    """
    found = (
        *banner.find(rules, pages(message), register, now),
        *file.find(rules, message, register, now),
        *unreadable.find(rules, message),
    )
    return tuple(dict.fromkeys(found))
