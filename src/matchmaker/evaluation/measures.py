"""Measures per challenge and their means with confidence intervals.

Decided once (docs/adr/0003): ir_measures, linear gain, a challenge without an answer counts 0, ties are broken by
collaborator id before the run is measured, challenges without a relevant collaborator are reported apart.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import ir_measures
import numpy as np
from ir_measures import RR, Judged, Qrel, R, ScoredDoc, nDCG

from matchmaker.domain.ranking import RankedCollaborator
from matchmaker.evaluation.judged import Qrels
from matchmaker.ranking.scorer import confidence_of

MEASURES = {"nDCG@10": nDCG @ 10, "recall@5": R @ 5, "MRR": RR, "judged@10": Judged @ 10}

BOOTSTRAP_SAMPLES = 10_000
BOOTSTRAP_SEED = 20261124
CONFIDENCE = 0.95

Run = Mapping[str, Sequence[RankedCollaborator]]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over challenges with its percentile bootstrap interval (Efron and Tibshirani, 1993)."""

    mean: float
    low: float
    high: float


def per_challenge(qrels: Qrels, run: Run) -> dict[str, dict[str, float]]:
    """Each measure's value for each challenge that has a relevant collaborator; unanswered ones have 0."""
    relevant = answerable(qrels)
    judgments = [Qrel(key, one, grade) for key in relevant for one, grade in qrels[key].items()]
    # Scores are replaced by ranks: trec_eval orders equal scores its own way, and the run has an order already.
    scored = [ScoredDoc(key, one.collaborator_id, -float(one.rank)) for key in relevant for one in run.get(key, ())]
    values = {name: dict.fromkeys(relevant, 0.0) for name in MEASURES}
    names = {measure: name for name, measure in MEASURES.items()}
    for metric in ir_measures.iter_calc(list(names), judgments, scored):
        values[names[metric.measure]][metric.query_id] = float(metric.value)
    return values


@dataclass(frozen=True, slots=True)
class ConfidenceBand:
    """Of the suggestions called by one confidence word: how many, and which shares had grade 2 or 3, and any grade."""

    suggestions: int
    relevant_share: float
    graded_share: float


def confidence_bands(qrels: Qrels, run: Run, depth: int = 10) -> dict[str, ConfidenceBand]:
    """What became of each confidence word among the best ``depth`` of each challenge; unjudged counts as grade 0."""
    grades: dict[str, list[int]] = {}
    for challenge, ranking in run.items():
        for one in ranking[:depth]:
            grade = qrels.get(challenge, {}).get(one.collaborator_id, 0)
            grades.setdefault(confidence_of(one.score).value, []).append(grade)
    return {
        word: ConfidenceBand(len(own), sum(one >= 2 for one in own) / len(own), sum(one >= 1 for one in own) / len(own))
        for word, own in sorted(grades.items())
    }


def answerable(qrels: Qrels) -> list[str]:
    """Challenges that some collaborator is relevant for."""
    return [key for key, grades in qrels.items() if any(grade > 0 for grade in grades.values())]


def estimate(values: Iterable[float]) -> Estimate:
    """The mean of ``values`` and its interval; the same values always give the same interval."""
    sample = np.array(list(values), dtype=float)
    draws = np.random.default_rng(BOOTSTRAP_SEED).integers(len(sample), size=(BOOTSTRAP_SAMPLES, len(sample)))
    means = sample[draws].mean(axis=1)
    low, high = np.quantile(means, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Estimate(float(sample.mean()), float(low), float(high))
