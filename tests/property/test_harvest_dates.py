"""Laws of harvests' dates: what changed at a time that no harvest was complete until is asked for by the next one."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from matchmaker.catalogue.harvest_dates import check_dates, complete_until, since_last

moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(
    lambda one: one.replace(microsecond=0, tzinfo=UTC)
)
days = moments.map(lambda one: one.date().isoformat())
seconds = moments.map(lambda one: one.strftime("%Y-%m-%dT%H:%M:%SZ"))
dates = st.none() | days | seconds


@given(moments, dates, st.booleans())
def test_the_next_harvest_begins_a_day_before_the_end_of_the_last(
    reached: datetime, until: str | None, has_seconds: bool
) -> None:
    since = since_last(reached, until, has_seconds=has_seconds)
    check_dates(since, None)
    begins = datetime.fromisoformat(since).replace(tzinfo=UTC)
    assert timedelta(days=1) <= reached - begins < timedelta(days=2)
    if until:
        assert has_seconds or len(since) == len("2026-01-31")
        assert len(since) == len("2026-01-31") or len(since) == len(until)


@given(st.none() | moments, dates, dates, moments)
def test_the_end_moves_only_forward_and_not_over_a_gap(
    before: datetime | None, since: str | None, until: str | None, responded: datetime
) -> None:
    after = complete_until(before, since, until, responded)
    if before:
        assert after >= before
        if since and datetime.fromisoformat(since).replace(tzinfo=UTC) > before:
            assert after == before
    else:
        assert after <= responded
    if until and after != before:
        assert after <= datetime.fromisoformat(until).replace(tzinfo=UTC) + timedelta(days=1)
