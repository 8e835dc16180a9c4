"""BM25 over lists of postings, wherever they lie: what the lexical channel scores and finds."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping

import numpy as np

from matchmaker.retrieval.lexical_index import Scores, Terms
from matchmaker.retrieval.postings import Found, term_weights
from matchmaker.retrieval.vector_index import IdRows, Ids

READ_POSTINGS = 50_000
"""How many postings a search reads, whatever the collection's size."""

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

    @property
    def count(self) -> int:
        return len(self._rows.ids)

    def scores(self, query: Terms, ids: Ids) -> Scores:
        postings = self._postings(_all_terms(query))
        if len(ids) == self.count and np.array_equal(ids, self._rows.ids):
            return self._scored(query, postings, None)
        rows, places = np.unique(self._rows.of(ids), return_inverse=True)
        known = self._scored(query, postings, rows[rows >= 0])
        return np.concatenate([np.zeros(len(rows) - len(known), dtype=np.float32), known])[places]

    def search(self, query: Terms, k: int) -> Ids:
        """As promised by ``LexicalIndex``, without reading what common terms have.

        Terms are read from the one that tells most; once ``READ_POSTINGS`` are read, further terms only add to the
        passages that are found already: the strategy "continue" of Moffat and Zobel, "Self-indexing inverted files for
        fast text retrieval", ACM TOIS 1996. What is found is scored exactly.
        """
        postings = self._postings(_all_terms(query))
        weights = self._weights(postings)
        shares: dict[str, float] = {}
        for alternatives in query:
            for term, share in alternatives.items():
                shares[term] = max(share, shares.get(term, 0.0))
        found: list[Found] = []
        read = 0
        for term in sorted(postings, key=lambda one: (-shares[one] * weights[one], one)):
            having, _ = postings[term]
            if found and read + len(having) > READ_POSTINGS:
                break
            found.append(having)
            read += len(having)
        rows = np.unique(np.concatenate(found)).astype(np.int64) if found else np.zeros(0, dtype=np.int64)
        if len(rows) > k:
            rows = rows[np.argpartition(-self._scored(query, postings, rows), k)[:k]]
        return self._rows.ids[rows]

    def term_weight(self, term: str) -> float:
        return self._weights(self._postings([term])).get(term, 0.0)

    def _scored(self, query: Terms, postings: Mapping[str, TermPostings], rows: Ids | None) -> Scores:
        """The score of every passage by row, shape (passages,), or of those in ``rows``, which rise, shape (rows,).

        The best alternative of a term decides what it adds to the query's total weight.
        """
        weights = self._weights(postings)
        scores = np.zeros(self.count if rows is None else len(rows), dtype=np.float32)
        total = 0.0
        for alternatives in query:
            there = {term: share for term, share in alternatives.items() if term in postings}
            total += max((share * weights[term] for term, share in there.items()), default=0.0)
            for term, share in there.items():
                having, values = postings[term]
                places, own = (having, values) if rows is None else _among(having, values, rows)
                scores[places] += np.float32(share) * own
        return scores / np.float32(np.sqrt(total)) if total else scores

    def _weights(self, postings: Mapping[str, TermPostings]) -> dict[str, float]:
        frequencies = np.array([len(rows) for rows, _ in postings.values()], dtype=np.int64)
        return dict(zip(postings, term_weights(frequencies, self.count).tolist(), strict=True))


def _all_terms(query: Terms) -> set[str]:
    return {term for alternatives in query for term in alternatives}


def _among(having: Found, values: Scores, rows: Ids) -> tuple[Ids, Scores]:
    """Of a term's postings those in ``rows``, as places in it; both rise: the shorter is sought in the longer."""
    if not len(having) or not len(rows):
        return np.zeros(0, dtype=np.int64), values[:0]
    if len(having) < len(rows):
        places = np.minimum(np.searchsorted(rows, having), len(rows) - 1)
        met = rows[places] == having
        return places[met], values[met]
    found = np.minimum(np.searchsorted(having, rows.astype(having.dtype)), len(having) - 1)
    places = np.flatnonzero(having[found] == rows)
    return places, values[found[places]]
