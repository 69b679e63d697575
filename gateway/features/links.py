"""Links: registered addresses and folders on the web, as keyed digests of their canonical forms."""

from __future__ import annotations


class Links:
    """The registered links."""
