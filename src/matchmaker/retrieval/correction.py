"""The language correction: vectors moved so that a text's language no longer decides what it is near to.

Multilingual encoders place each language in a region of its own, and prefer any text in the query's language to the
right one in another: of 2,000 Swedish project texts, the English counterpart had MRR .84 among English texts, .49 when
Swedish ones were added, .83 after subtracting each language's mean (measured on SweCRIS, 2026). The method is that of
Libovický, Rosa and Fraser, "On the Language Neutrality of Pre-trained Multilingual Representations", Findings of EMNLP
2020: centre each language on its mean, then normalise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from matchmaker.retrieval.encoder import Role, Vectors

PRIOR_WEIGHT = 50
"""A collection's mean counts as if this many reference texts stood beside its own: with a handful of documents their
mean is their topic, not their language. Not tuned: between 0 and 200 no development figure moved by more than .003
(November 2026)."""

SUMMED_AT_ONCE = 50_000


@dataclass(frozen=True, slots=True)
class LanguageCentres:
    """The mean vector of each language, for documents and for queries. A language without one is not moved."""

    documents: Mapping[str, Vectors]
    queries: Mapping[str, Vectors]

    def correct(
        self, vectors: npt.NDArray[np.floating[Any]], languages: Sequence[str] | npt.NDArray[np.str_], role: Role
    ) -> Vectors:
        """Centred unit vectors, of the shape given."""
        centres = self.documents if role is Role.DOCUMENT else self.queries
        moved = vectors.astype(np.float32, copy=True)
        codes = np.asarray(languages)
        for language, centre in centres.items():
            moved[codes == language] -= centre
        lengths = np.linalg.norm(moved, axis=1, keepdims=True)
        corrected: Vectors = moved / np.maximum(lengths, 1e-9)
        return corrected

    def distance(self, other: "LanguageCentres") -> float:
        """How far the documents' centres are from others', that of the language that is farthest."""
        apart = [
            float(np.linalg.norm(centre - other.documents[language])) for language, centre in self.documents.items()
        ]
        return max(apart, default=0.0)


def language_centres(
    vectors: npt.NDArray[np.floating[Any]],
    languages: Sequence[str] | npt.NDArray[np.str_],
    reference: LanguageCentres,
    weight: float = PRIOR_WEIGHT,
) -> LanguageCentres:
    """Centres for a collection: each language's mean over its passages, drawn towards the reference's.

    The queries' centres are the reference's: a single query has no mean of its own, and a batch's must not change
    what a query in it gets.
    """
    codes = np.asarray(languages)
    documents = dict(reference.documents)
    for language, prior in reference.documents.items():
        rows = np.flatnonzero(codes == language)
        documents[language] = ((_sum(vectors, rows) + weight * prior) / (len(rows) + weight)).astype(np.float32)
    return LanguageCentres(documents, reference.queries)


def _sum(vectors: npt.NDArray[np.floating[Any]], rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    """The sum of some vectors, shape (dimension,), a part of them in 32 bits at a time."""
    total = np.zeros(vectors.shape[1], dtype=np.float32)
    for first in range(0, len(rows), SUMMED_AT_ONCE):
        total += vectors[rows[first : first + SUMMED_AT_ONCE]].astype(np.float32).sum(axis=0)
    return total
