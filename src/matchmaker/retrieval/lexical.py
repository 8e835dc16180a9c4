"""The lexical channel: BM25 over the terms of the passages."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Self

import bm25s
import numpy as np
import numpy.typing as npt

K1 = 1.2
B = 0.75
"""Saturation and length normalisation of BM25: the customary values (Robertson and Zaragoza, "The Probabilistic
Relevance Framework: BM25 and Beyond", 2009); not tuned."""


# The library logs each step at debug level whatever the program's own level is.
logging.getLogger("bm25s").setLevel(logging.WARNING)

Scores = npt.NDArray[np.float32]


class LexicalIndex:
    """BM25 scores divided by the square root of the query's total term weight.

    Plain BM25 grows with the query's length, so that one weight against the dense channel could not fit both a
    title and a page; divided by the query's whole sum, long queries would count too little. Between the two, the
    root did best on the development sets, and the score does not depend on what else is ranked.
    """

    def __init__(self, model: "bm25s.BM25 | None", passage_count: int) -> None:
        self._model = model
        self._passage_count = passage_count

    @classmethod
    def build(cls, passages: Iterable[Sequence[str]]) -> Self:
        """Index the terms of each passage; row numbers are their ids."""
        once: dict[str, str] = {}  # a term of a thousand passages is kept once
        corpus = [[once.setdefault(term, term) for term in terms] for terms in passages]
        if not once:
            return cls(None, len(corpus))
        model = bm25s.BM25(k1=K1, b=B, method="lucene")
        model.index(corpus, show_progress=False)
        return cls(model, len(corpus))

    @classmethod
    def read(cls, folder: Path, passage_count: int) -> Self:
        """Open a saved index.

        Raises:
            OSError: a file of it is missing or damaged.
        """
        if (folder / "empty").exists():
            return cls(None, passage_count)
        try:
            return cls(bm25s.BM25.load(folder, mmap=True, load_corpus=False), passage_count)
        except (ValueError, KeyError, EOFError) as error:
            raise OSError(f"{folder} is no lexical index") from error

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        if self._model is None:
            (folder / "empty").touch()
        else:
            self._model.save(folder, show_progress=False)

    def scores(self, query: Sequence[Mapping[str, float]]) -> Scores:
        """The score of every passage by row, shape (passages,).

        Each term of the query is given with its alternatives (itself and its translations) and what each counts.
        The best alternative decides what the term adds to the query's total weight.
        """
        scores = np.zeros(self._passage_count, dtype=np.float32)
        total = 0.0
        for alternatives in query:
            total += max((share * self.term_weight(term) for term, share in alternatives.items()), default=0.0)
            for term, share in alternatives.items():
                rows, values = self._postings(term)
                scores[rows] += np.float32(share) * values
        return scores / np.float32(np.sqrt(total)) if total else scores

    def _postings(self, term: str) -> tuple[npt.NDArray[np.int32], Scores]:
        """The rows that have a term, each once, and its BM25 score in each."""
        if self._model is None or term not in self._model.vocab_dict:
            return np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32)
        column, matrix = self._model.vocab_dict[term], self._model.scores
        part = slice(int(matrix["indptr"][column]), int(matrix["indptr"][column + 1]))
        return matrix["indices"][part], matrix["data"][part]

    def term_weight(self, term: str) -> float:
        """How much a term tells: its inverse document frequency; 0 for one that no passage has."""
        if self._model is None or term not in self._model.vocab_dict:
            return 0.0
        frequency = len(self._postings(term)[0])
        return float(np.log1p((self._passage_count - frequency + 0.5) / (frequency + 0.5)))
