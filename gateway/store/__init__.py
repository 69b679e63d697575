"""The database of publications, grants, traces, incidents and audit: the only SQL of the gateway."""

from __future__ import annotations

from collections.abc import Iterable


class StoreRefused(Exception):
    """The store or its keys must not be used; `problems` holds `path: problem` lines (exit status 2)."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class NotDone(Exception):
    """A change that was not made, and why: `problems` holds `subject: reason` lines (exit status 1)."""

    def __init__(self, subject: str, reason: str, more: Iterable[str] = ()) -> None:
        self.problems = (f"{subject}: {reason}", *more)
        super().__init__("\n".join(self.problems))
