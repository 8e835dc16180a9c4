"""The encoder's graph, of random weights, beside the library's own transformer of the same weights."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import pytest

from matchmaker.retrieval.preparation.graph import attention_input, encoder_graph, hidden_input, write_graph
from matchmaker.retrieval.preparation.packed_weights import PackedEncoder, Sizes, SpecialTokens
from matchmaker.retrieval.preparation.rounding import column_values, four_bit_blocks, row_blocks
from matchmaker.retrieval.preparation.smoothing import smoothing_factors

Array = npt.NDArray[np.float32]

SIZES = Sizes(64, 2, 2, 128, 50, 32, 2, 1e-12)
IDS = [0, 7, 33, 12, 49, 2]


def random_encoder(outlier: float = 1) -> PackedEncoder:
    """``outlier`` times as great as others is what the first number of each normalised state becomes."""
    random = np.random.default_rng(5)

    def matrix(rows: int, columns: int) -> Array:
        return random.normal(scale=columns**-0.5, size=(rows, columns)).astype(np.float32)

    table = random.integers(-8, 8, (SIZES.vocabulary, SIZES.hidden)).astype(np.float32) / 8
    table[:, ::32] = -1
    weights = {
        "embeddings.word_embeddings.weight": table,
        "embeddings.position_embeddings.weight": matrix(SIZES.positions, SIZES.hidden),
        "embeddings.token_type_embeddings.weight": matrix(SIZES.token_types, SIZES.hidden),
    }
    norms = ["embeddings.LayerNorm"]
    for layer in range(SIZES.layers):
        own = f"encoder.layer.{layer}"
        shapes = {f"{own}.attention.self.{name}": (SIZES.hidden, SIZES.hidden) for name in ("query", "key", "value")}
        shapes[f"{own}.attention.output.dense"] = (SIZES.hidden, SIZES.hidden)
        shapes[f"{own}.intermediate.dense"] = (SIZES.feed_forward, SIZES.hidden)
        shapes[f"{own}.output.dense"] = (SIZES.hidden, SIZES.feed_forward)
        for name, shape in shapes.items():
            weights |= {f"{name}.weight": matrix(*shape), f"{name}.bias": matrix(1, shape[0])[0]}
        norms += [f"{own}.attention.output.LayerNorm", f"{own}.output.LayerNorm"]
    for norm in norms:
        scale = np.ones(SIZES.hidden, dtype=np.float32)
        scale[0] = outlier
        weights |= {f"{norm}.weight": scale, f"{norm}.bias": matrix(1, SIZES.hidden)[0]}
    return PackedEncoder(SIZES, SpecialTokens(0, 2, 1, 3), [], weights)


def factors_of(encoder: PackedEncoder, outlier: float = 1) -> Mapping[str, Array]:
    greatest = np.full(SIZES.hidden, 3, dtype=np.float32)
    greatest[0] *= outlier
    inputs = [name(layer) for layer in range(SIZES.layers) for name in (attention_input, hidden_input)]
    factors = smoothing_factors(encoder, dict.fromkeys(inputs, greatest))
    return {name: values.astype(np.float32) for name, values in factors.items()}


def run(model: onnx.ModelProto, ids: list[int] = IDS) -> tuple[Array, Array]:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    whole, tokens = session.run(["embedding", "tokens"], {"input_ids": np.array([ids], dtype=np.int64)})
    return whole, tokens


def test_in_32_bits_it_is_the_librarys_transformer() -> None:
    import torch

    from matchmaker.retrieval.preparation.model_folder import _transformer

    encoder = random_encoder()
    with torch.no_grad():
        expected = _transformer(encoder)(torch.tensor([IDS])).last_hidden_state.numpy()
    whole, tokens = run(encoder_graph(encoder))
    assert np.allclose(tokens, expected, atol=1e-4)
    mean = expected[0].mean(axis=0)
    assert np.allclose(whole[0], mean / np.linalg.norm(mean), atol=1e-5)


def test_in_8_bits_it_is_nearly_the_same() -> None:
    encoder = random_encoder()
    exact, rounded = (run(encoder_graph(encoder, factors))[0][0] for factors in (None, factors_of(encoder)))
    assert not np.array_equal(exact, rounded)
    assert exact @ rounded > 0.999


def test_smoothing_keeps_what_an_outlier_would_round_away() -> None:
    encoder = random_encoder(outlier=60)
    exact = run(encoder_graph(encoder))[1][0]
    plain = {name: np.ones_like(values) for name, values in factors_of(encoder).items()}
    errors = [
        np.abs(run(encoder_graph(encoder, factors))[1][0, :, 1:] - exact[:, 1:]).mean()
        for factors in (plain, factors_of(encoder, outlier=60))
    ]
    assert errors[1] < 0.7 * errors[0]


def test_a_graph_in_files_gives_the_same_and_the_table_lies_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matchmaker.retrieval.preparation.graph.MAPPED_BYTES", 1500)
    model = encoder_graph(random_encoder())
    expected = run(model)[0]
    write_graph(model, tmp_path / "model.onnx", tmp_path / "model.table")
    assert (tmp_path / "model.table").stat().st_size >= SIZES.vocabulary * SIZES.hidden / 2
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx", providers=["CPUExecutionProvider"])
    (found,) = session.run(["embedding"], {"input_ids": np.array([IDS], dtype=np.int64)})
    assert np.array_equal(found, expected)


def test_a_table_that_is_not_of_four_bits_is_refused() -> None:
    encoder = random_encoder()
    moved = encoder.weights["embeddings.word_embeddings.weight"].copy()
    moved[3, 5] += 0.01
    with pytest.raises(ValueError, match="4-bit"):
        encoder_graph(replace(encoder, weights={**encoder.weights, "embeddings.word_embeddings.weight": moved}))


def test_zeros_stay_zeros() -> None:
    zeros = np.zeros((2, 64), dtype=np.float32)
    for values, scales in (column_values(zeros), four_bit_blocks(zeros, 32)):
        assert not values.any()
        assert scales.all()
    values, scales = row_blocks(zeros, 32)
    assert (values == 128).all()
    assert scales.all()
