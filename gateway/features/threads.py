"""Threads: the mails of conversations in which a publication was found, by keyed digests of their Message-IDs."""

from __future__ import annotations


class Threads:
    """The known conversations."""
