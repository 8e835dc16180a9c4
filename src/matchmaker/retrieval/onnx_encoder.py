"""The prepared default encoder, served by ONNX Runtime without importing torch."""

import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from matchmaker.domain.errors import SetupError, mark
from matchmaker.retrieval.encoder import Progress, Role, Vectors

MANIFEST = "manifest.json"


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
        vectors = np.empty((len(texts), self._dimension), dtype=np.float32)
        prompt = self._prompts[role.value]
        if len(texts) == 1:  # the interactive case: no pool to start
            vectors[0] = self._encode_one(prompt + texts[0])
            return vectors
        with ThreadPoolExecutor(self._threads) as pool:
            for row, vector in enumerate(pool.map(self._encode_one, (prompt + text for text in texts))):
                vectors[row] = vector
                if progress:
                    progress(1)
        return vectors

    def _encode_one(self, text: str) -> Vectors:
        ids = np.array([self._tokenizer.encode(text).ids], dtype=np.int64)
        outputs = self._session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})
        vector: Vectors = outputs[0][0]
        return vector


def _session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
