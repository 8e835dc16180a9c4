"""The dense channel: language-corrected vectors in FAISS. The only file that imports faiss."""

from pathlib import Path
from typing import Self

import faiss
import numpy as np

from matchmaker.retrieval.encoder import Vectors
from matchmaker.retrieval.run import ChannelRun


class DenseIndex:
    """Exact inner-product search over unit vectors, which for them is the cosine."""

    def __init__(self, index: "faiss.Index") -> None:
        self._index = index

    @classmethod
    def build(cls, vectors: Vectors) -> Self:
        """Index ``vectors``, shape (passages, dimension); row numbers are their ids."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Open an index file, mapped into memory so that processes share it.

        Raises:
            OSError: the file is missing or is no index.
        """
        try:
            return cls(faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC))
        except RuntimeError as error:
            raise OSError(f"{path} is no FAISS index") from error

    def write(self, path: Path) -> None:
        faiss.write_index(self._index, str(path))

    @property
    def passage_count(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        return int(self._index.d)

    def search(self, query: Vectors, depth: int) -> ChannelRun:
        """The ``depth`` passages nearest to ``query``, shape (dimension,), with their cosines."""
        depth = min(depth, self.passage_count)
        if depth == 0:
            return ChannelRun(np.empty(0, np.int64), np.empty(0, np.float32), 0.0)
        scores, rows = self._index.search(np.ascontiguousarray(query[None], dtype=np.float32), depth)
        return ChannelRun(rows[0].astype(np.int64), scores[0], float(scores[0].min()))
