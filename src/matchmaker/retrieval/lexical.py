"""The lexical channel in files of this machine, mapped into memory so that its processes share them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Self

import numpy as np

from matchmaker.retrieval.bm25 import Bm25Index, TermPostings
from matchmaker.retrieval.lexical_index import LexicalIndex, Scores
from matchmaker.retrieval.postings import Postings
from matchmaker.retrieval.vector_index import IdRows, Ids

_IDS = "ids.npy"


class InvertedFile(Bm25Index):
    """The postings of all terms in this process."""

    def __init__(self, ids: Ids, postings: Postings) -> None:
        super().__init__(ids)
        self._all = postings

    @classmethod
    def build(cls, ids: Ids, passages: Iterable[Sequence[str]]) -> Self:
        """Index passages, given by their terms in the order of ``ids``."""
        return cls(ids, Postings.of(passages))

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Open what was written.

        Raises:
            OSError: a file of it is missing or damaged.
        """
        try:
            ids = np.load(folder / _IDS, mmap_mode="r", allow_pickle=False)
            return cls(ids, Postings.read(folder, len(ids)))
        except (ValueError, KeyError, EOFError) as error:
            raise OSError(f"{folder} has no lexical index") from error

    def write(self, folder: Path) -> None:
        self._all.write(folder)
        np.save(folder / _IDS, self._rows.ids, allow_pickle=False)

    def upsert(self, ids: Ids, passages: Sequence[Sequence[str]]) -> None:
        self._change(ids, ids, passages)

    def delete(self, ids: Ids) -> None:
        self._change(ids, ids[:0], [])

    def _change(self, gone: Ids, ids: Ids, passages: Sequence[Sequence[str]]) -> None:
        kept = np.flatnonzero(np.isin(self._rows.ids, gone, invert=True))
        # By rising id, as a collection's passages are: a change then gives what a build would.
        everyone, order = np.append(self._rows.ids[kept], ids), np.argsort(ids)
        rows = np.append(kept, np.full(len(ids), -1))[np.argsort(everyone)]
        self._all = self._all.renewed(rows, [passages[one] for one in order])
        self._rows = IdRows(np.sort(everyone))

    def _sums(self, rows: Ids, asked: Sequence[Mapping[str, float]]) -> Scores:
        return self._all.of_rows(rows, asked)

    def _postings(self, terms: Collection[str]) -> Mapping[str, TermPostings]:
        found = {term: self._all.of_term(term) for term in terms}
        return {term: postings for term, postings in found.items() if len(postings[0])}


class InvertedFileForm:
    """The lexical channel in files."""

    def build(self, collection: str, stamp: str, ids: Ids, passages: Iterable[Sequence[str]]) -> LexicalIndex:  # noqa: ARG002
        return InvertedFile.build(ids, passages)

    def read(self, folder: Path, collection: str, stamp: str) -> LexicalIndex:  # noqa: ARG002
        return InvertedFile.read(folder)

    def takes_changes(self, index: LexicalIndex) -> bool:
        """Always: who reads the files goes on with what it has mapped."""
        return isinstance(index, InvertedFile)
