"""Works by year as bars, one a year, the last twenty of them; how many are older is told beside."""

from collections.abc import Mapping
from dataclasses import dataclass

MOST_YEARS = 20
"""Bars that can be told apart on a phone."""

WIDTH, HEIGHT = 320.0, 84.0


@dataclass(frozen=True, slots=True)
class YearBar:
    """A year's bar in the drawing's units."""

    year: int
    count: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class YearBars:
    """Bars from left to right; ``older`` works are from before the first."""

    width: float
    height: float
    bars: tuple[YearBar, ...]
    most: int
    older: int


def year_bars(years: Mapping[int, int]) -> YearBars | None:
    """The bars of works by year; None where there is no work with a year."""
    if not years:
        return None
    last = max(years)
    first = max(min(years), last - MOST_YEARS + 1)
    counts = [years.get(year, 0) for year in range(first, last + 1)]
    most = max(counts)
    step = WIDTH / max(len(counts), 8)  # few years are not to become walls
    return YearBars(
        WIDTH,
        HEIGHT,
        tuple(_bar(first + number, count, number * step, step, most) for number, count in enumerate(counts)),
        most,
        sum(count for year, count in years.items() if year < first),
    )


def _bar(year: int, count: int, x: float, step: float, most: int) -> YearBar:
    height = round(HEIGHT * count / most, 1)
    return YearBar(year, count, round(x, 1), round(HEIGHT - height, 1), round(step - 2, 1), height)
