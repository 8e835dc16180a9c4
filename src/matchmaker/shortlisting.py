"""Scores to a frozen shortlist: who is on it, with what evidence, how sure, made by what."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from matchmaker import __version__
from matchmaker.domain.collaborator import KEYWORDS, Collaborator, Document
from matchmaker.domain.collection import Collection
from matchmaker.domain.errors import NotReadyError, mark
from matchmaker.domain.passage import Passage
from matchmaker.domain.shortlist import Confidence, Evidence, NoticeCode, Provenance, Shortlist, Suggestion
from matchmaker.ranking import scorer
from matchmaker.ranking.assembly import choose_experts, choose_routes
from matchmaker.ranking.explanation import (
    ScoredPassage,
    carrying_passages,
    choose_evidence,
    evidence_of,
    telling_words,
)
from matchmaker.ranking.scorer import CollaboratorScores, best_first, confidence_of, passage_scores
from matchmaker.retrieval.encoder import Encoder, Role, Vectors
from matchmaker.retrieval.index import PassageIndex
from matchmaker.text.analysis import Analyzer
from matchmaker.text.query import Query
from matchmaker.text.sentences import split_sentences

EVIDENCE_SEARCH_DEPTH = 12
"""A collaborator's best passages among which evidence is chosen: enough to skip translations of the same work."""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What the channels found: passage scores by row, shape (passages,), and what they were asked."""

    query: Query
    vector: Vectors
    terms: Sequence[str]
    dense: npt.NDArray[np.float32]
    lexical: npt.NDArray[np.float32]


class Shortlister:
    """Puts shortlists together over one collection and its index."""

    def __init__(self, collection: Collection, index: PassageIndex, encoder: Encoder, analyzer: Analyzer) -> None:
        self._collection = collection
        self._index = index
        self._encoder = encoder
        self._analyzer = analyzer

    def shortlist(self, retrieved: Retrieved, scores: CollaboratorScores, top_k: int) -> Shortlist:
        """At most ``top_k`` experts and the ways in, each with its evidence.

        Raises:
            NotReadyError: the collection has changed since the index was built, so that evidence is missing.
        """
        experts, routes = self._choose(scores, top_k)
        evidence = self._evidence(retrieved, [*experts, *routes])
        identifiers = self._index.collaborators.ids
        found = self._collection.find_collaborators([identifiers[position] for position in evidence])
        if len(found) < len(evidence):
            raise _changed(self._collection.name)
        suggestions = {
            position: _suggestion(found[identifiers[position]], position, scores, evidence[position])
            for position in evidence
        }
        query = retrieved.query
        return Shortlist(
            challenge_id=query.challenge_id,
            language=query.language,
            language_detected=query.language_detected,
            experts=_numbered([suggestions[position] for position in experts]),
            routes=_numbered([suggestions[position] for position in routes]),
            notices=query.notices + (() if _any_strong(suggestions.values()) else (NoticeCode.NO_STRONG_MATCH,)),
            provenance=Provenance(
                software=__version__,
                encoder=self._index.stamp.encoder,
                index=self._index.stamp.revision,
                analysis=self._index.stamp.analysis,
                reference=self._index.stamp.reference,
                scorer=scorer.VERSION,
                collection=self._index.stamp.collection,
            ),
        )

    def _choose(self, scores: CollaboratorScores, top_k: int) -> tuple[list[int], list[int]]:
        """Positions of experts and of routes, each best first; without evidence nobody is suggested."""
        who = self._index.collaborators
        ranked = [one for one in best_first(scores.score, who.ids) if scores.score[one] > scorer.NO_EVIDENCE_SCORE]
        return choose_experts(ranked, who.is_route, top_k), choose_routes(ranked, who.is_route, who.is_entrance)

    def _evidence(self, retrieved: Retrieved, positions: Sequence[int]) -> dict[int, list[Evidence]]:
        scores = passage_scores(retrieved.dense, retrieved.lexical)
        carrying = {
            position: carrying_passages(
                self._index.attribution.rows_of(position), scores, retrieved.dense, retrieved.lexical
            )[:EVIDENCE_SEARCH_DEPTH]
            for position in positions
        }
        rows = sorted({one.row for passages in carrying.values() for one in passages})
        ids = {row: int(self._index.passage_ids[row]) for row in rows}
        found = self._collection.find_passages(list(ids.values()))
        if len(found) < len(ids):
            raise _changed(self._collection.name)
        sources = {row: self._source(retrieved, *found[identifier]) for row, identifier in ids.items()}
        works = {row: source.work for row, source in sources.items() if source.units}
        chosen = {position: choose_evidence(passages, works) for position, passages in carrying.items()}
        shown = {one.row: sources[one.row] for own in chosen.values() for one in own}
        sentences = self._best_units(retrieved, shown)
        return {
            position: sorted(
                (shown[one.row].piece(one, sentences[one.row]) for one in own),
                key=lambda piece: piece.kind == KEYWORDS,  # a sentence tells a reader more than a list of words
            )
            for position, own in chosen.items()
        }

    def _source(self, retrieved: Retrieved, passage: Passage, document: Document) -> "_Source":
        words = self._analyzer.matching_words(passage.indexed_text, passage.language, retrieved.terms)
        if document.kind == KEYWORDS:
            # A list of keywords is evidence by those that met the challenge, and by no others.
            keywords = [one.strip() for one in passage.text.split(",")]
            matching = self._analyzer.matching_words
            met = [one for one in keywords if matching(one, passage.language, retrieved.terms)]
            units = [", ".join(met)] if met else []
        else:
            units = split_sentences(passage.text)
        return _Source(passage, document, units, telling_words(words, self._index.lexical.term_weight))

    def _best_units(self, retrieved: Retrieved, sources: Mapping[int, "_Source"]) -> dict[int, str]:
        """Of each source the unit (sentence) whose corrected vector is nearest to the query's."""
        units = [(row, unit) for row, source in sources.items() for unit in source.units]
        vectors = self._encoder.encode([unit for _, unit in units], Role.DOCUMENT)
        languages = [sources[row].passage.language.value for row, _ in units]
        nearness = self._index.centres.correct(vectors, languages, Role.DOCUMENT) @ retrieved.vector
        best: dict[int, tuple[float, str]] = {}
        for (row, unit), near in zip(units, nearness, strict=True):
            if row not in best or near > best[row][0]:
                best[row] = (float(near), unit)
        return {row: unit for row, (_, unit) in best.items()}


