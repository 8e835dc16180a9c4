"""Works by year as bars."""

from matchmaker_api.pictures.year_bars import HEIGHT, MOST_YEARS, WIDTH, year_bars


def test_years_without_works_keep_their_place_and_old_ones_are_counted_apart() -> None:
    drawn = year_bars({2025: 4, 2023: 2, 1980: 7, 2005: 1})
    assert drawn is not None
    assert [one.year for one in drawn.bars] == list(range(2025 - MOST_YEARS + 1, 2026))
    assert (drawn.most, drawn.older) == (4, 8)
    assert [one.height for one in drawn.bars[-3:]] == [HEIGHT / 2, 0, HEIGHT]
    assert max(one.x + one.width for one in drawn.bars) <= WIDTH


def test_one_year_is_no_wall_and_none_is_no_picture() -> None:
    drawn = year_bars({2020: 3})
    assert drawn is not None and drawn.bars[0].width < WIDTH / 6
    assert year_bars({}) is None
