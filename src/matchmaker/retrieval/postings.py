"""Which term occurs in which passage how often, and what that scores by BM25; takes changes without a new analysis."""

import json
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from scipy.sparse import csr_array

K1 = 1.2
B = 0.75
"""Saturation and length normalisation of BM25: the customary values (Robertson and Zaragoza, "The Probabilistic
Relevance Framework: BM25 and Beyond", 2009); not tuned."""

SCORED_AT_ONCE = 4_000_000
"""Postings that are scored at once: their intermediate values take 100 MB."""

_TERMS = "terms.json"
_ARRAYS = ("starts", "rows", "scores", "row_starts", "columns", "counts", "norms")

Rows = npt.NDArray[np.int64]
Found = npt.NDArray[np.int32]
Counts = npt.NDArray[np.uint16]
Scores = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Postings:
    """What is in which passage, by term and by passage.

    Term ``t`` is in the passages ``rows[starts[t]:starts[t + 1]]``, which rise, with the BM25 scores beside them, as
    Lucene defines these (Kamphuis, de Vries, Boytsov and Lin, "Which BM25 Do You Mean?", ECIR 2020). Passage ``p`` has
    the terms ``columns[row_starts[p]:row_starts[p + 1]]``, as often as ``counts`` tells. The scores follow from the
    counts of all passages, so that postings are the same whether they were made at once or by changes.
    """

    terms: Mapping[str, int]
    starts: Rows
    rows: Found
    scores: Scores
    row_starts: Rows
    columns: Found
    counts: Counts
    norms: Scores
    """How much a passage's length counts against it, shape (passages,)."""

    @classmethod
    def of(cls, passages: Iterable[Sequence[str]]) -> Self:
        """Count the terms of each passage."""
        terms: dict[str, int] = {}
        return cls._scored(terms, _counted(passages, terms))

    @property
    def passage_count(self) -> int:
        return len(self.norms)

    def renewed(self, kept: Rows, passages: Iterable[Sequence[str]]) -> Self:
        """The postings of a changed collection: of each passage the row that it has here, or -1 for the next terms."""
        from scipy.sparse import csr_array, vstack

        terms = dict(self.terms)
        fresh = _counted(passages, terms)
        earlier = csr_array((self.counts, self.columns, self.row_starts), shape=(self.passage_count, len(terms)))
        order = kept.copy()
        order[kept < 0] = self.passage_count + np.arange(fresh.shape[0])
        return self._scored(terms, vstack([earlier, fresh], format="csr")[order])

    def of_term(self, term: str) -> tuple[Found, Scores]:
        """The rows that have a term, each once, and its score in each."""
        number = self.terms.get(term)
        if number is None:
            return self.rows[:0], self.scores[:0]
        part = slice(int(self.starts[number]), int(self.starts[number + 1]))
        return self.rows[part], self.scores[part]

    def of_rows(self, rows: Rows, asked: Sequence[Mapping[str, float]]) -> Scores:
        """What some terms score in some passages, each counted by its share, for several texts: shape (texts, rows).

        Reads what the passages have, once for all texts, and not what the terms have: of a frequent term that is much
        more.
        """
        terms = [term for term in dict.fromkeys(term for shares in asked for term in shares) if term in self.terms]
        own = np.array([self.terms[term] for term in terms], dtype=np.int64)
        numbers = np.zeros(len(self.terms), dtype=np.int32)  # 0 is for terms that nobody asks for
        numbers[own] = np.arange(1, len(terms) + 1)
        sizes = self.row_starts[rows + 1] - self.row_starts[rows]
        places = np.arange(int(sizes.sum())) + np.repeat(self.row_starts[rows] - np.cumsum(sizes) + sizes, sizes)
        found = numbers.take(self.columns.take(places))
        met = np.flatnonzero(found > 0)
        owners, found = np.repeat(np.arange(len(rows)), sizes)[met], found[met] - 1
        counts = self.counts.take(places[met]).astype(np.float32)
        weights = term_weights(self.starts[own + 1] - self.starts[own], self.passage_count).astype(np.float32)
        values = weights.take(found) * (counts / (counts + self.norms.take(rows).take(owners)))
        scores = np.zeros((len(asked), len(rows)), dtype=np.float32)
        for sums, shares in zip(scores, asked, strict=True):
            share = np.array([shares.get(term, 0.0) for term in terms], dtype=np.float32)
            sums[:] = np.bincount(owners, share.take(found) * values, len(rows))
        return scores

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _TERMS).write_text(json.dumps(list(self.terms), ensure_ascii=False), encoding="utf-8")
        for name in _ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self, name), allow_pickle=False)

    @classmethod
    def read(cls, folder: Path, passage_count: int) -> Self:
        """Open what was written, mapped into memory.

        Raises:
            OSError, ValueError: a file is missing or damaged.
        """
        names = json.loads((folder / _TERMS).read_text(encoding="utf-8"))
        arrays = {
            name: np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)) for name in _ARRAYS
        }
        found = cls(dict(zip(names, range(len(names)), strict=True)), **arrays)
        if (len(found.starts), len(found.row_starts)) != (len(names) + 1, passage_count + 1):
            raise ValueError("the parts of the lexical index disagree on the number of passages")
        return found

    @classmethod
    def _scored(cls, terms: Mapping[str, int], counts: "csr_array") -> Self:
        """Postings from counts, of shape (passages, terms); terms that no passage has any more are left out."""
        there = np.bincount(counts.indices, minlength=len(terms)) > 0
        names = [term for term, is_there in zip(terms, there.tolist(), strict=True) if is_there]
        by_term = counts.tocsc()
        starts = np.append(by_term.indptr[:-1][there], by_term.nnz).astype(np.int64)
        norms = length_norms(np.asarray(counts.sum(axis=1, dtype=np.int64)))
        return cls(
            dict(zip(names, range(len(names)), strict=True)),
            starts,
            by_term.indices.astype(np.int32, copy=False),
            _bm25(starts, by_term.indices, by_term.data, norms),
            counts.indptr.astype(np.int64),
            (np.cumsum(there) - 1).astype(np.int32)[counts.indices],
            counts.data,
            norms,
        )


