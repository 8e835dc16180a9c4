"""What activations are divided by before they are rounded, and matrices multiplied by: the product stays the same.

A few of the numbers between two layers are ten times as great as the others, and one scale for all would leave these
few steps. Xiao et al., "SmoothQuant: Accurate and Efficient Post-Training Quantization for Large Language Models", ICML
2023.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from matchmaker.retrieval.preparation.packed_weights import Array, PackedEncoder

FILE = "smoothing.safetensors"
"""The factors in float16, beside the adapter: made when that is trained, from texts that it is trained on."""

SHARE = 0.65
"""How far differences go from the activations over to the matrix; .5, .65, .75 and .8 were tried."""

TINY = 1e-6
"""What no number is taken to be smaller than."""


def smoothing_factors(packed: PackedEncoder, greatest: Mapping[str, Array]) -> dict[str, npt.NDArray[np.float16]]:
    """Factors by input of a product, around 1.

    ``greatest`` has the greatest size of each number there, over some texts.
    """
    factors = {}
    for name, activations in greatest.items():
        weights = np.max([np.abs(packed.weights[f"{one}.weight"]).max(axis=0) for one in matrices_of(name)], axis=0)
        logarithms = SHARE * np.log(np.maximum(activations, TINY)) - (1 - SHARE) * np.log(np.maximum(weights, TINY))
        factors[name] = np.exp(logarithms - logarithms.mean()).astype(np.float16)
    return factors


def matrices_of(name: str) -> list[str]:
    """The modules whose matrices an input is multiplied by."""
    layer, _, kind = name.partition(".")
    if kind == "attention":
        return [f"encoder.layer.{layer}.attention.self.{one}" for one in ("query", "key", "value")]
    return [f"encoder.layer.{layer}.intermediate.dense"]


def read_factors(file: Path) -> dict[str, Array]:
    """The factors by input of a product.

    Raises:
        OSError: there is no such file.
    """
    from safetensors.numpy import load_file

    return {name: factors.astype(np.float32) for name, factors in load_file(file).items()}
