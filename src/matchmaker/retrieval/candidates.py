"""Who is scored at all: everybody in a small collection, in a large one those of whom a channel finds a passage."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from matchmaker.retrieval.encoder import Vectors
from matchmaker.retrieval.index import PassageIndex
from matchmaker.retrieval.lexical_index import Terms
from matchmaker.retrieval.vector_index import SMALL_COLLECTION

CANDIDATE_PASSAGES = 200
"""How many passages each channel finds in a large collection; not tuned. scripts/benchmark_growth.py compares the ten
best with those of exact scores."""

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Candidates:
    """Collaborators by position, rising; ``EVERYBODY`` is known by being that object."""

    positions: Positions


EVERYBODY: Final = Candidates(np.zeros(0, dtype=np.int64))


class CandidateSearch:
    """Finds candidates through both channels, and scores all their passages exactly.

    A collaborator's score is a smooth maximum over its passages, so that nobody can be among the best without a
    passage that is among the best.
    """

    def __init__(self, index: PassageIndex, small: int = SMALL_COLLECTION, depth: int = CANDIDATE_PASSAGES) -> None:
        self._index = index
        self._depth = depth
        self.finds_everybody = index.passage_count <= small
        if not self.finds_everybody:
            self._speakers = index.attribution.speakers(index.passage_count)

    def find(self, vector: Vectors, terms: Terms, *, dense: bool = True, lexical: bool = True) -> Candidates:
        """Whoever has one of the best passages of a channel; ``vector`` has the shape (dimension,)."""
        if self.finds_everybody:
            return EVERYBODY
        found = [np.zeros(0, dtype=np.int64)]
        if dense:
            found.append(self._index.dense.search(vector, self._depth).ids)
        if lexical:
            found.append(self._index.lexical.search(terms, self._depth))
        rows = np.unique(self._index.rows.of(np.concatenate(found)))
        # A server's index may be newer than what this process has opened.
        return Candidates(np.unique(self._speakers.of_positions(rows[rows >= 0]).rows))

    @staticmethod
    def union(candidates: Sequence[Candidates]) -> Candidates:
        """Whoever is among any of them, none of which is ``EVERYBODY``."""
        return Candidates(np.unique(np.concatenate([one.positions for one in candidates])))

    def passage_scores(self, vector: Vectors, terms: Terms, among: Candidates) -> tuple[Vectors, Vectors]:
        """Both channels' scores by row, each of shape (passages,); 0 for passages of those who are no candidates."""
        index = self._index
        if among is EVERYBODY:
            return index.dense.scores(vector, index.passage_ids), index.lexical.scores(terms, index.passage_ids)
        rows = np.unique(index.attribution.of_positions(among.positions).rows)
        dense, lexical = np.zeros((2, index.passage_count), dtype=np.float32)
        dense[rows] = index.dense.scores(vector, index.passage_ids[rows])
        lexical[rows] = index.lexical.scores(terms, index.passage_ids[rows])
        return dense, lexical
