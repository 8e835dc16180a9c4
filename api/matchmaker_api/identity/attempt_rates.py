"""How often somebody may try to sign in: for each account and each address, in the memory of the process.

Addresses are kept in memory for the length of a window and written nowhere.
"""

import ipaddress
import math
import time

from fastapi import Request
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from matchmaker.domain.access import TooManyRequestsError
from matchmaker.domain.errors import mark

PER_ADDRESS = parse("30/15 minutes")
"""A municipality's whole network may come from one address."""

PER_SUBJECT = parse("10/15 minutes")
"""For one account or mail address from one network. So few guesses find no password that we allow."""

PER_SUBJECT_ANYWHERE = parse("60/15 minutes")
"""For one account from all networks together: more than one stranger can use up to keep its owner out."""

PER_ADDRESS_AND_DAY = parse("300/day")


class AttemptRates:
    """The limits of a running server."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def spend(self, request: Request, subject: str) -> None:
        """Count a try, of an account that may or may not exist.

        Raises:
            TooManyRequestsError: nothing was left.
        """
        client = network_of(request)
        who = subject.strip().lower()[:300]
        kinds = (
            (PER_ADDRESS, client),
            (PER_ADDRESS_AND_DAY, client),
            (PER_SUBJECT, f"{who} {client}"),
            (PER_SUBJECT_ANYWHERE, who),
        )
        for limit, key in kinds:
            if not self._limiter.hit(limit, "sign-in", key):
                resets = self._limiter.get_window_stats(limit, "sign-in", key).reset_time
                wait = max(math.ceil(resets - time.time()), 1)
                raise TooManyRequestsError(
                    mark("There were too many requests. Wait {seconds} seconds."), retry_after=wait, headers={}
                )


def network_of(request: Request) -> str:
    """Where a request comes from as it is counted: of IPv6 the /64, all of which one household or office has."""
    address = request.client.host if request.client else ""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else str(parsed)
