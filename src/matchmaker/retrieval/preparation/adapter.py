"""The adapter that makes the encoder ours: low-rank changes to its weights, in PEFT's format, added before export.

Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", ICLR 2022. Made by ``make train``.
"""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from matchmaker.domain.errors import SetupError, mark
from matchmaker.retrieval.preparation.packed_weights import PackedEncoder
from matchmaker.retrieval.preparation.smoothing import FILE as SMOOTHING

WEIGHTS = "adapter_model.safetensors"
CONFIGURATION = "adapter_config.json"

_PREFIX = "base_model.model."
_DOWN, _UP = ".lora_A.weight", ".lora_B.weight"


def adapter_digest(folder: Path) -> str:
    """Changes whenever the adapter does, or what the encoder is rounded by.

    Raises:
        SetupError: a file of it is missing.
    """
    digest = hashlib.sha256()
    try:
        for name in (CONFIGURATION, WEIGHTS, SMOOTHING):
            digest.update((folder / name).read_bytes())
    except OSError as error:
        raise _damaged(folder, error) from error
    return digest.hexdigest()


def merge_adapter(packed: PackedEncoder, folder: Path) -> PackedEncoder:
    """The encoder with the adapter's changes in its weights: ``W + alpha / rank * B A`` for each changed matrix.

    Raises:
        SetupError: the adapter is missing, damaged or made for another encoder.
    """
    from safetensors.numpy import load_file

    try:
        configuration = json.loads((folder / CONFIGURATION).read_text(encoding="utf-8"))
        scale = np.float32(configuration["lora_alpha"] / configuration["r"])
        tensors = load_file(folder / WEIGHTS)
        weights = dict(packed.weights)
        downs = [name for name in tensors if name.endswith(_DOWN)]
        if 2 * len(downs) != len(tensors) or not downs:
            raise ValueError("it has other tensors than pairs of matrices")
        for down in downs:
            layer = down.removeprefix(_PREFIX).removesuffix(_DOWN)
            up = tensors[down.removesuffix(_DOWN) + _UP].astype(np.float32)
            change = scale * (up @ tensors[down].astype(np.float32))
            if change.shape != weights[f"{layer}.weight"].shape:
                raise ValueError(f"its {layer} is of another shape")
            weights[f"{layer}.weight"] = weights[f"{layer}.weight"] + change
    except Exception as error:  # the library raises several kinds; all mean the files are not this encoder's adapter
        raise _damaged(folder, error) from error
    return replace(packed, weights=weights)


def _damaged(folder: Path, error: Exception) -> SetupError:
    return SetupError(
        mark("The encoder's adapter in {folder} is missing or damaged ({problem})."),
        remedy="git checkout -- models/encoder",
        folder=folder,
        problem=f"{type(error).__name__}: {error}".splitlines()[0][:200],
    )
