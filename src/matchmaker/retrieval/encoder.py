"""Text to vectors: the port every encoder fulfils, and the cache that sees to it that no text is encoded twice."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
Progress = Callable[[int], None]
"""Called with the number of texts done since the last call."""

CACHE_BATCH = 256
"""Texts encoded between two writes to the cache: an interrupted run loses at most that much work."""


class Role(StrEnum):
    """What a text is to the search; encoders of the E5 family read the two differently."""

    QUERY = "query"
    DOCUMENT = "document"


class Encoder(Protocol):
    """Encodes texts into unit vectors of ``dimension`` numbers.

    A text's vector depends on the text and its role alone, never on the texts encoded beside it. ``fingerprint``
    changes whenever any vector would.
    """

    @property
    def fingerprint(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def encode(self, texts: Sequence[str], role: Role, progress: Progress | None = None) -> Vectors:
        """Unit vectors, float32 of shape (len(texts), dimension)."""
        ...


class VectorCache(Protocol):
    """Keeps vectors by key; forgetting them costs time, nothing else."""

    def find(self, keys: Sequence[str]) -> Mapping[str, Vectors]: ...

    def store(self, vectors: Mapping[str, Vectors]) -> None: ...


class CachedEncoder:
    """An encoder that looks each text up before encoding it.

    Vectors are rounded to float16 on the way out, whether they come from the cache or not, so that a first and a
    second run give the same scores to the last bit.
    """

    def __init__(self, encoder: Encoder, cache: VectorCache) -> None:
        self._encoder = encoder
        self._cache = cache

    @property
    def fingerprint(self) -> str:
        return self._encoder.fingerprint

    @property
    def dimension(self) -> int:
        return self._encoder.dimension

    def encode(self, texts: Sequence[str], role: Role, progress: Progress | None = None) -> Vectors:
        """Unit vectors, float32 of shape (len(texts), dimension); only texts not seen before are encoded."""
        keys = [self._key(text, role) for text in texts]
        by_key = dict(zip(keys, texts, strict=True))
        known = dict(self._cache.find(list(by_key)))
        if progress and known:
            progress(sum(key in known for key in keys))
        missing = [key for key in by_key if key not in known]
        for batch in _batches(missing, CACHE_BATCH):
            encoded = self._encoder.encode([by_key[key] for key in batch], role, progress).astype(np.float16)
            fresh = dict(zip(batch, encoded.astype(np.float32), strict=True))
            self._cache.store(fresh)
            known |= fresh
        return np.array([known[key] for key in keys], dtype=np.float32).reshape(len(keys), self.dimension)

    def _key(self, text: str, role: Role) -> str:
        """64 hexadecimal digits, the first 16 of them the encoder's, so that those of one that is gone can be found."""
        return _digest(self._encoder.fingerprint)[:16] + _digest(f"{role.value}\n{text}")[:48]


class MemoryVectorCache:
    """A cache that lives as long as the process."""

    def __init__(self) -> None:
        self._vectors: dict[str, Vectors] = {}

    def find(self, keys: Sequence[str]) -> Mapping[str, Vectors]:
        return {key: self._vectors[key] for key in keys if key in self._vectors}

    def store(self, vectors: Mapping[str, Vectors]) -> None:
        self._vectors.update(vectors)


def _digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def _batches(keys: Sequence[str], size: int) -> Iterable[Sequence[str]]:
    return (keys[start : start + size] for start in range(0, len(keys), size))
