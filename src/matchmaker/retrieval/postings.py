"""Which term occurs in which passage how often, and what that scores by BM25; takes changes without a new analysis."""

import json
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

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

Rows = npt.NDArray[np.int64]
Found = npt.NDArray[np.int32]
Counts = npt.NDArray[np.uint16]
Scores = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Postings:
    """By term in compressed sparse columns: term ``t`` is in ``rows[starts[t]:starts[t + 1]]``, which rise.

    ``counts`` tells how often it is there, ``scores`` its BM25 score there, as Lucene defines it (Kamphuis, de Vries,
    Boytsov and Lin, "Which BM25 Do You Mean?", ECIR 2020). The scores follow from the counts of all passages, so that
    postings are the same whether they were made at once or by changes.
    """

    terms: Mapping[str, int]
    passage_count: int
    starts: Rows
    rows: Found
    counts: Counts
    scores: Scores

    @classmethod
    def of(cls, passages: Iterable[Sequence[str]]) -> Self:
        """Count the terms of each passage."""
        terms: dict[str, int] = {}
        return cls._scored(terms, _counted(passages, terms))

    def renewed(self, kept: Rows, passages: Iterable[Sequence[str]]) -> Self:
        """The postings of a changed collection: of each passage the row that it has here, or -1 for the next terms."""
        from scipy.sparse import csc_array, vstack

        terms = dict(self.terms)
        fresh = _counted(passages, terms)
        shape = (self.passage_count, len(self.terms))
        earlier = csc_array((self.counts, self.rows, self.starts), shape=shape).tocsr()
        earlier.resize((self.passage_count, len(terms)))
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

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _TERMS).write_text(json.dumps(list(self.terms), ensure_ascii=False), encoding="utf-8")
        for name in ("starts", "rows", "counts", "scores"):
            np.save(folder / f"{name}.npy", getattr(self, name), allow_pickle=False)

    @classmethod
    def read(cls, folder: Path, passage_count: int) -> Self:
        """Open what was written, mapped into memory.

        Raises:
            OSError, ValueError: a file is missing or damaged.
        """
        names = json.loads((folder / _TERMS).read_text(encoding="utf-8"))
        starts, rows, counts, scores = (
            np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False))
            for name in ("starts", "rows", "counts", "scores")
        )
        if len(starts) != len(names) + 1 or not len(rows) == len(counts) == len(scores) == starts[-1]:
            raise ValueError("the parts of the lexical index disagree on the number of postings")
        return cls(dict(zip(names, range(len(names)), strict=True)), passage_count, starts, rows, counts, scores)

    @classmethod
    def _scored(cls, terms: Mapping[str, int], counts: "csr_array") -> Self:
        """Postings from counts, of shape (passages, terms); terms that no passage has any more are left out."""
        passage_count = counts.shape[0]
        columns = counts.tocsc()
        columns.sort_indices()
        there = np.diff(columns.indptr) > 0
        starts = np.append(columns.indptr[:-1][there], columns.nnz).astype(np.int64)
        names = [term for term, is_there in zip(terms, there.tolist(), strict=True) if is_there]
        rows, data = columns.indices.astype(np.int32, copy=False), columns.data
        scores = _bm25(starts, rows, data, passage_count)
        return cls(dict(zip(names, range(len(names)), strict=True)), passage_count, starts, rows, data, scores)


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


def _bm25(starts: Rows, rows: Found, counts: Counts, passage_count: int) -> Scores:
    frequencies = np.diff(starts)
    weights = np.log1p((passage_count - frequencies + 0.5) / (frequencies + 0.5)).astype(np.float32)
    scores = np.repeat(weights, frequencies)
    parts = [slice(first, first + SCORED_AT_ONCE) for first in range(0, len(rows), SCORED_AT_ONCE)]
    lengths = np.zeros(passage_count)
    for part in parts:
        lengths += np.bincount(rows[part], weights=counts[part], minlength=passage_count)
    norms = K1 * (1 - B + B * lengths / max(float(lengths.mean()), 1e-9)) if passage_count else lengths
    for part in parts:
        own = counts[part]
        scores[part] *= (own / (own + norms[rows[part]])).astype(np.float32)
    return scores
