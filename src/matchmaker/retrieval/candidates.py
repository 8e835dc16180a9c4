"""Who is scored at all: everybody in a small collection, in a large one those of whom a channel finds a passage."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matchmaker.retrieval.encoder import Vectors
from matchmaker.retrieval.index import Attribution, PassageIndex
from matchmaker.retrieval.lexical_index import Terms
from matchmaker.retrieval.vector_index import SMALL_COLLECTION

CANDIDATE_PASSAGES = 200
"""How many passages each channel finds in a large collection."""

SENTENCE_PASSAGES = 30
"""How many it finds for each sentence of a need: enough to tell whether the same people answer two of them."""

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Candidates:
    """Collaborators by position, rising, and the passages that speak for them."""

    positions: Positions
    rows: Positions
    """The rows of these passages, rising."""
    attribution: Attribution
    """Which of these passages are whose: in the order of ``positions``, as places in ``rows``."""


class CandidateSearch:
    """Finds candidates through both channels, and scores all their passages exactly.

    A collaborator's score is a smooth maximum over its passages, so that nobody can be among the best without a
    passage that is among the best.
    """

    def __init__(self, index: PassageIndex, small: int = SMALL_COLLECTION, depth: int = CANDIDATE_PASSAGES) -> None:
        self._index = index
        self._depth = depth
        self.finds_everybody = index.passage_count <= small
        if self.finds_everybody:
            everyone, passages = np.arange(len(index.collaborators.ids)), np.arange(index.passage_count)
            self._everybody = Candidates(everyone, passages, index.attribution)
        else:
            self._speakers = index.attribution.speakers(index.passage_count)
            self._entrances = np.flatnonzero(index.collaborators.is_entrance)

    def find(
        self,
        vectors: Vectors,
        asked: Sequence[Terms],
        *,
        dense: bool = True,
        lexical: bool = True,
        depth: int | None = None,
    ) -> Candidates:
        """Whoever has one of a channel's best passages for one of some texts, and the entrance to everybody.

        ``vectors`` are the texts', shape (texts, dimension). All texts are then scored for the same people: who is
        found by one of them only is far from the others, not unknown.
        """
        if self.finds_everybody:
            return self._everybody
        hits = [np.zeros(0, dtype=np.int64)]
        for vector, terms in zip(vectors, asked, strict=True):
            if dense:
                hits.append(self._index.dense.search(vector, depth or self._depth).ids)
            if lexical:
                hits.append(self._index.lexical.search(terms, depth or self._depth))
        rows = np.unique(self._index.rows.of(np.concatenate(hits)))
        # A server's index may be newer than what this process has opened.
        found = self._speakers.of_positions(rows[rows >= 0]).rows
        return self._of(np.unique(np.concatenate([found, self._entrances])))

    def with_others(self, found: Candidates, others: Positions) -> Candidates:
        """Candidates and some others, by position."""
        return found if self.finds_everybody else self._of(np.union1d(found.positions, others))

    def _of(self, positions: Positions) -> Candidates:
        own = self._index.attribution.of_positions(positions)
        rows, places = np.unique(own.rows, return_inverse=True)
        return Candidates(positions, rows, Attribution(own.starts, places))

    def scores(self, vectors: Vectors, asked: Sequence[Terms], among: Candidates) -> tuple[Vectors, Vectors]:
        """Both channels' scores of the candidates' passages for several texts, each of shape (texts, rows)."""
        index = self._index
        rows, ids = among.rows, index.passage_ids
        if self.finds_everybody:
            dense = [index.dense.scores(one, ids) for one in vectors]
            return np.array(dense), np.array([index.lexical.scores(terms, ids) for terms in asked])
        lexical = index.lexical.scores_together(asked, ids[rows])
        if len(vectors) == 1:
            return index.dense.scores(vectors[0], ids[rows])[None], lexical
        return vectors @ index.dense.vectors_of(ids[rows]).T, lexical
