"""How great the numbers between the encoder's layers become: what its rounding to 8 bits is fitted to."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from matchmaker.retrieval.preparation.graph import attention_input, hidden_input
from matchmaker.retrieval.preparation.packed_weights import Array

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer


def greatest_activations(model: "SentenceTransformer", texts: Sequence[str]) -> dict[str, Array]:
    """The greatest size of each number over the tokens of all texts, by input of a product, shape (width,)."""
    greatest: dict[str, torch.Tensor] = {}

    def watch(name: str) -> "Callable[[torch.nn.Module, tuple[torch.Tensor, ...]], None]":
        def note(_module: "torch.nn.Module", inputs: "tuple[torch.Tensor, ...]") -> None:
            own = inputs[0].detach().abs().flatten(end_dim=-2).amax(dim=0)
            greatest[name] = greatest[name].maximum(own) if name in greatest else own

        return note

    handles = []
    for number, layer in enumerate(model[0].auto_model.encoder.layer):
        handles.append(layer.attention.self.query.register_forward_pre_hook(watch(attention_input(number))))
        handles.append(layer.intermediate.dense.register_forward_pre_hook(watch(hidden_input(number))))
    try:
        model.encode_document(list(texts), batch_size=1, show_progress_bar=False)  # so that no padding is looked at
    finally:
        for handle in handles:
            handle.remove()
    return {name: np.asarray(values.cpu(), dtype=np.float32) for name, values in greatest.items()}
