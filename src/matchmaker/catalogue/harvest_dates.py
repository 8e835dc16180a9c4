"""From when until when a harvest asks for changes, and until when all changes are there after it.

Dates are as OAI-PMH has them: a day (``2026-01-31``) or a second (``2026-01-31T12:00:00Z``), both in UTC.
"""

import re
from datetime import UTC, date, datetime, time, timedelta

from matchmaker.catalogue.oai_page import HarvestError
from matchmaker.domain.errors import mark

OVERLAP = timedelta(days=1)
"""How much of the time before the last harvest is asked for again: servers' clocks differ from their records' dates,
and some give a record its date before its change is approved and shown."""

_FORM = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z)?", re.ASCII)


def check_dates(since: str | None, until: str | None) -> None:
    """Check what a user gave.

    Raises:
        HarvestError: it is no date, or the first one is after the last one.
    """
    for value in filter(None, (since, until)):
        try:
            is_date = bool(_FORM.fullmatch(value)) and bool(_start(value))
        except ValueError:
            is_date = False
        if not is_date:
            template = mark("{value} is not a date such as 2026-01-31 or 2026-01-31T12:00:00Z.")
            raise HarvestError(template, value=value)
    if since and until and _start(since) > _end(until):
        raise HarvestError(mark("The first date is after the last one."))


def since_last(complete_until: datetime, until: str | None, *, has_seconds: bool) -> str:
    """Since when the next harvest asks; in days where the server knows no more, or ``until`` is a day."""
    moment = (complete_until - OVERLAP).astimezone(UTC)
    if has_seconds and (until is None or "T" in until):
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    return moment.date().isoformat()


def complete_until(before: datetime | None, since: str | None, until: str | None, responded: datetime) -> datetime:
    """Until when nothing is missing after a harvest that the server began to answer at ``responded``.

    A harvest that begins after the end of those before it leaves a gap: then nothing has moved.
    """
    if before and since and _start(since) > before:
        return before
    reached = min(responded, _end(until)) if until else responded
    return max(before, reached) if before else reached


def _start(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _end(text: str) -> datetime:
    """The last moment of a day, or the moment itself."""
    return _start(text) if "T" in text else datetime.combine(date.fromisoformat(text), time.max, UTC)
