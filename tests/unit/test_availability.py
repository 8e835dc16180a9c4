"""What a group has room for."""

from datetime import date

from matchmaker.domain.availability import Availability, Hindrance

DAY = date(2027, 5, 31)


def test_a_pause_includes_its_last_day() -> None:
    assert Availability(paused_until=DAY).hindrances(DAY, 0) == (Hindrance.PAUSED,)
    assert Availability(paused_until=DAY).hindrances(date(2027, 6, 1), 0) == ()


def test_a_group_is_full_when_its_cap_is_reached() -> None:
    assert Availability(cap=2).hindrances(DAY, 1) == ()
    assert Availability(cap=2).hindrances(DAY, 2) == (Hindrance.FULL,)
    assert Availability(cap=0, paused_until=DAY).hindrances(DAY, 0) == (Hindrance.PAUSED, Hindrance.FULL)
    assert Availability().hindrances(DAY, 1000) == (), "who has said nothing has room"
