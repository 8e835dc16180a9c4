"""The ranking to a shortlist: those who know and the ways in apart, so that every challenge gets both."""

from collections.abc import Mapping, Sequence

from matchmaker.domain.collaborator import Collaborator

ROUTE_COUNT = 3
"""Offices, companies and centres on a shortlist."""


def choose_experts(ranked: Sequence[int], who: Mapping[int, Collaborator], count: int) -> list[int]:
    """The best ``count`` positions that are expertise, in their order; ``ranked`` is best first."""
    return [position for position in ranked if not who[position].kind.is_route][:count]


def choose_routes(ranked: Sequence[int], who: Mapping[int, Collaborator], count: int = ROUTE_COUNT) -> list[int]:
    """The best ``count`` ways in, the last of them the entrance where it did not come by itself."""
    routes = [position for position in ranked if who[position].kind.is_route]
    chosen, passed_over = routes[:count], routes[count:]
    entrance = next((position for position in passed_over if who[position].is_entrance), None)
    return chosen if entrance is None else [*chosen[:-1], entrance]
