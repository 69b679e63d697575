"""The rounds of the office: they end when they are told to."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest

from gateway.rounds import Rounds


class Idle(Rounds):
    """Nothing is ever due."""

    kind = "alert"

    async def _begin(self, now: datetime) -> None:
        return None

    async def _next(self) -> datetime | None:
        return None


@pytest.mark.parametrize("turns", range(6))
def test_an_end_that_comes_with_a_wake(turns: int) -> None:
    """However closely the end follows a wake, the rounds are over: the office would hang on its way out."""

    async def ended() -> bool:
        wake = asyncio.Event()
        running = asyncio.create_task(Idle(1).run(wake))
        await asyncio.sleep(0.01)
        wake.set()
        for _ in range(turns):
            await asyncio.sleep(0)
        running.cancel()
        done, _ = await asyncio.wait([running], timeout=0.3)
        running.cancel()
        return bool(done)

    assert asyncio.run(ended())
