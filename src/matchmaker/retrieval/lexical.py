"""The lexical channel: BM25 over the terms of the passages."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from matchmaker.retrieval.postings import Postings

READ_POSTINGS = 50_000
"""How many postings a search for candidates reads, whatever the collection's size."""

SCORED_AGAIN = 5
"""How many times the wanted passages are taken by what these postings give, and scored by all of the query's terms."""

Scores = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]


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

    def scores(self, query: Sequence[Mapping[str, float]], rows: Rows | None = None) -> Scores:
        """The score of every passage by row, shape (passages,), or of those in ``rows``, which rise, shape (rows,).

        Each term of the query is given with its alternatives (itself and its translations) and what each counts.
        The best alternative decides what the term adds to the query's total weight.
        """
        weights = [{term: share * self.term_weight(term) for term, share in own.items()} for own in query]
        total = sum(max(own.values(), default=0.0) for own in weights)
        if rows is None:
            scores = np.zeros(self._postings.passage_count, dtype=np.float32)
            for alternatives in query:
                for term, share in alternatives.items():
                    having, values = self._postings.of_term(term)
                    scores[having] += np.float32(share) * values
        else:
            scores = self._postings.of_rows(rows, _shares(query, sum))
        return scores / np.float32(np.sqrt(total)) if total else scores

    def best_rows(self, query: Sequence[Mapping[str, float]], k: int) -> Rows:
        """The at most ``k`` passages that score best, by rising row, without reading what common terms have.

        Terms are read from the one that tells most, as long as ``READ_POSTINGS`` suffice; the further ones only add to
        the best of the passages that these give: the strategy "continue" of Moffat and Zobel, "Self-indexing inverted
        files for fast text retrieval", ACM TOIS 1996. The best are scored exactly.
        """
        shares = _shares(query, max)
        scores = np.zeros(self._postings.passage_count, dtype=np.float32)
        read = 0
        for term in sorted(shares, key=lambda one: (-shares[one] * self.term_weight(one), one)):
            having, values = self._postings.of_term(term)
            if read and read + len(having) > READ_POSTINGS:
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


def _shares(query: Sequence[Mapping[str, float]], join: Callable[[Sequence[float]], float]) -> dict[str, float]:
    """What each term counts that a query has once or several times."""
    given: dict[str, list[float]] = {}
    for alternatives in query:
        for term, share in alternatives.items():
            given.setdefault(term, []).append(share)
    return {term: join(own) for term, own in given.items()}


def _highest(rows: Rows, scores: Scores, k: int) -> Rows:
    """The at most ``k`` rows whose scores, shape (rows,), are the highest."""
    return rows if len(rows) <= k else rows[np.argpartition(-scores, k)[:k]]
