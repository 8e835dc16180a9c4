"""The lexical channel: BM25 over the terms of the passages."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from matchmaker.retrieval.postings import Postings

READ_POSTINGS = 250
"""How many postings a search for candidates reads for each passage that is wanted, whatever the collection's size."""

SCORED_AGAIN = 5
"""How many times the wanted passages are taken by what these postings give, and scored by all of the query's terms."""

Scores = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]
Query = Sequence[Mapping[str, float]]


class LexicalIndex:
    """BM25 scores divided by the square root of the query's total term weight.

    Plain BM25 grows with the query's length, so that one weight against the dense channel could not fit both a
    title and a page; divided by the query's whole sum, long queries would count too little. Between the two, the
    root did best on the development sets, and the score does not depend on what else is ranked.
    """

    def __init__(self, postings: Postings) -> None:
        self._postings = postings

    @classmethod
    def build(cls, passages: Iterable[Sequence[str]]) -> Self:
        """Index the terms of each passage; row numbers are their ids."""
        return cls(Postings.of(passages))

    def renewed(self, kept: Rows, passages: Iterable[Sequence[str]]) -> "LexicalIndex":
        """The index of a changed collection: of each passage the row that it has here, or -1 for the next terms."""
        return LexicalIndex(self._postings.renewed(kept, passages))

    @classmethod
    def read(cls, folder: Path, passage_count: int) -> Self:
        """Open a saved index.

        Raises:
            OSError: a file of it is missing or damaged.
        """
        try:
            return cls(Postings.read(folder, passage_count))
        except (ValueError, KeyError, EOFError) as error:
            raise OSError(f"{folder} is no lexical index") from error

    def write(self, folder: Path) -> None:
        self._postings.write(folder)

    def scores(self, query: Query, rows: Rows | None = None) -> Scores:
        """The score of every passage by row, shape (passages,), or of those in ``rows``, which rise, shape (rows,).

        Each term of the query is given with its alternatives (itself and its translations) and what each counts.
        The best alternative decides what the term adds to the query's total weight.
        """
        if rows is not None:
            together: Scores = self.scores_together([query], rows)[0]
            return together
        scores: Scores = np.zeros(self._postings.passage_count, dtype=np.float32)
        for alternatives in query:
            for term, share in alternatives.items():
                having, values = self._postings.of_term(term)
                scores[having] += np.float32(share) * values
        scores /= self._root(query)
        return scores

    def scores_together(self, queries: Sequence[Query], rows: Rows) -> Scores:
        """The scores of the same rows, which rise, for several queries, shape (queries, rows)."""
        roots = np.array([self._root(query) for query in queries], dtype=np.float32)
        return self._postings.of_rows(rows, [_shares(query, sum) for query in queries]) / roots[:, None]

    def _root(self, query: Query) -> np.float32:
        """What scores are divided by: the root of a query's total term weight, or 1 where no passage has its terms."""
        weights = [[share * self.term_weight(term) for term, share in own.items()] for own in query]
        return np.float32(math.sqrt(sum(max(own, default=0.0) for own in weights)) or 1.0)

    def best_rows(self, query: Query, k: int) -> Rows:
        """The at most ``k`` passages that score best, by rising row, without reading what common terms have.

        Terms are read from the one that tells most, as long as ``READ_POSTINGS`` allow; the further ones only add to
        the best of the passages that these give: the strategy "continue" of Moffat and Zobel, "Self-indexing inverted
        files for fast text retrieval", ACM TOIS 1996. The best are scored exactly.
        """
        shares = _shares(query, max)
        scores = np.zeros(self._postings.passage_count, dtype=np.float32)
        read = 0
        for term in sorted(shares, key=lambda one: (-shares[one] * self.term_weight(one), one)):
            having, values = self._postings.of_term(term)
            if read and read + len(having) > READ_POSTINGS * k:
                break
            scores[having] += np.float32(shares[term]) * values
            read += len(having)
        rows = np.flatnonzero(scores > 0)  # much quicker than of the numbers themselves
        rows = np.sort(_highest(rows, scores[rows], SCORED_AGAIN * k))
        return np.sort(_highest(rows, self.scores(query, rows), k))

    def term_weight(self, term: str) -> float:
        """How much a term tells: its inverse document frequency; 0 for one that no passage has."""
        frequency = len(self._postings.of_term(term)[0])
        count = self._postings.passage_count
        return math.log1p((count - frequency + 0.5) / (frequency + 0.5)) if frequency else 0.0


def _shares(query: Query, join: Callable[[Sequence[float]], float]) -> dict[str, float]:
    """What each term counts that a query has once or several times."""
    given: dict[str, list[float]] = {}
    for alternatives in query:
        for term, share in alternatives.items():
            given.setdefault(term, []).append(share)
    return {term: join(own) for term, own in given.items()}


def _highest(rows: Rows, scores: Scores, k: int) -> Rows:
    """The at most ``k`` rows whose scores, shape (rows,), are the highest."""
    return rows if len(rows) <= k else rows[np.argpartition(-scores, k)[:k]]
