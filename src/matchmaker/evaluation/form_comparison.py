"""Two forms of the same installation side by side: whether a challenge gets the same answer from both."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matchmaker.domain.challenge import Challenge
from matchmaker.domain.shortlist import DEFAULT_TOP_K
from matchmaker.pipeline import Matcher
from matchmaker.retrieval.index import PassageIndex
from matchmaker.retrieval.vector_index import Ids

ACCEPTED_OVERLAP = 0.98
"""Vectors in half precision may swap the tenth and the eleventh now and then; more would be another answer."""


ACCEPTED_DIFFERENCE = 0.002
"""Between numbers of a unit vector: half precision moves none by more than .0005."""

COMPARED_AT_ONCE = 4_000
"""Vectors that are read from both at once: 6 MB of 384 numbers from each."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A challenge that the two answer differently: whom only one of them has among the best, by id."""

    challenge_id: str
    only_here: tuple[str, ...]
    only_there: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FormComparison:
    """``overlap`` is the mean share of the best that both have, from 0 to 1."""

    challenges: int
    overlap: float
    same_order: int
    """Challenges for which the best are the same in the same order."""
    differences: tuple[Difference, ...]
    vectors: int
    """How many passages' vectors both have."""
    vector_difference: float
    """The greatest difference between a number here and the same one there."""

    @property
    def is_accepted(self) -> bool:
        return self.overlap >= ACCEPTED_OVERLAP and self.vector_difference <= ACCEPTED_DIFFERENCE


def compare_forms(
    here: Matcher, there: Matcher, challenges: Sequence[Challenge], top_k: int = DEFAULT_TOP_K
) -> FormComparison:
    """Rank the best ``top_k`` for each challenge through both; nobody without evidence is among them.

    Raises:
        InvalidChallengeError: a challenge cannot be read.
    """
    overlaps, same_order, differences = [], 0, []
    for (challenge, one), (_, other) in zip(here.rank(challenges, top_k), there.rank(challenges, top_k), strict=True):
        mine, theirs = ([found.collaborator_id for found in ranked if found.probability > 0] for ranked in (one, other))
        same_order += mine == theirs
        overlaps.append(len(set(mine) & set(theirs)) / max(len(mine), len(theirs), 1) if mine or theirs else 1.0)
        only_here, only_there = set(mine) - set(theirs), set(theirs) - set(mine)
        if only_here or only_there:
            differences.append(Difference(challenge.id, tuple(sorted(only_here)), tuple(sorted(only_there))))
    overlap = sum(overlaps) / len(overlaps) if overlaps else 1.0
    vectors = np.intersect1d(here.index.passage_ids, there.index.passage_ids)
    difference = _vector_difference(here.index, there.index, vectors)
    return FormComparison(len(overlaps), overlap, same_order, tuple(differences), len(vectors), difference)


def _vector_difference(here: PassageIndex, there: PassageIndex, ids: Ids) -> float:
    """The greatest difference between numbers of the same passages' vectors."""
    greatest = 0.0
    for first in range(0, len(ids), COMPARED_AT_ONCE):
        some = ids[first : first + COMPARED_AT_ONCE]
        greatest = max(greatest, float(np.abs(here.dense.vectors_of(some) - there.dense.vectors_of(some)).max()))
    return greatest
