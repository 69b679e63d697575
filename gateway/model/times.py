"""Aware times only: a naive one is an hour wrong for half the year."""

from __future__ import annotations

from datetime import datetime


def aware(when: datetime, name: str) -> None:
    """Raise ValueError unless `when` carries an offset: a naive time is an hour wrong for half the year."""
    if when.tzinfo is None or when.utcoffset() is None:
        raise ValueError(f"{name}: a time needs a UTC offset")
