"""The prepared default encoder, served by ONNX Runtime without importing torch."""

import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import numpy as np
import onnxruntime
from tokenizers import Encoding, Tokenizer

from matchmaker.domain.errors import SetupError, mark
from matchmaker.retrieval.encoder import Progress, Role, Span, Vectors

MANIFEST = "manifest.json"

MOST_THREADS_OF_ONE_TEXT = 4
"""More would mostly wait: a text's products are small."""

RUNNING = Path("/proc/loadavg")
"""Where Linux says how many threads run or wait for a core, the one that asks among them (proc(5))."""

Item = TypeVar("Item")


class OnnxEncoder:
    """Runs an exported encoder: token ids in, unit vectors out.

    Texts are encoded one at a time, by as many single-threaded calls side by side as there are cores: dynamic int8
    quantisation scales by the largest activation of a batch, so that in a batch a text's vector would depend on its
    neighbours; and it is faster (55 against 36 passages a second on 2 cores), since nothing is padded.

    One text alone is somebody's challenge, and is divided among the cores while nothing else runs on them: 1.5 times
    as fast on 2 cores, with the same numbers. Threads that share cores with others wait for one another instead (half
    as fast on 2 busy cores), so that otherwise it runs on one.
    """

    def __init__(self, folder: Path) -> None:
        try:
            manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            self._prompts: dict[str, str] = manifest["prompts"]
            self._fingerprint = str(manifest["fingerprint"])
            self._dimension = int(manifest["dimension"])
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._tokenizer.enable_truncation(int(manifest["maximum_tokens"]))
            self._onnx_file = folder / str(manifest["onnx_file"])
            self._session = _session(self._onnx_file, 1)
        except Exception as error:  # any of a dozen library errors means the same: this folder is not an encoder
            raise SetupError(
                mark("The prepared encoder in {folder} is damaged ({problem})."),
                remedy="matchmaker prepare --again",
                folder=folder,
                problem=type(error).__name__,
            ) from error

    @property
    def fingerprint(self) -> str:
        return self._fingerprint

    @property
    def dimension(self) -> int:
        return self._dimension

    def encode(self, texts: Sequence[str], role: Role, progress: Progress | None = None) -> Vectors:
        """Unit vectors, float32 of shape (len(texts), dimension)."""
        prompt = self._prompts[role.value]
        threads = min(cores(), MOST_THREADS_OF_ONE_TEXT) if len(texts) == 1 else 1
        session = self._wide_session if 1 < threads <= _free_cores() else self._session
        vectors = self._each(lambda text: self._run(session, prompt + text, ["embedding"])[1][0][0], texts, progress)
        return np.array(vectors, dtype=np.float32).reshape(len(texts), self._dimension)

    @cached_property
    def _wide_session(self) -> onnxruntime.InferenceSession:
        """Opened when it is first of use: who only builds indexes, or has one core, needs none."""
        return _session(self._onnx_file, min(cores(), MOST_THREADS_OF_ONE_TEXT))

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
        with ThreadPoolExecutor(cores()) as pool:
            # One text is the interactive case: no threads to start.
            for vector in pool.map(encode, items) if len(items) > 1 else map(encode, items):
                vectors.append(vector)
                if progress:
                    progress(1)
        return vectors

    def _encode_parts(self, item: tuple[str, Sequence[Span]]) -> Vectors:
        text, parts = item
        prompt = self._prompts[Role.DOCUMENT.value]
        encoding, (whole, tokens) = self._run(self._session, prompt + text, ["embedding", "tokens"])
        begins, ends = np.array(encoding.offsets).T - len(prompt)
        vectors = [whole[0]]
        for start, end in parts:
            inside = (begins >= start - 1) & (ends <= end) & (ends > start)  # a word piece may take its space along
            # What lies beyond the window has no tokens; the text's own vector stands for it.
            mean = tokens[0][inside].mean(axis=0) if inside.any() else whole[0]
            vectors.append(mean / max(float(np.linalg.norm(mean)), 1e-9))
        return np.array(vectors, dtype=np.float32)

    def _run(
        self, session: onnxruntime.InferenceSession, text: str, outputs: list[str]
    ) -> tuple[Encoding, list[Vectors]]:
        encoding = self._tokenizer.encode(text)
        ids = np.array([encoding.ids], dtype=np.int64)
        return encoding, session.run(outputs, {"input_ids": ids})


def _session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # The graph has the runtime's own operators already; what it would join beyond that took longer.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    # Threads wait for the next product at the ready, but not for the next text.
    options.add_session_config_entry("session.force_spinning_stop", "1")
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _free_cores() -> int:
    """On how many cores nothing else runs at this moment, this process's own among them; 1 where nobody can tell."""
    try:
        running = int(RUNNING.read_text(encoding="ascii").split()[3].partition("/")[0])
    except (OSError, IndexError, ValueError):
        return 1
    return max(1, cores() + 1 - running)
