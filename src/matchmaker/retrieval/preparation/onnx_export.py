"""A sentence-transformers folder to ONNX, in float32 and with dynamically quantised int8 weights.

Written here because ``sentence-transformers[onnx]`` needs an optimum that holds transformers below version 5.
"""

import logging
import warnings
from pathlib import Path

OPSET = 18


def export_onnx(model_folder: Path, target: Path) -> None:
    """Write transformer, mean pooling and normalisation as one float32 graph.

    Inputs ``input_ids`` and ``attention_mask``, int64 of shape (texts, tokens); output ``embedding``, float32 of
    shape (texts, dimension), each row of length 1, and ``tokens``, the states it is the mean of, float32 of shape
    (texts, tokens, dimension).
    """
    import torch
    from sentence_transformers import SentenceTransformer

    transformer = SentenceTransformer(str(model_folder), device="cpu")[0].auto_model.eval()

    class Pooled(torch.nn.Module):  # type: ignore[misc]  # torch is not followed
        def __init__(self) -> None:
            super().__init__()
            self.transformer = transformer

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> tuple[torch.Tensor, ...]:
            tokens = self.transformer(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            weights = attention_mask.unsqueeze(-1).to(tokens.dtype)
            mean = (tokens * weights).sum(1) / weights.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(mean, p=2, dim=1), tokens

    # Two texts of different length, so that neither axis is traced as a constant.
    ids = torch.tensor([[0, 5, 6, 7, 2], [0, 9, 2, 1, 1]])
    mask = torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]])
    axes = {0: "texts", 1: "tokens"}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the tracer warns of branches that the fixed architecture never takes
        torch.onnx.export(
            Pooled(),
            (ids, mask),
            str(target),
            input_names=["input_ids", "attention_mask"],
            output_names=["embedding", "tokens"],
            dynamic_axes={"input_ids": axes, "attention_mask": axes, "embedding": {0: "texts"}, "tokens": axes},
            opset_version=OPSET,
            dynamo=False,
        )


def quantise_onnx(source: Path, target: Path) -> None:
    """Write ``source`` with int8 weights, one scale a channel; activations are quantised as they come."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    logging.getLogger().addFilter(_without_preprocessing_advice)
    try:
        quantize_dynamic(str(source), str(target), weight_type=QuantType.QInt8, per_channel=True)
    finally:
        logging.getLogger().removeFilter(_without_preprocessing_advice)


def _without_preprocessing_advice(record: logging.LogRecord) -> bool:
    """The advice (shape inference first) does not apply: the exporter has written the shapes."""
    return "pre-processing before quantization" not in record.getMessage()
