"""Weights as whole numbers with scales: by column, in blocks, and in the blocks of four bits that they came in."""

import numpy as np
import numpy.typing as npt

from matchmaker.retrieval.preparation.packed_weights import Array

Signed = npt.NDArray[np.int8]
Unsigned = npt.NDArray[np.uint8]

GREATEST = np.float32(127)
MIDDLE = 128
"""What stands for 0 where the numbers have no sign."""


def column_values(matrix: Array) -> tuple[Signed, Array]:
    """Numbers from -127 to 127 of the shape of ``matrix``, (outputs, inputs), and a scale for each output."""
    scales = _nonzero(np.abs(matrix).max(axis=-1) / GREATEST)
    return np.rint(matrix / scales[:, None]).astype(np.int8), scales


def row_blocks(matrix: Array, block: int) -> tuple[Unsigned, Array]:
    """Numbers from 1 to 255, of shape (outputs, blocks, block), and scales, of shape (outputs, blocks)."""
    blocks = matrix.reshape(len(matrix), -1, block)
    scales = _nonzero(np.abs(blocks).max(axis=-1) / GREATEST)
    return (np.rint(blocks / scales[..., None]) + MIDDLE).astype(np.uint8), scales


def four_bit_blocks(table: Array, block: int) -> tuple[Signed, Array]:
    """Numbers from -8 to 7 of the shape of ``table``, and scales, (rows, blocks): their products are it exactly.

    The number of greatest size in a block is -8 times its scale, as the format Q4_0 has it.

    Raises:
        ValueError: the table was not made in such blocks.
    """
    blocks = table.reshape(len(table), -1, block)
    greatest = np.take_along_axis(blocks, np.abs(blocks).argmax(axis=-1)[..., None], axis=-1)
    scales = _nonzero(greatest[..., 0] / np.float32(-8))
    values = np.rint(blocks / scales[..., None])
    if not np.array_equal(values * scales[..., None], blocks) or values.max() > 7:
        raise ValueError("the table is not made of 4-bit blocks")
    return values.astype(np.int8).reshape(table.shape), scales


def _nonzero(scales: Array) -> Array:
    """Numbers that are all 0 can have any scale but 0."""
    return np.where(scales == 0, np.float32(1), scales)
