"""Measures per challenge and their means with confidence intervals.

Decided once (docs/adr/0003): ir_measures, linear gain, a challenge without an answer counts 0, ties are broken by
collaborator id before the run is measured, challenges without a relevant collaborator are reported apart.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import ir_measures
import numpy as np
import numpy.typing as npt
from ir_measures import RR, Judged, Qrel, R, ScoredDoc, nDCG
from scipy.stats import rankdata

from matchmaker.domain.ranking import RankedCollaborator
from matchmaker.evaluation.judged import Qrels

MEASURES = {"nDCG@10": nDCG @ 10, "recall@5": R @ 5, "MRR": RR, "judged@10": Judged @ 10}

RELEVANT_GRADE = 2
"""From which grade a suggestion is relevant to a reviewer: clearly able to help with a main part."""

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
            grades.setdefault(one.confidence.value, []).append(grade)
    return {
        word: ConfidenceBand(
            len(own), sum(one >= RELEVANT_GRADE for one in own) / len(own), sum(one >= 1 for one in own) / len(own)
        )
        for word, own in sorted(grades.items())
    }


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Suggestions of about the same stated probability: their number, mean probability and relevant share."""

    suggestions: int
    stated: float
    relevant: float


def reliability(qrels: Qrels, run: Run, depth: int = 10, count: int = 10) -> list[ReliabilityBin]:
    """The best ``depth`` of each challenge in ``count`` bins of equal width; empty bins are left out."""
    stated = np.array([one.probability for ranking in run.values() for one in ranking[:depth]])
    relevant = np.array(
        [
            qrels.get(challenge, {}).get(one.collaborator_id, 0) >= RELEVANT_GRADE
            for challenge, ranking in run.items()
            for one in ranking[:depth]
        ]
    )
    bins = np.minimum((stated * count).astype(int), count - 1)
    return [
        ReliabilityBin(int((bins == one).sum()), float(stated[bins == one].mean()), float(relevant[bins == one].mean()))
        for one in np.unique(bins)
    ]


def calibration_error(bins: Sequence[ReliabilityBin]) -> float:
    """The mean distance between stated and found, by suggestions: Naeini, Cooper and Hauskrecht, AAAI 2015."""
    total = sum(one.suggestions for one in bins)
    return sum(one.suggestions * abs(one.stated - one.relevant) for one in bins) / total if total else 0.0


def answerable(qrels: Qrels) -> list[str]:
    """Challenges that some collaborator is relevant for."""
    return [key for key, grades in qrels.items() if any(grade > 0 for grade in grades.values())]


def overlap(rankings: Sequence[Sequence[str]], depth: int = 5) -> float:
    """The mean share of the best ``depth`` that two of the rankings have in common."""
    tops = [set(ranking[:depth]) for ranking in rankings]
    if len(tops) < 2:
        return math.nan
    return float(np.mean([len(one & other) / depth for one, other in combinations(tops, 2)]))


def separation(inside: Sequence[float], outside: Sequence[float]) -> Estimate:
    """How often a value from ``inside`` is above one from ``outside`` (the area under the ROC curve), ties half.

    The interval is a percentile bootstrap with both samples drawn anew.
    """
    first, second = np.array(inside), np.array(outside)
    if not len(first) or not len(second):
        return Estimate(math.nan, math.nan, math.nan)
    above = (first[:, None] > second).astype(float) + 0.5 * (first[:, None] == second)
    rng = np.random.default_rng(BOOTSTRAP_SEED)
    draws = [
        above[np.ix_(rng.integers(len(first), size=len(first)), rng.integers(len(second), size=len(second)))].mean()
        for _ in range(BOOTSTRAP_SAMPLES // 10)
    ]
    low, high = np.quantile(draws, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Estimate(float(above.mean()), float(low), float(high))


def correlation(first: Sequence[float], second: Sequence[float]) -> Estimate:
    """Spearman's rank correlation with its percentile bootstrap interval; 0 where one does not vary."""
    one, other = rankdata(first), rankdata(second)
    rng = np.random.default_rng(BOOTSTRAP_SEED)
    draws = [_pearson(one[draw], other[draw]) for draw in rng.integers(len(one), size=(1000, len(one)))]
    low, high = np.quantile(draws, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Estimate(_pearson(one, other), float(low), float(high))


def _pearson(one: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> float:
    spread = one.std() * other.std()
    return float(((one - one.mean()) * (other - other.mean())).mean() / spread) if spread else 0.0


def estimate(values: Iterable[float]) -> Estimate:
    """The mean of ``values`` and its interval; the same values always give the same interval."""
    sample = np.array(list(values), dtype=float)
    if not len(sample):
        return Estimate(math.nan, math.nan, math.nan)
    draws = np.random.default_rng(BOOTSTRAP_SEED).integers(len(sample), size=(BOOTSTRAP_SAMPLES, len(sample)))
    means = sample[draws].mean(axis=1)
    low, high = np.quantile(means, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Estimate(float(sample.mean()), float(low), float(high))
