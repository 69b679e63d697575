"""An incident as facts: its states as a table, its times, and what the client asked for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.incident import NEXT, Standing, asked_at, may_notify, parameter, standing, wants_failure
from tests.filed import MINUTE, NOW, PLANNED

standings = st.lists(st.sampled_from(Standing), min_size=1)


@given(standings)
def test_held_while_any_is(given_standings: list[Standing]) -> None:
    """An incident is held while any recipient is, and else releasing while any is."""
    state = standing(given_standings)

    assert (Standing.HELD in given_standings) == (state is Standing.HELD)
    if state is not Standing.HELD:
        assert (Standing.RELEASING in given_standings) == (state is Standing.RELEASING)


def test_ends_are_final() -> None:
    """Only held and releasing recipients have a next state, and no end leads back."""
    assert {Standing.HELD, Standing.RELEASING} == set(NEXT)
    assert not any(Standing.HELD in following for following in NEXT.values())


@pytest.mark.parametrize(
    ("opened", "want"),
    [
        pytest.param(PLANNED - timedelta(days=1), timedelta(minutes=30), id="a-day-before"),
        pytest.param(PLANNED - timedelta(minutes=50), timedelta(minutes=10), id="last-hour"),
        pytest.param(PLANNED - timedelta(minutes=65), timedelta(minutes=10), id="reaches-into-the-last-hour"),
        pytest.param(PLANNED - timedelta(minutes=75), timedelta(minutes=15), id="last-hour-begins-meanwhile"),
        pytest.param(PLANNED + timedelta(days=1), timedelta(minutes=10), id="overdue"),
    ],
)
def test_patience_shrinks_in_the_last_hour(opened, want) -> None:  # type: ignore[no-untyped-def]
    """The next level is asked after the set time, after a third of it in the last hour before publication."""
    assert opened + want == asked_at(opened, PLANNED, timedelta(minutes=30))


def test_patience_without_a_planned_time() -> None:
    """An incident of no known publication has the full patience."""
    assert NOW + 30 * MINUTE == asked_at(NOW, None, 30 * MINUTE)


@pytest.mark.parametrize(
    ("parameters", "notify", "failure"),
    [
        pytest.param((), True, True, id="nothing-said"),
        pytest.param(("NOTIFY=NEVER",), False, False, id="never"),
        pytest.param(("notify=never",), False, False, id="never-lower-case"),
        pytest.param(("NOTIFY=SUCCESS,FAILURE",), True, True, id="failure-named"),
        pytest.param(("NOTIFY=SUCCESS",), True, False, id="failure-not-named"),
        pytest.param(("ORCPT=rfc822;NOTIFY+3DNEVER",), True, True, id="another-parameter"),
    ],
)
def test_notify(parameters: tuple[str, ...], notify: bool, failure: bool) -> None:
    """Whether the sender may be written to is what NOTIFY says (RFC 3461)."""
    assert (notify, failure) == (may_notify(parameters), wants_failure(parameters))


def test_parameter_keeps_its_value() -> None:
    """A parameter's value is everything after the first equals sign."""
    assert "rfc822;a=b" == parameter(("ORCPT=rfc822;a=b",), "ORCPT")
    assert "" == parameter(("SMTPUTF8",), "SMTPUTF8")
    assert parameter((), "ENVID") is None
