"""The encoder as an ONNX graph, written node by node from its weights, in 32 bits or in 8.

Written here rather than traced: texts are encoded one at a time, so that no padding has to be masked, and the
operators of ONNX Runtime (domain ``com.microsoft``) stand where they belong.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import NodeProto, TensorProto, helper, numpy_helper

from matchmaker.retrieval.preparation.packed_weights import Q4_BLOCK_LENGTH, Array, PackedEncoder
from matchmaker.retrieval.preparation.rounding import column_values, four_bit_blocks, row_blocks

OPERATORS = "com.microsoft"
OPSET = 21
"""The first with numbers of 4 bits."""

BLOCK = 64
"""Numbers that share a scale where a product is worked out in blocks; 32 took longer, 128 was less exact."""

INTEGER_PRODUCTS = 4
"""The block operator's ``accuracy_level`` at which activations are rounded to 8 bits too, block by block."""

MAPPED_BYTES = 10_000_000
"""Only the table of word pieces and its scales are greater."""

Factors = Mapping[str, Array]
"""By input of a product, ``attention_input(3)``, what each of its numbers is divided by before it is rounded."""


def attention_input(layer: int) -> str:
    """The name of what a layer's query, key and value are made of."""
    return f"{layer}.attention"


def hidden_input(layer: int) -> str:
    """The name of what a layer's wide hidden numbers are made of."""
    return f"{layer}.hidden"


def encoder_graph(packed: PackedEncoder, factors: Factors | None = None) -> onnx.ModelProto:
    """The graph of transformer, mean pooling and normalisation.

    Input ``input_ids``, int64 of shape (1, tokens); outputs ``embedding``, float32 of shape (1, dimension) and length
    1, and ``tokens``, the states it is the mean of, float32 of shape (1, tokens, dimension). With ``factors`` products
    are worked out in 8 bits, without in 32. The table of word pieces is always in the 4 bits it came in.
    """
    writer = _Writer(packed, factors)
    states = writer.embeddings()
    for layer in range(packed.sizes.layers):
        states = writer.layer(layer, states)
    writer.node("Identity", [states], "tokens")
    writer.node("ReduceMean", ["tokens", writer.tensor("token axis", np.array([1]))], "mean", keepdims=0)
    writer.node("LpNormalization", ["mean"], "embedding", axis=1, p=2)
    return writer.model()


