"""Vectors in FAISS, in this process: exact while they are few, through a graph once they are many.

The only file that imports faiss.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import faiss
import numpy as np
import numpy.typing as npt

from matchmaker.retrieval.encoder import Vectors
from matchmaker.retrieval.vector_index import SMALL_COLLECTION, UNKNOWN_SCORE, Hits, IdRows, Ids, VectorIndex, best_hits

NEIGHBOURS = 16
CONSTRUCTION_BREADTH = 128
SEARCH_BREADTH = 8
"""The graph's links a passage, and how many neighbours are kept in view: in building, and in searching for each hit
that is wanted; chosen by the trials in docs/adr/0012-vectors.md. Of 384 numbers a passage takes 430 bytes; 8 bits
instead of 6 add 96."""

RESCORED = 2
"""How many times the wanted hits are taken from the graph, whose vectors are rounded to 6 bits, and scored again."""

ADDED_AT_ONCE = 50_000
RANGE_SAMPLE = 20_000
"""Vectors that are put in 32 bits at once, and how many of them tell between which numbers to round."""

STALE_SHARE = 0.2
"""Which share of the graph may be of passages that are gone before it is built anew."""

_INDEX, _IDS, _VECTORS, _GONE = "index.faiss", "ids.npy", "vectors.npy", "gone.npy"

Bits = npt.NDArray[np.bool_]


class FlatIndex:
    """Exact inner-product search over unit vectors, which for them is the cosine."""

    def __init__(self, index: "faiss.IndexFlatIP", ids: Ids) -> None:
        self._index = index
        self._rows = IdRows(ids)

    @classmethod
    def build(cls, ids: Ids, vectors: Vectors) -> Self:
        """Index ``vectors``, shape (passages, dimension)."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index, ids)

    @property
    def count(self) -> int:
        return int(self._index.ntotal)

    def upsert(self, ids: Ids, vectors: Vectors) -> None:
        self.delete(ids)
        self._index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        self._rows = IdRows(np.concatenate([self._rows.ids, ids]))

    def delete(self, ids: Ids) -> None:
        rows = self._rows.of(ids)
        rows = rows[rows >= 0]
        if len(rows):
            # FAISS moves the later vectors up, as the ids are here.
            self._index.remove_ids(faiss.IDSelectorBatch(rows))
            self._rows = IdRows(np.delete(self._rows.ids, rows))

    def search(self, query: Vectors, k: int, among: Ids | None = None) -> Hits:
        ids = self._rows.ids if among is None else among[self._rows.of(among) >= 0]
        return best_hits(ids, self.scores(query, ids), k)

    def scores(self, query: Vectors, ids: Ids) -> Vectors:
        # One product with the vectors where they lie: a search for all of them would sort them for nothing.
        if len(ids) == self.count and np.array_equal(ids, self._rows.ids):
            cosines: Vectors = self._vectors @ query
            return cosines
        return _scores(self._vectors, self._rows.of(ids), query)

    def vectors_of(self, ids: Ids) -> Vectors:
        return _taken(self._vectors, self._rows.of(ids))

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        faiss.write_index(self._index, str(folder / _INDEX))
        np.save(folder / _IDS, self._rows.ids, allow_pickle=False)

    @property
    def _vectors(self) -> Vectors:
        """The indexed vectors where they lie, not to be changed, shape (passages, dimension)."""
        shape = (self.count, self._index.d)
        if not self.count:
            return np.empty(shape, dtype=np.float32)
        held: Vectors = faiss.rev_swig_ptr(self._index.get_xb(), shape[0] * shape[1]).reshape(shape)
        return held


