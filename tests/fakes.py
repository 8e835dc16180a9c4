"""Small real implementations of ports, held to the same contracts as the real ones."""

import hashlib
from collections.abc import Sequence

import numpy as np

from matchmaker.retrieval.encoder import Progress, Role, Span, Vectors


class HashingEncoder:
    """Encodes a text as the hashed trigrams of its letters: texts that share words are near, at no cost.

    ``encoded`` records what was asked for, so that tests can tell what was encoded again.
    """

    dimension = 64

    def __init__(self, fingerprint: str = "hashing-1") -> None:
        self.fingerprint = fingerprint
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str], role: Role, progress: Progress | None = None) -> Vectors:
        self.encoded += texts
        if progress:
            for _ in texts:
                progress(1)
        return self._vectors(texts)

    def _vectors(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            padded = f" {text.lower()} "
            for start in range(len(padded) - 2):
                digest = hashlib.blake2s(padded[start : start + 3].encode(), digest_size=2).digest()
                vectors[row, int.from_bytes(digest, "big") % self.dimension] += 1
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        return vectors

    def encode_parts(
        self, texts: Sequence[str], parts: Sequence[Sequence[Span]], progress: Progress | None = None
    ) -> list[Vectors]:
        whole = self.encode(texts, Role.DOCUMENT, progress)
        return [
            np.concatenate([whole[row : row + 1], self._vectors([text[start:end] for start, end in spans])])
            for row, (text, spans) in enumerate(zip(texts, parts, strict=True))
        ]