@dataclass
class _Writer:
    packed: PackedEncoder
    factors: Factors | None
    nodes: list[NodeProto] = field(default_factory=list)
    tensors: list[TensorProto] = field(default_factory=list)

    def node(self, operator: str, inputs: list[str], output: str, domain: str = "", **attributes: Any) -> str:
        self.nodes.append(helper.make_node(operator, inputs, [output], output, domain=domain, **attributes))
        return output

    def tensor(self, name: str, values: npt.NDArray[np.generic]) -> str:
        self.tensors.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def embeddings(self) -> str:
        weights = self.packed.weights
        places = (
            weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
        )
        begin, axis = self.tensor("begin", np.array([0])), self.tensor("place axis", np.array([0]))
        length = self.node("Shape", ["input_ids"], "length", start=1, end=2)
        place = self.node("Slice", [self.tensor("places", places), begin, length, axis], "place")
        return self.normalised(self.node("Add", [self.words(), place], "embedded"), "embeddings.LayerNorm")

    def words(self) -> str:
        table = self.packed.weights["embeddings.word_embeddings.weight"]
        values, scales = four_bit_blocks(table, Q4_BLOCK_LENGTH)
        low, high = values.reshape(-1, 2).T & 15
        pairs = (low | high << 4).astype(np.uint8)
        self.tensors.append(helper.make_tensor("table", TensorProto.INT4, table.shape, pairs.tobytes(), raw=True))
        inputs = ["table", "input_ids", self.tensor("table scales", scales)]
        return self.node(
            "GatherBlockQuantized", inputs, "words", OPERATORS,
            gather_axis=0, quantize_axis=1, block_size=Q4_BLOCK_LENGTH,
        )  # fmt: skip

    def layer(self, number: int, states: str) -> str:
        own = f"encoder.layer.{number}"
        smooth = self.divided(states, attention_input(number))
        matrices = [f"{own}.attention.self.{name}" for name in ("query", "key", "value")]
        parts = [self.product(smooth, matrix, attention_input(number)) for matrix in matrices]
        biases = np.concatenate([self.packed.weights[f"{matrix}.bias"] for matrix in matrices])
        mixed = self.node(
            "MultiHeadAttention", [*parts, self.tensor(f"{own}.attention.bias", biases)], f"{own}.mixed", OPERATORS,
            num_heads=self.packed.sizes.heads,
        )  # fmt: skip
        told = self.biased(self.product(mixed, f"{own}.attention.output.dense"), f"{own}.attention.output.dense")
        states = self.normalised(
            self.node("Add", [told, states], f"{own}.attended"), f"{own}.attention.output.LayerNorm"
        )
        wide = self.product(
            self.divided(states, hidden_input(number)), f"{own}.intermediate.dense", hidden_input(number)
        )
        bias = self.tensor(f"{own}.intermediate.bias", self.packed.weights[f"{own}.intermediate.dense.bias"])
        active = self.node("BiasGelu", [wide, bias], f"{own}.active", OPERATORS)
        narrow = self.biased(self.block_product(active, f"{own}.output.dense"), f"{own}.output.dense")
        return self.normalised(self.node("Add", [narrow, states], f"{own}.fed"), f"{own}.output.LayerNorm")

    def normalised(self, states: str, module: str) -> str:
        weights = [
            self.tensor(f"{module}.{part}", self.packed.weights[f"{module}.{part}"]) for part in ("weight", "bias")
        ]
        epsilon = self.packed.sizes.layer_norm_epsilon
        return self.node("LayerNormalization", [states, *weights], module, axis=-1, epsilon=epsilon)

    def biased(self, states: str, module: str) -> str:
        bias = self.tensor(f"{module}.bias", self.packed.weights[f"{module}.bias"])
        return self.node("Add", [states, bias], f"{module}.biased")

    def divided(self, states: str, name: str) -> str:
        """``states`` divided by the factors of that name, in 8 bits; ``product`` multiplies its matrix by them."""
        if self.factors is None:
            return states
        return self.node("Div", [states, self.tensor(f"{name}.factors", self.factors[name])], f"{name}.divided")

    def product(self, states: str, module: str, divided_by: str | None = None) -> str:
        """Activations rounded by one scale for the whole text, a matrix by one for each of its columns."""
        matrix = self.packed.weights[f"{module}.weight"]
        if self.factors is None:
            return self.exact_product(states, module)
        if divided_by:
            matrix = matrix * self.factors[divided_by]
        values, scales = column_values(matrix)
        inputs = [states, self.tensor(f"{module}.values", values.T), self.tensor(f"{module}.scales", scales)]
        return self.node("DynamicQuantizeMatMul", inputs, module, OPERATORS)

    def block_product(self, states: str, module: str) -> str:
        """Both sides rounded in blocks of a row or column: for activations among which a few are far greater."""
        matrix = self.packed.weights[f"{module}.weight"]
        if self.factors is None:
            return self.exact_product(states, module)
        values, scales = row_blocks(matrix, BLOCK)
        inputs = [states, self.tensor(f"{module}.values", values), self.tensor(f"{module}.scales", scales)]
        columns, rows = matrix.shape
        return self.node(
            "MatMulNBits", inputs, module, OPERATORS,
            K=rows, N=columns, bits=8, block_size=BLOCK, accuracy_level=INTEGER_PRODUCTS,
        )  # fmt: skip

    def exact_product(self, states: str, module: str) -> str:
        matrix = self.packed.weights[f"{module}.weight"]
        return self.node("MatMul", [states, self.tensor(f"{module}.weight", matrix.T)], module)

    def model(self) -> onnx.ModelProto:
        dimension = self.packed.sizes.hidden
        shapes: dict[str, list[str | int | None]] = {
            "embedding": [1, dimension],
            "tokens": [1, "length of the text", dimension],
        }
        graph = helper.make_graph(
            self.nodes,
            "encoder",
            [helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "length of the text"])],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()],
            self.tensors,
        )
        operators = [helper.make_opsetid("", OPSET), helper.make_opsetid(OPERATORS, 1)]
        return helper.make_model(graph, opset_imports=operators, ir_version=10)


def write_graph(model: onnx.ModelProto, file: Path, table: Path) -> None:
    """Write the graph to ``file`` and its table to ``table`` beside it.

    ONNX Runtime maps that: processes share it, and load of it what they look up.
    """
    onnx.save(model, file, save_as_external_data=True, location=table.name, size_threshold=MAPPED_BYTES)
    table.chmod(0o644)  # onnx writes it for the one who prepares alone
