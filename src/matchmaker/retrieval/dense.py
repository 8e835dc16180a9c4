"""The dense channel: language-corrected vectors in FAISS. The only file that imports faiss."""

from pathlib import Path
from typing import Self

import faiss
import numpy as np

from matchmaker.retrieval.encoder import Vectors


class DenseIndex:
    """Exact inner-product search over unit vectors, which for them is the cosine."""

    def __init__(self, index: "faiss.IndexFlatIP") -> None:
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
            index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
        except RuntimeError as error:
            raise OSError(f"{path} is no FAISS index") from error
        if not isinstance(index, faiss.IndexFlatIP):
            raise OSError(f"{path} is another kind of FAISS index")
        return cls(index)

    def write(self, path: Path) -> None:
        faiss.write_index(self._index, str(path))

    @property
    def passage_count(self) -> int:
        return int(self._index.ntotal)

    def scores(self, query: Vectors) -> Vectors:
        """The cosine of ``query``, shape (dimension,), with every passage by row, shape (passages,)."""
        if not self.passage_count:
            return np.empty(0, dtype=np.float32)
        # One product with the vectors where they lie: a search for all of them would sort them for nothing.
        cosines: Vectors = self.vectors @ query
        return cosines

    @property
    def vectors(self) -> Vectors:
        """The indexed vectors where they lie, not to be changed, shape (passages, dimension)."""
        size = self.passage_count * self._index.d
        held: Vectors = faiss.rev_swig_ptr(self._index.get_xb(), size).reshape(self.passage_count, self._index.d)
        return held
