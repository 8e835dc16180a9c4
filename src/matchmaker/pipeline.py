"""The matching pipeline, stage by stage. Read this file first.

    challenge -> query (text) -> a run per channel (retrieval) -> scores per collaborator (ranking)
              (retrieving; in a large collection only for those of whom a channel finds a passage)
              -> a ranking, for batches and the evaluation
              -> a shortlist with evidence, for people (shortlisting); for this the challenge's parts are retrieved too

The API, the command line, the batch ranker and the evaluation all come through here: what is measured is what runs.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from matchmaker.domain.challenge import Challenge
from matchmaker.domain.collection import Collection
from matchmaker.domain.ranking import RankedCollaborator
from matchmaker.domain.shortlist import DEFAULT_TOP_K, Shortlist, Suggestion
from matchmaker.ranking.scorer import ALL_CHANNELS, Channel, Scorer, best_first
from matchmaker.retrieval.candidates import CandidateSearch
from matchmaker.retrieval.encoder import Encoder, Progress, Role, Vectors
from matchmaker.retrieval.index import PassageIndex
from matchmaker.retrieving import Retrieved, Retriever
from matchmaker.shortlisting import Shortlister
from matchmaker.text.analysis import Analyzer
from matchmaker.text.query import Query, read_query


class Matcher:
    """Matches challenges against one collection through its index."""

    def __init__(
        self,
        collection: Collection,
        index: PassageIndex,
        encoder: Encoder,
        analyzer: Analyzer,
        scorer: Scorer,
        search: CandidateSearch | None = None,
    ) -> None:
        self.collection = collection
        self.index = index
        self._encoder = encoder
        self.analyzer = analyzer
        self._retriever = Retriever(index, analyzer, scorer, search or CandidateSearch(index))
        self._shortlister = Shortlister(collection, index, analyzer, scorer)

    def match(self, challenge: Challenge, top_k: int = DEFAULT_TOP_K) -> Shortlist:
        """The shortlist for a challenge: at most ``top_k`` experts, and the ways in, with evidence.

        Raises:
            InvalidChallengeError: the challenge cannot be read.
        """
        query = read_query(challenge)
        return self._shortlister.shortlist(query, *self._found(query), top_k)

    def suggest(self, challenge: Challenge, collaborators: Sequence[str]) -> list[Suggestion]:
        """What speaks for collaborators that a person chose, by id; those who are not in the index are left out."""
        return self._shortlister.suggestions(collaborators, *self._found(read_query(challenge)))

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
        vectors = self.query_vectors(queries, progress)
        for challenge, query, vector in zip(challenges, queries, vectors, strict=True):
            found = self._retriever.retrieve(query.text, query.language, vector, channels)
            order = best_first(found.scores.score, self.index.collaborators.tie_order, top_k)
            yield challenge, self._shortlister.ranking(found, order)

    def query_vectors(self, queries: Sequence[Query], progress: Progress | None = None) -> Vectors:
        """Corrected unit vectors, shape (queries, dimension); a long challenge is the mean of its passages."""
        passages = [passage for query in queries for passage in query.passages]
        return self._means(queries, self._encoder.encode(passages, Role.QUERY, progress))

    def _means(self, queries: Sequence[Query], encoded: Vectors) -> Vectors:
        starts = np.cumsum([0] + [len(query.passages) for query in queries])[:-1]
        means = np.add.reduceat(encoded, starts) if len(encoded) else encoded
        means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
        return self.index.centres.correct(means, [query.language.value for query in queries], Role.QUERY)

    def _found(self, query: Query) -> tuple[Retrieved, list[Retrieved]]:
        """What the channels find for a challenge and for each of its parts; for none of these where it is one.

        Both are encoded in one go, since the encoder shares out texts among the cores.
        """
        sentences = query.sentences if len(query.sentences) > 1 else []
        encoded = self._encoder.encode([*query.passages, *sentences], Role.QUERY)
        vector = self._means([query], encoded[: len(query.passages)])[0]
        languages = [query.language.value] * len(sentences)
        vectors = self.index.centres.correct(encoded[len(query.passages) :], languages, Role.QUERY)
        whole, *parts = self._retriever.retrieve_in_parts(query.text, query.language, vector, sentences, vectors)
        return whole, parts
