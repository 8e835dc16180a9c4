"""What carried a candidate's score, and how likely a match it is, in whole percent for bars."""

from dataclasses import dataclass

from matchmaker.domain.shortlist import Provenance, Suggestion
from matchmaker.ranking.scorer import Scorer


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From how many percent a match is called possible, and strong."""

    possible: int
    strong: int


@dataclass(frozen=True, slots=True)
class ScoreParts:
    """Percent; ``meaning`` and ``words`` sum to 100, or are both 0 where nothing was near."""

    meaning: int
    words: int
    probability: int
    thresholds: Thresholds | None


def score_parts(suggestion: Suggestion, scorer: Scorer, provenance: Provenance) -> ScoreParts:
    """The bars of a suggestion of a shortlist with that provenance.

    The thresholds are left out where the shortlist was made by other weights than the scorer's: they would mark what
    the suggestion was never measured by.
    """
    has_parts = bool(suggestion.dense_share or suggestion.lexical_share)
    meaning = round(100 * suggestion.dense_share)
    return ScoreParts(
        meaning=meaning,
        words=100 - meaning if has_parts else 0,
        probability=round(100 * suggestion.probability),
        thresholds=Thresholds(round(100 * scorer.possible), round(100 * scorer.strong))
        if provenance.scorer == scorer.version
        else None,
    )
