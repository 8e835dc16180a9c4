"""The matching pipeline, stage by stage. Read this file first.

    challenge -> query (text) -> a run per channel (retrieval) -> scores per collaborator (ranking)
              -> a ranking, for batches and the evaluation
              -> a shortlist with evidence, for people (shortlisting)

The API, the command line, the batch ranker and the evaluation all come through here, so that what is measured is
what runs.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from matchmaker.domain.challenge import Challenge
from matchmaker.domain.collection import Collection
from matchmaker.domain.ranking import RankedCollaborator
from matchmaker.domain.shortlist import Shortlist
from matchmaker.ranking.scorer import ALL_CHANNELS, Channel, CollaboratorScores, best_first, collaborator_scores
from matchmaker.retrieval.encoder import Encoder, Progress, Role, Vectors
from matchmaker.retrieval.index import PassageIndex
from matchmaker.shortlisting import Retrieved, Shortlister
from matchmaker.text.analysis import Analyzer
from matchmaker.text.query import Query, read_query

DEFAULT_TOP_K = 10


class Matcher:
    """Matches challenges against one collection through its index."""

    def __init__(self, collection: Collection, index: PassageIndex, encoder: Encoder, analyzer: Analyzer) -> None:
        self.index = index
        self._encoder = encoder
        self._analyzer = analyzer
        self._shortlister = Shortlister(collection, index, encoder, analyzer)

    def match(self, challenge: Challenge, top_k: int = DEFAULT_TOP_K) -> Shortlist:
        """The shortlist for a challenge: at most ``top_k`` experts, and the ways in, with evidence.

        Raises:
            InvalidChallengeError: the challenge cannot be read.
        """
        query = read_query(challenge)
        retrieved = self._retrieve(query, self._query_vectors([query])[0])
        return self._shortlister.shortlist(retrieved, self._score(retrieved, ALL_CHANNELS), top_k)

    def rank(
        self,
        challenges: Sequence[Challenge],
        top_k: int = 0,
        channels: frozenset[Channel] = ALL_CHANNELS,
        progress: Progress | None = None,
    ) -> Iterator[tuple[Challenge, list[RankedCollaborator]]]:
        """For each challenge all collaborators (or the best ``top_k``), best first, those without evidence last.

        Raises:
            InvalidChallengeError: a challenge cannot be read.
        """
        queries = [read_query(challenge) for challenge in challenges]
        vectors = self._query_vectors(queries, progress)
        identifiers = self.index.collaborators.ids
        for challenge, query, vector in zip(challenges, queries, vectors, strict=True):
            score = self._score(self._retrieve(query, vector), channels).score
            order = best_first(score, identifiers)[: top_k or None]
            yield (
                challenge,
                [
                    RankedCollaborator(identifiers[position], rank, float(score[position]))
                    for rank, position in enumerate(order, start=1)
                ],
            )

    def _query_vectors(self, queries: Sequence[Query], progress: Progress | None = None) -> Vectors:
        """Corrected unit vectors, shape (queries, dimension); a long challenge is the mean of its parts."""
        parts = [part for query in queries for part in query.parts]
        encoded = self._encoder.encode(parts, Role.QUERY, progress)
        starts = np.cumsum([0] + [len(query.parts) for query in queries])[:-1]
        means = np.add.reduceat(encoded, starts) if parts else encoded
        means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
        return self.index.centres.correct(means, [query.language.value for query in queries], Role.QUERY)

    def _retrieve(self, query: Query, vector: Vectors) -> Retrieved:
        """Both channels score every passage: exact, and linear in their number."""
        terms = self._analyzer.terms(query.text, query.language)
        return Retrieved(query, vector, terms, self.index.dense.scores(vector), self.index.lexical.scores(terms))

    def _score(self, retrieved: Retrieved, channels: frozenset[Channel]) -> CollaboratorScores:
        attribution = self.index.attribution
        return collaborator_scores(retrieved.dense, retrieved.lexical, attribution.starts, attribution.rows, channels)
