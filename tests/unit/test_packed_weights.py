"""The packed weights: a tiny file of the same layout, whole and damaged."""

import struct
from pathlib import Path

import numpy as np
import pytest

from matchmaker.retrieval.preparation.packed_weights import MAGIC, PackedFileError, read_packed_encoder

HIDDEN, FEED_FORWARD, VOCABULARY = 32, 64, 3
PIECES = ["<s>", "▁snö", "is"]


def q4(rows: int, columns: int, seed: int) -> tuple[bytes, np.ndarray]:
    """Random blocks and the matrix they stand for, worked out value by value."""
    random = np.random.default_rng(seed)
    blocks, values = b"", []
    for _ in range(rows * columns // 32):
        scale = np.float16(random.uniform(0.1, 1))
        nibbles = random.integers(0, 16, 32)
        packed = bytes(int(nibbles[i]) | int(nibbles[i + 16]) << 4 for i in range(16))
        blocks += scale.tobytes() + packed
        values += [float(scale) * (int(nibble) - 8) for nibble in nibbles]
    return blocks, np.array(values, dtype=np.float32).reshape(rows, columns)


def packed_file() -> tuple[bytes, np.ndarray]:
    embedding, expected = q4(VOCABULARY, HIDDEN, 1)
    tensors: dict[str, bytes] = {"emb.word": embedding}
    floats = {"emb.pos": 4 * HIDDEN, "emb.type": 2 * HIDDEN, "emb.ln.w": HIDDEN, "emb.ln.b": HIDDEN}
    for short, columns, rows in (
        ("q", HIDDEN, HIDDEN), ("k", HIDDEN, HIDDEN), ("v", HIDDEN, HIDDEN), ("ao", HIDDEN, HIDDEN),
        ("fi", HIDDEN, FEED_FORWARD), ("fo", FEED_FORWARD, HIDDEN),
    ):  # fmt: skip
        tensors[f"l0.{short}.w"] = q4(rows, columns, 2)[0]
        floats[f"l0.{short}.b"] = rows
    for norm in ("aln", "oln"):
        floats |= {f"l0.{norm}.w": HIDDEN, f"l0.{norm}.b": HIDDEN}
    tensors |= {name: np.arange(size, dtype="<f4").tobytes() for name, size in floats.items()}
    blobs = [piece.encode() for piece in PIECES]
    offsets = np.cumsum([0] + [len(blob) for blob in blobs]).astype("<u4")
    head = MAGIC + struct.pack("<i7ifi5i", 1, HIDDEN, 1, 2, FEED_FORWARD, VOCABULARY, 4, 2, 1e-12, 32, 3, 0, 0, 1, 2)
    head += struct.pack("<Q", sum(map(len, blobs))) + offsets.tobytes() + np.float32([0, -1, -2]).tobytes()
    head += b"".join(blobs) + struct.pack("<iI", 0, 5) + b"xxxxx" + struct.pack("<i", len(tensors))
    directory_size = sum(2 + len(name) + 1 + 20 for name in tensors)
    directory, body, place = b"", b"", len(head) + directory_size
    for name, content in tensors.items():
        directory += struct.pack("<H", len(name)) + name.encode() + b"\x00"
        directory += struct.pack("<IQQ", 0, place + len(body), len(content))
        body += content
    return head + directory + body, expected


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    content, expected = packed_file()
    path = tmp_path / "packed.bin"
    path.write_bytes(content)
    encoder = read_packed_encoder(path)
    assert encoder.pieces == [("<s>", 0.0), ("▁snö", -1.0), ("is", -2.0)]
    assert (encoder.sizes.hidden, encoder.sizes.layers, encoder.special_tokens.unknown) == (HIDDEN, 1, 2)
    assert np.allclose(encoder.weights["embeddings.word_embeddings.weight"], expected)
    assert encoder.weights["encoder.layer.0.output.dense.weight"].shape == (HIDDEN, FEED_FORWARD)
    assert np.array_equal(encoder.weights["embeddings.position_embeddings.weight"].ravel(), np.arange(4 * HIDDEN))


@pytest.mark.parametrize("kept", [0, 3, 10, 40, 90, 300, -1])
def test_a_truncated_file_is_told(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "packed.bin"
    path.write_bytes(packed_file()[0][:kept])
    with pytest.raises(PackedFileError):
        read_packed_encoder(path)


def test_another_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "packed.bin"
    path.write_bytes(b"PK\x03\x04" + b"\x00" * 500)
    with pytest.raises(PackedFileError, match="does not begin"):
        read_packed_encoder(path)
