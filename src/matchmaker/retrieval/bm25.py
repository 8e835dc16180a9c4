"""BM25 over lists of postings, wherever they lie: what the lexical channel scores and finds."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np

from matchmaker.retrieval.lexical_index import Scores, Terms
from matchmaker.retrieval.postings import Found, term_weights
from matchmaker.retrieval.vector_index import IdRows, Ids

READ_POSTINGS = 50_000
"""How many postings a search reads, whatever the collection's size."""

SCORED_AGAIN = 5
"""How many times the wanted passages are taken by what these postings give, and scored by all of the query's terms."""

TermPostings = tuple[Found, Scores]
"""The rows that have a term, which rise, and the term's BM25 score in each."""


class Bm25Index(ABC):
    """Scores passages by their postings; one kind of index differs from another in where these lie.

    A score is BM25 divided by the square root of the query's total term weight. Plain BM25 grows with the query's
    length, so that one weight against the dense channel could not fit both a title and a page; divided by the query's
    whole sum, long queries would count too little. Between the two, the root did best on the development sets, and the
    score does not depend on what else is ranked.
    """

    def __init__(self, ids: Ids) -> None:
        """``ids`` has the passage of each row."""
        self._rows = IdRows(ids)

    @abstractmethod
    def _postings(self, terms: Collection[str]) -> Mapping[str, TermPostings]:
        """The postings of those of some terms that a passage has."""

    @abstractmethod
    def _sums(self, rows: Ids, shares: Mapping[str, float]) -> Scores:
        """What some terms score in some passages, whose rows rise, each counted by its share; shape (rows,)."""

    @property
    def count(self) -> int:
        return len(self._rows.ids)

    def scores(self, query: Terms, ids: Ids) -> Scores:
        """As promised by ``LexicalIndex``. The best alternative decides what a term adds to the query's weight."""
        postings = self._postings(_shares(query, max))
        weights = self._weights(postings)
        total = sum(max((share * weights.get(term, 0.0) for term, share in own.items()), default=0.0) for own in query)
        scale = np.float32(np.sqrt(total) or 1.0)
        if len(ids) == self.count and np.array_equal(ids, self._rows.ids):
            scores = np.zeros(self.count, dtype=np.float32)
            for alternatives in query:
                for term, share in alternatives.items():
                    if term in postings:
                        having, values = postings[term]
                        scores[having] += np.float32(share) * values
            return scores / scale
        rows, places = np.unique(self._rows.of(ids), return_inverse=True)
        sums = self._sums(rows[rows >= 0], _shares(query, sum)) / scale
        return np.concatenate([np.zeros(len(rows) - len(sums), dtype=np.float32), sums])[places]

    def search(self, query: Terms, k: int) -> Ids:
        """As promised by ``LexicalIndex``, without reading what common terms have.

        Terms are read from the one that tells most, as long as ``READ_POSTINGS`` suffice; the further ones only add to
        the best of the passages that these give: the strategy "continue" of Moffat and Zobel, "Self-indexing inverted
        files for fast text retrieval", ACM TOIS 1996. The best are scored exactly.
        """
        shares = _shares(query, max)
        postings = self._postings(shares)
        weights = self._weights(postings)
        scores = np.zeros(self.count, dtype=np.float32)
        read = 0
        for term in sorted(postings, key=lambda one: (-shares[one] * weights[one], one)):
            having, values = postings[term]
            if read and read + len(having) > READ_POSTINGS:
                break
            scores[having] += np.float32(shares[term]) * values
            read += len(having)
        rows = np.flatnonzero(scores > 0)  # much quicker than of the numbers themselves
        ids = self._rows.ids[_highest(rows, scores[rows], SCORED_AGAIN * k)]
        return _highest(ids, self.scores(query, ids), k)

    def term_weight(self, term: str) -> float:
        return self._weights(self._postings([term])).get(term, 0.0)

    def _weights(self, postings: Mapping[str, TermPostings]) -> dict[str, float]:
        frequencies = np.array([len(rows) for rows, _ in postings.values()], dtype=np.int64)
        return dict(zip(postings, term_weights(frequencies, self.count).tolist(), strict=True))


def _shares(query: Terms, join: Callable[[Sequence[float]], float]) -> dict[str, float]:
    """What each term counts that a query has once or several times."""
    given: dict[str, list[float]] = {}
    for alternatives in query:
        for term, share in alternatives.items():
            given.setdefault(term, []).append(share)
    return {term: join(own) for term, own in given.items()}


def _highest(those: Ids, scores: Scores, k: int) -> Ids:
    """The at most ``k`` whose scores, one of each, are the highest."""
    return those if len(those) <= k else those[np.argpartition(-scores, k)[:k]]
