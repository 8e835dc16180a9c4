"""The language correction: vectors moved so that a text's language no longer decides what it is near to.

Multilingual encoders place each language in a region of its own, and prefer any text in the query's language to the
right one in another: of 2,000 Swedish project texts, the English counterpart had MRR .84 among English texts, .49 when
Swedish ones were added, .83 after subtracting each language's mean (measured on SweCRIS, 2026). The method is that of
Libovický, Rosa and Fraser, "On the Language Neutrality of Pre-trained Multilingual Representations", Findings of EMNLP
2020: centre each language on its mean, then normalise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matchmaker.retrieval.encoder import Role, Vectors

PRIOR_WEIGHT = 50
"""A collection's mean counts as if this many reference texts stood beside its own: with a handful of documents their
mean is their topic, not their language. Not tuned: between 0 and 200 no development figure moved by more than .003
(November 2026)."""


@dataclass(frozen=True, slots=True)
class LanguageCentres:
    """The mean vector of each language, for documents and for queries. A language without one is not moved."""

    documents: Mapping[str, Vectors]
    queries: Mapping[str, Vectors]

    def correct(self, vectors: Vectors, languages: Sequence[str] | npt.NDArray[np.str_], role: Role) -> Vectors:
        """Centred unit vectors, of the shape given."""
        centres = self.documents if role is Role.DOCUMENT else self.queries
        moved = vectors.astype(np.float32, copy=True)
        codes = np.asarray(languages)
        for language, centre in centres.items():
            moved[codes == language] -= centre
        lengths = np.linalg.norm(moved, axis=1, keepdims=True)
        corrected: Vectors = moved / np.maximum(lengths, 1e-9)
        return corrected


def language_centres(
    vectors: Vectors,
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
        own = vectors[codes == language]
        documents[language] = ((own.sum(axis=0) + weight * prior) / (len(own) + weight)).astype(np.float32)
    return LanguageCentres(documents, reference.queries)
