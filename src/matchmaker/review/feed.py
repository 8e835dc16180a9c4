"""What has happened to a municipality's challenges, in order, for who asks again and again."""

import heapq
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from matchmaker.db.portal import Municipalities, Place, ToldEvent, list_releases, list_told_events
from matchmaker.db.session import LONGEST_WAIT_SECONDS, Database
from matchmaker.review.status import TOLD

SETTLED = timedelta(seconds=LONGEST_WAIT_SECONDS)
"""A release is told when it is so old: its time is set before the transaction that writes it has waited for its turn,
so that a later one could be read first, and this one be passed by. Events have numbers, which are drawn and committed
in the same order (``Turn.CASES``)."""


@dataclass(frozen=True, slots=True)
class FeedPlace:
    """How far a reader has come, in each of the two streams."""

    event: int = 0
    release: Place | None = None


def read_feed(
    database: Database, whose: Municipalities, after: FeedPlace, limit: int, now: datetime | None = None
) -> tuple[list[ToldEvent], FeedPlace]:
    """The next events, oldest first, and the place behind the last of them."""
    now = now or datetime.now(UTC)
    with database.reading(may_be_behind=True) as session:
        events = list_told_events(session, whose, TOLD, after.event, limit)
        releases = list_releases(session, whose, after.release, now - SETTLED, limit)
    told = list(heapq.merge(events, releases, key=lambda one: one.at))[:limit]
    numbers = [one.number for one in told if one.number is not None]
    sent = [one for one in told if one.number is None]
    release = (sent[-1].at, sent[-1].id.removeprefix("release-")) if sent else after.release
    return told, FeedPlace(numbers[-1] if numbers else after.event, release)
