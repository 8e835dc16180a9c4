"""What every index of terms promises, whichever engine holds them; passages are told apart by their ids."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from matchmaker.retrieval.vector_index import Ids

Terms = Sequence[Mapping[str, float]]
"""A query: each of its terms with its alternatives (itself and its translations) and what each counts."""

Scores = npt.NDArray[np.float32]


class LexicalIndex(Protocol):
    """The terms of the passages of one collection, scored by BM25 as ``bm25.py`` says."""

    @property
    def count(self) -> int:
        """How many passages it holds, those without terms too."""
        ...

    def upsert(self, ids: Ids, passages: Sequence[Sequence[str]]) -> None:
        """Put passages, given by their terms, in the place of those with the same ids; ids differ."""
        ...

    def delete(self, ids: Ids) -> None:
        """Take passages out; those that it does not hold are no error."""
        ...

    def scores(self, query: Terms, ids: Ids) -> Scores:
        """The score of each of some passages, exactly, shape (ids,); 0 for those that it lacks."""
        ...

    def scores_together(self, queries: Sequence[Terms], ids: Ids) -> Scores:
        """The scores of the same passages for several queries, shape (queries, ids)."""
        ...

    def search(self, query: Terms, k: int) -> Ids:
        """At most ``k`` passages that score best, in any order; none that has no term of the query.

        Common terms may be left out of the search, not of the scores.
        """
        ...

    def term_weight(self, term: str) -> float:
        """How much a term tells: its inverse document frequency; 0 for one that no passage has."""
        ...

    def write(self, folder: Path) -> None:
        """Keep in ``folder`` what the form needs to open it again; nothing where a server has it all."""
        ...


class LexicalForm(Protocol):
    """An engine that holds terms: how an index of them is made and opened again."""

    def build(self, collection: str, stamp: str, ids: Ids, passages: Iterable[Sequence[str]]) -> LexicalIndex:
        """Make the index of a collection's passages, given by their terms in the order of ``ids``.

        ``stamp`` tells apart what indexes of one collection were built from. The one that serves is left as it is.
        """
        ...

    def read(self, folder: Path, collection: str, stamp: str) -> LexicalIndex:
        """Open the index of a stamp.

        Raises:
            OSError: there is none, or it is damaged.
        """
        ...

    def takes_changes(self, index: LexicalIndex) -> bool:
        """Whether an opened index is better changed than built anew: only where it is this process's own copy."""
        ...
