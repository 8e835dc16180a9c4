"""A text to what both channels find for it, in the whole collection or among candidates, and to its parts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matchmaker.domain.language import Language
from matchmaker.ranking.parts import divide
from matchmaker.ranking.scorer import ALL_CHANNELS, Channel, CollaboratorScores, Scorer
from matchmaker.retrieval.candidates import Candidates, CandidateSearch
from matchmaker.retrieval.encoder import Vectors
from matchmaker.retrieval.index import PassageIndex
from matchmaker.text.analysis import Analyzer
from matchmaker.text.normalise import word_count
from matchmaker.text.term_bridge import Alternatives


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What the channels found for a text, and what they were asked.

    ``dense`` and ``lexical`` are passage scores by row, shape (passages,); ``scores`` those of the collaborators.
    """

    text: str
    language: Language
    vector: Vectors
    terms: Sequence[Alternatives]
    dense: npt.NDArray[np.float32]
    lexical: npt.NDArray[np.float32]
    scores: CollaboratorScores
    probabilities: npt.NDArray[np.float64]
    """How likely a reviewer would find each collaborator relevant for the text, shape (collaborators,)."""


class Retriever:
    """Asks both channels of one index."""

    def __init__(self, index: PassageIndex, analyzer: Analyzer, scorer: Scorer, search: CandidateSearch) -> None:
        self._index = index
        self._analyzer = analyzer
        self._scorer = scorer
        self._search = search
        self._experts = np.flatnonzero(~index.collaborators.is_route & (np.diff(index.attribution.starts) > 0))

    def retrieve(
        self, text: str, language: Language, vector: Vectors, channels: frozenset[Channel] = ALL_CHANNELS
    ) -> Retrieved:
        """What both channels say of all passages of the candidates; in a small collection everybody is one."""
        terms = self._analyzer.query_terms(text, language)
        chosen = {channel.value: channel in channels for channel in Channel}
        among = self._search.find(vector, terms, **chosen)
        (dense,), (lexical,) = self._search.scores(vector[None], [terms], among)
        scores = self._scores(dense, lexical, among, channels)
        if not self._search.finds_everybody:
            scores = scores.spread(among.positions, len(self._index.collaborators.ids))
            dense, lexical = (self._spread(one, among) for one in (dense, lexical))
        corrected = Channel.DENSE in channels and language.value in self._index.centres.queries
        expertise = self._scorer.expertise(vector, self._index.stamp.encoder if corrected else "")
        probabilities = self._scorer.probabilities(scores.score, word_count(text), expertise)
        return Retrieved(text, language, vector, terms, dense, lexical, scores, probabilities)

    def parts(self, language: Language, sentences: Sequence[str], vectors: Vectors) -> list[Retrieved]:
        """What the channels find for each part that the sentences of a need fall into; none where they are one part.

        ``vectors`` are the sentences' corrected ones, shape (sentences, dimension).
        """
        asked = [self._analyzer.query_terms(text, language) for text in sentences]
        among = self._search.find_together(vectors, asked)
        dense, lexical = self._search.scores(vectors, asked, among)
        experts = np.isin(among.positions, self._experts)
        scores = [self._scores(*own, among, ALL_CHANNELS).score[experts] for own in zip(dense, lexical, strict=True)]
        words = [word_count(one) for one in sentences]
        groups = divide(np.array(scores), words, self._scorer.part_distance)
        if len(groups) < 2:
            return []
        weights = np.array(words, dtype=np.float32)[:, None]
        means = [(vectors[group] * weights[group]).sum(axis=0) for group in groups]
        texts = [" ".join(sentences[one] for one in group) for group in groups]
        parts = zip(texts, means, strict=True)
        return [self.retrieve(text, language, mean / np.linalg.norm(mean)) for text, mean in parts]

    def _scores(
        self, dense: Vectors, lexical: Vectors, among: Candidates, channels: frozenset[Channel]
    ) -> CollaboratorScores:
        own = among.attribution
        return self._scorer.collaborator_scores(dense, lexical, own.starts, own.rows, channels)

    def _spread(self, scores: Vectors, among: Candidates) -> Vectors:
        spread = np.zeros(self._index.passage_count, dtype=np.float32)
        spread[among.rows] = scores
        return spread
