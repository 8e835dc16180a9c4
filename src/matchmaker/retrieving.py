"""A text to what both channels find for it, in the whole collection or among candidates, and to its parts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matchmaker.domain.language import Language
from matchmaker.ranking.parts import divide
from matchmaker.ranking.scorer import ALL_CHANNELS, Channel, CollaboratorScores, Scorer
from matchmaker.retrieval.candidates import SENTENCE_PASSAGES, Candidates, CandidateSearch
from matchmaker.retrieval.encoder import Vectors
from matchmaker.retrieval.index import PassageIndex
from matchmaker.text.analysis import Analyzer
from matchmaker.text.normalise import word_count
from matchmaker.text.term_bridge import Alternatives

DRAWN_BY_LOT = 100
"""Experts who stand for all whom nothing was found of."""


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
        self._lot = np.random.default_rng(0).permutation(self._experts)[:DRAWN_BY_LOT]

    def retrieve(
        self, text: str, language: Language, vector: Vectors, channels: frozenset[Channel] = ALL_CHANNELS
    ) -> Retrieved:
        """What both channels say of all passages of the candidates; in a small collection everybody is one."""
        return self._retrieve([text], language, vector[None], channels)[0]

    def retrieve_in_parts(
        self, text: str, language: Language, vector: Vectors, sentences: Sequence[str], vectors: Vectors
    ) -> list[Retrieved]:
        """What the channels find for a need and then for each of its parts; for none of these where it is one.

        ``vectors`` are the sentences' corrected ones, shape (sentences, dimension).
        """
        texts, means = [text], [vector]
        groups = self._groups(language, sentences, vectors) if len(sentences) > 1 else []
        for group in groups if len(groups) > 1 else []:
            mean = (vectors[group] * _words(sentences[group.start : group.stop])[:, None]).sum(axis=0)
            texts.append(" ".join(sentences[group.start : group.stop]))
            means.append(mean / np.linalg.norm(mean))
        return self._retrieve(texts, language, np.array(means), ALL_CHANNELS)

    def _retrieve(
        self, texts: Sequence[str], language: Language, vectors: Vectors, channels: frozenset[Channel]
    ) -> list[Retrieved]:
        asked = [self._analyzer.query_terms(text, language) for text in texts]
        among = self._search.find(vectors, asked, **{channel.value: channel in channels for channel in Channel})
        corrected = Channel.DENSE in channels and language.value in self._index.centres.queries
        encoder = self._index.stamp.encoder if corrected else ""
        found = []
        for text, vector, terms, dense, lexical in zip(
            texts, vectors, asked, *self._search.scores(vectors, asked, among), strict=True
        ):
            scores = self._scores(dense, lexical, among, channels)
            everybodys = (dense, lexical)
            if not self._search.finds_everybody:
                scores = scores.spread(among.positions, len(self._index.collaborators.ids))
                everybodys = (self._spread(dense, among), self._spread(lexical, among))
            expertise = self._scorer.expertise(vector, encoder)
            probabilities = self._scorer.probabilities(scores.score, word_count(text), expertise)
            found.append(Retrieved(text, language, vector, terms, *everybodys, scores, probabilities))
        return found

    def _groups(self, language: Language, sentences: Sequence[str], vectors: Vectors) -> list[range]:
        """The stretches that the sentences of a need fall into.

        Who stands out is told from the average of all experts. In a large collection it is estimated: beside those who
        are found some who are drawn by lot are scored, who stand for all others (Horvitz and Thompson, "A
        Generalization of Sampling Without Replacement from a Finite Universe", JASA 1952).
        """
        asked = [self._analyzer.query_terms(text, language) for text in sentences]
        found = self._search.find(vectors, asked, depth=SENTENCE_PASSAGES)
        among = self._search.with_others(found, self._lot)
        experts = np.isin(among.positions, self._experts)
        scores = [
            self._scores(dense, lexical, among, ALL_CHANNELS).score[experts]
            for dense, lexical in zip(*self._search.scores(vectors, asked, among), strict=True)
        ]
        by_lot = ~np.isin(among.positions[experts], found.positions)
        counts = np.ones(len(by_lot), dtype=np.float32)
        drawn = int(by_lot.sum())
        counts[by_lot] = (len(self._experts) - len(by_lot) + drawn) / max(drawn, 1)
        words = [word_count(one) for one in sentences]
        return divide(np.array(scores), words, self._scorer.part_distance, counts)

    def _scores(
        self, dense: Vectors, lexical: Vectors, among: Candidates, channels: frozenset[Channel]
    ) -> CollaboratorScores:
        own = among.attribution
        return self._scorer.collaborator_scores(dense, lexical, own.starts, own.rows, channels)

    def _spread(self, scores: Vectors, among: Candidates) -> Vectors:
        spread = np.zeros(self._index.passage_count, dtype=np.float32)
        spread[among.rows] = scores
        return spread


def _words(texts: Sequence[str]) -> npt.NDArray[np.float32]:
    return np.array([word_count(one) for one in texts], dtype=np.float32)