class GraphIndex:
    """Search through a graph of neighbours over vectors rounded to 6 bits; what is found is scored again.

    The vectors for that lie on disk in float16 and are read where they are needed. Malkov and Yashunin, "Efficient and
    robust approximate nearest neighbor search using hierarchical navigable small world graphs", IEEE TPAMI 2020. The
    graph takes no deletions: what is deleted stays as a way to others and is not returned.
    """

    def __init__(
        self, index: "faiss.IndexHNSWSQ", ids: Ids, vectors: Vectors, gone: Bits, *, is_mapped: bool = False
    ) -> None:
        """``ids`` and ``vectors`` have one for each of the graph's rows; ``gone`` tells which are not there any more.

        A passage that was replaced has several rows, of which the last may be there.
        """
        self._index = index
        self._is_mapped = is_mapped
        self._vectors = vectors
        self._set(ids, gone)

    @classmethod
    def build(cls, ids: Ids, vectors: Vectors) -> Self:
        """Index ``vectors``, shape (passages, dimension)."""
        return cls(_graph(vectors), ids, vectors.astype(np.float16), np.zeros(len(ids), dtype=np.bool_))

    @property
    def count(self) -> int:
        return len(self._rows.ids) - self._gone_count

    def upsert(self, ids: Ids, vectors: Vectors) -> None:
        self.delete(ids)
        if not len(ids):
            return
        self._make_own()
        self._index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        self._vectors = np.concatenate([self._vectors, vectors.astype(np.float16)])
        self._set(
            np.concatenate([self._rows.ids, ids]), np.concatenate([self._gone, np.zeros(len(ids), dtype=np.bool_)])
        )

    def delete(self, ids: Ids) -> None:
        rows = self._rows_of(ids)
        if not np.any(rows >= 0):
            return
        gone = self._gone.copy()  # it may be a file's
        gone[rows[rows >= 0]] = True
        self._set(self._rows.ids, gone)
        if self._gone_count > STALE_SHARE * len(gone):
            self._vectors = self._vectors[~gone]
            self._index, self._is_mapped = _graph(self._vectors), False
            self._set(self._rows.ids[~gone], np.zeros(int((~gone).sum()), dtype=np.bool_))

    def search(self, query: Vectors, k: int, among: Ids | None = None) -> Hits:
        if among is not None:
            known = among[self._rows_of(among) >= 0]
            return best_hits(known, self.scores(query, known), k)
        taken = k * RESCORED
        breadth = faiss.SearchParametersHNSW(  # type: ignore[attr-defined]
            efSearch=SEARCH_BREADTH * k, sel=self._selector
        )
        _, (found,) = self._index.search(np.ascontiguousarray(query[None], dtype=np.float32), taken, params=breadth)
        ids = self._rows.ids[found[found >= 0]]
        return best_hits(ids, self.scores(query, ids), k)

    def scores(self, query: Vectors, ids: Ids) -> Vectors:
        return _scores(self._vectors, self._rows_of(ids), query)

    def vectors_of(self, ids: Ids) -> Vectors:
        return _taken(self._vectors, self._rows_of(ids))

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        faiss.write_index(self._index, str(folder / _INDEX))
        np.save(folder / _IDS, self._rows.ids, allow_pickle=False)
        np.save(folder / _GONE, self._gone, allow_pickle=False)
        np.save(folder / _VECTORS, self._vectors, allow_pickle=False)

    def _make_own(self) -> None:
        """Take a mapped file into memory: it is others' too, and takes no additions."""
        if self._is_mapped:
            copy: Any = faiss.deserialize_index(faiss.serialize_index(self._index))
            self._index = copy
            self._is_mapped = False

    def _set(self, ids: Ids, gone: Bits) -> None:
        """Take rows as they are now."""
        self._rows, self._gone = IdRows(ids), gone
        self._gone_count = int(np.count_nonzero(gone))
        # The search reads these bits where they are, so that they must live as long as the selector.
        self._bits = np.packbits(~gone, bitorder="little")
        self._selector = faiss.IDSelectorBitmap(len(gone), faiss.swig_ptr(self._bits)) if self._gone_count else None

    def _rows_of(self, ids: Ids) -> Ids:
        rows = self._rows.of(ids)
        known = np.flatnonzero(rows >= 0)
        rows[known[self._gone[rows[known]]]] = -1
        return rows


@dataclass(frozen=True, slots=True)
class FaissForm:
    """Indexes in files, mapped into memory so that the processes of a machine share them."""

    small: int = SMALL_COLLECTION
    """Up to how many passages search is exact."""

    def build(self, collection: str, stamp: str, ids: Ids, vectors: Vectors) -> VectorIndex:  # noqa: ARG002
        return FlatIndex.build(ids, vectors) if len(ids) <= self.small else GraphIndex.build(ids, vectors)

    def takes_changes(self, index: VectorIndex, count: int) -> bool:
        """A graph does, which takes long to build; what is searched exactly is built in no time."""
        return isinstance(index, GraphIndex) and count > self.small

    def read(self, folder: Path, collection: str, stamp: str) -> VectorIndex:  # noqa: ARG002
        try:
            index = faiss.read_index(str(folder / _INDEX), faiss.IO_FLAG_MMAP_IFC)
        except RuntimeError as error:
            raise OSError(f"{folder} has no FAISS index") from error
        ids = np.asarray(np.load(folder / _IDS, mmap_mode="r", allow_pickle=False))
        if index.ntotal != len(ids):
            raise OSError(f"{folder} has not as many ids as vectors")
        if isinstance(index, faiss.IndexFlatIP):
            return FlatIndex(index, ids)
        if isinstance(index, faiss.IndexHNSWSQ):
            vectors = np.asarray(np.load(folder / _VECTORS, mmap_mode="r", allow_pickle=False))
            gone = np.load(folder / _GONE, mmap_mode="r", allow_pickle=False)
            return GraphIndex(index, ids, vectors, gone, is_mapped=True)
        raise OSError(f"{folder} has another kind of FAISS index")

    def close(self) -> None:
        """Nothing: files have no connections."""


def _graph(vectors: Vectors) -> "faiss.IndexHNSWSQ":
    """A graph of the vectors, shape (passages, dimension)."""
    six_bits: Any = faiss.ScalarQuantizer.QT_6bit  # FAISS's own annotations ask for another type
    index = faiss.IndexHNSWSQ(vectors.shape[1], six_bits, NEIGHBOURS, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = CONSTRUCTION_BREADTH
    chosen = np.random.default_rng(0).permutation(len(vectors))[:RANGE_SAMPLE]
    # Without any, unit vectors lie between -1 and 1 all the same.
    sample = vectors[np.sort(chosen)] if len(vectors) else np.array([[-1.0], [1.0]]).repeat(vectors.shape[1], axis=1)
    index.train(np.ascontiguousarray(sample, dtype=np.float32))
    for first in range(0, len(vectors), ADDED_AT_ONCE):
        index.add(np.ascontiguousarray(vectors[first : first + ADDED_AT_ONCE], dtype=np.float32))
    return index


def _taken(vectors: Vectors, rows: Ids) -> Vectors:
    if not len(vectors):
        return np.zeros((len(rows), vectors.shape[1]), dtype=np.float32)
    taken = vectors.take(rows, axis=0, mode="clip").astype(np.float32)  # five times as quick as by brackets
    taken[rows < 0] = 0
    return taken


def _scores(vectors: Vectors, rows: Ids, query: Vectors) -> Vectors:
    scores: Vectors = _taken(vectors, rows) @ query
    scores[rows < 0] = UNKNOWN_SCORE
    return scores
