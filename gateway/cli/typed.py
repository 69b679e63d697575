"""Times, addresses and names typed on the command line; a bad one ends the command with status 2."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from gateway.cli.common import WRONG_CALL, fail


def time_of(option: str, text: str, zone: ZoneInfo) -> datetime:
    """An aware time; without an offset it is wall time in `zone`.  `option` is what the error names."""
    from gateway.moments import MomentError, moment

    try:
        return moment(text, zone)
    except MomentError as error:
        fail(f"{option}: {error}", WRONG_CALL)


def address_of(option: str, text: str) -> str:
    """The canonical form of an address."""
    from gateway.address import AddressError, typed

    try:
        return typed(text)
    except AddressError as error:
        fail(f"{option}: {error}", WRONG_CALL)


def title_of(option: str, text: str) -> str:
    """Printable text on one line."""
    title = " ".join(text.split())
    if not title or not title.isprintable():
        fail(f"{option}: must be printable text", WRONG_CALL)
    return title


def required(options: Mapping[str, str | None]) -> list[str]:
    """The values of options that another one makes optional; the first that is missing ends the command."""
    for option, value in options.items():
        if value is None:
            fail(f"embargo-gateway publication add: Missing option '{option}'.", WRONG_CALL)
    return [value for value in options.values() if value is not None]
