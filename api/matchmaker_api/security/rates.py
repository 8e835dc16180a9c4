"""How often a client may ask: a moving window for each, kept in the memory of the process.

The headers are those of draft-ietf-httpapi-ratelimit-headers-10: a policy's quota ``q`` in a window of ``w`` seconds,
and what remains of it, ``r``, with the seconds ``t`` until more does.
"""

import math
import time
from enum import StrEnum

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from matchmaker.domain.access import TooManyRequestsError
from matchmaker.domain.errors import mark
from matchmaker.settings import Settings


class Rate(StrEnum):
    """By which limit a route is counted."""

    DEFAULT = "default"
    DRAFT = "draft"
    """Beginning a challenge, which anybody may: counted by network."""
    PREVIEW = "preview"
    """How a text is understood while it is written: counted by network."""
    MATCH = "match"
    """Matching a text takes the processor, and shows what no human has seen."""


class Rates:
    """The limits of a running server."""

    def __init__(self, settings: Settings) -> None:
        self._limits: dict[Rate, RateLimitItem] = {
            Rate.DEFAULT: parse(settings.api_rate),
            Rate.DRAFT: parse(settings.draft_rate),
            Rate.PREVIEW: parse(settings.preview_rate),
            Rate.MATCH: parse(settings.match_rate),
        }
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def spend(self, client: str, rate: Rate) -> dict[str, str]:
        """Count a request of a client; returns the headers that tell what is left.

        Raises:
            TooManyRequestsError: nothing was left.
        """
        limit = self._limits[rate]
        allowed = self._limiter.hit(limit, client, rate.value)
        stats = self._limiter.get_window_stats(limit, client, rate.value)
        wait = max(math.ceil(stats.reset_time - time.time()), 1)
        headers = {
            "RateLimit-Policy": f'"{rate}";q={limit.amount};w={limit.get_expiry()}',
            "RateLimit": f'"{rate}";r={max(stats.remaining, 0)};t={wait}',
        }
        if not allowed:
            raise TooManyRequestsError(
                mark("There were too many requests. Wait {seconds} seconds."), retry_after=wait, headers=headers
            )
        return headers