@dataclass(frozen=True, slots=True)
class _Source:
    """A passage that may be shown, with the units (sentences) of which the best one is."""

    passage: Passage
    document: Document
    units: Sequence[str]
    matched_words: tuple[str, ...]

    @property
    def work(self) -> str:
        return self.document.work or self.document.id

    def piece(self, scored: ScoredPassage, sentence: str) -> Evidence:
        return evidence_of(scored, self.passage, self.document, sentence, self.matched_words)


def _suggestion(
    collaborator: Collaborator, position: int, scores: CollaboratorScores, evidence: Sequence[Evidence]
) -> Suggestion:
    dense, lexical = max(float(scores.dense[position]), 0.0), max(float(scores.lexical[position]), 0.0)
    total = dense + lexical
    score = float(scores.score[position])
    return Suggestion(
        rank=0,
        collaborator_id=collaborator.id,
        name=collaborator.name,
        kind=collaborator.kind,
        department=collaborator.department,
        web_page=collaborator.web_page,
        contacts=collaborator.contacts,
        is_entrance=collaborator.is_entrance,
        score=score,
        confidence=confidence_of(score),
        dense_share=dense / total if total else 0.0,
        lexical_share=lexical / total if total else 0.0,
        evidence=tuple(evidence),
    )


def _numbered(suggestions: Sequence[Suggestion]) -> tuple[Suggestion, ...]:
    return tuple(replace(one, rank=rank) for rank, one in enumerate(suggestions, start=1))


def _changed(collection: str) -> NotReadyError:
    return NotReadyError(
        mark("The collection {name} has just changed and is being indexed. Try again in a moment."), name=collection
    )


def _any_strong(suggestions: Iterable[Suggestion]) -> bool:
    return any(one.confidence is Confidence.STRONG for one in suggestions)
