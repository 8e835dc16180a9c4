"""Runs systems on sets."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from matchmaker.domain.challenge import Challenge
from matchmaker.domain.collaborator import Collaborator, CollaboratorKind
from matchmaker.domain.collection import Collection
from matchmaker.domain.ranking import RankedCollaborator
from matchmaker.evaluation.judged import JudgedSet
from matchmaker.evaluation.measures import (
    ConfidenceBand,
    Estimate,
    Run,
    answerable,
    confidence_bands,
    estimate,
    overlap,
    per_challenge,
    separation,
)
from matchmaker.evaluation.robustness import ParaphraseSet, ScopeSet
from matchmaker.evaluation.systems import FULL, UNCACHED, MatcherOf, System
from matchmaker.pipeline import Matcher
from matchmaker.ranking.scorer import ALL_CHANNELS, Channel
from matchmaker.text.query import read_query

EVALUATED = "evaluation"
"""The name of every collection that is evaluated."""

DEPTH = 100
"""Ranks that are measured; whoever comes later counts as not found."""


@dataclass(frozen=True, slots=True)
class SetResult:
    """A system on a set. ``unanswerable`` challenges have no relevant collaborator and are in no mean.

    ``bands`` tell how right the confidence words were. ``values`` has each measure's value by challenge, and ``found``
    the best ten of each challenge.
    """

    set_name: str
    query_language: str
    system: str
    challenges: int
    unanswerable: int
    measures: Mapping[str, Estimate]
    bands: Mapping[str, ConfidenceBand]
    values: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    found: Mapping[str, Sequence[RankedCollaborator]] = field(default_factory=dict)


def evaluate(
    judged: JudgedSet, collaborators: Sequence[Collaborator], systems: Sequence[System], matcher_of: MatcherOf
) -> list[SetResult]:
    """Each system on a judged set over ``collaborators``."""
    results = []
    for system in systems:
        matcher, collection = matcher_of(system, EVALUATED, collaborators)
        run = ranked_run(judged, matcher, collection, system.channels)
        values = per_challenge(judged.qrels, run)
        counted = len(answerable(judged.qrels))
        results.append(
            SetResult(
                judged.name,
                judged.language.value,
                system.name,
                counted,
                len(judged.challenges) - counted,
                {name: estimate(by_challenge.values()) for name, by_challenge in values.items()},
                confidence_bands(judged.qrels, run) if system.channels == ALL_CHANNELS else {},
                values,
                {challenge: ranking[:10] for challenge, ranking in run.items()},
            )
        )
    return results


def evaluate_paraphrases(
    paraphrases: ParaphraseSet,
    collaborators: Sequence[Collaborator],
    systems: Sequence[System],
    matcher_of: MatcherOf,
) -> list[SetResult]:
    """How much of the best five stays when a need is worded otherwise."""
    name = f"paraphrases.{paraphrases.language.value}"
    results = []
    for system in systems:
        matcher, _ = matcher_of(system, EVALUATED, collaborators)
        experts = matcher.index.collaborators.expert_ids
        top = {
            challenge.id: [one.collaborator_id for one in ranking if one.collaborator_id in experts]
            for challenge, ranking in matcher.rank(paraphrases.challenges, channels=system.channels)
        }
        values = {need: overlap([top[one] for one in wordings]) for need, wordings in paraphrases.needs.items()}
        measures = {"overlap@5": estimate(values.values())}
        language = paraphrases.language.value
        results.append(SetResult(name, language, system.name, len(values), 0, measures, {}, {"overlap@5": values}))
    return results


def evaluate_scope(
    scope: ScopeSet, collaborators: Sequence[Collaborator], systems: Sequence[System], matcher_of: MatcherOf
) -> list[SetResult]:
    """Whether the best expert's probability tells needs that someone serves from needs that nobody does."""
    name = f"scope.{scope.language.value}"
    results = []
    for system in systems:
        matcher, _ = matcher_of(system, EVALUATED, collaborators)
        experts = matcher.index.collaborators.expert_ids
        best = {
            challenge.id: next((one.probability for one in ranking if one.collaborator_id in experts), 0.0)
            for challenge, ranking in matcher.rank(scope.challenges, channels=system.channels)
        }
        inside = [value for key, value in best.items() if scope.served[key]]
        outside = [value for key, value in best.items() if not scope.served[key]]
        measures = {"AUROC": separation(inside, outside)}
        results.append(
            SetResult(name, scope.language.value, system.name, len(best), 0, measures, {}, {"best probability": best})
        )
    return results


@dataclass(frozen=True, slots=True)
class Speed:
    """Milliseconds at the median over challenges: the encoder alone on a challenge's text, and a whole shortlist.

    ``ratio`` is the median of the challenges' ratios.
    """

    collaborators: int
    passages: int
    encoding: float
    matching: float
    ratio: float


def measure_speed(
    challenges: Sequence[Challenge], collaborators: Sequence[Collaborator], matcher_of: MatcherOf
) -> Speed:
    """How long a shortlist takes beside the encoding of its challenge, one after the other, warm."""
    matcher_of(FULL, EVALUATED, collaborators)  # so that the index is there, from vectors that are cached
    matcher, _ = matcher_of(UNCACHED, EVALUATED, collaborators)
    times = []
    for challenge in [*challenges[:3], *challenges]:
        started = time.perf_counter()
        matcher.query_vectors([read_query(challenge)])
        encoded = time.perf_counter()
        matcher.match(challenge)
        times.append((encoded - started, time.perf_counter() - encoded))
    encoding, matching = 1000 * np.array(times[3:]).T
    return Speed(
        len(collaborators),
        matcher.index.passage_count,
        float(np.median(encoding)),
        float(np.median(matching)),
        float(np.median(matching / encoding)),
    )


def ranked_run(
    judged: JudgedSet, matcher: Matcher, collection: Collection, channels: frozenset[Channel] = ALL_CHANNELS
) -> Run:
    """The best of the ranking for each challenge, among the kinds that were judged."""
    run: dict[str, list[RankedCollaborator]] = {}
    eligible = _eligible(judged.kinds, matcher, collection)
    depth = 0 if eligible is not None else DEPTH + 1
    for challenge, ranking in matcher.rank(judged.challenges, depth, channels=channels):
        left_out = judged.left_out.get(challenge.id)
        kept = [
            one
            for one in ranking
            if one.collaborator_id != left_out and (eligible is None or one.collaborator_id in eligible)
        ]
        run[challenge.id] = [replace(one, rank=rank) for rank, one in enumerate(kept[:DEPTH], start=1)]
    return run


def _eligible(
    kinds: frozenset[CollaboratorKind] | None, matcher: Matcher, collection: Collection
) -> frozenset[str] | None:
    if kinds is None:
        return None
    found = collection.find_collaborators(matcher.index.collaborators.ids)
    return frozenset(key for key, one in found.items() if one.kind in kinds)