def _counted(passages: Iterable[Sequence[str]], terms: dict[str, int]) -> "csr_array":
    """How often each passage has each term, shape (passages, terms); new terms are put in and numbered."""
    from scipy.sparse import csr_array  # only building needs it

    numbers, ends = array("i"), array("q", [0])
    for own in passages:
        numbers.extend([terms.setdefault(term, len(terms)) for term in own])
        ends.append(len(numbers))
    ones = np.ones(len(numbers), dtype=np.uint16)
    indices, starts = np.array(numbers, dtype=np.int32), np.array(ends, dtype=np.int64)
    found = csr_array((ones, indices, starts), shape=(len(ends) - 1, len(terms)))
    found.sum_duplicates()
    return found


def term_weights(frequencies: npt.NDArray[np.integer[Any]], passage_count: int) -> npt.NDArray[np.float64]:
    """How much terms tell that so many of the passages have: their inverse document frequencies."""
    weights: npt.NDArray[np.float64] = np.log1p((passage_count - frequencies + 0.5) / (frequencies + 0.5))
    return weights


def length_norms(lengths: npt.NDArray[np.integer[Any] | np.floating[Any]]) -> Scores:
    """How much the length of each of all passages, in terms, counts against it: added to a count that it divides."""
    mean = max(float(lengths.mean()), 1e-9) if len(lengths) else 1.0
    norms: Scores = (K1 * (1 - B + B * lengths.astype(np.float64) / mean)).astype(np.float32)
    return norms


def _bm25(starts: Rows, rows: Found, counts: Counts, norms: Scores) -> Scores:
    frequencies = np.diff(starts)
    scores = np.repeat(term_weights(frequencies, len(norms)).astype(np.float32), frequencies)
    for first in range(0, len(rows), SCORED_AT_ONCE):
        part = slice(first, first + SCORED_AT_ONCE)
        scores[part] *= counts[part] / (counts[part] + norms[rows[part]])
    return scores
