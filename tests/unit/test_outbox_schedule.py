"""When a failed message is tried again: three days, in growing steps, and then no more."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.notify.schedule import DELAYS, JITTER, MAXIMUM_ATTEMPTS, next_attempt

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)


@given(seed=st.integers(0, 10_000))
def test_a_message_is_tried_for_three_days_and_then_given_up(seed: int) -> None:
    draw = random.Random(seed)
    now, attempts, pauses = NOW, 1, []
    while (again := next_attempt(attempts, now, draw=draw)) is not None:
        pauses.append(again - now)
        now, attempts = again, attempts + 1
    assert attempts == MAXIMUM_ATTEMPTS
    assert timedelta(days=3) * (1 - JITTER) < now - NOW < timedelta(days=3.5)
    assert pauses == sorted(pauses)
    assert pauses[0] < timedelta(seconds=6), "a hiccup is made up for at once"


def test_what_failed_together_is_not_tried_again_together() -> None:
    assert len({next_attempt(3, NOW) for _ in range(20)}) > 15


@pytest.mark.parametrize(
    ("wished", "least", "most"),
    [
        (timedelta(hours=1), timedelta(hours=1), timedelta(hours=1)),
        (timedelta(days=30), timedelta(days=1), timedelta(days=1)),
        (timedelta(seconds=1), DELAYS[1] * (1 - JITTER), DELAYS[1] * (1 + JITTER)),
    ],
)
def test_a_receiver_may_ask_for_a_longer_pause_within_a_day(
    wished: timedelta, least: timedelta, most: timedelta
) -> None:
    again = next_attempt(2, NOW, wished)
    assert again is not None
    assert least <= again - NOW <= most
