"""Scores to a frozen shortlist: who is on it, with what evidence, how sure, made by what."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from matchmaker import __version__
from matchmaker.domain.collaborator import KEYWORDS, Collaborator, Document
from matchmaker.domain.collection import Collection
from matchmaker.domain.errors import NotReadyError, mark
from matchmaker.domain.language import Language
from matchmaker.domain.passage import Passage
from matchmaker.domain.ranking import RankedCollaborator
from matchmaker.domain.shortlist import Confidence, Evidence, NoticeCode, Provenance, Shortlist, Suggestion
from matchmaker.ranking.assembly import choose_experts, choose_routes, cover_parts
from matchmaker.ranking.explanation import (
    ScoredPassage,
    carrying_passages,
    choose_evidence,
    evidence_of,
    telling_words,
)
from matchmaker.ranking.scorer import NO_EVIDENCE_SCORE, Scorer, best_first
from matchmaker.retrieval.index import PassageIndex
from matchmaker.retrieving import Retrieved
from matchmaker.text.analysis import Analyzer
from matchmaker.text.query import Query
from matchmaker.text.sentences import split_sentences

EVIDENCE_SEARCH_DEPTH = 8
"""A collaborator's best passages among which evidence is chosen: enough to skip translations of the same work."""


class Shortlister:
    """Puts shortlists together over one collection and its index."""

    def __init__(self, collection: Collection, index: PassageIndex, analyzer: Analyzer, scorer: Scorer) -> None:
        self._collection = collection
        self._index = index
        self._analyzer = analyzer
        self._scorer = scorer

    def shortlist(self, query: Query, whole: Retrieved, parts: Sequence[Retrieved], top_k: int) -> Shortlist:
        """At most ``top_k`` experts and the ways in, each with its evidence.

        ``whole`` is what was found for the challenge, ``parts`` what for each of its parts.

        Raises:
            NotReadyError: the collection has changed since the index was built, and somebody's evidence with it.
        """
        ranked = self._ranked(whole)
        answers = [self._answering(part) for part in parts]
        experts = self._experts(whole, ranked, answers, top_k)
        who = self._index.collaborators
        # The entrance is there for whatever nobody else takes; other ways in are not shown to fill up.
        near = (whole.probabilities >= self._scorer.possible) | who.is_entrance
        routes = choose_routes([one for one in ranked if near[one]], who.is_route, who.is_entrance)
        suggestions = self._suggestions([*experts, *routes], whole, parts, answers)
        chosen = [suggestions[position] for position in experts if position in suggestions]
        return Shortlist(
            challenge_id=query.challenge_id,
            language=query.language,
            language_detected=query.language_detected,
            experts=_numbered(chosen),
            routes=_numbered([suggestions[position] for position in routes if position in suggestions]),
            notices=query.notices + _notices(chosen, answers),
            provenance=Provenance(
                software=__version__,
                encoder=self._index.stamp.encoder,
                index=self._index.stamp.revision,
                analysis=self._analyzer.query_fingerprint,
                reference=self._index.stamp.reference,
                scorer=self._scorer.version,
                collection=self._index.stamp.collection,
            ),
            parts=tuple(part.text for part in parts),
        )

    def suggestions(
        self, collaborators: Sequence[str], whole: Retrieved, parts: Sequence[Retrieved]
    ) -> list[Suggestion]:
        """What speaks for each of some collaborators, by id, in their order; those who are not indexed are left out."""
        ids = self._index.collaborators.ids
        positions = {one: position for position, one in enumerate(ids)}
        wanted = [positions[one] for one in collaborators if one in positions]
        made = self._suggestions(wanted, whole, parts, [self._answering(part) for part in parts])
        return [made[position] for position in wanted if position in made]

    def ranking(self, found: Retrieved, order: Sequence[int]) -> list[RankedCollaborator]:
        """Positions in the order of a ranking, as those who stand there."""
        ids, scores, sure = self._index.collaborators.ids, found.scores.score, found.probabilities
        confidence_of = self._scorer.confidence_of
        return [
            RankedCollaborator(ids[one], rank, float(scores[one]), float(sure[one]), confidence_of(float(sure[one])))
            for rank, one in enumerate(order, start=1)
        ]

    def _suggestions(
        self,
        positions: Sequence[int],
        whole: Retrieved,
        parts: Sequence[Retrieved],
        answers: Sequence[Sequence[int]],
    ) -> dict[int, Suggestion]:
        ids = self._index.collaborators.ids
        # The index may be older than the collection: who has been taken out since is not suggested any more.
        found = self._collection.find_collaborators([ids[position] for position in positions])
        there = [position for position in positions if ids[position] in found]
        best = {position: _best_answered(position, whole, parts, answers) for position in there}
        evidence = self._evidence(best)
        return {
            position: self._suggestion(found[ids[position]], position, whole, best[position], answers, own)
            for position, own in evidence.items()
        }

    def _ranked(self, found: Retrieved) -> list[int]:
        """Positions with evidence, best first; without evidence nobody is suggested."""
        score, tie_order = found.scores.score, self._index.collaborators.tie_order
        there = int(np.count_nonzero(score > NO_EVIDENCE_SCORE))
        return best_first(score, tie_order, there) if there else []

    def _answering(self, part: Retrieved) -> list[int]:
        """The experts who answer a part, best first."""
        is_route = self._index.collaborators.is_route
        return [
            one for one in self._ranked(part) if not is_route[one] and part.probabilities[one] >= self._scorer.possible
        ]

    def _experts(
        self, whole: Retrieved, ranked: Sequence[int], answers: Sequence[Sequence[int]], top_k: int
    ) -> list[int]:
        """The best experts, with somebody for every part; without a strong one among them no weak ones."""
        experts = choose_experts(ranked, self._index.collaborators.is_route, top_k)
        sure = whole.probabilities
        # In another language probabilities are not known to hold: then whoever is nearest is shown.
        if whole.language is not Language.OTHER and not any(sure[one] >= self._scorer.strong for one in experts):
            experts = [one for one in experts if sure[one] >= self._scorer.possible]
        return cover_parts(experts, ranked, answers, top_k)

    def _suggestion(
        self,
        collaborator: Collaborator,
        position: int,
        whole: Retrieved,
        best: Retrieved,
        answers: Sequence[Sequence[int]],
        evidence: Sequence[Evidence],
    ) -> Suggestion:
        dense = max(float(best.scores.dense[position]), 0.0)
        lexical = max(float(best.scores.lexical[position]), 0.0)
        total = dense + lexical
        probability = float(best.probabilities[position])
        return Suggestion(
            rank=0,
            collaborator_id=collaborator.id,
            name=collaborator.name,
            kind=collaborator.kind,
            department=collaborator.department,
            web_page=collaborator.web_page,
            contacts=collaborator.contacts,
            is_entrance=collaborator.is_entrance,
            score=float(whole.scores.score[position]),
            confidence=self._scorer.confidence_of(probability),
            dense_share=dense / total if total else 0.0,
            lexical_share=lexical / total if total else 0.0,
            evidence=tuple(evidence),
            probability=probability,
            parts=tuple(number for number, part in enumerate(answers, start=1) if position in part),
        )

    def _evidence(self, found: Mapping[int, Retrieved]) -> dict[int, list[Evidence]]:
        """The evidence of each position, from what was found for the text that it answers best."""
        texts = {own.text: own for own in found.values()}
        asked = {text: self._asked_words(own) for text, own in texts.items()}
        carrying = {
            position: self._carrying(self._index.attribution.rows_of(position), own)[:EVIDENCE_SEARCH_DEPTH]
            for position, own in found.items()
        }
        rows = sorted({one.row for passages in carrying.values() for one in passages})
        ids = {row: int(self._index.passage_ids[row]) for row in rows}
        known = self._collection.find_passages(list(ids.values()))
        who = self._index.collaborators.ids
        pinned = self._collection.find_pinned([who[position] for position in carrying])
        pieces: dict[int, list[Evidence]] = {}
        for position, indexed in carrying.items():
            own = found[position]
            passages = [one for one in indexed if ids[one.row] in known]
            if indexed and not passages:
                raise _changed(self._collection.name)
            units = {one.row: self._units(own, *known[ids[one.row]]) for one in passages}
            works = {row: _work(known[ids[row]][1]) for row, shown in units.items() if shown}
            chosen = choose_evidence(passages, works, pinned=pinned.get(who[position], frozenset()))
            pieces[position] = sorted(
                (self._piece(own, asked[own.text], one, *known[ids[one.row]], units[one.row]) for one in chosen),
                key=lambda piece: piece.kind == KEYWORDS,  # a sentence tells a reader more than a list of words
            )
        return pieces

    def _carrying(self, rows: npt.NDArray[np.int64], found: Retrieved) -> list[ScoredPassage]:
        dense, lexical = found.dense[rows], found.lexical[rows]
        return carrying_passages(rows, self._scorer.passage_scores(dense, lexical), dense, lexical)

    def _units(self, found: Retrieved, passage: Passage, document: Document) -> list[str]:
        """What of a passage may be shown: its sentences; of a list of keywords those that met the challenge, as one."""
        if document.kind != KEYWORDS:
            return split_sentences(passage.text)
        keywords = [one.strip() for one in passage.text.split(",")]
        matching = self._analyzer.matching_words
        met = [one for one in keywords if matching(one, passage.language, found.terms)]
        return [", ".join(met)] if met else []

    def _asked_words(self, found: Retrieved) -> dict[str, str]:
        """The challenge's word by each term that it is searched by, translations among them."""
        words = self._analyzer.matching_words(found.text, found.language, found.terms)
        word_of = {term: word for word, terms in words.items() for term in terms}
        return {
            alternative: word_of[term]
            for alternatives in found.terms
            for term in (next(iter(alternatives)),)
            if term in word_of
            for alternative in alternatives
        }

    def _piece(
        self,
        found: Retrieved,
        asked: Mapping[str, str],
        scored: ScoredPassage,
        passage: Passage,
        document: Document,
        units: Sequence[str],
    ) -> Evidence:
        words = self._analyzer.matching_words(passage.indexed_text, passage.language, found.terms)
        telling = telling_words(words, self._index.lexical.term_weight)
        translated: list[tuple[str, str]] = []
        if passage.language is not found.language:
            translated = [
                (asked[term], word)
                for word in telling
                for term in sorted(words[word])
                if term in asked and asked[term].lower() != word.lower()
            ]
        nearest = self._index.nearest_sentence(scored.row, found.vector) if len(units) > 1 else None
        sentence = units[nearest or 0]
        return evidence_of(scored, passage, document, sentence, telling, tuple(dict.fromkeys(translated)))


