"""Questions to Milvus about one build's vectors. What a build is, and how it comes to be, is milvus_builds.py's."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from pymilvus import MilvusClient, MilvusException

from matchmaker.domain.errors import NotReadyError, mark
from matchmaker.retrieval.encoder import Vectors
from matchmaker.retrieval.vector_index import UNKNOWN_SCORE, Hits, Ids, best_hits

SEARCH_BREADTH = 400
"""How many neighbours the graph's search keeps in view, HNSW's ``ef``; it must be as large as the hits wanted."""

MOST_HITS = 16_384
"""What Milvus gives in one answer at most (``proxy.limits.topK``)."""

SENT_AT_ONCE = 4_000
"""Vectors in one message: 6 MB of 384 numbers, of the 64 MB that Milvus takes."""

ANSWER_SECONDS = 10
"""How long a question may take, with all that is tried again meanwhile."""

ID, VECTOR = "passage_id", "vector"

OWN_WRITES, ALL_WRITES = "Session", "Strong"
"""Which writes a question must see. All those of all machines cost some .2 s, until the server has heard from each part
of itself: only the opening of a build asks for that. Once it is published, only who made it may write to it."""


class MilvusIndex:
    """The vectors of one build, in a collection of Milvus's own that is loaded."""

    def __init__(self, client: MilvusClient, name: str, dimension: int) -> None:
        self._client = client
        self.name = name
        self._dimension = dimension

    @property
    def count(self) -> int:
        return self._counted(ALL_WRITES)

    def upsert(self, ids: Ids, vectors: Vectors) -> None:
        with telling_faults():
            for block in blocks(len(ids), SENT_AT_ONCE):
                self._client.upsert(self.name, rows_of(ids[block], vectors[block]))

    def delete(self, ids: Ids) -> None:
        with telling_faults():
            for block in blocks(len(ids), MOST_HITS):
                self._client.delete(self.name, ids=ids[block].tolist())

    def search(self, query: Vectors, k: int, among: Ids | None = None) -> Hits:
        if among is None:
            return best_hits(*self._found(query, "", k), k)
        found = [self._found(query, _one_of(some), k) for some in _sorted_blocks(among)]
        if not found:
            return Hits(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32))
        ids, scores = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return best_hits(ids, scores, k)

    def scores(self, query: Vectors, ids: Ids) -> Vectors:
        """As promised by ``VectorIndex``: the server multiplies; a passage that its graph misses is fetched."""
        # What is between two ids is told in a word, where all that is there is asked for anyway.
        told = _between if len(ids) >= self._counted(OWN_WRITES) else _one_of
        known: dict[int, float] = {}
        for some in _sorted_blocks(ids):
            found, scores = self._found(query, told(some), len(some))
            known |= zip(found.tolist(), scores.tolist(), strict=True)
        missed = np.array([one for one in ids.tolist() if one not in known], dtype=np.int64)
        known |= {one: float(vector @ query) for one, vector in self._vectors(missed)}
        return np.array([known.get(one, UNKNOWN_SCORE) for one in ids.tolist()], dtype=np.float32)

    def vectors_of(self, ids: Ids) -> Vectors:
        known = dict(self._vectors(ids))
        none = np.zeros(self._dimension, dtype=np.float32)
        return np.array([known.get(one, none) for one in ids.tolist()], dtype=np.float32).reshape(-1, self._dimension)

    def write(self, folder: Path) -> None:
        """Nothing: the server has it all."""

    def _counted(self, consistency: str) -> int:
        with telling_faults():
            (row,) = self._client.query(
                self.name, output_fields=["count(*)"], consistency_level=consistency, timeout=ANSWER_SECONDS
            )
        return int(row["count(*)"])

    def _found(self, query: Vectors, among: str, k: int) -> tuple[Ids, Vectors]:
        """The at most ``k`` nearest that a condition holds for: ids and scores."""
        limit = min(k, MOST_HITS)
        with telling_faults():
            (hits,) = self._client.search(
                self.name,
                data=[query],
                filter=among,
                limit=limit,
                search_params={"metric_type": "IP", "params": {"ef": max(limit, SEARCH_BREADTH)}},
                consistency_level=OWN_WRITES,
                timeout=ANSWER_SECONDS,
            )
        return (
            np.array([hit["id"] for hit in hits], dtype=np.int64),
            np.array([hit["distance"] for hit in hits], dtype=np.float32),
        )

    def _vectors(self, ids: Ids) -> Iterator[tuple[int, Vectors]]:
        """The vector of each passage that is there, with its id."""
        for some in _sorted_blocks(ids, SENT_AT_ONCE):
            with telling_faults():
                rows = self._client.query(
                    self.name,
                    ids=some.tolist(),
                    output_fields=[ID, VECTOR],
                    consistency_level=OWN_WRITES,
                    timeout=ANSWER_SECONDS,
                    strict_float32=True,
                )
            for row in rows:
                yield row[ID], row[VECTOR]


@contextmanager
def telling_faults() -> Iterator[None]:
    """Tell what the server cannot do just now as that.

    Raises:
        NotReadyError: no answer, or a refusal.
    """
    try:
        yield
    except MilvusException as error:
        raise NotReadyError(
            mark("The search cannot be reached just now. Try again in a little while; nothing that was sent is lost.")
        ) from error


def rows_of(ids: Ids, vectors: Vectors) -> list[dict[str, Any]]:
    """Passages as Milvus takes them."""
    return [{ID: one, VECTOR: vector} for one, vector in zip(ids.tolist(), vectors.astype(np.float32), strict=True)]


def blocks(count: int, size: int) -> Iterator[slice]:
    """Places from 0 to ``count``, so many at a time."""
    return (slice(first, first + size) for first in range(0, count, size))


def _sorted_blocks(ids: Ids, size: int = MOST_HITS) -> Iterator[Ids]:
    """Ids, rising and each once, so many at a time."""
    rising = np.unique(ids)
    return (rising[block] for block in blocks(len(rising), size))


def _one_of(ids: Ids) -> str:
    return f"{ID} in {ids.tolist()}"


def _between(ids: Ids) -> str:
    """A condition for rising ids, that those between them fulfil too."""
    return f"{ids[0]} <= {ID} <= {ids[-1]}"
