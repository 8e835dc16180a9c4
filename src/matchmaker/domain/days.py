"""Which day it is: in Norrbotten, wherever the machine stands. All moments are kept in UTC."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

TIME_ZONE = "Europe/Stockholm"


def local_day(moment: datetime | None = None) -> date:
    """The day of a moment, by default of now, where municipalities and advisers are."""
    return (moment or datetime.now(UTC)).astimezone(ZoneInfo(TIME_ZONE)).date()


def day_begins(day: date) -> datetime:
    """The moment at which a day begins there, in UTC."""
    return datetime.combine(day, time(), ZoneInfo(TIME_ZONE)).astimezone(UTC)
