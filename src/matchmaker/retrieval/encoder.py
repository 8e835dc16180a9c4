"""Text to vectors: the port every encoder fulfils, and the cache that sees to it that no text is encoded twice."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
Span = tuple[int, int]
"""Where a part of a text begins and ends, in characters."""

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

    def encode_parts(
        self, texts: Sequence[str], parts: Sequence[Sequence[Span]], progress: Progress | None = None
    ) -> list[Vectors]:
        """Documents whole and in parts: of each text unit vectors of shape (1 + its parts, dimension).

        Row 0 is the vector that ``encode`` gives the text as a document. A part's vector may depend on the text
        around it.
        """
        ...


class VectorCache(Protocol):
    """Keeps vectors by key; forgetting them costs time, nothing else."""

    def find(self, keys: Sequence[str]) -> Mapping[str, Vectors]: ...

    def known(self, keys: Sequence[str]) -> set[str]:
        """Which of the keys there are, without reading their vectors."""
        ...

    def store(self, vectors: Mapping[str, Vectors], role: Role) -> None:
        """Keep vectors of texts of a role: those of queries, which are what somebody wrote, for a while only."""
        ...


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
        vectors = self._look_up(
            [self._key(text, role) for text in texts],
            role,
            lambda places: self._encoder.encode([texts[place] for place in places], role, progress),
            progress,
        )
        return np.array(vectors, dtype=np.float32).reshape(len(texts), self.dimension)

    def encode_parts(
        self, texts: Sequence[str], parts: Sequence[Sequence[Span]], progress: Progress | None = None
    ) -> list[Vectors]:
        """As the encoder gives them; a text whose parts are others than before is encoded again."""
        vectors = self._look_up(
            self._keys_in_parts(texts, parts),
            Role.DOCUMENT,
            lambda places: [
                own.reshape(-1)
                for own in self._encoder.encode_parts(
                    [texts[place] for place in places], [parts[place] for place in places], progress
                )
            ],
            progress,
        )
        return [own.reshape(-1, self.dimension) for own in vectors]

    def unknown(self, texts: Sequence[str], parts: Sequence[Sequence[Span]]) -> list[int]:
        """Places of the texts that ``encode_parts`` would have to encode."""
        keys = self._keys_in_parts(texts, parts)
        known = self._cache.known(keys)
        return [place for place, key in enumerate(keys) if key not in known]

    def _keys_in_parts(self, texts: Sequence[str], parts: Sequence[Sequence[Span]]) -> list[str]:
        return [
            self._key(f"in parts {list(spans)}\n{text}", Role.DOCUMENT)
            for text, spans in zip(texts, parts, strict=True)
        ]

    def _look_up(
        self,
        keys: Sequence[str],
        role: Role,
        encode: Callable[[Sequence[int]], Iterable[Vectors]],
        progress: Progress | None,
    ) -> list[Vectors]:
        """The value of each key, from the cache or else from ``encode``, given the places of those that are missing."""
        place_of = dict(zip(keys, range(len(keys)), strict=True))
        known = dict(self._cache.find(list(place_of)))
        if progress and known:
            progress(sum(key in known for key in keys))
        missing = [key for key in place_of if key not in known]
        for batch in _batches(missing, CACHE_BATCH):
            encoded = encode([place_of[key] for key in batch])
            fresh = {
                key: vector.astype(np.float16).astype(np.float32) for key, vector in zip(batch, encoded, strict=True)
            }
            self._cache.store(fresh, role)
            known |= fresh
        return [known[key] for key in keys]

    def _key(self, text: str, role: Role) -> str:
        """64 hexadecimal digits, the first 16 of them the encoder's, so that those of one that is gone can be found."""
        return _digest(self._encoder.fingerprint)[:16] + _digest(f"{role.value}\n{text}")[:48]


class MemoryVectorCache:
    """A cache that lives as long as the process."""

    def __init__(self) -> None:
        self._vectors: dict[str, Vectors] = {}

    def find(self, keys: Sequence[str]) -> Mapping[str, Vectors]:
        return {key: self._vectors[key] for key in keys if key in self._vectors}

    def known(self, keys: Sequence[str]) -> set[str]:
        return self._vectors.keys() & set(keys)

    def store(self, vectors: Mapping[str, Vectors], role: Role) -> None:
        del role  # all of them are forgotten with the process
        self._vectors.update(vectors)


def _digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def _batches(keys: Sequence[str], size: int) -> Iterable[Sequence[str]]:
    return (keys[start : start + size] for start in range(0, len(keys), size))
