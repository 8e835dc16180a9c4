"""The lexical channel: BM25 over the terms of the passages."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from matchmaker.retrieval.postings import Postings

READ_POSTINGS = 50_000
"""How many postings a search for candidates reads, whatever the collection's size."""

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
        scores = np.zeros(self._postings.passage_count if rows is None else len(rows), dtype=np.float32)
        total = 0.0
        for alternatives in query:
            total += max((share * self.term_weight(term) for term, share in alternatives.items()), default=0.0)
            for term, share in alternatives.items():
                having, values = self._postings.of_term(term)
                places, values = (having, values) if rows is None else _among(having, values, rows)
                scores[places] += np.float32(share) * values
        return scores / np.float32(np.sqrt(total)) if total else scores

    def best_rows(self, query: Sequence[Mapping[str, float]], k: int) -> Rows:
        """The at most ``k`` passages that score best, by rising row, without reading what common terms have.

        Terms are read from the one that tells most; once ``READ_POSTINGS`` are read, further terms only add to the
        passages that are found already: the strategy "continue" of Moffat and Zobel, "Self-indexing inverted files for
        fast text retrieval", ACM TOIS 1996. What is found is scored exactly.
        """
        shares: dict[str, float] = {}
        for alternatives in query:
            for term, share in alternatives.items():
                shares[term] = max(share, shares.get(term, 0.0))
        found: list[npt.NDArray[np.int32]] = []
        read = 0
        for term in sorted(shares, key=lambda one: (-shares[one] * self.term_weight(one), one)):
            having, _ = self._postings.of_term(term)
            if found and read + len(having) > READ_POSTINGS:
                break
            found.append(having)
            read += len(having)
        rows = np.unique(np.concatenate(found)).astype(np.int64) if found else np.zeros(0, dtype=np.int64)
        if len(rows) <= k:
            return rows
        scores = self.scores(query, rows)
        return np.sort(rows[np.argpartition(-scores, k)[:k]])

    def term_weight(self, term: str) -> float:
        """How much a term tells: its inverse document frequency; 0 for one that no passage has."""
        frequency = len(self._postings.of_term(term)[0])
        if not frequency:
            return 0.0
        return float(np.log1p((self._postings.passage_count - frequency + 0.5) / (frequency + 0.5)))


def _among(having: npt.NDArray[np.int32], values: Scores, rows: Rows) -> tuple[npt.NDArray[np.int64], Scores]:
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