def _best_answered(
    position: int, whole: Retrieved, parts: Sequence[Retrieved], answers: Sequence[Sequence[int]]
) -> Retrieved:
    """Of the whole and the parts that a collaborator answers, the one that it is likeliest relevant for."""
    answered = [part for part, own in zip(parts, answers, strict=True) if position in own]
    return max([whole, *answered], key=lambda found: float(found.probabilities[position]))


def _work(document: Document) -> str:
    return document.work or document.id


def _numbered(suggestions: Sequence[Suggestion]) -> tuple[Suggestion, ...]:
    return tuple(replace(one, rank=rank) for rank, one in enumerate(suggestions, start=1))


def _changed(collection: str) -> NotReadyError:
    return NotReadyError(
        mark("The collection {name} has just changed and is being indexed. Try again in a moment."), name=collection
    )


def _notices(experts: Sequence[Suggestion], answers: Sequence[Sequence[int]]) -> tuple[NoticeCode, ...]:
    sure = {one.confidence for one in experts}
    notices = []
    if not sure:
        notices.append(NoticeCode.NO_MATCH)
    elif Confidence.STRONG not in sure:
        notices.append(NoticeCode.NO_STRONG_MATCH)
    if experts and not all(answers):
        notices.append(NoticeCode.UNANSWERED_PART)
    return tuple(notices)
