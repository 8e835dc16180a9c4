"""The ranking to a shortlist: those who know and the ways in apart, so that every challenge gets both."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

ROUTE_COUNT = 3
"""Offices, companies and centres on a shortlist."""

Flags = npt.NDArray[np.bool_]


def choose_experts(ranked: Sequence[int], is_route: Flags, count: int) -> list[int]:
    """The best ``count`` positions that are expertise, in their order; ``ranked`` is best first."""
    return [position for position in ranked if not is_route[position]][:count]


def choose_routes(ranked: Sequence[int], is_route: Flags, is_entrance: Flags, count: int = ROUTE_COUNT) -> list[int]:
    """The best ``count`` ways in, the last of them the entrance where it did not come by itself."""
    routes = [position for position in ranked if is_route[position]]
    chosen, passed_over = routes[:count], routes[count:]
    entrance = next((position for position in passed_over if is_entrance[position]), None)
    return chosen if entrance is None else [*chosen[:-1], entrance]
