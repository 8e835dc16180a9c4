"""Runs the pipeline on judged sets, once for each system that is compared."""

from collections.abc import Mapping
from dataclasses import dataclass

from matchmaker.domain.collaborator import CollaboratorKind
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
    per_challenge,
)
from matchmaker.pipeline import Matcher
from matchmaker.ranking.scorer import ALL_CHANNELS, Channel

SYSTEMS = {
    "lexical only": frozenset({Channel.LEXICAL}),
    "dense only": frozenset({Channel.DENSE}),
    "fused": ALL_CHANNELS,
}


@dataclass(frozen=True, slots=True)
class SetResult:
    """A system on a set. ``unanswerable`` challenges have no relevant collaborator and are in no mean.

    ``bands`` tell how right the confidence words were; they are of the whole pipeline only.
    """

    set_name: str
    query_language: str
    system: str
    challenges: int
    unanswerable: int
    measures: Mapping[str, Estimate]
    bands: Mapping[str, ConfidenceBand]


def evaluate(judged: JudgedSet, matcher: Matcher, collection: Collection) -> list[SetResult]:
    """All systems on one set."""
    results = []
    for system, channels in SYSTEMS.items():
        run = ranked_run(judged, matcher, collection, channels)
        values = per_challenge(judged.qrels, run)
        counted = len(answerable(judged.qrels))
        results.append(
            SetResult(
                judged.name,
                judged.language.value,
                system,
                counted,
                len(judged.challenges) - counted,
                {name: estimate(by_challenge.values()) for name, by_challenge in values.items()},
                confidence_bands(judged.qrels, run) if channels == ALL_CHANNELS else {},
            )
        )
    return results


def ranked_run(
    judged: JudgedSet, matcher: Matcher, collection: Collection, channels: frozenset[Channel] = ALL_CHANNELS
) -> Run:
    """The whole ranking for each challenge, among the kinds that were judged."""
    run: dict[str, list[RankedCollaborator]] = {}
    eligible = _eligible(judged.kinds, matcher, collection)
    for challenge, ranking in matcher.rank(judged.challenges, channels=channels):
        kept = [one for one in ranking if eligible is None or one.collaborator_id in eligible]
        run[challenge.id] = [
            RankedCollaborator(one.collaborator_id, rank, one.score) for rank, one in enumerate(kept, start=1)
        ]
    return run


def _eligible(
    kinds: frozenset[CollaboratorKind] | None, matcher: Matcher, collection: Collection
) -> frozenset[str] | None:
    if kinds is None:
        return None
    found = collection.find_collaborators(matcher.index.collaborators.ids)
    return frozenset(key for key, one in found.items() if one.kind in kinds)
