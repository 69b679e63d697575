"""The newest incidents that somebody may see: bounded, and filled with theirs alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from gateway.store import newest
from gateway.store.database import Database
from gateway.store.keys import Keys
from tests.filed import NOW, file, register_publication


def test_incidents_of_others_take_nobodys_place(store: tuple[Database, Keys]) -> None:
    """Many newer incidents of another publication push none of mine out of my list; the newest come first."""
    register_publication(*store)
    register_publication(*store, name="other")
    for number in range(3):
        file(*store, f"MINE222{number + 2}", now=NOW + timedelta(seconds=number))
        file(*store, f"OTHER22{number + 2}", publications=("other",), now=NOW + timedelta(minutes=number + 1))

    def mine(keys: Sequence[str | None]) -> bool:
        return "cla-2018" in keys

    found = newest.incidents_in(store[0], "held", 2, mine)
    assert ["MINE2224", "MINE2223"] == [incident.ref for incident in found]
    assert [] == newest.incidents_in(store[0], "held", 2, lambda _keys: False)
    assert [] == newest.incidents_in(store[0], "observed", 2, mine)
