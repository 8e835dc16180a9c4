"""BM25 over lists of postings, wherever they lie: what the lexical channel scores and finds."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np

from matchmaker.retrieval.lexical_index import Scores, Terms
from matchmaker.retrieval.postings import Found, term_weights
from matchmaker.retrieval.vector_index import IdRows, Ids

READ_POSTINGS = 250
"""How many postings a search reads for each passage that is wanted, whatever the collection's size."""

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
    def _sums(self, rows: Ids, asked: Sequence[Mapping[str, float]]) -> Scores:
        """What some terms score in some passages, whose rows rise, each counted by its share; shape (texts, rows)."""

    @property
    def count(self) -> int:
        return len(self._rows.ids)

    def scores(self, query: Terms, ids: Ids) -> Scores:
        """As promised by ``LexicalIndex``. The best alternative decides what a term adds to the query's weight."""
        if len(ids) != self.count or not np.array_equal(ids, self._rows.ids):
            some: Scores = self.scores_together([query], ids)[0]
            return some
        postings = self._postings(_shares(query, max))
        scores: Scores = np.zeros(self.count, dtype=np.float32)
        for alternatives in query:
            for term, share in alternatives.items():
                if term in postings:
                    having, values = postings[term]
                    scores[having] += np.float32(share) * values
        scores /= _scale(query, self._weights(postings))
        return scores

    def scores_together(self, queries: Sequence[Terms], ids: Ids) -> Scores:
        """As promised by ``LexicalIndex``."""
        rows, places = np.unique(self._rows.of(ids), return_inverse=True)
        asked = [_shares(query, sum) for query in queries]
        weights = self._weights(self._postings({term for shares in asked for term in shares}))
        scales = np.array([_scale(query, weights) for query in queries], dtype=np.float32)
        sums = self._sums(rows[rows >= 0], asked) / scales[:, None]
        lacking = np.zeros((len(queries), len(rows) - sums.shape[1]), dtype=np.float32)
        scores: Scores = np.concatenate([lacking, sums], axis=1)[:, places]
        return scores

    def search(self, query: Terms, k: int) -> Ids:
        """As promised by ``LexicalIndex``, without reading what common terms have.

        Terms are read from the one that tells most, as long as ``READ_POSTINGS`` allow; the further ones only add to
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
            if read and read + len(having) > READ_POSTINGS * k:
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


def _scale(query: Terms, weights: Mapping[str, float]) -> np.float32:
    """What a query's scores are divided by: the root of its total weight, or 1 where no passage has its terms."""
    total = sum(max((share * weights.get(term, 0.0) for term, share in own.items()), default=0.0) for own in query)
    return np.float32(np.sqrt(total) or 1.0)


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
