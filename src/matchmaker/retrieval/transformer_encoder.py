"""Any sentence-transformers model, run through the library itself. The only file that imports the library to encode."""

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from matchmaker.domain.errors import SetupError, mark
from matchmaker.retrieval.encoder import Progress, Role, Span, Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


class TransformerEncoder:
    """A sentence-transformers model by hub id or folder, with its own prompts, pooling and normalisation.

    ``name`` begins its fingerprint, where that is not the last part of ``name_or_path``.
    """

    def __init__(self, name_or_path: str, name: str | None = None) -> None:
        # Imported here, since it takes five seconds and half a gigabyte that the default encoder does without.
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # the program shows its own progress
        try:
            self._model: SentenceTransformer = SentenceTransformer(name_or_path)
        except Exception as error:  # the library and the hub client raise many kinds; all mean it cannot be had
            raise SetupError(
                mark("The encoder {name} cannot be loaded ({problem})."),
                remedy="MATCHMAKER_ENCODER=default make setup",
                name=name_or_path,
                problem=str(error).splitlines()[0][:200] if str(error) else type(error).__name__,
            ) from error
        self._dimension = int(self._model.get_embedding_dimension() or 0)
        self._fingerprint = _fingerprint(name or name_or_path, self._model)

    @property
    def model(self) -> "SentenceTransformer":
        """The model itself, for whoever looks into it."""
        return self._model

    @property
    def fingerprint(self) -> str:
        return self._fingerprint

    @property
    def dimension(self) -> int:
        return self._dimension

    def encode(self, texts: Sequence[str], role: Role, progress: Progress | None = None) -> Vectors:
        """Unit vectors, float32 of shape (len(texts), dimension)."""
        encode = self._model.encode_query if role is Role.QUERY else self._model.encode_document
        vectors = encode(list(texts), normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True)
        if progress:
            progress(len(texts))
        return np.asarray(vectors, dtype=np.float32).reshape(len(texts), self._dimension)

    def encode_parts(
        self, texts: Sequence[str], parts: Sequence[Sequence[Span]], progress: Progress | None = None
    ) -> list[Vectors]:
        """Each part is encoded as a text of its own: models differ in how they pool, and this is right for all."""
        everything = [
            piece
            for text, spans in zip(texts, parts, strict=True)
            for piece in (text, *(text[start:end] for start, end in spans))
        ]
        vectors = self.encode(everything, Role.DOCUMENT)
        ends = np.cumsum([1 + len(spans) for spans in parts])
        if progress:
            progress(len(texts))
        return np.split(vectors, ends[:-1]) if texts else []


def _fingerprint(name: str, model: "SentenceTransformer") -> str:
    """The model's name and a digest of all that makes its vectors: weights, prompts, modules and window."""
    digest = hashlib.sha256()
    digest.update(repr((sorted(model.prompts.items()), model.max_seq_length, [repr(one) for one in model])).encode())
    for key, tensor in model.state_dict().items():
        digest.update(key.encode())
        digest.update(tensor.float().cpu().contiguous().numpy().tobytes())
    return f"{name.rstrip('/').rsplit('/', maxsplit=1)[-1]}-{digest.hexdigest()[:16]}"
