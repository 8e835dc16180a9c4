"""What every index of vectors promises, whichever engine holds them; how they are told apart: by passage ids."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from matchmaker.retrieval.encoder import Vectors

Ids = npt.NDArray[np.int64]

SMALL_COLLECTION = 30_000
"""Up to so many passages all are scored, exactly: that takes less time than the encoding of a query."""

UNKNOWN_SCORE = -1.0
"""The score of a passage that an index lacks: the least that a cosine can be, so that nothing is found by it."""


@dataclass(frozen=True, slots=True)
class Hits:
    """Passages found, best first: their ids and the cosines that the engine gives them, both of shape (hits,)."""

    ids: Ids
    scores: Vectors


class VectorIndex(Protocol):
    """Unit vectors by passage id. One index holds those of one collection, so that none has to be filtered out."""

    @property
    def count(self) -> int:
        """How many passages it holds."""
        ...

    def upsert(self, ids: Ids, vectors: Vectors) -> None:
        """Put vectors, shape (passages, dimension), in the place of those with the same ids; ids differ."""
        ...

    def delete(self, ids: Ids) -> None:
        """Take passages out; those that it does not hold are no error."""
        ...

    def search(self, query: Vectors, k: int, among: Ids | None = None) -> Hits:
        """The at most ``k`` passages nearest to ``query``, shape (dimension,); only those in ``among`` if given.

        Approximate in large indexes: recall is measured by the contract's tests and by the benchmark of growth.
        """
        ...

    def scores(self, query: Vectors, ids: Ids) -> Vectors:
        """The cosine of ``query`` with each of some passages, exactly, shape (ids,); ``UNKNOWN_SCORE`` if lacking."""
        ...

    def vectors_of(self, ids: Ids) -> Vectors:
        """The vectors of passages, shape (ids, dimension); zeros for those that it does not hold."""
        ...

    def write(self, folder: Path) -> None:
        """Keep in ``folder`` what the form needs to open it again; nothing where a server has it all."""
        ...


class VectorForm(Protocol):
    """An engine that holds vectors: how an index of it is made and opened again."""

    def build(self, collection: str, stamp: str, ids: Ids, vectors: Vectors) -> VectorIndex:
        """Make the index of a collection's passages, shape (passages, dimension).

        ``stamp`` tells apart what indexes of one collection were built from. The one that serves is left as it is.
        """
        ...

    def read(self, folder: Path, collection: str, stamp: str) -> VectorIndex:
        """Open the index of a stamp.

        Raises:
            OSError: there is none, or it is damaged.
        """
        ...

    def takes_changes(self, index: VectorIndex, count: int) -> bool:
        """Whether an opened index that is to hold ``count`` passages is better changed than built anew.

        Only where it is this process's own copy: what others search must not change under them.
        """
        ...

    def close(self) -> None:
        """End the connections, where there are any."""
        ...


@dataclass(frozen=True)
class IdRows:
    """Which row each id stands in, the last where there are several; ids come in any order."""

    ids: Ids

    @cached_property
    def _order(self) -> Ids | None:
        """Rows by rising id; None where the ids rise already, as those of most collections do."""
        return None if np.all(self.ids[1:] > self.ids[:-1]) else np.argsort(self.ids, kind="stable").astype(np.int64)

    def of(self, ids: Ids) -> Ids:
        """The row of each id, shape (ids,); -1 for those that have none."""
        if not len(self.ids):
            return np.full(len(ids), -1, dtype=np.int64)
        places = np.maximum(np.searchsorted(self.ids, ids, side="right", sorter=self._order) - 1, 0)
        rows = places if self._order is None else self._order[places]
        found: Ids = np.where(self.ids[rows] == ids, rows, -1).astype(np.int64)
        return found


def best_hits(ids: Ids, scores: Vectors, k: int) -> Hits:
    """The ``k`` best of scored passages; equal scores by id."""
    order = np.lexsort((ids, -scores))[:k]
    return Hits(ids[order], scores[order])
