"""The prepared default encoder, served by ONNX Runtime without importing torch."""

import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import numpy as np
import onnxruntime
from tokenizers import Encoding, Tokenizer

from matchmaker.domain.errors import SetupError, mark
from matchmaker.retrieval.encoder import Progress, Role, Span, Vectors

MANIFEST = "manifest.json"

Item = TypeVar("Item")


class OnnxEncoder:
    """Runs an exported encoder: token ids in, unit vectors out.

    Texts are encoded one at a time, by as many single-threaded calls side by side as there are cores: dynamic int8
    quantisation scales by the largest activation of a batch, so that in a batch a text's vector would depend on its
    neighbours; and it is faster (55 against 36 passages a second on 2 cores), since nothing is padded.
    """

    def __init__(self, folder: Path) -> None:
        try:
            manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            self._prompts: dict[str, str] = manifest["prompts"]
            self._fingerprint = str(manifest["fingerprint"])
            self._dimension = int(manifest["dimension"])
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._tokenizer.enable_truncation(int(manifest["maximum_tokens"]))
            self._session = _session(folder / str(manifest["onnx_file"]))
        except Exception as error:  # any of a dozen library errors means the same: this folder is not an encoder
            raise SetupError(
                mark("The prepared encoder in {folder} is damaged ({problem})."),
                remedy="matchmaker prepare --again",
                folder=folder,
                problem=type(error).__name__,
            ) from error
        has_affinity = hasattr(os, "sched_getaffinity")
        self._threads = len(os.sched_getaffinity(0)) if has_affinity else os.cpu_count()

    @property
    def fingerprint(self) -> str:
        return self._fingerprint

    @property
    def dimension(self) -> int:
        return self._dimension

    def encode(self, texts: Sequence[str], role: Role, progress: Progress | None = None) -> Vectors:
        """Unit vectors, float32 of shape (len(texts), dimension)."""
        prompt = self._prompts[role.value]
        vectors = self._each(lambda text: self._run(prompt + text, ["embedding"])[1][0][0], texts, progress)
        return np.array(vectors, dtype=np.float32).reshape(len(texts), self._dimension)

    def encode_parts(
        self, texts: Sequence[str], parts: Sequence[Sequence[Span]], progress: Progress | None = None
    ) -> list[Vectors]:
        """A part's vector is the mean of its tokens' states in the whole text, so that it costs no run of its own.

        Günther et al., "Late Chunking: Contextual Chunk Embeddings Using Long-Context Embedding Models", 2024.
        """
        return self._each(self._encode_parts, list(zip(texts, parts, strict=True)), progress)

    def _each(
        self, encode: Callable[[Item], Vectors], items: Sequence[Item], progress: Progress | None
    ) -> list[Vectors]:
        vectors: list[Vectors] = []
        with ThreadPoolExecutor(self._threads) as pool:
            # One text is the interactive case: no threads to start.
            for vector in pool.map(encode, items) if len(items) > 1 else map(encode, items):
                vectors.append(vector)
                if progress:
                    progress(1)
        return vectors

    def _encode_parts(self, item: tuple[str, Sequence[Span]]) -> Vectors:
        text, parts = item
        prompt = self._prompts[Role.DOCUMENT.value]
        encoding, (whole, tokens) = self._run(prompt + text, ["embedding", "tokens"])
        begins, ends = np.array(encoding.offsets).T - len(prompt)
        vectors = [whole[0]]
        for start, end in parts:
            inside = (begins >= start - 1) & (ends <= end) & (ends > start)  # a word piece may take its space along
            # What lies beyond the window has no tokens; the text's own vector stands for it.
            mean = tokens[0][inside].mean(axis=0) if inside.any() else whole[0]
            vectors.append(mean / max(float(np.linalg.norm(mean)), 1e-9))
        return np.array(vectors, dtype=np.float32)

    def _run(self, text: str, outputs: list[str]) -> tuple[Encoding, list[Vectors]]:
        encoding = self._tokenizer.encode(text)
        ids = np.array([encoding.ids], dtype=np.int64)
        return encoding, self._session.run(outputs, {"input_ids": ids})


def _session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # The graph has the runtime's own operators already; what it would join beyond that took longer.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
