"""Times and addresses typed on the command line; a bad one ends the command with status 2."""

from __future__ import annotations

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
