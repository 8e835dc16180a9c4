"""When a failed message is tried again."""

import random
from datetime import datetime, timedelta

DELAYS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""After each failed attempt; three days in all. The example of the Standard Webhooks specification, "Deliverability and
reliability": https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md"""

MAXIMUM_ATTEMPTS = len(DELAYS) + 1

JITTER = 0.08
"""The share by which a delay is drawn shorter or longer, so that what failed together is not tried again together."""

LONGEST_WISH = timedelta(hours=24)
"""A receiver that asks for a longer pause is not heeded: the message would outlive its schedule."""

_random = random.Random()  # noqa: S311  # spreads load, guards nothing


def next_attempt(
    attempts: int, now: datetime, wished: timedelta | None = None, draw: random.Random = _random
) -> datetime | None:
    """When to try again after so many failed attempts, not before what the receiver wished; None: give up."""
    if attempts > len(DELAYS):
        return None
    delay = DELAYS[max(attempts, 1) - 1] * draw.uniform(1 - JITTER, 1 + JITTER)
    return now + max(delay, min(wished or timedelta(0), LONGEST_WISH))
