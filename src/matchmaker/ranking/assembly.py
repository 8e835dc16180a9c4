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


def cover_parts(
    chosen: Sequence[int], ranked: Sequence[int], answers: Sequence[Sequence[int]], count: int
) -> list[int]:
    """``chosen``, at most ``count``, with somebody for every part that anybody answers, as far as there is room.

    Part by part its best comes in where none of its own is there yet, on a free place or on the last one whose holder
    is neither the first nor alone in answering some part. ``ranked`` is best first and orders the result; ``answers``
    has for each part those who answer it, best first.
    """
    kept = list(chosen)
    for part in answers:
        if not part or set(part) & set(kept):
            continue
        if len(kept) == count:
            alone = {own.pop() for one in answers if len(own := set(one) & set(kept)) == 1}
            dispensable = [position for position in kept if position not in alone and position != chosen[0]]
            if not dispensable:
                break
            kept.remove(dispensable[-1])
        kept.append(part[0])
    place = {position: number for number, position in enumerate(ranked)}
    return sorted(kept, key=place.__getitem__)
